"""What the sheets say: the figures of the inputs, and words where there is no figure."""

from dataclasses import replace

import pandas as pd
import pytest

from feedback_engine.domain import OVERALL, Flag, Measure
from feedback_engine.report.blocks import Chart, Marked, Note, Table, Tiles
from feedback_engine.report.content import Statistics, build_report
from feedback_engine.report.statistics import SCHEMAS
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.index import INDEX

#: Without analyses but changes.
SHEETS = [
    "封面与说明",
    "总览",
    "触点得分",
    "变化",
    "投诉分析",
    "情感与主题",
    "典型原声",
    "指标体系与权重",
    "明细",
    "数据质量",
    "运行信息",
]


def section(report, name):
    return next(s for s in report.sections if s.name == name)


def table(report, name):
    return next(b for s in report.sections for b in s.blocks if isinstance(b, Table) and b.name == name)


def plain(cell):
    return cell.text if isinstance(cell, Marked) else cell


def rows(report, name):
    """The table's rows as dictionaries by heading."""
    found = table(report, name)
    headings = [column.heading for column in found.columns]
    return [dict(zip(headings, map(plain, row), strict=True)) for row in found.rows]


def notes(report, name):
    return "\n".join(b.text for b in section(report, name).blocks if isinstance(b, Note))


@pytest.fixture(scope="module")
def report(small_inputs):
    return build_report(small_inputs)


@pytest.fixture(scope="module")
def text_only(small_inputs):
    def unrated(frame):
        return frame[~frame["measure"].isin([Measure.SCORE, Measure.SATISFIED_SHARE])].reset_index(drop=True)

    changed = {name: unrated(getattr(small_inputs, name)) for name in ("index", "previous", "year_before", "trend")}
    return build_report(replace(small_inputs, weights=small_inputs.weights.iloc[0:0], **changed))


def test_a_touchpoint_outside_the_indicator_system_is_not_said_to_have_no_texts(small_inputs):
    kept = small_inputs.index[small_inputs.index["touchpoint"] != "service"]
    weights = small_inputs.weights[small_inputs.weights["touchpoint"] != "service"]
    found = rows(build_report(replace(small_inputs, index=kept, weights=weights)), "mentions")
    shown = {row["触点"]: row["文本指数"] for row in found}
    assert shown["客服态度"] == "不在指标体系"
    assert "不在指标体系" not in {index for name, index in shown.items() if name != "客服态度"}


def test_the_sheets_come_in_the_order_that_users_know(report):
    assert [s.name for s in report.sections] == SHEETS


def test_table_names_are_unique_and_every_chart_finds_its_columns(report):
    tables = {b.name: b for s in report.sections for b in s.blocks if isinstance(b, Table)}
    assert len(tables) == sum(isinstance(b, Table) for s in report.sections for b in s.blocks)
    for chart in (b for s in report.sections for b in s.blocks if isinstance(b, Chart)):
        headings = {column.heading for column in tables[chart.table].columns}
        assert {chart.category, *(series.heading for series in chart.series)} <= headings


def test_every_row_is_as_wide_as_its_table(report):
    for found in (b for s in report.sections for b in s.blocks if isinstance(b, Table)):
        assert {len(row) for row in found.rows} <= {len(found.columns)}, found.name


def test_headings_are_unique_within_a_table(report):
    for found in (b for s in report.sections for b in s.blocks if isinstance(b, Table)):
        headings = [column.heading for column in found.columns]
        assert len(set(headings)) == len(headings), found.name


def test_the_headline_figures_equal_the_index(report, small_inputs):
    index = small_inputs.index.set_index(["touchpoint", "indicator", "measure"])
    names = {"满意度指数": Measure.SCORE, "满意率": Measure.SATISFIED_SHARE, "文本指数": Measure.TEXT_INDEX}
    shown = {row["指标"]: row for row in rows(report, "headlines")}
    for name, measure in names.items():
        wanted = index.loc[(OVERALL, OVERALL, measure)]
        assert shown[name]["本期"] == wanted["score"]
        assert (shown[name]["区间下限"], shown[name]["区间上限"]) == (wanted["lower"], wanted["upper"])
        assert shown[name]["样本量 n"] == wanted["base"]


