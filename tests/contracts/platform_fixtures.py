"""One small file of every platform, written by us: a table that the contract can cut, rename and reorder."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "ingest" / "platforms"))

import test_cfpb
import test_google_forms
import test_jira
import test_limesurvey
import test_microsoft_forms
import test_qualtrics
import test_review_platforms
import test_surveymonkey
import test_tencent_docs
import test_tencent_survey
import test_weibo
import test_wenjuan
import test_wjx
import test_work_order
from test_formbricks import rows as formbricks_rows
from test_help_desks import ticket

Cells = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Table:
    """A text file: heading lines, then rows that may stand in any order."""

    lines: Cells
    #: Lines at the top that are no rows.
    heads: int = 1
    encoding: str = "utf-8-sig"
    suffix: str = ".csv"

    def write(self, path: Path, rows: Cells | None = None) -> Path:
        stream = io.StringIO()
        csv.writer(stream).writerows([*self.lines[: self.heads], *(self.rows if rows is None else rows)])
        path.write_bytes(stream.getvalue().encode(self.encoding))
        return path

    @property
    def rows(self) -> list[Any]:
        return list(self.lines[self.heads :])


@dataclass(frozen=True)
class Records:
    """A JSON array of records."""

    rows: list[Any]
    suffix: str = ".json"

    def write(self, path: Path, rows: list[Any] | None = None) -> Path:
        path.write_text(json.dumps(self.rows if rows is None else rows, ensure_ascii=False), encoding="utf-8")
        return path


@dataclass(frozen=True)
class DataFile:
    """A data file of a statistics package: an id and a labelled grade a row."""

    suffix: str
    rows: list[Any] = field(default_factory=lambda: [[1.0, 5.0, "男"], [2.0, 1.0, "女"], [3.0, 3.0, "男"]])

    def write(self, path: Path, rows: list[Any] | None = None) -> Path:
        pyreadstat = pytest.importorskip("pyreadstat", reason="needs the extra spss")
        import pandas as pd

        labels = dict(enumerate(("非常不满意", "不满意", "一般", "满意", "非常满意"), start=1))
        frame = pd.DataFrame(self.rows if rows is None else rows, columns=["id", "q1", "sex"])
        write = pyreadstat.write_sav if self.suffix == ".sav" else pyreadstat.write_dta
        write(frame, str(path), column_labels=["编号", "总体满意度", "性别"], variable_value_labels={"q1": labels})
        return path


Fixture = Table | Records | DataFile


def _shape(header: Sequence[str], *rows: dict[str, str]) -> Table:
    return Table([header, *([row.get(heading, "") for heading in header] for row in rows)])


def _typeform() -> Table:
    head = ["#", "How satisfied are you?", "Why?", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]
    answers = [("5", "fast"), ("1", "it is slow"), ("3", "")]
    ends = [["2026-10-01 08:00:00", f"2026-10-01 08:0{n}:30", "f00"] for n in range(1, 4)]
    return Table([head, *([f"k{n}", *a, *e] for n, (a, e) in enumerate(zip(answers, ends, strict=True)))])


def _tencent_docs() -> Table:
    parts = zip(test_tencent_docs.TIMES, test_tencent_docs.NAMES, test_tencent_docs.ANSWERS, strict=True)
    head = ["提交时间（自动）", "提交者（自动）", *test_tencent_docs.QUESTIONS]
    return Table([head, *([time, name, *answers] for time, name, answers in parts)])


def _qualtrics() -> Table:
    rows = [[*test_qualtrics.fixed(n), answer] for n, answer in enumerate(("5", "1", "3"))]
    return Table(test_qualtrics.build([test_qualtrics.SATISFACTION], rows), heads=3)


def _limesurvey() -> Table:
    return Table(test_limesurvey.table([*test_limesurvey.METAS, *test_limesurvey.CODES, *test_limesurvey.TIMES]))


def _jira() -> Table:
    stamps = ("18/Jul/26 9:10 AM", "19/Jul/26 10:45 PM")
    return Table([test_jira.ENGLISH, *(test_jira.row(n, *stamps) for n in (1, 2, 3))])


def _freshdesk() -> Table:
    head = ["Ticket ID", "Subject", "Status", "Priority", "Source", "Agent", "Created time", "Due by Time",
            "Resolved time"]  # fmt: skip
    at = ["2026-08-24 11:56:51", "", "2026-08-25 11:56:51"]
    return Table([head, *([str(n), f"Late {n}", "Closed", "Low", "Phone", "Bob Ray", *at] for n in (1, 2, 3))])


def _salesforce() -> Table:
    head = ["Case Number", "Subject", "Status", "Priority", "Case Origin", "Date/Time Opened", "Description"]
    rest = ["New", "High", "Phone", "10/31/2026 4:05 PM", "Water everywhere"]
    return Table([head, *([f"0000102{n}", f"Leak {n}", *rest] for n in (1, 2, 3))])


_POSTS = (("3501756485200075", "z0JH2lOMb"), ("4842349060955034", ""), ("4842349060955035", ""))


def _weibo_search() -> Table:
    return Table([test_weibo.SEARCH, *(test_weibo.search_row(own, f"用了{own}", bid) for own, bid in _POSTS)])


def _weibo_crawler() -> Table:
    rows = [
        {"id": own + "\t", "bid": bid, "正文": f"用了{own}", "日期": "2026-03-01T08:05:16", "点赞数": "3"}
        for own, bid in _POSTS
    ]
    return _shape(test_weibo.CRAWLER, *rows)


def _weibo_scrapy() -> Table:
    head = ["comment_count", "content", "created_at", "user_id", "weibo_id"]
    return Table([head, *(["3", f"服务{own}", "Fri Dec 02 21:57:25 +0800 2022", "9", own] for own, _ in _POSTS)])


def _mediacrawler() -> Records:
    base = {"type": "normal", "title": "标题", "time": 1772323500000, "last_modify_ts": 1772323500007, "user_id": "4",
            "nickname": "小明", "liked_count": "1.1万", "collected_count": "2", "comment_count": "3",
            "share_count": "", "tag_list": "a", "note_url": "u", "source_keyword": "手机"}  # fmt: skip
    return Records([{"note_id": f"n{n}", "desc": f"第{n}次用", **base} for n in (1, 2, 3)])


def _google_play() -> Table:
    head = ["reviewId", "userName", "content", "score", "thumbsUpCount", "reviewCreatedVersion", "at", "appVersion"]
    return Table(
        [head, *([f"r{n}", "A", f"Slow {n}", f"{n}", "7", "1", "2026-03-01 08:05:16", "1"] for n in (1, 2, 5))]
    )


def _app_store() -> Table:
    head = ["id", "userName", "userUrl", "version", "score", "title", "text", "url", "updated"]
    end = ["u", "2026-03-01T08:05:16+08:00"]
    return Table([head, *([f"{n}", "Ann", "u", "2.0", "1", "Bad", f"Crashes {n}", *end] for n in (11, 12, 13))])


FIXTURES: dict[str, Callable[[], Fixture]] = {
    "wjx": lambda: Table(test_wjx.TEXT),
    "tencent_survey": lambda: Table(test_tencent_survey.ROWS),
    "tencent_docs": _tencent_docs,
    "wenjuan": lambda: Table(test_wenjuan.READABLE, encoding="gb18030"),
    "qualtrics": _qualtrics,
    "surveymonkey": lambda: Table(test_surveymonkey.table(), heads=2),
    "limesurvey": _limesurvey,
    "google_forms": lambda: Table(test_google_forms.rows("Timestamp", test_google_forms.US)),
    "microsoft_forms": lambda: Table(test_microsoft_forms.ROWS),
    "typeform": _typeform,
    "formbricks": lambda: Table(formbricks_rows("2024-06-15 10:00:00")),
    "spss": lambda: DataFile(".sav"),
    "stata": lambda: DataFile(".dta"),
    "work_order": lambda: Table(
        [test_work_order.PROVINCE, *(test_work_order.province_row(诉求编号=f"SQ{n}") for n in (1, 2, 3))]
    ),
    "cfpb": lambda: Table(
        [test_cfpb.FULL, *(test_cfpb.row(test_cfpb.FULL, **{"Complaint ID": str(n)}) for n in (1, 2, 3))]
    ),
    "jira": _jira,
    "zendesk": lambda: Records([ticket(1, "good"), ticket(2, "bad"), ticket(3, None)]),
    "freshdesk": _freshdesk,
    "salesforce": _salesforce,
    "weibo_search": _weibo_search,
    "weibo_crawler": _weibo_crawler,
    "weibo_scrapy": _weibo_scrapy,
    "mediacrawler": _mediacrawler,
    "jd": lambda: Table(
        [
            test_review_platforms.PLUGIN,
            *(test_review_platforms.plugin_row(n, f"好{n}", "3") for n in (1042, 1077, 1031)),
        ]
    ),
    "google_play": _google_play,
    "app_store": _app_store,
}
