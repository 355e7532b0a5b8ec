"""Which cells of a workbook show their numbers as percentages: a reader gives 0.9 where people see 90%."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable

#: What is read of the styles at most; workbooks that were copied together hold tens of thousands.
_MAX_STYLES = 8 << 20
#: 0% and 0.00%, which every workbook knows by number.
_BUILT_IN = (b"9", b"10")
_FORMAT = re.compile(rb"<(?:[\w.-]{1,20}:)?numFmt\s([^<>]{0,2000})>")
_NUMBER_OF_FORMAT = re.compile(rb"numFmtId\s?=\s?[\"'](\d{1,9})[\"']")
_PERCENT = re.compile(rb"formatCode\s?=\s?[\"'][^<>]*%")
#: What a format shows as it stands: 0"%" shows 90 as 90%.
_LITERAL = re.compile(rb"&quot;[^&]*&quot;|\\.")
_CELL_STYLES = re.compile(rb"</?(?:[\w.-]{1,20}:)?cellXfs(?:\s[^<>]{0,200})?>")
_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d{1,7}" s="(\d{1,6})"(?: t="n")?><[vf]')
_STYLE = re.compile(rb"<(?:[\w.-]{1,20}:)?xf\s([^<>]{0,2000})>")


class PercentCells:
    """Finds the columns with numbers that show as percentages, in cells spelt as Excel and WPS spell them."""

    def __init__(self, styles: Iterable[int]) -> None:
        self._styles = {str(style).encode() for style in styles}
        self._columns: set[bytes] = set()

    @classmethod
    def of(cls, archive: zipfile.ZipFile) -> PercentCells:
        """Return what finds them in the sheets of this workbook."""
        names = (name for name in archive.namelist() if name.replace("\\", "/").lower() == "xl/styles.xml")
        member = next(names, None)
        if member is None:
            return cls([])
        with archive.open(member) as stream:
            return cls(find_percent_styles(stream.read(_MAX_STYLES)))

    def add(self, block: bytes) -> None:
        """Look through a block of cells."""
        if self._styles:
            self._columns |= {column for column, style in _CELL.findall(block) if style in self._styles}

    def list_columns(self) -> list[bytes]:
        """Return the letters of the columns in which such cells were found."""
        return sorted(self._columns)


def find_percent_styles(styles: bytes) -> list[int]:
    """Return the numbers of the cell styles whose numbers show as percentages."""
    own = (attributes for attributes in _FORMAT.findall(styles) if _PERCENT.search(_LITERAL.sub(b"", attributes)))
    formats = {*_BUILT_IN, *(match[1] for attributes in own if (match := _NUMBER_OF_FORMAT.search(attributes)))}
    parts = _CELL_STYLES.split(styles, maxsplit=2)
    used = (_NUMBER_OF_FORMAT.search(attributes) for attributes in _STYLE.findall(parts[1] if len(parts) > 1 else b""))
    return [at for at, match in enumerate(used) if match and match[1] in formats]
