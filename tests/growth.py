"""Whether work grows with its input, told by ratios alone: no limit in seconds holds on every machine."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

#: Four times as long, linear work takes 4 times as long, work on all pairs 16 times.
TIMES, MOST = 4, 9
#: Seconds that a clock or another process may add.
SLACK = 0.05
#: Another process may disturb a measurement; work on all pairs is too slow each time.
ATTEMPTS = 4


def is_linear(work: Callable[[str], object], piece: str, length: int) -> bool:
    """Tell whether `length` characters of a repeated piece take CPU time in proportion to a quarter of them."""
    long = (piece * (length // len(piece) + 1))[:length]
    short = long[: length // TIMES]
    return any(_seconds(work, long) < MOST * _seconds(work, short) + SLACK for _ in range(ATTEMPTS))


def _seconds(work: Callable[[str], object], text: str) -> float:
    """Return the CPU time of the work alone: collecting garbage takes as long as other tests have left objects."""
    gc.disable()
    try:
        start = time.process_time()
        work(text)
        return time.process_time() - start
    finally:
        gc.enable()
