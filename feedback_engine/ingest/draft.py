"""A mapping drafted for a table that no platform claims: a proposal for the user to check, never used by itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from feedback_engine.config.model import COLUMNS, MappingConfig, RatingConfig, ScaleConfig, TextConfig
from feedback_engine.domain import SourceKind
from feedback_engine.ingest.cells import DEFAULT_MISSING, clean
from feedback_engine.ingest.dates import MomentParser
from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.dayforms import decide_days
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.scales import ScaleFinding, recognise_scale
from feedback_engine.ingest.survey import Question, QuestionType

_MOMENTS_OF_ARRIVAL = frozenset({"received_at", "opened_at"})
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_MOMENTS = ("received_at", "opened_at", "replied_at", "closed_at")
#: Fields that a complaint is handled by.
_HANDLING = frozenset({"opened_at", "replied_at", "closed_at", "department", "status"})
#: A column of answers with more characters than this, on average, and mostly different ones, holds free text.
_FREE_TEXT_LENGTH = 8.0
#: Characters that the text of a review has at least, on average, where no heading calls a column one.
_SHORT_TEXT_LENGTH = 4.0
_MOSTLY = 0.8
#: A column with more different values than this is no attribute to segment by.
_MAX_CATEGORIES = 50
_PROBED = 200
_RATING = re.compile(r"\d{1,2}(?:\.0)?", re.ASCII)
_SMALL_NUMBER = re.compile(r"-?\d{1,2}(?:\.0)?", re.ASCII)
_NUMERIC = re.compile(r"[-+]?[\d.,:/\-\s%]+", re.ASCII)
_CODE_MARKS = re.compile(r"[^A-Za-z0-9_\u4e00-\u9fff]+")
_MAX_CODE = 40


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


@dataclass(frozen=True)
class _Table:
    """What the columns of a table seem to hold, by position."""

    sample: Sample
    #: How the mapping calls the columns: by heading, or by number.
    names: Sequence[str]
    codes: Sequence[str]
    fields: Mapping[str, int]
    scales: Mapping[int, ScaleFinding]
    #: Columns of people's own words, longest first.
    free: Sequence[int]
    #: Columns that say who somebody is.
    private: frozenset[int]

    @property
    def asked(self) -> list[int]:
        """The open questions: own words under a heading that asks for them."""
        own = {*self.free, *([self.fields["text"]] if "text" in self.fields else [])}
        return sorted(at for at in own if _has_cue("asked", self.sample.header[at]))

    @property
    def text(self) -> int | None:
        """The column that is the text of a review or complaint: so called, else the longest."""
        return self.fields.get("text", self.free[0] if self.free else None)


def draft_mapping(sample: Sample) -> Draft:
    """Return the mapping that the headings and the first rows suggest."""
    table = _read_table(sample)
    kind = _guess_kind(table)
    columns = {field: table.names[at] for field, at in _fit_fields(table, kind).items()}
    texts = table.asked or list(table.free) if kind is SourceKind.QUESTIONNAIRE else []
    if kind is SourceKind.QUESTIONNAIRE and "text" in table.fields:
        texts = sorted({*texts, table.fields["text"]})
    used = {*columns.values(), *(table.names[at] for at in [*table.scales, *texts, *table.private])}
    mapping = MappingConfig(
        kind=kind,
        columns=columns,
        ratings=tuple(
            RatingConfig(
                column=table.names[at], indicator=table.codes[at], scale=_shorten(found.scale, sample.column(at))
            )
            for at, found in table.scales.items()
        ),
        texts=tuple(TextConfig(column=table.names[at], role=table.codes[at]) for at in texts),
        attributes=tuple(
            name for at, name in enumerate(table.names) if name not in used and _is_category(sample.column(at))
        ),
    )
    return Draft(kind, mapping, _describe(table, texts), _warn(table, mapping, kind))


def _read_table(sample: Sample) -> _Table:
    tables = [AliasTable.load("complaint_columns"), AliasTable.load("generic_columns")]
    aliases = [[table.find(heading) for table in tables if heading] for heading in sample.header]
    private = frozenset(
        at
        for at, own in enumerate(aliases)
        if any(alias is not None and alias.field == "private" for alias in own)
        and _may_say_who(sample.header[at], sample.column(at))
    )
    fields = {field: at for field, at in _find_fields(sample).items() if at not in private}
    if (
        not _MOMENTS_OF_ARRIVAL & fields.keys()
        and (at := _find_moment(sample, {*fields.values(), *private})) is not None
    ):
        fields["received_at"] = at
    taken = {*fields.values(), *private}
    places = [at for at in range(len(sample.header)) if at not in taken]
    scales = {at: found for at in places if (found := _find_scale(sample, at)) is not None}
    scales |= _find_siblings(sample, [at for at in places if at not in scales], scales)
    free = [at for at in places if at not in scales and _is_free_text(sample.column(at))]
    if not free and "text" not in fields:
        free = [at for at in places if at not in scales and _is_short_text(sample.column(at))]
    free.sort(key=lambda at: -sum(map(len, sample.column(at))))
    names = _name_columns(sample.header)
    return _Table(sample, names, _name_codes(sample.header), fields, dict(sorted(scales.items())), free, private)


def _may_say_who(heading: str, cells: Sequence[str]) -> bool:
    """Whether cells under a heading such as 手机 or 客服 can be somebody's: no ratings, small numbers, yes or no."""
    values = {cell for cell in cells if cell not in DEFAULT_MISSING}
    if not values or all(map(_SMALL_NUMBER.fullmatch, values)):
        return not values
    if all(map(load_scale_words().is_yes_or_no, values)):
        return False
    return len(values) > _MAX_CATEGORIES or recognise_scale(heading, values) is None


