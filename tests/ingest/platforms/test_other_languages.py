"""Exports of the same tools with headings in other languages: recognised, and nothing personal kept."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from batch_frames import to_frames

from feedback_engine.catalogs import ADAPTERS
from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.importer import Reading, open_source
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.nlp.characters import SIMPLIFIED, TRADITIONAL


def open_table(path: Path, *rows: Sequence[Any]) -> Reading:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    path.write_text(stream.getvalue(), encoding="utf-8-sig", newline="")
    return open_file(path)


def open_file(path: Path) -> Reading:
    source = SourceConfig(name="x", path=str(path))
    return open_source(path, source, ADAPTERS, timezone="Asia/Shanghai", is_unnamed=True)


def feedback(reading: Reading) -> pd.DataFrame:
    return to_frames(reading).feedback


def cases(reading: Reading) -> pd.DataFrame:
    return to_frames(reading).cases


def types(reading: Reading) -> dict[str, str]:
    return {question.code: str(question.type) for question in reading.adapted.questions}


@pytest.mark.parametrize(
    "fixed",
    [
        ["識別碼", "開始時間", "完成時間", "電子郵件", "名稱"],
        ["ID", "开始时间", "完成时间", "电子邮件", "姓名"],
        ["ID", "開始時刻", "完了時刻", "メール", "名前"],
    ],
)
def test_microsoft_forms_of_other_scripts(tmp_path: Path, fixed: list[str]) -> None:
    row = ["1", "2026/3/1 9:00", "2026/3/1 9:01", "anonymous", "李四光", "4", "還不錯"]
    reading = open_table(tmp_path / "a.csv", [*fixed, "整體滿意度", "您的建議"], row)
    assert reading.facts.platform == "microsoft_forms"
    assert types(reading) == {"Q1": "scale", "Q2": "text"}
    assert "李四光" not in feedback(reading).to_csv()


@pytest.mark.parametrize(
    ("fixed", "second"),
    [
        (["受訪者 ID", "收集器 ID", "建立日期", "IP 位址"], ["", "沙发", "其他（请注明）", "开放式回答"]),
        (["回答者ID", "コレクターID", "作成日", "IPアドレス"], ["回答", "沙发", "その他 (具体的に)", "自由回答"]),
        (["Befragten-ID", "Collector-ID", "Startdatum", "IP-Adresse"],
         ["Antwort", "沙发", "Sonstiges (bitte angeben)", "Offene Antwort"]),
    ],
)  # fmt: skip
def test_surveymonkey_of_other_languages(tmp_path: Path, fixed: list[str], second: list[str]) -> None:
    heads = [*fixed, "满意度", "买了什么", "", "意见"]
    rows = [[str(118000 + n), "9", "2026-01-02 10:00", "58.32.17.4", "4", "沙发", "灯", "太慢"] for n in range(3)]
    reading = open_table(tmp_path / "a.csv", heads, ["", "", "", "", *second], *rows)
    assert reading.facts.platform == "surveymonkey"
    assert types(reading) == {"Q1": "scale", "Q2": "multi", "Q2_other": "text", "Q3": "text"}
    found = feedback(reading)
    assert "58.32.17.4" not in found.to_csv()
    assert json.loads(found["attributes"].iloc[0])["买了什么"].startswith("沙发┋")


def test_limesurvey_in_chinese_keeps_no_address_of_origin(tmp_path: Path) -> None:
    heads = ["答复ID", "提交日期", "最后一页", "起始语言", "上次操作日期", "IP地址", "引用网址", "总体满意度"]
    row = ["7", "2026-02-02 10:00:00", "3", "zh-Hans", "2026-02-02 10:00:00", "58.32.17.4", "https://x", "4"]
    reading = open_table(tmp_path / "a.csv", heads, row)
    assert (reading.facts.platform, types(reading)) == ("limesurvey", {"Q1": "scale"})


@pytest.mark.parametrize(
    ("heads", "opened"),
    [
        (["个案编号", "主题", "状态", "优先级", "个案来源", "打开日期/时间", "描述"], "2026/1/31 上午9:05"),
        (["ケース番号", "件名", "状況", "優先度", "ケース発生源", "オープン日時", "説明"], "2026/01/31 9:05"),
        (["Kundenvorgangsnummer", "Betreff", "Status", "Priorität", "Kundenvorgangsursprung",
          "Öffnungsdatum/-uhrzeit", "Beschreibung"], "31.1.2026 09:05"),
    ],
)  # fmt: skip
def test_salesforce_reports_of_other_languages(tmp_path: Path, heads: list[str], opened: str) -> None:
    reading = open_table(tmp_path / "a.csv", heads, ["00001001", "退款", "关闭", "高", "电话", opened, "一直没到账"])
    assert reading.facts.platform == "salesforce"
    case = cases(reading).iloc[0]
    assert case["opened_at"] == pd.Timestamp("2026-01-31 09:05", tz="Asia/Shanghai")


@pytest.mark.parametrize(
    "heads",
    [
        ["ID", "Subject", "Requester", "Requested", "Assignee", "Status", "Group", "Satisfaction"],
        ["ID", "主题", "请求者", "请求时间", "受托人", "状态", "组", "满意度"],
    ],
)
def test_zendesk_views_of_few_columns(tmp_path: Path, heads: list[str]) -> None:
    rows = [
        ["1", "退款慢", "张三丰", "2026-03-02 08:00", "李四光", "Open", "Support", "Good"],
        ["2", "退款慢", "张三丰", "2026-03-02 08:00", "李四光", "Open", "Support", "Not offered"],
    ]
    reading = open_table(tmp_path / "a.csv", heads, *rows)
    assert reading.facts.platform == "zendesk"
    batch = to_frames(reading)
    assert batch.ratings["state"].tolist() == ["answered", "not_shown"]
    assert batch.feedback["text"].tolist() == ["退款慢", "退款慢"]
    assert not {"张三丰", "李四光"} & set(" ".join(batch.feedback["attributes"]))


def test_a_zendesk_explore_table_is_known_by_its_dates(tmp_path: Path) -> None:
    heads = ["Ticket ID", "Ticket subject", "Ticket status", "Ticket created - Date"]
    reading = open_table(tmp_path / "a.csv", heads, ["1", "退款一直不到账", "Solved", "2026-03-02"])
    assert reading.facts.platform == "zendesk"
    assert cases(reading)["opened_at"].notna().all()


def test_the_older_freshdesk_json_has_an_envelope(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    ticket = {"display_id": 5, "subject": "登录失败", "description": "验证码收不到", "status_name": "Open",
              "priority_name": "High", "status": 2, "priority": 3, "source": 2, "created_at": "2026-03-02T08:00:00Z",
              "spam": False}  # fmt: skip
    path.write_text(json.dumps([{"helpdesk_ticket": ticket}]), encoding="utf-8")
    reading = open_file(path)
    assert reading.facts.platform == "freshdesk"
    assert feedback(reading)["text"].tolist() == ["登录失败\n验证码收不到"]


JIRA = [
    "項目", "課題キー", "課題 ID", "課題タイプ", "ステータス", "プロジェクトキー", "プロジェクト名",
    "プロジェクトタイプ", "優先度", "作成日", "更新日", "最終閲覧", "解決済み", "ほか", "本文", "満足度評価",
]  # fmt: skip


def test_a_date_is_never_the_description_of_an_issue(tmp_path: Path) -> None:
    row = ["登录失败", "SUP-1", "1", "Incident", "完了", "SUP", "S", "service_desk", "High", *["31/Jul/26 9:10 AM"] * 4,
           "31/Jul/26 9:10 AM", "收不到验证码", "5"]  # fmt: skip
    reading = open_table(tmp_path / "a.csv", JIRA, row)
    assert feedback(reading)["text"].tolist() == ["登录失败\n收不到验证码"]
    assert types(reading) == {"satisfaction": "scale"}


#: Traditional forms that nobody uses in headings.
RARE = "朞廻迴噹颱綫産衆啓彆箇"


@pytest.mark.parametrize("table", ["complaint_columns", "generic_columns", "jd_columns", "weibo_columns"])
def test_every_known_heading_is_known_in_traditional_characters(table: str) -> None:
    pairs = zip(reversed(SIMPLIFIED), reversed(TRADITIONAL), strict=True)
    traditional = str.maketrans({simple: form for simple, form in pairs if form not in RARE})
    headings = [row[1] for row in read_format_table(table) if row[1] != row[1].translate(traditional)]
    known = AliasTable.load(table)
    assert len(headings) > 3

    def meaning(heading: str) -> str | None:
        found = known.find(heading.replace("*", ""))
        return None if found is None else found.field

    lost = [heading for heading in headings if meaning(heading) != meaning(heading.translate(traditional))]
    assert not lost


def test_a_log_of_cases_in_traditional_characters_is_one(tmp_path: Path) -> None:
    headings = ["工單編號", "標題", "內容", "受理時間", "辦結時間"]
    line = ["T1", "路燈", "路燈壞了一個月沒人修", "2026/9/3 8:07:05", "2026/9/4 8:07:05"]
    reading = open_table(tmp_path / "a.csv", headings, line)
    assert reading.facts.platform == "work_order"
    assert cases(reading)["closed_at"].notna().all()
