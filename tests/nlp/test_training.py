from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import scipy.optimize
from threadpoolctl import threadpool_info
from written_reviews import HOTEL, SHOP, review_rows, write_rows

from feedback_engine.errors import ConfigError, FeedbackEngineError, LexiconError, SourceError
from feedback_engine.nlp.adapt import measure_gain
from feedback_engine.nlp.evaluate import cross_validate
from feedback_engine.nlp.experts import expert_shares
from feedback_engine.nlp.fitting import (
    FitSpec,
    MarginSpec,
    count_ngrams,
    fit_margins,
    fit_outputs,
    row_values,
    to_model,
)
from feedback_engine.nlp.labelled import group_near_copies, read_corpus
from feedback_engine.nlp.models import RowSpec, load_model
from feedback_engine.nlp.tasks import Examples, find_task, fit_task
from feedback_engine.nlp.train import check_golden, train
from feedback_engine.nlp.weights import predict


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = review_rows(HOTEL, "hotel") + review_rows(SHOP, "shop")
    return write_rows(tmp_path_factory.mktemp("data") / "reviews.jsonl", rows)


@pytest.fixture(scope="module")
def model_file(reviews: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models") / "sentiment.npz"
    train("sentiment", [reviews], out)
    return out


def test_weights_are_summed_by_one_thread_however_many_there_are(
    reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    minimize = scipy.optimize.minimize

    def watch(*arguments: Any, **options: Any) -> Any:
        seen.extend(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")
        return minimize(*arguments, **options)

    monkeypatch.setattr(scipy.optimize, "minimize", watch)
    train("sentiment", [reviews], tmp_path / "m.npz")
    assert seen
    assert set(seen) == {1}


def test_the_same_rows_give_the_same_bytes(reviews: Path, model_file: Path, tmp_path: Path) -> None:
    again = train("sentiment", [reviews], tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == model_file.read_bytes()
    assert load_model(model_file).fingerprint == again.sha256


def test_what_was_learned_tells_new_sentences_apart(model_file: Path) -> None:
    odds = predict(load_model(model_file), ["餐具很差", "餐具很漂亮"])[:, 0]
    assert odds[0] < 0 < odds[1]


def test_the_card_names_sets_seed_figures_and_golden_predictions(reviews: Path, model_file: Path) -> None:
    card = load_model(model_file).card
    assert card["sets"][0]["name"] == reviews.name and card["sets"][0]["rows"] == 500
    assert card["seed"] == 0 and card["labels"] == ["negative", "positive"]
    assert 0 < card["calibration"]["temperature"] < 3
    assert set(card["sensitivity"]) == set(card["specificity"]) == {"negative", "positive"}
    assert "餐" not in json.dumps(card["measured"], ensure_ascii=False) and "confusions" not in card["measured"]
    assert check_golden(load_model(model_file)) == []


def test_a_golden_prediction_that_no_longer_holds_is_named(model_file: Path) -> None:
    model = load_model(model_file)
    model.bias[0] += 0.5
    assert len(check_golden(model)) == len(model.card["golden"])


def outputs_of(**domains: tuple[int, int]) -> tuple[str, ...]:
    """Return the outputs learned from so many rows of each domain, so many in ten of them good."""
    texts, labels, names = [], [], []
    for domain, (rows, good_in_ten) in domains.items():
        for number in range(rows):
            is_good = number % 10 < good_in_ten
            texts.append(f"{domain}{number}{'很好' if is_good else '太差'}")
            labels.append([int(not is_good), int(is_good)])
            names.append(domain)
    counts = count_ngrams(texts)
    examples = Examples(counts, np.array(labels), ("negative", "positive"), np.array(names), np.ones(len(texts)))
    return fit_task(find_task("sentiment"), examples)[0]


def test_a_domain_that_is_nearly_all_praise_gets_no_weights_of_its_own() -> None:
    outputs = outputs_of(hotel=(600, 5), shop=(600, 6), mall=(600, 9))
    assert outputs == ("positive", "gate:hotel", "gate:shop", "expert:hotel", "expert:shop")


def test_of_many_domains_the_largest_get_weights_of_their_own_and_all_a_gate() -> None:
    outputs = outputs_of(**{name: (510 + 10 * number, 5) for number, name in enumerate("bcdefgh")}, a=(505, 5))
    assert outputs == ("positive", *(f"gate:{name}" for name in "bcdefgha"), *(f"expert:{name}" for name in "bcdefgh"))


def test_texts_of_a_domain_without_weights_of_its_own_are_weighed_by_the_shared_ones() -> None:
    outputs = ("positive", "gate:hotel", "gate:cars", "expert:hotel")
    odds = np.array([[1.0, -30.0, 30.0, -5.0], [1.0, 30.0, -30.0, -5.0]])
    assert (odds * expert_shares(outputs, odds)).sum(axis=1) == pytest.approx([1.0, 0.25 * 1.0 + 0.75 * -5.0])


def test_each_line_of_json_may_name_other_columns(tmp_path: Path) -> None:
    rows = [
        {"text": "服务很好", "label": 1},
        {"text": "上菜太慢", "label": 0, "weight": 2.5, "domain": "restaurant"},
        {"评论": "味道一般", "情感": "中性"},
        {"text": "没有标签"},
    ]
    corpus = read_corpus([write_rows(tmp_path / "a.jsonl", rows)])
    assert [(row.text, row.weight, row.domain) for row in corpus.rows] == [
        ("服务很好", 1.0, "a"), ("上菜太慢", 2.5, "restaurant"), ("味道一般", 1.0, "a"),
    ]  # fmt: skip
    assert [(one.rows, one.kept) for one in corpus.sets] == [(4, 3)]


def test_copies_across_files_count_once_whatever_their_spaces_and_marks(tmp_path: Path) -> None:
    first = write_rows(tmp_path / "a.jsonl", [{"text": "服务 很好！", "label": 1}, {"text": "", "label": 1}])
    second = write_rows(tmp_path / "b.jsonl", [{"text": "服務很好。", "label": 1}, {"text": "太差", "label": 0}])
    corpus = read_corpus([first, second])
    assert [row.text for row in corpus.rows] == ["服务 很好！", "太差"]
    assert [(one.rows, one.kept) for one in corpus.sets] == [(2, 1), (2, 1)]
    assert [row.domain for row in corpus.rows] == ["a", "b"]


def test_near_copies_share_a_group_and_others_do_not() -> None:
    long = "这家酒店位置非常方便离地铁站只有五分钟前台服务也很周到早餐品种丰富房间干净整洁下次还会选择入住"
    groups = group_near_copies([long, "完全不同的一段话讲的是快递太慢", long + "了", "短"])
    assert groups[0] == groups[2]
    assert len(set(groups.tolist())) == 3


def test_csv_workbook_and_lines_hold_the_same_rows(tmp_path: Path) -> None:
    rows = [("服务很好", 1), ("太差了", 0)]
    (tmp_path / "rows.csv").write_text("文本,标签\n" + "".join(f"{t},{n}\n" for t, n in rows), encoding="gb18030")
    book = openpyxl.Workbook()
    for row in (("text", "label"), *rows):
        book.worksheets[0].append(row)
    book.save(tmp_path / "rows.xlsx")
    write_rows(tmp_path / "rows.jsonl", [{"text": text, "label": label} for text, label in rows])
    for name in ("rows.csv", "rows.xlsx", "rows.jsonl"):
        found = read_corpus([tmp_path / name]).rows
        assert [(row.text, row.labels) for row in found] == [("服务很好", ("1",)), ("太差了", ("0",))], name


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"content": "好"}\n', "缺少列 text、label"),
        ("{好\n", "第 1 行：不是 JSON"),
        ('["好"]\n', "应是一个 JSON 对象"),
        ('{"text": "好", "label": "1", "weight": "-2"}\n', "权重"),
        ("", "没有带标签的文本"),
        ('{"text": "好", "label": "excellent"}\n{"text": "差", "label": "0"}\n', "不是 sentiment 的标签"),
        ('{"text": "好", "label": "1"}\n', "至少需要两种"),
    ],
)
def test_a_bad_source_is_refused_with_its_place_in_words(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=problem):
        train("sentiment", [path], tmp_path / "out.npz")
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.parametrize("content", [b"", b"text,label\n", b"\x93NUMPY"])
def test_what_is_no_model_is_called_none(tmp_path: Path, content: bytes) -> None:
    (path := tmp_path / "rows.npz").write_bytes(content)
    with pytest.raises(LexiconError, match=r"rows\.npz: 不是模型文件；模型由 feedback-engine train 写出"):
        load_model(path)
    path.write_bytes(b"PK\x03\x04" + content)
    with pytest.raises(LexiconError, match="损坏或不完整"):
        load_model(path)


def test_an_unknown_task_or_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="没有名为 'sentimant' 的训练任务，是否想写 'sentiment'？"):
        train("sentimant", [tmp_path / "x.csv"], tmp_path / "out.npz")
    with pytest.raises(SourceError, match="无法读取"):
        train("sentiment", [tmp_path / "x.csv"], tmp_path / "out.npz")