def _name_columns(header: Sequence[str]) -> list[str]:
    """Return each column's heading, or its number where the heading is empty or not the only one."""
    counts = Counter(header)
    return [heading if heading and counts[heading] == 1 else f"#{at}" for at, heading in enumerate(header, 1)]


def _name_codes(header: Sequence[str]) -> list[str]:
    """Return one code a column: its heading as far as a code may hold it, so that figures bear names."""
    codes: list[str] = []
    known: set[str] = set()
    for at, heading in enumerate(header, start=1):
        plain = _CODE_MARKS.sub("_", clean(heading)).strip("_")[:_MAX_CODE].strip("_")
        codes.append(plain if plain and plain not in known else f"{plain}_{at}" if plain else f"q{at}")
        known.add(codes[-1])
    return codes


def _has_cue(kind: str, heading: str) -> bool:
    return any(row[1] in heading.casefold() for row in read_format_table("draft_cues") if row[0] == kind)


def _find_fields(sample: Sample) -> dict[str, int]:
    """Return field → column where the heading says it and the cells do not contradict."""
    located = AliasTable.load("generic_columns").locate(sample.header)
    fields: dict[str, int] = {}
    for field, places in located.items():
        found = next((at for at in places if _fits(field, sample.column(at)[:_PROBED], is_named=True)), None)
        if found is not None and found not in fields.values():
            fields[field] = found
    return fields


def _find_moment(sample: Sample, taken: Collection[int]) -> int | None:
    """Return the only column of moments, whatever it is called; None if there are several."""
    places = [at for at in range(len(sample.header)) if at not in taken and sample.column(at)]
    found = [at for at in places if _are_moments(sample.column(at)) and not _are_numbers(sample.column(at))]
    return found[0] if len(found) == 1 else None


def _are_numbers(cells: Sequence[str]) -> bool:
    """Whether these are plain numbers, which might be days of Excel or seconds by accident."""
    return all(map(_PLAIN_NUMBER.fullmatch, cells))


def _fits(field: str, cells: Sequence[str], *, is_named: bool = False) -> bool:
    """Whether cells can be what the heading says: moments are moments, and no id comes twice.

    Where a heading calls the column a time, most cells have to be one; without, nearly all.
    """
    if field in _MOMENTS:
        parse, days = MomentParser("UTC").parse, decide_days(cells)
        found = sum(parse(days.convert(cell)) is not None for cell in cells)
        return found * 2 > len(cells) if is_named and cells else found >= _MOSTLY * len(cells)
    if field == "id":
        return len(set(cells)) >= _MOSTLY * len(cells)
    return field != "text" or not cells or not all(map(_NUMERIC.fullmatch, cells))


def _find_scale(sample: Sample, at: int) -> ScaleFinding | None:
    cells = sample.column(at)
    values = {cell for cell in cells if cell not in DEFAULT_MISSING}
    if not values or len(values) > _MAX_CATEGORIES:
        return None
    return recognise_scale(sample.header[at], values)


def _find_siblings(
    sample: Sample, places: Iterable[int], scales: Mapping[int, ScaleFinding]
) -> dict[int, ScaleFinding]:
    """Return the scales of columns of small numbers beside one that asks for a rating: 5, 4, 2 under 前台服务."""
    numeric = [(at, found) for at, found in scales.items() if not found.scale.labels and found.scale.max <= 10]
    words = load_scale_words()
    found_here: dict[int, ScaleFinding] = {}
    for at in places if numeric else ():
        cells = {cell for cell in sample.column(at) if cell not in DEFAULT_MISSING}
        if len(cells) < 2 or not all(map(_RATING.fullmatch, cells)) or words.has_cue("count", sample.header[at]):
            continue
        low, high = min(map(float, cells)), max(map(float, cells))
        like = next((pair for pair in numeric if pair[1].scale.min <= low and high <= pair[1].scale.max), None)
        if like is not None and sample.header[at]:
            evidence = f"取值 {low:g} 到 {high:g}，与“{sample.header[like[0]]}”一样；请核对"
            found_here[at] = replace(like[1], type=QuestionType.SCALE, evidence=evidence, is_certain=False)
    return found_here


