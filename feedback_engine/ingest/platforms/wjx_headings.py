"""The headings of 问卷星 → meta columns and questions: numbered heads, matrix rows, option columns, bare rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.platforms.answers import answered, is_missing
from feedback_engine.ingest.scales import recognise_scale

_NUMBERED = re.compile(r"(?:第\s*)?(\d{1,4})\s*题?\s*[、.．:：]\s*(.*)", re.DOTALL)
_OLD_OPTION = re.compile(r"第(\d{1,4})题\s*[(（](.*)[)）]", re.DOTALL)
_NEW_OPTION = re.compile(r"[(（](.*)[)）]", re.DOTALL)
#: 题干(选项): as heads are written after the survey was edited.
_EDITED_OPTION = re.compile(r"(.+?)[(（](.*)[)）]", re.DOTALL)
#: (单选题 *必答), [矩阵量表题], （多选,）, (省市地区 *必答): what the platform adds to a head.
_NOISE = re.compile(
    r"[(\[（【]\s*((?:单选|多选|单项|多项|矩阵|填空|排序|量表|NPS|滑动|滑块|比重|评分|打分|下拉|表格|上传|简答|级联|必答|必填|选填)"
    r"[^()（）\[\]【】]{0,14}|[^()（）\[\]【】*]{1,12}\*\s*必答)\s*[)\]）】]\s*\*?"
)
#: One em dash: two are punctuation.
_DASH = re.compile(r"(?<!—)—(?!—)")
_RANK = re.compile(r"-?\d{1,3}", re.ASCII)
_SCORE_UNIT = re.compile(r"-?\d+(?:\.\d+)?分?", re.ASCII)


class Shape(StrEnum):
    """How a question lies in the file."""

    COLUMN = "column"
    ROW = "row"
    OPTIONS = "options"


@dataclass(frozen=True, slots=True)
class Item:
    """A question as the headings tell it: one column, one row of a matrix, or a column an option."""

    code: str
    shape: Shape
    #: Empty where the export has lost it.
    stem: str
    declared: str
    #: Counted from 0.
    positions: tuple[int, ...]
    row_label: str = ""
    group: str = ""
    options: tuple[str, ...] = ()

    @property
    def is_required(self) -> bool:
        """Whether the head says that an answer is a must."""
        return "必答" in self.declared or "必填" in self.declared


@dataclass(frozen=True, slots=True)
class _Head:
    position: int
    number: str
    text: str
    #: The option, where the head is that of an option column.
    option: str | None = None


def find_first_question(header: Sequence[str]) -> int | None:
    """Return the position of the first question's column, None if no head looks like one."""
    heads = (clean(heading) for heading in header)
    return next((at for at, head in enumerate(heads) if _NUMBERED.match(head) or _OLD_OPTION.fullmatch(head)), None)


def read_headings(header: Sequence[str], positions: Sequence[int], cells: Sequence[Sequence[str]]) -> list[Item]:
    """Return the questions in the columns at these positions; `cells` are the sampled cells of every column."""
    heads = _mark_options([_read_head(position, clean(header[position])) for position in positions])
    items: list[Item] = []
    at = 0
    while at < len(heads):
        taken = _read_options(heads, at) or _read_matrix(heads, at, cells) or _read_column(heads, at)
        items += taken
        at += sum(len(item.positions) for item in taken)
    return _distinguish([part for item in items for part in _part_matrix(item, cells)])


def _part_matrix(item: Item, cells: Sequence[Sequence[str]]) -> list[Item]:
    """Return the rows of a matrix whose heads look like options, as old exports write them; else the item."""
    if item.shape is not Shape.OPTIONS or _are_options(item, cells):
        return [item]
    return [
        Item(f"{item.code}_{number}", Shape.ROW, item.stem, "", (position,), label, item.code)
        for number, (position, label) in enumerate(zip(item.positions, item.options, strict=True), start=1)
    ]


def _are_options(item: Item, cells: Sequence[Sequence[str]]) -> bool:
    """Whether the columns hold 1 and 0, the option itself, or ranks, which come once in a row; not labels or scores."""
    repeated, ranked = 0, 0
    for row in zip(*(cells[position] for position in item.positions), strict=True):
        given = [cell for cell in row if not is_missing(cell)]
        if any(
            not _RANK.fullmatch(cell) and cell != option
            for cell, option in zip(row, item.options, strict=True)
            if not is_missing(cell)
        ):
            return False
        ranks = [cell for cell in given if cell.isdigit() and cell != "0"]
        ranked += any(cell != "1" for cell in ranks)
        repeated += len(set(ranks)) < len(ranks)
    return not ranked or repeated * 10 < len(cells[item.positions[0]])


def split_noise(text: str) -> tuple[str, str]:
    """Return the head without what the platform added, and that: the declared type."""
    declared = " ".join(match[1] for match in _NOISE.finditer(text))
    return clean(_NOISE.sub("", text)), clean(declared)


