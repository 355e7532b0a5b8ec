"""Text labels that touchpoints of the configuration name, held against those of the packs: others are never found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from feedback_engine.config.indicators import TouchpointConfig
from feedback_engine.config.model import Config
from feedback_engine.errors import FeedbackEngineError
from feedback_engine.registry import unknown_name
from feedback_engine.resources import find_lexicons

if TYPE_CHECKING:
    from feedback_engine.lexicon.model import Pack

#: What is made of the texts and complaints that speak of a touchpoint.
_HEARD = ("text", "complaints")


def describe_unheard(config: Config, packs: Iterable[Pack]) -> list[str]:
    """Return a sentence for each label that no pack has, and for each touchpoint that has none to be heard by.

    Packs without touchpoints or complaint types are told before these. Nothing where a pack cannot be read, as its
    labels are not known then.
    """
    with suppress(FeedbackEngineError):
        listed = list(packs)
        labels = tuple(sorted({label.code for pack in listed for label in pack.touchpoints}))
        empty = [problem for pack in listed for problem in _describe_empty(config, pack)]
        silent = (
            f"{config.origin.tell('touchpoints', number)}：{problem}"
            for number, touchpoint in enumerate(config.touchpoints if labels else ())
            for problem in _describe(touchpoint, labels)
        )
        return [*empty, *silent]
    return []


def _describe_empty(config: Config, pack: Pack) -> Iterator[str]:
    """Yield a sentence for each file of the pack that lists nothing, itself or by what it extends."""
    folder = find_lexicons(config.tagging_settings.lexicons) / "packs" / pack.code
    if not pack.touchpoints:
        way_out = "请在 touchpoints: 下列出（每项有 code、name、phrases），或用 extends: general 沿用通用包的"
        yield f"{folder / 'touchpoints.yaml'}:1：没有一个触点，文本不会归到任何触点；{way_out}"
    if not pack.complaint_types:
        way_out = "请在 types: 下列出（每项有 code、name、cues）"
        yield f"{folder / 'complaint_types.yaml'}:1：没有一个投诉类型，投诉都会没有类型；{way_out}"


def _describe(touchpoint: TouchpointConfig, labels: tuple[str, ...]) -> Iterator[str]:
    unknown = [label for label in touchpoint.labels or () if label not in labels]
    for label in unknown:
        yield f"触点 {touchpoint.code} 的 labels：{unknown_name('行业包触点', label, labels)}"
    reading = "、".join(indicator.code for indicator in touchpoint.tree if indicator.reads in _HEARD)
    if reading and not unknown and not set(touchpoint.text_labels).intersection(labels):
        yield (
            f"触点 {touchpoint.code} 的指标 {reading} 读取文本，而行业包没有触点 {touchpoint.code}；"
            f"请在 labels 里写明属于它的行业包触点：{'、'.join(labels)}"
        )
