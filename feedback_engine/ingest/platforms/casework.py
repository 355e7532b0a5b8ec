"""What case logs of all systems have in common: satisfaction stated by word, several departments in one cell, columns
that segment, and what is personal and stays outside."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedback_engine.config.model import ScaleConfig
from feedback_engine.domain import AnswerState
from feedback_engine.ingest.cells import clean, fold
from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.platforms.layout import Layout, take
from feedback_engine.ingest.scales import ScaleFinding, recognise_scale
from feedback_engine.resources import once_per_lexicons

#: The indicator under which a stated satisfaction is kept.
SATISFACTION = "satisfaction"
_SEPARATORS = re.compile(r"[,，;；、|┋\n]+")
#: A column segments if its cells are short and few beside the rows.
_MAX_LENGTH, _MAX_DISTINCT, _FREE_DISTINCT = 60, 0.5, 20
_TELEPHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|\S+@\S+\.\w+")


def join_list(cell: str) -> str:
    """Return several entries of one cell, each once, joined by 、; E43,G52, is E43、G52."""
    return "、".join(dict.fromkeys(filter(None, map(clean, _SEPARATORS.split(cell)))))


def join_path(positions: Sequence[int], row: Sequence[str]) -> str:
    """Return the levels of a category as one path, 城乡建设/安全生产; a level like the one above is left out."""
    levels: list[str] = []
    for at in positions:
        level = join_list(row[at])
        if level and levels[-1:] != [level]:
            levels.append(level)
    return "/".join(levels)


#: What callers press: 1 for satisfied, as often as not.
_KEYS = frozenset("123")


def is_segment(cells: Sequence[str]) -> bool:
    """Whether a column can split customers into groups: short values, not all different, nothing personal."""
    distinct = set(cells)
    if not cells or any(len(cell) > _MAX_LENGTH or "\n" in cell for cell in distinct):
        return False
    if any(_TELEPHONE.search(cell) for cell in distinct):
        return False
    return len(distinct) <= max(_FREE_DISTINCT, len(cells) * _MAX_DISTINCT)


@once_per_lexicons
def unrated_words() -> dict[str, AnswerState]:
    """Return what stands in place of a rating, and what that means."""
    return {row[0]: AnswerState(row[1]) for row in read_format_table("unrated")}


def add_satisfaction(
    layout: Layout, sample: Sample, position: int, *, stem: str = "", scale: ScaleConfig | None = None
) -> None:
    """Add a column of stated satisfaction: a rating where its scale is recognised, else an attribute with a warning."""
    heading = sample.header[position]
    unrated = {fold(word): state for word, state in unrated_words().items()}
    values = {cell for text in sample.column(position) if (cell := clean(text))}
    layout.missing |= {value: unrated[fold(value)] for value in sorted(values) if fold(value) in unrated}
    layout.missing |= unrated_words()
    rated = {value for value in values if fold(value) not in unrated}
    evidence = "平台固定的取值"
    if scale is None and rated:
        found = recognise_scale(stem or heading, rated) or _recognise_most(stem or heading, layout, sample, position)
        if found is None:
            layout.warnings.append(f"{heading!r} 列的取值认不出量表（如 {sorted(rated)[0]!r}），只作为属性保留")
            layout.add_attribute(heading, take(position))
            return
        if not found.is_certain and rated <= _KEYS:
            layout.warnings.append(
                f"{heading!r} 列只有 {'、'.join(sorted(rated))}，可能是按键或选项的代码（1 常是满意），没有计分；"
                "若是分数请用映射文件声明"
            )
            layout.add_attribute(heading, take(position))
            return
        scale, evidence = found.scale, found.evidence
        if not found.is_certain:
            layout.warnings.append(f"{heading!r} 列：{found.evidence}")
    if scale is not None:
        layout.add_rating(heading, take(position), indicator=SATISFACTION, scale=scale, evidence=evidence)
        return
    layout.add_attribute(heading, take(position))


def _recognise_most(stem: str, layout: Layout, sample: Sample, position: int) -> ScaleFinding | None:
    """Return the scale of the values that are on one, if they fill most cells; the others become rejects."""
    cells = [clean(cell) for cell in sample.column(position)]
    known = {value for value in set(cells) if recognise_scale(stem, {value}) is not None}
    if sum(cell in known for cell in cells) * 2 <= len(cells):
        return None
    odd = sorted(set(cells) - known - unrated_words().keys())
    if odd:
        layout.warnings.append(f"{sample.header[position]!r} 列里有量表之外的写法：{'、'.join(odd[:5])}")
    return recognise_scale(stem, known)


def add_segments(layout: Layout, sample: Sample, positions: Sequence[int]) -> None:
    """Add the columns without a meaning of their own that can segment, and warn of those that are left out."""
    left = []
    for position in positions:
        cells = [clean(cell) for cell in sample.column(position)]
        if is_segment(cells):
            layout.add_attribute(sample.header[position], take(position))
        elif cells:
            left.append(sample.header[position] or f"#{position + 1}")
    if left:
        layout.warnings.append(f"没有读入的列（不认识，也不像分组用的类别）：{'、'.join(left)}；需要时请用映射文件")
