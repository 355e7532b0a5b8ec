"""Questions of a 问卷星 export as text, where cells hold what the respondent saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from operator import itemgetter

from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.platforms.answers import (
    answered,
    describe_question,
    fold_cell,
    hold_several,
    is_missing,
    is_personal,
    list_options,
)
from feedback_engine.ingest.platforms.layout import Make
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout
from feedback_engine.ingest.platforms.wjx_cells import (
    join_chosen,
    read_label,
    read_other,
    split_options,
    split_ranking,
)
from feedback_engine.ingest.platforms.wjx_headings import Item, Shape
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.survey import JOINER, Question, QuestionType


def add_labelled(survey: SurveyLayout, items: Sequence[Item], cells: Sequence[Sequence[str]]) -> None:
    """Add all questions of an export as text; `cells` are the sampled cells of every column."""
    values = count_values(items, cells)
    for item in items:
        columns = tuple(position + 1 for position in item.positions)
        if item.shape is Shape.OPTIONS:
            question = Question(item.code, item.stem, QuestionType.MULTI, columns, options=item.options)
            survey.add_question(question, take_all(item, join_chosen(item.options)))
        else:
            make: Make = itemgetter(item.positions[0])
            add_item(survey, item, cells, values.get(item.group), make=make, columns=columns)


def take_all(item: Item, join: Callable[[Sequence[str]], str]) -> Make:
    """Return what makes one cell of all the columns of a question."""
    return lambda row: join([row[position] for position in item.positions])


def count_values(items: Sequence[Item], cells: Sequence[Sequence[str]]) -> dict[str, Counter[str]]:
    """Return for each matrix how often each answer was given in all its rows."""
    counts: dict[str, Counter[str]] = {}
    for item in items:
        if item.group:
            given = counts.setdefault(item.group, Counter())
            for position in item.positions:
                given.update(map(read_label, cells[position]))
    return counts


def add_item(
    survey: SurveyLayout,
    item: Item,
    cells: Sequence[Sequence[str]],
    values: Counter[str] | None,
    *,
    make: Make,
    columns: tuple[int, ...],
    options: tuple[str, ...] = (),
    make_other: Make | None = None,
) -> None:
    """Add a question whose cells `make` gives as the export as text would hold them."""
    raw = [clean(cell) for cell in cells[item.positions[0]]]
    several = judge_several(item, raw)
    if several is not None:
        split = split_options if several is QuestionType.MULTI else split_ranking
        found = options or list_options(raw, split)
        question = Question(
            item.code, item.stem, several, columns, None, "", item.group, item.row_label, found, item.is_required
        )
        join = fold_cell(split_options) if several is QuestionType.MULTI else lambda cell: "→".join(split_ranking(cell))
        survey.add_question(question, lambda row: _read_several(make(row), join))
    else:
        question, finding = describe_question(
            item.code,
            item.stem,
            item.declared,
            [read_label(cell) for cell in raw],
            columns=columns,
            values=values,
            group=item.group,
            row_label=item.row_label,
            is_required=item.is_required,
        )
        if is_personal(f"{item.stem}{item.row_label}", question.type, raw):
            survey.skip_question(question)
            return
        if finding is not None:
            survey.note_scale(question, finding, len(answered(raw)))
        survey.add_question(question, lambda row: read_label(make(row)))
    if any("〖" in cell for cell in raw):
        survey.add_text(f"{item.code}_other", make_other or (lambda row: read_other(make(row))))


def judge_several(item: Item, raw: Sequence[str]) -> QuestionType | None:
    """Return MULTI or RANK for a column whose cells hold several options, None for any other."""
    words = load_scale_words()
    given = answered(raw)
    if words.has_cue("rank", item.declared) or sum("→" in cell for cell in given) * 2 > len(given):
        return QuestionType.RANK
    if words.has_cue("multi", f"{item.declared} {item.stem}"):
        return QuestionType.MULTI
    is_open = words.has_cue("fill", item.declared) or words.has_cue("text", item.stem)
    return QuestionType.MULTI if hold_several(given, JOINER, split_options, is_open=is_open) else None


def _read_several(cell: str, join: Callable[[str], str]) -> str:
    text = clean(cell)
    return read_label(text) if is_missing(text) else join(text)
