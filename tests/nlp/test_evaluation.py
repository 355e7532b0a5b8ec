from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from written_reviews import HOTEL, SHOP, review_rows, write_rows

from feedback_engine.errors import SourceError
from feedback_engine.nlp.evaluate import cross_validate, evaluate, find_hits, leave_domains_out, split_folds
from feedback_engine.nlp.figures import Predicted, calibration_error, measure
from feedback_engine.nlp.tasks import find_task
from feedback_engine.nlp.train import train


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = review_rows(HOTEL, "hotel") + review_rows(SHOP, "shop")
    return write_rows(tmp_path_factory.mktemp("data") / "reviews.jsonl", rows)


def test_figures_of_a_small_table_worked_by_hand() -> None:
    truth = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=bool)
    predicted = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool)
    confidence = np.array([0.9, 0.8, 0.95, 0.6])
    told = Predicted(truth, predicted, confidence, (truth == predicted).all(axis=1))
    found = measure("t", "p", ["a", "b"], told, ["x", "x", "y", "y"], list("甲乙丙丁"))
    first, second = found.per_class
    assert found.accuracy == 0.75
    assert (first.precision, first.sensitivity, first.specificity) == (1.0, pytest.approx(2 / 3), 1.0)
    assert (second.precision, second.sensitivity, second.specificity) == (0.5, 1.0, pytest.approx(2 / 3))
    assert found.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert [(one.domain, one.accuracy) for one in found.per_domain] == [("x", 1.0), ("y", 0.5)]
    assert [(one.text, one.truth, one.predicted) for one in found.confusions] == [("丙", "a", "b")]


def test_confidence_that_keeps_its_word_has_no_calibration_error() -> None:
    right = np.array([True] * 3 + [False])
    assert calibration_error(np.full(4, 0.75), right) == 0
    assert calibration_error(np.full(4, 0.95), right) == pytest.approx(0.2)


def test_where_a_text_has_several_labels_its_confidence_is_that_of_the_surest_one() -> None:
    truth = np.array([[1, 1, 0], [0, 1, 1]], dtype=bool)
    odds = np.array([[3.0, -2.0, -3.0], [2.0, 1.0, -4.0]])
    assert find_hits(find_task("pack"), odds, truth).tolist() == [True, False]
    assert find_hits(find_task("complaints"), odds, truth).tolist() == [False, False]


def test_near_copies_never_lie_on_both_sides_of_a_split() -> None:
    groups = np.array([3, 1, 3, 2, 1, 3, 9, 8])
    fold = split_folds(groups, 3, seed=1)
    assert all(len(set(fold[groups == group])) == 1 for group in groups)
    assert (split_folds(groups, 3, seed=1) == fold).all()


def test_cross_validation_covers_every_row_and_is_reproducible(reviews: Path) -> None:
    found = cross_validate("sentiment", [reviews], seed=3)
    assert found.rows == 500 and found.accuracy > 0.95
    assert found == cross_validate("sentiment", [reviews], seed=3)


def test_each_domain_is_judged_by_weights_that_never_saw_it(reviews: Path) -> None:
    found = leave_domains_out("sentiment", [reviews])
    assert [one.domain for one in found.per_domain] == ["hotel", "shop"]
    assert found.protocol == "留一领域" and found.accuracy > 0.9


def test_one_domain_alone_cannot_be_left_out(tmp_path: Path) -> None:
    only = write_rows(tmp_path / "one.jsonl", review_rows(HOTEL, "hotel"))
    with pytest.raises(SourceError, match="至少需要两个领域"):
        leave_domains_out("sentiment", [only])


def test_a_model_is_judged_on_a_users_own_rows_in_words(reviews: Path, tmp_path: Path) -> None:
    train("sentiment", [reviews], tmp_path / "m.npz")
    own = write_rows(
        tmp_path / "own.jsonl",
        [{"text": "大厅非常漂亮", "label": 1}, {"text": "大厅很差", "label": 0}, {"text": "沙发舒服", "label": 0}],
    )
    found = evaluate("sentiment", [own], tmp_path / "m.npz")
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.confusions[0].text == "沙发舒服"
    assert "误判示例" in found.to_text() and "准确率 0.6667" in found.to_text()
    assert found.to_dict()["per_domain"][0]["domain"] == "own"


def test_labels_that_the_model_does_not_know_are_named(tmp_path: Path) -> None:
    rows = [{"text": f"{place}漏水{n}", "label": "水务"} for place in "东西南北中" for n in "一二"]
    rows += [{"text": f"{place}停电{n}", "label": "电力"} for place in "东西南北中" for n in "一二"]
    train("complaints", [write_rows(tmp_path / "a.jsonl", rows)], tmp_path / "m.npz")
    other = write_rows(tmp_path / "b.jsonl", [{"text": "路灯坏了", "label": "路灯"}])
    with pytest.raises(SourceError, match="路灯 不在模型里"):
        evaluate("complaints", [other], tmp_path / "m.npz")
