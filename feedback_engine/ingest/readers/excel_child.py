"""The process in which a workbook is opened: a library that aborts or swallows memory takes only this process along.

Run as a script by `readers/excel.py`, with the job as JSON on stdin. Imports nothing of ours, so that it starts in
milliseconds. What it says goes to stdout as frames, each a marshalled (kind, payload) behind its length:

    meta   {"header", "width", "sheet", "others", "hidden", "last_row", "lossy"}     once, first
    rows   ([row number, …], [[text, …], …])                              as often as needed
    wide   [(row number, column, text), …]                                rows that reach beyond the table
    end    None                                                           the sheet is read to its end
    error  (kind, sentence)                                               instead of `end`
"""

from __future__ import annotations

import datetime
import gc
import json
import marshal
import struct
import sys
import warnings
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

Record = tuple[int, list[str]]

#: Characters above which an error says something.
_MIN_SAID = 3
#: The version of marshal's format without references: a frame is then as large as the texts that it unfolds to.
_MARSHAL = 2
#: Rows in a frame; more gain no speed.
BATCH_ROWS = 500
#: A frame above this is halved; a row above it is no feedback.
MAX_FRAME_BYTES = 16_000_000
#: Text that one sheet may unfold to: shared strings let a small file hold terabytes.
MAX_TEXT_BYTES = 1_000_000_000
#: Cells, empty ones between included, that the streaming reader walks through.
MAX_CELLS = 50_000_000
MAX_ROWS = 1_048_576
#: How far beyond the headings a row may reach; a lone cell at XFD1048576 shall not make every row 16,384 wide.
SPARE_COLUMNS = 1_000
#: From here on a double no longer tells neighbouring integers apart in the digits Excel keeps (15).
LOSSY_FROM = 1e15
_MAX_REMEMBERED = 100_000


