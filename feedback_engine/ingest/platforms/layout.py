"""Rows under one line of distinct headings, and what each heading maps to: what every adapter hands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from feedback_engine.config.model import MappingConfig, RatingConfig, ScaleConfig
from feedback_engine.domain import AnswerState, SourceKind
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.readers.rows import LineReject, Rows, Tally
from feedback_engine.ingest.survey import Question, QuestionType

#: Makes one cell from the cells of a row.
Make = Callable[[Sequence[str]], str]
Convert = Callable[[str], str]


def take(position: int, convert: Convert = clean) -> Make:
    """Return what gives the converted cell at a position."""
    return lambda row: convert(row[position])


def take_first(positions: Sequence[int], convert: Convert = clean) -> Make:
    """Return what gives the first cell that is not empty, converted: for columns merged from several exports."""
    if len(positions) == 1:
        return take(positions[0], convert)
    return lambda row: next((value for at in positions if (value := convert(row[at]))), "")


def count_made(make: Make, tally: Tally, is_counted: Callable[[str], bool]) -> Make:
    """Return what makes the same cells, counting those that are of a kind."""

    def count(row: Sequence[str]) -> str:
        cell = make(row)
        tally.count += is_counted(cell)
        return cell

    return count


@dataclass
class Layout:
    """Collects columns; `adapt` turns them into what the common code reads."""

    headings: list[str] = field(default_factory=list)
    makes: list[Make] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    attributes: list[str] = field(default_factory=list)
    volatile: list[str] = field(default_factory=list)
    ratings: list[RatingConfig] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    missing: dict[str, AnswerState] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def add_field(self, name: str, heading: str, make: Make) -> None:
        """Add a column for a field of the mapping, under the heading that rejects will show."""
        self.columns[name] = self._add(heading, make)

    def add_attribute(self, heading: str, make: Make, *, is_volatile: bool = False) -> None:
        """Add a column kept beside the text; a volatile one does not tell a correction from a repeat."""
        name = self._add(heading, make)
        self.attributes.append(name)
        if is_volatile:
            self.volatile.append(name)

    def add_rating(
        self, heading: str, make: Make, *, indicator: str, scale: ScaleConfig, evidence: str, stem: str = ""
    ) -> None:
        """Add a closed question, known to people by its stem, else by its heading."""
        name = self._add(heading, make)
        self.ratings.append(RatingConfig(column=name, indicator=indicator, scale=scale))
        asked = stem or heading
        self.questions.append(Question(indicator, asked, QuestionType.SCALE, scale=scale, scale_evidence=evidence))

    def _add(self, heading: str, make: Make) -> str:
        stem = clean(heading) or "列"
        name, number = stem, 1
        while name in self.headings:
            number += 1
            name = f"{stem}（{number}）"
        self.headings.append(name)
        self.makes.append(make)
        return name

    def position(self, name: str) -> int | None:
        """Return where the column of a field comes to lie; None if there is none."""
        return self.headings.index(self.columns[name]) if name in self.columns else None

    def adapt(self, rows: Rows, kind: SourceKind, *, scope: str = "") -> Adapted:
        """Return the rows, already made, with the mapping of all columns added."""
        mapping = MappingConfig(
            columns=self.columns,
            ratings=tuple(self.ratings),
            attributes=tuple(self.attributes),
            missing=self.missing,
            volatile=tuple(self.volatile),
        )
        return Adapted(rows, mapping, kind, scope, tuple(self.questions), tuple(self.warnings))

    def make_rows(
        self, rows: Rows, *, refuse: Make | None = None, repair: Callable[[Sequence[str]], list[str]] | None = None
    ) -> Rows:
        """Return the rows rewritten.

        Rows without content are left out. A row that `refuse` gives a reason for becomes a reject that the format
        explains; one with more or fewer cells than headings (after `repair`) a reject.
        """
        return replace(rows, header=list(self.headings), records=self._rewrite(rows, refuse, repair))

    def _rewrite(
        self, rows: Rows, refuse: Make | None, repair: Callable[[Sequence[str]], list[str]] | None
    ) -> Iterator[tuple[int, list[str]]]:
        width = len(rows.header)
        for number, cells in rows:
            if not any(map(str.strip, cells)):
                continue
            fitted = _fit(cells, width, repair)
            if len(fitted) != width:
                reason = f"有 {len(fitted)} 个字段，而标题有 {width} 个；文字里的分隔符需要用引号括住"
                rows.rejects.append(LineReject(number, "", " | ".join(filter(None, cells)), reason))
                continue
            # What a row that can be read is rejected with holds no column that is not kept: names stay outside.
            made = [make(fitted) for make in self.makes]
            if reason := refuse(fitted) if refuse else "":
                rows.rejects.append(LineReject(number, "", " | ".join(filter(None, made)), reason, True))
            else:
                yield number, made


def _fit(cells: list[str], width: int, repair: Callable[[Sequence[str]], list[str]] | None) -> list[str]:
    if len(cells) > width and not any(map(str.strip, cells[width:])):
        return cells[:width]
    return repair(cells) if repair is not None and len(cells) != width else cells
