"""Ids that can be trusted, and those that a spreadsheet has damaged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.readers.rows import Rows, Tally

_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+", re.ASCII)
#: Excel keeps 15 digits; from 16 on, the others are zeros.
_LONG = re.compile(r"\d{16,}", re.ASCII)
_FORMULA = re.compile(r'="?(.*?)"?', re.DOTALL)
_ROUNDED = re.compile(r"\d{15,}0\W*$|[Ee]\+", re.ASCII)
#: Rows that are looked at together.
_STRETCH = 200
#: Below this number of zeros at the end of long ids, in the places that Excel loses, they may be chance.
_MIN_ZEROS = 10
_KEPT_DIGITS = 15


def clean_id(cell: str) -> str:
    """Return the id without what guards it against Excel: a trailing tab, a leading ' or a ="…" around it."""
    text = clean(cell)
    if text[:1] == "=":
        match = _FORMULA.fullmatch(text)
        text = match[1] if match else text
    text = text.removeprefix("'")
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def are_damaged(cells: Sequence[str]) -> bool:
    """Whether Excel has rounded the ids of this column: most in scientific notation, or long ones 0 behind 15 digits.

    A few cells in scientific notation among sound ids are the common code's: it gives up these, and no others.
    """
    ids = [clean_id(cell) for cell in cells]
    if sum(_SCIENTIFIC.fullmatch(text) is not None for text in ids) * 2 > len(ids):
        return True
    long = [text for text in ids if _LONG.fullmatch(text)]
    lost = sum(len(text) - _KEPT_DIGITS for text in long)
    are_cut = all(len(text.rstrip("0")) <= _KEPT_DIGITS for text in long)
    return are_cut and len(set(long)) > 1 and lost >= _MIN_ZEROS


@dataclass(frozen=True, slots=True)
class Key:
    """The column that tells rows apart; None if there is none to be trusted, so that content does."""

    position: int | None
    warnings: tuple[str, ...] = ()


def are_serial(cells: Sequence[str]) -> bool:
    """Whether these are but the numbers of the lines, 1, 2, 3 … in any order, which the next export will use again."""
    ids = {clean_id(cell) for cell in cells}
    if len(ids) < len(cells):
        return False
    return any(ids == {str(number) for number in range(start, start + len(ids))} for start in (0, 1))


def guard_ids(rows: Rows, position: int | None) -> Rows:
    """Return the rows without the ids that Excel has damaged further down than the beginning tells.

    A file that was saved by Excel once and appended to since, or the other way round, is damaged in parts: so it is
    looked at stretch by stretch.
    """
    if position is None:
        return rows
    tally = Tally(f"{rows.header[position]!r} 列有 {{}} 行的编号被 Excel 改坏（末位成 0），这些行改按内容识别")
    rows.tallies.append(tally)
    return replace(rows, records=_blank_damaged(rows, position, tally))


def _blank_damaged(rows: Rows, position: int, tally: Tally) -> Iterator[tuple[int, list[str]]]:
    records = iter(rows)
    while stretch := list(islice(records, _STRETCH)):
        ids = [cells[position] for _, cells in stretch if position < len(cells) and cells[position]]
        if any(map(_ROUNDED.search, ids)) and are_damaged(ids):
            for _, cells in stretch:
                if position < len(cells) and cells[position]:
                    cells[position] = ""
                    tally.count += 1
        yield from stretch


def choose_key(sample: Sample, candidates: Sequence[int]) -> Key:
    """Return the first column of the candidates whose ids are undamaged and there, with a warning for each damaged."""
    warnings: list[str] = []
    for position in candidates:
        cells = sample.column(position)
        if not cells:
            continue
        if not are_damaged(cells):
            used = f"改用 {sample.header[position]!r} 列识别每一行" if warnings else ""
            return Key(position, tuple(f"{warning}{used}" for warning in warnings))
        warnings.append(f"{sample.header[position]!r} 列的编号被 Excel 改坏（末位成 0 或科学计数法），不能用来去重；")
    last = "改按内容识别每一行，请重新导出编号为文本的文件"
    return Key(None, tuple(f"{warning}{last}" for warning in warnings))
