from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.heads import Distinct, Head, PackLabels, find_distinct
from feedback_engine.nlp.learned import LearnedScorer
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.ngrams import hash_ngrams, lay_out
from feedback_engine.nlp.reading import Reader
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.nlp.weights import predict
from feedback_engine.resources import find_lexicons

MODELS = find_lexicons() / "models"
TEXTS = ["物业乱收费，业主多次投诉", "司机拒载😀😀😀😀 还骂人！！", "", "动力充沛动力充沛，油耗也低", "\ud800\x00"]


def distinct(texts: Sequence[str]) -> Distinct:
    layout = lay_out(texts)
    return find_distinct(layout, hash_ngrams(layout))


@cache
def tagger_of_pack(pack: str, scorer: str = "learned") -> Tagger:
    lexicon, words = load_lexicon(find_lexicons()), load_pack(find_lexicons(), pack)
    return Tagger(lexicon, words, SENTIMENT_SCORERS[scorer](lexicon, words, find_lexicons()))


@pytest.mark.parametrize("name", ["automotive", "government", "social", "automotive_opinions"])
def test_log_odds_are_those_of_the_model_alone_or_in_a_batch(name: str) -> None:
    model = load_model(MODELS / f"{name}.npz")
    head = Head(model)
    together = head.odds(distinct(TEXTS))
    assert np.allclose(together, predict(model, TEXTS), rtol=0, atol=1e-9)
    for text, odds in zip(TEXTS, together, strict=True):
        assert (head.odds(distinct([text]))[0] == odds).all()


@pytest.mark.parametrize("name", ["automotive", "government", "social"])
def test_pieces_add_up_to_the_log_odds_less_the_bias(name: str) -> None:
    model = load_model(MODELS / f"{name}.npz")
    head, found = Head(model), distinct(TEXTS)
    odds = head.odds(found)
    for column in range(len(model.outputs)):
        pieces = head.pieces(found, np.eye(len(model.outputs))[column], np.arange(len(TEXTS)))
        sums = [sum(weight for *_, weight in runs) for runs in pieces]
        assert np.allclose(sums, odds[:, column] - model.bias[column], rtol=0, atol=1e-9)


def test_a_touchpoint_is_found_without_any_of_its_seed_phrases() -> None:
    text = "车门关起来声音很脆"
    assert not tagger_of_pack("automotive", "lexicon").tag(text).touchpoints
    (found,) = tagger_of_pack("automotive").tag(text).touchpoints
    mention = found.evidence[0]
    assert found.name == "舒适性" and found.confidence > 0.5
    assert "学习权重" in mention.rule and text[mention.start : mention.end] == mention.text


def test_a_touchpoint_without_a_seed_phrase_is_told_with_what_is_said_of_its_clause() -> None:
    text = "昨天说的，门关起来声音很脆很高级"
    (found,) = tagger_of_pack("automotive").tag(text).touchpoints
    assert found.clause == 1 and any("高级" in item.text for item in found.evidence[1:])


def test_a_complaint_type_is_learned_and_its_evidence_adds_up_to_its_log_odds() -> None:
    text = "出租车司机不打表，还要绕路，问他要票也不给，希望交通部门管一管"
    complaint = tagger_of_pack("government").tag(text).complaint
    assert complaint.type == "traffic" and complaint.confidence > 0.8
    learned = [item for item in complaint.evidence if "学习权重" in item.rule]
    model = load_model(MODELS / "government.npz")
    odds = predict(model, [text])[0][model.outputs.index("交通运输")]
    assert sum(item.weight for item in learned) == pytest.approx(odds, abs=1e-6)
    assert all(text[item.start : item.end] == item.text for item in complaint.evidence)


def test_a_complaint_of_no_clear_type_is_unsure() -> None:
    complaint = tagger_of_pack("government").tag("太让人失望了，没有人给个说法").complaint
    assert complaint.is_complaint and complaint.type == "unsure"


@pytest.mark.parametrize(
    ("text", "is_complaint"),
    [
        ("请问公租房什么时候可以申请，需要哪些材料", True),
        ("建议在学校门口增加一条斑马线", True),
        ("感谢社区，路灯当天就修好了，很满意", False),
        (
            "我县实验小学条件优越，教学质量好，今年只招收城区户籍的孩子，我家孩子成绩优秀，户口在乡镇，在城区买了学位房，"
            "学校答复要先报满城区的，剩下的名额再按顺序安排",
            True,
        ),
    ],
)
def test_every_text_of_a_case_log_is_a_case_unless_it_only_praises(text: str, is_complaint: bool) -> None:
    assert tagger_of_pack("government").tag(text).complaint.is_complaint is is_complaint


def test_the_scorer_by_word_list_uses_no_learned_weights() -> None:
    tagged = tagger_of_pack("government", "lexicon").tag("出租车司机不打表，还要绕路")
    rules = [item.rule for item in (*tagged.complaint.evidence, *tagged.sentiment.evidence)]
    assert rules and not any("学习权重" in rule for rule in rules)


@pytest.fixture
def own_pack(tmp_path: Path) -> Callable[[str], Tagger]:
    folder = tmp_path / "lexicons"
    shutil.copytree(find_lexicons(), folder)

    def build(head: str) -> Tagger:
        text = f"name: 我的\n{head}\ntouchpoints:\n  - {{code: power, name: 动力, phrases: [动力]}}\n"
        (folder / "packs" / "automotive" / "touchpoints.yaml").write_text(text, encoding="utf-8")
        words = load_pack(folder, "automotive")
        return Tagger(load_lexicon(folder), words, SENTIMENT_SCORERS["learned"](load_lexicon(folder), words, folder))

    return build


def test_a_pack_that_names_a_missing_model_is_refused_with_its_path(own_pack: Callable[[str], Tagger]) -> None:
    with pytest.raises(LexiconError, match=r"nothing\.npz.*automotive.*读不到"):
        own_pack("model: nothing")


def test_a_model_whose_labels_the_pack_does_not_have_is_refused(own_pack: Callable[[str], Tagger]) -> None:
    with pytest.raises(LexiconError, match=r"automotive\.npz.*包里没有.*内饰"):
        own_pack("model: automotive").tag("动力不错")


def test_another_model_is_another_fingerprint(own_pack: Callable[[str], Tagger]) -> None:
    assert own_pack("model: automotive").fingerprint != own_pack("posts: social").fingerprint


def test_what_is_said_of_a_subject_depends_on_its_own_clause() -> None:
    good, bad = "外观我挺喜欢的", "内饰一股塑料味，做工很粗糙"
    tagged = tagger_of_pack("automotive").tag(f"提车一个星期了来说说，{good}，{bad}，其他的还要再开一段时间")
    scores = {touchpoint.code: touchpoint.score for touchpoint in tagged.touchpoints}
    assert scores["interior"] < 0 < scores["exterior"]
    labels = read_labels("automotive", [f"{good}，{bad}。", "这车我买了"])
    assert sorted(labels[0].clauses) == [0, 1, 2] and labels[0].clauses[0] != labels[0].clauses[1]
    assert labels[0].opinion is not None and labels[1].clauses == {}


def read_labels(pack: str, texts: list[str]) -> list[PackLabels]:
    lexicon, words = load_lexicon(find_lexicons()), load_pack(find_lexicons(), pack)
    verdicts = LearnedScorer(lexicon, MODELS, words).score(Reader(lexicon, words).read(texts))
    return [label for label in verdicts.labels if label is not None]
