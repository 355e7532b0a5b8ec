"""The index with intervals over millions of ratings, against pandas grouping by strings, each in a process of its own.

    python benchmarks/scoring.py [--rows 1000000 3000000 10000000]

20 touchpoints, 36 months, 12 segments; weighted respondents who each rate every touchpoint. Both sides receive the
same rows part by part, as a database hands them over, and hold them as they do: strings there, codes here. CPU seconds
of the index (ours computes the satisfied shares and the equal-weight index as well) and the peak memory of the whole
process; the means and errors of both agree to twelve digits. To reach at 10,000,000 ratings: at most a third of the
time and a quarter of the memory, and time that grows with the rows.

Where duckdb is installed, it computes the means and errors alone over our codes, in one thread and without making a
frame of them. It is no extra of the product: see README, "Speed".
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys

COMMON = """
import json, resource, sys, time
import numpy as np, pandas as pd
rows, touchpoints, months, segments, part = int(sys.argv[1]), 20, 36, 12, 50_000
people = rows // touchpoints
chance = np.random.default_rng(5)
month, segment = chance.integers(0, months, people), chance.integers(0, segments, people)
weight = chance.uniform(0.5, 2.0, people)
month_names = [f"{2023 + m // 12}-{m % 12 + 1:02d}" for m in range(months)]
segment_names = [f"门店{s:02d}" for s in range(segments)]
codes = [f"q{t:02d}" for t in range(touchpoints)]

def parts():
    for start in range(0, people, part // touchpoints):
        some = range(start, min(start + part // touchpoints, people))
        for_each = [(who, t) for who in some for t in range(touchpoints)]
        rating = chance.integers(1, 6, len(for_each)).astype(float)
        yield for_each, rating

def report(seconds, figures):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, peak, figures]))
"""
PANDAS = (
    COMMON
    + """
ids = [f"{number:064x}" for number in range(people)]
frames = [
    pd.DataFrame({
        "respondent": [ids[who] for who, _ in each], "period": [month_names[month[who]] for who, _ in each],
        "segment": [segment_names[segment[who]] for who, _ in each], "touchpoint": [codes[t] for _, t in each],
        "weight": [weight[who] for who, _ in each], "rating": rating,
    })
    for each, rating in parts()
]
table = pd.concat(frames, ignore_index=True)
del frames
started = time.process_time()
table["score"] = 100 * (table["rating"] - 1) / 4
table["product"] = table["weight"] * table["score"]
figures = {}
for by in (["period"], ["period", "segment"]):
    keys = [*by, "touchpoint"]
    sums = table.groupby(keys)[["weight", "product"]].sum()
    mean = (sums["product"] / sums["weight"]).rename("mean")
    joined = table[[*keys, "respondent", "weight", "score"]].join(mean, on=keys)
    joined = joined.join(sums["weight"].rename("total"), on=keys)
    joined["u"] = joined["weight"] * (joined["score"] - joined["mean"]) / joined["total"]
    joined["u2"] = joined["u"] ** 2
    squares = joined.groupby(keys)["u2"].agg(["sum", "size"])
    error = np.sqrt(squares["sum"] * squares["size"] / (squares["size"] - 1))
    joined["u"] /= touchpoints
    person = joined.groupby([*by, "respondent"])["u"].sum() ** 2
    overall = person.groupby(level=list(range(len(by)))).agg(["sum", "size"])
    overall_error = np.sqrt(overall["sum"] * overall["size"] / (overall["size"] - 1))
    figures[len(by)] = (mean, error, mean.groupby(level=list(range(len(by)))).mean(), overall_error)
seconds = time.process_time() - started
first = figures[2]
report(seconds, [float(x) for each in first for x in (each.iloc[0], each.iloc[-1])])
"""
)
RATED = (
    COMMON
    + """
from feedback_engine.config.model import Config
from feedback_engine.domain import OVERALL, Period
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.index import compute_index
from feedback_engine.scoring.model import build_model
from feedback_engine.store.coded import to_coded_frame
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.feedback import CASES, RATINGS
keys = b"".join(number.to_bytes(32, "big") for number in range(people))
names = RATINGS.column_names[1:]
selected = (
    [(who, codes[t], "answered", value, 1.0, 5.0) for (who, t), value in zip(each, rating.tolist())]
    for each, rating in parts()
)
ratings = to_coded_frame(RATINGS, names, selected, np.arange(people), keys)
del keys
"""
)
OURS = (
    RATED
    + """
