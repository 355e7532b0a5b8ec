from __future__ import annotations

import gc
import json
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_engine.domain import Evidence, Polarity
from feedback_engine.lexicon.files import load_pack
from feedback_engine.lexicon.model import Lexicon
from feedback_engine.nlp.batch import TaggerSpec, tag_each, tag_table
from feedback_engine.nlp.snownlp_scorer import SnownlpScorer
from feedback_engine.nlp.tagged import TaggedText
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons

WORDS = [
    "客服",
    "快递",
    "太差",
    "很好",
    "不",
    "没有",
    "满意",
    "但是",
    "等了",
    "三天",
    "没人理",
    "，",
    "。",
    "？",
    '"',
    "😡",
]
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
FEEDBACK = st.lists(st.sampled_from(WORDS), max_size=15).map("".join)
TAGGER = TaggerSpec(find_lexicons(), "general").build()


def all_evidence(tagged: TaggedText) -> list[Evidence]:
    touchpoints = [item for tag in tagged.touchpoints for item in tag.evidence]
    return [*tagged.sentiment.evidence, *touchpoints, *tagged.complaint.evidence]


@pytest.mark.parametrize(
    ("given_text", "text"),
    [
        (None, ""), (float("nan"), ""), (pd.NA, ""), (pd.NaT, ""), (np.nan, ""), ("", ""), ("   \n", "   \n"),
        (5, "5"), (3.5, "3.5"), ("12345", "12345"), ("😀😀", "😀😀"), ("……！！", "……！！"), ("\x00", "\x00"),
    ],
)  # fmt: skip
def test_what_holds_no_words_is_without_content(given_text: object, text: str) -> None:
    tagged = TAGGER.tag(given_text)
    assert tagged.text == text
    assert (tagged.sentiment.polarity, tagged.sentiment.score, tagged.sentiment.confidence) == (Polarity.NEUTRAL, 0, 0)
    assert tagged.sentiment.evidence == tagged.touchpoints == ()
    assert tagged.complaint.is_complaint is False


@given(st.one_of(ANY_TEXT, FEEDBACK))
@settings(max_examples=300)
def test_any_text_is_tagged_with_spans_of_itself_and_values_in_range(text: str) -> None:
    tagged = TAGGER.tag(text)
    assert tagged.text == text
    for item in all_evidence(tagged):
        assert item.text == text[item.start : item.end] != ""
        assert item.rule
        item.rule.encode("utf-8")
    for judged in (tagged.sentiment, *tagged.touchpoints):
        assert -1 <= judged.score <= 1
        assert 0 <= judged.confidence <= 1
    assert 0 <= tagged.complaint.confidence <= 1
    assert json.loads(json.dumps(tagged.to_dict())) == tagged.to_dict()


@pytest.mark.parametrize(
    "value", [b"\xff\xfe", [], {}, object(), True, math.inf, pd.Timestamp("2026-10-01"), "\ud800很差", "\u202e差\u2066"]
)
def test_values_of_any_kind_never_raise(value: object) -> None:
    assert isinstance(TAGGER.tag(value), TaggedText)


def test_a_text_of_100_kb_is_tagged() -> None:
    tagged = TAGGER.tag("客服太差，" * 20_000)
    assert tagged.sentiment.polarity is Polarity.NEGATIVE
    assert len(tagged.touchpoints) == 20_000


def test_json_form_is_the_promised_one() -> None:
    form = TAGGER.tag("物流很快，但客服太差").to_dict()
    assert set(form) == {"text", "sentiment", "touchpoints", "complaint"}
    assert set(form["sentiment"]) == {"polarity", "score", "confidence", "evidence"}
    assert set(form["touchpoints"][0]) == {"code", "name", "polarity", "score", "confidence", "clause", "evidence"}
    promised = {"is_complaint", "type", "type_name", "confidence", "evidence"}
    assert set(form["complaint"]) == promised | {"root", "causes", "urgency", "demands"}
    assert set(form["sentiment"]["evidence"][0]) == {"start", "end", "text", "rule", "weight"}
    assert type(form["sentiment"]["polarity"]) is str


def test_clause_ties_each_touchpoint_to_its_own_sentiment() -> None:
    delivery, service = TAGGER.tag("物流很快，但客服太差").touchpoints
    assert (delivery.code, delivery.polarity, delivery.clause) == ("delivery", Polarity.POSITIVE, 0)
    assert (service.code, service.polarity, service.clause) == ("customer_service", Polarity.NEGATIVE, 1)


