"""Report → one HTML page: the same sections, tables and charts, in one file that needs nothing beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from html import escape
from itertools import islice
from pathlib import Path

from feedback_engine.report.blocks import (
    Block,
    Cell,
    Chart,
    Column,
    ColumnKind,
    Look,
    Marked,
    Note,
    Report,
    Row,
    Section,
    Table,
    Tile,
    Tiles,
    Tone,
)
from feedback_engine.report.cells import safe_cell
from feedback_engine.report.drawings import draw_chart
from feedback_engine.report.files import replaced_file
from feedback_engine.report.pagestyle import STYLE

SUFFIXES = (".html", ".htm")
#: Rows of a table that a page shows; a browser would choke on a million.
MOST_ROWS = 2000
#: Characters of a word that is not broken over lines.
_SHORT = 14


def write_html(report: Report, path: Path) -> None:
    """Write the page to `path`; equal reports give equal bytes. Raises ReportError as `write_excel` does."""
    with replaced_file(Path(path)) as draft, draft.open("w", encoding="utf-8", newline="\n") as page:
        page.writelines(build_page(report))


def build_page(report: Report) -> Iterator[str]:
    """Yield the page piece by piece."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"  # the page asks nobody for anything
    yield '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
    yield f"<title>{_text(report.title)}</title>\n"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<style>{STYLE}</style>\n</head>\n<body>\n<nav>\n<p>目录</p>\n<ol>\n"
    for number, section in enumerate(report.sections, 1):
        yield f'<li><a href="#s{number}">{_text(section.name)}</a></li>\n'
    yield "</ol>\n</nav>\n<main>\n"
    for number, section in enumerate(report.sections, 1):
        yield from _build_section(section, number)
    yield "</main>\n</body>\n</html>\n"


def _build_section(section: Section, number: int) -> Iterator[str]:
    rank = "h1" if number == 1 else "h2"
    yield f'<section id="s{number}">\n<{rank}>{_text(section.heading)}</{rank}>\n'
    if section.lead:
        yield f'<p class="lead">{_text(section.lead)}</p>\n'
    tables = {block.name: block for block in section.blocks if isinstance(block, Table)}
    for block in section.blocks:
        yield from _build_block(block, tables)
    yield "</section>\n"


def _build_block(block: Block, tables: dict[str, Table]) -> Iterator[str]:
    if isinstance(block, Table):
        yield from _build_table(block)
    elif isinstance(block, Chart):
        yield draw_chart(block, tables[block.table]) if block.table in tables else ""
    elif isinstance(block, Tiles):
        yield from ('<div class="tiles">\n', *map(_build_tile, block.tiles), "</div>\n")
    else:
        yield _build_note(block)


def _build_note(note: Note) -> str:
    return f"<h3>{_text(note.text)}</h3>\n" if note.is_heading else f'<p class="{note.tone}">{_text(note.text)}</p>\n'


def _build_tile(tile: Tile) -> str:
    label, value, detail = map(_text, (tile.label, tile.value, tile.detail))
    return f'<div class="tile"><p>{label}</p><p class="value {tile.tone}">{value}</p><p>{detail}</p></div>\n'


def _build_table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"<h3>{_text(table.title)}</h3>\n"
    if not len(table.rows):
        yield f'<p class="muted">{_text(table.empty)}</p>\n'
        return
    headings = "".join(f'<th scope="col">{_text(column.heading)}</th>' for column in table.columns)
    yield f'<div class="wide">\n<table>\n<thead><tr>{headings}</tr></thead>\n<tbody>\n'
    ranges = [_find_range(table, place) for place in range(len(table.columns))]
    for number, row in enumerate(islice(iter(table.rows), MOST_ROWS)):
        cells = "".join(map(_build_cell, table.columns, row, [None] * len(row) if number in table.strong else ranges))
        yield f'<tr class="strong">{cells}</tr>\n' if number in table.strong else f"<tr>{cells}</tr>\n"
    yield "</tbody>\n</table>\n</div>\n"
    if len(table.rows) > MOST_ROWS:
        yield f'<p class="muted">共 {len(table.rows):,} 行，这里列出前 {MOST_ROWS:,} 行；全部见 Excel 报告。</p>\n'


