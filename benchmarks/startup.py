"""How long a command, an import or the first tag takes: CPU time, best of five, beside a bare interpreter.

    python benchmarks/startup.py

Every row is a new process, counted from its first to its last instruction, interpreter and all that it imports
included: the first tag is `import feedback_engine`, an engine with the shipped lexicons and models, and one text. Ends
with exit code 1 where a limit is passed. Modules without compiled bytecode (PYTHONDONTWRITEBYTECODE) take longer.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
FIRST_TAG = "import feedback_engine as fe; fe.FeedbackEngine().tag('物流很快，但客服太差', pack={pack!r})"
COMMANDS: dict[str, tuple[list[str], float | None]] = {
    "python -c pass": (["-c", "pass"], None),
    "import numpy": (["-c", "import numpy"], None),
    "import feedback_engine": (["-c", "import feedback_engine"], 0.1),
    "feedback-engine --help": (["-m", "feedback_engine", "--help"], 0.5),
    "the first tag, general": (["-c", FIRST_TAG.format(pack="general")], 0.5),
    "the first tag, government": (["-c", FIRST_TAG.format(pack="government")], 0.5),
    "feedback-engine tag -": (["-m", "feedback_engine", "tag", "-"], 0.5),
}


def measure(arguments: list[str]) -> float:
    """Return the seconds of CPU time of the best run; each is given one text, in a folder without a configuration."""
    with tempfile.TemporaryDirectory() as folder:
        return min(_run(arguments, Path(folder)) for _ in range(RUNS))


def _run(arguments: list[str], folder: Path) -> float:
    before = _spent()
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        cwd=folder,
        input="物流很快，但客服太差\n".encode(),
        stdout=subprocess.DEVNULL,
    )
    return _spent() - before


def _spent() -> float:
    """Return the CPU seconds of all processes that have ended; on Windows, which does not tell, the clock."""
    if os.name == "nt":
        return time.perf_counter()
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Print a table of seconds and ratios; return 1 if a limit is passed."""
    seconds = {name: measure(arguments) for name, (arguments, _) in COMMANDS.items()}
    bare = seconds["python -c pass"]
    print(f"{'command':28}{'CPU s':>8}{'less bare':>11}{'limit':>8}")
    for name, (_, limit) in COMMANDS.items():
        print(f"{name:28}{seconds[name]:8.3f}{seconds[name] - bare:11.3f}{limit or '':>8}")
    return int(any(limit is not None and seconds[name] - bare >= limit for name, (_, limit) in COMMANDS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