def test_change_is_given_in_points_and_relative(report):
    score = rows(report, "headlines")[0]
    assert score["环比（点）"] == pytest.approx(score["本期"] - score["上期"])
    assert score["环比（%）"] == pytest.approx((score["本期"] - score["上期"]) / score["上期"])


def test_an_arrow_stands_only_where_the_change_is_notable(report):
    shown = {row["指标"]: row for row in rows(report, "headlines")}
    # 77.5 ± 1.1 against 74.0 ± 1.1; 71.4 ± 2.6 against 67.9 ± 2.6: q = .06; 0.6 points are too few a year on.
    assert shown["满意度指数"]["环比判断"] == "▲"
    assert shown["满意率"]["环比判断"] == "—"
    assert shown["满意度指数"]["同比判断"] == "—"


def test_the_changes_stand_in_a_sheet_with_both_comparisons(report):
    score = next(row for row in rows(report, "changes_previous") if row["度量"] == "满意度指数")
    assert (score["触点"], score["本期"], score["判断"]) == ("总体", pytest.approx(77.5), "▲")
    assert score["变化（点）"] == pytest.approx(3.5)
    assert score["变化（%）"] == pytest.approx(3.5 / 74)
    assert {row["对比"] for row in rows(report, "notable_changes")} == {"环比"}
    assert {row["触点"] for row in rows(report, "changes_year_before")} > {"总体", "物流配送"}


def test_a_figure_that_stands_under_a_second_name_is_not_listed_again(small_inputs):
    found = small_inputs.statistics.tables["changes"]
    echo = found[(found["indicator"] == OVERALL) & (found["touchpoint"] == "delivery")].assign(indicator="only")
    both = pd.concat([found, echo.assign(is_repeat=True)], ignore_index=True)
    report = build_report(replace(small_inputs, statistics=Statistics({"changes": both})))
    listed = {row["指标"] for row in rows(report, "changes_previous")}
    assert "only" not in listed
    assert {"", "delivery_a", "delivery_b"} <= listed
    tested = int(found["p_value"].notna().sum())
    assert f"比较 {len(found)} 项，检验 {tested} 项（样本少于 30 的不检验），" in notes(report, "变化")
    assert f"：{len(rows(report, 'notable_changes'))} 项显著" in notes(report, "变化")


@pytest.mark.parametrize(
    ("attribute", "name"), [("channel", "渠道"), ("source", "来源"), ("target", "评价对象"), ("门店", "门店")]
)
def test_segments_by_a_column_of_ours_stand_under_its_name(small_inputs, attribute, name):
    figure = ("overall", "score", 80.0, 70.0, 90.0, 40, "ok", 75.0, 5.0, 0.01, 0.02, True)
    segments = SCHEMAS["segments"].build([(attribute, "客服", *figure)])
    report = build_report(replace(small_inputs, statistics=Statistics({"segments": segments})))
    found = table(report, "segments_0")
    assert found.title.startswith(f"按{name}：") and found.columns[0].heading == name


@pytest.mark.parametrize(
    ("q", "said"), [(0.02, "有 1 项虽能与抽样波动区分（q < 0.05），但不到 2 点"), (0.4, "差异显著")]
)
def test_a_sure_but_small_difference_of_a_segment_is_not_said_to_be_none(small_inputs, q, said):
    figure = (OVERALL, Measure.SCORE, 72.0, 71.0, 73.0, 900, Flag.OK, 70.6, 1.4, q / 3, q, False)
    segments = SCHEMAS["segments"].build([("性别", "男", *figure)])
    report = build_report(replace(small_inputs, statistics=Statistics({"segments": segments})))
    assert said in notes(report, "细分对比")


