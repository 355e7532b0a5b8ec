"""Ratings that the configuration names, held against those that its sources bring: a misspelt one has no answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from feedback_engine.config.indicators import IndicatorConfig
from feedback_engine.config.model import Config
from feedback_engine.config.origin import Place
from feedback_engine.registry import unknown_name


def describe_unasked(config: Config, brought: Mapping[str, Set[str]], stored: Iterable[str]) -> list[str]:
    """Return a sentence for each rating that is named and that no source brings, with its place in the file.

    `brought` are the ratings of each source whose files were opened. Nothing where another source may bring it: one
    that tells its ratings by its files alone and was not opened, or one of the `stored` that is not configured.
    """
    declared = {source.name: {rating.indicator for rating in source.mapping.ratings} for source in config.sources}
    recognised = {source.name for source in config.sources if not source.is_generic}
    if recognised - brought.keys() or set(stored) - declared.keys():
        return []
    known = {code for codes in (*declared.values(), *brought.values()) for code in codes}
    # A code that is another question in another survey is told apart by the name of the source.
    also = {f"{source}.{code}" for source in recognised for code in brought[source]}
    return [
        f"{config.origin.tell(*place)}：{unknown_name('打分指标', code, tuple(known))}"
        for place, code in _list_named(config)
        if known and code not in known | also
    ]


def _list_named(config: Config) -> Iterator[tuple[Place, str]]:
    for number, touchpoint in enumerate(config.touchpoints):
        yield from _list_of_indicators(touchpoint.indicators, ("touchpoints", number, "indicators"))
    scoring = config.scoring
    if (item := scoring.weighting.overall_item) is not None:
        yield ("scoring", "weighting", "overall_item"), item
    if scoring.recommend_item is not None:
        yield ("scoring", "recommend_item"), scoring.recommend_item
    for number, gap in enumerate(scoring.gaps):
        yield ("scoring", "gaps", number, "expectation"), gap.expectation
        yield ("scoring", "gaps", number, "experience"), gap.experience
    for number, kano in enumerate(scoring.kano):
        yield ("scoring", "kano", number, "functional"), kano.functional
        yield ("scoring", "kano", number, "dysfunctional"), kano.dysfunctional
    for latent, codes in scoring.structural.blocks.items():
        yield from ((("scoring", "structural", "blocks", latent, at), code) for at, code in enumerate(codes))


def _list_of_indicators(indicators: Iterable[IndicatorConfig], above: Place) -> Iterator[tuple[Place, str]]:
    """Yield the ratings at any depth; a group is no rating, its members are."""
    for number, indicator in enumerate(indicators):
        place = (*above, number)
        if indicator.indicators:
            yield from _list_of_indicators(indicator.indicators, (*place, "indicators"))
        elif indicator.reads == "rating":
            yield (*place, "code"), indicator.code
