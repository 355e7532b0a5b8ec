"""How a 问卷星 file was exported: 按文本 (labels), 按序号 (positions of options) or 按分数 (scores)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from feedback_engine.errors import AmbiguousMode
from feedback_engine.ingest.platforms.answers import answered
from feedback_engine.ingest.platforms.wjx_headings import Item, Shape
from feedback_engine.ingest.platforms.wjx_labels import judge_several
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.survey import JOINER, QuestionType

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_RANKED = re.compile(r"[^→\n]{1,60}→[^→\n]{1,60}(?:→[^→\n]{1,60})*")
_SCORED = re.compile(r"\d{1,3}分")
#: Not shown, and not answered, where answers are numbers.
CODED_MISSING = frozenset({"-3", "-2"})
#: Distinct labels that a column of options may hold.
_MAX_LABELS = 30
#: Answers that it takes to see that they come back.
_REPEATED = 4
#: Options that a question may have; larger numbers were filled in.
_MAX_POSITION = 40


class Mode(StrEnum):
    """What a cell of a closed question holds."""

    TEXT = "text"
    NUMBER = "number"
    SCORE = "score"


#: How file names tell: 123_按文本_标题_20_19.xlsx, or 123_20_0.xls as they once were.
_NAMES = (
    (re.compile(r"按(?:选项)?文本|_0\.(?:xlsx?|csv)$", re.IGNORECASE), Mode.TEXT),
    (re.compile(r"按(?:选项)?序号|_2\.(?:xlsx?|csv)$", re.IGNORECASE), Mode.NUMBER),
    (re.compile(r"按(?:选项)?分[数值]|\d_\d+_1\.(?:xlsx?|csv)$", re.IGNORECASE), Mode.SCORE),
)
_WORDS = {Mode.TEXT: "按文本", Mode.NUMBER: "按序号", Mode.SCORE: "按分数"}
#: The attribute of an answer whose options were read without their words, and its values: scores tell more.
FORM = "导出方式"
FORMS = (_WORDS[Mode.NUMBER], _WORDS[Mode.SCORE])


@dataclass(frozen=True, slots=True)
class ModeFinding:
    """The mode and why, in Chinese."""

    mode: Mode
    evidence: str

    @property
    def form(self) -> str:
        """What the platform calls it."""
        return _WORDS[self.mode]


def decide_mode(
    items: Sequence[Item], cells: Sequence[Sequence[str]], file_name: str, pinned: str | None
) -> ModeFinding:
    """Return how the file was exported; raises AmbiguousMode when a rating could be a position as well as a score."""
    if pinned is not None:
        return ModeFinding(Mode(pinned), f"按配置的 mode: {pinned} 读作{_WORDS[Mode(pinned)]}的导出")
    columns = [(item, answered(cells[position])) for item in items for position in item.positions]
    is_labelled = "" if _has_marks(columns) else _find_labels(items, cells)
    if is_labelled:
        return ModeFinding(Mode.TEXT, f"{is_labelled}，读作按文本的导出")
    named = next((mode for form, mode in _NAMES if form.search(file_name)), None)
    has_codes = any(item.shape is Shape.OPTIONS or CODED_MISSING & set(given) for item, given in columns)
    if named is not None and (named is not Mode.TEXT or not has_codes):
        return ModeFinding(named, f"文件名表明是{_WORDS[named]}的导出")
    if any(item.shape is Shape.OPTIONS for item in items):
        return ModeFinding(Mode.NUMBER, "多选或排序题每个选项一列，读作按序号的导出")
    if not _are_coded(columns):
        return ModeFinding(Mode.TEXT, "选项以文字写出，读作按文本的导出")
    return _decide_coded(columns, file_name)


def _has_marks(columns: Sequence[tuple[Item, Sequence[str]]]) -> bool:
    """Whether options have columns of their own that hold numbers, which an export as text never writes."""
    marks = [given for item, given in columns if item.shape is Shape.OPTIONS and given]
    return bool(marks) and all(map(_is_numeric, marks))


def _find_labels(items: Sequence[Item], cells: Sequence[Sequence[str]]) -> str:
    """Return the mark of an export as text that was found; empty if there is none."""
    for item in items:
        for position in item.positions:
            column = cells[position]
            given = answered(column)
            if "(跳过)" in column:
                return "有“(跳过)”"
            if judge_several(item, column) is QuestionType.MULTI and any(JOINER in cell for cell in given):
                return f"多选答案以“{JOINER}”连接"
            if given and all(_SCORED.fullmatch(cell) for cell in given):
                return "打分写作“N分”"
            if given and sum(_RANKED.fullmatch(cell) is not None for cell in given) * 2 > len(given):
                return "排序答案以“→”连接"
    return ""


def _are_coded(columns: Sequence[tuple[Item, Sequence[str]]]) -> bool:
    """Whether closed questions hold numbers: a missing code among the cells, or more numbers than labels.

    Labels that come back are proof of words; columns of different words may be filled in.
    """
    filled = [(item, given) for item, given in columns if given]
    if any(CODED_MISSING & set(given) for _, given in filled):
        return True
    labelled = [given for item, given in filled if _may_be_labels(item, given)]
    if any(len(given) >= _REPEATED and len(set(given)) * 2 <= len(given) for given in labelled):
        return False
    return sum(_is_numeric(given) for _, given in filled) > len(labelled)


def _is_numeric(given: Sequence[str]) -> bool:
    return all(_NUMBER.fullmatch(cell) for cell in given)


def _may_be_labels(item: Item, given: Sequence[str]) -> bool:
    """Whether the column may hold options in words: few, of a question that does not look filled in."""
    words = load_scale_words()
    is_open = any(words.has_cue(kind, item.stem) for kind in ("text", "personal", "location"))
    is_filled_in = is_open or words.has_cue("fill", item.declared)
    return not is_filled_in and not _is_numeric(given) and len(set(given)) <= _MAX_LABELS


def _decide_coded(columns: Sequence[tuple[Item, Sequence[str]]], file_name: str) -> ModeFinding:
    """Return number or score for a body of numbers alone."""
    words = load_scale_words()
    closed = [
        (item, [float(cell) for cell in given if _NUMBER.fullmatch(cell) and cell not in CODED_MISSING])
        for item, given in columns
        if not words.has_cue("fill", item.declared) and not words.has_cue("count", item.stem)
    ]
    if any(number % 1 for _, numbers in closed for number in numbers):
        return ModeFinding(Mode.SCORE, "选择题里有小数，读作按分数的导出")
    if any(0 in numbers and words.has_cue("choice", item.declared) for item, numbers in closed):
        return ModeFinding(Mode.SCORE, "单选题里有 0，不会是选项序号，读作按分数的导出")
    plain = next((item for item, numbers in closed if not _is_rated(item) and are_positions(numbers)), None)
    rated = next((item for item, _ in closed if _is_rated(item)), None)
    if plain is not None:
        return ModeFinding(Mode.NUMBER, f"“{plain.stem[:20]}”不是打分题，答案却是 1、2……，读作按序号的导出")
    if rated is not None:
        raise AmbiguousMode(
            f"{file_name}：问卷星的导出全是数字，分不清是按序号还是按分数"
            f"（如“{rated.stem[:30]}”的 1 是第 1 个选项还是 1 分）；"
            "请在来源里写 mode: number 或 mode: score，或改用按文本的导出"
        )
    return ModeFinding(Mode.NUMBER, "答案全是整数，读作按序号的导出")


def are_positions(numbers: Sequence[float]) -> bool:
    """Whether these can only be positions in a list of options: from 1, without large gaps."""
    distinct = set(numbers)
    return bool(distinct) and min(distinct) == 1 and 1 < max(distinct) <= min(_MAX_POSITION, 2 * len(distinct))


def _is_rated(item: Item) -> bool:
    """Whether a number here would be taken for a rating."""
    words = load_scale_words()
    return item.shape is Shape.ROW or words.has_cue("scale", item.declared) or words.has_cue("rating", item.stem)
