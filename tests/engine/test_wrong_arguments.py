"""What a developer does wrong is said in one line of ours, at once."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from engine_projects import write_csv

import feedback_engine as fe
from feedback_engine.errors import ConfigError, InputError, LexiconError


@pytest.fixture(scope="module")
def engine() -> fe.FeedbackEngine:
    return fe.FeedbackEngine()


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "r.csv", ("id", "评论", "评分"), [("1", "菜很好吃", "4"), ("2", "太贵了", "2")])


@pytest.mark.parametrize("name", ["a b", "a/b", "", "-a", "长" * 101])
def test_a_source_name_that_no_source_may_have_is_refused_by_what_it_may_hold(
    engine: fe.FeedbackEngine, reviews: Path, name: str
) -> None:
    with pytest.raises(ConfigError, match=r"^来源名 .* 不能用；可用"):
        engine.import_file(reviews, source=name)


def test_generic_without_a_mapping_says_that_it_needs_one(engine: fe.FeedbackEngine, reviews: Path) -> None:
    with pytest.raises(ConfigError, match=r"r\.csv：按 generic 读取要有映射文件.*inspect"):
        engine.import_file(reviews, format="generic")


def test_a_missing_mapping_file_is_drafted_by_inspect_not_by_init(engine: fe.FeedbackEngine, reviews: Path) -> None:
    with pytest.raises(ConfigError, match=r"找不到 .*none\.yaml；feedback-engine inspect 可起草"):
        engine.import_file(reviews, mapping=reviews.with_name("none.yaml"))


TEXTS = ["物流很快", "客服太差😀"]


@pytest.mark.parametrize(
    "make", [tuple, iter, np.array, lambda t: pd.Series(t, index=["a", "b"]), lambda t: (x for x in t)]
)
def test_any_column_of_texts_is_tagged_by_position(engine: fe.FeedbackEngine, make: Any) -> None:
    pd.testing.assert_frame_equal(engine.tag_many(make(TEXTS)), engine.tag_many(TEXTS))
    assert engine.polarity_many(make(TEXTS)).equals(engine.polarity_many(TEXTS))
    assert list(engine.tag_each(make(TEXTS))) == [engine.tag(text) for text in TEXTS]


@pytest.mark.parametrize(
    "given", ["物流很快", b"x", None, 5, {"a": "好"}, pd.DataFrame({"text": TEXTS}), np.array("好")]
)
def test_what_is_no_column_of_texts_is_refused_not_taken_apart(engine: fe.FeedbackEngine, given: Any) -> None:
    for tag in (engine.tag_many, engine.tag_each, engine.polarity_many):
        with pytest.raises(InputError, match="texts 应为一列文本"):
            tag(given)


@pytest.mark.parametrize(
    "day", ["2026-10-31", date(2026, 10, 31), datetime(2026, 10, 31, 8, tzinfo=UTC), pd.Timestamp("2026-10-31")]
)
def test_a_day_may_be_written_or_given_wherever_the_clock_is_pinned(tmp_path: Path, day: Any) -> None:
    headings, case = ("工单编号", "内容", "受理时间", "状态"), ("C1", "前台态度差", "2026-10-31 23:00:00", "已办结")
    engine = fe.FeedbackEngine()
    engine.import_file(write_csv(tmp_path / "工单.csv", headings, [case]))
    written = engine.report(tmp_path / "given.xlsx", as_of=day).read_bytes()
    assert written == engine.report(tmp_path / "day.xlsx", as_of=date(2026, 10, 31)).read_bytes()
    assert len(engine.score(as_of=day).table) == len(engine.score().table)


@pytest.mark.parametrize(("day", "error"), [("rubbish", ConfigError), ("2026-10", ConfigError), (20261031, InputError)])
def test_what_is_no_day_is_refused_before_anything_is_imported(
    engine: fe.FeedbackEngine, day: Any, error: type[Exception]
) -> None:
    for verb in (engine.run, lambda as_of: engine.score(as_of=as_of)):
        with pytest.raises(error, match="as_of"):
            verb(as_of=day)


def test_names_of_another_kind_are_unknown_names(engine: fe.FeedbackEngine, reviews: Path) -> None:
    with pytest.raises(LexiconError, match="没有名为 5 的行业包"):
        engine.tag("好", pack=5)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="没有名为 None 的触点"):
        engine.score().explain(None)  # type: ignore[arg-type]


def test_segments_by_an_empty_or_a_listed_name_are_refused(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    rows = [("A1", "小区噪音扰民", "2026-10-02 09:00", "城管"), ("A2", "司机态度恶劣", "2026-10-03 09:00", "交通")]
    engine.import_file(write_csv(tmp_path / "c.csv", ("工单编号", "投诉内容", "受理时间", "承办部门"), rows))
    with pytest.raises(ConfigError, match="没有名为 '' 的分组属性"):
        engine.score(by="")
    with pytest.raises(InputError, match="by 应为一个名称"):
        engine.score(by=["source"])  # type: ignore[arg-type]


def test_a_path_in_place_of_a_configuration_is_refused_by_the_call_that_takes_one() -> None:
    with pytest.raises(InputError, match="from_config"):
        fe.FeedbackEngine("config.yaml")  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [None, 5, b"x.csv"])
def test_what_is_no_path_is_refused_by_name(engine: fe.FeedbackEngine, given: Any) -> None:
    for use in (engine.import_file, engine.inspect, fe.FeedbackEngine.from_config):
        with pytest.raises(InputError, match="path 应为文件的路径"):
            use(given)


@pytest.mark.parametrize("given", ["reviews.csv", Path("reviews.csv"), None, 5, {"a": 1}])
def test_several_files_are_a_column_of_paths(engine: fe.FeedbackEngine, given: Any) -> None:
    with pytest.raises(InputError, match=r"paths 应为一列文件的路径.*import_file"):
        engine.import_files(given)


@pytest.mark.parametrize("given", [{"kind": "reviews"}, {}, 5])
def test_a_mapping_is_a_file(engine: fe.FeedbackEngine, reviews: Path, given: Any) -> None:
    with pytest.raises(InputError, match="mapping 应为文件的路径"):
        engine.import_file(reviews, mapping=given)


def test_claims_are_a_column_of_sentences_of_any_kind(engine: fe.FeedbackEngine) -> None:
    told = "忠诚度从30%提升到60%，提高了300%"
    assert len(engine.check_claims([None, 5, told])) == len(engine.check_claims(pd.Series([told]))) == 1
    for given in (told, None, {"a": told}):
        with pytest.raises(InputError, match=r"texts 应为一列文本.*单句请写成"):
            engine.check_claims(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", ["5", 2.5, -1, True, None])
def test_a_number_of_keywords_is_a_whole_one(engine: fe.FeedbackEngine, count: Any) -> None:
    with pytest.raises(InputError, match=r"^count 应为不小于 0 的整数"):
        engine.keywords("早餐很好", count)


def test_numbers_of_numpy_count_keywords_too(engine: fe.FeedbackEngine) -> None:
    assert len(engine.keywords("早餐很好，停车方便", np.int64(1))) == 1
    assert engine.keywords("早餐很好", 0) == ()


def test_a_set_has_no_order_to_find_its_texts_again(engine: fe.FeedbackEngine) -> None:
    with pytest.raises(InputError, match="集合没有顺序"):
        engine.tag_many(set(TEXTS))
    assert len(engine.tag_many(dict.fromkeys(TEXTS).keys())) > 0


@pytest.mark.parametrize("progress", [None, 5, "bar"])
def test_what_is_told_of_progress_is_a_function(progress: Any) -> None:
    with pytest.raises(InputError, match=r"^progress 应为函数"):
        fe.FeedbackEngine(progress=progress)
