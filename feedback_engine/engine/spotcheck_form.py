"""A spot check's form, as people hand it back: cells → what they say of each text, and what could not be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError, tell_os_error
from feedback_engine.ingest.cells import show_name
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.report.spotcheck import (
    COMPLAINT,
    ID,
    NO_COMPLAINT,
    NO_TOUCHPOINT,
    OTHER_COMPLAINT,
    POLARITY,
    REASON,
    REASONS,
    SHEET,
    SOURCE,
    TEXT,
    TOUCHPOINTS,
)
from feedback_engine.scoring.agreement import Opinion
from feedback_engine.tables.annotations import POLARITY_NAMES
from feedback_engine.tables.spotcheck import Drawn

_HEADINGS = (TEXT, POLARITY, TOUCHPOINTS, COMPLAINT, REASON, SOURCE, ID)
_PARTED = re.compile(r"[、，,;；|/\n]+")
_ID = re.compile(r"[0-9a-f]{64}")
_NOTHING = Opinion(None, None, None)


@dataclass(frozen=True, slots=True)
class Names:
    """What may be filled in: key of a name or code → code; `untyped` is that of a complaint of no listed type."""

    touchpoints: Mapping[str, str]
    complaint_types: Mapping[str, str]
    untyped: str


@dataclass(frozen=True, slots=True)
class Filled:
    """One row of the form; `feedback_id` is empty where it is no longer there."""

    number: int
    feedback_id: str
    text: str
    source: str
    is_random: bool
    opinion: Opinion

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return self.opinion == _NOTHING


@dataclass(slots=True)
class Form:
    """The rows of a form, and in Chinese what of it could not be read."""

    rows: list[Filled] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_form(path: Path, names_of: Callable[[str], Names]) -> Form:
    """Return what stands in the form; `names_of` tells what may be said of texts of the source of that name.

    Raises SourceError for a file that is no form. A cell that says what may not be said is left out and told, the
    others of its row count; a row whose cells are not those of the headings, or whose part is unknown, is left out.
    """
    try:
        rows = _open(path)
        missing = [heading for heading in _HEADINGS if heading not in rows.header]
        if missing:
            read = f"（读的是工作表「{rows.sheet}」）" if rows.sheet else ""
            raise MappingError(
                f"{path}{read}：不是抽查表，缺少列 {'、'.join(missing)}；"
                "请用 feedback-engine spotcheck --out 写出的文件，标题与工作表的名字都不要改"
            )
        places = [rows.header.index(heading) for heading in _HEADINGS]
        form = Form()
        for number, cells in rows:
            if len(cells) == len(rows.header):
                _read_row(number, [cells[place].strip() for place in places], names_of, form)
            elif any(map(str.strip, cells)):
                form.problems.append(f"第 {number} 行：有 {len(cells)} 格，而标题有 {len(rows.header)} 格，没有采用")
    except OSError as error:
        raise MappingError(f"{path}：无法读取（{tell_os_error(error)}）") from error
    return form


def _open(path: Path) -> Rows:
    """Return the rows of the sheet that the form was written on, or of the first where there is none of its name."""
    source = SourceConfig(name="spotcheck", path=show_name(str(path)), sheet=SHEET)
    try:
        return open_rows(path, source)
    except MappingError:
        return open_rows(path, source.model_copy(update={"sheet": None}))


def _read_row(number: int, cells: Sequence[str], names_of: Callable[[str], Names], form: Form) -> None:
    text, polarity, touchpoints, complaint, reason, source, feedback_id = cells
    feedback_id = feedback_id.lower() if _ID.fullmatch(feedback_id.lower()) else ""
    if not text and not feedback_id:
        return
    reader = _Cells(number, names_of(source), form.problems)
    opinion = Opinion(reader.polarity(polarity), reader.touchpoints(touchpoints), reader.complaint(complaint))
    if reason in REASONS.values():
        is_random = reason == REASONS[Drawn.RANDOM]
        form.rows.append(Filled(number, feedback_id, text, source, is_random, opinion))
    elif opinion != _NOTHING:
        form.problems.append(f"第 {number} 行「{REASON}」：{reason[:30]!r} 不是写出时的，这一行没有采用")


def to_key(word: str) -> str:
    """Return what is the same of a name however it is typed: widths, blanks, capitals, a full stop behind it."""
    return "".join(unicodedata.normalize("NFKC", word).split()).rstrip("。.").casefold()


_POLARITIES = {to_key(word): str(sign) for sign, name in POLARITY_NAMES.items() for word in (name, sign)}


@dataclass(frozen=True, slots=True)
class _Cells:
    """Reads the cells of one row; None is what was left empty or cannot be read."""

    number: int
    names: Names
    problems: list[str]

    def polarity(self, cell: str) -> str | None:
        known = _POLARITIES.get(to_key(cell))
        if cell and known is None:
            self._refuse(POLARITY, cell, "、".join(POLARITY_NAMES.values()))
        return known

    def touchpoints(self, cell: str) -> frozenset[str] | None:
        said = [part.strip() for part in _PARTED.split(cell) if part.strip()]
        named = [part for part in said if to_key(part) != NO_TOUCHPOINT]
        odd = [part for part in named if to_key(part) not in self.names.touchpoints]
        if odd or (named and len(named) < len(said)):
            self._refuse(TOUCHPOINTS, "、".join(odd or said), "「填写说明」里的名称，用顿号分开，一个也没有填「无」")
            return None
        return frozenset(self.names.touchpoints[to_key(part)] for part in named) if said else None

    def complaint(self, cell: str) -> str | None:
        known = {to_key(NO_COMPLAINT): "", to_key(OTHER_COMPLAINT): self.names.untyped}
        said = (known | dict(self.names.complaint_types)).get(to_key(cell))
        if cell and said is None:
            self._refuse(COMPLAINT, cell, "「填写说明」里的名称")
        return said

    def _refuse(self, heading: str, cell: str, wanted: str) -> None:
        self.problems.append(f"第 {self.number} 行「{heading}」：{cell[:30]!r} 没有采用；可填 {wanted}，或留空")
