from __future__ import annotations

import json
import math
import pickle
import random
from pathlib import Path

import numpy as np
import pytest

from feedback_engine.domain import Polarity
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.lexicon.model import Lexicon
from feedback_engine.nlp.learned import LearnedScorer
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.reading import Reader
from feedback_engine.nlp.statements import POLARITIES
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.nlp.train import check_golden
from feedback_engine.resources import find_lexicons

MODELS = find_lexicons() / "models"
SENTIMENT = Path(__file__).parents[2] / ".." / "shared" / "data" / "sentiment"
TEXTS = [
    "物流很快，但客服太差",
    "房间又小又吵，前台爱理不理，再也不会来了。早餐倒是不错！",
    "客服態度很差",
    "\ud800坏 \u200b字\x00符\x01，也要读",
    "……",
    "没有什么不满意的",
    "好" * 3000,
    "👍👍👍 nice",
    "可以用方言聊不",
]


@pytest.fixture(scope="module")
def scorer(lexicon: Lexicon) -> LearnedScorer:
    return LearnedScorer(lexicon, MODELS)


@pytest.fixture(scope="module")
def reader(lexicon: Lexicon) -> Reader:
    return Reader(lexicon, load_pack(find_lexicons(), "general"))


def test_a_very_short_text_of_no_known_opinion_may_be_bad_but_not_if_it_denies_or_asks(
    scorer: LearnedScorer, reader: Reader
) -> None:
    texts = ["钥匙插进去拔出不来", "没想过这件事", "请问保修期是多久"]
    labels = [POLARITIES[number] for number in scorer.score(reader.read(texts)).polarities]
    assert labels == [Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.NEUTRAL]


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.npz")), ids=lambda path: path.stem)
def test_shipped_models_predict_here_what_they_predicted_when_made(path: Path) -> None:
    model = load_model(path)
    assert check_golden(model) == []
    assert model.card["sources"] and path.with_suffix(".md").exists()


def test_shipped_models_are_small_enough() -> None:
    shipped = [path for path in MODELS.iterdir() if path.suffix != ".md"]
    assert len(shipped) > 10 and sum(path.stat().st_size for path in shipped) <= 8_000_000


@pytest.mark.parametrize("text", TEXTS)
def test_evidence_adds_up_to_the_log_odds_of_the_score(scorer: LearnedScorer, reader: Reader, text: str) -> None:
    readings = reader.read(["前一条", text])
    verdicts = scorer.score(readings)
    _, begin, end = readings.folded.edges.tolist()
    said = [verdicts.texts[number] for number in verdicts.texts.of(1)]
    assert math.tanh(sum(each.value for each in said) / 2) == pytest.approx(verdicts.scores[1], abs=1e-7)
    assert all(begin < each.start < each.end <= end for each in said)


def test_opinions_that_level_each_other_keep_their_signs_and_weights(scorer: LearnedScorer, reader: Reader) -> None:
    verdicts = scorer.score(reader.read(["颜值不错，音质目前很一般，煲煲后追评。"]))
    said = {verdicts.texts.rules[n]: verdicts.texts.values[n] for n in verdicts.texts.of(0)}
    assert said["正面:『不错』"] > 0.3
    assert said["负面:『很一般』"] == pytest.approx(-said["正面:『不错』"])


@pytest.mark.parametrize("text", TEXTS)
def test_evidence_of_a_touchpoints_clause_adds_up_too(scorer: LearnedScorer, reader: Reader, text: str) -> None:
    readings = reader.read([text])
    judged = scorer.score(readings).clauses
    for clause in readings.is_wanted.nonzero()[0].tolist():
        weights = sum(judged.statements[number].value for number in judged.statements.of(clause))
        assert math.tanh(weights / 2) == pytest.approx(judged.scores[clause], abs=1e-7)


LEVEL_REVIEWS = (
    "屏幕清晰，运行流畅，电池不耐用，发热严重，做工精致，客服态度差",
    "手机屏幕清晰，运行流畅，外观漂亮，就是电池不耐用，发热严重，客服态度差，物流也慢",
    "酒店房间干净，床很舒服，早餐品种也丰富，可是隔音太差，前台服务冷淡，半夜很吵，空调也坏了",
)


def test_a_long_review_of_many_good_and_bad_points_takes_the_side_it_leans_to(
    scorer: LearnedScorer, reader: Reader
) -> None:
    verdicts = scorer.score(reader.read([*LEVEL_REVIEWS, "服务好环境差"]))
    labels = [POLARITIES[number] for number in verdicts.polarities.tolist()]
    assert labels == [Polarity.NEGATIVE] * 3 + [Polarity.MIXED], "what is said in a few words is mixed"


