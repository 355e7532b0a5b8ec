"""From the names in a mapping to columns of a file, and from its cells to values with their rejects."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from feedback_engine.config.model import MappingConfig, RatingConfig, SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import MissingTable, clean, clean_column, fold
from feedback_engine.ingest.dates import FIRST_YEAR, LAST_YEAR, MomentParser, is_zero
from feedback_engine.ingest.identity import is_damaged
from feedback_engine.ingest.pending import is_pending
from feedback_engine.ingest.ratings import Answer, RatingReader
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.survey import Question

_POSITION = re.compile(r"#(\d{1,5})")
_SHOWN_HEADINGS = 40
_WEIGHT = re.compile(r"\d{1,9}(?:\.\d{1,15})?(?:[eE]-\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class Adapted:
    """What an adapter makes of a file: rows under headings, and how these map to fields."""

    rows: Rows
    mapping: MappingConfig
    kind: SourceKind
    #: Within what the platform's ids are unique, and so part of an unnamed source's name: a digest of the survey's
    #: questions, say; empty when the ids are unique on the whole platform.
    scope: str = ""
    questions: tuple[Question, ...] = ()
    #: What the user should know, in Chinese.
    warnings: tuple[str, ...] = ()
    #: Headings of the attributes that answer a question: a respondent who answered only these has said something.
    choices: tuple[str, ...] = ()


class GenericAdapter:
    """Any table that comes with its own mapping."""

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the rows as they are, with the source's mapping."""
        if source.kind is None:
            raise MappingError(f"来源 {source.name}：请写明 kind（questionnaire、complaints 或 reviews）")
        return Adapted(rows, source.mapping, source.kind)


@dataclass(frozen=True, slots=True)
class RatingColumn:
    """A closed question: where it is, and how its cells are read."""

    config: RatingConfig
    position: int
    reader: RatingReader


@dataclass(frozen=True, slots=True)
class MappedColumns:
    """A mapping resolved against the headings of one file; positions count from 0."""

    labels: tuple[str, ...]
    fields: dict[str, int]
    ratings: tuple[RatingColumn, ...]
    texts: tuple[tuple[str, int], ...]
    attributes: tuple[tuple[str, int], ...]
    missing: MissingTable
    moments: MomentParser
    #: Attributes that do not tell a correction from a repeat.
    volatile: frozenset[str] = frozenset()
    #: Positions of the attributes that answer a question.
    choices: tuple[int, ...] = ()

    @classmethod
    def resolve(
        cls, mapping: MappingConfig, header: Sequence[str], *, place: str, timezone: str, choices: Sequence[str] = ()
    ) -> MappedColumns:
        """Return where everything lies; raises MappingError that lists every column not found, with near misses."""
        headings = [clean(heading) for heading in header]
        find = _Finder(headings)
        missing = MissingTable(mapping.missing)
        fields = {name: find(column) for name, column in mapping.columns.items()}
        ratings = [(rating, find(rating.column)) for rating in mapping.ratings]
        texts = tuple((text.role, find(text.column)) for text in mapping.texts)
        attributes = [(name, find(column)) for name, column in mapping.named_attributes]
        is_renamed = isinstance(mapping.attributes, dict)
        volatile = {name for name in mapping.volatile if is_renamed or name not in mapping.attributes}
        volatile_columns = [find(column) for column in mapping.volatile if column not in volatile]
        if find.problems:
            shown = "、".join(repr(heading) for heading in headings[:_SHOWN_HEADINGS])
            more = f" 等共 {len(headings)} 列" if len(headings) > _SHOWN_HEADINGS else ""
            raise MappingError(f"{place} 与映射不符：{'；'.join(find.problems)}。文件的标题有：{shown}{more}")
        labels = _label_columns(headings)
        return cls(
            labels,
            fields,
            tuple(RatingColumn(r, at, RatingReader(r.scale, missing)) for r, at in ratings),
            texts,
            tuple({name or labels[at]: at for name, at in attributes}.items()),
            missing,
            MomentParser(timezone),
            frozenset(volatile | {labels[at] for at in volatile_columns}),
            tuple(find(column) for column in choices),
        )


class _Finder:
    """Looks columns up by heading or by `#number`, and collects what it does not find."""

    def __init__(self, headings: list[str]) -> None:
        self._headings = headings
        self._counts = Counter(headings)
        self.problems: list[str] = []

    def __call__(self, column: str) -> int:
        name = clean(column)
        if self._counts[name] == 1:
            return self._headings.index(name)
        if self._counts[name] > 1:
            numbers = "、".join(f"#{at}" for at, heading in enumerate(self._headings, 1) if heading == name)
            self._note(f"标题 {name!r} 出现了 {self._counts[name]} 次，请改写为列号：{numbers}")
        elif (match := _POSITION.fullmatch(name)) and 1 <= int(match[1]) <= len(self._headings):
            return int(match[1]) - 1
        elif match:
            self._note(f"没有第 {match[1]} 列（共 {len(self._headings)} 列）")
        else:
            self._note(f"缺少列 {name!r}{self._hint(name)}")
        return 0

    def _note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _hint(self, name: str) -> str:
        folded = {fold(heading): heading for heading in self._headings if heading}
        near = get_close_matches(fold(name), list(folded), n=2)
        return f"（是否指 {' 或 '.join(repr(folded[match]) for match in near)}？）" if near else ""


