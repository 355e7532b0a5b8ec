"""The export as text of the same survey, from which one by number takes stems, labels and what only text tells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean, fold
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.platforms.answers import is_missing
from feedback_engine.ingest.platforms.layout import Make
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout
from feedback_engine.ingest.platforms.survey_sample import as_whole
from feedback_engine.ingest.platforms.wjx_cells import (
    join_chosen,
    join_ranked,
    read_code,
    read_label,
    read_other,
)
from feedback_engine.ingest.platforms.wjx_headings import Item, Shape
from feedback_engine.ingest.platforms.wjx_labels import add_item, count_values, judge_several, take_all
from feedback_engine.ingest.survey import QuestionType

_CODE = re.compile(r"\d{1,4}", re.ASCII)
_SCORED = re.compile(r"(-?\d{1,4})(分?)", re.ASCII)


#: How the names of the two exports of one survey differ, by number or score → as text.
_NAMES = (
    (re.compile(r"按(?:选项)?(?:序号|分[数值])"), "按文本"),
    (re.compile(r"_[12](?=\.\w+$)"), "_0"),
    (re.compile(r"Original"), "Readable"),
    (re.compile(r"(?<![A-Za-z])number(?![A-Za-z])"), "text"),
)
_ENDINGS = (".xlsx", ".xls", ".csv")
_SURVEY = re.compile(r"(\d+)_按")


@dataclass(frozen=True, slots=True)
class Twin:
    """All rows of the export as text."""

    sample: Sample
    place: str


def find_twin(path: Path | None) -> Path | None:
    """Return the export as text that lies beside the file under the name that 问卷星 gives it; None without one."""
    if path is None:
        return None
    name = path.name
    for form, text in _NAMES:
        name = form.sub(text, name)
    named = [path.with_name(name), *(path.with_name(name).with_suffix(ending) for ending in _ENDINGS)]
    if name != path.name and (found := next((twin for twin in named if twin.is_file()), None)) is not None:
        return found
    # Counts at the end of the name differ where answers came in between the two exports.
    survey = _SURVEY.match(path.name)
    others = sorted(path.parent.glob(f"{survey[1]}_按*文本*")) if survey else []
    return others[0] if len(others) == 1 and others[0] != path else None


def read_twin(source: SourceConfig, path: Path | None) -> Twin:
    """Return the twin that the source names, beside the file if the path is relative; raises SourceError."""
    twin = Path(source.twin or "").expanduser()
    if not twin.is_absolute() and path is not None:
        twin = path.parent / twin
    if not twin.is_file():
        raise MappingError(f"来源 {source.name} 的 twin：找不到文件 {twin}；相对路径从本文件所在文件夹算起")
    rows = open_rows(twin, source.model_copy(update={"sheet": None, "encoding": None}))
    cells = tuple(tuple(record) for _, record in rows if len(record) >= len(rows.header))
    return Twin(Sample(twin.name, rows.container, tuple(rows.header), cells), str(twin))


@dataclass
class CodeBook:
    """What the numbers of one export mean, learned from the rows of the other with the same 序号."""

    items: tuple[Item, ...]
    cells: Sequence[Sequence[str]]
    #: 序号 → row of the twin.
    rows: Mapping[str, Sequence[str]]
    own_number: int
    place: str
    #: (position in the twin, code) → label.
    labels: dict[tuple[int, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = count_values(self.items, self.cells)
        self.by_code = {item.code: item for item in reversed(self.items)}

    @classmethod
    def build(
        cls,
        twin: Twin,
        items: Sequence[Item],
        cells: Sequence[Sequence[str]],
        *,
        number_column: int,
        own: Sequence[Item],
        own_number: int,
    ) -> CodeBook:
        """Return the book; raises MappingError if the two files are not of one survey."""
        stems = {item.code: (fold(item.stem), fold(item.row_label)) for item in items}
        for item in own:
            theirs = stems.get(item.code)
            # Old exports lose the stem of a matrix as they lose that of a multiple choice.
            is_lost = item.shape is Shape.OPTIONS or not item.stem
            if not is_lost and theirs not in (None, (fold(item.stem), fold(item.row_label))):
                raise MappingError(f"{twin.place} 与本文件不是同一份问卷：{item.code} 的题干不同；请检查 twin")
        rows = {as_whole(clean(row[number_column])): row for row in twin.sample.rows}
        return cls(tuple(items), cells, rows, own_number, twin.place)

    def add(self, survey: SurveyLayout, item: Item) -> bool:
        """Add a question as the export as text would; False if the twin does not have it."""
        theirs = self.by_code.get(item.code)
        if theirs is None or theirs.shape is Shape.OPTIONS:
            return False
        make = self._make_several(item, theirs) if item.shape is Shape.OPTIONS else self._make_single(item, theirs)
        add_item(
            survey,
            theirs,
            self.cells,
            self.values.get(theirs.group),
            make=make,
            columns=tuple(position + 1 for position in item.positions),
            options=item.options,
            make_other=lambda row: read_other(self._look_up(row, theirs)),
        )
        return True

    def _look_up(self, row: Sequence[str], theirs: Item) -> str:
        """Return the twin's cell for the same respondent; empty if the twin lacks the row."""
        found = self.rows.get(as_whole(clean(row[self.own_number])))
        return clean(found[theirs.positions[0]]) if found is not None else ""

    def _make_several(self, item: Item, theirs: Item) -> Make:
        is_ranking = judge_several(theirs, self.cells[theirs.positions[0]]) is QuestionType.RANK
        make = take_all(item, join_ranked(item.options) if is_ranking else join_chosen(item.options))

        def tell(row: Sequence[str]) -> str:
            cell = make(row)
            return self._look_up(row, theirs) or cell if is_missing(cell) else cell

        return tell

    def _make_single(self, item: Item, theirs: Item) -> Make:
        own, position = item.positions[0], theirs.positions[0]

        def name(row: Sequence[str]) -> str:
            code = read_code(row[own])
            if is_missing(code) or not _CODE.fullmatch(code):
                return code
            known = self.labels.get((position, code))
            return known if known is not None else self._learn(row, theirs, code)

        return name

    def _learn(self, row: Sequence[str], theirs: Item, code: str) -> str:
        """Return the label of a code not met before: the twin's for this respondent, or one step from a scored one."""
        label = read_label(self._look_up(row, theirs))
        if is_missing(label):
            return self._extend(theirs.positions[0], code)
        self.labels[theirs.positions[0], code] = label
        return label

    def _extend(self, position: int, code: str) -> str:
        for (known_position, known), label in self.labels.items():
            match = _SCORED.fullmatch(label) if known_position == position else None
            if match:
                return f"{int(match[1]) + int(code) - int(known)}{match[2]}"
        return f"（第{code}个选项）"
