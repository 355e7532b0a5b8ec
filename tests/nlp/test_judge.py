"""Good, bad, neutral or mixed is judged from all that words and weights say, and told so that it adds up."""

from __future__ import annotations

import json
import math
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.domain import Polarity
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.facts import OF_TEXTS
from feedback_engine.nlp.judge import Judge, Subject, find_judge, load_judge, save_judge
from feedback_engine.nlp.learned_models import SUBJECTS
from feedback_engine.nlp.packing import write_arrays
from feedback_engine.nlp.statements import POLARITIES
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons

RULE, SIZE = OF_TEXTS.names.index("rule"), OF_TEXTS.names.index("size")
PIECES = [
    "服务没得说", "菜嘛一般", "等了四十分钟没人理", "没有什么不满意的", "物流很快", "请问几点开门", "😡", "呵呵",
    "，", "。", "但是", "good",
]  # fmt: skip


@cache
def tagger_of(folder: Path | None = None, pack: str = "general") -> Tagger:
    lexicons = folder or find_lexicons()
    lexicon, words = load_lexicon(lexicons), load_pack(lexicons, pack)
    return Tagger(lexicon, words, SENTIMENT_SCORERS["learned"](lexicon, words, lexicons))


def facts_of(*, rule: list[float], size: list[float]) -> list[np.ndarray]:
    columns = [np.zeros(len(rule)) for _ in OF_TEXTS.names]
    columns[RULE], columns[SIZE] = np.array(rule), np.array(size)
    return columns


def make_judge() -> Judge:
    """Praise by the rules is good, in texts of more than 16 characters mixed; all else is bad."""
    leaves = np.zeros((4, 4), dtype=np.int16)
    for answer, polarity in enumerate((Polarity.NEGATIVE, Polarity.POSITIVE, Polarity.NEGATIVE, Polarity.MIXED)):
        leaves[POLARITIES.index(polarity), answer] = 100
    borders = np.array([[0.0], [16.0]], dtype=np.float32)
    return Judge(np.array([[RULE], [SIZE]]), borders, leaves, 0.05, np.zeros(4))


def test_each_tree_asks_of_its_facts_and_counts_what_the_answer_is_worth() -> None:
    chances = make_judge().weigh(facts_of(rule=[-0.5, 0.5, -0.5, 0.5], size=[8, 8, 40, 40]))
    judged = [POLARITIES[number] for number in chances.argmax(axis=1)]
    assert judged == [Polarity.NEGATIVE, Polarity.POSITIVE, Polarity.NEGATIVE, Polarity.MIXED]
    assert chances.max(axis=1) == pytest.approx(math.exp(5) / (math.exp(5) + 3))
    assert chances.sum(axis=1) == pytest.approx(1.0)


def test_trees_add_up() -> None:
    one = make_judge()
    facts, borders = (np.repeat(column, 3, axis=1) for column in (one.facts, one.borders))
    three = one._replace(facts=facts, borders=borders, leaves=np.tile(one.leaves, 3))
    chances = three.weigh(facts_of(rule=[0.5], size=[8]))
    assert chances.max() == pytest.approx(math.exp(15) / (math.exp(15) + 3))


def test_a_judge_comes_back_from_its_file_as_it_was_and_equal_ones_are_equal_files(tmp_path: Path) -> None:
    judge = make_judge()
    assert save_judge(judge, tmp_path / "one", OF_TEXTS) == save_judge(judge, tmp_path / "other", OF_TEXTS)
    loaded, facts = load_judge(tmp_path / "one", OF_TEXTS), facts_of(rule=[0.1, -0.2], size=[3, 300])
    assert loaded.weigh(facts).tolist() == judge.weigh(facts).tolist()