def test_touchpoints_of_segments_stand_in_the_order_of_the_report(small_inputs):
    def row(segment, touchpoint, score):
        flag = "ok" if score is not None else "no_data"
        return ("channel", segment, touchpoint, "score", score, None, None, 40, flag, 70.0, None, None, None, False)

    figures = [row("甲", "returns", 80.0), row("甲", "delivery", 70.0), row("乙", "delivery", 60.0)]
    segments = SCHEMAS["segments"].build([row("甲", OVERALL, 75.0), row("乙", OVERALL, 65.0), *figures])
    report = build_report(replace(small_inputs, statistics=Statistics({"segments": segments})))
    names = {each["触点"] for each in rows(report, "touchpoints")}
    shown = [column.heading for column in table(report, "segment_touchpoints_0").columns][1:]
    assert shown == ["物流配送", "退换货"] and set(shown) <= names
    second = next(each for each in rows(report, "segment_touchpoints_0") if each["渠道"] == "乙")
    assert (second["物流配送"], second["退换货"]) == (60.0, "无数据")


def test_reliability_from_few_answers_says_so(small_inputs):
    found = [("alpha", "delivery", OVERALL, 0.9, 0.7, 0.97, 11, False, "α = 0.90"),
             ("coverage", "delivery", OVERALL, 11.0, None, None, 11, False, "打分 11 份")]  # fmt: skip
    report = build_report(replace(small_inputs, statistics=Statistics({"review": SCHEMAS["review"].build(found)})))
    assert rows(report, "review_alpha")[0]["结论"] == "α = 0.90；样本偏少（n<30），仅供参考"
    assert rows(report, "review_coverage")[0]["结论"] == "打分 11 份"


def test_drivers_that_count_as_one_group_have_one_share_in_the_chart(small_inputs):
    figures = [0.7, 0.6, 0.8, 1, 0.9]
    own = [0.3, 0.3, 0.8, 12.0]
    drivers = SCHEMAS["drivers"].build([
        ("a", "客房", *figures, *own, "a+b", 70.0, 1.0, 0.1, 200, "与设施高度相关"),
        ("b", "设施", *figures, *own, "a+b", 60.0, 1.0, 0.1, 200, "与客房高度相关"),
        ("c", "服务", 0.3, 0.2, 0.4, 2, 0.9, 0.4, 0.4, 0.5, 1.2, "", 80.0, 1.0, 0.06, 200, ""),
    ])  # fmt: skip
    point = [70.0, 65.0, 75.0, "concentrate_here", True, "derived"]
    importance = SCHEMAS["importance"].build(
        [("a", "客房", 0.35, 0.0, 0.8, *point), ("c", "服务", 0.3, 0.2, 0.4, *point)]
    )
    statistics = Statistics({"drivers": drivers, "importance": importance})
    report = build_report(replace(small_inputs, statistics=statistics))
    chart = next(b for b in section(report, "驱动因素").blocks if isinstance(b, Chart) and b.kind == "bar")
    drawn = [(row["因素"], row["份额"]) for row in rows(report, chart.table)]
    assert drawn == [("客房＋设施", 0.7), ("服务", 0.3)]
    assert [row["触点"] for row in rows(report, "drivers")] == ["客房", "设施", "服务"]


def test_sheets_with_nothing_to_show_are_left_out_and_the_cover_says_what_they_need(report):
    listed = {row["工作表"] for row in rows(report, "contents")}
    assert listed == set(SHEETS[1:])
    needs = {row["工作表"]: row["要有它，需要"] for row in rows(report, "left_out")}
    assert "scoring.gaps" in needs["期望与体验"]
    assert "report.claims" in needs["说法核对"]
    assert not listed & set(needs)


