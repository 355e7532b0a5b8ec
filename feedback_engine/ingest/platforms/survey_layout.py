"""Questions and meta columns → rows, mapping and questions of a questionnaire: what survey platforms hand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from feedback_engine.config.model import MappingConfig, RatingConfig, TextConfig
from feedback_engine.domain import SourceKind
from feedback_engine.ingest.cells import fold
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.layout import Layout, Make
from feedback_engine.ingest.platforms.scale_guesses import Guess, misses_scale, settle_guesses
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.scales import ScaleFinding
from feedback_engine.ingest.survey import MISSING, Question, QuestionType

_SCOPE_LENGTH = 10
_SHOWN_STEM = 30
_SHOWN_OPTIONS = 8


@dataclass
class SurveyLayout:
    """Collects the columns of a questionnaire: meta first, then a question at a time."""

    layout: Layout = field(default_factory=Layout)
    choices: list[str] = field(default_factory=list)
    ratings: list[RatingConfig] = field(default_factory=list)
    texts: list[TextConfig] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    #: Code → what was guessed of its scale.
    guesses: dict[str, Guess] = field(default_factory=dict)

    def add_field(self, name: str, heading: str, make: Make) -> None:
        """Add a column for a field of the mapping: id, received_at, channel …

        The heading itself stays free for a question or an attribute of that name.
        """
        self.layout.add_field(name, f"答卷信息：{heading}", make)

    def add_meta(self, heading: str, make: Make) -> None:
        """Add what is known of the respondent as an attribute."""
        self.layout.add_attribute(heading, make)

    def add_question(self, question: Question, make: Make) -> None:
        """Add a question: a rating if it has a scale, a text if words are asked for, else an attribute by its stem."""
        self.questions.append(question)
        if question.scale is not None:
            column = self._add_column(question.code, make)
            self.ratings.append(RatingConfig(column=column, indicator=question.code, scale=question.scale))
        elif question.type is QuestionType.TEXT:
            self.add_text(question.code, make)
        else:
            self._warn_of_missed_scale(question)
            name = f"{question.stem}—{question.row_label}" if question.row_label else question.stem or question.code
            self.layout.add_attribute(name, make)
            self.choices.append(self.layout.headings[-1])

    def _warn_of_missed_scale(self, question: Question) -> None:
        if misses_scale(question):
            options = "、".join(shorten(option) for option in question.options[:_SHOWN_OPTIONS])
            shown = f"（{options}）" if options else ""
            self.warnings.append(
                f"{question.code}（{shorten(question.stem)}）像打分题，而答案{shown}连不成量表，不计分，只作属性；"
                "请统一答案的写法后重新导入，或用 mapping 写明 scale"
            )

    def add_text(self, role: str, make: Make) -> None:
        """Add open answers: of a question, or what was written beside an option."""
        self.texts.append(TextConfig(column=self._add_column(role, make), role=role))

    def _add_column(self, heading: str, make: Make) -> str:
        """Add a column under its code; a stem that is called like a code keeps its own."""
        name = heading
        while name in self.layout.headings:
            name += "_"
        self.layout.headings.append(name)
        self.layout.makes.append(make)
        return name

    def skip_question(self, question: Question) -> None:
        """List a question whose answers say who the person is; they are not imported."""
        self.questions.append(question)
        self.warnings.append(f"{question.code}（{shorten(question.stem)}）问的是个人信息，答案不导入")

    def note_scale(self, question: Question, finding: ScaleFinding, base: int) -> None:
        """Note a scale that was guessed from `base` answers; what other questions are answered by may settle it."""
        if not finding.is_certain:
            self.guesses[question.code] = Guess(question, finding, base)

    def _settle_guesses(self) -> None:
        """Give a question of few answers the scale on which another was certainly answered by the same words, or warn.

        A ladder all of whose steps many people chose stays as it is: 满意, 一般, 不满意 may be all that was offered.
        """
        known = settle_guesses(self.guesses, self.questions)
        self.questions = [known.get(question.code, question) for question in self.questions]
        self.ratings = [
            rating.model_copy(update={"scale": known[rating.indicator].scale}) if rating.indicator in known else rating
            for rating in self.ratings
        ]
        for code, guess in self.guesses.items():
            if code not in known:
                asked = guess.question.group or code
                self.warnings.append(
                    f"{asked}（{shorten(guess.question.stem)}）的量表是推断的：{guess.finding.evidence}"
                )

    def adapt(self, rows: Rows, *, scope: str) -> Adapted:
        """Return the rows and what they mean."""
        self._settle_guesses()
        mapping = MappingConfig(
            columns=self.layout.columns,
            ratings=tuple(self.ratings),
            texts=tuple(self.texts),
            attributes=tuple(self.layout.attributes),
            missing=MISSING,
        )
        return Adapted(
            self.layout.make_rows(rows),
            mapping,
            SourceKind.QUESTIONNAIRE,
            scope,
            tuple(self.questions),
            tuple(dict.fromkeys(self.warnings)),
            tuple(self.choices),
        )


def digest_stems(stems: Iterable[str]) -> str:
    """Return what names a survey: a short digest of its questions' wordings, blanks and width aside."""
    return sha256("\n".join(fold(stem) for stem in stems).encode()).hexdigest()[:_SCOPE_LENGTH]


def shorten(stem: str) -> str:
    """Return the stem as far as a message needs it."""
    return stem if len(stem) <= _SHOWN_STEM else f"{stem[:_SHOWN_STEM]}…"