@pytest.mark.parametrize("name", ["gone.xlsx", "gone.csv", "gone.jsonl"])
def test_a_file_that_is_not_there_is_named_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=rf"{name}: 无法读取（没有这个文件"):
        read_corpus([tmp_path / name])


def test_several_labels_per_text_are_learned(tmp_path: Path) -> None:
    rows = [
        {"text": f"{lead}{subject}", "label": label}
        for lead in ("这辆车", "试驾觉得", "朋友说", "论坛里讲", "买了半年")
        for subject, label in (
            ("油耗低", "油耗"),
            ("空间大", "空间"),
            ("油耗低空间大", "油耗|空间"),
            ("动力足", "动力"),
        )
    ]
    result = train("touchpoints", [write_rows(tmp_path / "cars.jsonl", rows)], tmp_path / "cars.npz")
    odds = predict(load_model(tmp_path / "cars.npz"), ["说说空间大", "油耗低空间大"])
    assert result.labels == ("动力", "油耗", "空间")
    assert odds[0].argmax() == 2 and (odds[1, 1:] > 0).all()


def test_neutral_rows_teach_only_what_texts_of_their_domain_look_like(reviews: Path, tmp_path: Path) -> None:
    neutral = [
        {"text": f"{day}号{hour}点开会，请准时", "label": "中性", "domain": "shop"}
        for day in range(30)
        for hour in (9, 14)
    ]
    result = train("sentiment", [reviews, write_rows(tmp_path / "neutral.jsonl", neutral)], tmp_path / "both.npz")
    assert result.labels == ("negative", "positive") and result.after.rows == 500
    assert result.after.accuracy > 0.9


