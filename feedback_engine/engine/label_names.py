"""Text labels that touchpoints of the configuration name, held against those of the packs: others are never found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from feedback_engine.config.indicators import TouchpointConfig
from feedback_engine.config.model import Config
from feedback_engine.errors import FeedbackEngineError
from feedback_engine.registry import unknown_name

if TYPE_CHECKING:
    from feedback_engine.lexicon.model import Pack

#: What is made of the texts and complaints that speak of a touchpoint.
_HEARD = ("text", "complaints")


def describe_unheard(config: Config, packs: Iterable[Pack]) -> list[str]:
    """Return a sentence for each label that no pack has, and for each touchpoint that has none to be heard by.

    Nothing where a pack cannot be read, as its labels are not known then.
    """
    with suppress(FeedbackEngineError):
        labels = tuple(sorted({label.code for pack in packs for label in pack.touchpoints}))
        return [problem for touchpoint in config.touchpoints for problem in _describe(touchpoint, labels)]
    return []


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
