"""Sheets of one workbook that hold one table between them: an export by month or shop, or one cut at so many rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from feedback_engine.ingest.readers.rows import LineReject, Rows
from feedback_engine.ingest.records import Records
from feedback_engine.ingest.spool import Record, Spool

#: Opens a sheet by its name; None where the headings are not those of the sheet that is read.
OpenSheet = Callable[[str], Rows | None]
#: Sheets that are looked at.
_MOST = 100
#: Share of its rows that a sheet repeats if it is a copy or a summary of others, and of different rows among its own
#: that it takes to tell so: shops and grades alone are alike in any month.
_COPIED, _TELLING = 0.5, 0.8
#: Share of the headings that two sheets have in common at least: a column comes or goes from month to month.
_SHARED = 0.8
_SHOWN = 20
#: The attribute that tells which of several sheets a row is on.
SHEET = "工作表"
#: How to have a sheet read that is told to be left out.
WAY_OUT = "要读请用 --sheet（配置里为 sheet）指定"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet that has been read, and waits for its turn."""

    name: str
    header: list[str]
    heading_row: int
    rows: Spool
    rejects: list[LineReject]
    #: Digests of its rows without their running number, how many rows there are, and the number of the last one.
    said: frozenset[int]
    count: int
    last: int
    warnings: tuple[str, ...]

    def repeats(self, known: set[int]) -> bool:
        """Whether it says again what the sheets before it have said."""
        is_telling = len(self.said) >= _TELLING * self.count
        return is_telling and len(self.said & known) > _COPIED * len(self.said)


def join_sheets(rows: Rows, others: Sequence[str], open_sheet: OpenSheet) -> Rows:
    """Return the rows, behind them those of the other sheets with the same headings, and the sheets left out told.

    A sheet that repeats the others, as a copy or a summary does, is left out. Rows are numbered on from sheet to sheet,
    as if each lay below the one before it.
    """
    opened = ((name, open_sheet(name)) for name in others[:_MOST])
    alike = [_read(name, own) for name, own in opened if own is not None]
    if not alike or rows.sheet is None:
        return replace(rows, warnings=(*rows.warnings, *_tell_unread(others)))
    names = {sheet.name for sheet in alike}
    unread = _tell_unread([name for name in others if name not in names])
    first = _read(rows.sheet, rows)
    taken, copies = _drop_copies([first, *alike])
    further = [(sheet, warning) for sheet in taken if sheet is not first for warning in sheet.warnings]
    further += [(sheet, drift) for sheet in taken for drift in _tell_drift(first.header, sheet)]
    told = [f"工作表「{sheet.name}」：{said}" for sheet, said in further]
    placed = _place(taken)
    return replace(
        rows,
        records=_chain(rows, placed),
        sheet="、".join(sheet.name for sheet in taken),
        sheets=tuple((sheet.heading_row + 1 + shift, sheet.name) for sheet, shift in placed)
        if taken != [first]
        else (),
        warnings=(*rows.warnings, *_tell_joined(taken), *told, *_tell_copies(copies), *unread),
    )


def name_sheets(records: Records, sheets: Sequence[tuple[int, str]]) -> Records:
    """Return the records with the sheet that each is on: a shop may be named nowhere else.

    A row that is moved to another sheet stays the same, and so it says the same.
    """
    if not sheets or any(name == SHEET for name, _ in records.attributes):
        return records
    starts = [start for start, _ in sheets]
    names = [sheets[bisect_right(starts, number) - 1][1] for number in records.numbers]
    return replace(
        records, attributes=[*records.attributes, (SHEET, names)], volatile=records.volatile | frozenset((SHEET,))
    )


def _read(name: str, rows: Rows) -> _Sheet:
    """Return what the sheet holds, having read all of it."""
    kept, said, count, last = Spool(), set[int](), 0, rows.heading_row
    for number, cells in kept.keep(rows):
        last, count = number, count + 1
        said.add(hash(tuple(cells[1:] if cells[:1] == [str(count)] else cells)))
    last = max([last, *(reject.row_number for reject in rows.rejects)])
    rejects = rows.rejects.copy()
    rows.rejects.clear()
    return _Sheet(name, rows.header, rows.heading_row, kept, rejects, frozenset(said), count, last, rows.warnings)