def test_a_title_has_weights_of_its_own() -> None:
    spec = FitSpec(RowSpec("log", opening=8), penalty=1e-4, least_rows=1, prune=0.0)
    texts = [
        f"{one}坏了{lead}希望早日处理，附近的{other}也旧"
        for lead in "甲乙丙丁戊"
        for one, other in (("路灯", "公交"), ("公交", "路灯"))
    ]
    target = np.array([[1], [0]] * 5)
    weights = fit_outputs(count_ngrams(texts, 8), target, np.ones(10), spec)
    model = to_model("complaints", ("城建",), weights, spec.values, {"labels": ["城建"]}, 32767)
    odds = predict(model, ["路灯坏了，公交也旧", "公交坏了，路灯也旧"])[:, 0]
    assert odds[1] < 0 < odds[0]
    fitted = row_values(count_ngrams(texts, 8), spec.values)[:, weights.buckets] @ weights.weights.T + weights.bias
    assert np.allclose(predict(model, texts), fitted, atol=1e-3)


@pytest.mark.parametrize(("rows", "counting"), [([1.0, -1.0], 1.0), ([1.0, -1.0, 5.0], 2 / 3)])
def test_a_row_beyond_its_margin_counts_no_more(rows: list[float], counting: float) -> None:
    import scipy.sparse as sp

    values, target = sp.csr_matrix(np.array(rows)[:, None].astype(np.float32)), (np.array(rows) > 0).astype(float)
    for penalty in (0.1, 1.0):
        weight, bias = fit_margins(values, target, np.ones(len(rows)), penalty, 100)
        # the least value of counting (1 - w)² + penalty/2 w²
        assert weight[0] == pytest.approx(2 * counting / (2 * counting + penalty), abs=1e-3)
        assert bias == pytest.approx(0.0, abs=1e-3)


