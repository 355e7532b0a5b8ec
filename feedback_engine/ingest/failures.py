"""What the system says when a file cannot be read, in a sentence with the way out."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

from feedback_engine.errors import UnreadableFile, tell_os_error


def explain_failure(path: Path, error: OSError | UnicodeError, what: str, way_out: str) -> UnreadableFile:
    """Return the error: that `what` happened to the file and why; nothing but the folder for drafts is written to."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        way_out = f"临时目录 {tempfile.gettempdir()} 写不下了；请清理它，或把环境变量 TMPDIR 设为有空间的目录后重跑"
        return UnreadableFile(f"{path} {what}：{way_out}")
    said = tell_os_error(error) if isinstance(error, OSError) else error
    return UnreadableFile(f"{path} {what}（{said}）；{way_out}")
