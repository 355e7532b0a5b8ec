"""A spot check's form, as people hand it back: cells → what they say of each text, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError, tell_os_error
from feedback_engine.ingest.cells import show_name
from feedback_engine.ingest.container import open_rows
from feedback_engine.report.spotcheck import (
    COMPLAINT,
    ID,
    NO_COMPLAINT,
    NO_TOUCHPOINT,
    OTHER_COMPLAINT,
    POLARITY,
    REASON,
    REASONS,
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
_POLARITIES = {name: str(polarity) for polarity, name in POLARITY_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Names:
    """What may be filled in, by name and by code → code; `untyped` is the code of a complaint of no listed type."""

    touchpoints: Mapping[str, str]
    complaint_types: Mapping[str, str]
    untyped: str


@dataclass(frozen=True, slots=True)
class Filled:
    """One row of the form; `feedback_id` is empty where it is no longer there."""

    feedback_id: str
    text: str
    source: str
    is_random: bool
    opinion: Opinion

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return self.opinion == Opinion(None, None, None)


@dataclass(slots=True)
class Form:
    """The rows of a form, and in Chinese what of it could not be read."""

    rows: list[Filled] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_form(path: Path, names: Names) -> Form:
    """Return what stands in the form; raises SourceError for a file that is none.

    A cell that says what may not be said is left out and told, the others of its row count.
    """
    try:
        rows = open_rows(path, SourceConfig(name="spotcheck", path=show_name(str(path))))
        missing = [heading for heading in _HEADINGS if heading not in rows.header]
        if missing:
            raise MappingError(
                f"{path}：不是抽查表，缺少列 {'、'.join(missing)}；"
                "请用 feedback-engine spotcheck --out 写出的文件，标题不要改"
            )
        places = [rows.header.index(heading) for heading in _HEADINGS]
        form = Form()
        for number, cells in rows:
            _read_row(number, [cells[place].strip() for place in places], names, form)
    except OSError as error:
        raise MappingError(f"{path}：无法读取（{tell_os_error(error)}）") from error
    return form


def _read_row(number: int, cells: Sequence[str], names: Names, form: Form) -> None:
    text, polarity, touchpoints, complaint, reason, source, feedback_id = cells
    reader = _Cells(number, names, form.problems)
    opinion = Opinion(reader.polarity(polarity), reader.touchpoints(touchpoints), reader.complaint(complaint))
    if not _ID.fullmatch(feedback_id):
        feedback_id = ""
    if text or feedback_id:
        is_random = reason == REASONS[Drawn.RANDOM]
        form.rows.append(Filled(feedback_id, text, source, is_random, opinion))


@dataclass(frozen=True, slots=True)
class _Cells:
    """Reads the cells of one row; None is what was left empty or cannot be read."""

    number: int
    names: Names
    problems: list[str]

    def polarity(self, cell: str) -> str | None:
        known = _POLARITIES.get(cell) or (cell if cell in POLARITY_NAMES else None)
        if cell and known is None:
            self._refuse(POLARITY, cell, "、".join(_POLARITIES))
        return known

    def touchpoints(self, cell: str) -> frozenset[str] | None:
        said = [part.strip() for part in _PARTED.split(cell) if part.strip()]
        if not said:
            return None
        odd = [part for part in said if part != NO_TOUCHPOINT and part not in self.names.touchpoints]
        if odd:
            self._refuse(TOUCHPOINTS, "、".join(odd), "「填写说明」里的名称，用顿号分开")
            return None
        return frozenset(self.names.touchpoints[part] for part in said if part != NO_TOUCHPOINT)

    def complaint(self, cell: str) -> str | None:
        if not cell:
            return None
        if cell in (NO_COMPLAINT, OTHER_COMPLAINT):
            return "" if cell == NO_COMPLAINT else self.names.untyped
        known = self.names.complaint_types.get(cell)
        if known is None:
            self._refuse(COMPLAINT, cell, "「填写说明」里的名称")
        return known

    def _refuse(self, heading: str, cell: str, wanted: str) -> None:
        self.problems.append(f"第 {self.number} 行「{heading}」：{cell[:30]!r} 没有采用；可填 {wanted}，或留空")
