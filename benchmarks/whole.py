"""All that is said of ordinary feedback, against three careful readers.

    python benchmarks/whole.py

Two writers who saw neither code nor word lists wrote 120 and 160 texts for each of five industries as customers do,
from single words to 120 characters, half of what is said without the obvious word for it, and said of each: polarity,
touchpoints with their polarity, complaint or none, its type. The limits of a few rules were chosen on the 160s
(`whole_seen`); the 120s (`whole`) are blind, though models fitted more than once were compared on them. A third writer
wrote 60 for each (`fresh`) when all of it stood.

Columns: share of right polarities, and of mixed texts told as such; of the touchpoints that are praised or blamed,
share found, and found with the right polarity; of those told as praised or blamed, share that is spoken of; texts
rightly told as complaint or none; complaints found with the right type.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from feedback_engine import FeedbackEngine
from feedback_engine.nlp.tagged import TaggedText

UNSEEN = Path(__file__).with_name("sentences") / "unseen"
PACKS = ("general", "hotel", "restaurant", "retail", "telecom")
SHARES = (
    ("polarity", "right polarity", "texts"), ("mixed", "right mixed", "mixed"), ("found", "found", "sided"),
    ("with side", "right side", "sided"), ("precision", "spoken of", "told"), ("complaint", "right complaint", "texts"),
    ("type", "right type", "typed"),
)  # fmt: skip


def count(polarity: str, touchpoints: str, complaint: str, tagged: TaggedText) -> Counter[str]:
    """Return what a reader says of a text, and how much of it was told."""
    said = dict(spoken.split(":") for spoken in touchpoints.split())
    sided = {(code, side) for code, side in said.items() if side != "neutral"}
    told = {(touchpoint.code, str(touchpoint.polarity)) for touchpoint in tagged.touchpoints}
    blamed = {code for code, side in told if side != "neutral"}
    is_right, kind = str(tagged.sentiment.polarity) == polarity, complaint.partition(":")[2]
    return Counter(
        {
            "texts": 1,
            "right polarity": is_right,
            "mixed": polarity == "mixed",
            "right mixed": is_right and polarity == "mixed",
            "sided": len(sided),
            "found": len({code for code, _ in sided} & {code for code, _ in told}),
            "right side": len(sided & told),
            "told": len(blamed),
            "spoken of": len(blamed & set(said)),
            "right complaint": tagged.complaint.is_complaint is (complaint != "no"),
            "typed": bool(kind),
            "right type": bool(kind) and tagged.complaint.type == kind,
        }
    )


def show(name: str, found: Counter[str]) -> None:
    """Print a row of shares."""
    print(f"{name:24}" + "".join(f"{found[part] / found[of]:>11.3f}" for _, part, of in SHARES))


def main() -> None:
    """Measure and print."""
    engine = FeedbackEngine()
    print(f"{'':24}" + "".join(f"{head:>11}" for head, _, _ in SHARES))
    for name in ("fresh", "whole", "whole_seen"):
        total = Counter[str]()
        for pack in PACKS:
            lines = (UNSEEN / name / f"{pack}.tsv").read_text(encoding="utf-8").splitlines()
            texts, *columns = zip(*(line.split("\t") for line in lines), strict=True)
            found = sum(map(count, *columns, engine.tag_each(texts, pack=pack)), Counter[str]())
            show(f"{name}, {pack}", found)
            total.update(found)
        show(f"{name}, all", total)


if __name__ == "__main__":
    main()
