"""Delimited text as rows: streaming, strict, and one bad line costs one line."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.readers.rows import LineReject, Rows
from feedback_engine.ingest.readers.text import MAX_CHARACTERS, is_too_long, read_lines

#: A record over more lines than this is taken for an unclosed quote.
MAX_LINES = 1000
_DELIMITERS = {",": "逗号", "\t": "制表符", ";": "分号", "|": "竖线"}
_SAMPLE_LINES = 500
_SAMPLE_CHARACTERS = 262_144

_UNCLOSED = "引号没有闭合；本行已隔离，从下一行继续读"
_MALFORMED = "引号使用不规范（字段内的引号应写成两个）；本行已隔离"
_TOO_LONG = f"一行超过 {MAX_CHARACTERS} 个字符"


def read_csv(path: Path, encoding: str, header_row: int) -> Rows:
    """Return the rows of a comma, semicolon, tab or bar separated file.

    The headings are the first record that starts at line `header_row` or below. A record's number is the line it starts
    at. Raises UnreadableFile when there are no headings.
    """
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CHARACTERS))
    delimiter = detect_delimiter(path, encoding, header_row)
    rejects: list[LineReject] = []
    records = _read_records(islice(read_lines(path, encoding), header_row - 1, None), delimiter, header_row, rejects)
    number, header = next(records, (header_row, [""]))
    if rejects:
        raise UnreadableFile(f"{path} 第 {rejects[0].row_number} 行（标题行）无法读取：{rejects[0].reason}")
    if not any(cell.strip() for cell in header):
        raise UnreadableFile(f"{path} 第 {number} 行应为标题行，却是空的；请用 header_row 指明标题在第几行")
    evidence = (f"分隔符：{_DELIMITERS[delimiter]}",)
    return Rows([cell.strip() for cell in header], records, "csv", encoding, None, evidence, rejects)


def detect_delimiter(path: Path, encoding: str, header_row: int = 1) -> str:
    """Return the delimiter under which most records have as many fields as the headings.

    One that splits the headings goes before one that does not; then the larger share of fitting records decides, then
    the number of fields.
    """
    sample = _sample_lines(path, encoding, header_row)

    def fit(delimiter: str) -> tuple[bool, float, int]:
        counts = [len(record) for record in csv.reader(sample, delimiter=delimiter) if record]
        width = counts[0] if counts else 0
        return width > 1, counts.count(width) / max(len(counts), 1), width

    return max(_DELIMITERS, key=fit)


def _sample_lines(path: Path, encoding: str, header_row: int) -> list[str]:
    sample: list[str] = []
    size = 0
    for line in islice(read_lines(path, encoding), header_row - 1, header_row - 1 + _SAMPLE_LINES):
        size += len(line)
        if sample and size > _SAMPLE_CHARACTERS:
            break
        sample.append(line[:MAX_CHARACTERS])
    return sample


class _Runaway(Exception):
    """A record has grown beyond what a record can be."""


def _read_records(
    lines: Iterator[str], delimiter: str, number: int, rejects: list[LineReject]
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, fields) and note the lines that cannot be read.

    When a record of several lines goes wrong, only its first line is given up: the others are read again.
    """
    pending: deque[str] = deque()
    current: list[str] = []
    width = 0

    def supply() -> Iterator[str]:
        size = 0
        while (line := pending.popleft() if pending else next(lines, None)) is not None:
            size = len(line) if not current else size + len(line)
            current.append(line)
            if size > MAX_CHARACTERS or len(current) > MAX_LINES or is_too_long(line):
                raise _Runaway
            yield line

    reader = csv.reader(supply(), delimiter=delimiter, strict=True)
    while True:
        reason = ""
        current.clear()
        try:
            record = next(reader)
        except StopIteration:
            return
        except _Runaway:
            reason = _TOO_LONG if is_too_long(current[0]) else _UNCLOSED
        except csv.Error:
            reason = _MALFORMED if len(current) == 1 and current[0].count('"') > 1 else _UNCLOSED
        else:
            if (
                len(current) > 1
                and width
                and len(record) != width
                and _has_swallowed(current, record, delimiter, width)
            ):
                reason = _UNCLOSED
            elif record:
                width = width or len(record)
                yield number, record
        if reason:
            rejects.append(LineReject(number, "", current[0].rstrip("\r\n"), reason))
            pending.extendleft(reversed(current[1:]))
            reader = csv.reader(supply(), delimiter=delimiter, strict=True)
            del current[1:]
        number += len(current)


def _has_swallowed(lines: list[str], record: list[str], delimiter: str, width: int) -> bool:
    """Whether a record of several lines is an unclosed quote that took in the next records.

    More fields than headings are no sign by themselves: a newer version of the exporting tool may have appended the
    record. Signs are a line within that would be a record, and an end at a quote that opens a field.
    """
    if len(record) < width:
        return True
    end = lines[-1].replace('""', "  ").find('"')
    opens_field = end > 0 and lines[-1][end - 1] == delimiter
    return opens_field or any(len(fields) >= width for fields in csv.reader(lines[1:-1], delimiter=delimiter))