class Refused(Exception):
    """The workbook cannot be read; `kind` says which way."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


def main() -> None:
    """Read the job, send the frames."""
    job = json.loads(sys.stdin.buffer.read())
    _cap_memory(job["memory"])
    out = sys.stdout.buffer
    try:
        _send_sheet(job, out)
        _send(out, "end", None)
    except Refused as refusal:
        _send(out, "error", (refusal.kind, str(refusal)))
    except MemoryError:
        _send(out, "error", ("memory", "内存超过上限"))
    except BrokenPipeError:
        sys.stdout = None  # the reader has gone; nothing to flush
    except Exception as error:  # noqa: BLE001  # whatever a library raises over a hostile file is one fact for the parent
        # What a library says may be but a letter.
        said = str(error) if len(str(error)) > _MIN_SAID else f"{type(error).__name__} {error}"
        _send(out, "error", (type(error).__name__, said[:300]))


def _cap_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; there the preflight stands alone
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _send(out: BinaryIO, kind: str, payload: Any) -> int:
    frame = marshal.dumps((kind, payload), _MARSHAL)
    out.write(struct.pack("<Q", len(frame)))
    out.write(frame)
    out.flush()
    return len(frame)


def _send_sheet(job: dict[str, Any], out: BinaryIO) -> None:
    meta, records = _open_with_openpyxl(job) if job["engine"] == "openpyxl" else _open_with_calamine(job)
    header_row, width = job["header_row"], job["width"]
    records = ((number, cells) for number, cells in records if number >= header_row)
    number, header = next(records, (0, []))
    if number != header_row:
        raise Refused("header", f"第 {header_row} 行是空的，找不到表头")
    records, width = _table_width(records, header, meta.pop("columns"), width)
    meta |= {"header": [cell.strip() for cell in _pad(header, width)], "width": width}
    _send(out, "meta", meta)
    if job["after"]:
        records = (record for record in records if record[0] > job["after"])
    _send_rows(records, width, out)


def _table_width(
    records: Iterator[Record], header: list[str], columns: int | None, width: int | None
) -> tuple[Iterator[Record], int]:
    """Return the records and how many columns the table has; a stray cell far out does not count."""
    limit = len(header) + SPARE_COLUMNS
    if width is None and columns is not None and columns <= limit:
        width = columns
    if width is None:  # streaming, or a stray cell: the first rows tell
        head = list(islice(records, 2 * BATCH_ROWS))
        width = max((len(cells) for _, cells in head if len(cells) <= limit), default=0)
        records = chain(head, records)
    return records, max(len(header), width)


def _pad(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells)) if len(cells) < width else cells


def _send_rows(records: Iterator[Record], width: int, out: BinaryIO) -> None:
    sent = 0
    while batch := list(islice(records, BATCH_ROWS)):
        wide = [(number, len(cells), cells[-1][:200]) for number, cells in batch if len(cells) > width]
        if wide:
            _send(out, "wide", wide)
        numbers = [number for number, cells in batch if len(cells) <= width]
        sent += _send_batch(numbers, [_pad(cells, width) for _, cells in batch if len(cells) <= width], out)
        if sent > MAX_TEXT_BYTES:
            raise Refused("unfolds", f"工作表展开后的文字超过 {MAX_TEXT_BYTES:,} 字节")


def _send_batch(numbers: list[int], rows: list[list[str]], out: BinaryIO) -> int:
    """Send the rows in frames of bearable size; return the bytes sent."""
    size = sum(sum(map(len, row)) for row in rows[:1]) if len(rows) == 1 else 0
    if size > MAX_FRAME_BYTES:
        _send(out, "wide", [(numbers[0], 0, "")])
        return 0
    frame = marshal.dumps(("rows", (numbers, rows)), _MARSHAL)
    if len(frame) > MAX_FRAME_BYTES and len(rows) > 1:
        half = len(rows) // 2
        return _send_batch(numbers[:half], rows[:half], out) + _send_batch(numbers[half:], rows[half:], out)
    out.write(struct.pack("<Q", len(frame)) + frame)
    out.flush()
    return len(frame)


# --- calamine: fast, the whole sheet in memory


def _open_with_calamine(job: dict[str, Any]) -> tuple[dict[str, Any], Iterator[Record]]:
    import python_calamine as calamine

    gc.disable()  # millions of strings without a cycle among them
    try:
        workbook = _open_workbook(calamine, job["path"])
    except calamine.PasswordError as error:
        raise Refused("password", "工作簿有打开密码或保护密码") from error
    sheet, others, hidden = _choose(workbook, job["sheet"])
    if sheet.end is None:
        raise Refused("empty", f"工作表「{sheet.name}」没有内容")
    values = sheet.to_python()
    meta = {"sheet": sheet.name, "others": others, "hidden": hidden}
    meta |= {"last_row": sheet.end[0] + 1, "columns": sheet.end[1] + 1}
    return meta | {"lossy": _lossy_columns(values, sheet.start[1])}, _calamine_records(values, *sheet.start)


def _open_workbook(calamine: Any, path: str) -> Any:
    if path.isprintable():
        return calamine.CalamineWorkbook.from_path(path)
    # A name with bytes that are no text, as systems in GBK leave behind, is found by Python alone.
    with open(path, "rb") as file:  # noqa: PTH123
        return calamine.CalamineWorkbook.from_filelike(file)


def _choose(workbook: Any, name: str | None) -> tuple[Any, list[str], list[str]]:
    """Return the sheet, and the names of the visible and hidden others with content where the choice was ours."""
    from python_calamine import SheetVisibleEnum

    visible = {sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible}
    if name is not None:
        if name not in workbook.sheet_names:
            raise Refused("sheet", json.dumps((name, workbook.sheet_names)))
        return workbook.get_sheet_by_name(name), [], []
    filled = [sheet for sheet in map(workbook.get_sheet_by_name, workbook.sheet_names) if sheet.end is not None]
    if not filled:
        raise Refused("empty", "工作簿没有内容")
    chosen = next((sheet for sheet in filled if sheet.name in visible), filled[0])
    others = [sheet.name for sheet in filled if sheet is not chosen]
    return chosen, [other for other in others if other in visible], [other for other in others if other not in visible]


def _calamine_records(values: list[list[Any]], first_row: int, first_column: int) -> Iterator[Record]:
    blank = [""] * first_column
    numbers = _Numbers()
    for number, row in enumerate(values, first_row + 1):
        cells = [
            value if (kind := type(value)) is str else numbers[value] if kind is float else _text(value)
            for value in row
        ]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, blank + cells if blank else cells


def _lossy_columns(values: list[list[Any]], first_column: int) -> list[int]:
    """Return the columns (from 0) whose first rows hold numbers too long for Excel: their last digits are gone."""
    return sorted(
        {
            first_column + place
            for row in values[:200]
            for place, value in enumerate(row)
            if type(value) is float and abs(value) >= LOSSY_FROM
        }
    )


# --- openpyxl: slow, row by row, for what calamine cannot hold


def _open_with_openpyxl(job: dict[str, Any]) -> tuple[dict[str, Any], Iterator[Record]]:
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl imports it when it finds it; not needed here
    warnings.simplefilter("ignore")
    from openpyxl import load_workbook

    workbook = load_workbook(job["path"], read_only=True, data_only=True, keep_links=False)
    sheet = workbook[job["sheet"]]
    sheet.reset_dimensions()
    meta: dict[str, Any] = {"sheet": sheet.title, "others": [], "hidden": [], "last_row": None, "columns": None}
    return meta | {"lossy": []}, _openpyxl_records(sheet.iter_rows(values_only=True))


def _openpyxl_records(values: Iterable[tuple[Any, ...]]) -> Iterator[Record]:
    walked = 0
    for number, row in enumerate(values, 1):
        if not row:
            if number > MAX_ROWS:
                raise Refused("extent", f"行号超过 {MAX_ROWS:,}")
            continue
        walked += len(row)
        if walked > MAX_CELLS:
            raise Refused("extent", f"单元格（含其间空格）超过 {MAX_CELLS:,} 个")
        cells = ["" if value is None else value if type(value) is str else _text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


# --- values as text


def _text(value: Any) -> str:
    """Return the cell as text: 24 not 24.0, TRUE, 2026-10-31, 2026-10-31 09:30:00, 09:30:00, 30:05:00."""
    kind = type(value)
    if kind is float:
        return write_number(value)
    if kind is bool:
        return "TRUE" if value else "FALSE"
    if kind is datetime.datetime:
        return write_moment(value)
    if kind is datetime.timedelta:
        return _duration(value)
    if kind is datetime.time:
        return write_moment(datetime.datetime.combine(datetime.date(2000, 1, 1), value))[11:] or "00:00:00"
    return str(value)


class _Numbers(dict[float, str]):
    """Numbers as text; answers and counts repeat, and a look-up takes a fifth of the time."""

    def __missing__(self, value: float) -> str:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        self[value] = text = write_number(value)
        return text


def write_number(value: float) -> str:
    """Return the digits that a person reads: 24 not 24.0."""
    digits = repr(value + 0.0)  # -0.0 is 0, as it is for a dictionary
    if digits.endswith(".0"):
        return digits[:-2]
    return str(int(value)) if "e+" in digits and abs(value) < 1e21 else digits


def write_moment(value: datetime.datetime) -> str:
    """Return the moment to the second, a midnight as the bare date: workbooks do not tell the two apart."""
    if value.microsecond:  # seconds are fractions of a day in the file: 59.999999 is rounding noise
        value = (value + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)
    text = value.isoformat(" ")
    return text[:10] if text.endswith("00:00:00") else text


def _duration(value: datetime.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


if __name__ == "__main__":
    main()