def _is_free_text(cells: Sequence[str]) -> bool:
    if not cells or all(map(_NUMERIC.fullmatch, cells)):
        return False
    length = sum(map(len, cells)) / len(cells)
    return length >= _FREE_TEXT_LENGTH and len(set(cells)) >= _MOSTLY * len(cells) and not _are_moments(cells)


def _is_short_text(cells: Sequence[str]) -> bool:
    """Whether cells may be texts where none are longer: no numbers, no dates, and not a few that keep coming back."""
    if not cells or all(map(_NUMERIC.fullmatch, cells)) or _are_moments(cells):
        return False
    return sum(map(len, cells)) / len(cells) >= _SHORT_TEXT_LENGTH and not all(cell.isascii() for cell in cells)


def _are_moments(cells: Sequence[str]) -> bool:
    return _fits("received_at", cells[:_PROBED])


def _is_category(cells: Sequence[str]) -> bool:
    # A list or an object in a cell is a table of its own: replies, pictures.
    if any(cell[:1] in "[{" for cell in cells):
        return False
    return 0 < len(set(cells)) <= min(_MAX_CATEGORIES, max(2, len(cells) // 2))


def _guess_kind(table: _Table) -> SourceKind:
    handling = len(_HANDLING & set(table.fields))
    is_complaint = any(_has_cue("complaint", heading) for heading in table.sample.header)
    if table.text is not None and not table.asked and (handling >= 2 or is_complaint):
        return SourceKind.COMPLAINTS
    if len(table.scales) >= 2 or (table.scales and (table.text is None or table.asked)):
        return SourceKind.QUESTIONNAIRE
    if table.asked and len(table.asked) == len({*table.free, *table.asked}):
        return SourceKind.QUESTIONNAIRE
    return SourceKind.REVIEWS


def _fit_fields(table: _Table, kind: SourceKind) -> dict[str, int]:
    """Return the fields that this kind of source knows, with the moment and text it needs under its own names."""
    fields = dict(table.fields)
    required, optional = COLUMNS[kind]
    if kind is SourceKind.COMPLAINTS and "received_at" in fields:
        fields.setdefault("opened_at", fields["received_at"])
    if "text" in required and table.text is not None:
        fields["text"] = table.text
    return {field: fields[field] for field in (*required, *optional) if field in fields}


def _shorten(scale: ScaleConfig, cells: Iterable[str]) -> ScaleConfig:
    """Return the scale with the labels that occur, and one for each step that does not: all that a reader needs."""
    shown = {*cells}
    labels = {label: rating for label, rating in scale.label_ratings.items() if label in shown}
    for label, rating in scale.label_ratings.items():
        if rating not in labels.values():
            labels[label] = rating
    return scale.model_copy(update={"labels": dict(sorted(labels.items(), key=lambda pair: pair[1]))})


def _describe(table: _Table, texts: Sequence[int]) -> tuple[Question, ...]:
    header, codes = table.sample.header, table.codes
    questions = [
        Question(codes[at], header[at] or table.names[at], found.type, (at + 1,), found.scale, found.evidence)
        for at, found in table.scales.items()
    ]
    questions += [Question(codes[at], header[at], QuestionType.TEXT, (at + 1,)) for at in texts]
    return tuple(sorted(questions, key=lambda question: question.columns))


def _warn(table: _Table, mapping: MappingConfig, kind: SourceKind) -> tuple[str, ...]:
    warnings = list(mapping.problems_for(kind))
    moment = "opened_at" if kind is SourceKind.COMPLAINTS else "received_at"
    if moment not in mapping.columns:
        warnings.append(f"没有找到日期列（{moment}）；没有日期的行只计入全部期间，也可在来源里写 received_on")
    if kind is not SourceKind.QUESTIONNAIRE and "text" not in table.fields and "text" in mapping.columns:
        warnings.append(f"没有标题写明是正文，按内容把 {mapping.columns['text']} 当作正文，请核对")
    if table.private:
        shown = "、".join(table.names[at] for at in sorted(table.private))
        warnings.append(f"像个人信息的列没有写进映射：{shown}")
    warnings += [
        f"{table.names[at]} 的量表 {found.scale.min:g}–{found.scale.max:g} 不确定：{found.evidence}"
        for at, found in table.scales.items()
        if not found.is_certain
    ]
    return tuple(warnings)
