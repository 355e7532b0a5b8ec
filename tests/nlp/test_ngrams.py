from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.nlp.ngrams import EDGE, HASH_BITS, hash_ngrams, lay_out, plain_key
from feedback_engine.nlp.normalize import fold
from feedback_engine.nlp.weights import WeightTable, sum_texts

ANY_TEXT = st.text(max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [("客服態度", "客服态度"), ("ＯＫ", "ok"), ("24小时", "98小时"), ("好 评", "好评"), ("好!!!!!!!!", "好!!!")],
)
def test_spellings_that_mean_the_same_have_the_same_ngrams(one: str, other: str) -> None:
    assert (hash_ngrams(lay_out([one])) == hash_ngrams(lay_out([other]))).all()


def test_texts_of_a_batch_do_not_touch_each_other() -> None:
    alone = hash_ngrams(lay_out(["服务好"]))
    together = lay_out(["环境", "服务好", ""])
    begin, end = together.starts[1:3]
    assert (hash_ngrams(together)[begin:end] == alone).all()


@given(st.lists(ANY_TEXT, max_size=6))
def test_any_texts_lie_between_edges_and_each_code_comes_from_its_own_text(texts: list[str]) -> None:
    layout = lay_out(texts)
    assert len(layout.starts) == len(texts) + 1
    joined = "\x01".join(("", *(text.replace("\x01", " ") for text in texts), ""))
    inner = np.flatnonzero(layout.codes != EDGE)
    assert all(not joined[layout.places[position]].isspace() for position in inner)


@given(ANY_TEXT)
def test_a_folded_text_has_the_ngrams_of_the_text_as_given(text: str) -> None:
    assert lay_out([fold(text).text]).codes.tolist() == lay_out([text]).codes.tolist()


def test_lone_surrogates_and_rare_characters_are_read() -> None:
    assert len(lay_out(["\ud800好\U0001f44d\U00020000"]).codes) == 6


def test_the_key_keeps_letters_only() -> None:
    assert plain_key(" 服务，好！ＯＫ ") == plain_key("服务好ok") == "服务好ok"


def test_weights_of_a_very_long_text_add_up() -> None:
    heaviest = np.iinfo(np.int16).max
    slots = np.ones(1 << HASH_BITS, dtype=np.int32)
    table = WeightTable(slots, np.array([[0], [heaviest]], dtype=np.int16), np.ones(1), np.zeros(1))
    slots[0] = 0
    layout = lay_out(["好坏" * 40_000, "好"])
    sums = sum_texts(table, hash_ngrams(layout), layout.starts)
    assert sums.weights[:, 0].tolist() == [240_001 * heaviest, 4 * heaviest]
