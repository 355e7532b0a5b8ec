"""The child process that opens a workbook (excel_child.py), seen from the parent: capped, watched, always ended."""

from __future__ import annotations

import json
import marshal
import os
import struct
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHILD_MEMORY_BYTES = 1_000_000_000
#: Without a word for this long, the child is killed …
PATIENCE_SECONDS = 10.0
#: … but its first word may take longer where there is much to parse (calamine was measured at 40 MB a second and more).
PARSED_BYTES_PER_SECOND = 20_000_000
#: Windows has no such limit; there the preflight must have passed before the child starts.
HAS_MEMORY_CAP = sys.platform != "win32"

_CHILD = Path(__file__).with_name("excel_child.py")


@dataclass(frozen=True)
class Job:
    """What the child is to read, and how."""

    path: Path
    sheet: str | None
    header_row: int
    #: Bytes to parse before the first word.
    size: int
    engines: tuple[str, ...] = ("calamine", "openpyxl")
    #: Width of the table and last row given, for the engine that takes over midway.
    width: int | None = None
    after: int = 0

    def to_json(self) -> bytes:
        """Return the job as excel_child.py reads it."""
        job = {"path": str(self.path), "sheet": self.sheet, "header_row": self.header_row, "width": self.width}
        job |= {"engine": self.engines[0], "after": self.after, "memory": CHILD_MEMORY_BYTES}
        return json.dumps(job).encode("ascii")


class ChildFailed(Exception):
    """The child died or refused; `kind` is the child's word for it."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class Child:
    """The running child and its frames."""

    def __init__(self, job: Job) -> None:
        # The parent's own search path, so that the child finds the libraries wherever the parent found them. -P keeps
        # this folder, with its csv.py and json.py, out of it.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        #: Ends the process when called, or when this object is given up unread.
        self.stop = weakref.finalize(self, _end, self._process)
        self._patience = PATIENCE_SECONDS + job.size / PARSED_BYTES_PER_SECOND
        self._is_overdue = False
        assert self._process.stdin is not None  # noqa: S101  # for mypy: PIPE was asked for
        try:
            self._process.stdin.write(job.to_json())
            self._process.stdin.close()
        except BrokenPipeError:  # it died at once; the first frame will say so
            pass

    def frames(self) -> Iterator[tuple[str, Any]]:
        """Yield (kind, payload) up to the end; raises ChildFailed."""
        while True:
            kind, payload = marshal.loads(self._next_frame())  # noqa: S302  # from our own child
            self._patience = PATIENCE_SECONDS
            if kind == "error":
                raise ChildFailed(*payload)
            if kind == "end":
                return
            yield kind, payload

    def _next_frame(self) -> bytes:
        watch = threading.Timer(self._patience, self._kill_overdue)
        watch.daemon = True
        watch.start()
        try:
            size = self._read(8)
            return self._read(struct.unpack("<Q", size)[0])
        finally:
            watch.cancel()

    def _read(self, size: int) -> bytes:
        assert self._process.stdout is not None  # noqa: S101  # for mypy, as above
        data = self._process.stdout.read(size)
        if len(data) < size:
            raise self._describe_death()
        return data

    def _kill_overdue(self) -> None:
        self._is_overdue = True
        self._process.kill()

    def _describe_death(self) -> ChildFailed:
        code = self._process.wait()
        if self._is_overdue:
            return ChildFailed("overdue", f"{self._patience:.0f} 秒没有进展")
        return ChildFailed("died", f"读取进程意外结束（代码 {code}，多半是内存超过 {CHILD_MEMORY_BYTES // 10**6} MB）")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
