"""Heads of one stem and several parts, as most platforms write them: option columns, matrix rows, single columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby

from feedback_engine.ingest.cells import clean, fold
from feedback_engine.ingest.platforms.answers import (
    Split,
    answered,
    are_rankings,
    describe_question,
    fold_cell,
    glue_options,
    is_personal,
    list_options,
    share_options,
    split_outside_brackets,
)
from feedback_engine.ingest.platforms.layout import Make
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.survey import JOINER, RANKED, Question, QuestionType

#: What stands in an option column instead of the option's own text.
_TICKS = frozenset({"1", "1.0", "是", "√", "✓", "true", "yes", "y", "选中", "已选"})
_CROSSES = frozenset({"0", "0.0", "否", "false", "no", "n", "未选", "未选中"})


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading taken apart: 6.通勤地点:一丹图书馆 is number 6, stem and part."""

    #: Counted from 0.
    position: int
    stem: str
    part: str = ""
    #: The platform's own number of the question; empty if it gives none.
    number: str = ""
    declared: str = ""
    is_required: bool = False
    #: The stem with the part, for where the part turns out to belong to it.
    whole: str = ""
    #: Makes an answer of a cell where this column needs its own way.
    read: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Grammar:
    """How a platform writes answers."""

    #: Makes an answer of a cell; empty if there is none.
    read: Callable[[str], str] = clean
    #: What may join several answers in one cell, the likeliest first.
    joiners: tuple[str, ...] = ()
    #: Whether a cell that ends in a joiner is of a multiple choice, however few there are.
    is_terminated: bool = False


def add_heads(survey: SurveyLayout, heads: Sequence[Head], cells: Sequence[Sequence[str]], grammar: Grammar) -> None:
    """Add the questions of all columns; `cells` are the sampled cells of every column of the file.

    An empty cell says neither that the question was not shown nor that it was left out, so its state is unknown.
    """
    runs = [list(run) for _, run in groupby(heads, key=lambda head: (head.number, head.stem) if head.part else head)]
    for code, run in zip(_name_each([run[0].number for run in runs]), runs, strict=True):
        read = {head.position: list(map(_reader(head, grammar), cells[head.position])) for head in run}
        if len(run) > 1 and load_scale_words().has_cue("rank", run[0].declared):
            _add_ranking(survey, code, run, grammar)
        elif run[0].part and _are_options(run, read):
            _add_options(survey, code, run, grammar, read)
        elif len(run) > 1:
            values = Counter(cell for column in read.values() for cell in column)
            for row, head in enumerate(run, start=1):
                _add_column(survey, f"{code}_{row}", head, read[head.position], grammar, group=code, values=values)
        else:
            _add_column(survey, code, run[0], read[run[0].position], grammar)


def _name_each(numbers: Sequence[str]) -> Iterator[str]:
    """Yield the codes of questions: Q and their own number, or their place where the survey has no numbers.

    Beside numbered ones, what has no number is U1, U2: a column put in front must not take the first one's code.
    """
    is_numbered, places, taken = any(numbers), count(1), set[str]()
    for number in numbers:
        code = f"Q{number}" if number else f"{'U' if is_numbered else 'Q'}{next(places)}"
        while code in taken:
            code += "r"
        taken.add(code)
        yield code


def _are_options(run: Sequence[Head], read: dict[int, list[str]]) -> bool:
    """Whether these are columns of options: each cell holds its option, or a tick, or is empty."""
    if load_scale_words().has_cue("matrix", run[0].declared):
        return False
    marks = _TICKS | _CROSSES
    is_named = False
    for head in run:
        part = fold(head.part)
        for cell in set(answered(read[head.position])):
            folded = fold(cell)
            if not (folded == part or folded.startswith((f"{part}:", f"{part}_", f"{part}〖")) or folded in marks):
                return False
            is_named = is_named or folded not in marks
    return is_named or (len(run) > 1 and any(answered(column) for column in read.values()))


def _add_options(
    survey: SurveyLayout, code: str, run: Sequence[Head], grammar: Grammar, read: dict[int, list[str]]
) -> None:
    columns = tuple(head.position + 1 for head in run)
    options = tuple(head.part for head in run)
    question = Question(code, run[0].stem, QuestionType.MULTI, columns, options=options, is_required=run[0].is_required)

    def join(row: Sequence[str]) -> str:
        answers = [(head.part, _reader(head, grammar)(row[head.position])) for head in run]
        chosen = [part for part, cell in answers if cell and fold(cell) not in _CROSSES]
        return JOINER.join(chosen) or ("(空)" if any(cell for _, cell in answers) else "(缺失)")

    survey.add_question(question, join)
    if any(_beside(head.part, cell) for head in run for cell in set(read[head.position])):
        survey.add_text(
            f"{code}_other",
            lambda row: "；".join(
                t for head in run if (t := _beside(head.part, _reader(head, grammar)(row[head.position])))
            ),
        )


