"""Charts of a report as inline SVG, for the page: no script, no font and no picture from anywhere else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from feedback_engine.report.blocks import Cell, Chart, ChartKind, Marked, Series, Table, Tone
from feedback_engine.report.cells import safe_cell
from feedback_engine.report.styles import FILLS, INK, LINE, NAVY, PALE_INK

WIDTH, HEIGHT = 960, 340
#: Room around the plot: left of lying bars, left of others, right, above, below.
_NAMES, _LEFT, _RIGHT, _TOP, _BOTTOM = 190, 64, 40, 44, 56
_BAR, _TICKS = 26, 5


@dataclass(frozen=True, slots=True)
class _Axis:
    """Numbers from `low` to `high` on the pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.0
        return round(self.start + share * (self.end - self.start), 2)

    def ticks(self) -> list[float]:
        step = _round_step((self.high - self.low) / _TICKS)
        first = math.ceil(self.low / step - 1e-9)
        return [round(number * step, 10) for number in range(first, math.floor(self.high / step + 1e-9) + 1)]


def draw_chart(chart: Chart, table: Table) -> str:
    """Return the chart over the table as an SVG element; nothing where the table has no number to show."""
    count = chart.row_count or len(table.rows)
    rows = [row for row, _ in zip(table.rows, range(count), strict=False)]
    data = {column.heading: [row[place] for row in rows] for place, column in enumerate(table.columns)}
    if not any(_numbers(data[series.heading]) for series in chart.series):
        return ""
    if chart.kind in (ChartKind.BAR, ChartKind.STACKED_BAR):
        height, parts = _TOP + _BAR * len(rows) + _BOTTOM, _draw_lying(chart, data, len(rows))
    else:
        draw = {ChartKind.SCATTER: _draw_scatter, ChartKind.PARETO: _draw_pareto}.get(chart.kind, _draw_lines)
        height, parts = HEIGHT, draw(chart, data)
    title = f"<title>{_escape(chart.title)}</title>{_text(WIDTH / 2, 20, chart.title, NAVY, 14, 'middle')}"
    legend = _draw_legend(chart, height) if len(chart.series) > 1 else ""
    inner = "".join([title, *parts, legend])
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" class="chart">{inner}</svg>\n'


def _draw_lying(chart: Chart, data: dict[str, list[Cell]], count: int) -> list[str]:
    foot = _TOP + _BAR * count
    columns = [data[series.heading] for series in chart.series]
    sums = [sum(value for column in columns if (value := _number(column[row])) is not None) for row in range(count)]
    ends = [end for s in chart.series for name in (s.lower, s.upper) if name for end in _numbers(data[name])]
    axis = _scale([*sums, *ends, 0.0], chart, _NAMES, WIDTH - _RIGHT)
    parts = [_tick_line(axis.at(tick), _TOP, foot, chart, tick) for tick in axis.ticks()]
    for row in range(count):
        middle = _TOP + _BAR * (row + 0.5)
        parts.append(_text(_NAMES - 8, middle + 4, _short(_word(data[chart.category][row]), 14), INK, 12, "end"))
        base = 0.0
        for series in chart.series:
            value = _number(data[series.heading][row])
            if value is None or (value == 0 and len(columns) > 1):
                continue
            left, right = sorted((axis.at(base), axis.at(base + value)))
            parts.append(_rect(left, middle - 9, right - left, 18, FILLS[series.tone]))
            parts.append(_whisker(axis, data, series, row, middle))
            parts.append(_label(left, right, middle, _say(value, chart)))
            base += value if chart.kind is ChartKind.STACKED_BAR else 0.0
    return parts


def _label(left: float, right: float, middle: float, words: str) -> str:
    """Return the value inside the bar's foot, where the interval's line cannot cross it, or beside a short bar."""
    is_inside = right - left > 8 + 7 * len(words)
    return _text((left if is_inside else right) + 4, middle + 4, words, "#FFFFFF" if is_inside else INK, 11)


def _draw_lines(chart: Chart, data: dict[str, list[Cell]]) -> list[str]:
    axis, places = _stand(chart, data, [series.heading for series in chart.series])
    parts = [*_across(chart, axis), *_name_columns(chart, data, places)]
    for series in chart.series:
        parts.append(_polyline(data[series.heading], places, axis, series))
        for row, place in enumerate(places):
            value = _number(data[series.heading][row])
            if value is not None and not series.is_line:
                parts.append(_upright(axis, data, series, row, place))
                parts.append(_circle(place, axis.at(value), FILLS[series.tone]))
    return parts