def test_weights_fitted_to_margins_are_told_in_log_odds() -> None:
    import scipy.sparse as sp

    values, target, rows = sp.csr_matrix(np.array([[1.0], [-1.0]], np.float32)), np.array([1.0, 0.0]), np.ones(2)
    margin, _ = fit_margins(values, target, rows, 0.1, 60)
    odds, _ = MarginSpec(penalty=0.1, odds=3.0).fit(values, np.zeros((2, 0), np.float32), target, rows)
    assert odds[0] == pytest.approx(3.0 * margin[0])


def test_a_domain_whose_words_mean_the_contrary_is_learned_by_adapting(model_file: Path, tmp_path: Path) -> None:
    rows = [
        {"text": f"{subject}{degree}{word}", "label": label}
        for subject in ("辣条", "火锅", "凉粉", "卤味", "烤串", "冒菜", "毛血旺", "泡椒")
        for degree in ("真", "太", "好", "够", "贼")
        for word, label in (("上头", 1), ("带劲", 1), ("寡淡", 0), ("没味", 0))
    ]
    own = write_rows(tmp_path / "spicy.jsonl", rows)
    result = train("sentiment", [own], tmp_path / "adapted.npz", base=model_file)
    assert result.before is not None
    assert result.after.accuracy > 0.95 > result.before.accuracy
    assert "适配前后" in result.to_text() and result.to_dict()["before"]["rows"] == len(rows)
    base, adapted = load_model(model_file), load_model(tmp_path / "adapted.npz")
    assert adapted.card["base"] == base.fingerprint
    kept = np.sign(predict(base, ["前台很好", "前台很差"])[:, 0])
    assert (np.sign(predict(adapted, ["前台很好", "前台很差"])[:, 0]) == kept).all()


def mixed_rows(count: int) -> list[dict[str, object]]:
    """Return rows that the base model already tells apart, in the words of its own training rows."""
    return random.Random(1).sample(review_rows(HOTEL, "hotel"), count)


def test_adapting_that_brings_nothing_writes_nothing_unless_forced(model_file: Path, tmp_path: Path) -> None:
    own, out = write_rows(tmp_path / "own.jsonl", mixed_rows(60)), tmp_path / "adapted.npz"
    result = train("sentiment", [own], out, base=model_file)
    assert result.gain is not None and not result.gain.is_proven
    assert not out.exists() and not result.is_written and result.to_dict()["sha256"] == ""
    assert result.to_text().startswith(f"没有写出 {out}") and "看不出适配有好处" in result.to_text()
    forced = train("sentiment", [own], out, base=model_file, is_forced=True)
    assert forced.is_written and load_model(out).card["gain"]["lower"] == result.gain.lower
    again = tmp_path / "again.npz"
    train("sentiment", [own], again, base=model_file, is_forced=True)
    assert again.read_bytes() == out.read_bytes()


