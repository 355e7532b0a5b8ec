"""One run at a time: a lock file beside the SQLite database, released by the system even after a kill."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from feedback_engine.errors import RunLocked, StoreError, tell_os_error


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock file for the time of the block; raises RunLocked if another process has it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+b")
    except OSError as error:
        raise StoreError(f"{path} 无法创建锁文件：{tell_os_error(error)}") from None
    with handle:
        if not _try_lock(handle):
            raise RunLocked(f"{path}：另一个任务（{_holder(handle)}）正在运行；等它结束，或先停止它")
        handle.truncate(0)
        handle.write(f"pid {os.getpid()}".encode())
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)


def _holder(handle: IO[bytes]) -> str:
    try:
        handle.seek(0)
        return handle.read(64).decode("ascii", "replace") or "进程号未知"
    except OSError:  # Windows refuses to read a locked range
        return "进程号未知"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: IO[bytes]) -> bool:
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