def test_a_short_review_whose_words_leave_good_and_bad_level_takes_the_side_of_its_weights(
    scorer: LearnedScorer, reader: Reader
) -> None:
    verdicts = scorer.score(reader.read(["味道一级棒，就是配送太慢了", "好吃就是太少"]))
    assert np.abs(verdicts.rules.scores).max() < 0.15
    assert [POLARITIES[number] for number in verdicts.polarities.tolist()] == [Polarity.POSITIVE] * 2


def test_a_text_is_a_review_though_it_is_not_sure_of_which_domain(scorer: LearnedScorer, reader: Reader) -> None:
    verdicts = scorer.score(reader.read(["又便宜又好，就是有点慢"]))
    assert not any("按领域" in rule for rule in verdicts.texts.rules)
    assert [POLARITIES[number] for number in verdicts.polarities.tolist()] == [Polarity.POSITIVE]


@pytest.mark.parametrize("text", ["饺子里全是葱", "汤全在袋子里", "包子里头有一根头发"])
def test_a_short_review_is_bad_by_its_weights_where_no_word_says_so(
    scorer: LearnedScorer, reader: Reader, text: str
) -> None:
    verdicts = scorer.score(reader.read([text]))
    assert all("学习权重" in rule for rule in verdicts.texts.rules)
    assert POLARITIES[verdicts.polarities[0]] is Polarity.NEGATIVE


@pytest.mark.parametrize("text", ["中午点的盖饭", "给室友点了一杯咖啡", "昨天收到的，还没拆开", "住的是朝北的房间"])
def test_a_plain_statement_is_neutral_whatever_reviews_of_its_domain_mostly_say(
    scorer: LearnedScorer, reader: Reader, text: str
) -> None:
    assert POLARITIES[scorer.score(reader.read([text])).polarities[0]] is Polarity.NEUTRAL


@pytest.mark.parametrize(
    "text",
    [
        "一般般",
        "普普通通，没啥特别的",
        "麻烦放门口🙏",
        "不要香菜，不要葱，谢谢",
        "我不是投诉 就想问问网点周六开不开门",
    ],
)
def test_a_short_text_of_no_kind_of_review_is_neutral_where_weights_find_it_clearly_so_though_words_take_a_side(
    scorer: LearnedScorer, reader: Reader, text: str
) -> None:
    assert POLARITIES[scorer.score(reader.read([text])).polarities[0]] is Polarity.NEUTRAL


@pytest.mark.parametrize("text", ["我要起诉你们", "有这么好的老板，能不回头吗", "无聊"])
def test_a_demand_a_retort_and_a_plain_word_of_opinion_take_a_side_whatever_weights_find(
    scorer: LearnedScorer, reader: Reader, text: str
) -> None:
    assert POLARITIES[scorer.score(reader.read([text])).polarities[0]] is not Polarity.NEUTRAL


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("排到我的时候窗口拉下来了", Polarity.NEGATIVE),
        ("喝完当晚就睡了个整觉", Polarity.POSITIVE),
        ("合同是上个月签的", Polarity.NEUTRAL),
    ],
)
def test_a_remark_is_judged_by_weights_of_its_own_where_no_word_says_anything(
    scorer: LearnedScorer, reader: Reader, text: str, polarity: Polarity
) -> None:
    verdicts = scorer.score(reader.read([text]))
    assert all("学习权重" in rule and "按领域 remark" in rule for rule in verdicts.texts.rules)
    assert POLARITIES[verdicts.polarities[0]] is polarity


@pytest.mark.parametrize(
    "text",
    [
        "万一坏了能退吗",
        "请问买回去不合适可以换吗，要不要自己出运费",
        "客户咨询退款流程，已告知三到五个工作日到账，客户表示知晓。",
    ],
)
def test_who_only_asks_or_supposes_finds_nothing_bad(scorer: LearnedScorer, reader: Reader, text: str) -> None:
    verdicts = scorer.score(reader.read([text]))
    assert POLARITIES[verdicts.polarities[0]] is Polarity.NEUTRAL


@pytest.mark.parametrize("text", ["请问你们就是这么欺骗顾客的吗", "想问一下退款拖了一个月还不到账，太差劲了"])
def test_a_question_that_blames_is_bad(scorer: LearnedScorer, reader: Reader, text: str) -> None:
    verdicts = scorer.score(reader.read([text]))
    assert POLARITIES[verdicts.polarities[0]] is Polarity.NEGATIVE


