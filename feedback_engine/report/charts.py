"""Native charts over tables that stand in the workbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback_engine.report.blocks import Cell, Chart, ChartKind, ColumnKind, Marked, Series, Table, Tone
from feedback_engine.report.styles import FILLS, FONT, INK, LINE, NAVY, PALE_INK

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

_TYPES: dict[ChartKind, dict[str, str]] = {
    ChartKind.BAR: {"type": "bar"},
    ChartKind.STACKED_BAR: {"type": "bar", "subtype": "stacked"},
    ChartKind.LINE: {"type": "line"},
    ChartKind.PARETO: {"type": "column"},
    ChartKind.SCATTER: {"type": "scatter"},
}
_LYING = (ChartKind.BAR, ChartKind.STACKED_BAR)
#: Pixels of a chart's height: of all but lying bars, and the frame and a bar of those.
HEIGHT, FRAME_HEIGHT, BAR_HEIGHT = 340, 110, 26


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table came to stand: its sheet, and its first row below the headings."""

    table: Table
    sheet: str
    first_row: int

    def reference(self, heading: str, count: int) -> list[str | int]:
        """Return the range of the column's first `count` cells."""
        column = self.table.position(heading)
        return [self.sheet, self.first_row, column, self.first_row + count - 1, column]

    def cells(self, heading: str, count: int) -> list[Cell]:
        """Return the values of that range."""
        column = self.table.position(heading)
        return [row[column] for row, _ in zip(self.table.rows, range(count), strict=False)]


def chart_height(chart: Chart, row_count: int) -> int:
    """Return the height in pixels that shows every bar."""
    return FRAME_HEIGHT + BAR_HEIGHT * max(row_count, 3) if chart.kind in _LYING else HEIGHT


def build_chart(workbook: Workbook, chart: Chart, place: Place) -> NativeChart:
    """Return the chart, ready to insert; its figures are cached in it, for viewers that do not calculate."""
    native = workbook.add_chart(dict(_TYPES[chart.kind]))
    count = chart.row_count or len(place.table.rows)
    shown = chart.series[:1] if chart.kind is ChartKind.PARETO else chart.series
    for series in shown:
        native.add_series(_series(chart, series, place, count))
    if chart.kind is ChartKind.PARETO:
        native.combine(_cumulative(workbook, chart, place, count))
    _dress(native, chart, _floor(chart, place, count))
    return native


def _floor(chart: Chart, place: Place, count: int) -> float | None:
    """Return where the value axis begins: where the chart says, and bars on 0, as their length is what is read.

    None leaves it to the viewer, who may begin the bars 130 and 136 at 126.
    """
    if chart.minimum is not None or chart.kind not in (*_LYING, ChartKind.PARETO):
        return chart.minimum
    headings = [name for series in chart.series for name in (series.heading, series.lower) if name]
    drawn = [cell for name in headings for cell in place.cells(name, count)]
    return None if any(isinstance(cell, (int, float)) and cell < 0 for cell in drawn) else 0


def _series(chart: Chart, series: Series, place: Place, count: int) -> dict[str, Any]:
    values = place.cells(series.heading, count)
    options: dict[str, Any] = {
        "name": series.heading,
        "categories": place.reference(chart.category, count),
        "values": place.reference(series.heading, count),
        "categories_data": [_plain(cell) for cell in place.cells(chart.category, count)],
        "values_data": [_plain(cell) for cell in values],
    }
    drawn = options | _drawn(chart, series, place) | _error_bars(chart, series, place, count)
    if chart.labels:
        names = [{"value": str(_plain(cell))} for cell in place.cells(chart.labels, count)]
        drawn["data_labels"] = {"value": True, "custom": names, "position": "right", "font": _font(9)}
    return drawn


def _plain(cell: Cell) -> Any:
    if isinstance(cell, Marked):
        return cell.text
    return "" if cell is None else cell


def _drawn(chart: Chart, series: Series, place: Place) -> dict[str, Any]:
    color = FILLS[series.tone]
    if chart.kind is ChartKind.LINE:
        if series.is_line:
            return {"line": {"color": color, "width": 1.25, "dash_type": "dash"}, "marker": {"type": "none"}}
        marker = {"type": "circle", "size": 6, "fill": {"color": color}, "border": {"color": "#FFFFFF"}}
        return {"line": {"color": color, "width": 2.25}, "marker": marker}
    if chart.kind is ChartKind.SCATTER:
        return {"marker": {"type": "circle", "size": 8, "fill": {"color": color}, "border": {"color": "#FFFFFF"}}}
    labels = {"value": True, "font": _font(9)}
    if chart.kind is ChartKind.BAR:
        # Inside the bar's foot, where the interval's line cannot cross it.
        counts = place.table.columns[place.table.position(series.heading)].kind is ColumnKind.INTEGER
        form = "0.0%" if chart.is_share else "#,##0" if counts else "0.0"
        labels |= {"position": "inside_base", "num_format": form, "font": _font(9, "#FFFFFF")}
    if chart.kind is ChartKind.STACKED_BAR:
        labels |= {"num_format": "#,##0;;"}
    return {"fill": {"color": color}, "border": {"none": True}, "gap": 45, "data_labels": labels} | (
        {"overlap": 100} if chart.kind is ChartKind.STACKED_BAR else {}
    )


