"""A question that asks for a rating, and answers of which some or all are on no scale."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from survey_files import write_csv

from feedback_engine.catalogs import ADAPTERS
from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.importer import Reading, open_source

META = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
WORDS = ("非常满意", "满意", "一般", "不满意", "非常不满意")


def open_survey(folder: Path, asked: str, answers: Sequence[str], *below: list[str]) -> Reading:
    meta = (["2026/9/1 9:05:16", "121秒", "微信", "N/A", "192.0.2.1(上海-上海)"] for _ in answers)
    rows = ([str(n), *facts, answer, "很好"] for n, (facts, answer) in enumerate(zip(meta, answers, strict=True), 1))
    path = write_csv(folder / "a.csv", [[*META, f"1、{asked}", "2、您的建议"], *rows, *below])
    return open_source(path, SourceConfig(name="x", path=str(path)), ADAPTERS, timezone="Asia/Shanghai")


def told(reading: Reading) -> str:
    return "".join(note for note in reading.notes if "连不成量表" in note)


@pytest.mark.parametrize("count", [20, 40, 200])
def test_one_mistyped_answer_is_a_reject_and_the_question_a_rating_still(tmp_path: Path, count: int) -> None:
    reading = open_survey(tmp_path, "您对服务的满意度", [*(WORDS[n % 5] for n in range(count - 1)), "还不错吧"])
    (batch,) = reading
    assert list(batch.rejects["value"]) == ["还不错吧"]
    assert list(batch.ratings["state"]).count("answered") == count - 1
    assert not told(reading)


@pytest.mark.parametrize(
    "answers",
    [
        ("满意", "一般", "满意。", "9分", "不满意"),
        ("九分", "十分", "七分"),
        ("8/10", "9/10", "10/10", "7/10"),
        ("85%", "90%", "70.5%"),
    ],
)
def test_a_rating_that_cannot_be_read_is_told_and_not_only_kept_as_an_attribute(
    tmp_path: Path, answers: tuple[str, ...]
) -> None:
    reading = open_survey(tmp_path, "您对服务的满意度", answers * 12)
    assert "Q1（您对服务的满意度）像打分题" in told(reading)
    (batch,) = reading
    assert not list(batch.ratings["state"])


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ("您会推荐给朋友吗", ("是", "否")),
        ("您对哪方面满意度最高", ("服务", "环境", "价格")),
        ("参加评分的人数", ("3人", "5人")),
        ("为检验作答，本题请选“一般”，您的满意度", ("一般", "满意")),
        ("您对服务的满意度", WORDS),
    ],
)
def test_what_is_a_scale_or_asks_for_none_is_not_told(tmp_path: Path, asked: str, answers: tuple[str, ...]) -> None:
    assert not told(open_survey(tmp_path, asked, answers * 12))


@pytest.mark.parametrize("total", ["本题有效填写人次", "标准差", "中位数"])
def test_statistics_below_the_table_take_no_scale_away(tmp_path: Path, total: str) -> None:
    reading = open_survey(tmp_path, "您对服务的满意度", WORDS * 3, [total, *[""] * 5, "15", ""])
    (batch,) = reading
    assert list(batch.ratings["state"]) == ["answered"] * 15
    assert list(batch.rejects["is_expected"]) == [True]
