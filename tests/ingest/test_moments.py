"""Moments as exporters write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.ingest.dates import MomentParser

SHANGHAI = MomentParser("Asia/Shanghai")


def shown(text: str, parser: MomentParser = SHANGHAI) -> str | None:
    moment = parser.parse(text)
    return None if moment is None else datetime.fromtimestamp(moment / 1e6, UTC).isoformat()


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-09-22", "2026-09-21T16:00:00+00:00"),
        ("2026-09-22 10:13", "2026-09-22T02:13:00+00:00"),
        ("2026-09-22 10:13:05", "2026-09-22T02:13:05+00:00"),
        ("2026-09-22T10:13:05.250", "2026-09-22T02:13:05.250000+00:00"),
        ("2026-09-22T10:13:00+08:00", "2026-09-22T02:13:00+00:00"),
        ("2026-09-22T10:13:00+0800", "2026-09-22T02:13:00+00:00"),
        ("2026-09-22T10:13:00Z", "2026-09-22T10:13:00+00:00"),
        ("2024/12/14 0:05:16", "2024-12-13T16:05:16+00:00"),
        ("2024.1.2", "2024-01-01T16:00:00+00:00"),
        ("2026年9月22日 10:13", "2026-09-22T02:13:00+00:00"),
        ("2026年9月22日10时13分5秒", "2026-09-22T02:13:05+00:00"),
        ("2023/1/2 下午3:04:05", "2023-01-02T07:04:05+00:00"),
        ("2026/7/13 9:10 下午", "2026-07-13T13:10:00+00:00"),
        ("2026/7/13 午後 9:10", "2026-07-13T13:10:00+00:00"),
        ("2023/1/2 上午 12:04", "2023-01-01T16:04:00+00:00"),
        ("2026年9月22日 8时", "2026-09-22T00:00:00+00:00"),
        ("2026年9月22日下午3点整", "2026-09-22T07:00:00+00:00"),
        ("2026-09-22 24:00:00", "2026-09-22T16:00:00+00:00"),
        ("2026-12-31 24:00", "2026-12-31T16:00:00+00:00"),
        ("'2026-09-22 10:13:05", "2026-09-22T02:13:05+00:00"),
        ('="2026-09-22"', "2026-09-21T16:00:00+00:00"),
        ("Dec 2, 2022 9:57 PM", "2022-12-02T13:57:00+00:00"),
        ("2 Dec 2022 21:57", "2022-12-02T13:57:00+00:00"),
        ("20260922", "2026-09-21T16:00:00+00:00"),
        ("20260922101305", "2026-09-22T02:13:05+00:00"),
        ("20260922 10:13", "2026-09-22T02:13:00+00:00"),
        ("20260922 101305", "2026-09-22T02:13:05+00:00"),
        ("20260922T10:13:05", "2026-09-22T02:13:05+00:00"),
        ("990000000000", "2001-05-16T08:00:00+00:00"),
        ("1700000000", "2023-11-14T22:13:20+00:00"),
        ("1700000000000", "2023-11-14T22:13:20+00:00"),
        ("45640.5", "2024-12-14T04:00:00+00:00"),
        ("Fri Dec 02 21:57:25 +0800 2022", "2022-12-02T13:57:25+00:00"),
        ("Fri, 02 Dec 2022 21:57:25 GMT", "2022-12-02T21:57:25+00:00"),
        ("Dec 2, 2022", "2022-12-01T16:00:00+00:00"),
        ("2 December 2022", "2022-12-01T16:00:00+00:00"),
        ("２０２６／９／２２　１０：１３", "2026-09-22T02:13:00+00:00"),
        ("２０２６年９月２２日", "2026-09-21T16:00:00+00:00"),
        ("2026年9月22日星期二", "2026-09-21T16:00:00+00:00"),
        ("2026年9月22日（周二）10:13", "2026-09-22T02:13:00+00:00"),
        ("2026-09-22 周二 下午 3:04", "2026-09-22T07:04:00+00:00"),
        ("2026-09-22 10:13:05,250", "2026-09-22T02:13:05.250000+00:00"),
        ("202609221013", "2026-09-22T02:13:00+00:00"),
        ("2026-09-22 10:13:05 CST", "2026-09-22T02:13:05+00:00"),
        ("Tue Sep 22 10:13:05 CST 2026", "2026-09-22T02:13:05+00:00"),
        ("2026-09-22T10:13-03:00", "2026-09-22T13:13:00+00:00"),
        ("2026-09-22 10:13:05-03:00", "2026-09-22T13:13:05+00:00"),
    ],
)
def test_a_moment_is_read_in_the_projects_zone_and_kept_in_utc(text: str, utc: str) -> None:
    assert shown(text) == utc


@pytest.mark.parametrize(
    "text",
    [
        "3天前",
        "2026-09-22 24:01:00",
        "2026-09-22 25:00",
        "5分钟前",
        "昨天 12:30",
        "10月1日 12:30",
        "刚刚",
        "Dec 32, 2022",
        "2026-13-45",
        "2026-02-30",
        "2026-09-22 25:00",
        "2026-09-22 10:61",
        "1989-12-31",
        "2101-01-01",
        "昨天",
        "3/4/2026",
        "12",
        "99999999999999999",
        "2026",
        "0000-00-00 00:00:00",
        "٢٠٢٦-٠١-٠١",
        "2026-09-22 abc",
        "-5",
        "８月９日",
        "2026-09-2²",
        "①②③④-⑨-⑨",
        "1e9",
        "2026-09-22 10:00-11:00",
        "2026-09-22 10:00 - 11:30",
        "2026年9月22日星期八",
        "202613221013",
        "2026-09-22 10:13:05 EST",
        "Tue Sep 22 10:13:05 CDT 2026",
        "2026-09-22T10:13:05Z CST",
    ],
)  # fmt: skip
def test_what_is_no_moment_of_our_time_is_none(text: str) -> None:
    assert shown(text) is None


def test_days_on_which_clocks_change_are_read_right() -> None:
    berlin = MomentParser("Europe/Berlin")
    assert shown("2026-03-29 01:30", berlin) == "2026-03-29T00:30:00+00:00"
    assert shown("2026-03-29 12:00", berlin) == "2026-03-29T10:00:00+00:00"
    assert shown("2026-03-30 12:00", berlin) == "2026-03-30T10:00:00+00:00"


def test_the_abbreviation_of_a_zone_is_that_of_the_projects_zone_at_that_moment() -> None:
    chicago = MomentParser("America/Chicago")
    assert shown("2026-01-01 09:00:00 CST", chicago) == "2026-01-01T15:00:00+00:00"
    assert shown("2026-07-01 09:00:00 CDT", chicago) == "2026-07-01T14:00:00+00:00"
    assert shown("2026-07-01 09:00:00 CST", chicago) is None


def test_a_day_starts_at_its_local_midnight() -> None:
    assert SHANGHAI.start_of(date(2026, 9, 22)) == SHANGHAI.parse("2026-09-22")


@given(st.datetimes(min_value=datetime.fromisoformat("1992-01-01"), max_value=datetime.fromisoformat("2100-01-01")))
def test_every_way_of_writing_a_moment_gives_the_same(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    loose = f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment:%M:%S}"
    chinese = f"{moment.year}年{moment.month}月{moment.day}日 {moment.hour}时{moment.minute}分{moment.second}秒"
    forms = {SHANGHAI.parse(text) for text in (moment.isoformat(" "), moment.isoformat("T"), loose, chinese)}
    assert len(forms) == 1 and None not in forms


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    assert SHANGHAI.parse(text) is None or isinstance(SHANGHAI.parse(text), int)
