"""Shares of R² by LMG, against a regression for every set of drivers, as dominance-analysis computes them, in one run.

    python benchmarks/drivers.py [--rows 2000] [--drivers 6 9 12]

The peer is that loop by NumPy's least squares, without the package: it pins libraries that no longer install beside
ours. CPU seconds of both in one thread, and how far the shares are apart; then what a bootstrap of 1,000 resamples
takes, which the loop would do a thousand times.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from feedback_engine.stats.importance import lmg
from feedback_engine.stats.resampling import bootstrap_shares

Floats = NDArray[np.float64]
RESAMPLES = 1000
THREADS = "OPENBLAS_NUM_THREADS"


def make_answers(rows: int, drivers: int) -> tuple[Floats, Floats]:
    """Return answers of 1-10 to so many questions, which hang together, and to overall satisfaction."""
    chance = np.random.default_rng(7)
    mood = chance.normal(size=(rows, 1))
    answers = np.clip(np.round(7 + 1.5 * (mood + chance.normal(size=(rows, drivers)))), 1, 10)
    overall = answers @ np.linspace(0.1, 1, drivers) / drivers + chance.normal(size=rows)
    return answers, np.clip(np.round(overall), 1, 10)


def loop_over_sets(x: Floats, y: Floats) -> Floats:
    """Return each driver's R² increment, averaged over all orders, by a regression for every set."""
    rows, drivers = x.shape
    total = ((y - y.mean()) ** 2).sum()
    fit: dict[tuple[int, ...], float] = {(): 0.0}
    for size in range(1, drivers + 1):
        for chosen in combinations(range(drivers), size):
            table = np.column_stack([np.ones(rows), x[:, chosen]])
            left = y - table @ np.linalg.lstsq(table, y, rcond=None)[0]
            fit[chosen] = 1.0 - float(left @ left) / total
    shares = np.zeros(drivers)
    for chosen in fit:
        for driver in set(range(drivers)) - set(chosen):
            gain = fit[tuple(sorted((*chosen, driver)))] - fit[chosen]
            shares[driver] += gain / (drivers * comb(drivers - 1, len(chosen)))
    return shares


def main() -> None:
    """Run both for every number of drivers and print seconds, ratio and distance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--drivers", type=int, nargs="+", default=[6, 9, 12])
    options = parser.parse_args()
    if os.environ.get(THREADS) != "1":
        # Threads that wait for each other count as work of the loop's many small regressions.
        raise SystemExit(subprocess.run([sys.executable, *sys.argv], env={**os.environ, THREADS: "1"}).returncode)
    for drivers in options.drivers:
        x, y = make_answers(options.rows, drivers)
        lmg(x[:, :2], y)  # what is loaded when first used is loaded
        marks = [time.process_time()]
        ours = lmg(x, y).importance
        marks.append(time.process_time())
        theirs = loop_over_sets(x, y)
        marks.append(time.process_time())
        bootstrap_shares(x, y, repeats=RESAMPLES)
        marks.append(time.process_time())
        own, loop, bootstrap = np.diff(marks)
        print(
            f"{drivers:>3} drivers, {options.rows} answers: {own:.4f} s; a regression for every set {loop:.3f} s, "
            f"{loop / own:.0f} times as long; apart {np.abs(ours - theirs).max():.0e}; "
            f"{RESAMPLES} resamples {bootstrap:.2f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
