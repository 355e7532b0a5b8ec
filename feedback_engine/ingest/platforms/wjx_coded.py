"""Questions of a 问卷星 export by number or by score, where cells hold positions of options or their scores."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedback_engine.ingest.platforms.answers import answered, is_personal, judge_type
from feedback_engine.ingest.platforms.layout import Make, take
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout, shorten
from feedback_engine.ingest.platforms.wjx_cells import join_chosen, join_ranked, read_code
from feedback_engine.ingest.platforms.wjx_headings import Item, Shape
from feedback_engine.ingest.platforms.wjx_labels import take_all
from feedback_engine.ingest.platforms.wjx_modes import Mode, are_positions
from feedback_engine.ingest.platforms.wjx_twin import CodeBook
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.scales import ScaleFinding, find_range, recognise_scale
from feedback_engine.ingest.survey import Question, QuestionType

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_UNRATED = "是选项序号，不是分数，没有计分；请改用按文本的导出，或以 twin 给出"
#: Options that a question may have; larger numbers were filled in.
_MAX_OPTIONS = 40
#: Points of a scale that is answered by choosing an option.
_MAX_STEPS = 20


def add_coded(
    survey: SurveyLayout,
    items: Sequence[Item],
    cells: Sequence[Sequence[str]],
    mode: Mode,
    book: CodeBook | None,
) -> None:
    """Add all questions; those that the twin knows with its stems, labels and scales."""
    lost: list[str] = []
    codes: dict[str | int, set[str]] = {}
    for item in items:
        position = item.positions[0]
        codes.setdefault(item.group or position, set()).update(map(read_code, set(cells[position])))
    for item in items:
        if book is not None and book.add(survey, item):
            continue
        if item.shape is Shape.OPTIONS:
            _add_options(survey, item, cells)
            lost += [item.code] if not item.stem else []
        else:
            _add_column(survey, item, cells, codes[item.group or item.positions[0]], mode)
    if lost:
        survey.warnings.append(
            f"按序号的导出不含多选和排序题的题干（{'、'.join(lost)}）；请在来源里用 twin 给出同一问卷按文本的导出"
        )


def _add_options(survey: SurveyLayout, item: Item, cells: Sequence[Sequence[str]]) -> None:
    is_ranking = is_ranked(item, cells)
    type_ = QuestionType.RANK if is_ranking else QuestionType.MULTI
    join = join_ranked(item.options) if is_ranking else join_chosen(item.options)
    columns = tuple(position + 1 for position in item.positions)
    stem = item.stem or f"第{item.code[1:]}题"
    survey.add_question(Question(item.code, stem, type_, columns, options=item.options), take_all(item, join))


def is_ranked(item: Item, cells: Sequence[Sequence[str]]) -> bool:
    """Whether the option columns hold ranks, not only 1 and 0."""
    codes = {code for position in item.positions for code in set(map(read_code, cells[position]))}
    return any(code.isascii() and code.isdigit() and int(code) > 1 for code in codes)


def _add_column(survey: SurveyLayout, item: Item, cells: Sequence[Sequence[str]], codes: set[str], mode: Mode) -> None:
    """Add a single column; `codes` are those of all rows of its matrix."""
    own = [read_code(cell) for cell in cells[item.positions[0]]]
    given = sorted(answered([*codes]))
    finding, make, note = None, take(item.positions[0], read_code), ""
    if given and all(map(_NUMBER.fullmatch, given)):
        finding, make, note = _find_scale(item, given, mode)
    type_ = _judge(item, own, finding)
    question = Question(
        item.code,
        item.stem,
        type_,
        tuple(position + 1 for position in item.positions),
        finding.scale if finding else None,
        finding.evidence if finding else "",
        item.group,
        item.row_label,
        is_required=item.is_required,
    )
    if is_personal(f"{item.stem}{item.row_label}", type_, own):
        survey.skip_question(question)
        return
    if note:
        survey.warnings.append(f"{item.group or item.code}（{shorten(item.stem)}）{note}")
    survey.add_question(question, make)


def _judge(item: Item, own: Sequence[str], finding: ScaleFinding | None) -> QuestionType:
    """Return the type of a coded column; a number is an option's unless it is too large or declared as filled in."""
    if finding is not None:
        return QuestionType.MATRIX_ROW if item.group else finding.type
    type_ = judge_type(item.stem, item.declared, own)
    given = answered(own)
    if not all(map(_NUMBER.fullmatch, given)):
        return type_
    words = load_scale_words()
    if type_ is not QuestionType.NUMBER or words.has_cue("fill", item.declared) or any("." in code for code in given):
        return type_
    numbers = [float(code) for code in given]
    is_option = are_positions(numbers) or (min(numbers) > 0 and max(numbers) <= _MAX_OPTIONS)
    is_count = words.has_cue("count", item.stem) and not are_positions(numbers)
    return QuestionType.SINGLE if is_option and not is_count else type_


def _find_scale(item: Item, given: Sequence[str], mode: Mode) -> tuple[ScaleFinding | None, Make, str]:
    """Return the scale of numbers, what makes the ratings, and what the user should know."""
    make = take(item.positions[0], read_code)
    written = find_range(item.stem, item.declared)
    words = load_scale_words()
    # A slider's number is its value; nobody lists a hundred options.
    may_be_position = mode is Mode.NUMBER and not words.has_cue("slider", item.declared)
    if may_be_position and written is not None and written[0] == 0 and written[1] <= _MAX_STEPS and "0" not in given:
        return _shift(item, given, written[1])
    asks = words.has_cue("rating", item.stem)
    is_rated = written is not None or words.has_cue("scale", item.declared) or item.shape is Shape.ROW
    if not is_rated and not (mode is Mode.SCORE and asks):
        is_doubtful = mode is Mode.NUMBER and asks
        return None, make, _UNRATED if is_doubtful else ""
    declared = "" if mode is Mode.SCORE and asks else item.declared
    finding = recognise_scale(item.stem, given, declared=declared)
    if finding is None or (mode is Mode.NUMBER and written is None and finding.scale.max > _MAX_OPTIONS):
        is_doubtful = mode is Mode.NUMBER and item.shape is Shape.ROW and are_positions([float(code) for code in given])
        return None, make, _UNRATED if is_doubtful else ""
    if mode is Mode.NUMBER and written is None:
        return finding, make, f"的量表是推断的：{finding.evidence}；按选项从低到高的次序计，若第一个选项最好请给出 twin"
    return finding, make, "" if finding.is_certain else f"的量表是推断的：{finding.evidence}"


def _shift(item: Item, given: Sequence[str], top: float) -> tuple[ScaleFinding | None, Make, str]:
    """Return the scale of a question that begins at 0, whose first option is number 1: one less than the cells.

    Done only where the largest number proves it; else 6 may be 5 or 6.
    """
    position = item.positions[0]
    if max(map(float, given)) != top + 1:
        reason = (
            f"从 0 分起，按序号导出的是第几个选项（0 分是 1），最大的 {max(map(float, given)):g} 不足以证实，没有计分；"
            "请改用按文本的导出，或以 twin 给出"
        )
        return None, take(position, read_code), reason
    shifted = [_subtract_one(code) for code in given]
    finding = recognise_scale(item.stem, shifted, declared=item.declared)
    if finding is None:
        return None, take(position, read_code), ""
    note = f"从 0 分起，按序号导出的是第几个选项，已各减 1（{top + 1:g} 读作 {top:g}）"
    return finding, take(position, lambda cell: _subtract_one(read_code(cell))), note


def _subtract_one(code: str) -> str:
    return f"{float(code) - 1:g}" if _NUMBER.fullmatch(code) else code
