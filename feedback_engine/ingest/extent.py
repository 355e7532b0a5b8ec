"""Where the cells of a sheet end, counted in its raw XML in one streaming pass."""

from __future__ import annotations

import codecs
import re
import zipfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from feedback_engine.ingest.number_formats import PercentCells

#: Rows × columns up to the last cell in use: what a reader that holds the whole sheet allocates.
MAX_EXTENT = 50_000_000
MAX_ERROR_CELLS = MAX_MERGED = 100_000

_CHUNK = 1 << 20
#: A row longer than this is looked at in pieces.
_MAX_CARRY = 8 << 20


@dataclass(frozen=True)
class Extent:
    """Where the cells of a sheet end, empty but formatted ones included."""

    rows: int
    columns: int
    #: Error values such as #N/A by row and column (from 1): the fast reader gives them as blanks.
    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    #: Numbers of the rows that hold an error value or a formula without a result, also beyond what `errors` keeps.
    error_rows: Sequence[int] = ()
    #: Cells that hold a formula without a result: nobody has opened and saved the workbook since it was written.
    unsolved: int = 0
    #: The first row whose number is none, or comes again; readers would lose one of the two.
    disorder: str = ""
    #: (first row, last row) of each group of merged cells that goes over several rows; only the first holds a value.
    merged: Sequence[tuple[int, int]] = ()
    #: Rows that the workbook does not show, as a filter leaves them out.
    hidden: int = 0
    #: Columns, from 1, in which numbers show as percentages.
    percents: Sequence[int] = ()

    @property
    def fits_memory(self) -> bool:
        """Whether a reader may hold the rectangle at once."""
        return self.rows * self.columns <= MAX_EXTENT


def read_chunks(archive: zipfile.ZipFile, name: str, size: int = _CHUNK) -> Iterator[bytes]:
    """Yield the member as UTF-8; zipfile stops at the declared size, so a lying header cannot unfold further."""
    with archive.open(name) as file:
        chunk = file.read(size)
        decoder = None
        if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            decoder = codecs.getincrementaldecoder("utf-16")("replace")
        elif chunk[:2] in (b"<\0", b"\0<"):
            decoder = codecs.getincrementaldecoder("utf-16-le" if chunk[0] else "utf-16-be")("replace")
        while chunk:
            yield chunk if decoder is None else decoder.decode(chunk).encode("utf-8", "replace")
            chunk = file.read(size)


def measure_member(archive: zipfile.ZipFile, member: str) -> Extent:
    """Return where the cells of a sheet end; a formatted cell without content counts only where that does no harm."""
    measure, percents = _Measure(), PercentCells.of(archive)
    for block in _read_row_blocks(archive, member):
        measure.add(block)
        percents.add(block)
    extent = Extent(
        measure.rows,
        measure.columns,
        measure.errors,
        measure.error_rows,
        measure.unsolved,
        measure.disorder,
        measure.merged,
        measure.hidden,
        sorted(map(column_number, percents.list_columns())),
    )
    return extent if extent.fits_memory else _measure_content(extent, _read_row_blocks(archive, member))


def _read_row_blocks(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """Yield the member in blocks that end with a row, or, where a row is monstrous, anywhere."""
    carry = b""
    for chunk in read_chunks(archive, member):
        block = carry + chunk
        end = block.rfind(b"row>") + 4
        if end == 3:
            end = 0 if len(block) < _MAX_CARRY else len(block)
        yield block[:end]
        carry = block[end:]
    yield carry


def _measure_content(extent: Extent, blocks: Iterable[bytes]) -> Extent:
    """Return the same with the extent of the cells that hold a value; slower than _Measure."""
    rows = columns = 0
    for block in blocks:
        for row in _ROW_END.split(block):
            tag = _ROW_TAG.search(row)
            number = _ROW_NUMBER.search(tag[1]) if tag else None
            line = int(number[1][:12]) if number else rows + 1
            for place, (attributes, value) in enumerate(_CELL_CONTENT.findall(row), 1):
                reference = _REFERENCE.search(attributes)
                if value:
                    columns = max(columns, column_number(reference[1]) if reference else place)
                    rows = max(rows, int(reference[2]) if reference else line)
    return replace(extent, rows=rows, columns=columns)


# Hostile input reaches these expressions: each is linear, bounded or stopped by the next "<".
_ROW_TAG = re.compile(rb"<(?:[\w.-]+:)?row(?=[\s/>])([^>]*)")
_ROW_END = re.compile(rb"</(?:[\w.-]+:)?row\s*>")
_ROW_NUMBER = re.compile(rb"(?:^|\s)r\s*=\s*[\"']\s*(\d+)")
#: As Excel and WPS spell them: a literal start makes the search three times faster.
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})')
_PLAIN_ROW = re.compile(rb"<row([ >][^>]*)")
_HIDDEN = re.compile(rb"\shidden\s?=\s?[\"'](?:1|true)[\"']")
_WRITTEN_NUMBER = re.compile(rb"(?:^|\s)r\s?=\s?[\"']([^\"']{0,20})")
#: A cell that ends with its formula, behind which the result would stand, or with an empty result.
_UNSOLVED = re.compile(rb"(?:</f>|<f [^<>]{0,300}/>|<f/>)\s{0,9}(?:<v\s?/>|<v></v>)?\s{0,9}</c>")
_CELL_TAG = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s/>])([^>]*)")
_CELL_CONTENT = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s/>])([^<>]*)>\s*(<(?:[\w.-]+:)?(?:v|is|f)[\s/>])?")
_REFERENCE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']\s*([A-Za-z]{1,4})(\d{1,9})")
_CELL_OPENING = re.compile(rb"<(?:[\w.-]{1,20}:)?c\s([^<>]{0,300})>")
_MERGED = re.compile(rb"[:<]mergeCell\s[^<>]{0,100}?ref\s?=\s?[\"'][A-Z]{1,3}(\d{1,7}):[A-Z]{1,3}(\d{1,7})[\"']")
_IS_ERROR = re.compile(rb"(?:^|\s)t\s?=\s?[\"']e[\"']")
_ERROR_VALUE = re.compile(
    rb"\s{0,9}(?:<(?:[\w.-]{1,20}:)?f(?:[^<>]{0,500}/>|[^<>]{0,500}>[^<]{0,9000}</(?:[\w.-]{1,20}:)?f>))?"
    rb"\s{0,9}<(?:[\w.-]{1,20}:)?v>\s{0,9}(#[A-Z0-9/!?_]{2,20})"
)


