"""A small invented project, as the report receives it."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pandas as pd
import pytest

from feedback_engine.domain import OVERALL, Flag, Measure, Period
from feedback_engine.report.content import FILE_COLUMNS, ReportInputs, Statistics
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.feedback import CASES, FEEDBACK, REJECTS
from feedback_engine.tables.index import INDEX, WEIGHTS
from feedback_engine.tables.weighting import CHANGE

TOUCHPOINTS = {
    "delivery": "物流配送",
    "quality": "商品质量",
    "price": "价格优惠",
    "service": "客服态度",
    "store": "门店环境",
    "returns": "退换货",
    "app": "应用体验",
}
TYPES = {"late": "配送延误", "attitude": "服务态度", "defect": "质量问题", "refund": "退款纠纷"}
FILE = sha256(b"file").hexdigest()
#: text, source, polarity, [(touchpoint, polarity, word)], complaint types
TEXTS = [
    ("物流很快，但客服太差", "问卷", "mixed", [("delivery", "positive", "很快"), ("service", "negative", "太差")], []),
    (
        "等了五天才送到，催了三次都没人回，太慢了！",
        "热线",
        "negative",
        [("delivery", "negative", "太慢")],
        ["late", "attitude"],
    ),
    ("质量很好，用了半年没出问题，推荐购买", "电商", "positive", [("quality", "positive", "很好")], []),
    ("=1+1 的价格谁信，优惠券根本用不了", "电商", "negative", [("price", "negative", "用不了")], ["refund"]),
    ("-差评，收到就是坏的，要求退货", "热线", "negative", [("quality", "negative", "坏的")], ["defect"]),
    ("@客服 态度非常好，耐心解答每个问题", "问卷", "positive", [("service", "positive", "非常好")], []),
    ("环境干净整洁，逛起来舒服", "问卷", "positive", [("store", "positive", "干净整洁")], []),
    ("一般般，没什么特别的感觉", "问卷", "neutral", [], []),
    ("退款拖了两周，每次都说在处理", "热线", "negative", [("returns", "negative", "拖了")], ["refund"]),
    ("价格实惠，活动力度大，下次还来", "电商", "positive", [("price", "positive", "实惠")], []),
]


def key(*parts):
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()


def index(period, shift=0.0, *, rated=True, text=True):
    """Figures of one period: every touchpoint a little worse than the one before."""
    rows = []

    def add(touchpoint, indicator, measure, score, weight, base, half, flag=Flag.OK):
        low, high = (None, None) if score is None else (max(score - half, 0), min(score + half, 100))
        rows.append([period, "all", touchpoint, indicator, measure, score, weight, base, base * 0.9, low, high, flag])

    for place, code in enumerate(TOUCHPOINTS):
        score, weight = 88.0 - 6 * place + shift, 0.2 if place < 3 else 0.1
        if rated and code == "app":
            add(code, OVERALL, Measure.SCORE, None, 0.0, 6, 0, Flag.SUPPRESSED)
        elif rated:
            small = Flag.SMALL_BASE if code == "returns" else Flag.OK
            base = 22 if code == "returns" else 420 - 30 * place
            weight = {"delivery": 0.25, "quality": 0.25, "price": 0.2, "service": 0.15, "store": 0.1, "returns": 0.05}[
                code
            ]
            add(code, OVERALL, Measure.SCORE, score, weight, base, 2.1, small)
            add(code, OVERALL, Measure.SATISFIED_SHARE, score - 5, 0.0, base, 3.0, small)
            add(code, f"{code}_a", Measure.SCORE, score + 2, 0.5, base, 2.4, small)
            add(code, f"{code}_b", Measure.SCORE, score - 2, 0.5, base, 2.4, small)
        if text:
            add(code, OVERALL, Measure.TEXT_INDEX, 70.0 - 5 * place + shift, 0.0, 60 + place, 6.0)
            add(code, OVERALL, Measure.COMPLAINT_RATE, 3.0 + place, 0.0, 900, 1.5)
    if rated:
        total = sum(r[5] * r[6] for r in rows if r[3] == OVERALL and r[4] == Measure.SCORE and r[5] is not None)
        add(OVERALL, OVERALL, Measure.SCORE, total, 1.0, 1204, 1.1)
        add(OVERALL, OVERALL, Measure.EQUAL_SCORE, 73.0 + shift, 0.0, 1204, 1.2)
        add(OVERALL, OVERALL, Measure.SATISFIED_SHARE, 71.4 + shift, 0.0, 1204, 2.6)
    if text:
        add(OVERALL, OVERALL, Measure.TEXT_INDEX, 58.3 + shift, 0.0, 640, 3.9)
        add(OVERALL, OVERALL, Measure.COMPLAINT_RATE, 38.5 - shift, 0.0, 1844, 8.0)
    return INDEX.build(rows)


def changes(now, before, against="previous"):
    """CHANGE of two INDEX frames, tested by their intervals as if these were normal; the family is the one table."""
    keys = ["touchpoint", "indicator", "measure"]
    both = now.merge(before, on=keys, suffixes=("", "_before"))
    both = both[both["score"].notna() & both["score_before"].notna()]
    rows = []
    for row in both.to_dict("records"):
        points = row["score"] - row["score_before"]
        halves = [(row[f"upper{end}"] - row[f"lower{end}"]) / 2 for end in ("", "_before")]
        half = math.hypot(*halves)
        is_tested = Flag.SMALL_BASE not in (row["flag"], row["flag_before"])
        q = math.erfc(1.96 * abs(points) / half / math.sqrt(2)) if is_tested else None
        is_notable = q is not None and q < 0.05 and (abs(points) >= 2 or row["measure"] == Measure.COMPLAINT_RATE)
        rows.append(
            [row["period"], against, "all", *(row[key] for key in keys), row["period_before"], row["score_before"],
             row["score"], points, 100 * points / row["score_before"], points - half, points + half, q, q, is_notable,
             False, "welch" if is_tested else "", row["base_before"], row["base"], 0]
        )  # fmt: skip
    return CHANGE.build(rows)


def compared(inputs, now, before):
    """The inputs with these two INDEX frames as the period and the one before."""
    statistics = replace(inputs.statistics, tables={**inputs.statistics.tables, "changes": changes(now, before)})
    return replace(inputs, index=now, previous=before, statistics=statistics)


def weights():
    rows = []
    declared = {
        "delivery": 0.25,
        "quality": 0.25,
        "price": 0.2,
        "service": 0.15,
        "store": 0.1,
        "returns": 0.05,
        "app": 0.0,
    }
    for code, name in TOUCHPOINTS.items():
        rows.append([code, OVERALL, name, "index", declared[code], 1 / 7, "declared"])
        rows += [
            [code, f"{code}_{i}", f"{name}·{n}", "rating", 0.5, 0.5, "declared"]
            for i, n in (("a", "结果"), ("b", "过程"))
        ]
    return WEIGHTS.build(rows)


def texts(copies=4):
    """FEEDBACK, ANNOTATIONS and CASES of the invented texts."""
    feedback, tags, cases = [], [], []
    start = datetime(2026, 10, 3, 1, 20, tzinfo=UTC)
    for number in range(copies * len(TEXTS)):
        text, source, polarity, mentions, types = TEXTS[number % len(TEXTS)]
        text = text if number < len(TEXTS) else f"{text}（第 {number} 位）"
        mine, moment = key("f", number), start + timedelta(hours=7 * number)
        kind = {"问卷": "questionnaire", "热线": "complaints", "电商": "reviews"}[source]
        feedback.append(
            [
                mine,
                mine,
                mine,
                source,
                kind,
                "微信",
                f"C{number}",
                None,
                moment,
                "main",
                text,
                1.0,
                "{}",
                FILE,
                number + 2,
            ]
        )
        score = {"positive": 0.8, "negative": -0.7, "mixed": -0.1, "neutral": 0.0}[polarity] + number / 1000
        tags.append([mine, "sentiment", "text", 0, len(text), -1, polarity, score, 0.9, "[]", "整句合计"])
        for label, side, word in mentions:
            at = text.index(word)
            evidence = json.dumps(
                [{"start": at, "end": at + len(word), "text": word, "rule": f"情感词『{word}』", "weight": 0.8}],
                ensure_ascii=False,
            )
            value = 0.8 if side == "positive" else -0.8
            tags.append(
                [mine, "touchpoint", label, at, at + len(word), 0, side, value, 0.85, evidence, f"触点词＋『{word}』"]
            )
        tags += [[mine, "complaint", t, 0, len(text), -1, "negative", -0.7, 0.8, "[]", "投诉词"] for t in types]
        if source == "热线":
            closed = None if number % 4 == 1 else moment + timedelta(hours=30 + number)
            status = "处理中" if closed is None else "已办结"
            department = "物流部" if number % 2 else "售后部"
            cases.append(
                [mine, moment, moment + timedelta(hours=2 + number % 5), closed, status, department, "配送延误"]
            )
    return FEEDBACK.build(feedback), ANNOTATIONS.build(tags), CASES.build(cases)


def rejects():
    return REJECTS.build(
        [[FILE, n + 50, "评分", f"{n}分", "不在 1–5 之内", False, False] for n in range(4)]
        + [[FILE, 70, "", "", "整行为空", True, True], [FILE, 71, "时间", "=1+1", "不是日期", True, False]]
    )


@pytest.fixture(scope="session")
def small_inputs():
    feedback, tags, cases = texts()
    october = Period.parse("2026-10")
    both = [changes(index("2026-10"), index("2026-09", -3.5)),
            changes(index("2026-10"), index("2025-10", -0.6), "year_before")]  # fmt: skip
    months = [index(f"2026-{m:02}", shift) for m, shift in ((6, -6), (7, -5.5), (8, -4), (9, -3.5), (10, 0))]
    return ReportInputs(
        title="客户满意度报告",
        project="示例零售",
        timezone="Asia/Shanghai",
        period=october,
        created_at=datetime(2026, 11, 1, 2, 30, tzinfo=UTC),
        index=index("2026-10"),
        previous=index("2026-09", -3.5),
        year_before=index("2025-10", -0.6),
        trend=pd.concat(months, ignore_index=True),
        weights=weights(),
        touchpoint_names=TOUCHPOINTS,
        indicator_names={},
        complaint_type_names=TYPES,
        feedback=feedback,
        annotations=tags,
        cases=cases,
        rejects=rejects(),
        files=pd.DataFrame(
            [
                [FILE, "十月问卷.xlsx", "问卷", "wjx", "", "Sheet1", 24, 16, 2, 4, 2],
                [key("g"), "热线工单.csv", "热线", "work_order", "gb18030", "", 12, 12, 0, 0, 0],
            ],
            columns=list(FILE_COLUMNS),
        ),
        statistics=Statistics({"changes": pd.concat(both, ignore_index=True)}),
        manifest={
            "引擎版本": "0.1.0",
            "词典版本": "general 2026.11",
            "配置摘要": key("config"),
            "=cmd": '=HYPERLINK("http://example.invalid")',
        },
    )


@pytest.fixture(scope="session")
def empty_inputs(small_inputs):
    """Nothing at all: no ratings, no texts, no complaints, no files."""
    nothing = {name: getattr(small_inputs, name).iloc[0:0] for name in ("index", "trend", "weights", "feedback")}
    nothing |= {name: getattr(small_inputs, name).iloc[0:0] for name in ("annotations", "cases", "rejects", "files")}
    nothing |= {"previous": None, "year_before": None, "statistics": Statistics()}
    return replace(small_inputs, period=None, touchpoint_names={}, **nothing)


@pytest.fixture(scope="session")
def make_compared(small_inputs):
    return lambda now, before: compared(small_inputs, now, before)
