"""How long a command or an import takes before it does anything: best of five, beside a bare interpreter.

    python benchmarks/startup.py

Ends with exit code 1 when `import feedback_engine` takes 0.2 s or `feedback-engine --help` 0.5 s.
"""

from __future__ import annotations

import subprocess
import sys
import time

RUNS = 5
COMMANDS = {
    "python -c pass": (["-c", "pass"], None),
    "import feedback_engine": (["-c", "import feedback_engine"], 0.2),
    "feedback-engine --help": (["-m", "feedback_engine", "--help"], 0.5),
}


def measure(arguments: list[str]) -> float:
    """Return the seconds of the fastest run."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> int:
    """Print a table of seconds and ratios; return 1 if a limit is passed."""
    seconds = {name: measure(arguments) for name, (arguments, _) in COMMANDS.items()}
    bare = seconds["python -c pass"]
    print(f"{'command':26}{'seconds':>9}{'x bare':>8}{'limit':>8}")
    for name, (_, limit) in COMMANDS.items():
        print(f"{name:26}{seconds[name]:9.3f}{seconds[name] / bare:8.1f}{limit or '':>8}")
    return int(any(limit is not None and seconds[name] >= limit for name, (_, limit) in COMMANDS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
