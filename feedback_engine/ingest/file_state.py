"""What makes a file the same file as before: for one that is being read, and for what is remembered of one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")
#: Findings that are remembered of each kind, the latest.
_REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class FileState:
    """What changes when a file is replaced, cut or written to; nothing is known of one that has gone."""

    #: Bytes.
    size: int = 0
    #: The number of the file on its disk, and when it was last written to, in nanoseconds.
    number: int = 0
    written: int = 0

    @classmethod
    def of(cls, found: os.stat_result) -> Self:
        """Return the state that the system tells."""
        return cls(found.st_size, found.st_ino, found.st_mtime_ns)

    def describe(self) -> str:
        """Return what is known, in Chinese."""
        return f"为 {self.size:,} 字节" if self.written else "已不在"


def find_state(path: Path) -> FileState:
    """Return the state of the file as it is now."""
    try:
        return FileState.of(path.stat())
    except OSError:
        return FileState()


def remember_while_unchanged(find: Callable[Concatenate[Path, _P], _T]) -> Callable[Concatenate[Path, _P], _T]:
    """Return the function that finds the same of a file only once while that stays as it is.

    A search for the headings opens a file many times. Raises OSError for a file that has gone.
    """

    @lru_cache(maxsize=_REMEMBERED)
    def find_once(path: Path, _state: FileState, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return find(path, *args, **kwargs)

    @wraps(find)
    def find_or_recall(path: Path, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return find_once(path, FileState.of(path.stat()), *args, **kwargs)  # type: ignore[arg-type]

    return find_or_recall
