"""Attributes that the configuration names, held against those that files bring: a misspelt one would check nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from feedback_engine.config.model import Config
from feedback_engine.registry import unknown_name


def describe_unknown(
    config: Config, of_surveys: Collection[str] | None, of_others: Collection[str] | None
) -> list[str]:
    """Return a sentence for each attribute named that neither the questionnaires nor, where these count, others bring.

    Where nothing of the kind was read (None), nothing is known to be missing.
    """
    every = None if of_surveys is None and of_others is None else {*(of_surveys or ()), *(of_others or ())}
    found = [(place, name, of_surveys) for place, name in _named_of_surveys(config)]
    found += [(place, name, every) for place, name in _named_of_any(config)]
    return [
        f"{place}：{_say_missing(name, known)}"
        for place, name, known in found
        if known is not None and name not in known
    ]


def _say_missing(name: str, known: Collection[str]) -> str:
    if not known:
        return f"没有名为 {name!r} 的属性：来源没有带来任何属性；请写进来源 mapping 的 attributes"
    return unknown_name("属性", name, tuple(sorted(known)))


def list_named(config: Config) -> set[str]:
    """Return the names of all attributes that the configuration names."""
    return {name for _, name in (*_named_of_surveys(config), *_named_of_any(config))}


def _named_of_surveys(config: Config) -> Iterator[tuple[str, str]]:
    for check in config.quality.attention:
        yield "quality.attention", check.attribute
    if "duration_attribute" in config.quality.model_fields_set:
        yield "quality.duration_attribute", config.quality.duration_attribute


def _named_of_any(config: Config) -> Iterator[tuple[str, str]]:
    from feedback_engine.scoring.records import SEGMENT_COLUMNS

    for name in config.report.attributes:
        if name not in SEGMENT_COLUMNS:
            yield "report.segment_by", name
    if (objects := config.scoring.weighting.objects) is not None and objects not in SEGMENT_COLUMNS:
        yield "scoring.weighting.objects", objects
    for name in config.scoring.population.margins:
        yield "scoring.population.margins", name
