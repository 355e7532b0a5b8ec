"""Posts on social media are heard by weights of their own and judged by a judge of their own."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.domain import Polarity
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.facts import SaidByWeights, SaidByWords
from feedback_engine.nlp.judge import Subject
from feedback_engine.nlp.learned import LearnedScorer
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.pieces import Characters
from feedback_engine.nlp.posts import OF_POSTS, PostHead, Posts, SaidByPosts
from feedback_engine.nlp.reading import Reader
from feedback_engine.nlp.row import lay_out_row
from feedback_engine.nlp.tagged import TaggedText
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.nlp.weighing import OfClauses, OfTexts, Weighings
from feedback_engine.nlp.weights import predict
from feedback_engine.resources import find_lexicons

MODELS = find_lexicons() / "models"
POST, REMARK = "昨晚梦见外婆了，醒来哭了好久，好想她", "服务太差，排到我的时候窗口拉下来了"
PIECES = [
    POST,
    "妈妈生日快乐",
    "我永远爱你",
    "#疫情#",
    "[泪]",
    "今天新增确诊病例3例",
    "快递太慢",
    "，",
    "。",
    "😭",
    "ok",
]


@cache
def tagger_of(folder: Path | None = None, pack: str = "general") -> Tagger:
    lexicons = folder or find_lexicons()
    lexicon, words = load_lexicon(lexicons), load_pack(lexicons, pack)
    return Tagger(lexicon, words, SENTIMENT_SCORERS["learned"](lexicon, words, lexicons))


@pytest.fixture(scope="module")
def without_posts(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], TaggedText]:
    """Tags as the general pack does but for posts."""
    folder = tmp_path_factory.mktemp("plain") / "lexicons"
    shutil.copytree(find_lexicons(), folder)
    path = folder / "packs" / "general" / "touchpoints.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("posts:")), encoding="utf-8")
    return tagger_of(folder).tag


def test_the_judge_of_posts_decides_what_may_be_a_post_and_nothing_else(
    overrule: Callable[[Subject, str], Path],
) -> None:
    folder = overrule(OF_POSTS, "mixed")
    assert tagger_of(folder).tag(POST).sentiment.polarity is Polarity.MIXED
    assert tagger_of(folder).tag(REMARK) == tagger_of().tag(REMARK)
    assert tagger_of(folder, "hotel").tag(POST) == tagger_of(pack="hotel").tag(POST), "it names no weights for posts"


def test_no_post_is_longer_than_posts_are(without_posts: Callable[[str], TaggedText]) -> None:
    short, long = POST * 8, POST * 9
    assert len(short) <= 160 < len(long)
    assert tagger_of().tag(short).sentiment != without_posts(short).sentiment
    assert tagger_of().tag(long).sentiment == without_posts(long).sentiment


@pytest.mark.parametrize("remark", [REMARK, "服务太差", "The room was dirty and nobody came"])
def test_a_remark_is_heard_as_ever(without_posts: Callable[[str], TaggedText], remark: str) -> None:
    assert tagger_of().tag(remark).sentiment == without_posts(remark).sentiment


def test_what_is_felt_in_a_post_is_heard(without_posts: Callable[[str], TaggedText]) -> None:
    post = "妈妈生日快乐，我永远爱你"
    assert tagger_of().tag(post).sentiment.score > without_posts(post).sentiment.score > 0
    assert tagger_of().tag("考试又挂了，想哭").sentiment.polarity is Polarity.NEGATIVE


def test_a_post_may_be_neutral_though_it_has_good_words_in_it() -> None:
    text = "【疫情通报】今天新增确诊病例3例，均为境外输入，目前在定点医院接受治疗，情况稳定#疫情#"
    assert tagger_of().tag(text).sentiment.polarity is Polarity.NEUTRAL


def test_what_may_be_no_post_takes_a_side_where_it_tells_something() -> None:
    texts = ["昨天带母亲去做检查，等到下班也没叫到号", "周末和同事去爬山，拿到手里才看见少了一个"]
    assert [tagger_of().tag(text).sentiment.polarity for text in texts] == [Polarity.NEGATIVE] * 2
    surely_a_post = "我家的猫今天第一次出门"
    assert tagger_of().tag(surely_a_post).sentiment.polarity is Polarity.NEUTRAL


def find_posts(texts: list[str], **facts: np.ndarray) -> Posts | None:
    """Which of these may be posts, where some facts about them are said to be others."""
    lexicon = load_lexicon(find_lexicons())
    pack = load_pack(find_lexicons(), "general")
    readings = Reader(lexicon, pack).read(texts)
    columns = LearnedScorer(lexicon, MODELS, pack).score(readings).facts
    by_words = SaidByWords(*columns[: len(SaidByWords._fields)])
    by_weights = SaidByWeights(*columns[len(by_words) :])
    by_words = by_words._replace(**{name: facts[name] for name in SaidByWords._fields if name in facts})
    by_weights = by_weights._replace(**{name: facts[name] for name in SaidByWeights._fields if name in facts})
    return PostHead(MODELS / "social.npz").find(lay_out_row(readings), by_words, by_weights)


def test_what_is_short_enough_and_likely_enough_a_post_may_be_one() -> None:
    # the gate learned from four other texts for each post: of 1/37 and 1/2 among these .1 and .8 are left among as many
    chances = np.array([1 / 38, 1 / 37 + 1e-9, 0.5, 0.5, 0.5])
    found = find_posts(
        ["今天"] * 5, post_chance=chances, size=np.array([2, 2, 160, 161, 2]), is_latin=np.arange(5) == 4
    )
    assert found is not None and found.numbers.tolist() == [1, 2]
    assert found.chances.tolist() == pytest.approx([0.1, 0.8])
    assert found.facts[OF_POSTS.names.index("size")].tolist() == [2, 160]
    assert find_posts(["今天"], post_chance=np.array([0.01])) is None


def test_the_judge_of_posts_is_told_what_the_weights_for_posts_say() -> None:
    texts, model = [POST, "妈妈生日快乐"], load_model(MODELS / "social.npz")
    found, odds = find_posts(texts, post_chance=np.array([0.9, 0.9])), predict(model, texts)
    assert found is not None and tuple(map(str, model.outputs)) == ("negative", "neutral", "positive")
    told = dict(zip(OF_POSTS.names, found.facts, strict=True))
    assert told["side_as_post"] == pytest.approx(odds[:, 2] - odds[:, 0])
    assert told["neutral_as_post"] == pytest.approx(odds[:, 1] - 0.5 * (odds[:, 0] + odds[:, 2]))


@pytest.mark.parametrize("chance", [0.0, 0.25, 1.0])
def test_what_may_be_a_post_counts_as_one_by_the_chance_that_it_is_one(chance: float) -> None:
    odds, few = np.array([1.0, 2.0]), np.zeros(2)
    texts = OfTexts(odds, odds, odds, few, 0.0, ["", ""], few, few, few)
    nothing = OfClauses(few, few, few, few, few)
    # two characters each of a text that is no post, of one that may be one, and of a clause
    characters = Characters(np.arange(6), np.array([1.0, 1.0, 2.0, 2.0, 3.0, 3.0]), np.array([0, 2, 4, 6]))
    as_post = Characters(np.arange(2), np.array([6.0, -2.0]), np.array([0, 2]))
    posts = Posts(np.array([1]), np.array([chance]), SaidByPosts(np.array([10.0]), np.array([0.0])), as_post, ())
    found = posts.weigh(Weighings(texts, nothing, nothing, characters))
    assert found.texts.odds.tolist() == [1.0, 2.0 + 8.0 * chance]
    assert found.characters.weights.tolist() == [1.0, 1.0, 2.0 + 4.0 * chance, 2.0 - 4.0 * chance, 3.0, 3.0]
    assert (odds.tolist(), characters.weights[2]) == ([1.0, 2.0], 2.0), "what was given stays as it is"


def test_the_evidence_of_a_post_is_of_both_weights(without_posts: Callable[[str], TaggedText]) -> None:
    post = "妈妈生日快乐，我永远爱你"
    pieces = [[piece.text for piece in tag(post).sentiment.evidence] for tag in (tagger_of().tag, without_posts)]
    assert pieces[0] != pieces[1]


@example("爱你爱你，我的小公主")
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join))
def test_what_is_told_of_a_post_adds_up_to_its_score_which_agrees_with_its_label(text: str) -> None:
    sentiment = tagger_of().tag(text).sentiment
    told = sum(evidence.weight for evidence in sentiment.evidence)
    assert math.tanh(0.5 * told) == pytest.approx(sentiment.score, abs=1e-9)
    assert all(text[evidence.start : evidence.end] == evidence.text for evidence in sentiment.evidence)
    if sentiment.polarity in (Polarity.POSITIVE, Polarity.NEGATIVE):
        assert (sentiment.score > 0) is (sentiment.polarity is Polarity.POSITIVE)


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map("".join), min_size=2, max_size=8))
def test_a_post_is_told_the_same_alone_and_among_others(texts: list[str]) -> None:
    tagger = tagger_of()
    assert list(tagger.tag_many(texts)) == [tagger.tag(text) for text in texts]
