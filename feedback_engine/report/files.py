"""A report comes into its place at once or not at all: written beside it, then moved."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedback_engine.errors import ReportError, tell_os_error


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
    """A folder on the same disk as the report, gone afterwards whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix=f".{path.stem[:40]}-", dir=path.parent))
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
