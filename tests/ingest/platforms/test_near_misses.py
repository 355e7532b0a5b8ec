"""Tables that look a little like an export of a platform, and are none."""

from pathlib import Path

import pytest
from survey_files import write_csv

import feedback_engine as fe
from feedback_engine.catalogs import ADAPTERS
from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import AmbiguousFormat
from feedback_engine.ingest.importer import open_source

TABLES = {
    "orders": ("序号,提交时间,订单号,商品,金额", "1,2026-01-01 10:00,A1,杯子,10"),
    "staff": ("编号,姓名,部门,状态,备注", "1,张三,销售,在职,无"),
    "repairs": ("编号,内容,时间,状态", "1,水管漏水,2026-01-01,已处理"),
    "goods": ("id,title,description,price,status", "1,Cup,A nice cup,10,on"),
    "a log": ("Timestamp,level,message", "2026-01-01 10:00:00,INFO,started"),
    "issues": ("id,title,state,created_at,body", "1,Bug,open,2026-01-01T00:00:00Z,It crashes"),
    "prices": ("SKU,price [EUR],price [USD],price [CNY],name", "1,10.50,11.20,80,a", "2,1000,1100,8000,b"),
    "weather": ("timestamp,temp [C],wind [m/s]", "2026-10-01 01:00:00,12.3,4", "2026-10-01 02:00:00,12,4.5"),
    "parts": ("编号,标题,零件号,状态", "1,螺丝,AB-1,在库", "2,螺母,AB-2,在库"),
    "a corpus": ("label,review", "1,很好吃", "0,太难吃了"),
    "shop reviews": ("门店,评论内容,评分,评论时间,商家回复", "A店,好吃不贵,5,2026-01-01,谢谢"),
    "yelp": ("review_id,user_id,stars,useful,text,date", "r1,u1,5,0,Great food,2026-01-01"),
    "tweets": ("id,created_at,text,retweet_count", "1,2026-01-01,hello,1"),
    "meetings": ("ID,开始时间,完成时间,名称,负责人", "1,2026-01-01 10:00,2026-01-01 11:00,会议一,张"),
    "respondents": ("RespondentID,age,score", "1,30,4"),
    "some of Qualtrics": ("ResponseId,Finished,Q1,Q2", "R_1,True,5,good"),
    "JSON in cells": ("a,b", '"{""ImportId"": broken","{""ImportId"": broken"', "1,2"),
    "tasks": ("Summary,Issue key,Owner", "a,PRJ-1,x"),
    "some of LimeSurvey": ("id,submitdate,name,comment", "1,2026-01-01,a,ok"),
    "some of wjx": ("序号,提交答卷时间,备注", "1,2026/1/1 10:00:00,好"),
    "song list": ("#,Title,Start Date", "1,Song,2026-01-01"),
    "tickets of a train": ("ticket id,subject,price", "1,Beijing,100"),
    "blog posts": ("id,正文,标签", "1,今天天气不错,生活"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_with_a_few_headings_of_a_platform_is_asked_about(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(TABLES[name]) + "\n", encoding="utf-8")
    with pytest.raises(AmbiguousFormat, match="认不出"):
        open_source(path, SourceConfig(name="x", path=str(path)), ADAPTERS, timezone="Asia/Shanghai")


def test_a_table_of_records_below_groups_of_headings_is_no_survey_of_merged_questions(tmp_path: Path) -> None:
    rows = [[f"A{n}", f"2026-10-0{n}", "一店", str(n % 5 + 1), "4", f"第{n}次来，还不错"] for n in range(1, 9)]
    heads = [["基本信息", "", "", "评价", "", ""], ["编号", "日期", "门店", "服务评分", "环境评分", "意见"]]
    path = write_csv(tmp_path / "a.csv", [*heads, *rows])
    with pytest.raises(AmbiguousFormat, match="认不出"):
        open_source(path, SourceConfig(name="x", path=str(path)), ADAPTERS, timezone="Asia/Shanghai")
    drafted = fe.FeedbackEngine().inspect(path)
    assert [question["stem"] for question in drafted["questions"]] == ["服务评分", "环境评分", "意见"]
    assert "id: 编号" in drafted["mapping"] and "received_at: 日期" in drafted["mapping"]


def test_reviews_below_a_title_and_headings_of_their_own_are_no_crawl_without_headings(tmp_path: Path) -> None:
    reviews = [f"DD{n},2026-10-0{n} 09:05:00,第{n}次来了，味道不错，但是等得太久,{n % 5 + 1},一店" for n in range(1, 8)]
    lines = ["某某公司10月评价明细,,,,", "制表人：张三,,,,", "订单编号,评价时间,评价内容,评分,门店", *reviews]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    with pytest.raises(AmbiguousFormat, match="认不出"):
        open_source(path, SourceConfig(name="x", path=str(path)), ADAPTERS, timezone="Asia/Shanghai")


def test_a_google_form_with_machine_dates_is_known_by_what_it_asks(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["Timestamp", "How was it?"], ["2026-01-01 10:00:00", "Fine"]])
    reading = open_source(path, SourceConfig(name="x", path=str(path)), ADAPTERS, timezone="Asia/Shanghai")
    assert reading.facts.platform == "google_forms"
