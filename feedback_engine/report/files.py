"""A report comes into its place at once or not at all: written beside it, then moved."""

from __future__ import annotations

import errno
import glob
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedback_engine.errors import ReportError, tell_os_error

#: Age of a folder whose report cannot be in the making any more.
_STALE_SECONDS = 24 * 3600


@contextmanager
def replaced_file(path: Path) -> Iterator[Path]:
    """Give the path of a draft in a folder of its own, which takes the place of `path` at the end of the block.

    Any failure raises ReportError, leaves an older report as it was, and leaves nothing else behind.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _folder_beside(path) as folder:
            draft = folder / f"report{path.suffix}"
            yield draft
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            draft.replace(path)
    except OSError as error:
        raise ReportError(describe_failure(path, error)) from error


@contextmanager
def _folder_beside(path: Path) -> Iterator[Path]:
    """A folder on the same disk as the report, gone afterwards whatever happens; what a kill has left goes, too."""
    prefix = f".{path.stem[:40]}-draft-"
    for left in path.parent.glob(f"{glob.escape(prefix)}{'?' * 8}"):
        if left.is_dir() and left.stat().st_mtime < time.time() - _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=path.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def describe_failure(path: Path, error: OSError) -> str:
    """Return why the report could not be written, and the way out."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{path}：磁盘已满，报告没有写成，旧报告未动；请腾出空间后重新运行 report"
    if isinstance(error, PermissionError):
        return f"{path}：没有写入权限，或文件正在 Excel/WPS 中打开；请关闭它或改用 --out 另存，旧报告未动"
    if isinstance(error, (IsADirectoryError, NotADirectoryError, FileExistsError)):
        return f"{path}：这个位置是文件夹，或其上级不是文件夹；请用 --out 换一个文件名"
    return f"{path}：报告没有写成（{tell_os_error(error)}），旧报告未动；请检查磁盘后重新运行 report"
