"""Cells as the engine keeps them: whole columns cleaned at once, and the literals that mean "no answer"."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping, Sequence

from feedback_engine.domain import AnswerState

#: C0 controls but newline and tab, and DEL, as UTF-8 bytes; C1 controls begin with 0xC2 in UTF-8.
_CONTROL_BYTES = bytes(code for code in (*range(32), 127) if code not in (9, 10))
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
#: The blanks of ASCII that are no control characters to be dropped.
_BLANKS = " \t\n"
#: What is stripped from both ends: blanks, the ideographic space, no-break spaces and zero-width marks.
_EDGES = string.whitespace + "\x85\u00a0\u3000\u2028\u2029\u200b\u200c\u200e\u200f\u2060\ufeff"

#: What exporters and people write for "no answer". Format tokens, not vocabulary: a source's own come by `missing:`.
DEFAULT_MISSING: Mapping[str, AnswerState] = {
    **dict.fromkeys(("", "(空)", "（空）", "未评价", "未打分", "未评分", "暂未评价", "待评价"), AnswerState.BLANK),
    **dict.fromkeys(("(跳过)", "（跳过）", "{question_not_shown}"), AnswerState.NOT_SHOWN),
    **dict.fromkeys(
        ("不适用", "未体验", "未使用", "未接触", "不清楚", "不知道", "不了解", "说不清"), AnswerState.REFUSED
    ),
    **dict.fromkeys(("无法评价", "拒答", "拒绝回答"), AnswerState.REFUSED),
    **dict.fromkeys(("N/A", "n/a", "#N/A", "NA", "NULL", "null", "#NULL!", "None"), AnswerState.UNKNOWN_MISSING),
    **dict.fromkeys(("NaN", "nan", "NaT", "<NA>", "-", "--", "—", "/"), AnswerState.UNKNOWN_MISSING),
    # Of Navicat, DBeaver, DataGrip, MySQL and Hive, and of web pages.
    **dict.fromkeys(("(Null)", "(NULL)", "(null)", "[NULL]", "<null>", "<NULL>"), AnswerState.UNKNOWN_MISSING),
    **dict.fromkeys((r"\N", "undefined", "[object Object]"), AnswerState.UNKNOWN_MISSING),
}


def clean_column(cells: Sequence[str]) -> list[str]:
    """Return the cells without NUL, lone surrogates and control characters, stripped; line ends become newlines."""
    text = "".join(cells)
    if _has_unwanted(text):
        return [clean(cell) for cell in cells]
    if text.isascii() and not any(blank in text for blank in _BLANKS):
        return list(cells)
    return [cell.strip(_EDGES) for cell in cells]


def clean(cell: str) -> str:
    """Return one cell cleaned as `clean_column` does."""
    # What can be printed is no control character, no lone surrogate, and no blank but the space.
    if cell.isprintable():
        return cell.strip(" ")
    return _UNWANTED.sub("", cell.replace("\r\n", "\n").replace("\r", "\n")).strip(_EDGES)


def show_name(name: str) -> str:
    r"""Return a file's name as text, with \udcce for a byte that is none: systems in GBK leave such names behind."""
    return name.encode("utf-8", "backslashreplace").decode()


def _has_unwanted(text: str) -> bool:
    """Whether anything must go; by bytes, because that is the quickest pass over a column that is clean."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        return True
    if len(encoded.translate(None, _CONTROL_BYTES)) != len(encoded):
        return True
    return b"\xc2" in encoded and _UNWANTED.search(text) is not None


def fold(text: str) -> str:
    """Return the text for comparing labels: full width to half width, no blanks, no case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class MissingTable:
    """What a source's missing literals mean: its own over the defaults."""

    def __init__(self, own: Mapping[str, AnswerState]) -> None:
        self.own = {clean(literal): state for literal, state in own.items()}
        self._states = {**DEFAULT_MISSING, **self.own}
        # 不清楚 tells why a rating is missing, but it is something that a customer may have written.
        self._empty = {
            literal
            for literal, state in self._states.items()
            if literal in self.own or state is not AnswerState.REFUSED
        }
        self._emptied = self._empty - {""}

    def state_of(self, cell: str) -> AnswerState | None:
        """Return the state that the literal stands for, or None if it is an answer."""
        return self._states.get(cell)

    def blank_out(self, cells: list[str]) -> list[str]:
        """Return the cells of an id, date or text column, with literals for "nothing" emptied."""
        if self._emptied.isdisjoint(cells):
            return cells
        return ["" if cell in self._empty else cell for cell in cells]
