"""How long `inspect` takes for every sample at hand, and for two large files, in one process after start-up.

    python benchmarks/inspecting.py [--rows 1000000]

Samples are the real exports beside the checkout (../shared/formats/samples), where they are, else examples/. Prints the
slowest ten. To reach: under 1 s for any sample. The large files are read to their end, because the answer says how many
rows there are; where a platform is recognised all is read as in an import, and a terminal shows how far it has come.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from imports import write_reviews
from workbooks import write_workbook

from feedback_engine import FeedbackEngine
from feedback_engine.errors import FeedbackEngineError

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "formats" / "samples"
EXAMPLES = ROOT / "examples"
SHOWN = 10


def list_samples() -> list[Path]:
    """Return the files to inspect."""
    folder = SAMPLES if SAMPLES.is_dir() else EXAMPLES
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".py")


def measure(engine: FeedbackEngine, path: Path) -> tuple[float, float, str]:
    """Return the seconds by the clock and of this process, and the file with what it was found to be."""
    started, worked = time.perf_counter(), time.process_time()
    try:
        found = str(engine.inspect(path)["platform"])
    except FeedbackEngineError as error:
        found = f"refused: {error}"
    found = f"{path.name} ({path.stat().st_size:,} bytes): {found[:60]}"
    return time.perf_counter() - started, time.process_time() - worked, found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    engine = FeedbackEngine()
    samples = list_samples()
    measure(engine, samples[0])  # start-up: libraries and lexicons
    results = sorted((measure(engine, path) for path in samples), reverse=True)[:SHOWN]
    print(f"{len(samples)} samples; the slowest:")
    with tempfile.TemporaryDirectory() as folder:
        large = (Path(folder) / "reviews.csv", Path(folder) / "answers.xlsx")
        write_reviews(large[0], rows)
        write_workbook(large[1], rows // 10)
        results += [measure(engine, path) for path in large]
    for seconds, work, found in results:
        print(f"{seconds:8.2f} s {work:8.2f} s of CPU  {found}")


if __name__ == "__main__":
    main()