def test_more_complaints_are_bad_although_the_arrow_points_up(make_compared):
    def with_rate(score):
        row = ["2026-10", "all", OVERALL, OVERALL, Measure.COMPLAINT_RATE, score, 0.0, 900, 900, score - 1, score + 1]
        return INDEX.build([[*row, Flag.OK]])

    report = build_report(make_compared(with_rate(20.0), with_rate(10.0)))
    row = next(row for row in table(report, "headlines").rows if row[0] == "投诉率")
    assert (row[9].text, row[9].tone) == ("▲", "bad")


def test_a_small_base_is_not_tested(make_compared):
    def small(score):
        row = ["2026-10", "all", OVERALL, OVERALL, Measure.SCORE, score, 1.0, 20, 20, score - 1, score + 1]
        return INDEX.build([[*row, Flag.SMALL_BASE]])

    report = build_report(make_compared(small(90.0), small(50.0)))
    assert rows(report, "headlines")[0]["环比判断"] == "未检验"


def test_touchpoints_are_ranked_and_the_suppressed_one_has_words_for_a_score(report):
    shown = rows(report, "touchpoints")
    assert [row["触点"] for row in shown][:2] == ["物流配送", "商品质量"]
    assert [row["排名"] for row in shown] == [1, 2, 3, 4, 5, 6, None, None]
    suppressed = next(row for row in shown if row["触点"] == "应用体验")
    assert suppressed["满意度指数"] == "样本不足"
    assert suppressed["区间下限"] is None


def test_a_suppressed_figure_stays_hidden_even_if_its_row_carries_it(small_inputs):
    index = small_inputs.index.copy()
    index.loc[index["flag"] == Flag.SUPPRESSED, ["score", "lower", "upper"]] = [12.345, 11.0, 13.0]
    report = build_report(replace(small_inputs, index=index))
    cells = [plain(c) for s in report.sections for b in s.blocks if isinstance(b, Table) for r in b.rows for c in r]
    assert 12.345 not in cells


def test_the_chart_leaves_out_touchpoints_without_a_score(report):
    chart = next(b for b in section(report, "触点得分").blocks if isinstance(b, Chart))
    assert chart.row_count == 6


def test_the_contributions_add_up_to_the_index(report, small_inputs):
    shown = rows(report, "weights")
    parts = [row["对总指数的贡献"] for row in shown if row["层级"] == "触点" and row["对总指数的贡献"] is not None]
    index = small_inputs.index.set_index(["touchpoint", "indicator", "measure"])
    assert sum(parts) == pytest.approx(index.loc[(OVERALL, OVERALL, Measure.SCORE), "score"])
    assert shown[-1]["对总指数的贡献"] == pytest.approx(sum(parts))


def test_the_weights_add_up_to_one_and_the_equal_weight_index_stands_beside(report):
    assert rows(report, "weights")[-1]["权重（本级）"] == pytest.approx(1)
    beside = {row["核对项"]: row["数值"] for row in rows(report, "equal_weights")}
    assert beside["满意度指数（等权）"] == pytest.approx((88 + 82 + 76 + 70 + 64 + 58) / 6)


def test_an_indicator_that_is_only_shown_does_not_claim_to_weigh_alike(small_inputs):
    weights = small_inputs.weights
    shown_only = weights["indicator"] == "delivery_b"
    weights = weights.assign(
        weight=weights["weight"].mask(shown_only, 0.0),
        equal_weight=weights["equal_weight"].mask(shown_only, 0.0),
        method=weights["method"].mask(shown_only, "equal"),
    )
    origins = {
        row["指标"]: row["权重来源"] for row in rows(build_report(replace(small_inputs, weights=weights)), "weights")
    }
    assert (origins["物流配送·结果"], origins["物流配送·过程"]) == ("配置声明", "不计入")


