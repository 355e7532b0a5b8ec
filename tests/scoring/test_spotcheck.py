"""Which texts are drawn for a person to read, and how far tags and person then agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from scoring_builders import Person, key, make_data

from feedback_engine.scoring.agreement import Judged, Opinion, measure_agreement
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.spotcheck import draw_texts

PLAIN = [Person(f"p{n}", tags=[("sentiment", "text", "neutral")], text=f"第{n}条") for n in range(60)]


def draw(data: ScoringData, count: int, seed: int = 0) -> dict[str, str]:
    texts = dict(zip(data.feedback["feedback_id"], data.feedback["text"], strict=True))

    def read(ids: Sequence[str]) -> dict[str, str]:
        return {id_: texts[id_] for id_ in ids}

    drawn = draw_texts(data, read, untyped="unsure", count=count, seed=seed)
    assert dict(zip(drawn["feedback_id"], drawn["text"], strict=True)).items() <= texts.items()
    return dict(zip(drawn["feedback_id"], drawn["reason"], strict=True))


def test_half_of_the_texts_are_drawn_by_chance_and_the_order_of_rows_changes_nothing() -> None:
    data = make_data(PLAIN)
    drawn = draw(data, 21)
    turned = replace(data, feedback=data.feedback[::-1], annotations=data.annotations[::-1])
    assert sorted(drawn.values()).count("random") == 11 and len(drawn) == 21
    assert draw(turned, 21) == drawn
    assert draw(data, 21, seed=1) != drawn


def test_where_there_are_no_more_all_are_drawn_and_speak_for_themselves() -> None:
    assert set(draw(make_data(PLAIN), 60).values()) == {"random"}
    assert len(draw(make_data(PLAIN), 1000)) == 60
    assert draw(make_data(PLAIN[:0]), 10) == {} == draw(make_data(PLAIN), 0)


def test_texts_without_content_are_not_drawn() -> None:
    data = make_data(PLAIN)
    silent = data.annotations.assign(confidence=0.0)
    assert draw(replace(data, annotations=silent), 10) == {}


def test_the_doubtful_half_takes_each_reason_in_turn() -> None:
    blame, praise = ("sentiment", "text", "negative"), ("sentiment", "text", "positive")
    dear, cheap = ("touchpoint", "price", "negative"), ("touchpoint", "price", "positive")
    kinds: list[tuple[str, int, list[tuple[str, str, str]]]] = [
        ("高分", 5, [blame, dear]),
        ("低分", 1, [praise, cheap]),
        ("不明", 1, [blame, dear, ("complaint", "unsure", "negative")]),
        ("无处", 5, [praise]),
    ]
    odd = [Person(f"{name}{n}", {"q": q}, tags, f"{name}，{n}") for name, q, tags in kinds for n in range(3)]
    data = make_data([*PLAIN, *odd])
    reasons = {key(person.name): person.name[:2] for person in odd}
    drawn = draw(data, 40)
    by_doubt = {
        (reasons[id_], reason) for id_, reason in drawn.items() if id_ in reasons and reason not in ("random", "unsure")
    }
    assert by_doubt == {
        ("高分", "contrary"),
        ("低分", "contrary"),
        ("不明", "untyped"),
        ("无处", "unplaced"),
    }


def test_of_doubtful_texts_that_say_the_same_one_is_drawn() -> None:
    same = [Person(f"s{n}", tags=[("sentiment", "text", "negative")], text="差 评\n") for n in range(30)]
    data = make_data([*same, *(replace(person, text="差评") for person in PLAIN[:2])])
    drawn = draw(data, 16)
    assert list(drawn.values()).count("random") == 8
    assert len(drawn) == 9


def judged(said: str | None, told: str, *, complaint: tuple[str | None, str] = (None, ""), **more: bool) -> Judged:
    flags = {"is_random": True, "is_logged": False, **more}
    return Judged(**flags, person=Opinion(said, None, complaint[0]), engine=Opinion(told, frozenset(), complaint[1]))


def figures(texts: Sequence[Judged], part: str = "random") -> dict[str, tuple[int, int]]:
    table = measure_agreement(texts, untyped="unsure")
    own = table[table["part"] == part]
    return dict(zip(own["measure"], zip(own["agreed"], own["base"], strict=True), strict=True))


def test_agreement_counts_only_what_was_judged_and_keeps_the_drawn_by_chance_apart() -> None:
    texts = [
        judged("negative", "negative"),
        judged("neutral", "negative"),
        judged(None, "negative"),
        judged("mixed", "mixed", is_random=False),
    ]
    assert figures(texts)["polarity"] == (1, 2)
    assert figures(texts, "doubtful")["polarity"] == (1, 1)
    assert figures(texts)["complaint"] == (0, 0)


def test_complaints_of_a_log_say_nothing_of_how_well_complaints_are_told() -> None:
    texts = [
        judged(None, "negative", complaint=("price", "price")),
        judged(None, "negative", complaint=("price", "")),
        judged(None, "negative", complaint=("unsure", "service")),
        judged(None, "neutral", complaint=("", "service")),
        judged(None, "neutral", complaint=("", "")),
        judged(None, "negative", complaint=("service", "unsure"), is_logged=True),
    ]
    found = figures(texts)
    assert found["sensitivity"] == (2, 3)
    assert found["specificity"] == (1, 2)
    assert found["complaint"] == (3, 5)
    assert found["complaint_type"] == (1, 3)  # a type left open is not the type that the person names


def test_touchpoints_are_counted_mention_by_mention() -> None:
    def judge(said: set[str] | None, told: set[str]) -> Judged:
        person = Opinion(None, None if said is None else frozenset(said), None)
        return Judged(True, False, person, Opinion("neutral", frozenset(told), ""))

    texts = [judge({"price", "service"}, {"price"}), judge(set(), {"delivery"}), judge(None, {"delivery"})]
    found = figures(texts)
    assert found["touchpoints_found"] == (1, 2)
    assert found["touchpoints_right"] == (1, 2)


def test_one_label_for_everything_agrees_by_chance_alone_and_kappa_says_nothing() -> None:
    table = measure_agreement([judged("neutral", "neutral")] * 3, untyped="unsure").set_index(["part", "measure"])
    assert table.loc[("random", "polarity"), "estimate"] == pytest.approx(1)
    assert table["estimate"].isna()[("random", "polarity_kappa")]