def _drop_copies(sheets: Sequence[_Sheet]) -> tuple[list[_Sheet], list[str]]:
    """Return the sheets that say something of their own, and the names of those that do not; the longest is none."""
    known, taken, copies = set[int](), set[str](), set[str]()
    for sheet in sorted(sheets, key=lambda sheet: -sheet.count):
        if sheet.repeats(known):
            copies.add(sheet.name)
        elif sheet.last > sheet.heading_row or sheet is sheets[0]:
            taken.add(sheet.name)
            known |= sheet.said
    return [s for s in sheets if s.name in taken], [s.name for s in sheets if s.name in copies]


def _place(sheets: Sequence[_Sheet]) -> list[tuple[_Sheet, int]]:
    """Return each sheet, and what to add to the numbers of its rows."""
    placed, last = list[tuple[_Sheet, int]](), 0
    for sheet in sheets:
        shift = last - sheet.heading_row if placed else 0
        placed.append((sheet, shift))
        last = sheet.last + shift
    return placed


def _chain(rows: Rows, placed: Sequence[tuple[_Sheet, int]]) -> Iterator[Record]:
    """Yield the rows of all sheets with their columns as in `rows`, which takes their rejects."""
    for sheet, shift in placed:
        rows.rejects.extend(reject._replace(row_number=reject.row_number + shift) for reject in sheet.rejects)
        yield from _fit(sheet, rows.header, shift)


def _fit(sheet: _Sheet, header: Sequence[str], shift: int) -> Iterator[Record]:
    """Yield a sheet's rows with their columns under these headings."""
    order, width = _find_order(header, sheet.header), len(header)
    for number, cells in sheet.rows:
        in_place = [cells[at] if 0 <= at < len(cells) else "" for at in order]
        yield number + shift, in_place or cells + [""] * (width - len(cells))


def are_alike(header: Sequence[str], own: Sequence[str]) -> bool:
    """Whether two sheets have the same headings: in their places, or each once and in any order, a few more in one."""
    if _cut(header) == _cut(own):
        return True
    first, second = (list(filter(None, headings)) for headings in (header, own))
    are_once = len(set(first)) == len(first) and len(set(second)) == len(second)
    fewer, more = sorted((set(first), set(second)), key=len)
    return are_once and fewer <= more and len(fewer) >= _SHARED * len(more)


def _find_order(header: Sequence[str], own: Sequence[str]) -> list[int]:
    """Return where each heading stands among the sheet's own, -1 for none; nothing where all stand in their places."""
    if _cut(header) == _cut(own):
        return []
    return [own.index(heading) if heading and heading in own else -1 for heading in header]


def _tell_drift(header: Sequence[str], sheet: _Sheet) -> list[str]:
    """Return that a sheet lacks columns of the first, or has others, which are left out."""
    lacking = [heading for heading in header if heading and heading not in sheet.header]
    further = [heading for heading in sheet.header if heading and heading not in header]
    told = [f"没有列 {'、'.join(lacking)}，按空白计"] if lacking else []
    return [*told, *([f"多出的列 {'、'.join(further)} 没有读"] if further else [])]


def _cut(header: Sequence[str]) -> list[str]:
    """Return the headings without the blank ones at their end."""
    filled = [at for at, heading in enumerate(header, 1) if heading]
    return list(header[: filled[-1] if filled else 0])


def _tell_joined(sheets: Sequence[_Sheet]) -> list[str]:
    begins = [f"「{sheet.name}」从第 {shift + sheet.heading_row + 1:,} 行起" for sheet, shift in _place(sheets)[1:]]
    listed = "、".join(begins[:_SHOWN]) + ("…" if len(begins) > _SHOWN else "")
    told = f"{len(sheets)} 个工作表的标题相同，一并读入，行号接着数：{listed}；若不该并在一起，请用 --sheet 指定其一"
    return [told] if begins else []


def _tell_copies(names: Sequence[str]) -> list[str]:
    told = f"工作表{_list(names)}的多数行在别的工作表里已有，像是副本或汇总，没有读；{WAY_OUT}"
    return [told] if names else []


def _tell_unread(names: Sequence[str]) -> list[str]:
    return [f"另有 {len(names)} 个有内容的工作表没有读：{_list(names)}；{WAY_OUT}"] if names else []


def _list(names: Sequence[str]) -> str:
    return "、".join(f"「{name}」" for name in names[:_SHOWN]) + ("…" if len(names) > _SHOWN else "")
