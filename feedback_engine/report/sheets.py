"""Sections → worksheets, row after row: XlsxWriter's constant-memory mode forgets a row once the next begins."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from feedback_engine.report.blocks import (
    Chart,
    Look,
    Note,
    Report,
    Section,
    Table,
    Tiles,
)
from feedback_engine.report.canvas import Sheet, check_code, merge_text, write_row, write_text
from feedback_engine.report.cells import line_count, safe_sheet_name
from feedback_engine.report.charts import Place, build_chart, chart_height
from feedback_engine.report.layout import (
    ROW_HEIGHT,
    Grid,
    header_height,
    measure,
    paragraph_height,
    row_height,
)
from feedback_engine.report.styles import BLUE, LIGHT_BLUE, Styles

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

#: Rows of a data sheet before the next begins; Excel holds 1,048,576.
SHEET_ROWS = 1_000_000
MOST_CHART_PIXELS = 1400
PIXELS_PER_POINT = 4 / 3
A4 = 9


@dataclass(frozen=True, slots=True)
class Written:
    """A sheet as it must be found again: its name, and the number of its last row."""

    name: str
    row_count: int


@dataclass(frozen=True, slots=True)
class _Pending:
    """A chart whose table may come later."""

    sheet: Sheet
    row: int
    chart: Chart


def fill_workbook(workbook: Workbook, report: Report) -> list[Written]:
    """Write every section; return the sheets as they must be found again."""
    styles = Styles(workbook)
    sheets: list[Sheet] = []
    places: dict[str, Place] = {}
    pending: list[_Pending] = []
    for section in report.sections:
        write = _write_data if section.is_data else _write_section
        for sheet in write(workbook, styles, section, {s.name for s in sheets}, places, pending):
            sheets.append(sheet)
    for wanted in pending:
        _insert(workbook, wanted, places)
    for place in places.values():
        _offer_choices(workbook, place, places)
    return [Written(sheet.name, sheet.last_row) for sheet in sheets]


def _open_sheet(workbook: Workbook, styles: Styles, name: str, taken: set[str], grid: Grid) -> Sheet:
    name = safe_sheet_name(name, taken)
    native = workbook.add_worksheet(name)
    for place, width in enumerate(grid.widths):
        check_code(native.set_column(place, place, width), name, 0)
    native.set_landscape()
    native.set_paper(A4)
    native.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    native.fit_to_pages(1, 0)
    native.set_footer("&L&8&A&R&8第 &P 页，共 &N 页")
    return Sheet(native, name, grid, styles)


def _write_section(
    workbook: Workbook,
    styles: Styles,
    section: Section,
    taken: set[str],
    places: dict[str, Place],
    pending: list[_Pending],
) -> Iterator[Sheet]:
    sheet = _open_sheet(workbook, styles, section.name, taken, measure(section))
    sheet.native.hide_gridlines(2)
    sheet.native.set_default_row(ROW_HEIGHT)
    sheet.native.set_tab_color(BLUE)
    _write_heading(sheet, section)
    for place, block in enumerate(section.blocks):
        # Paragraphs belong to what they follow; everything else, and what comes first, begins after a gap.
        sheet.row += 0 if place and isinstance(block, Note) and not block.is_heading else 1
        if isinstance(block, Table):
            places[block.name] = _write_table(sheet, block)
        elif isinstance(block, Chart):
            pending.append(_reserve(sheet, block, section))
        elif isinstance(block, Tiles):
            _write_tiles(sheet, block)
        else:
            _write_note(sheet, block)
    yield sheet


def _write_heading(sheet: Sheet, section: Section) -> None:
    last = len(sheet.grid.widths) - 1
    sheet.native.set_row(sheet.row, 34)
    write_text(sheet, sheet.row, 0, section.heading, sheet.styles.fixed("heading"))
    sheet.row += 1
    sheet.native.set_row(sheet.row, 20)
    write_text(sheet, sheet.row, 0, section.lead, sheet.styles.fixed("lead"))
    for column in range(1, last + 1):
        sheet.native.write_blank(sheet.row, column, None, sheet.styles.fixed("lead"))
    sheet.native.freeze_panes(sheet.row + 1, 0)
    sheet.row += 1


def _write_note(sheet: Sheet, note: Note) -> None:
    if note.is_heading:
        sheet.native.set_row(sheet.row, 24)
        write_text(sheet, sheet.row, 0, note.text, sheet.styles.fixed("title"))
    else:
        width = min(sheet.grid.width, 150.0)
        sheet.native.set_row(sheet.row, paragraph_height(line_count(note.text, width)))
        merge_text(sheet, sheet.row, (0, _last_within(sheet.grid, width)), note.text, sheet.styles.note(note.tone))
    sheet.row += 1


def _last_within(grid: Grid, width: float) -> int:
    passed = 0.0
    for place, own in enumerate(grid.widths):
        passed += own
        if passed >= width:
            return place
    return len(grid.widths) - 1


def _write_tiles(sheet: Sheet, block: Tiles) -> None:
    stretches = sheet.grid.split(len(block.tiles))
    styles = sheet.styles
    for height, pick in ((24.0, "label"), (40.0, "value"), (38.0, "detail")):
        sheet.native.set_row(sheet.row, height)
        for tile, stretch in zip(block.tiles, stretches, strict=True):
            style = (
                styles.tile_value(tile.tone, is_word=not any(map(str.isdigit, tile.value)))
                if pick == "value"
                else styles.fixed(f"tile_{pick}")
            )
            merge_text(sheet, sheet.row, stretch, getattr(tile, pick), style)
        sheet.row += 1


def _reserve(sheet: Sheet, chart: Chart, section: Section) -> _Pending:
    """Leave rows free for the chart."""
    tables = {block.name: block for block in section.blocks if isinstance(block, Table)}
    count = chart.row_count or len(tables[chart.table].rows if chart.table in tables else ())
    pending = _Pending(sheet, sheet.row, chart)
    sheet.row += math.ceil(chart_height(chart, count) / (ROW_HEIGHT * PIXELS_PER_POINT))
    return pending


def _insert(workbook: Workbook, wanted: _Pending, places: dict[str, Place]) -> None:
    place = places[wanted.chart.table]
    native = build_chart(workbook, wanted.chart, place)
    count = wanted.chart.row_count or len(place.table.rows)
    width = min(wanted.sheet.grid.pixels - 10, MOST_CHART_PIXELS)
    native.set_size({"width": width, "height": chart_height(wanted.chart, count)})
    options = {"x_offset": 4, "y_offset": 2, "object_position": 2, "description": wanted.chart.title}
    check_code(wanted.sheet.native.insert_chart(wanted.row, 0, native, options), wanted.sheet.name, wanted.row)


def _offer_choices(workbook: Workbook, place: Place, places: dict[str, Place]) -> None:
    """Give the columns that people fill in a list to choose from: a range, as words may have 255 characters at most."""
    from xlsxwriter.utility import quote_sheetname, xl_range_abs

    for at, column in enumerate(place.table.columns):
        if column.choices is None or not len(place.table.rows):
            continue
        offered = places[column.choices.table]
        heading = offered.table.columns[0].heading
        name, *corners = offered.reference(heading, len(offered.table.rows))
        options = {
            "validate": "list",
            "source": f"={quote_sheetname(name)}!{xl_range_abs(*corners)}",
            "show_error": not column.choices.is_free,
            "error_title": column.heading,
            "error_message": f"请从列表中选择，或留空；可填的都在「{offered.sheet}」",
        }
        native, last = workbook.get_worksheet_by_name(place.sheet), place.first_row + len(place.table.rows) - 1
        check_code(native.data_validation(place.first_row, at, last, at, options), place.sheet, place.first_row)


def _write_table(sheet: Sheet, table: Table) -> Place:
    if table.title:
        sheet.native.set_row(sheet.row, 26)
        write_text(sheet, sheet.row, 0, table.title, sheet.styles.fixed("title"))
        sheet.row += 1
    _write_headings(sheet, table)
    place = Place(table, sheet.name, sheet.row)
    for number, row in enumerate(table.rows):
        sheet.native.set_row(sheet.row, row_height(table, row, sheet.grid))
        write_row(sheet, table, row, is_strong=number in table.strong)
        sheet.row += 1
    if not len(table.rows):
        write_text(sheet, sheet.row, 0, table.empty, sheet.styles.plain_note())
        sheet.row += 1
    _show_sizes(sheet, table, place.first_row)
    return place


def _write_headings(sheet: Sheet, table: Table) -> None:
    sheet.native.set_row(sheet.row, header_height(table, sheet.grid))
    style = sheet.styles.fixed("header")
    for place, column in enumerate(table.columns):
        last = len(sheet.grid.widths) - 1 if column.fills else place
        merge_text(sheet, sheet.row, (place, last), column.heading, style)
    sheet.row += 1


def _write_data(
    workbook: Workbook,
    styles: Styles,
    section: Section,
    taken: set[str],
    places: dict[str, Place],
    pending: list[_Pending],
) -> Iterator[Sheet]:
    """A table alone: headings in the first row, a filter, the rows split over as many sheets as they need."""
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    rows, grid = iter(table.rows), measure(section)
    sheet_count = max(1, math.ceil(len(table.rows) / SHEET_ROWS))
    for number in range(1, sheet_count + 1):
        name = section.name if sheet_count == 1 else f"{section.name}{number}"
        sheet = _open_sheet(workbook, styles, name, taken, grid)
        taken = taken | {sheet.name}
        sheet.native.set_tab_color(LIGHT_BLUE)
        sheet.native.freeze_panes(1, 1)
        sheet.native.repeat_rows(0)
        _write_headings(sheet, table)
        for place, column in enumerate(table.columns):
            if column.is_hidden:
                check_code(sheet.native.set_column(place, place, grid.widths[place], None, {"hidden": True}), name, 0)
        places.setdefault(table.name, Place(table, sheet.name, sheet.row))
        for row in islice(rows, SHEET_ROWS):
            if section.is_form:
                sheet.native.set_row(sheet.row, row_height(table, row, sheet.grid))
            write_row(sheet, table, row, is_strong=False, is_wrapped=section.is_form)
            sheet.row += 1
        last = max(sheet.row - 1, 0)
        check_code(sheet.native.autofilter(0, 0, last, len(table.columns) - 1), sheet.name, 0)
        yield sheet


def _show_sizes(sheet: Sheet, table: Table, first: int) -> None:
    """Data bars and colour scales, over the rows that are not totals."""
    last = first + len(table.rows) - 1
    if table.rows and len(table.rows) - 1 in table.strong:
        last -= 1
    if last <= first:
        return
    for place, column in enumerate(table.columns):
        if column.look is not Look.PLAIN:
            code = sheet.native.conditional_format(first, place, last, place, dict(_LOOKS[column.look]))
            check_code(code, sheet.name, first)


_SCALE = {"type": "3_color_scale", "min_color": "#F6C7C3", "mid_color": "#FFFFFF", "max_color": "#BFE3CF"}
_LOOKS: dict[Look, dict[str, Any]] = {
    # The data bar of Excel 2007: that of 2010 is an extension, of which openpyxl warns.
    Look.BAR: {"type": "data_bar", "bar_color": LIGHT_BLUE, "min_type": "num", "min_value": 0},
    Look.HEAT: {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": LIGHT_BLUE},
    Look.SCALE: _SCALE,
    Look.CORRELATION: _SCALE
    | {f"{end}_type": "num" for end in ("min", "mid", "max")}
    | {"min_value": -1, "mid_value": 0, "max_value": 1},
}
