"""Which of the touchpoints that learned weights consider are named."""

from __future__ import annotations

from feedback_engine.nlp.heads import LearnedLabel
from feedback_engine.nlp.learned_touchpoints import accept


def labels(**odds: float) -> dict[str, LearnedLabel]:
    return {code: LearnedLabel(value, 0.5, 0.5, []) for code, value in odds.items()}


def test_the_likeliest_is_named_by_the_same_limit_with_a_phrase_and_without_one() -> None:
    considered = labels(space=-1.0, price=-1.5)
    assert list(accept(considered, (), 30)) == list(accept(considered, ("space",), 30)) == ["space"]


def test_a_phrase_lowers_the_limit_of_the_others() -> None:
    considered = labels(space=2.0, price=-0.2, noise=-0.2)
    assert list(accept(considered, ("price",), 30)) == ["space", "price"]


def test_in_a_very_short_text_a_phrase_is_enough() -> None:
    considered = labels(space=2.0, price=-2.5)
    assert list(accept(considered, ("price",), 8)) == ["space", "price"]
    assert list(accept(considered, ("price",), 30)) == ["space"]


def test_nothing_is_named_where_even_the_likeliest_is_unlikely() -> None:
    assert accept(labels(space=-2.5, price=-2.8), ("space", "price"), 30) == {}


def test_a_very_short_text_without_a_phrase_names_what_is_likely_alone() -> None:
    assert accept(labels(exterior=-1.0, comfort=-2.0), (), 5) == {}
    assert list(accept(labels(exterior=-0.4, comfort=-2.0), (), 5)) == ["exterior"]
