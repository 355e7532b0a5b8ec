"""Real files beside the checkout, read whole."""

from pathlib import Path

import pytest
from test_importer import read, source

DATA = Path(__file__).parents[3] / "shared" / "data"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data beside the checkout"),
]


def test_a_workbook_that_declares_65203_rows_holds_495() -> None:
    columns = {"id": "留言编号", "title": "留言主题", "text": "留言详情", "opened_at": "留言时间"}
    columns |= {"customer_id": "留言用户", "stated_type": "一级分类"}
    batch = read(DATA / "complaints/hotline_sample.xlsx", source("complaints", {"columns": columns}))
    assert batch.row_count == 495 and batch.rejects.empty
    assert batch.feedback["respondent_id"].iloc[0] == "24"
    assert batch.cases["opened_at"].notna().all()


def test_a_survey_that_writes_ten_both_as_number_and_text_reads_alike() -> None:
    scale = {"min": 1, "max": 10}
    names = ("手机上网整体满意度", "网络覆盖与信号强度", "手机上网速度", "手机上网稳定性")
    ratings = [{"column": name, "indicator": f"q{n}", "scale": scale} for n, name in enumerate(names)]
    mapping = {"columns": {"id": "用户"}, "ratings": ratings, "missing": {"-1": "not_shown"}}
    batch = read(DATA / "surveys/mobile_internet.xlsx", source("questionnaire", mapping))
    assert batch.row_count == len(batch.feedback) == 7020 and batch.rejects.empty
    assert set(batch.ratings["state"]) == {"answered"}


def test_gb18030_reviews_are_read_without_being_told() -> None:
    columns = {"text": "评论内容", "target": "景区名称", "received_at": "评论日期"}
    batch = read(DATA / "reviews/scenic_reviews.csv", source("reviews", {"columns": columns}))
    assert batch.row_count == 58_184 and batch.rejects.empty
    assert batch.feedback["feedback_id"].is_unique