def test_a_word_of_opinion_in_a_plain_remark_is_told_and_counts_for_little(
    scorer: LearnedScorer, reader: Reader
) -> None:
    verdicts = scorer.score(reader.read(["可以用方言聊不"]))
    assert POLARITIES[verdicts.polarities[0]] is Polarity.NEUTRAL and abs(verdicts.scores[0]) < 0.1
    said = {verdicts.texts.rules[n]: verdicts.texts.values[n] for n in verdicts.texts.of(0)}
    assert said["正面:『可以』"] > 0 and abs(sum(said.values())) < 0.151
    del said["正面:『可以』"]
    assert all(rule.endswith(",说法平实,按中性)") for rule in said)


@pytest.mark.parametrize(
    ("text", "polarity"), [("味道很好，送餐有点慢", Polarity.POSITIVE), ("送得快，味道一般般", Polarity.NEGATIVE)]
)
def test_clear_weights_decide_a_short_review_that_says_good_and_bad(
    scorer: LearnedScorer, reader: Reader, text: str, polarity: Polarity
) -> None:
    verdicts = scorer.score(reader.read([text]))
    assert {rule[:2] for rule in verdicts.texts.rules if "学习权重" not in rule} == {"正面", "负面"}
    assert POLARITIES[verdicts.polarities[0]] is polarity


def test_a_text_scores_the_same_alone_and_in_any_batch(scorer: LearnedScorer, reader: Reader) -> None:
    def score(texts: list[str]) -> list[tuple[object, ...]]:
        verdicts = scorer.score(reader.read(texts))
        said = [
            [(each.value, each.rule) for each in map(verdicts.texts.__getitem__, verdicts.texts.of(number))]
            for number in range(len(texts))
        ]
        return list(zip(verdicts.scores, verdicts.polarities, verdicts.confidences, said, strict=True))

    alone = [score([text])[0] for text in TEXTS]
    assert score(TEXTS) == alone
    assert score(TEXTS[::-1]) == alone[::-1]


def test_learned_evidence_is_told_in_words(scorer: LearnedScorer, reader: Reader) -> None:
    found = scorer.score(reader.read(["前台爱理不理，房间潮得没法睡，隔壁吵到凌晨三点半，和图片上完全是两个样子"]))
    assert found.scores[0] < -0.8
    assert any(
        "学习权重" in rule and value < 0 for rule, value in zip(found.texts.rules, found.texts.values, strict=True)
    )


def test_confidence_is_lower_where_the_text_is_unlike_the_training_data(scorer: LearnedScorer, reader: Reader) -> None:
    plain = "酒店位置很好，房间干净，服务热情，下次还会再来住"
    strange = "酒店很好 zqxj wvkp jjqz xkcd qqzv bnmx plok wjzq kxvb hjzz qpwk"
    sure = scorer.score(reader.read([plain, strange])).confidences
    assert sure[1] < sure[0]


def test_a_scorer_sent_to_another_process_scores_alike(scorer: LearnedScorer, reader: Reader) -> None:
    again = pickle.loads(pickle.dumps(scorer))
    assert again.fingerprint == scorer.fingerprint
    assert again.score(reader.read(TEXTS)).scores.tolist() == scorer.score(reader.read(TEXTS)).scores.tolist()


def test_a_folder_without_models_is_named_with_the_way_out(lexicon: Lexicon, tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"sentiment\.npz.*scorer: lexicon"):
        LearnedScorer(lexicon, tmp_path)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "least"),
    [("hotel_laptop_book", 0.88), ("food_delivery", 0.87), ("ecommerce_few", 0.87), ("shopping", 0.93)],
)
def test_sign_of_the_learned_score_agrees_with_the_label(lexicon: Lexicon, name: str, least: float) -> None:
    """Rows of the training sets: a floor that shows damage, no measure of accuracy."""
    path = SENTIMENT / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"no {path.name} beside the checkout")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    sample = random.Random(7).sample(rows, min(1000, len(rows)))
    tagger = Tagger(
        load_lexicon(find_lexicons()), load_pack(find_lexicons(), "general"), LearnedScorer(lexicon, MODELS)
    )
    right = sum((tagger.tag(row["text"]).sentiment.score > 0) == (row["label"] == 1) for row in sample)
    assert right / len(sample) >= least
