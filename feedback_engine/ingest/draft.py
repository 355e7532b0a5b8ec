"""A mapping drafted for a table that no platform claims: a proposal for the user to check, never used by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from feedback_engine.config.model import COLUMNS, MappingConfig, RatingConfig, TextConfig
from feedback_engine.domain import SourceKind
from feedback_engine.ingest.cells import DEFAULT_MISSING
from feedback_engine.ingest.dates import MomentParser
from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.scales import ScaleFinding, recognise_scale
from feedback_engine.ingest.survey import Question, QuestionType

_MOMENTS = ("received_at", "opened_at", "replied_at", "closed_at")
#: A column of answers with more characters than this, on average, and mostly different ones, holds free text.
_FREE_TEXT_LENGTH = 8.0
_MOSTLY = 0.8
#: A column with more different values than this is no attribute to segment by.
_MAX_CATEGORIES = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed mapping, with what each closed question seems to be."""

    kind: SourceKind
    mapping: MappingConfig
    questions: tuple[Question, ...]
    warnings: tuple[str, ...]

    def to_yaml(self) -> str:
        """Return the text of a mapping file."""
        settings = self.mapping.model_dump(mode="json", exclude_defaults=True)
        body = yaml.safe_dump({"kind": str(self.kind), **settings}, allow_unicode=True, sort_keys=False)
        notes = "".join(f"# 注意：{warning}\n" for warning in self.warnings)
        return f"# 由 feedback-engine inspect 起草，请逐列核对后再用 --mapping 导入。\n{notes}{body}"


def draft_mapping(sample: Sample) -> Draft:
    """Return the mapping that the headings and the first rows suggest."""
    names = [_name_column(sample.header, at) for at in range(len(sample.header))]
    fields = _find_fields(sample)
    taken = set(fields.values())
    scales = {at: found for at in range(len(names)) if at not in taken and (found := _find_scale(sample, at))}
    free = [at for at in range(len(names)) if at not in taken and at not in scales and _is_free_text(sample.column(at))]
    kind = _guess_kind(fields, scales, free)
    columns = _fit_fields({field: names[at] for field, at in fields.items()}, kind, [names[at] for at in free])
    texts: list[int] = []
    if kind is SourceKind.QUESTIONNAIRE:
        texts = sorted({*free, *([fields["text"]] if "text" in fields else [])})
    used = {*columns.values(), *(names[at] for at in [*scales, *texts])}
    mapping = MappingConfig(
        kind=kind,
        columns=columns,
        ratings=tuple(
            RatingConfig(column=names[at], indicator=f"q{at + 1}", scale=found.scale) for at, found in scales.items()
        ),
        texts=tuple(TextConfig(column=names[at], role=f"q{at + 1}") for at in texts),
        attributes=tuple(name for at, name in enumerate(names) if name not in used and _is_category(sample.column(at))),
    )
    return Draft(kind, mapping, _describe(sample, names, scales, texts), _warn(mapping, kind, names, scales))


def _name_column(header: Sequence[str], at: int) -> str:
    heading = header[at]
    return heading if heading and header.count(heading) == 1 else f"#{at + 1}"


def _find_fields(sample: Sample) -> dict[str, int]:
    """Return field → column where the heading says it and the cells do not contradict."""
    located = AliasTable.load("generic_columns").locate(sample.header)
    parse = MomentParser("UTC").parse
    fields: dict[str, int] = {}
    for field, places in located.items():
        for at in places:
            cells = sample.column(at)[:200]
            fits = sum(parse(cell) is not None for cell in cells) >= _MOSTLY * len(cells)
            if at not in fields.values() and (field not in _MOMENTS or fits):
                fields[field] = at
                break
    return fields


def _find_scale(sample: Sample, at: int) -> ScaleFinding | None:
    cells = sample.column(at)
    values = {cell for cell in cells if cell not in DEFAULT_MISSING}
    if not values or len(values) > _MAX_CATEGORIES:
        return None
    return recognise_scale(sample.header[at], values)


def _is_free_text(cells: Sequence[str]) -> bool:
    if not cells or any(character.isdigit() for character in cells[0][:1]):
        return False
    length = sum(map(len, cells)) / len(cells)
    return length >= _FREE_TEXT_LENGTH and len(set(cells)) >= _MOSTLY * len(cells)


def _is_category(cells: Sequence[str]) -> bool:
    return 0 < len(set(cells)) <= min(_MAX_CATEGORIES, max(2, len(cells) // 2))


def _guess_kind(fields: dict[str, int], scales: dict[int, ScaleFinding], free: Sequence[int]) -> SourceKind:
    handling = {"opened_at", "replied_at", "closed_at", "department", "status"} & set(fields)
    if len(handling) >= 2:
        return SourceKind.COMPLAINTS
    if len(scales) >= 2 or (scales and "text" not in fields):
        return SourceKind.QUESTIONNAIRE
    return SourceKind.REVIEWS if "text" in fields or free else SourceKind.QUESTIONNAIRE


def _fit_fields(fields: dict[str, str], kind: SourceKind, free: Sequence[str]) -> dict[str, str]:
    """Return the fields that this kind of source knows, with the moment and text it needs under its own names."""
    required, optional = COLUMNS[kind]
    if kind is SourceKind.COMPLAINTS and "received_at" in fields:
        fields.setdefault("opened_at", fields["received_at"])
    if "text" in required and "text" not in fields and free:
        fields["text"] = free[0]
    return {field: fields[field] for field in (*required, *optional) if field in fields}


def _describe(
    sample: Sample, names: Sequence[str], scales: dict[int, ScaleFinding], texts: Sequence[int]
) -> tuple[Question, ...]:
    questions = [
        Question(f"q{at + 1}", sample.header[at] or names[at], found.type, (at + 1,), found.scale, found.evidence)
        for at, found in scales.items()
    ]
    questions += [Question(f"q{at + 1}", sample.header[at], QuestionType.TEXT, (at + 1,)) for at in texts]
    return tuple(sorted(questions, key=lambda question: question.columns))


def _warn(
    mapping: MappingConfig, kind: SourceKind, names: Sequence[str], scales: dict[int, ScaleFinding]
) -> tuple[str, ...]:
    warnings = list(mapping.problems_for(kind))
    moment = "opened_at" if kind is SourceKind.COMPLAINTS else "received_at"
    if moment not in mapping.columns:
        warnings.append(f"没有找到日期列（{moment}）；没有日期的行只计入全部期间，也可在来源里写 received_on")
    warnings += [
        f"{names[at]} 的量表 {found.scale.min:g}–{found.scale.max:g} 不确定：{found.evidence}"
        for at, found in scales.items()
        if not found.is_certain
    ]
    return tuple(warnings)