def _draw_pareto(chart: Chart, data: dict[str, list[Cell]]) -> list[str]:
    columns, shares = chart.series[0], chart.series[1:]
    axis, places = _stand(chart, data, [columns.heading], from_zero=True)
    wide = min(60.0, 0.6 * (WIDTH - _LEFT - _RIGHT) / max(len(places), 1))
    parts = [*_across(chart, axis), *_name_columns(chart, data, places)]
    for row, place in enumerate(places):
        if (value := _number(data[columns.heading][row])) is not None:
            top = axis.at(value)
            parts.append(_rect(place - wide / 2, top, wide, axis.start - top, FILLS[columns.tone]))
            parts.append(_text(place, top - 4, f"{value:,g}", INK, 11, "middle"))
    whole = _Axis(0.0, 1.0, axis.start, axis.end)
    return parts + [
        _polyline(data[series.heading], places, whole, Series(series.heading, Tone.SECOND)) for series in shares
    ]


def _draw_scatter(chart: Chart, data: dict[str, list[Cell]]) -> list[str]:
    series = chart.series[0]
    across = [
        n for name in (chart.category, chart.category_lower, chart.category_upper) if name for n in _numbers(data[name])
    ]
    up = [n for name in (series.heading, series.lower, series.upper) if name for n in _numbers(data[name])]
    x0, y0 = chart.crossing or (min(across), min(up))
    free = Chart("", chart.kind, "", "", ())
    horizontal = _scale([*across, x0], free, _LEFT, WIDTH - 140)
    vertical = _scale([*up, y0], chart, HEIGHT - _BOTTOM, _TOP)
    parts = [
        _line(horizontal.at(x0), _TOP, horizontal.at(x0), HEIGHT - _BOTTOM, NAVY),
        _line(_LEFT, vertical.at(y0), WIDTH - 140, vertical.at(y0), NAVY),
        *(_text(horizontal.at(t), HEIGHT - _BOTTOM + 16, f"{t:g}", PALE_INK, 11, "middle") for t in horizontal.ticks()),
        *(_text(_LEFT - 6, vertical.at(t) + 4, _say(t, chart), PALE_INK, 11, "end") for t in vertical.ticks()),
        _text(
            WIDTH / 2, HEIGHT - 14, f"{chart.category_unit or chart.category} →　↑ {chart.unit}", PALE_INK, 11, "middle"
        ),
    ]
    for row, (x, y) in enumerate(zip(data[chart.category], data[series.heading], strict=True)):
        place, height = _number(x), _number(y)
        if place is None or height is None:
            continue
        if chart.category_lower:
            sides = Series(chart.category, lower=chart.category_lower, upper=chart.category_upper)
            parts.append(_whisker(horizontal, data, sides, row, vertical.at(height)))
        parts.append(_upright(vertical, data, series, row, horizontal.at(place)))
        parts.append(_circle(horizontal.at(place), vertical.at(height), FILLS[series.tone]))
        name = _word(data[chart.labels][row]) if chart.labels else ""
        parts.append(_text(horizontal.at(place) + 8, vertical.at(height) + 4, _short(name, 12), INK, 11))
    return parts


def _stand(
    chart: Chart, data: dict[str, list[Cell]], headings: Sequence[str], *, from_zero: bool = False
) -> tuple[_Axis, list[float]]:
    """Return the upright axis of these columns, and where the rows stand."""
    intervals = [name for s in chart.series if s.heading in headings for name in (s.lower, s.upper) if name]
    values = [number for name in (*headings, *intervals) for number in _numbers(data[name])]
    count = len(data[chart.category])
    step = (WIDTH - _LEFT - _RIGHT) / max(count, 1)
    places = [round(_LEFT + step * (row + 0.5), 2) for row in range(count)]
    return _scale([*values, *([0.0] if from_zero else [])], chart, HEIGHT - _BOTTOM, _TOP), places


def _scale(values: Sequence[float], chart: Chart, start: float, end: float) -> _Axis:
    low, high = min(values), max(values)
    step = _round_step((high - low or abs(high) or 1.0) / _TICKS)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    low = chart.minimum if chart.minimum is not None else low
    high = chart.maximum if chart.maximum is not None else high
    return _Axis(low, high if high > low else low + 1.0, start, end)


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step)) if step > 0 else 1.0
    return next((times * power for times in (1.0, 2.0, 2.5, 5.0) if times * power >= step * 0.999), 10.0 * power)


