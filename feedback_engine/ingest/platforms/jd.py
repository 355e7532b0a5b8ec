"""Reviews of JD and other shops: crawls without a line of headings, and the CSV of browser plug-ins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from feedback_engine.config.model import SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.app_reviews import DEFAULT_REVIEW
from feedback_engine.ingest.platforms.casework import add_segments
from feedback_engine.ingest.platforms.dayforms import decide_days
from feedback_engine.ingest.platforms.identifiers import are_serial, choose_key, clean_id, guard_ids
from feedback_engine.ingest.platforms.layout import Layout, Make, take, take_first
from feedback_engine.ingest.platforms.posts import clean_post, is_default_review
from feedback_engine.ingest.platforms.review_scores import add_stars, are_numbers
from feedback_engine.ingest.readers.rows import Rows

#: The attribute for the class of a review, which is no star rating.
REVIEW_CLASS = "review_class"
FOLLOW_UP = "追加评论："
_CLASSES = {"3": "好评", "2": "中评", "1": "差评", "好评": "好评", "中评": "中评", "差评": "差评"}
#: Keys that JD's own interface has beside content, creationTime and score.
_API = ("referenceName", "referenceId", "productColor", "usefulVoteCount", "userClientShow", "afterDays", "guid")
_MOMENT = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_SCORE = re.compile(r"[1-5]")
_MIN_COLUMNS, _MAX_COLUMNS, _PROBED_LINES = 3, 6, 200
#: Share of the cells that must look like a score or a moment.
_MOST = 0.8


@dataclass(frozen=True, slots=True)
class _Headerless:
    """Where product, text, score and moment lie in a crawl without headings."""

    width: int
    product: int | None
    text: int
    score: int
    time: int


class Jd:
    """Reviews of JD and of shops alike."""

    name = "jd"
    rank = 160

    @property
    def _table(self) -> AliasTable:
        return AliasTable.load("jd_columns")

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a plug-in's CSV, or to a file whose first line is a review and no headings."""
        found = self._table.locate(sample.header)
        if {"text", "score"} <= found.keys() and ("more" in found or {"reply", "sku"} <= found.keys()):
            return Match(len(found), (f"有电商评论插件的 {len(found)} 个标题，如 {sample.header[found['text'][0]]}",))
        own = [key for key in _API if key in sample.header]
        if sample.has("content", "creationTime", "score") and own:
            return Match(3 + len(own), (f"有京东评论接口的键：creationTime、{'、'.join(own)}",))
        if _find_headerless(sample) is not None:
            return Match(3, ("没有标题行：第一行就有评论、得分和时间",), is_headless=True)
        return None

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the reviews; default reviews become rejects. Raises MappingError without texts and scores."""
        sample, rows = peek(rows, source.name)
        places = _find_headerless(sample)
        if places is not None:
            return _adapt_headerless(rows, sample, places)
        found = self._table.locate(sample.header)
        if "text" not in found:
            raise MappingError(f"来源 {source.name}：没有评论内容列，第一行也不像评论；请核对 format 或用映射文件")
        return _adapt_plugin(rows, sample, found, self._table)


def _find_headerless(sample: Sample) -> _Headerless | None:
    """Return the columns if the first line already holds a moment and a score, as the lines below do.

    Naive writing splits some lines at the commas of their texts, so the usual number of cells counts.
    """
    lines = [sample.header, *sample.rows[:_PROBED_LINES]]
    width = Counter(map(len, lines)).most_common(1)[0][0]
    if not _MIN_COLUMNS <= width <= _MAX_COLUMNS or len(sample.header) < width:
        return None
    columns = list(zip(*(line for line in lines if len(line) == width), strict=True))
    time = next((at for at in range(width) if _share(_MOMENT, columns[at]) > _MOST), None)
    score = next((at for at in range(width) if _share(_SCORE, columns[at]) > _MOST), None)
    if time is None or score is None:
        return None
    rest = [at for at in range(width) if at not in (time, score)]
    # A product stands in many lines, a text in one.
    text = max(rest, key=lambda at: sum(map(len, set(columns[at]))))
    places = _Headerless(width, next((at for at in rest if at != text), None), text, score, time)
    return places if _is_review(_rejoin(sample.header, places), places) else None


def _share(form: re.Pattern[str], cells: Sequence[str]) -> float:
    return sum(form.fullmatch(clean(cell)) is not None for cell in cells) / len(cells)


def _adapt_headerless(rows: Rows, sample: Sample, places: _Headerless) -> Adapted:
    layout = Layout(warnings=["文件没有标题行：按内容认出了评论、得分和时间各列"])
    layout.add_field("text", "评论", take(places.text, clean_post))
    layout.add_field("received_at", "时间", take(places.time))
    if places.product is not None:
        layout.add_field("target", "商品", take(places.product))
    layout.add_field("channel", "平台", lambda _: "京东")
    lines = [tuple(_rejoin(row, places)) for row in (sample.header, *sample.rows)]
    first = replace(sample, rows=tuple(line for line in lines if len(line) == places.width))
    _add_score(layout, first, places.score, "得分")
    data = replace(
        rows, header=[f"#{number}" for number in range(1, places.width + 1)],
        records=chain([(1, list(sample.header))], rows.records),
    )  # fmt: skip
    refuse = _refuse_default(take(places.text), None)
    made = layout.make_rows(data, refuse=refuse, repair=lambda cells: _rejoin(cells, places))
    return layout.adapt(made, SourceKind.REVIEWS)


def _is_review(cells: Sequence[str], places: _Headerless) -> bool:
    """Whether a score and a moment stand where they should."""
    if len(cells) != places.width:
        return False
    return bool(_SCORE.fullmatch(clean(cells[places.score])) and _MOMENT.fullmatch(clean(cells[places.time])))


def _rejoin(cells: Sequence[str], places: _Headerless) -> list[str]:
    """Return a line that naive writing has split at the commas of its text, joined again."""
    end = places.text + len(cells) - places.width + 1
    if len(cells) <= places.width:
        return list(cells)
    joined = [*cells[: places.text], ",".join(cells[places.text : end]), *cells[end:]]
    return joined if _is_review(joined, places) else list(cells)


def _adapt_plugin(rows: Rows, sample: Sample, found: dict[str, list[int]], table: AliasTable) -> Adapted:
    layout = Layout()
    key = choose_key(sample, [at for at in found.get("id", []) if not are_serial(sample.column(at))])
    layout.warnings += key.warnings
    if key.position is not None:
        layout.add_field("id", sample.header[key.position], take(key.position, clean_id))
    first, more = take_first(found["text"]), take_first(found["more"]) if "more" in found else None
    layout.add_field("text", sample.header[found["text"][0]], lambda row: _join(first(row), more(row) if more else ""))
    moments = [at for name in ("time", "more_at") for at in found.get(name, [])]
    days = decide_days(cell for at in moments for cell in sample.column(at))
    layout.warnings += days.warnings
    if "time" in found:
        layout.add_field("received_at", sample.header[found["time"][0]], take_first(found["time"], days.convert))
    if "platform" in found:
        layout.add_field("channel", sample.header[found["platform"][0]], take_first(found["platform"]))
    elif sample.has("creationTime"):
        layout.add_field("channel", "平台", lambda _: "京东")
    if "target" in found:
        layout.add_field("target", sample.header[found["target"][0]], take_first(found["target"]))
    for position in found.get("score", [])[:1]:
        _add_score(layout, sample, position, sample.header[position])
    for name in ("sku", "level", "pictures", "reply"):
        for position in found.get(name, []):
            layout.add_attribute(sample.header[position], take(position, clean_post))
    for position in found.get("more_at", []):
        layout.add_attribute(sample.header[position], take(position, days.convert))
    add_segments(layout, sample, [at for at, head in enumerate(sample.header) if head and table.find(head) is None])
    rows = guard_ids(rows, key.position)
    return layout.adapt(layout.make_rows(rows, refuse=_refuse_default(first, more)), SourceKind.REVIEWS)


def _add_score(layout: Layout, sample: Sample, position: int, heading: str) -> None:
    """Add the score: 3, 2 and 1 are the class in whose list the review stood, 4 and 5 can only be stars."""
    cells = sample.column(position)
    if are_numbers(cells, range(1, 6)) and not are_numbers(cells, (1, 2, 3)):
        add_stars(layout, heading, take(position), evidence="取值 1 到 5")
        return
    if all(clean(cell).removesuffix(".0") in _CLASSES for cell in cells):
        layout.add_attribute(
            REVIEW_CLASS, take(position, lambda cell: _CLASSES.get(clean(cell).removesuffix(".0"), ""))
        )
        layout.warnings.append(
            f"{heading!r} 只有 3、2、1（好评、中评、差评）：是评价类别，不当作星级，记为属性 {REVIEW_CLASS}"
        )
        return
    if all(re.fullmatch(r"[1-5](?:\.0)?\s*(?:分|星|颗星)?", clean(cell)) for cell in cells):
        add_stars(layout, heading, take(position), evidence="取值写着几分或几星")
        return
    layout.add_attribute(heading, take(position))
    layout.warnings.append(f"{heading!r} 列的取值既不是 1 到 5，也不是好中差评，只作为属性保留")


def _join(first: str, more: str) -> str:
    """Return the review with what the customer added later on a line of its own."""
    said = "" if is_default_review(first) else clean_post(first)
    added = clean_post(more)
    return "\n".join(filter(None, (said, f"{FOLLOW_UP}{added}" if added else "")))


def _refuse_default(first: Make, more: Make | None) -> Make:
    """Return what gives the reason to drop a row in which the customer has said nothing at all."""

    def refuse(row: Sequence[str]) -> str:
        has_more = more is not None and more(row) != ""
        return DEFAULT_REVIEW if is_default_review(first(row)) and not has_more else ""

    return refuse