_Range = tuple[float, float] | None


def _find_range(table: Table, place: int) -> _Range:
    """Return the least and the greatest number of a column that shows sizes, totals left out."""
    if table.columns[place].look is Look.PLAIN:
        return None
    rows: Iterator[tuple[int, Row]] = enumerate(islice(iter(table.rows), MOST_ROWS))
    cells = [row[place] for number, row in rows if number not in table.strong]
    numbers = [cell for cell in cells if isinstance(cell, (int, float)) and math.isfinite(cell)]
    return (min(numbers), max(numbers)) if numbers else None


def _build_cell(column: Column, cell: Cell, ends: _Range) -> str:
    is_number = isinstance(cell, (int, float))
    classes = [
        *(["number"] if is_number or column.kind not in (ColumnKind.TEXT, ColumnKind.MOMENT) else []),
        *(["centred"] if column.is_centred else []),
        *(
            ["short"]
            if isinstance(cell, (str, Marked, datetime)) and len(_word(cell)) <= _SHORT and not column.fills
            else []
        ),
        *([str(cell.tone)] if isinstance(cell, Marked) and not cell.spans and cell.tone is not Tone.PLAIN else []),
    ]
    named = f' class="{" ".join(classes)}"' if classes else ""
    size = f' style="{_size(column.look, float(cell), ends)}"' if ends and isinstance(cell, (int, float)) else ""
    return f"<td{named}{size}>{_show(column, cell)}</td>"


def _word(cell: str | Marked | datetime) -> str:
    return cell.text if isinstance(cell, Marked) else f"{cell}"


def _size(look: Look, value: float, ends: tuple[float, float]) -> str:
    """Return the background that shows how large the number is in its column."""
    if not math.isfinite(value):
        return ""
    low, high = (-1.0, 1.0) if look is Look.CORRELATION else ends
    if look is Look.BAR:
        share = max(value, 0.0) / high if high > 0 else 0.0
        return f"background:linear-gradient(90deg,#9DC3E6 {share:.1%},transparent {share:.1%})"
    share = (value - low) / (high - low) if high > low else 0.5
    if look is Look.HEAT:
        return f"background:rgba(157,195,230,{share:.2f})"
    color, depth = ("95,181,138", 2 * share - 1) if share > 0.5 else ("224,122,112", 1 - 2 * share)
    return f"background:rgba({color},{min(depth, 1.0) * 0.45:.2f})"


def _show(column: Column, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Marked):
        return _mark(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return _text(cell) if isinstance(cell, str) else _text(format_number(column, cell))


def format_number(column: Column, value: float) -> str:
    """Return the number as its column shows it in the workbook."""
    if not math.isfinite(value):
        return ""
    sign = "+" if column.is_signed and value else ""
    if column.kind is ColumnKind.PERCENT:
        return f"{value:{sign}.{column.decimals}%}"
    is_whole = column.kind is ColumnKind.INTEGER or isinstance(value, int)
    return f"{value:{sign},.{0 if is_whole else column.decimals}f}"


def _mark(cell: Marked) -> str:
    if not cell.spans:
        return _text(cell.text)
    text, parts, at = safe_cell(cell.text), [], 0
    for span in cell.spans:
        parts += [
            _text(text[at : span.start]),
            f'<mark class="{cell.tone}">{_text(text[span.start : span.end])}</mark>',
        ]
        at = span.end
    return "".join([*parts, _text(text[at:])])


def _text(text: str) -> str:
    """Return the text as HTML shows it, whatever stands in it."""
    return escape(safe_cell(text)).replace("\n", "<br>")