def test_what_indicators_do_not_add_up_to_is_named(small_inputs):
    index = small_inputs.index.copy()
    index.loc[index["indicator"] == "delivery_a", "score"] += 4
    shown = rows(build_report(replace(small_inputs, index=index)), "weights")
    adjustment = [row for row in shown if row["指标"] == "缺答调整"]
    assert [row["对触点的贡献"] for row in adjustment] == [pytest.approx(-2)]


def test_complaint_types_are_counted_and_cumulated(report):
    shown = rows(report, "types")
    assert [(row["投诉类型"], row["件数"]) for row in shown] == [
        ("退款纠纷", 8),
        ("服务态度", 4),
        ("质量问题", 4),
        ("配送延误", 4),
    ]
    assert shown[-1]["累计占比"] == pytest.approx(1)
    assert sum(row["占比"] for row in shown) == pytest.approx(1)


def test_a_case_without_a_recognised_type_is_counted_as_such(small_inputs):
    tags = small_inputs.annotations
    report = build_report(replace(small_inputs, annotations=tags[tags["kind"] != "complaint"].reset_index(drop=True)))
    assert [(row["投诉类型"], row["件数"]) for row in rows(report, "types")] == [("未识别类型", 12)]


def test_departments_show_the_median_and_p90_of_hours(report, small_inputs):
    cases = small_inputs.cases
    hours = (cases["replied_at"] - cases["opened_at"]).dt.total_seconds() / 3600
    total = rows(report, "departments")[-1]
    assert total["件数"] == len(cases)
    assert total["响应中位（小时）"] == pytest.approx(hours.median())
    assert total["响应 P90（小时）"] == pytest.approx(hours.quantile(0.9))
    assert total["未办结"] == cases["closed_at"].isna().sum() == len(rows(report, "open_cases"))


def test_cases_of_a_source_that_never_says_when_they_are_closed_are_not_said_to_be_open(small_inputs):
    # Half of the cases come from another log, which has no such column.
    others = set(small_inputs.cases["feedback_id"].iloc[::2])
    feedback = small_inputs.feedback.copy()
    feedback.loc[feedback["feedback_id"].isin(others), "source"] = "旧系统"
    cases = small_inputs.cases.copy()
    cases.loc[cases["feedback_id"].isin(others), "closed_at"] = pd.NaT
    report = build_report(replace(small_inputs, feedback=feedback, cases=cases))
    known = cases[~cases["feedback_id"].isin(others)]
    assert rows(report, "departments")[-1]["未办结"] == known["closed_at"].isna().sum()
    assert len(rows(report, "open_cases")) == known["closed_at"].isna().sum()
    assert "工单来源 旧系统 没有任何结案时间，无法区分" in notes(report, "投诉分析")
    never = cases.assign(closed_at=pd.to_datetime([None] * len(cases), utc=True))
    silent = build_report(replace(small_inputs, feedback=feedback, cases=never))
    assert [row["未办结"] for row in rows(silent, "departments")] == [None] * len(rows(silent, "departments"))


def test_a_close_before_the_opening_is_left_out_and_said(small_inputs):
    cases = small_inputs.cases.copy()
    cases["replied_at"] = cases["opened_at"] - (cases["replied_at"] - cases["opened_at"])
    report = build_report(replace(small_inputs, cases=cases))
    assert "12 个时间早于登记" in notes(report, "投诉分析")
    assert rows(report, "departments")[-1]["响应中位（小时）"] is None


def test_mentions_count_polarities_and_net_sentiment(report):
    shown = {row["触点"]: row for row in rows(report, "mentions")}
    assert (shown["物流配送"]["正面"], shown["物流配送"]["负面"], shown["物流配送"]["净情感"]) == (4, 4, 0)
    assert shown["退换货"]["净情感"] == -1


def test_pack_labels_are_counted_under_the_touchpoint_they_belong_to(small_inputs):
    names = {"logistics": "物流", **{k: v for k, v in small_inputs.touchpoint_names.items() if k != "delivery"}}
    report = build_report(replace(small_inputs, touchpoint_names=names, touchpoint_labels={"delivery": "logistics"}))
    assert {row["触点"]: row["提及"] for row in rows(report, "mentions")}["物流"] == 8


