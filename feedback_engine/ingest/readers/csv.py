"""Delimited text as rows: streaming, strict, and one bad line costs one line."""

from __future__ import annotations

import csv
import re
from collections.abc import Generator, Iterable, Iterator
from itertools import islice, repeat
from pathlib import Path

from feedback_engine.errors import NoHeadings, UnreadableFile
from feedback_engine.ingest.readers.escapes import double_quotes, is_escaped
from feedback_engine.ingest.readers.rows import LineReject, Rows
from feedback_engine.ingest.readers.text import MAX_CHARACTERS, is_too_long, read_blocks, read_lines, split_lines

#: A record over more lines than this is taken for an unclosed quote.
MAX_LINES = 1000
_DELIMITERS = {",": "逗号", "\t": "制表符", ";": "分号", "|": "竖线"}
#: Signs that systems part fields by so that no text can hold them, and lines that it takes to see it.
_UNUSUAL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f^~#$&*，；｜¦§]")
_LEAST_LINES, _MOST_LINES = 5, 0.9
#: How a cell is guarded against Excel's idea of a number: ="00123".
_GUARD = '="'
_GUARDED = re.compile(r'\A="(.*)"\Z', re.DOTALL)
_SAMPLE_LINES = 500
_SAMPLE_CHARACTERS = 262_144
#: The line by which files tell Excel their separator.
_HINT = re.compile(r'"?sep=([,\t;|])"?\s*', re.IGNORECASE)

_UNCLOSED = "引号没有闭合；本行已隔离，从下一行继续读"
_MALFORMED = "引号使用不规范（字段内的引号应写成两个）；本行已隔离"
_ESCAPES = r"引号里的引号写作 \"（反斜杠转义），按此读取"
_TOO_LONG = f"一行超过 {MAX_CHARACTERS} 个字符"


def read_csv(path: Path, encoding: str, header_row: int) -> Rows:
    """Return the rows of a comma, semicolon, tab or bar separated file.

    The headings are the first record that starts at line `header_row` or below. A record's number is the line it starts
    at. Raises UnreadableFile when there are no headings.
    """
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CHARACTERS))
    hint = _HINT.fullmatch(next(read_lines(path, encoding), "")) if header_row == 1 else None
    header_row += hint is not None
    delimiter = hint[1] if hint else detect_delimiter(path, encoding, header_row)
    rejects: list[LineReject] = []
    blocks = read_blocks(path, encoding, header_row)
    has_escapes = is_escaped(path, encoding, header_row, delimiter)
    is_spaced = _is_spaced(_sample_lines(path, encoding, header_row), delimiter)
    records = _Records(delimiter, header_row, rejects, is_spaced=is_spaced).read(
        map(double_quotes, blocks) if has_escapes else blocks
    )
    number, header = next(records, (header_row, [""]))
    if rejects:
        error = UnreadableFile if rejects[0].reason == _TOO_LONG else NoHeadings
        why = rejects[0].reason.partition("；")[0]
        raise error(
            f"{path} 第 {rejects[0].row_number} 行（标题行）无法读取：{why}；请改好这一行，或用 header_row 指明标题行"
        )
    if not any(cell.strip() for cell in header):
        raise NoHeadings(f"{path} 第 {number} 行应为标题行，却是空的；请用 header_row 指明标题在第几行")
    evidence = (f"分隔符：{_DELIMITERS.get(delimiter, repr(delimiter))}", *([_ESCAPES] if has_escapes else []))
    return Rows([cell.strip() for cell in header], records, "csv", encoding, None, evidence, rejects)


def detect_delimiter(path: Path, encoding: str, header_row: int = 1) -> str:
    """Return the delimiter under which most records have as many fields as the headings.

    One that splits the headings goes before one that does not; then the larger share of fitting records decides, then
    the number of fields. Where none of the usual ones splits the headings, it is the sign that stands as often in
    nearly every line as in these, if there is one.
    """
    sample = _sample_lines(path, encoding, header_row)

    def fit(delimiter: str) -> tuple[bool, float, int]:
        counts = [len(record) for record in csv.reader(sample, delimiter=delimiter) if record]
        width = counts[0] if counts else 0
        return width > 1, counts.count(width) / max(len(counts), 1), width

    found = max(_DELIMITERS, key=fit)
    return found if fit(found)[0] else _find_unusual([line for line in sample if line.strip()]) or found


def _find_unusual(lines: list[str]) -> str:
    """Return the sign that every line has as often as the first, twice or more; nothing if there is none."""
    signs: list[str] = _UNUSUAL.findall(lines[0]) if len(lines) >= _LEAST_LINES else []
    for sign in dict.fromkeys(signs):
        count = lines[0].count(sign)
        if count > 1 and sum(line.count(sign) == count for line in lines) >= _MOST_LINES * len(lines):
            return sign
    return ""