def _read_head(position: int, text: str) -> _Head:
    if match := _OLD_OPTION.fullmatch(text):
        return _Head(position, match[1], text, clean(match[2]))
    if match := _NUMBERED.fullmatch(text):
        return _Head(position, match[1], clean(match[2]))
    return _Head(position, "", text)


def _mark_options(heads: list[_Head]) -> list[_Head]:
    """Return the heads with option columns marked: `1、(选项)` and `1、题干(选项)`, where the number comes twice."""
    marked = list(heads)
    for start, end in _runs(heads):
        run = heads[start:end]
        if end - start < 2 or run[0].option is not None:
            continue
        new = [_NEW_OPTION.fullmatch(head.text) for head in run]
        edited = [_EDITED_OPTION.fullmatch(split_noise(head.text)[0]) for head in run]
        if all(new):
            marked[start:end] = [_Head(h.position, h.number, "", clean(m[1])) for h, m in zip(run, new) if m]  # noqa: B905
        elif len({match[1] if match else None for match in edited}) == 1 and edited[0]:
            stems = [(match[1], clean(match[2])) for match in edited if match]
            marked[start:end] = [_Head(h.position, h.number, s, o) for h, (s, o) in zip(run, stems, strict=True)]
    return marked


def _runs(heads: list[_Head]) -> list[tuple[int, int]]:
    """Return the stretches of heads that share a number."""
    runs: list[tuple[int, int]] = []
    for at, head in enumerate(heads):
        if runs and head.number and heads[at - 1].number == head.number:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _read_options(heads: list[_Head], at: int) -> list[Item]:
    first = heads[at]
    if first.option is None:
        return []
    end = at
    while end < len(heads) and heads[end].option is not None and heads[end].number == first.number:
        end += 1
    run = heads[at:end]
    stem = "" if _OLD_OPTION.fullmatch(first.text) else first.text
    options = tuple(head.option or "" for head in run)
    positions = tuple(head.position for head in run)
    return [Item(f"Q{first.number}", Shape.OPTIONS, stem, "", positions, options=options)]


def _read_matrix(heads: list[_Head], at: int, cells: Sequence[Sequence[str]]) -> list[Item]:
    """Return the rows of a matrix that begins here; a lone row with a dash is a question like any other."""
    first = heads[at]
    if not first.number or (parts := _split_row(first.text)) is None:
        return []
    (stem, declared), row = split_noise(parts[0]), split_noise(parts[1])[0]
    rows = [(first.position, row)]
    values = set(answered(cells[first.position]))
    for head in heads[at + 1 :]:
        if head.option is not None or (head.number and head.number != first.number):
            break
        if not head.number and not _is_alike(answered(cells[head.position]), values):
            break
        values |= set(answered(cells[head.position]))
        again = _split_row(head.text)
        is_repeated = again is not None and again[0] == parts[0]
        rows.append((head.position, split_noise(again[1] if again and is_repeated else head.text)[0]))
    if len(rows) < 2:
        return []
    group = f"Q{first.number}"
    return [
        Item(f"{group}_{number}", Shape.ROW, stem, declared, (position,), label, group)
        for number, (position, label) in enumerate(rows, start=1)
    ]


def _split_row(text: str) -> tuple[str, str] | None:
    """Return the stem and the row's label, parted at the last lone em dash; None if there is none."""
    dashes = list(_DASH.finditer(text))
    if not dashes or not text[: dashes[-1].start()].strip() or not text[dashes[-1].end() :].strip():
        return None
    return clean(text[: dashes[-1].start()]), clean(text[dashes[-1].end() :])


def _is_alike(given: Sequence[str], values: set[str]) -> bool:
    """Whether a column without a number can be the next row: nothing in it, shared values, or the same scale."""
    if not given or not values or not values.isdisjoint(given):
        return True
    is_scored = all(_SCORE_UNIT.fullmatch(cell) for cell in (*given, *values))
    return is_scored or recognise_scale("", {*given, *values}) is not None


def _read_column(heads: list[_Head], at: int) -> list[Item]:
    head = heads[at]
    stem, declared = split_noise(head.text)
    return [Item(f"Q{head.number}" if head.number else "", Shape.COLUMN, stem, declared, (head.position,))]


def _distinguish(items: list[Item]) -> list[Item]:
    """Return the items with codes of their own: blanks of one number become Q5_1, Q5_2, those without one U1, U2."""
    counts = Counter(item.code for item in items)
    seen: Counter[str] = Counter()
    taken = set(counts)
    named = []
    for item in items:
        code = item.code
        seen[code] += 1
        if not code:
            code = f"U{seen[item.code]}"
        elif counts[code] > 1:
            code = f"{code}_{seen[item.code]}"
            while code in taken:
                code += "r"
            taken.add(code)
        named.append(replace(item, code=code))
    return named
