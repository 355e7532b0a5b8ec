"""What a developer does wrong is said in one line of ours, at once."""

from pathlib import Path

import pytest
from engine_projects import write_csv

import feedback_engine as fe
from feedback_engine.errors import ConfigError


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