def _sample_lines(path: Path, encoding: str, header_row: int) -> list[str]:
    sample: list[str] = []
    size = 0
    for line in islice(read_lines(path, encoding), header_row - 1, header_row - 1 + _SAMPLE_LINES):
        size += len(line)
        if sample and size > _SAMPLE_CHARACTERS:
            break
        sample.append(line[:MAX_CHARACTERS])
    return sample


def _is_spaced(lines: list[str], delimiter: str) -> bool:
    """Whether quotes stand behind a blank, "1", "好", as they do in hardly a line of other files."""
    return sum(f'{delimiter} "' in line for line in lines) * 2 > len(lines)


class _Records:
    """Takes blocks of lines apart into records, and notes the lines that cannot be read.

    When a record of several lines goes wrong, only its first line is given up: the others are read again.
    """

    def __init__(self, delimiter: str, number: int, rejects: list[LineReject], *, is_spaced: bool) -> None:
        self._delimiter = delimiter
        self._is_spaced = is_spaced
        #: Number of the first line that has not been read.
        self._number = number
        self._rejects = rejects
        #: Fields of the first record; 0 before it.
        self._width = 0

    def read(self, blocks: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield (line number, fields)."""
        held: list[str] = []  # lines of a record that goes on in the next block
        for block in blocks:
            if held or '"' in block or len(block) >= MAX_CHARACTERS:
                held += split_lines(block)
                held = yield from self._read_quoted(held, is_end=False)
            else:
                yield from self._read_plain(block)
        yield from self._read_quoted(held, is_end=True)

    def _read_plain(self, block: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the records of a block without quotes, where each line is one."""
        if "\r" in block:
            block = block.replace("\r\n", "\n").replace("\r", "\n")
        lines = block.removesuffix("\n").split("\n")
        numbers: Iterable[int] = range(self._number, self._number + len(lines))
        self._number += len(lines)
        if "" in lines:
            numbers = [number for number, line in zip(numbers, lines, strict=True) if line]
            lines = [line for line in lines if line]
        if lines and not self._width:
            self._width = lines[0].count(self._delimiter) + 1
        yield from zip(numbers, map(str.split, lines, repeat(self._delimiter)), strict=False)

    def _read_quoted(self, lines: list[str], *, is_end: bool) -> Generator[tuple[int, list[str]], None, list[str]]:
        """Yield the records in these lines; return those of a last one that is not complete before the end."""
        start = 0
        while start < len(lines):
            first, end = start, start
            rest = map(lines.__getitem__, range(start, len(lines)))
            reader = csv.reader(rest, delimiter=self._delimiter, skipinitialspace=self._is_spaced, strict=True)
            reason = ""
            try:
                for record in reader:
                    end = first + reader.line_num
                    if (end > start + 1 or is_too_long(lines[start])) and (
                        reason := self._doubt(record, lines[start:end])
                    ):
                        break
                    if record:
                        self._width = self._width or len(record)
                        is_guarded = any(_GUARD in line for line in lines[start:end])
                        yield self._number, _unguard(record) if is_guarded else record
                    self._number += end - start
                    start = end
            except csv.Error:
                broken = lines[start : first + reader.line_num]
                if start + len(broken) == len(lines) and not (is_end or _is_runaway(broken)):
                    return broken
                reason = _explain(broken)
            if reason:
                self._rejects.append(LineReject(self._number, "", lines[start].rstrip("\r\n"), reason))
                self._number += 1
                start += 1
        return []

    def _doubt(self, record: list[str], lines: list[str]) -> str:
        """Return why a record that the parser accepts is none, or nothing."""
        if _is_runaway(lines):
            return _explain(lines)
        if len(lines) > 1 and self._width and len(record) != self._width:
            return _UNCLOSED if _has_swallowed(lines, record, self._delimiter, self._width) else ""
        return ""


def _unguard(record: list[str]) -> list[str]:
    """Return the fields as Excel shows them: ="00123" is 00123."""
    return [_GUARDED.sub(r"\1", cell) for cell in record]


def _is_runaway(lines: list[str]) -> bool:
    """Whether a record has grown beyond what a record can be."""
    return len(lines) > MAX_LINES or sum(map(len, lines)) > MAX_CHARACTERS or any(map(is_too_long, lines))


def _explain(lines: list[str]) -> str:
    """Return why the record that these lines begin cannot be read."""
    if is_too_long(lines[0]):
        return _TOO_LONG
    return _MALFORMED if len(lines) == 1 and lines[0].count('"') > 1 else _UNCLOSED


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
