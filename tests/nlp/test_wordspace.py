from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from feedback_engine.errors import LexiconError, SourceError
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.ngrams import hash_ngrams, lay_out
from feedback_engine.nlp.train import check_golden, train
from feedback_engine.nlp.weights import predict
from feedback_engine.nlp.wordlearning import learn_words
from feedback_engine.nlp.wordspace import LARGEST_FACTOR, WORDS_FILE, WordSpace, load_words, save_words

GOOD, BAD = ("香甜", "鲜嫩", "酥脆", "爽口", "入味"), ("发霉", "变质", "馊了", "夹生", "糊底")
MEALS = ("面条", "米饭", "炒饭", "汤圆", "水饺", "烤鱼", "豆腐", "青菜")
OTHERS = ("今天", "昨晚", "中午", "周末", "朋友", "孩子", "同事", "一共", "我们", "他们")


def talk(count: int = 1200) -> list[str]:
    """Return texts in which good words stand beside good ones, and bad beside bad, about meals and much else."""
    choose = random.Random(4)
    texts = []
    for number in range(count):
        opinions = choose.sample(GOOD if number % 2 else BAD, 3)
        texts.append(" ".join([choose.choice(MEALS), *opinions, *choose.sample(OTHERS, 2)]))
    return texts


@pytest.fixture(scope="module")
def words() -> WordSpace:
    return learn_words(talk(), str.split, least=5, dimensions=8)


def vector_of(words: WordSpace, word: str) -> np.ndarray:
    bucket = hash_ngrams(lay_out([word]))[1, len(word) - 1]
    return words.vectors[words.buckets.tolist().index(int(bucket))].astype(np.float64)


def test_words_said_in_like_company_lie_near_each_other(words: WordSpace) -> None:
    sweet, tender, musty = (vector_of(words, word) for word in ("香甜", "鲜嫩", "发霉"))
    assert sweet @ tender > 5 * abs(sweet @ musty)


def test_the_same_texts_give_the_same_file(words: WordSpace, tmp_path: Path) -> None:
    again = learn_words(talk(), str.split, least=5, dimensions=8)
    assert save_words(words, tmp_path / "one.npz") == save_words(again, tmp_path / "other.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


def test_words_too_long_for_an_ngram_and_rare_ones_have_no_vector() -> None:
    texts = [f"{text} 四字成语" + " 少见" * (number < 9) for number, text in enumerate(talk())]
    words = learn_words(texts, str.split, least=10, dimensions=8)
    assert len(words.buckets) == len((*GOOD, *BAD, *MEALS, *OTHERS))


def test_too_few_words_are_refused() -> None:
    with pytest.raises(SourceError, match="常见的词只有"):
        learn_words(["香甜 鲜嫩"] * 30, str.split)


def rated(folder: Path, name: str = "meals.csv") -> Path:
    """Return a file of ratings that name three good words and three bad ones."""
    rows = [
        f"{meal}{word},{label}"
        for meal in MEALS
        for label, known in (("positive", GOOD[:3]), ("negative", BAD[:3]))
        for word in known
    ]
    path = folder / name
    path.write_text("\n".join(("text,label", *rows)), encoding="utf-8")
    return path


@pytest.fixture
def folder(words: WordSpace, tmp_path: Path) -> Path:
    save_words(words, tmp_path / WORDS_FILE)
    return tmp_path


def test_weights_know_words_that_no_row_has_by_those_of_like_company(folder: Path) -> None:
    unseen = ["入味", "爽口", "夹生", "糊底"]
    train("clauses", [rated(folder)], folder / "without.npz")
    train("clauses", [rated(folder)], folder / "with.npz", words=load_words(folder / WORDS_FILE))
    without, known = (predict(load_model(folder / name), unseen) @ [-1, 1] for name in ("without.npz", "with.npz"))
    assert np.ptp(without) < 1e-9
    assert known[:2].min() > 0 > known[2:].max()


def test_what_is_owed_to_the_words_is_the_same_as_what_is_held(folder: Path) -> None:
    words = load_words(folder / WORDS_FILE)
    train("clauses", [rated(folder)], folder / "held.npz", words=words)
    train("clauses", [rated(folder)], folder / "owed.npz", words=words, is_owing=True)
    texts = ["面条香甜", "水饺馊了", "入味", "今天夹生", "没有一个认识的字"]
    held, owed = (load_model(folder / name) for name in ("held.npz", "owed.npz"))
    assert predict(owed, texts) == pytest.approx(predict(held, texts), abs=0.01)
    assert check_golden(owed) == check_golden(held) == []
    assert held.card.get("words") is None and owed.card["words"] == words.fingerprint


def test_sums_over_words_are_whole_numbers_whoever_adds_them_up(words: WordSpace) -> None:
    factors = np.random.default_rng(1).integers(-LARGEST_FACTOR, LARGEST_FACTOR, (5, 8)).astype(np.int16)
    exact = words.vectors.astype(np.int64) @ factors.astype(np.int64).T
    assert (words.share(factors) == exact).all()


def exchange(path: Path) -> None:
    save_words(learn_words(talk(900), str.split, least=5, dimensions=8), path)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (Path.unlink, "一起生成"),  # the shipped words, which are others, are taken
        (exchange, "一起生成"),
        (lambda path: path.write_bytes(path.read_bytes()[:400]), "损坏"),
        (lambda path: path.write_bytes(b""), "损坏"),
    ],
)
def test_a_model_without_the_words_it_counts_on_says_what_to_do(
    folder: Path, spoil: Callable[[Path], object], told: str
) -> None:
    train("clauses", [rated(folder)], folder / "m.npz", words=load_words(folder / WORDS_FILE), is_owing=True)
    spoil(folder / WORDS_FILE)
    with pytest.raises(LexiconError, match=told):
        load_model(folder / "m.npz")


def test_words_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=f"{WORDS_FILE}.*一并复制"):
        load_words(tmp_path / WORDS_FILE)
