"""Fonts, colours and number formats of the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback_engine.report.blocks import Column, ColumnKind, Tone

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

FONT = "微软雅黑"
FONT_SIZE = 10
INK, PALE_INK, NAVY, LINE, TINT = "#22303C", "#7A8794", "#1F4E79", "#D5DCE4", "#F3F6FA"
BLUE, LIGHT_BLUE = "#2E75B6", "#9DC3E6"
#: The colour of a tone in text, and in charts.
TONES = {
    Tone.PLAIN: INK,
    Tone.GOOD: "#1E8449",
    Tone.BAD: "#C0392B",
    Tone.MIXED: "#B9770E",
    Tone.NEUTRAL: "#5D6D7E",
    Tone.MUTED: PALE_INK,
    Tone.SECOND: "#C55A11",
}
FILLS = {
    Tone.PLAIN: BLUE,
    Tone.GOOD: "#5FB58A",
    Tone.BAD: "#E07A70",
    Tone.MIXED: "#F0B95B",
    Tone.NEUTRAL: "#C5CDD6",
    Tone.MUTED: "#C5CDD6",
    Tone.SECOND: "#ED7D31",
}
_BASE = {"font_name": FONT, "font_size": FONT_SIZE, "font_color": INK, "valign": "vcenter"}
_CELL = _BASE | {"bottom": 1, "bottom_color": LINE}
#: The thick white edge keeps tiles apart.
_TILE = _BASE | {"bg_color": TINT, "align": "left", "indent": 1, "right": 5, "right_color": "#FFFFFF"}
_FIXED: dict[str, dict[str, Any]] = {
    "heading": _BASE | {"font_size": 18, "bold": True, "font_color": NAVY},
    "lead": _BASE | {"font_color": PALE_INK, "bottom": 2, "bottom_color": BLUE},
    "title": _BASE | {"font_size": 12, "bold": True, "font_color": NAVY},
    "header": _BASE
    | {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "align": "center", "text_wrap": True, "border": 1}
    | {"border_color": LINE},
    "tile_label": _TILE | {"font_color": PALE_INK, "top": 5, "top_color": BLUE},
    "tile_detail": _TILE | {"font_size": 9, "font_color": PALE_INK, "text_wrap": True, "valign": "top"},
}


WHOLE = "#,##0"


def number_format(column: Column) -> str:
    """Return the number format of the column's cells."""
    if column.kind is ColumnKind.MOMENT:
        return "yyyy-mm-dd hh:mm"
    if column.kind is ColumnKind.INTEGER:
        return WHOLE
    digits = "0" + ("." + "0" * column.decimals if column.decimals else "")
    number = digits + "%" if column.kind is ColumnKind.PERCENT else "#,##" + digits
    return f"+{number};-{number};{number}" if column.is_signed else number


class Styles:
    """The workbook's formats, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[Any, Format] = {}

    def fixed(self, name: str) -> Format:
        """Return the format of that name."""
        return self._make(name, _FIXED[name])

    def note(self, tone: Tone) -> Format:
        """Return the format of a paragraph."""
        properties = _BASE | {"font_color": TONES[tone], "text_wrap": True, "quote_prefix": True}
        return self._make(("note", tone), properties)

    def plain_note(self) -> Format:
        """Return the format of a remark that runs on over the cells to its right."""
        return self._make("plain_note", _BASE | {"font_color": PALE_INK, "quote_prefix": True, "indent": 1})

    def tile_value(self, tone: Tone, *, is_word: bool) -> Format:
        """Return the format of a headline figure; words are set smaller than numbers."""
        size = 16 if is_word else 24
        color = NAVY if tone is Tone.PLAIN else TONES[tone]
        properties = _TILE | {"font_size": size, "bold": True, "font_color": color}
        return self._make(("tile", tone, size), properties)

    def text(self, tone: Tone, *, is_strong: bool, align: str, is_wrapped: bool) -> Format:
        """Return the format of a text cell; a quote prefix keeps it text when somebody edits it."""
        key = ("text", tone, is_strong, align, is_wrapped)
        # Asked for once a cell: a million times in a large report.
        if (made := self._made.get(key)) is not None:
            return made
        properties = _CELL | {"font_color": TONES[tone], "align": align, "quote_prefix": True} | _strong(is_strong)
        properties |= {"text_wrap": True} if is_wrapped else {}
        properties |= {"indent": 1} if align == "left" else {}
        return self._make(key, properties)

    def number(self, column: Column, *, is_strong: bool, is_whole: bool = False) -> Format:
        """Return the format of a number or moment; a count among measures keeps no decimals."""
        key = (column, is_strong, is_whole)
        if (made := self._made.get(key)) is not None:
            return made
        form = WHOLE if is_whole and column.kind is ColumnKind.NUMBER else number_format(column)
        align = {"align": "left", "indent": 1} if column.kind is ColumnKind.MOMENT else {"align": "right"}
        properties = _CELL | {"num_format": form} | align | _strong(is_strong)
        return self._made.setdefault(key, self._make((form, is_strong), properties))

    def run(self, tone: Tone) -> Format:
        """Return the format of a piece of text within a cell."""
        is_marked = tone is not Tone.PLAIN
        properties = {"font_name": FONT, "font_size": FONT_SIZE, "font_color": TONES[tone], "bold": is_marked}
        return self._make(("run", tone), properties)

    def _make(self, key: Any, properties: dict[str, Any]) -> Format:
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]


def _strong(is_strong: bool) -> dict[str, Any]:
    return {"bold": True, "bg_color": TINT} if is_strong else {}