def _label_columns(headings: list[str]) -> tuple[str, ...]:
    """Return one distinct name a column: its heading, with `#number` where that is empty or not the only one."""
    counts = Counter(headings)
    return tuple(
        heading if heading and counts[heading] == 1 else f"{heading}#{number}"
        for number, heading in enumerate(headings, start=1)
    )


@dataclass(slots=True)
class Flaw:
    """A cell, or with `column` empty a row, of a chunk that cannot be used."""

    at: int
    column: str
    value: str
    reason: str
    is_row_lost: bool
    #: Whether the format itself explains it, so that it counts as no error.
    is_expected: bool = False


@dataclass
class Chunk:
    """Some rows of a file as columns of cells, and the flaws found while reading them."""

    columns: MappedColumns
    numbers: list[int]
    cells: list[Sequence[str]]
    flaws: list[Flaw] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.numbers)

    def read_text(self, position: int) -> list[str]:
        """Return a column's cleaned cells."""
        return clean_column(self.cells[position])

    def read_field(self, name: str) -> list[str] | None:
        """Return the cells of a mapped field with literals for "nothing" emptied; None if it is not mapped."""
        position = self.columns.fields.get(name)
        return None if position is None else self.columns.missing.blank_out(self.read_text(position))

    def read_moments(self, name: str, *, is_row_lost: bool) -> list[int | None]:
        """Return a mapped field in microseconds since 1970; what is no moment is a flaw, of the row if so told.

        Where the row can do without the moment, the zero of a system (0000-00-00) and 办理中 are none and no flaw.
        """
        cells = self.read_field(name)
        if cells is None:
            return [None] * len(self)
        parse = self.columns.moments.parse
        moments = [parse(cell) if cell else None for cell in cells]
        for at in _positions(moments, lambda moment: moment is None) if None in moments else ():
            cell = cells[at]
            if cell and (is_row_lost or not (is_zero(cell) or is_pending(cell))):
                reason = _explain_moment(cell, is_needed=is_row_lost)
                self.flaws.append(Flaw(at, self._label(name), cell, reason, is_row_lost))
        return moments

    def read_weights(self) -> list[float]:
        """Return the sampling weights; 1 where there is none."""
        cells = self.read_field("weight")
        if cells is None:
            return [1.0] * len(self)
        known = {cell: _parse_weight(cell) for cell in set(cells)}
        for at in _positions(cells, lambda cell: known[cell] is None):
            self.flaws.append(Flaw(at, self._label("weight"), cells[at], "权重应为不小于 0 的数；已按 1 计", False))
        return [1.0 if (weight := known[cell]) is None else weight for cell in cells]

    def read_answers(self, rating: RatingColumn) -> list[Answer]:
        """Return the answers to a closed question."""
        cells = self.read_text(rating.position)
        known = {cell: rating.reader[cell] for cell in set(cells)}
        if any(answer.problem for answer in known.values()):
            label = self.columns.labels[rating.position]
            for at in _positions(cells, lambda cell: known[cell].problem != ""):
                self.flaws.append(Flaw(at, label, cells[at], known[cells[at]].problem, False))
        return [known[cell] for cell in cells]

    def drop_damaged(self, name: str) -> list[str] | None:
        """Return the ids of a mapped field, without those that Excel has damaged; None if it is not mapped."""
        ids = self.read_field(name)
        if ids is None:
            return None
        joined = "".join(ids)
        damaged = _positions(ids, is_damaged) if "+" in joined or "#" in joined else iter(())
        for at in damaged:
            reason = "编号在 Excel 里已损坏（科学计数法或公式出错）；本行改按内容识别，请重新导出编号为文本的文件"
            self.flaws.append(Flaw(at, self._label(name), ids[at], reason, False))
            ids[at] = ""
        return ids

    def lose(self, at: int, reason: str, *, is_expected: bool = False) -> None:
        """Quarantine a row."""
        shown = " | ".join(cell for column in self.cells if (cell := clean(column[at])))
        self.flaws.append(Flaw(at, "", shown, reason, True, is_expected))

    def _label(self, name: str) -> str:
        return self.columns.labels[self.columns.fields[name]]


def _explain_moment(cell: str, *, is_needed: bool) -> str:
    """Return why the cell is no moment, and what to do; words may well mean that there is none yet."""
    way_out = "" if is_needed or any(map(str.isdigit, cell)) else "；若它表示还没有，请写进 mapping 的 missing"
    return f"不是 {FIRST_YEAR} 到 {LAST_YEAR} 年间的日期时间；应如 2026-10-31 08:30{way_out}"


def _positions(values: Sequence[object], is_wanted: Callable[..., bool]) -> Iterator[int]:
    return (at for at, value in enumerate(values) if is_wanted(value))


def _parse_weight(cell: str) -> float | None:
    if cell == "":
        return 1.0
    return float(cell) if _WEIGHT.fullmatch(cell) else None
