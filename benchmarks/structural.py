"""PLS path model of the European satisfaction index with 100 bootstraps, against the plspm package, in one run.

    python benchmarks/structural.py [--data mobi.csv] [--bootstraps 100] [--plspm-python PYTHON]

`--data` is the mobile-phone survey of Tenenhaus et al. (2005) as semPLS ships it; without it answers of the same shape
(250 rows, 24 items, 7 latents) are generated. plspm needs older NumPy and pandas, so it runs under an interpreter of
its own (`pip install plspm 'numpy<2' 'pandas<3'`); without one only our own time is printed. To reach: at least 5 times
faster, in CPU time, with the same path coefficients.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from feedback_engine.stats.pls import ecsi_paths, fit_pls

STEMS = {
    "Image": "IMAG", "Expectation": "CUEX", "Quality": "PERQ", "Value": "PERV", "Satisfaction": "CUSA",
    "Complaints": "CUSCO", "Loyalty": "CUSL",
}  # fmt: skip
SIZES = {"IMAG": 5, "CUEX": 3, "PERQ": 7, "PERV": 2, "CUSA": 3, "CUSCO": 1, "CUSL": 3}
# plspm's `scaled` divides everything by one number; standardised items and scaled=False are what others call scaled.
PEER = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
import pandas as pd
import plspm.config as c
from plspm.plspm import Plspm
from plspm.scheme import Scheme
from plspm.mode import Mode
job = json.load(open(sys.argv[1]))
table = pd.read_csv(job["data"])
table = (table - table.mean()) / table.std(ddof=0)
structure = c.Structure()
for end in dict.fromkeys(end for _, end in job["paths"]):
    structure.add_path([a for a, b in job["paths"] if b == end], [end])
config = c.Config(structure.path(), scaled=False)
for latent, items in job["blocks"].items():
    config.add_lv(latent, Mode.A, *map(c.MV, items))
# Its bootstraps run in processes of their own.
cpu = lambda: sum(os.times()[:4])
started = cpu()
result = Plspm(table, config, Scheme.CENTROID, bootstrap=True, bootstrap_iterations=job["bootstraps"], processes=1)
seconds = cpu() - started
found = result.path_coefficients()
print(json.dumps([seconds, [float(found.loc[b, a]) for a, b in job["paths"]]]))
"""


def make_answers(rows: int = 250) -> pd.DataFrame:
    """Return answers on 1-10 that hang together along the arrows of the index."""
    generator = np.random.default_rng(7)
    latent: dict[str, np.ndarray] = {"Image": generator.normal(size=rows)}
    for name in list(STEMS)[1:]:
        causes = [latent[start] for start, end in ecsi_paths() if end == name]
        latent[name] = 0.8 * np.mean(causes, axis=0) + 0.6 * generator.normal(size=rows)
    items = {
        f"{stem}{number}": 7 + latent[name] + generator.normal(size=rows)
        for name, stem in STEMS.items()
        for number in range(1, SIZES[stem] + 1)
    }
    return pd.DataFrame({name: np.clip(np.round(values), 1, 10) for name, values in items.items()})


def time_ours(table: pd.DataFrame, blocks: dict[str, list[str]], bootstraps: int) -> tuple[float, list[float]]:
    """Return CPU seconds of the fit with its intervals, and the path coefficients."""
    fit_pls(table, blocks, ecsi_paths())
    started = time.process_time()
    result = fit_pls(table, blocks, ecsi_paths(), bootstrap=bootstraps, seed=1)
    seconds = time.process_time() - started
    return seconds, [result.paths[path] for path in ecsi_paths()]


def time_peer(python: str, job: dict[str, object]) -> tuple[float, list[float]] | None:
    """Return the same of plspm; None where that interpreter has no plspm."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.json"
        path.write_text(json.dumps(job), encoding="utf-8")
        done = subprocess.run([python, "-c", PEER, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        print((done.stderr.strip().splitlines() or ["plspm did not run"])[-1])
        return None
    seconds, paths = json.loads(done.stdout.splitlines()[-1])
    return seconds, paths


def main() -> None:
    """Run both and print seconds and ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--bootstraps", type=int, default=100)
    parser.add_argument("--plspm-python", default=sys.executable)
    options = parser.parse_args()
    table = pd.read_csv(options.data) if options.data else make_answers()
    blocks = {latent: [c for c in table.columns if c.rstrip("0123456789") == stem] for latent, stem in STEMS.items()}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "answers.csv"
        table.to_csv(data, index=False)
        job = {"data": str(data), "blocks": blocks, "paths": ecsi_paths(), "bootstraps": options.bootstraps}
        ours, peer = time_ours(table, blocks, options.bootstraps), time_peer(options.plspm_python, job)
    print(f"fit_pls, {options.bootstraps} bootstraps: {ours[0]:.3f} s CPU")
    if peer is not None:
        apart = max(abs(a - b) for a, b in zip(ours[1], peer[1], strict=True))
        print(f"plspm,   {options.bootstraps} bootstraps: {peer[0]:.3f} s CPU: {peer[0] / ours[0]:.1f} times as long")
        print(f"largest difference between path coefficients: {apart:.1e}")


if __name__ == "__main__":
    main()