@pytest.mark.parametrize("texts", [1, 2, 300, 700])
def test_how_many_texts_are_judged_together_changes_no_bit(texts: int) -> None:
    judge = load_judge(find_judge(find_lexicons() / "models", OF_TEXTS), OF_TEXTS)
    facts = np.random.default_rng(0).normal(size=(len(OF_TEXTS.names), 700))
    together = judge.weigh(facts)
    assert judge.weigh(facts[:, :texts]).tolist() == together[:texts].tolist()


def test_a_damaged_file_is_refused_and_so_is_one_for_other_facts(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(LexiconError, match="损坏"):
        load_judge(damaged, OF_TEXTS)
    arrays = make_judge()._asdict() | {"scale": np.array(0.05)}
    for name, card in (
        ("older", {"version": OF_TEXTS.version - 1, "facts": OF_TEXTS.names}),
        ("fewer", {"version": OF_TEXTS.version, "facts": OF_TEXTS.names[1:]}),
    ):
        written = np.frombuffer(json.dumps(card).encode(), dtype=np.uint8)
        write_arrays(arrays | {"card": written}, tmp_path / f"{name}.npz")
        with pytest.raises(LexiconError, match="另一版本"):
            load_judge(tmp_path / f"{name}.npz", OF_TEXTS)
    card = np.frombuffer(json.dumps({"version": OF_TEXTS.version, "facts": OF_TEXTS.names}).encode(), dtype=np.uint8)
    write_arrays(arrays | {"card": card, "leaves": np.zeros((4, 2), dtype=np.int16)}, tmp_path / "short.npz")
    with pytest.raises(LexiconError, match="损坏"):
        load_judge(tmp_path / "short.npz", OF_TEXTS)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.file)
def test_lexicons_without_a_judge_use_the_shipped_one_and_another_judge_is_another_tagger(
    subject: Subject, tmp_path: Path
) -> None:
    folder = tmp_path / "lexicons"
    shutil.copytree(find_lexicons(), folder)
    (folder / "models" / subject.file).unlink()
    assert tagger_of(folder).tag("物流很快") == tagger_of().tag("物流很快")
    assert tagger_of(folder).fingerprint == tagger_of().fingerprint
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    facts, leaves = np.zeros((1, 1), dtype=np.int64), np.zeros((len(subject.labels), 2), dtype=np.int16)
    judge = Judge(facts, np.zeros((1, 1), dtype=np.float32), leaves, 1.0, np.zeros(len(subject.labels)))
    save_judge(judge, other / "models" / subject.file, subject)
    assert tagger_of(other).fingerprint != tagger_of().fingerprint


def test_the_judge_in_the_lexicons_in_use_decides(tmp_path: Path) -> None:
    folder = tmp_path / "lexicons"
    shutil.copytree(find_lexicons(), folder)
    save_judge(make_judge(), folder / "models" / OF_TEXTS.file, OF_TEXTS)
    assert tagger_of(folder, "hotel").tag("今天天气").sentiment.polarity is Polarity.NEGATIVE


@example("呵呵good呵呵")
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join))
def test_what_is_told_of_a_text_adds_up_to_its_score_which_agrees_with_its_label(text: str) -> None:
    sentiment = tagger_of().tag(text).sentiment
    told = sum(evidence.weight for evidence in sentiment.evidence)
    assert math.tanh(0.5 * told) == pytest.approx(sentiment.score, abs=1e-9)
    if sentiment.polarity is Polarity.NEUTRAL:
        assert abs(sentiment.score) < 0.1
    elif sentiment.polarity is not Polarity.MIXED:
        assert abs(sentiment.score) >= 0.1 and (sentiment.score > 0) is (sentiment.polarity is Polarity.POSITIVE)
    assert 0.0 <= sentiment.confidence <= 1.0


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("师傅态度没得说，就是家里网还是老掉线", Polarity.MIXED),
        ("打热线三分钟就有人接，可惜说的都是套话", Polarity.MIXED),
        ("窗口搬到二楼了", Polarity.NEUTRAL),
        ("麻烦问下周六上午办不办业务", Polarity.NEUTRAL),
        ("报修四回了，次次说明天来", Polarity.NEGATIVE),
        ("真行，一份外卖等到食堂都关门了", Polarity.NEGATIVE),
        ("快递员爬了九楼，一步没让我下去", Polarity.POSITIVE),
    ],
)
def test_sides_are_told_from_what_words_and_weights_say_together(text: str, polarity: Polarity) -> None:
    assert tagger_of().tag(text).sentiment.polarity is polarity


