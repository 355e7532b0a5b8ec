"""Lines of text from a file or from standard input, in batches that are answered as they come."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from feedback_engine.errors import EncodingError, UnreadableFile, tell_os_error
from feedback_engine.ingest.encoding import detect_encoding
from feedback_engine.ingest.readers.lenient import replace_marks

logger = logging.getLogger(__name__)

#: Characters of a file, and bytes of a pipe, that are read at once.
_BATCH = 1 << 16
_MARK = "\ufeff"


def read_batches(path: str) -> Iterator[list[str]]:
    """Yield the lines of a file, or of standard input where the path is "-", without their ends.

    Bytes that are no text are kept as replacement marks. Raises UnreadableFile.
    """
    lines = _read_pipe() if path == "-" else _read_file(Path(path))
    for number, batch in enumerate(lines):
        if number == 0:
            batch[0] = batch[0].removeprefix(_MARK)
        yield [line.rstrip("\r\n") for line in batch]


def _read_file(path: Path) -> Iterator[list[str]]:
    try:
        with path.open(encoding=_find_codec(path), errors="replace", newline="\n") as file:
            while batch := file.readlines(_BATCH):
                yield [replace_marks(line) for line in batch]
    except OSError as error:
        raise UnreadableFile(f"{path} 无法读取：{tell_os_error(error)}") from None


def _find_codec(path: Path) -> str:
    try:
        found = detect_encoding(path)
    except EncodingError as error:
        with path.open("rb") as file:
            if b"\0" in file.read(_BATCH):
                raise UnreadableFile(f"{path} 不是每行一条的文本文件；表格请用 import，先看看请用 inspect") from None
        logger.warning("%s；按 UTF-8 读取，不合法的字节以 \ufffd 代替", error)
        return "utf-8"
    if told := found.warning or (found.evidence if found.is_damaged else ""):
        logger.warning("%s：%s", path, told)
    return found.codec


def _read_pipe() -> Iterator[list[str]]:
    """Yield the lines that have arrived, without waiting for more: who writes one line may wait for its answer."""
    begun: list[bytes] = []
    while chunk := os.read(sys.stdin.fileno(), _BATCH):
        whole, end, rest = chunk.rpartition(b"\n")
        if end:
            yield b"".join((*begun, whole)).decode("utf-8", "replace").split("\n")
            begun = []
        begun.append(rest)
    if last := b"".join(begun):
        yield [last.decode("utf-8", "replace")]
