"""Bytes that a text's encoding does not have: one such byte costs a character, and neither the file nor its row.

A row with a few of them is kept, with U+FFFD for them, and told by its number; one that is mostly such bytes is in
another encoding, and a reject.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from feedback_engine.ingest.hanzi import read_chunks
from feedback_engine.ingest.readers.lenient import MARKS, name_lenient, replace_marks
from feedback_engine.ingest.readers.rows import LineReject, Rows, Tally

#: Share of the bytes beyond ASCII that may be damaged; above, it is another encoding.
_MAX_SHARE = 0.1
#: Marks in a row, one behind the other, that are two characters of another encoding; a damaged one leaves fewer.
_FOREIGN = re.compile("[\udc80-\udcff]{4,}")
_WIDE = re.compile("[^\x00-\x7f\udc80-\udcff]")
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_TOLD = (
    "{{}} 行里有不合 {0} 的字节（第 {{}} 行），每处换成了“�”；要找回原字，"
    "请重新导出，或用编辑器改好后另存为 UTF-8，再导入一次：有编号的行会更正，没有编号的会成为新行，与现在的计两次"
)
_REJECTED = "这一行大半不合 {}，像是另一种编码；已隔离，请改好这一行后重新导入"


@dataclass(frozen=True, slots=True)
class Damage:
    """What a lenient reading of a whole file finds."""

    #: Bytes that mean nothing in this encoding, and all bytes beyond ASCII.
    bad: int
    wide: int

    @property
    def is_slight(self) -> bool:
        """Whether the file is in this encoding still."""
        return self.bad <= _MAX_SHARE * self.wide


def measure_damage(path: Path, encoding: str) -> Damage:
    """Return how much of the file cannot be read even leniently; counted no further than it takes to see too much."""
    decoder = codecs.getincrementaldecoder(name_lenient(encoding))()
    bad, wide, size = 0, 0, path.stat().st_size
    for chunk in read_chunks(path):
        wide += len(chunk) - len(chunk.translate(None, _BEYOND_ASCII))
        bad += _count_marks(decoder.decode(chunk))
        if bad > _MAX_SHARE * size:
            return Damage(bad, wide)
    return Damage(bad + _count_marks(decoder.decode(b"", final=True)), wide)


def settle_damage(rows: Rows, encoding: str) -> Rows:
    """Return the rows with U+FFFD for each passage of marks; one that is mostly marks becomes a reject."""
    name = encoding.removesuffix("-sig").upper()
    tally = Tally(_TOLD.format(name), is_doubt=True)
    return replace(
        rows,
        header=[replace_marks(heading) for heading in rows.header],
        records=_settle_each(rows, tally, _REJECTED.format(name)),
        encoding=encoding,
        tallies=[*rows.tallies, tally],
    )


def _settle_each(rows: Rows, tally: Tally, reason: str) -> Iterator[tuple[int, list[str]]]:
    for number, cells in rows:
        text = "\n".join(cells)
        if not MARKS.search(text):
            yield number, cells
        elif sum(map(len, _FOREIGN.findall(text))) > len(_WIDE.findall(text)):
            rows.rejects.append(LineReject(number, "", replace_marks(" | ".join(cells)), reason))
        else:
            tally.note(number)
            yield number, [replace_marks(cell) for cell in cells]


def _count_marks(text: str) -> int:
    return sum(map(len, MARKS.findall(text)))
