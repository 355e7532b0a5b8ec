"""What a report is made of: titled tables, charts, notes and tiles, in no file format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from feedback_engine.domain import Span


class ColumnKind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    #: A share, 0 to 1.
    PERCENT = "percent"
    #: A moment in the project's time zone, without one of its own.
    MOMENT = "moment"


class Tone(StrEnum):
    """How a text or a figure is meant."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    MIXED = "mixed"
    NEUTRAL = "neutral"
    #: A figure that is withheld or missing.
    MUTED = "muted"
    SECOND = "second"


class Look(StrEnum):
    """How the numbers of a column show their size."""

    PLAIN = "plain"
    BAR = "bar"
    #: White to blue: more is more.
    HEAT = "heat"
    #: Red below, green above the middle of the column.
    SCALE = "scale"
    #: Red at -1, white at 0, green at 1.
    CORRELATION = "correlation"


@dataclass(frozen=True, slots=True)
class Marked:
    """A text whose spans carry the tone; without spans the whole text does."""

    text: str
    tone: Tone = Tone.PLAIN
    spans: tuple[Span, ...] = ()


Cell: TypeAlias = str | int | float | datetime | Marked | None
Row: TypeAlias = tuple[Cell, ...]


class Rows(Protocol):
    """Rows that can be counted, and gone through more than once; they need not lie in memory."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Row]: ...


@dataclass(frozen=True, slots=True)
class Choices:
    """What people may fill in: the first column of the table of that name, and when `is_free` anything else, too."""

    table: str
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `width` in half-width characters, measured from the cells when None.

    A column of text that `fills` is the last of its table and takes all the room to the right. One with `choices` is
    left to people to fill in. A hidden one, in a data section, is for the program that reads the sheet again.
    """

    heading: str
    kind: ColumnKind = ColumnKind.TEXT
    decimals: int = 1
    is_signed: bool = False
    look: Look = Look.PLAIN
    width: float | None = None
    is_centred: bool = False
    fills: bool = False
    choices: Choices | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table by a name unique in its report. `strong` are the rows set in bold (totals, upper levels)."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Rows
    strong: frozenset[int] = frozenset()
    #: What is said instead when there are no rows.
    empty: str = "（无数据）"

    def position(self, heading: str) -> int:
        """Return the position of the column with that heading."""
        return [column.heading for column in self.columns].index(heading)


class ChartKind(StrEnum):
    """The kinds of chart."""

    BAR = "bar"
    STACKED_BAR = "stacked_bar"
    LINE = "line"
    PARETO = "pareto"
    SCATTER = "scatter"


@dataclass(frozen=True, slots=True)
class Series:
    """A column of the chart's table; `lower` and `upper` head the columns with its interval."""

    heading: str
    tone: Tone = Tone.PLAIN
    lower: str = ""
    upper: str = ""
    #: In a line chart: a thin line without marks, such as a limit.
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over the first `row_count` rows (all when None) of the table named `table`.

    In a pareto the second series is the cumulative share, on an axis of its own. In a scatter `category` heads the x
    column, `category_lower` and `category_upper` its interval, `labels` the column of the points' names, and the axes
    cross at `crossing` (x, y).
    """

    title: str
    kind: ChartKind
    table: str
    category: str
    series: tuple[Series, ...]
    row_count: int | None = None
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    #: The values are shares, shown in percent.
    is_share: bool = False
    labels: str = ""
    category_lower: str = ""
    category_upper: str = ""
    category_unit: str = ""
    crossing: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph; a heading when `is_heading`."""

    text: str
    tone: Tone = Tone.PLAIN
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure: what it is, its value in words, and what to know about it."""

    label: str
    value: str
    detail: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Tiles:
    """Headline figures side by side."""

    tiles: tuple[Tile, ...]


Block: TypeAlias = Table | Chart | Note | Tiles


@dataclass(frozen=True, slots=True)
class Section:
    """One sheet: its name, heading, a line below the heading, and blocks from top to bottom.

    A data section is one table and nothing else: headings in the first row, filter, no decoration. Of a form, a data
    section that people read and fill in, the rows are as high as their text.
    """

    name: str
    heading: str
    blocks: tuple[Block, ...]
    lead: str = ""
    is_data: bool = False
    is_form: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """A sheet that is left out: its name, and what it would need."""

    name: str
    need: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report; `created_at` is the only clock that a sink may show."""

    title: str
    sections: tuple[Section, ...]
    created_at: datetime
    properties: dict[str, str] = field(default_factory=dict)