def _across(chart: Chart, axis: _Axis) -> list[str]:
    lines = [_line(_LEFT, axis.at(tick), WIDTH - _RIGHT, axis.at(tick), LINE) for tick in axis.ticks()]
    words = [_text(_LEFT - 6, axis.at(tick) + 4, _say(tick, chart), PALE_INK, 11, "end") for tick in axis.ticks()]
    return [*lines, *words]


def _name_columns(chart: Chart, data: dict[str, list[Cell]], places: Sequence[float]) -> list[str]:
    every = math.ceil(len(places) / 14) or 1
    names = data[chart.category]
    room = max(int((WIDTH - _LEFT - _RIGHT) / max(len(places), 1) * every / 13), 4)
    return [
        _text(place, HEIGHT - _BOTTOM + 18, _short(_word(names[row]), room), INK, 11, "middle")
        for row, place in enumerate(places)
        if row % every == 0
    ]


def _polyline(cells: Sequence[Cell], places: Sequence[float], axis: _Axis, series: Series) -> str:
    """Return the line through the numbers, broken where there is none."""
    runs: list[list[str]] = [[]]
    for cell, place in zip(cells, places, strict=True):
        if (value := _number(cell)) is None:
            runs.append([])
        else:
            runs[-1].append(f"{place},{axis.at(value)}")
    dash = ' stroke-dasharray="6 4" stroke-width="1.5"' if series.is_line else ' stroke-width="2.5"'
    style = f'fill="none" stroke="{FILLS[series.tone]}"{dash}'
    return "".join(f'<polyline points="{" ".join(run)}" {style}/>' for run in runs if len(run) > 1)


def _ends(data: dict[str, list[Cell]], series: Series, row: int) -> tuple[float, float] | None:
    if not series.lower or not series.upper:
        return None
    low, high = _number(data[series.lower][row]), _number(data[series.upper][row])
    return None if low is None or high is None else (low, high)


def _whisker(axis: _Axis, data: dict[str, list[Cell]], series: Series, row: int, height: float) -> str:
    ends = _ends(data, series, row)
    return _line(axis.at(ends[0]), height, axis.at(ends[1]), height, PALE_INK) if ends else ""


def _upright(axis: _Axis, data: dict[str, list[Cell]], series: Series, row: int, place: float) -> str:
    ends = _ends(data, series, row)
    return _line(place, axis.at(ends[0]), place, axis.at(ends[1]), PALE_INK) if ends else ""


def _tick_line(place: float, top: float, foot: float, chart: Chart, tick: float) -> str:
    return _line(place, top, place, foot, LINE) + _text(place, foot + 16, _say(tick, chart), PALE_INK, 11, "middle")


def _draw_legend(chart: Chart, height: float) -> str:
    place, parts = float(_LEFT), []
    for number, series in enumerate(chart.series):
        tone = Tone.SECOND if chart.kind is ChartKind.PARETO and number else series.tone
        parts += [
            _rect(place, height - 16, 12, 10, FILLS[tone]),
            _text(place + 16, height - 7, series.heading, INK, 11),
        ]
        place += 40 + 13 * len(series.heading)
    return "".join(parts)


def _say(value: float, chart: Chart) -> str:
    return f"{value:.0%}" if chart.is_share else f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _numbers(cells: Sequence[Cell]) -> list[float]:
    return [value for cell in cells if (value := _number(cell)) is not None]


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) and math.isfinite(cell) else None


def _word(cell: Cell) -> str:
    return cell.text if isinstance(cell, Marked) else "" if cell is None else str(cell)


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _escape(text: str) -> str:
    return escape(safe_cell(text))


def _text(x: float, y: float, text: str, color: str, size: int, anchor: str = "start") -> str:
    place = f'x="{round(x, 2)}" y="{round(y, 2)}" fill="{color}" font-size="{size}" text-anchor="{anchor}"'
    return f"<text {place}>{_escape(text)}</text>" if text else ""


def _rect(x: float, y: float, width: float, height: float, color: str) -> str:
    size = f'width="{max(round(width, 2), 0)}" height="{max(round(height, 2), 0)}"'
    return f'<rect x="{round(x, 2)}" y="{round(y, 2)}" {size} fill="{color}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, color: str) -> str:
    return f'<line x1="{round(x1, 2)}" y1="{round(y1, 2)}" x2="{round(x2, 2)}" y2="{round(y2, 2)}" stroke="{color}"/>'


def _circle(x: float, y: float, color: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="4.5" fill="{color}" stroke="#FFFFFF"/>'