@pytest.mark.parametrize(
    ("pack", "text", "said"),
    [
        ("telecom", "客服把我转了五个人，最后又转回第一个", "hotline:negative"),
        ("hotel", "取消了不给退，我提前两天取消的，平台写的免费取消", "booking:negative"),
        ("hotel", "设施虽然老,胜在干净", "facilities:negative cleanliness:positive"),
        ("hotel", "房间不大,很干净", "room:neutral cleanliness:positive"),
        ("hotel", "房间很干净，早餐太差", "cleanliness:positive dining:negative"),
    ],
)
def test_a_touchpoint_is_what_its_clause_and_its_text_say_together(pack: str, text: str, said: str) -> None:
    found = {f"{mention.code}:{mention.polarity}" for mention in tagger_of(pack=pack).tag(text).touchpoints}
    assert set(said.split()) <= found


def to_odds(score: float) -> float:
    return 2.0 * math.atanh(score)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("，".join))
def test_the_score_of_a_touchpoint_agrees_with_its_label(text: str) -> None:
    for mention in tagger_of(pack="restaurant").tag(text).touchpoints:
        if mention.polarity is Polarity.NEUTRAL:
            assert abs(mention.score) < 0.1
        elif mention.polarity is not Polarity.MIXED:
            assert (mention.score > 0) is (mention.polarity is Polarity.POSITIVE) and abs(mention.score) >= 0.1


def test_what_the_judgement_adds_to_a_touchpoint_is_told() -> None:
    (mention,) = (m for m in tagger_of(pack="telecom").tag("转了五个人，最后又转回第一个").touchpoints if m.clause == 1)
    by_clause = sum(evidence.weight for evidence in mention.evidence)
    rule, _, added = mention.evidence[0].rule.partition(";整体判断 ")
    assert rule.startswith("触点『")
    assert by_clause + float(added) == pytest.approx(to_odds(mention.score), abs=0.01)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("，".join))
def test_a_touchpoint_that_is_judged_otherwise_than_its_clause_says_so(text: str) -> None:
    tagger = tagger_of(pack="restaurant")
    readings = tagger._reader.read([text])
    verdicts = tagger._scorer.score(readings)
    named, judged = (find(readings, verdicts) for find in (tagger._touchpoints.name, tagger._touchpoints.find))
    for before, after, rule in zip(named.labels, judged.labels, judged.rules, strict=True):
        assert before == after or ";整体判断 " in rule


def test_in_a_long_review_each_clause_speaks_for_itself() -> None:
    long = "房间很干净，床也舒服，" * 12 + "早餐太差，" * 6
    told = tagger_of(pack="hotel").tag(long).touchpoints
    assert len(long) > 160 and not any("整体判断" in mention.evidence[0].rule for mention in told)
    assert {(mention.code, mention.polarity) for mention in told if mention.code == "dining"} == {
        ("dining", Polarity.NEGATIVE)
    }


def test_word_lists_alone_lean_on_the_text_where_nothing_is_said_of_a_touchpoint() -> None:
    lexicon, words = load_lexicon(find_lexicons()), load_pack(find_lexicons(), "hotel")
    tagger = Tagger(lexicon, words, SENTIMENT_SCORERS["lexicon"](lexicon, words, find_lexicons()))
    (mention,) = (m for m in tagger.tag("浴缸里有毛发,排水口还堵了").touchpoints if m.code == "cleanliness")
    assert mention.polarity is Polarity.NEGATIVE and ";兼看全文 -" in mention.evidence[0].rule
