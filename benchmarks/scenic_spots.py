"""Text index of scenic spots, per touchpoint, against official scores of the same spots.

    python benchmarks/scenic_spots.py --data DIR [--reviews 400]

DIR holds scenic_reviews.csv (景区名称, 评论日期, 评论内容; GB18030) and scenic_scores.csv (20 spots, total and five
touchpoint scores on 1-5), of Teddy Cup 2021 C; they are not in the repository. At most `--reviews` reviews a spot,
drawn with a fixed seed. Scores 1-5 are put on 0-100 as (x - 1) / 4. Prints, per touchpoint, the correlation and rank
correlation over the spots, the mean of both and their mean absolute difference, also after removing the difference of
the means and of the spreads.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from feedback_engine import FeedbackEngine
from feedback_engine.stats.descriptives import correlate

TOUCHPOINTS = {"service": "服务", "location": "位置", "facilities": "设施", "hygiene": "卫生", "value": "性价比"}
LEAST_TEXTS = 10


def compute_text_index(reviews: pd.DataFrame) -> pd.DataFrame:
    """Return 50 (1 + (P - N) / (P + N + U)) by spot and touchpoint (`overall`: whole texts), on ten texts or more."""
    annotations = FeedbackEngine().tag_many(reviews["text"].tolist(), pack="scenic")
    spot = dict(zip(map(str, range(len(reviews))), reviews["spot"], strict=True))
    counted = annotations[annotations["kind"].isin(["sentiment", "touchpoint"]) & (annotations["confidence"] > 0)]
    label = np.where(counted["kind"] == "sentiment", "overall", counted["label"])
    direction = counted["polarity"].map({"positive": 1.0, "negative": -1.0}).fillna(0.0)
    votes = counted.assign(label=label, direction=direction).groupby(["feedback_id", "label"])["direction"].sum()
    table = np.sign(votes).reset_index()
    grouped = table.assign(spot=table["feedback_id"].map(spot)).groupby(["spot", "label"])["direction"]
    index = 50 * (1 + grouped.mean()[grouped.size() >= LEAST_TEXTS])
    return index.unstack()


def compare(index: pd.Series[float], official: pd.Series[float]) -> str:
    """Return one line of figures."""
    both = pd.concat([index, 100 * (official - 1) / 4], axis=1, keys=["text", "official"]).dropna()
    text, given = both["text"], both["official"]
    r, rank = correlate(text, given), correlate(text, given, "spearman")
    apart = (text - given).abs().mean()
    shifted = (text - text.mean() - given + given.mean()).abs().mean()
    scaled = ((text - text.mean()) / text.std() * given.std() - given + given.mean()).abs().mean()
    return (
        f"{len(both):2d} spots  r {r.r:+.2f} [{r.lower:+.2f}, {r.upper:+.2f}]  rank {rank.r:+.2f}  "
        f"means {text.mean():.1f} / {given.mean():.1f}  sd {text.std():.1f} / {given.std():.1f}  "
        f"apart {apart:.1f}, less the means {shifted:.1f}, less the spread {scaled:.1f}"
    )


def main() -> None:
    """Read, tag, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reviews", type=int, default=400)
    options = parser.parse_args()
    official = pd.read_csv(options.data / "scenic_scores.csv", index_col="景区名称")
    reviews = pd.read_csv(options.data / "scenic_reviews.csv", encoding="gb18030", encoding_errors="replace", dtype=str)
    reviews = reviews.rename(columns={"景区名称": "spot", "评论内容": "text"}).dropna(subset=["text"])
    reviews = reviews[reviews["spot"].isin(official.index)].drop_duplicates(["spot", "text"])
    drawn = reviews.sample(frac=1, random_state=0).groupby("spot").head(options.reviews)
    index = compute_text_index(drawn.reset_index(drop=True))
    print(f"{len(drawn)} reviews of {drawn['spot'].nunique()} spots")
    print("overall   ", compare(index["overall"], official["总得分"]))
    for code, name in TOUCHPOINTS.items():
        print(f"{code:10s}", compare(index[code], official[f"{name}得分"]))


if __name__ == "__main__":
    main()