class _Measure:
    """Adds up blocks of whole rows. The usual spelling is counted fast; any other is looked at cell by cell."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self.errors: dict[int, dict[int, str]] = {}
        self.error_rows = array("q")
        self._error_count = 0
        self.unsolved = 0
        self.disorder = ""
        self.merged: list[tuple[int, int]] = []
        self.hidden = 0
        self._last = 0

    def add(self, block: bytes) -> None:
        """Count in a block of whole rows."""
        references = _PLAIN_CELL.findall(block)
        if references and len(references) == block.count(b"<c "):
            self._add_rows(_PLAIN_ROW.findall(block))
            last = _REFERENCE.search(block, block.rfind(b"<c r=") + 2)
            self.rows = max(self.rows, int(last[2]) if last else 0)
            self.columns = max(self.columns, max(map(column_number, set(references))))
            has_errors = b't="e"' in block
        else:
            self._add_odd(block)
            has_errors = True
        if has_errors:
            self._add_errors(block)
        if b"<f" in block:
            self._add_unsolved(block)
        if b"mergeCell " in block:
            spans = ((int(first), int(last)) for first, last in _MERGED.findall(block))
            self.merged += [span for span in spans if span[0] < span[1]][: MAX_MERGED - len(self.merged)]

    def _add_unsolved(self, block: bytes) -> None:
        for end in _UNSOLVED.finditer(block):
            reference = _REFERENCE.search(block, block.rfind(b"<c ", 0, end.start()) + 2, end.start())
            if reference:
                self.unsolved += 1
                self._note_row(int(reference[2]))

    def _note_row(self, row: int) -> None:
        if not self.error_rows or self.error_rows[-1] != row:
            self.error_rows.append(row)

    def _check_order(self, tags: list[bytes]) -> None:
        """Note the first number that is none or does not go on; a row without a number stands behind the last."""
        for tag in tags:
            # A tag without attributes is followed by the next one.
            written = None if tag.startswith(b">") else _WRITTEN_NUMBER.search(tag)
            number = written[1].strip() if written else str(self._last + 1).encode()
            row = int(number) if number.isdigit() else 0
            if row <= self._last:
                self.disorder = number.decode("ascii", "replace") or "空"
                return
            self._last = row

    def _add_rows(self, tags: list[bytes]) -> None:
        if not self.disorder:
            self._check_order(tags)
        self.hidden += sum(_HIDDEN.search(tag) is not None for tag in tags if not tag.endswith(b"/"))
        last = _ROW_NUMBER.search(tags[-1]) if tags else None
        self.rows = max(self.rows + len(tags), int(last[1][:12]) if last else 0)

    def _add_odd(self, block: bytes) -> None:
        for row in _ROW_END.split(block):
            self._add_rows(_ROW_TAG.findall(row))
            for place, attributes in enumerate(_CELL_TAG.findall(row), 1):
                reference = _REFERENCE.search(attributes)
                column, line = (column_number(reference[1]), int(reference[2])) if reference else (place, 0)
                self.columns = max(self.columns, column, place)
                self.rows = max(self.rows, line)

    def _add_errors(self, block: bytes) -> None:
        for cell in _CELL_OPENING.finditer(block):
            if not _IS_ERROR.search(cell[1]):
                continue
            reference, value = _REFERENCE.search(cell[1]), _ERROR_VALUE.match(block, cell.end())
            if not (reference and value):
                continue
            row = int(reference[2])
            self._note_row(row)
            if self._error_count < MAX_ERROR_CELLS:
                self._error_count += 1
                self.errors.setdefault(row, {})[column_number(reference[1])] = value[1].decode()


def column_number(letters: bytes) -> int:
    """Return the number of a column, from 1: A → 1, XFD → 16,384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
