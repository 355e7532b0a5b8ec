"""The cells below the headings, which tell what kind of question each is, and the questionnaire that they become."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from feedback_engine.ingest.cells import clean, fold
from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.platforms.answers import (
    MOST_VALUES,
    Split,
    answered,
    are_rankings,
    describe_question,
    fold_cell,
    is_personal,
    list_options,
)
from feedback_engine.ingest.platforms.layout import Make
from feedback_engine.ingest.platforms.non_answers import find_option_non_answer
from feedback_engine.ingest.platforms.spans import BLANK, CROSSES, NOT_SHOWN, TICKS, UNKNOWN, Part, Shape, Span, tidy
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout, shorten
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.scales import ScaleFinding
from feedback_engine.ingest.survey import JOINER, MISSING, Question, QuestionType

_CODE_MARKS = re.compile(r"[^\w.\-]+")
_CODE_START = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff]")
_MAX_CODE = 80
#: Fewer respondents than this may rank by accident what they only rated.
_MIN_RANKINGS = 3
_RANK_CUE = re.compile(r"\brank|order of preference|排序|排列|rangfolge|reihenfolge", re.IGNORECASE)


@dataclass
class Sheet:
    """The answers below the headings, and the questionnaire that they become."""

    sample: Sample
    survey: SurveyLayout = field(default_factory=SurveyLayout)
    #: Makes an answer of a cell, or a key of MISSING; empty if there is nothing.
    read: Callable[[str], str] = clean
    #: What an empty cell means.
    blank: str = UNKNOWN
    ticks: frozenset[str] = TICKS
    crosses: frozenset[str] = CROSSES
    #: The only value that means "chosen" in an option's column; empty where all but crosses do.
    counted: str = ""
    #: Whether numbers may be codes of options: without wording that asks for a rating they are no scale.
    is_coded: bool = False
    #: What a column of numbers is that is no scale.
    number_type: QuestionType = QuestionType.NUMBER
    _codes: set[str] = field(default_factory=set)

    def cells(self, position: int) -> list[str]:
        """Return what the sampled cells of a column say."""
        return [self.read(row[position]) for row in self.sample.rows if position < len(row)]

    def values(self, position: int) -> list[str]:
        """Return the distinct answers in a column."""
        return list(dict.fromkeys(answered(self.cells(position))))

    def name(self, code: str) -> str:
        """Return the code as the configuration may write it, unlike all others."""
        plain = _CODE_MARKS.sub("_", code).strip("_")[:_MAX_CODE]
        plain = plain if _CODE_START.match(plain) else f"Q{plain}"
        name, number = plain, 1
        while name in self._codes:
            number += 1
            name = f"{plain}_r{number}"
        self._codes.add(name)
        return name

    def add(self, span: Span) -> None:
        """Add a question."""
        if span.other is not None and self._is_ticked(span.other):
            span = replace(span, parts=(*span.parts, span.other), other=None)
        shape = span.shape if span.shape is not Shape.AUTO else self._judge(span)
        if shape is Shape.OPTIONS:
            self._add_options(span)
        elif shape in (Shape.RANKS, Shape.SLOTS, Shape.ENTRIES):
            self._add_ranks(span, shape)
        elif span.parts[0].label or len(span.parts) > 1:
            self._add_rows(span)
        else:
            self._add_cell(span)
        if span.other is not None:
            self.add_other(span.other, span)

    def add_other(self, part: Part, span: Span) -> None:
        """Add what was written beside an option."""
        code = self.name(part.code or f"{span.code}_other")
        question = Question(code, span.stem, QuestionType.TEXT, (part.position + 1,), row_label=part.label or "其他")
        self.survey.add_question(question, self._take(part.position))

    def _take(self, position: int, blank: str = "") -> Make:
        read, blank = self.read, blank or self.blank
        return lambda row: read(row[position]) or blank

    def _judge(self, span: Span) -> Shape:
        """Return how the columns hang together, by their cells."""
        if len(span.parts) == 1 and not span.parts[0].label:
            return Shape.ROWS
        if self.are_options(span.parts):
            return Shape.OPTIONS
        return Shape.RANKS if self.are_ranks(span) else Shape.ROWS

    def are_options(self, parts: Sequence[Part]) -> bool:
        """Whether each column holds its option, or a tick, or nothing; ticks alone need two columns."""
        is_named = is_ticked = False
        for part in parts:
            label = fold(part.label)
            for value in map(fold, self.values(part.position)):
                if label and value == label:
                    is_named = True
                elif value in self.ticks:
                    is_ticked = True
                elif value not in self.crosses:
                    return False
        return is_named or (is_ticked and len(parts) > 1)

    def _is_ticked(self, part: Part) -> bool:
        """Whether nothing was written beside the option: its column holds but the option, or ticks."""
        values = {fold(value) for value in self.values(part.position)}
        return bool(values) and values <= {fold(part.label)} | self.ticks | self.crosses

    def are_own_texts(self, parts: Sequence[Part]) -> bool:
        """Whether the columns, which have no labels, each hold one text of their own: an option that some chose."""
        values = [self.values(part.position) for part in parts]
        found = [fold(own[0]) for own in values if own]
        return len(parts) > 1 and all(len(own) < 2 for own in values) and len(set(found)) == len(found) > 0

    def are_ranks(self, span: Span) -> bool:
        """Whether every respondent numbers the options from 1 without a gap or a tie."""
        columns = [self.cells(part.position) for part in span.parts]
        rows = [[cell for cell in row if cell and cell not in MISSING] for row in zip(*columns, strict=True)]
        rankings = [row for row in rows if row]
        if len(span.parts) < 2 or not any(len(row) > 1 for row in rankings):
            return False
        if any(set(row) != {str(n) for n in range(1, len(row) + 1)} for row in rankings):
            return False
        return len(rankings) >= _MIN_RANKINGS or _RANK_CUE.search(span.stem) is not None

    def _add_cell(self, span: Span) -> None:
        position = span.parts[0].position
        if span.split is not None:
            self._add_folded(span, span.split)
            return
        self._add_column(span, self.name(span.code), span.parts[0], self._take(position))

    def _add_folded(self, span: Span, split: Split) -> None:
        position = span.parts[0].position
        cells = self.cells(position)
        type_ = QuestionType.RANK if are_rankings(cells, split) else QuestionType.MULTI
        options = list_options(cells, split)
        question = Question(self.name(span.code), span.stem, type_, (position + 1,), options=options)
        fold_answers, read, blank = fold_cell(split), self.read, self.blank
        self.survey.add_question(question, lambda row: fold_answers(read(row[position])) or blank)

    def _add_rows(self, span: Span) -> None:
        """Add a matrix: a question a row. A row left empty where another was answered was shown."""
        positions = [part.position for part in span.parts]
        columns = {part: self.values(part.position) for part in span.parts}
        written = _find_written(columns)
        values = {value for part, own in columns.items() if part not in written for value in own}
        group = self.name(span.code) if len(span.parts) > 1 else ""
        for number, part in enumerate(span.parts, start=1):
            code = self.name(part.code or (f"{span.code}_{number}" if group else span.code))
            make = self._take_row(part.position, positions)
            own = columns[part] if part in written else values
            self._add_column(span, code, part, make, group=group, values=own)
        self._warn_unrated(group, span.stem)

    def _warn_unrated(self, group: str, stem: str) -> None:
        """Tell of a matrix whose answers look like grades of something, yet are of no known scale."""
        rows = [question for question in self.survey.questions if group and question.group == group]
        closed = [question for question in rows if question.type is QuestionType.SINGLE]
        if len(closed) > 1 and not any(question.scale for question in rows):
            shown = "、".join(dict.fromkeys(option for question in closed for option in question.options[:4]))
            what = shorten(shown) or "只有代码，没有文字"
            self.warn(f"{group}（{shorten(stem)}）各行的答案认不出量表，只作为属性保留：{what}；可用映射文件声明")

    def _take_row(self, position: int, positions: Sequence[int]) -> Make:
        read, blank = self.read, self.blank

        def make(row: Sequence[str]) -> str:
            if own := read(row[position]):
                return own
            return BLANK if any(read(row[at]) not in ("", NOT_SHOWN) for at in positions) else blank

        return make

    def _add_column(
        self, span: Span, code: str, part: Part, make: Make, *, group: str = "", values: Collection[str] | None = None
    ) -> None:
        question, finding, skipped = self._describe(span, code, part, group=group, values=values)
        if is_personal(f"{span.stem} {part.label}", question.type):
            self.survey.skip_question(question)
            return
        if finding is not None and self.is_coded and not finding.is_certain and not self._asks_rating(span, part):
            question = replace(question, type=self.number_type, scale=None, scale_evidence="", options=())
            finding = None
        if not span.declared and question.type is QuestionType.NUMBER:
            question = replace(question, type=self.number_type)
        if finding is not None:
            self.survey.note_scale(question, finding, len(answered(self.cells(part.position))))
        self.survey.add_question(question, _replace_words(make, skipped))

    def _describe(
        self, span: Span, code: str, part: Part, *, group: str, values: Collection[str] | None
    ) -> tuple[Question, ScaleFinding | None, dict[str, str]]:
        """Return the question, its scale, and the options that are no answers, without which there would be none."""
        cells = self.cells(part.position)
        columns = (part.position + 1,)

        def describe(cells: Sequence[str], values: Collection[str] | None) -> tuple[Question, ScaleFinding | None]:
            return describe_question(
                code,
                span.stem,
                span.declared,
                cells,
                columns=columns,
                values=values,
                group=group,
                row_label=part.label,
                value_labels=span.value_labels,
            )

        question, finding = describe(cells, values)
        if finding is not None or len(values or ()) > MOST_VALUES:
            return question, finding, {}
        shown = {*cells, *(values or ())}
        skipped = {value: literal for value in shown if (literal := find_option_non_answer(value))}
        if skipped:
            rest = None if values is None else [value for value in values if value not in skipped]
            without, found = describe([cell for cell in cells if cell not in skipped], rest)
            if found is not None:
                return without, found, skipped
        return question, None, {}

    def _asks_rating(self, span: Span, part: Part) -> bool:
        return len(span.parts) > 1 or load_scale_words().has_cue("rating", f"{span.stem} {part.label}")

    def _add_options(self, span: Span) -> None:
        parts = [part if part.label else replace(part, label=self._own_text(part)) for part in span.parts]
        other = span.other
        options = [part.label for part in parts] + ([other.label or "其他"] if other else [])
        columns = tuple(part.position + 1 for part in (*parts, *([other] if other else [])))
        question = Question(self.name(span.code), span.stem, QuestionType.MULTI, columns, options=tuple(options))

        read = self.read

        def join(row: Sequence[str]) -> str:
            cells = [read(row[part.position]) for part in parts]
            chosen = [p.label for p, cell in zip(parts, cells, strict=True) if self._is_chosen(cell)]
            written = read(row[other.position]) if other else ""
            if written and written not in MISSING and other:
                chosen.append(other.label or "其他")
            return JOINER.join(dict.fromkeys(chosen)) or self._explain([*cells, written])

        self.survey.add_question(question, join)

    def _own_text(self, part: Part) -> str:
        return tidy(next(iter(self.values(part.position)), "")) or f"第 {part.position + 1} 列"

    def _is_chosen(self, cell: str) -> bool:
        if self.counted:
            return fold(cell) == self.counted
        return cell != "" and cell not in MISSING and fold(cell) not in self.crosses

    def _explain(self, cells: Sequence[str]) -> str:
        """Return why nothing was chosen: shown if any cell says so, else what the cells have in common."""
        said = {cell for cell in cells if cell}
        if not said:
            return self.blank
        return next(iter(said)) if len(said) == 1 and said <= MISSING.keys() else BLANK

    def _add_ranks(self, span: Span, shape: Shape) -> None:
        parts, read, is_slots = span.parts, self.read, shape is not Shape.RANKS
        columns = tuple(part.position + 1 for part in parts)
        labels = [value for part in parts for value in self.values(part.position)] if is_slots else []
        options = tuple(dict.fromkeys(labels)) or tuple(part.label for part in parts)
        kind = QuestionType.MULTI if shape is Shape.ENTRIES else QuestionType.RANK
        question = Question(self.name(span.code), span.stem, kind, columns, options=options)

        def order(row: Sequence[str]) -> str:
            given = [(read(row[part.position]), part.label) for part in parts]
            ranked = [(cell, label) for cell, label in given if cell and cell not in MISSING]
            if not is_slots:
                ranked = [(label, cell) for cell, label in sorted(ranked, key=lambda pair: _rank_of(pair[0]))]
            return JOINER.join(cell for cell, _ in ranked) or self._explain([cell for cell, _ in given])

        self.survey.add_question(question, order)

    def warn(self, sentence: str) -> None:
        """Tell the user something."""
        self.survey.warnings.append(sentence)

    def warn_ignored(self, headings: Sequence[str], why: str) -> None:
        """Tell which columns are not read."""
        if headings:
            shown = "、".join(shorten(heading) for heading in headings[:8])
            self.warn(f"{len(headings)} 列不是回答（{why}），没有读入：{shown}{'…' if len(headings) > 8 else ''}")


def _find_written(columns: Mapping[Part, Sequence[str]]) -> set[Part]:
    """Return the rows of a matrix that were filled in, where the others were chosen from: 其他问题 beside 同意, 不同意.

    Their answers are none of the others', which the rows that were chosen from share.
    """
    counts = Counter(value for own in columns.values() for value in set(own))
    chosen = [part for part, own in columns.items() if any(counts[value] > 1 for value in own)]
    written = {part for part, own in columns.items() if own and all(counts[value] == 1 for value in own)}
    return written if len(chosen) > 1 else set()


def _replace_words(make: Make, words: Mapping[str, str]) -> Make:
    """Return the same cell, with some words replaced by what they mean."""
    if not words:
        return make
    return lambda row: words.get(cell := make(row), cell)


def _rank_of(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("inf")
