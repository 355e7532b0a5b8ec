"""Text files as lines, with a bound on how long a line may be."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TextIO

from feedback_engine.ingest.mixed import MIXED
from feedback_engine.ingest.readers.lenient import MENDABLE, name_lenient

#: Longest line, and longest record of several lines, in characters. More is a broken quote or no table at all.
MAX_CHARACTERS = 4_000_000
#: Characters or bytes read at once, up to the end of a line.
_BLOCK = 1 << 18
#: Encodings in which the bytes of CR and LF are nothing else and need no state, so that lines can be found in bytes.
_PLAIN = frozenset({"utf-8", "utf-8-sig", "ascii", "gb18030", "big5hkscs", "cp1252", "mac-roman", "iso8859-1"})
_PLAIN |= MIXED | set(map(name_lenient, MENDABLE & _PLAIN))
#: By which DOS ends a file.
_END_OF_FILE = "\x1a"
_LINE_ENDS = ("\n", "\r")
#: Bytes of a character at most, in any of these.
_WIDEST = 4


def read_blocks(path: Path, encoding: str, first_line: int = 1) -> Iterator[str]:
    """Yield the file from a line on, in blocks of whole lines with their line ends.

    A line beyond MAX_CHARACTERS may come cut, at the end of its block; its rest is skipped.
    """
    if encoding in _PLAIN:
        yield from _skip_lines(_read_plain(path, encoding), first_line - 1)
        return
    with path.open(encoding=encoding, errors="strict", newline="") as stream:
        for _ in range(first_line - 1):
            _read_line(stream)
        while block := stream.read(_BLOCK):
            yield block + _read_line(stream, len(block) - max(block.rfind("\n"), block.rfind("\r")) - 1)


def read_pieces(path: Path, encoding: str) -> Iterator[str]:
    """Yield the file in pieces that end anywhere: markup may be one line of any length."""
    with path.open(encoding=encoding, newline="") as stream:
        while piece := stream.read(_BLOCK):
            yield piece


def _read_plain(path: Path, encoding: str) -> Iterator[str]:
    """Yield the blocks of a file whose line ends can be found before it is decoded."""
    is_marked = encoding.endswith("utf-8-sig")
    decode = codecs.getdecoder(encoding.removesuffix("-sig"))
    start = 0
    with path.open("rb") as stream:
        # A file that was written with a mark and then given one has two.
        while is_marked and stream.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
            start = stream.tell()
        stream.seek(start)
        held: list[bytes] = []
        size = 0
        while chunk := _read_chunk(stream):
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
            if end:
                yield decode(b"".join((*held, chunk[:end])))[0]
                held, size = [], 0
            held.append(chunk[end:])
            size += len(held[-1])
            if size > _WIDEST * MAX_CHARACTERS:
                # The cut may part a character.
                yield decode(b"".join(held), "ignore")[0] + "\n"
                held = [_skip_line(stream)]
                size = len(held[0])
        if size and (rest := decode(b"".join(held))[0]).strip(_END_OF_FILE):
            yield rest


def _read_chunk(stream: BinaryIO) -> bytes:
    """Return the next bytes, not parting CR from LF."""
    chunk = stream.read(_BLOCK)
    while chunk.endswith(b"\r") and (following := stream.read(1)):
        chunk += following
    return chunk


def _skip_line(stream: BinaryIO) -> bytes:
    """Read to the end of the line; return what was read beyond it."""
    while chunk := _read_chunk(stream):
        ends = [at for mark in (b"\n", b"\r") if (at := chunk.find(mark)) >= 0]
        if ends:
            return chunk[min(ends) :].removeprefix(b"\r").removeprefix(b"\n")
    return b""


def _skip_lines(blocks: Iterator[str], count: int) -> Iterator[str]:
    """Yield the blocks without their first lines."""
    for block in blocks:
        if not count:
            yield block
            continue
        lines = split_lines(block)
        skipped = min(count, len(lines))
        count -= skipped
        if rest := "".join(lines[skipped:]):
            yield rest


def _read_line(stream: TextIO, begun: int = 0) -> str:
    """Return a line, or what is left of one of which so many characters have been read; one that is cut ends, too."""
    line = stream.readline(MAX_CHARACTERS - begun)
    is_cut = len(line) == MAX_CHARACTERS - begun and not line.endswith(_LINE_ENDS)
    skipped = line if is_cut else ""
    while skipped and not skipped.endswith(_LINE_ENDS):
        skipped = stream.readline(MAX_CHARACTERS)
    return line + "\n" if is_cut else line


def read_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the file's lines with their line ends; a line beyond MAX_CHARACTERS comes cut, its rest is skipped."""
    return chain.from_iterable(map(split_lines, read_blocks(path, encoding)))


def split_lines(block: str) -> list[str]:
    """Return the lines of a block with their line ends: CR, LF or both, but none of Unicode's others."""
    return list(io.StringIO(block, newline=""))


def is_too_long(line: str) -> bool:
    """Whether `read_lines` may have cut this line."""
    return len(line) >= MAX_CHARACTERS