def test_touchpoints_outside_the_indicator_system_are_named_and_not_told_to_lack_data(small_inputs):
    inputs = replace(small_inputs, index=of_system(small_inputs.index), weights=of_system(small_inputs.weights))
    report = build_report(inputs)
    listed = [*rows(report, "touchpoints"), *rows(report, "empty_touchpoints")]
    assert "物流配送" not in {row["触点"] for row in listed}
    assert "物流配送" in {row["触点"] for row in rows(report, "mentions")}
    assert "不在指标体系里的触点：物流配送 8 段；" in notes(report, "触点得分")
    assert "不在指标体系里" not in notes(build_report(small_inputs), "触点得分")


def of_system(frame):
    return frame[frame["touchpoint"] != "delivery"].reset_index(drop=True)


def test_quotes_follow_the_rule_and_mark_their_evidence(report):
    found = table(report, "verbatims")
    quotes = [row for row in found.rows if row[0] == "客服态度" and row[1].text == "负面"]
    assert len(quotes) == 3
    for row in quotes:
        (span,) = row[2].spans
        assert row[2].text[span.start : span.end] == "太差"
        assert len(row[-1]) == 12


def test_equal_texts_are_quoted_once(small_inputs):
    feedback = small_inputs.feedback.copy()
    feedback.loc[feedback["text"].str.contains("物流很快"), "text"] = "物流很快，但客服太差"
    report = build_report(replace(small_inputs, feedback=feedback))
    assert sum(row["触点"] == "客服态度" and row["倾向"] == "负面" for row in rows(report, "verbatims")) == 1


def test_a_broken_evidence_cell_costs_only_its_marks(small_inputs):
    tags = small_inputs.annotations.copy()
    tags["evidence"] = "{not json"
    report = build_report(replace(small_inputs, annotations=tags))
    assert all(row["依据词"] == "" for row in rows(report, "detail"))
    assert len(rows(report, "verbatims")) == len(rows(build_report(small_inputs), "verbatims"))


def test_the_detail_has_one_row_per_text_and_tag(report, small_inputs):
    shown = rows(report, "detail")
    assert len(shown) == len(table(report, "detail").rows) == len(small_inputs.annotations)
    first = next(row for row in shown if row["文本"] == "物流很快，但客服太差" and row["触点或类型"] == "客服态度")
    assert (first["倾向"], first["情感分"], first["依据词"]) == ("负面", -0.8, "太差")
    # 01:20 UTC is 09:20 in Shanghai.
    assert f"{first['时间']:%Y-%m-%d %H:%M}" == "2026-10-03 09:20"


def test_the_order_of_rows_in_the_inputs_does_not_matter(small_inputs):
    mixed = {
        name: getattr(small_inputs, name).sample(frac=1, random_state=3).reset_index(drop=True)
        for name in ("feedback", "annotations", "cases", "rejects", "files", "index", "trend")
    }
    straight, shuffled = build_report(small_inputs), build_report(replace(small_inputs, **mixed))
    for one, other in zip(straight.sections, shuffled.sections, strict=True):
        for a, b in zip(one.blocks, other.blocks, strict=True):
            assert (list(a.rows) == list(b.rows)) if isinstance(a, Table) else (a == b), (one.name, a)


def test_the_quality_sheet_counts_rows_reasons_and_coverage(report):
    assert rows(report, "files")[-1]["读入"] == 36
    first = rows(report, "reasons")[0]
    assert (first["原因"], first["次数"]) == ("不在 1–5 之内", 4)
    coverage = {row["覆盖"]: row["数量"] for row in rows(report, "coverage")}
    assert (coverage["文本"], coverage["没有触点标签的文本"]) == (40, 4)
    assert "36，相符" in notes(report, "数据质量")


