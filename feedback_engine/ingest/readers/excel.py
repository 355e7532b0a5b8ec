"""Workbooks, .xlsx and .xls, as rows of text.

A spreadsheet library can abort the process that calls it, so it runs in a child: calamine first (fast, the whole sheet
in memory), openpyxl row by row where calamine cannot. The child is capped in memory and killed when it stands still.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from feedback_engine.errors import MappingError, NoHeadings, UnreadableFile
from feedback_engine.ingest.extent import Extent
from feedback_engine.ingest.old_workbook import inspect_old_workbook
from feedback_engine.ingest.preflight import Sheet, identify_workbook, inspect_workbook, measure_sheet
from feedback_engine.ingest.readers.excel_child import MAX_ROWS
from feedback_engine.ingest.readers.excel_process import HAS_MEMORY_CAP, Child, ChildFailed, Job
from feedback_engine.ingest.readers.rows import LineReject, Rows
from feedback_engine.registry import unknown_name


def read_excel(path: Path, sheet: str | None = None, header_row: int = 1) -> Rows:
    """Return the sheet's rows, all cells as text; blank rows and blank columns at the end are left out.

    Without `sheet` it is the first visible one with content. Raises UnreadableFile with the reason if the file is
    unsafe, damaged, encrypted or no workbook, and MappingError if it has no such sheet.
    """
    container = identify_workbook(path)
    if container == "xls":
        job = Job(path, sheet, header_row, size=path.stat().st_size, engines=("calamine",))
        return _start(job, container, old=inspect_old_workbook(path))
    sheets = inspect_workbook(path)
    chosen = _choose_sheet(path, sheets, sheet)
    job = Job(path, chosen.name, header_row, size=chosen.unfolded_bytes)
    rows = _start(job, container, chosen)
    others = [] if sheet else [other for other in sheets if other.has_content and other is not chosen]
    visible, hidden = ([other.name for other in others if other.is_visible is shown] for shown in (True, False))
    return rows.with_others(visible, hidden)


def _choose_sheet(path: Path, sheets: list[Sheet], name: str | None) -> Sheet:
    if name is not None:
        for sheet in sheets:
            if sheet.name == name:
                return _check_content(path, sheet)
        raise _no_such_sheet(path, name, [sheet.name for sheet in sheets])
    filled = [sheet for sheet in sheets if sheet.has_content]
    if not filled:
        raise UnreadableFile(f"{path}：{len(sheets)} 个工作表都没有内容；请检查导出")
    return next((sheet for sheet in filled if sheet.is_visible), filled[0])


def _check_content(path: Path, sheet: Sheet) -> Sheet:
    if not sheet.has_content:
        raise UnreadableFile(f"{path}：工作表「{sheet.name}」没有内容；请检查导出，或换一个工作表")
    return sheet


def _no_such_sheet(path: Path, name: str, names: list[str]) -> MappingError:
    return MappingError(f"{path}：{unknown_name('工作表', name, tuple(names))}")


_SHOWN_COLUMNS = 10
_NO_EXTENTS: Mapping[str, Extent] = {}
_NOTHING_BUT_ERRORS = "整行都是 Excel 的错误值，或没有结果的公式；请用 Excel 打开检查并保存后重新导出"


@dataclass
class _Reading:
    """A sheet being read: the child at work, and what it takes to let another engine go on."""

    job: Job
    child: Child
    frames: Iterator[tuple[str, Any]]
    extent: Extent
    meta: dict[str, Any]
    notes: list[str]
    rejects: list[LineReject] = field(default_factory=list)
    last_reject: int = 0
    #: Numbers of the rows with error values that have not been passed, the last first.
    faulty: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        below = {number for number in self.extent.error_rows if number > self.job.header_row}
        self.faulty = sorted(below, reverse=True)

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows below the headings; an engine that fails midway is replaced by the next."""
        last = self.job.header_row
        try:
            while True:
                try:
                    for numbers, rows in self._batches():
                        yield from self._drop_errors(numbers, rows) if self.faulty else zip(numbers, rows, strict=True)
                        last = numbers[-1]
                    self._reject_until(MAX_ROWS + 1)
                    return
                except ChildFailed as failure:
                    self._replace_engine(failure, last)
        finally:
            self.child.stop()

    def _batches(self) -> Iterator[tuple[list[int], list[list[str]]]]:
        for kind, payload in self.frames:
            if kind == "wide":
                self._add_rejects(payload)
            elif payload[0]:
                yield payload

    def _drop_errors(self, numbers: list[int], rows: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows with their error values; those that hold nothing else become rejects.

        The fast reader gives errors as blanks, and so leaves out a row of errors alone; the slow one does not.
        """
        for number, row in zip(numbers, rows, strict=True):
            self._reject_until(number)
            errors = self.extent.errors.get(number, {})
            for column, error in errors.items():
                if column <= len(row):
                    row[column - 1] = error
            if self.faulty and self.faulty[-1] == number:
                if not any(cell and column not in errors for column, cell in enumerate(row, 1)):
                    continue
                self.faulty.pop()
            yield number, row

    def _reject_until(self, end: int) -> None:
        """Reject the rows before this one of which nothing came but errors."""
        while self.faulty and self.faulty[-1] < end:
            number = self.faulty.pop()
            shown = " | ".join(error for _, error in sorted(self.extent.errors.get(number, {}).items()))
            self.rejects.append(LineReject(number, "", shown, _NOTHING_BUT_ERRORS))

    def _add_rejects(self, found: list[tuple[int, int, str]]) -> None:
        """Keep what the child could not fit, once: an engine that takes over may say it again."""
        self.rejects.extend(_reject(*place) for place in found if place[0] > self.last_reject)
        self.last_reject = max(self.last_reject, found[-1][0])
        too_wide = {number for number, *_ in found}
        self.faulty = [number for number in self.faulty if number not in too_wide]

    def _replace_engine(self, failure: ChildFailed, last: int) -> None:
        self.child.stop()
        job = replace(self.job, engines=self.job.engines[1:], width=self.meta["width"], after=last)
        if not job.engines:
            raise _explain(self.job.path, failure, self.notes)
        self.notes.append(str(failure))
        self.job, self.child = job, Child(job)
        self.frames = self.child.frames()
        try:
            next(self.frames)  # its meta: the headings are known
        except ChildFailed as second:
            self._replace_engine(second, last)


def _reject(row_number: int, columns: int, value: str) -> LineReject:
    reason = "一行文字过长，不像反馈" if not columns else f"第 {columns} 列还有内容，远在表头之外"
    return LineReject(row_number, "", value, reason)


def _start(job: Job, container: str, sheet: Sheet | None = None, old: Mapping[str, Extent] = _NO_EXTENTS) -> Rows:
    """Start the child, measure the sheet while it parses (before, where memory has no cap), and open the rows.

    `old` holds what was found in the sheets of an .xls, of which the child chooses one.
    """
    notes: list[str] = []
    extent = measure_sheet(job.path, sheet) if sheet and not HAS_MEMORY_CAP else None
    child = Child(job)
    try:
        if extent is None:
            extent = measure_sheet(job.path, sheet) if sheet else Extent(0, 0)
        if extent.disorder:
            raise UnreadableFile(
                f"{job.path}：工作表的行号有误（{extent.disorder} 重复、颠倒或不是行号），会丢行；"
                "请用 Excel 打开修复后另存为 .xlsx"
            )
        if not extent.fits_memory:
            notes.append(f"单元格远至第 {extent.rows:,} 行第 {extent.columns:,} 列")
            job = replace(job, engines=job.engines[1:])
            child.stop()
            child = Child(job)
        return _open_rows(job, child, extent, container, notes, sheet, old)
    except BaseException:
        child.stop()
        raise


def _open_rows(
    job: Job,
    child: Child,
    extent: Extent,
    container: str,
    notes: list[str],
    sheet: Sheet | None,
    old: Mapping[str, Extent],
) -> Rows:
    while True:
        frames = child.frames()
        try:
            _, meta = next(frames)
            break
        except ChildFailed as failure:
            child.stop()
            if len(job.engines) < 2 or failure.kind in _FINAL:
                raise _explain(job.path, failure, notes) from None
            notes.append(str(failure))
            job = replace(job, engines=job.engines[1:])
            child = Child(job)
    extent = old.get(meta["sheet"], extent)
    reading = _Reading(job, child, frames, extent, meta, notes)
    said = (*_describe(meta, container, sheet), *_describe_engine(notes))
    warnings = (
        *_name_lossy(meta),
        *_name_percents(extent, meta),
        *_name_unsolved(extent),
        *_name_merged(extent, job.header_row),
        *_name_hidden(extent),
    )
    rows = Rows(
        meta["header"],
        reading.records(),
        container,
        None,
        meta["sheet"],
        said,
        reading.rejects,
        warnings=warnings,
        heading_row=job.header_row,
        merged_headings=sum(first == job.header_row for first, _ in extent.merged),
    )
    return rows.with_others(meta["others"], meta["hidden"])


#: What another engine would only say again.
_FINAL = frozenset({"password", "sheet", "empty", "header"})


def _explain(path: Path, failure: ChildFailed, notes: list[str]) -> UnreadableFile | MappingError:
    """Return the error that tells why no engine could read the file, and what to do."""
    if failure.kind == "sheet":
        name, names = json.loads(str(failure))
        return _no_such_sheet(path, name, names)
    ways = {
        "password": "请在 Excel 里去掉密码后另存为 .xlsx",
        "header": "表头所在行请用 header_row 指定",
        "empty": "请检查导出，或用 sheet 指定工作表",
    }
    way_out = ways.get(failure.kind, "请用 Excel 打开，只留需要的区域，另存为 .xlsx 或 CSV")
    error = NoHeadings if failure.kind == "header" else UnreadableFile
    before = f"；先前：{'；'.join(notes)}" if notes else ""
    return error(f"{path}：工作簿读不出来：{failure}{before}；{way_out}")


def _describe(meta: dict[str, Any], container: str, sheet: Sheet | None) -> list[str]:
    said = [f"文件头表明是 {container}；读工作表「{meta['sheet']}」"]
    if sheet is not None and sheet.declared and meta["last_row"]:
        declared = sheet.declared.rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")
        if declared.isdigit() and int(declared) > meta["last_row"]:
            said.append(f"声明的范围是 {sheet.declared}，实际内容到第 {meta['last_row']:,} 行为止")
    return said


def _name_lossy(meta: dict[str, Any]) -> list[str]:
    header = dict(enumerate(meta["header"]))
    return [
        f"第 {column + 1} 列（{header.get(column, '')}）有超过 15 位的数字，"
        "末几位在 Excel 里已经丢失；请在源系统按文本导出"
        for column in meta["lossy"]
    ]


def _name_percents(extent: Extent, meta: dict[str, Any]) -> list[str]:
    header = dict(enumerate(meta["header"], 1))
    found = [f"第 {column} 列（{header[column]}）" for column in extent.percents if header.get(column)]
    way_out = "90% 读作 0.9；若是打分，请把量表写成 min: 0, max: 1，或在 Excel 里改为数值"
    return [f"{'、'.join(found[:_SHOWN_COLUMNS])}是百分数格式，按数值读取：{way_out}"] if found else []


def _name_unsolved(extent: Extent) -> list[str]:
    count = extent.unsolved
    return [f"{count} 个单元格的公式没有结果，按空白读取；请用 Excel 打开并保存后重新导出"] if count else []


def _name_merged(extent: Extent, header_row: int) -> list[str]:
    count, end = 0, header_row
    for first, last in sorted(extent.merged):
        if first > header_row:
            count += max(0, min(last, extent.rows) - max(first, end))
            end = max(end, last)
    way_out = "值只在合并区域的第一行，其余按空白读取；请在 Excel 里取消合并、填满后重新导入"
    return [f"有 {count} 行的单元格与上一行合并，{way_out}"] if count else []


def _name_hidden(extent: Extent) -> list[str]:
    way_out = "照样读入；若不该计入，请把要的行复制到新工作表后再导入"
    return [f"有 {extent.hidden} 行是隐藏的（多为筛选所致），{way_out}"] if extent.hidden else []


def _describe_engine(notes: list[str]) -> list[str]:
    return [f"快速读取不可行（{'；'.join(notes)}），改为逐行读取"] if notes else []
