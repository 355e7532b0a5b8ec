"""Import of a large review file into SQLite, against bare reading and against pandas doing the same, in one run.

    python benchmarks/imports.py [--rows 1000000]

Prints rows per second, processor time and peak memory of each process, and ratios. To reach: ≥ 30,000 rows/s and
< 300 MB for 1,000,000 rows of GB18030 CSV with 8 columns; memory within 10 % at 10,000,000.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

HEADINGS = "编号,时间,昵称,门店,星级,点赞,渠道,内容"
PHRASES = ("房间很干净", "前台办理太慢", "早餐品种多", "隔音不好", "性价比高", "位置方便", "空调声音大", "服务热情")

READ_ONLY = """
import csv, sys
with open(sys.argv[1], encoding="gb18030", newline="") as file:
    count = sum(1 for _ in csv.reader(file)) - 1
"""
PANDAS = """
import sqlite3, sys, pandas as pd
connection = sqlite3.connect(sys.argv[2] + "/pandas.db")
connection.execute("PRAGMA journal_mode=WAL"); connection.execute("PRAGMA synchronous=FULL")
count = 0
for chunk in pd.read_csv(sys.argv[1], encoding="gb18030", dtype=str, keep_default_na=False, chunksize=5000):
    chunk.to_sql("reviews", connection, if_exists="append", index=False); count += len(chunk)
"""
MAPPING = """
mapping = {"columns": {"id": "编号", "received_at": "时间", "text": "内容", "author": "昵称", "likes": "点赞",
           "channel": "渠道"}, "attributes": ["门店"],
           "ratings": [{"column": "星级", "indicator": "stars", "scale": {"min": 1, "max": 5}}]}
source = {"name": "reviews", "kind": "reviews", "path": sys.argv[1], "mapping": mapping}
"""
OURS = f"""
import sys
from feedback_engine.config.model import Config
from feedback_engine import FeedbackEngine
{MAPPING}
config = Config.model_validate({{"base": sys.argv[2], "store": {{"url": "sqlite:///ours.db"}}, "sources": [source]}})
summary = FeedbackEngine(config).import_sources()
assert summary.read == summary.stored, summary
count = summary.read
"""
OURS_UNSTORED = f"""
import pathlib, sys
from feedback_engine.config.model import ImportConfig, SourceConfig
from feedback_engine.ingest.importer import open_source
{MAPPING}
reading = open_source(pathlib.Path(sys.argv[1]), SourceConfig.model_validate(source), {{}}, timezone="Asia/Shanghai",
                      batch_rows=ImportConfig().batch_rows)
count = sum(batch.row_count for batch in reading)
"""
MEASURED = """
import json, resource, time
started = time.perf_counter()
{body}
seconds = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([count / seconds, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime]))
"""


def write_reviews(path: Path, rows: int) -> None:
    """Write reviews of our own making; every twentieth holds a telephone number."""
    chance = random.Random(7)
    with path.open("w", encoding="gb18030", newline="") as file:
        file.write(HEADINGS + "\n")
        for number in range(rows):
            text = "，".join(chance.choices(PHRASES, k=chance.randint(2, 6)))
            text += f"，回电1380013{number % 10000:04}" if number % 20 == 0 else ""
            day = f"2026-{number % 9 + 1:02}-{number % 28 + 1:02} 08:{number % 60:02}:00"
            file.write(
                f"R{number},{day},旅人{number % 5000},{number % 50}号店,{number % 5 + 1},{number % 99},app,{text}\n"
            )


def measure(body: str, path: Path, folder: Path) -> tuple[float, float, float]:
    """Return rows per second, peak megabytes and seconds of processor time of a process that runs the body."""
    command = [sys.executable, "-c", MEASURED.replace("{body}", body), str(path), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    speed, megabytes, seconds = json.loads(done.stdout.splitlines()[-1])
    return speed, megabytes, seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "reviews.csv"
        write_reviews(path, rows)
        contenders = {
            "csv.reader alone": READ_ONLY,
            "pandas read_csv + to_sql": PANDAS,
            "feedback-engine, unstored": OURS_UNSTORED,
            "feedback-engine import": OURS,
        }
        found = {title: measure(body, path, folder) for title, body in contenders.items()}
    ours = found["feedback-engine import"][0]
    print(f"{rows:,} rows, {len(HEADINGS.split(','))} columns, GB18030")
    print(f"{'':28}{'rows/s':>12}{'CPU s':>10}{'peak MB':>10}{'ours ÷ it':>12}")
    for title, (speed, megabytes, seconds) in found.items():
        print(f"{title:28}{speed:>12,.0f}{seconds:>10.1f}{megabytes:>10.0f}{ours / speed:>12.2f}")


if __name__ == "__main__":
    main()