def test_counts_that_do_not_add_up_are_called_out(small_inputs):
    files = small_inputs.files.copy()
    files.loc[0, "read"] += 5
    assert "不符，相差 5 行" in notes(build_report(replace(small_inputs, files=files)), "数据质量")


def test_findings_are_computed_from_the_figures(report):
    said = notes(report, "总览")
    assert "满意度指数 77.5 分（区间 76.4–78.6，n=1,204），环比 +3.5 分（相对 +4.7%），变化显著" in said
    assert "环比满意度指数变化显著的触点：物流配送 +3.5" in said
    assert "得分最低的触点是退换货（58.0，n=22，样本偏少、仅供参考）" in said
    assert "最多的类型是退款纠纷：8 件，占类型判断的 40.0%" in said


def test_texts_that_all_mention_a_touchpoint_are_not_counted_as_none(small_inputs):
    tags = small_inputs.annotations
    mentions = tags[tags["kind"] == "touchpoint"]["feedback_id"]
    kept = small_inputs.feedback[small_inputs.feedback["feedback_id"].isin(mentions)]
    said = notes(build_report(replace(small_inputs, feedback=kept)), "总览")
    assert "段文本都提到了触点" in said
    assert "没有提到任何触点" not in said


def costs(base, *figures, note=""):
    return Statistics({"design": SCHEMAS["design"].build([("2026-10", "性别、门店", base, *figures, note)])})


def test_the_cover_says_to_what_answers_were_weighted_and_what_it_costs(small_inputs, report):
    assert "加权" not in notes(report, "封面与说明")
    told = notes(build_report(replace(small_inputs, statistics=costs(4020, 3564.7, 1.128, 7, 1.643, 12))), "封面与说明")
    assert "按性别、门店的已知构成加权：4,020 份相当于 3,565 份（设计效应 1.13）" in told
    assert "平均的 1.64 倍" in told
    assert "7 份的权重被截断；12 份没有写明" in told


def test_the_cover_says_that_nobody_could_be_weighted(small_inputs):
    nothing = costs(0, None, None, 0, None, 0, note="没有一位写明了全部属性")
    told = notes(build_report(replace(small_inputs, statistics=nothing)), "封面与说明")
    assert "没有加权：没有一位写明了全部属性（性别、门店）" in told


def test_complaints_without_anything_to_divide_them_by_are_not_said_to_be_no_data(small_inputs):
    index = small_inputs.index
    logs_only = replace(small_inputs, index=index[index["measure"] != Measure.COMPLAINT_RATE.value])
    report = build_report(logs_only)
    tiles = {t.label: t.value for b in section(report, "总览").blocks if isinstance(b, Tiles) for t in b.tiles}
    assert tiles["投诉率（件/千条）"] == "无投诉率"
    meaning = next(row["定义"] for row in rows(report, "definitions") if row["名词"] == "投诉率")
    assert "scoring.exposure" in meaning


@pytest.mark.parametrize(("base", "said"), [(28, "n<30"), (36, "加权后的有效样本<30")])
def test_what_is_too_few_is_not_contradicted_by_the_number_beside_it(small_inputs, base, said):
    index = small_inputs.index.copy()
    index.loc[index["touchpoint"].eq("returns") & index["measure"].eq(Measure.SCORE), "base"] = base
    found = rows(build_report(replace(small_inputs, index=index)), "touchpoints")
    (row,) = (row for row in found if row["触点"] == "退换货")
    assert (row["评分 n"], row["备注"]) == (base, f"样本偏少（{said}），仅供参考")


def test_without_ratings_the_text_index_leads(text_only):
    tiles = next(b for b in section(text_only, "总览").blocks if isinstance(b, Tiles)).tiles
    assert tiles[0].label == "文本指数（分）"
    assert {row["满意度指数"] for row in rows(text_only, "touchpoints")} == {"无调查评分"}
    assert rows(text_only, "touchpoints")[0]["排名"] == 1
    assert "报告以文本指数为主" in notes(text_only, "封面与说明")


