from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pandas as pd
import pytest

from feedback_engine.lexicon.files import load_pack, load_stop_words
from feedback_engine.nlp.batch import tag_table
from feedback_engine.nlp.keywords import KeywordFinder
from feedback_engine.nlp.segment import Segmenter
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.nlp.themes import COLUMNS, PHRASE, find_themes
from feedback_engine.resources import find_lexicons

FINDER = KeywordFinder(Segmenter(load_pack(find_lexicons(), "hotel").userdict), load_stop_words(find_lexicons()))
NOW = ["自助机坏了，没人管"] * 12 + ["早餐很好吃", "早餐不错，服务热情", "早餐丰富", "房间干净", "房间很小"] * 4
BEFORE = ["早餐很好吃", "房间干净", "房间很小", "早餐不错", "服务热情"] * 8


def themes(tagger: Tagger, texts: list[str], previous: list[str] | None = None) -> pd.DataFrame:
    ids = [f"r{at:03d}" for at in range(len(texts))]
    return find_themes(texts, ids, tag_table(texts, ids, tagger), previous, finder=FINDER)


def test_keywords_are_what_the_text_is_about() -> None:
    words = [keyword.word for keyword in FINDER.find("早餐非常丰富，早餐种类多，停车场太小，我们没有停到车", 4)]
    assert "早餐" in words
    assert "停车场" in words
    assert not {"我们", "没有", "非常"} & set(words)


def test_keywords_weigh_frequency_by_rarity() -> None:
    first, *_ = FINDER.find("隔音隔音隔音，房间")
    assert (first.word, first.count) == ("隔音", 3)
    assert first.weight > 0


@pytest.mark.parametrize("text", ["", "。。。", "😀", "\ud800", "\x00", "1234"])
def test_texts_without_words_have_no_keywords(text: str) -> None:
    assert FINDER.find(text) == ()


def test_a_folder_without_stop_words_has_none(tmp_path: Path) -> None:
    assert load_stop_words(tmp_path) == frozenset()


def test_themes_count_texts_and_net_sentiment(tagger: Tagger) -> None:
    table = themes(tagger, NOW).set_index("theme")
    assert list(table.reset_index().columns.drop("theme")) == [name for name in COLUMNS if name != "theme"]
    breakfast = table.loc["早餐"]
    assert (breakfast["kind"], breakfast["count"]) == (PHRASE, 12)
    assert breakfast["share"] == pytest.approx(12 / 32)
    assert breakfast["net_sentiment"] == 1.0
    assert pd.isna(breakfast["previous_count"])
    broken = table[table.index.str.contains("自助")]
    assert not broken.empty
    assert set(broken["net_sentiment"]) == {-1.0}


def test_examples_are_ids_of_texts_with_the_theme(tagger: Tagger) -> None:
    table = themes(tagger, NOW)
    for row in table.itertuples():
        assert 0 < len(json.loads(row.examples)) <= 3
        assert set(json.loads(row.examples)) <= {f"r{at:03d}" for at in range(len(NOW))}


def test_what_is_new_in_the_period_is_emerging_and_what_is_not_is_not(tagger: Tagger) -> None:
    table = themes(tagger, NOW, BEFORE)
    emerging = set(table.loc[table["is_emerging"].fillna(False), "theme"])
    assert any("自助" in phrase for phrase in emerging)
    assert not {"早餐", "房间"} & emerging


def test_log_odds_follow_the_formula(tagger: Tagger) -> None:
    row = themes(tagger, NOW, BEFORE).set_index("theme").loc["早餐"]
    assert row["previous_count"] == 16
    assert row["log_odds"] == pytest.approx(math.log(12.5 * 24.5 / (16.5 * 20.5)))


def test_row_order_changes_nothing(tagger: Tagger) -> None:
    ids = [f"r{at:03d}" for at in range(len(NOW))]
    annotations = tag_table(NOW, ids, tagger)
    order = list(range(len(NOW)))
    random.Random(3).shuffle(order)
    one = find_themes(NOW, ids, annotations, BEFORE, finder=FINDER)
    shuffled = annotations.sample(frac=1, random_state=1)
    other = find_themes([NOW[at] for at in order], [ids[at] for at in order], shuffled, BEFORE[::-1], finder=FINDER)
    pd.testing.assert_frame_equal(one, other)


def test_no_texts_have_no_themes(tagger: Tagger) -> None:
    assert themes(tagger, [], []).empty
    assert themes(tagger, ["好"], []).empty