def _add_ranking(survey: SurveyLayout, code: str, run: Sequence[Head], grammar: Grammar) -> None:
    """Add a ranking whose option columns hold ranks, as one cell of options from the first choice on."""

    def rank(row: Sequence[str]) -> str:
        ranks = [(_reader(head, grammar)(row[head.position]), head.part) for head in run]
        ranked = sorted((int(cell), part) for cell, part in ranks if cell.isascii() and cell.isdigit() and cell != "0")
        return RANKED.join(part for _, part in ranked) or "(缺失)"

    columns, options = tuple(head.position + 1 for head in run), tuple(head.part for head in run)
    survey.add_question(Question(code, run[0].stem, QuestionType.RANK, columns, options=options), rank)


def _beside(part: str, cell: str) -> str:
    """Return what was written beside an option: 其他:骑车 in the column of 其他."""
    if not cell.startswith(part) or len(cell) == len(part):
        return ""
    return cell[len(part) :].strip(" :：_〖〗()（）")


def _add_column(
    survey: SurveyLayout,
    code: str,
    head: Head,
    own: Sequence[str],
    grammar: Grammar,
    *,
    group: str = "",
    values: Counter[str] | None = None,
) -> None:
    stem = head.stem if group else head.whole or head.stem
    columns = (head.position + 1,)
    split = _find_joiner(stem, head.declared, own, grammar)
    if split is not None:
        is_ranked = are_rankings(own, split)
        type_ = QuestionType.RANK if is_ranked else QuestionType.MULTI
        fold_answers, read = fold_cell(split, RANKED if is_ranked else JOINER), _reader(head, grammar)
        options = list_options(own, split)
        row_label = head.part if group else ""
        question = Question(code, stem, type_, columns, None, "", group, row_label, options, head.is_required)
        survey.add_question(question, lambda row: fold_answers(read(row[head.position]) or "(缺失)"))
        return
    question, finding = describe_question(
        code,
        stem,
        head.declared,
        own,
        columns=columns,
        values=values,
        group=group,
        row_label=head.part if group else "",
        is_required=head.is_required,
    )
    if is_personal(stem, question.type, own):
        survey.skip_question(question)
        return
    if finding is not None:
        survey.note_scale(question, finding, len(answered(own)))
    read = _reader(head, grammar)
    survey.add_question(question, lambda row: read(row[head.position]) or "(缺失)")


def _reader(head: Head, grammar: Grammar) -> Callable[[str], str]:
    return head.read or grammar.read


def _find_joiner(stem: str, declared: str, own: Sequence[str], grammar: Grammar) -> Split | None:
    """Return what splits the column's cells into options; None if they hold one answer each.

    Of several joiners that would do, the one that leaves the fewest different options: others cut options in two.
    """
    words = load_scale_words()
    given = answered(own)
    is_declared = words.has_cue("multi", declared) or words.has_cue("multi", stem)
    is_open = words.has_cue("fill", declared) or words.has_cue("text", stem)
    found: list[Split] = []
    for joiner in grammar.joiners:
        split = _splitter(joiner)
        ends = sum(cell.endswith(joiner.strip()) for cell in given)
        joined = sum(joiner in cell for cell in given)
        is_terminated = grammar.is_terminated and 0 < ends == len(given)
        is_shared = joined > 0 and share_options(given, split) and not (is_open and joined * 2 <= len(given))
        if is_terminated or is_shared or are_rankings(given, split) or (joined > 0 and is_declared):
            found.append(glue_options(given, split, joiner))
    return min(found, key=lambda split: len(list_options(own, split)), default=None)


def _splitter(joiner: str) -> Split:
    return lambda cell: split_outside_brackets(cell, joiner)


def add_id(survey: SurveyLayout, number: int, *, moment: Make | None = None) -> None:
    """Add the id: the platform's number, and where one is given the minute, as numbers begin anew in every survey.

    The minute, because spreadsheets drop seconds when they save as CSV.
    """

    def make(row: Sequence[str]) -> str:
        own = clean(row[number]).removesuffix(".0")
        at = to_minute(moment(row)) if moment is not None else ""
        return f"{own}@{at}" if own and at else own

    survey.add_field("id", "编号", make)


def to_minute(text: str) -> str:
    """Return the digits of a moment down to the minute, however its parts are parted; empty if it is none."""
    parts = "".join(character if character.isdigit() else " " for character in text).split()
    if len(parts) < 3 or len(parts[0]) != 4:
        return ""
    return parts[0] + "".join(part.zfill(2) for part in (*parts[1:5], "0", "0")[:4])