def test_without_anything_every_sheet_still_says_so(empty_inputs):
    report = build_report(empty_inputs)
    assert [s.name for s in report.sections] == [name for name in SHEETS if name != "变化"]
    assert "本期没有投诉" in notes(report, "投诉分析")
    assert "本期没有文本" in notes(report, "情感与主题")
    assert "没有可用的数据" in notes(report, "总览")
    assert not [b for s in report.sections for b in s.blocks if isinstance(b, Chart)]


def test_ratings_without_texts_give_a_report(small_inputs):
    nothing = ANNOTATIONS.build()
    feedback = small_inputs.feedback.assign(text="")
    report = build_report(replace(small_inputs, feedback=feedback, annotations=nothing, cases=small_inputs.cases[:0]))
    assert rows(report, "headlines")[0]["本期"] == pytest.approx(77.5)
    assert not len(table(report, "detail").rows)


def test_the_manifest_is_shown_whole(report, small_inputs):
    shown = {row["项"]: row["值"] for row in rows(report, "manifest")}
    assert small_inputs.manifest.items() <= shown.items()


def test_the_scale_is_explained(report):
    meaning = next(row["定义"] for row in rows(report, "definitions") if row["名词"] == "量表换算")
    assert "1 → 0，2 → 25，3 → 50，4 → 75，5 → 100" in meaning


def test_complaints_are_counted_as_scoring_counts_them(small_inputs):
    """A record of a complaint log, or one with a text annotated as a complaint; one record is one complaint."""
    feedback = small_inputs.feedback.copy()
    tagged = small_inputs.annotations.loc[small_inputs.annotations["kind"] == "complaint", "feedback_id"]
    logged = feedback.loc[feedback["kind"] == "complaints", "feedback_id"]
    assert rows(build_report(small_inputs), "headlines")[-1]["本期"] == len(set(tagged) | set(logged)) == 16
    # Two texts of one record, both complaints, are one complaint.
    first, second = tagged.drop_duplicates().iloc[:2]
    feedback.loc[feedback["feedback_id"] == second, ["record_id", "role"]] = [first, "q9"]
    assert rows(build_report(replace(small_inputs, feedback=feedback)), "headlines")[-1]["本期"] == 15


def test_a_complaint_does_not_touch_what_it_praises(small_inputs):
    tags = small_inputs.annotations.copy()
    late = tags["kind"].eq("touchpoint") & tags["label"].eq("delivery") & tags["polarity"].eq("negative")
    tags.loc[late, "polarity"] = "positive"
    shown = {
        row["投诉类型"]: row for row in rows(build_report(replace(small_inputs, annotations=tags)), "types_touchpoints")
    }
    assert shown["配送延误"]["未提及触点"] == 4


def test_a_text_without_content_is_no_neutral_voice(small_inputs):
    tags = small_inputs.annotations.copy()
    tags.loc[tags["kind"].eq("sentiment") & tags["polarity"].eq("neutral"), "confidence"] = 0.0
    report = build_report(replace(small_inputs, annotations=tags))
    assert sum(row["中性"] for row in rows(report, "sources_sentiment")) == 0
    assert {row["覆盖"]: row["数量"] for row in rows(report, "coverage")}["没有实质内容的文本"] == 4


def test_complaints_whose_type_is_left_open_stand_last(small_inputs):
    tags = small_inputs.annotations.copy()
    tags.loc[tags["label"].eq("refund"), "label"] = "unsure"
    names = {**small_inputs.complaint_type_names, "unsure": "待确认"}
    report = build_report(replace(small_inputs, annotations=tags, complaint_type_names=names))
    last = rows(report, "types")[-1]
    assert (last["投诉类型"], last["件数"]) == ("待确认", 8)
    assert "最多的类型是服务态度" in notes(report, "总览")
