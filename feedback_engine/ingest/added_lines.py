"""Lines that people and print-outs add to a table: totals and notes, pages and the headings once more; no data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.readers.rows import LineReject, Rows
from feedback_engine.resources import once_per_lexicons

#: A figure, also with the one character that counts it: 40件, 共12人.
_FIGURE = re.compile(r"共?[-+]?[\d,]{1,20}(?:\.\d{1,15})?(?:%|[件条份个人位名单次起宗例元分家户])?|#DIV/0!", re.ASCII)
#: How many rows there are, as systems say it: 共 128 条记录.
_COUNT = re.compile(r"共\s?[\d,]{1,20}\s?[件条份个行][\u4e00-\u9fff]{0,4}", re.ASCII)
#: What stands in a cell for somebody to sign: 审核：, 日期：2026年11月1日; no sentence.
_SIGNED = re.compile(r"[^\s:：,，。]{1,8}\s?[:：].{0,30}")
_COLON = re.compile(r"\s*[:：]")
#: Cells that a note may fill, in a table of more columns.
_NOTE_CELLS = 2
#: What a print-out says on each page: 第 2 页 共 4 页.
_PAGE = re.compile(r"(?:[第共]\s?\d{1,6}\s?页[\s,，/]{0,3}){1,2}", re.ASCII)
REPEATED = "重复的标题行：文件由几次导出拼接而成，或每页都有标题"
_FOOTER = "表格末尾的合计或说明，不是数据"
#: Rows that are looked at together.
_AT_A_TIME = 500


@once_per_lexicons
def _words() -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """Return the words of totals, the beginnings of notes, and the first characters of both."""
    rows = [(_fold(row[0]), row[1]) for row in read_format_table("footers")]
    totals = frozenset(word for word, kind in rows if kind == "total")
    notes = tuple(word for word, kind in rows if kind == "note")
    initials = frozenset(word[0] for word, _ in rows)
    return totals, notes, initials | {initial.upper() for initial in initials} | set(" \t\u3000共第")


def drop_added_lines(rows: Rows) -> Rows:
    """Return the rows without totals and notes, and without the headings once more; each of these becomes a reject."""
    return replace(rows, records=_keep(rows))


def _keep(rows: Rows) -> Iterator[tuple[int, list[str]]]:
    records, explain, initials = iter(rows), *_explainer(rows.header)
    # First characters only, of many rows at once, so that a file of millions of rows is none the slower.
    while some := list(islice(records, _AT_A_TIME)):
        firsts = {cells[0][:1] if cells else "" for _, cells in some}
        if "" in firsts:
            firsts = {next(filter(None, cells), "")[:1] for _, cells in some}
        yield from some if initials.isdisjoint(firsts) else _reject(some, initials, explain, rows.rejects)


def _explainer(header: Sequence[str]) -> tuple[Callable[[list[str]], str], frozenset[str]]:
    """Return what tells of a row why it is no data, nothing where it is, and the characters such rows begin with."""
    headings, footers = _read_headings(header), _words()[2] if len(header) > _NOTE_CELLS else frozenset[str]()
    begin = next(filter(None, headings), "")

    def explain(cells: list[str]) -> str:
        # The first cell tells of most rows that they are data, without a look at the others.
        first = next(filter(None, map(clean, cells)), "")
        if begin and first == begin and _fill(cells) == headings:
            return REPEATED
        return _FOOTER if first[:1] in footers and _is_footer(cells) else ""

    return explain, footers | set(begin[:1])


def _read_headings(header: Sequence[str]) -> list[str]:
    """Return the headings as a line of them would say them; none where a figure tells that they may be data."""
    headings = _fill(header)
    return [] if any(map(_FIGURE.fullmatch, headings)) else headings


def _fill(cells: Sequence[str]) -> list[str]:
    """Return the cells cleaned, without the blank ones at their end."""
    cleaned = [clean(cell) for cell in cells]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    return cleaned


def _reject(
    some: list[tuple[int, list[str]]],
    initials: frozenset[str],
    explain: Callable[[list[str]], str],
    rejects: list[LineReject],
) -> Iterator[tuple[int, list[str]]]:
    for number, cells in some:
        filled = list(filter(None, cells))
        if filled and filled[0][0] in initials and (reason := explain(cells)):
            rejects.append(LineReject(number, "", " | ".join(filled), reason, True))
        else:
            yield number, cells


def _is_footer(cells: list[str]) -> bool:
    """Whether a row is a total, beside which stand only figures, or a page or a note, beside which stands little."""
    totals, notes, _ = _words()
    filled = [text for cell in cells if (text := clean(cell))]
    if not filled:
        return False
    first = _fold(filled[0])
    if first in totals or _COUNT.fullmatch(first):
        return all(map(_FIGURE.fullmatch, filled[1:]))
    if _PAGE.fullmatch(first):
        return len(filled) <= _NOTE_CELLS
    return first.startswith(notes) and (len(filled) <= _NOTE_CELLS or all(map(_SIGNED.fullmatch, filled)))


def _fold(text: str) -> str:
    """Return the text with colons of one kind, and without a blank before them."""
    return _COLON.sub(":", text.casefold())