def test_fingerprint_tells_packs_and_scorers_apart(lexicon: Lexicon, tagger_of: Callable[[str], Tagger]) -> None:
    pack = load_pack(find_lexicons(), "general")
    own = Tagger(lexicon, pack)
    assert own.fingerprint == TAGGER.fingerprint
    assert (
        len({own.fingerprint, tagger_of("hotel").fingerprint, Tagger(lexicon, pack, SnownlpScorer()).fingerprint}) == 3
    )


def annotations(texts: list[str]) -> pd.DataFrame:
    return tag_table(texts, [str(at) for at in range(len(texts))], TAGGER)


@given(st.lists(st.one_of(FEEDBACK, ANY_TEXT), max_size=6), st.randoms())
@settings(max_examples=40)
def test_batch_equals_single_calls_in_any_order(texts: list[str], random: object) -> None:
    assert list(tag_each(texts, TAGGER)) == [TAGGER.tag(text) for text in texts]
    whole = annotations(texts)
    single = [tag_table([text], [str(at)], TAGGER) for at, text in enumerate(texts)]
    expected = pd.concat(single, ignore_index=True) if single else annotations([])
    pd.testing.assert_frame_equal(whole, expected)
    order = list(range(len(texts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    mixed = tag_table([texts[at] for at in order], [str(at) for at in order], TAGGER)
    key = ["feedback_id", "kind", "label", "start"]
    pd.testing.assert_frame_equal(mixed.sort_values(key, ignore_index=True), whole.sort_values(key, ignore_index=True))


@pytest.mark.parametrize("is_on", [True, False])
def test_the_search_for_cycles_is_left_as_the_caller_had_it_also_after_a_failure(lexicon: Lexicon, is_on: bool) -> None:
    class Failing:
        fingerprint = "failing"

        def score(self, readings: object) -> Any:
            assert not gc.isenabled()
            raise ValueError("no")

    tagger = Tagger(lexicon, load_pack(find_lexicons(), "general"), Failing())
    was_on = gc.isenabled()
    (gc.enable if is_on else gc.disable)()
    try:
        annotations(["物流很快"])
        assert gc.isenabled() == is_on
        with pytest.raises(ValueError, match="no"):
            tag_table(["物流很快"], ["0"], tagger)
        assert gc.isenabled() == is_on
    finally:
        (gc.enable if was_on else gc.disable)()


def test_rows_say_what_was_tagged_where() -> None:
    table = annotations(["物流很快，但客服太差", None, "今天星期三"])  # type: ignore[list-item]
    first = table[table["feedback_id"] == "0"]
    assert list(first["kind"]) == ["sentiment", "touchpoint", "touchpoint", "complaint", "root"]
    sentiment = first.iloc[0]
    assert (sentiment["label"], sentiment["start"], sentiment["end"], sentiment["clause"]) == ("text", 0, 10, -1)
    assert sentiment["rule"] == "负面:『太差』(转折『但』后加权)"
    assert sentiment["rule"] in [item["rule"] for item in json.loads(sentiment["evidence"])]
    assert list(table.loc[table["feedback_id"] != "0", "rule"]) == ["无内容", "没有情感词"]


def test_same_text_from_two_customers_gives_both_their_rows() -> None:
    table = tag_table(["好", "好"], ["a", "b"], TAGGER)
    assert list(table["feedback_id"]) == ["a", "b"]


def test_snownlp_scorer_gives_snownlp_numbers_on_our_words(lexicon: Lexicon) -> None:
    scorer = SnownlpScorer()
    tagger = Tagger(lexicon, load_pack(find_lexicons(), "general"), scorer)
    tagged = tagger.tag("物流很快，但客服太差")
    assert tagged.sentiment.score == pytest.approx(-0.936, abs=0.01)
    assert [tag.polarity for tag in tagged.touchpoints] == [Polarity.POSITIVE, Polarity.NEGATIVE]
    again = pickle.loads(pickle.dumps(tagger)).tag("物流很快，但客服太差")
    assert again == tagged


def test_lexicon_route_needs_neither_jieba_nor_snownlp() -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom feedback_engine.nlp.batch import TaggerSpec\n"
        "from feedback_engine.resources import find_lexicons\n"
        "TaggerSpec(find_lexicons(), 'general').build().tag('很好')\n"
        "sys.exit(len({'jieba', 'snownlp', 'pandas'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