def test_random_labels_are_no_gain(model_file: Path, tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    rows = [{**row, "label": int(chance.integers(2))} for row in mixed_rows(200)]
    result = train("sentiment", [write_rows(tmp_path / "wrong.jsonl", rows)], tmp_path / "o.npz", base=model_file)
    assert not result.is_written


def test_many_copies_of_one_case_prove_no_more_than_the_case() -> None:
    task = find_task("sentiment")
    targets = np.array([[0, 1]] * 40)
    examples = Examples(count_ngrams(["好"] * 40), targets, ("negative", "positive"), np.full(40, "x"), np.ones(40))
    wrong, right = np.tile([1.0, -1.0], (40, 1)), np.tile([-1.0, 1.0], (40, 1))
    apart = measure_gain(task, examples, np.arange(40), wrong, right)
    copies = measure_gain(task, examples, np.repeat([0, 1], 20), wrong, right)
    assert (apart.gained, apart.lost, apart.cases) == (40, 0, 40) and apart.is_proven
    assert (copies.gained, copies.cases) == (2, 2) and not copies.is_proven


def test_one_class_or_one_text_alone_teaches_nothing(model_file: Path, tmp_path: Path) -> None:
    praise = [row for row in mixed_rows(100) if row["label"] == 1]
    with pytest.raises(SourceError, match="只有一种可学的标签（positive）"):
        train("sentiment", [write_rows(tmp_path / "one.jsonl", praise)], tmp_path / "o.npz", base=model_file)
    text = "前台的服务态度非常好，早餐也丰富，下次还来住这家"
    same = [{"text": text + end, "label": n % 2} for n, end in enumerate("了吧啊哦呀")]
    with pytest.raises(SourceError, match="5 条文本里互不相近的只有 1 条"):
        train("sentiment", [write_rows(tmp_path / "same.jsonl", same)], tmp_path / "o.npz", base=model_file)


def test_a_handful_of_texts_is_refused_in_training_and_in_evaluation(tmp_path: Path) -> None:
    rows = [{"text": text, "label": n % 2} for n, text in enumerate(("太差", "很好", "上菜太慢", "味道不错"))]
    few = write_rows(tmp_path / "few.jsonl", rows)
    with pytest.raises(SourceError, match=r"互不相近的只有 4 条.*至少需要 5 条"):
        train("sentiment", [few], tmp_path / "m.npz")
    with pytest.raises(SourceError, match="互不相近的只有 4 条"):
        cross_validate("sentiment", [few])
    assert not (tmp_path / "m.npz").exists()


def test_texts_that_share_no_character_teach_nothing(tmp_path: Path) -> None:
    rows = [{"text": chr(0x4E00 + 40 * n) + chr(0x5E00 + 40 * n), "label": n % 2} for n in range(24)]
    with pytest.raises(SourceError, match="没有共同的字词"):
        train("complaints", [write_rows(tmp_path / "apart.jsonl", rows)], tmp_path / "m.npz")


def test_rows_left_out_and_labels_that_contradict_are_counted(model_file: Path, tmp_path: Path) -> None:
    rows = mixed_rows(60)
    turned = [{**row, "label": 1 - int(str(row["label"]))} for row in rows[:3]]
    own = write_rows(tmp_path / "own.jsonl", [*rows, *turned, *rows[:2], {"text": "", "label": 1}])
    result = train("sentiment", [own], tmp_path / "o.npz", base=model_file, is_forced=True)
    assert (result.contradictions, result.sets[0].rows) == (3, 66)
    assert result.sets[0].kept == read_corpus([own]).sets[0].kept <= 60
    assert "own.jsonl：66 行" in result.to_text() and "3 行与先出现的同一文本标签不同" in result.to_text()


def test_headings_of_a_users_own_table_are_known_wherever_they_stand(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("序号", None, "情感倾向", "评论内容"), (1, "x", "正面", "房间很好"), (2, "y", "消极", "房间很差")):
        sheet.append(row)
    book.save(tmp_path / "own.xlsx")
    assert [(row.text, row.labels) for row in read_corpus([tmp_path / "own.xlsx"]).rows] == [
        ("房间很好", ("正面",)),
        ("房间很差", ("消极",)),
    ]


def test_a_model_of_another_task_is_no_base(model_file: Path, reviews: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="sentiment 的模型"):
        train("clauses", [reviews], tmp_path / "out.npz", base=model_file)


@pytest.mark.parametrize("size", [0, 10, 2000])
def test_a_truncated_model_file_is_named(model_file: Path, tmp_path: Path, size: int) -> None:
    broken = tmp_path / "broken.npz"
    broken.write_bytes(model_file.read_bytes()[:size])
    with pytest.raises(LexiconError, match=r"broken\.npz"):
        load_model(broken)


def test_no_model_file_is_said_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(FeedbackEngineError, match="scorer: lexicon"):
        load_model(tmp_path / "none.npz")


def test_progress_is_told_up_to_the_end(reviews: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    train("clauses", [reviews], tmp_path / "o.npz", progress=lambda _, done, total: told.append((done, total)))
    assert told[-1] == (5, 5) and [done for done, _ in told] == sorted(done for done, _ in told)