def _error_bars(chart: Chart, series: Series, place: Place, count: int) -> dict[str, Any]:
    # XlsxWriter calls a lying bar's value axis x.
    axis = "x_error_bars" if chart.kind in _LYING else "y_error_bars"
    bars = {axis: _bars(place, count, series.heading, series.lower, series.upper)}
    if chart.category_lower:
        bars["x_error_bars"] = _bars(place, count, chart.category, chart.category_lower, chart.category_upper)
    return {name: found for name, found in bars.items() if found}


def _bars(place: Place, count: int, heading: str, lower: str, upper: str) -> dict[str, Any]:
    """Return the error bars of a column, none without an interval."""
    if not lower or not upper:
        return {}
    values, low, high = (place.cells(name, count) for name in (heading, lower, upper))
    plus = [_distance(end, value) for end, value in zip(high, values, strict=True)]
    minus = [_distance(value, end) for end, value in zip(low, values, strict=True)]
    if not any((*plus, *minus)):
        return {}
    line = {"color": PALE_INK, "width": 1.25}
    return {"type": "custom", "plus_values": plus, "minus_values": minus, "line": line}


def _distance(high: Cell, low: Cell) -> float:
    return round(high - low, 9) if isinstance(high, (int, float)) and isinstance(low, (int, float)) else 0.0


def _cumulative(workbook: Workbook, chart: Chart, place: Place, count: int) -> NativeChart:
    line = workbook.add_chart({"type": "line"})
    for series in chart.series[1:]:
        options = _series(chart, series, place, count)
        options |= {"y2_axis": True, "line": {"color": FILLS[Tone.SECOND], "width": 2.25}, "data_labels": None}
        options |= {"marker": {"type": "circle", "size": 6, "fill": {"color": FILLS[Tone.SECOND]}}, "fill": None}
        line.add_series({key: value for key, value in options.items() if value is not None and key not in _BAR_ONLY})
    line.set_y2_axis(_value_axis("") | {"min": 0, "max": 1, "num_format": "0%", "major_gridlines": {"visible": False}})
    return line


_BAR_ONLY = ("gap", "border", "overlap")


def _dress(native: NativeChart, chart: Chart, floor: float | None) -> None:
    native.set_title({"name": chart.title, "name_font": _font(13, NAVY, bold=True), "overlay": False})
    native.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
    category: dict[str, Any] = {"num_font": _font(10), "line": {"color": LINE}, "major_tick_mark": "none"}
    value = _value_axis(chart.unit) | ({"num_format": "0%"} if chart.is_share else {})
    value |= {key: limit for key, limit in (("min", floor), ("max", chart.maximum)) if limit is not None}
    if chart.kind in _LYING:
        # The table's first row is the top bar; the value axis then stands at the foot.
        native.set_y_axis(category | {"reverse": True, "interval_unit": 1})
        native.set_x_axis(value | {"label_position": "high"})
    elif chart.crossing is not None:
        _cross(native, chart, value)
    else:
        # At the foot, also where the values go below 0.
        native.set_x_axis(category | {"label_position": "low"})
        native.set_y_axis(value)
    has_legend = len(chart.series) > 1
    native.set_legend({"position": "bottom", "font": _font(10)} if has_legend else {"none": True})


def _cross(native: NativeChart, chart: Chart, value: dict[str, Any]) -> None:
    """Let the axes of a scatter cross where the quadrants meet, their numbers at the edges."""
    x, y = chart.crossing or (0.0, 0.0)
    line = {"label_position": "low", "line": {"color": NAVY, "width": 1.25}, "major_gridlines": {"visible": False}}
    # Where an axis is crossed is a setting of that axis: the vertical line stands at x.
    native.set_x_axis(_value_axis(chart.category_unit) | line | {"crossing": x, "num_format": "0"})
    native.set_y_axis(value | line | {"crossing": y, "num_format": "0%"})


def _value_axis(unit: str) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "num_font": _font(9, PALE_INK),
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.75}},
        "major_tick_mark": "none",
    }
    return axis | ({"name": unit, "name_font": _font(9, PALE_INK)} if unit else {})


def _font(size: int, color: str = INK, *, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "color": color, "bold": bold}
