"""What the columns of a table of no known platform seem to hold: fields, scales, people's own words, personal data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from feedback_engine.ingest.cells import DEFAULT_MISSING, clean
from feedback_engine.ingest.dates import MomentParser
from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.identity import is_damaged
from feedback_engine.ingest.pending import is_pending
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.dayforms import decide_days
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.scales import ScaleFinding, recognise_scale
from feedback_engine.ingest.survey import QuestionType

_MOMENTS_OF_ARRIVAL = frozenset({"received_at", "opened_at"})
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_MOMENTS = ("received_at", "opened_at", "replied_at", "closed_at")
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


@dataclass(frozen=True)
class Table:
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
        return sorted(at for at in own if has_draft_cue("asked", self.sample.header[at]))

    @property
    def text(self) -> int | None:
        """The column that is the text of a review or complaint: so called, else the longest."""
        return self.fields.get("text", self.free[0] if self.free else None)


def read_table(sample: Sample) -> Table:
    """Return what the headings and the first rows say of each column."""
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
    return Table(sample, names, _name_codes(sample.header), fields, dict(sorted(scales.items())), free, private)


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


def has_draft_cue(kind: str, heading: str) -> bool:
    """Whether the heading holds a cue of that kind: `asked` for open questions, `complaint`."""
    return any(row[1] in heading.casefold() for row in read_format_table("draft_cues") if row[0] == kind)


def says_arrival(heading: str) -> bool:
    """Whether a heading says that its moments are those of an answer, a post or a case, and not just some moments."""
    table = AliasTable.load("generic_columns")
    aliases = [table.find(part) for part in (heading, heading.rpartition(".")[2]) if part]
    return any(alias is not None and alias.field in _MOMENTS_OF_ARRIVAL and not alias.is_weak for alias in aliases)


def _find_fields(sample: Sample) -> dict[str, int]:
    """Return field → column where the heading says it and the cells do not contradict.

    Of a key inside others, mblog.created_at, the last part says it where no whole key does; the outermost counts.
    """
    table = AliasTable.load("generic_columns")
    located = table.locate(sample.header)
    for field, places in table.locate([heading.rpartition(".")[2] for heading in sample.header]).items():
        inside = sorted((at for at in places if at not in located.get(field, [])), key=partial(_depth_of, sample))
        located[field] = [*located.get(field, []), *inside]
    fields: dict[str, int] = {}
    for field, places in located.items():
        found = next((at for at in places if _fits(field, sample.column(at)[:_PROBED], is_named=True)), None)
        if found is not None and found not in fields.values():
            fields[field] = found
    return fields


def _depth_of(sample: Sample, at: int) -> int:
    return sample.header[at].count(".")


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
    if field in _MOMENTS_OF_ARRIVAL and not cells:
        return False
    if field in _MOMENTS:
        cells = [cell for cell in cells if not is_pending(cell)]
        parse, days = MomentParser("UTC").parse, decide_days(cells)
        found = sum(parse(days.convert(cell)) is not None for cell in cells)
        return found * 2 > len(cells) if is_named and cells else found >= _MOSTLY * len(cells)
    if field == "id":
        return len(set(cells)) >= _MOSTLY * len(cells)
    return field != "text" or not cells or not all(map(_NUMERIC.fullmatch, cells))


def _find_scale(sample: Sample, at: int) -> ScaleFinding | None:
    # What a formula left behind is a broken cell, and says nothing of the others.
    values = {cell for cell in sample.column(at) if cell not in DEFAULT_MISSING and not is_damaged(cell)}
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
        is_other = any(words.has_cue(kind, sample.header[at]) for kind in ("count", "category"))
        if len(cells) < 2 or not all(map(_RATING.fullmatch, cells)) or is_other:
            continue
        low, high = min(map(float, cells)), max(map(float, cells))
        wide_enough = [pair for pair in numeric if pair[1].scale.min <= low and high <= pair[1].scale.max]
        if wide_enough and sample.header[at]:
            like = min(wide_enough, key=lambda pair: pair[1].scale.max - pair[1].scale.min)
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


def is_category(cells: Sequence[str]) -> bool:
    """Whether the cells are few values that keep coming back, by which to segment."""
    # A list or an object in a cell is a table of its own: replies, pictures.
    if any(cell[:1] in "[{" for cell in cells):
        return False
    return 0 < len(set(cells)) <= min(_MAX_CATEGORIES, max(2, len(cells) // 2))