ids = ratings["feedback_id"].cat.categories.tolist()
moments = pd.to_datetime([f"{name}-15T04:00:00Z" for name in month_names], utc=True).as_unit("us")
documents = np.array([json.dumps({"门店": name}, ensure_ascii=False) for name in segment_names], dtype=object)
feedback = pd.DataFrame({
    "feedback_id": ids, "record_id": ids, "source": "问卷", "kind": "questionnaire", "channel": "", "role": "main",
    "customer_id": None, "received_at": moments[month], "respondent_weight": weight, "attributes": documents[segment],
}).astype({"feedback_id": "object", "record_id": "object"})
data = ScoringData(feedback, ratings, CASES.build(), ANNOTATIONS.build(), "Asia/Shanghai")
touchpoints_ = [{"code": f"t{c}", "name": c, "indicators": [{"code": c, "name": c}]} for c in codes]
settings = {"touchpoints": touchpoints_, "scoring": {"suppress_below": 1, "flag_below": 1}}
model = build_model(Config.model_validate(settings), {})
periods = [Period.parse(name) for name in month_names]
started = time.process_time()
index = compute_index(data, model, periods=periods, by="门店")
seconds = time.process_time() - started
scores = index[(index["measure"] == "score") & (index["segment"] != "all") & (index["indicator"] == OVERALL)]
from feedback_engine.stats.quantiles import t_quantile
error = [
    (upper - score) / t_quantile(0.95, base - 1)
    for score, upper, base in zip(scores["score"], scores["upper"], scores["base"])
]
scores = scores.assign(error=error)
single, overall = scores[scores["touchpoint"] != OVERALL], scores[scores["touchpoint"] == OVERALL]
chosen = (single["score"], single["error"], overall["score"], overall["error"])
report(seconds, [float(x) for each in chosen for x in (each.iloc[0], each.iloc[-1])])
"""
)


DUCKDB = (
    RATED
    + """
import duckdb
connection = duckdb.connect(config={"threads": 1})
connection.execute("SET enable_progress_bar = false")
who, touchpoint, rating = (ratings[name].cat.codes.to_numpy() for name in ("feedback_id", "indicator", "rating"))
answers = pd.DataFrame({"who": who, "touchpoint": touchpoint, "rating": rating}, copy=False)
persons = pd.DataFrame({"who": np.arange(people, dtype=np.int32), "month": month, "segment": segment, "weight": weight})
scale = ratings["rating"].cat.categories.to_numpy(dtype=float)
scores = pd.DataFrame({"rating": np.arange(len(scale), dtype=np.int8), "score": 100 * (scale - 1) / 4})
del ratings
started = time.process_time()
for name, table in (("answers", answers), ("persons", persons), ("scores", scores)):
    connection.register(name, table)
figures = {}
for by in (["month"], ["month", "segment"]):
    keys, joined = ", ".join(by), "answers JOIN persons USING (who) JOIN scores USING (rating)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cells AS SELECT {keys}, touchpoint, sum(weight * score) / sum(weight) AS mean, "
        f"sum(weight) AS total FROM {joined} GROUP BY {keys}, touchpoint"
    )
    influence = "weight * (score - mean) / total"
    known = f"{joined} JOIN cells USING ({keys}, touchpoint)"
    error = "sqrt(sum(u * u) * count(*) / (count(*) - 1)) AS error"
    queries = (
        f"SELECT mean FROM cells ORDER BY {keys}, touchpoint",
        f"SELECT error FROM (SELECT {keys}, touchpoint, {error} FROM (SELECT {keys}, touchpoint, {influence} AS u "
        f"FROM {known}) GROUP BY {keys}, touchpoint) ORDER BY {keys}, touchpoint",
        f"SELECT mean FROM (SELECT {keys}, avg(mean) AS mean FROM cells GROUP BY {keys}) ORDER BY {keys}",
        f"SELECT error FROM (SELECT {keys}, {error} FROM (SELECT {keys}, who, sum({influence}) / {touchpoints} AS u "
        f"FROM {known} GROUP BY {keys}, who) GROUP BY {keys}) ORDER BY {keys}",
    )
    figures[len(by)] = [[value for (value,) in connection.execute(query).fetchall()] for query in queries]
seconds = time.process_time() - started
report(seconds, [x for each in figures[2] for x in (each[0], each[-1])])
"""
)


def run(program: str, rows: int) -> tuple[float, float, list[float]]:
    """Return CPU seconds, peak megabytes and some of the figures."""
    command = [sys.executable, "-c", program, str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak, figures = json.loads(done.stdout.splitlines()[-1])
    return seconds, peak, figures


def main() -> None:
    """Run both sides at every size and print seconds, memory and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 3_000_000, 10_000_000])
    for rows in parser.parse_args().rows:
        ours, peer = run(OURS, rows), run(PANDAS, rows)
        apart = max(abs(a - b) / abs(b) for a, b in zip(ours[2], peer[2], strict=True))
        print(
            f"{rows:>10,} ratings: {ours[0]:.1f} s, {ours[1]:.0f} MB; pandas {peer[0]:.1f} s, {peer[1]:.0f} MB; "
            f"{ours[0] / peer[0]:.2f} of the time, {ours[1] / peer[1]:.2f} of the memory; figures apart {apart:.0e}",
            flush=True,
        )
        if importlib.util.find_spec("duckdb") is None:
            print("           duckdb is not installed: not compared", flush=True)
            continue
        sums = run(DUCKDB, rows)
        apart = max(abs(a - b) / abs(b) for a, b in zip(ours[2], sums[2], strict=True))
        print(
            f"           means and errors alone by duckdb: {sums[0]:.1f} s, {sums[1]:.0f} MB; apart {apart:.0e}",
            flush=True,
        )


if __name__ == "__main__":
    main()
