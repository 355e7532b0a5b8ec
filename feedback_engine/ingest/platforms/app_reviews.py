"""Reviews of apps, whichever scraper wrote them and however its columns were renamed, merged or doubled since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from feedback_engine.config.model import SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.casework import add_segments
from feedback_engine.ingest.platforms.dayforms import DayForm, decide_days
from feedback_engine.ingest.platforms.identifiers import are_damaged, choose_key, clean_id
from feedback_engine.ingest.platforms.layout import Convert, Layout, Make, take, take_first
from feedback_engine.ingest.platforms.posts import clean_post, is_default_review, read_count
from feedback_engine.ingest.platforms.review_scores import add_stars
from feedback_engine.ingest.readers.rows import Rows

#: Why a row is dropped that holds no customer's words.
DEFAULT_REVIEW = "默认评价：不是顾客写的，不计入"
_DOUBLED = "同一内容有几列（{names}）：取每行第一个非空的"


@dataclass(frozen=True)
class _Reviews:
    """A file of reviews and where its fields lie."""

    sample: Sample
    found: dict[str, list[int]]
    days: DayForm
    channel: str

    def heading(self, name: str) -> str:
        return self.sample.header[self.found[name][0]]

    def reader(self, name: str, convert: Convert = clean) -> Make:
        return take_first(self.found[name], convert)


def find_store(sample: Sample, names: Collection[str]) -> str | None:
    """Return the heading of a column that names the store, in any row; None if there is none."""
    for position, heading in enumerate(sample.header):
        cells = {clean(cell).casefold() for cell in sample.column(position)}
        if cells and cells <= set(names):
            return heading
    return None


def adapt_app_reviews(rows: Rows, source: SourceConfig, table: AliasTable, channel: str) -> Adapted:
    """Return the reviews with their stars; columns that mean the same are read as one.

    Raises MappingError without a column of texts or scores.
    """
    sample, rows = peek(rows, source.name)
    found = table.locate(sample.header)
    if not {"text", "score"} & found.keys():
        raise MappingError(f"来源 {source.name}：没有评论内容或评分列，不像 {channel} 的评论")
    days = decide_days(cell for at in found.get("time", []) for cell in sample.column(at))
    reviews, layout = _Reviews(sample, found, days, channel), Layout(warnings=list(days.warnings))
    _add_identity(layout, reviews)
    _add_fields(layout, reviews)
    _add_attributes(layout, reviews)
    add_segments(layout, sample, [at for at, head in enumerate(sample.header) if head and table.find(head) is None])
    refuse = refuse_default(reviews.reader("text")) if "text" in found else None
    return layout.adapt(layout.make_rows(rows, refuse=refuse), SourceKind.REVIEWS)


def refuse_default(read_text: Make) -> Make:
    """Return what gives the reason to drop a row whose text the shop wrote, else nothing."""
    return lambda row: DEFAULT_REVIEW if is_default_review(read_text(row)) else ""


def _add_identity(layout: Layout, reviews: _Reviews) -> None:
    """Add the id: of columns merged from several exports each row's first, damaged columns left out."""
    sample, found = reviews.sample, reviews.found
    for name in ("id", "text", "score", "time"):
        if len(found.get(name, [])) > 1:
            layout.warnings.append(_DOUBLED.format(names="、".join(sample.header[at] for at in found[name])))
    key = choose_key(sample, found.get("id", []))
    layout.warnings += key.warnings
    if key.position is not None:
        sound = [at for at in found["id"] if not are_damaged(sample.column(at))]
        layout.add_field("id", sample.header[key.position], take_first(sound, clean_id))


def _add_fields(layout: Layout, reviews: _Reviews) -> None:
    fields: tuple[tuple[str, str, Convert], ...] = (
        ("text", "text", clean_post),
        ("title", "title", clean_post),
        ("time", "received_at", reviews.days.convert),
        ("author", "author", clean_id),
        ("target", "target", clean),
    )
    for name, field, convert in fields:
        if name in reviews.found:
            layout.add_field(field, reviews.heading(name), reviews.reader(name, convert))
    if "text" not in reviews.found:
        layout.add_field("text", "正文", lambda _: "")
    layout.add_field("channel", "平台", lambda _: reviews.channel)
    if "score" in reviews.found:
        evidence = f"{reviews.channel} 的评分是 1 到 5 星"
        add_stars(layout, reviews.heading("score"), reviews.reader("score", _read_stars), evidence=evidence)


def _add_attributes(layout: Layout, reviews: _Reviews) -> None:
    """Add version, the developer's reply, and counts, which change without the review changing."""
    fields: tuple[tuple[str, Convert], ...] = (
        ("version", clean),
        ("reply", clean_post),
        ("replied_at", reviews.days.convert),
    )
    for name, convert in fields:
        if name in reviews.found:
            layout.add_attribute(reviews.heading(name), reviews.reader(name, convert))
    for position in reviews.found.get("attribute", []):
        layout.add_attribute(reviews.sample.header[position], take(position))
    if "count" in reviews.found:
        layout.add_attribute(reviews.heading("count"), reviews.reader("count", read_count), is_volatile=True)


def _read_stars(cell: str) -> str:
    """Return the stars; 5.0 is 5."""
    text = clean(cell)
    return text[:-2] if text.endswith(".0") else text
