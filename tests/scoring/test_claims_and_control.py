"""Claims beside their figures, corrected text shares, and control charts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_builders import Person, make_data, make_model, rated

from feedback_engine.domain import OVERALL, Flag, Measure
from feedback_engine.scoring.claims import check_claims, read_claims
from feedback_engine.scoring.control import build_control
from feedback_engine.scoring.index import compute_index
from feedback_engine.scoring.shares import ErrorRates, build_text_shares
from feedback_engine.stats.classifier import rogan_gladen
from feedback_engine.stats.control import individuals, proportions, rates
from feedback_engine.stats.quantiles import t_quantile


def test_three_hundred_percent_beside_thirty_to_sixty_does_not_hold() -> None:
    row = check_claims(["实施方案后，客户忠诚度从30%提升到60%，提高了300%。"]).iloc[0]
    assert (row["points"], row["relative"], row["verdict"]) == (30, pytest.approx(100), "does_not_hold")
    assert "+30 个百分点，+100%" in row["finding"]
    assert "不成立" in row["finding"]


@pytest.mark.parametrize(
    ("sentence", "before", "after", "stated", "verdict"),
    [
        ("满意度由70分提升至90分，提升了20%", 70, 90, 20, "does_not_hold"),
        ("满意度由70分提升至90分，提升了28.6%", 70, 90, 28.6, "holds"),
        ("满意度：实施前70%，实施后90%，提高了20个百分点", 70, 90, 20, "holds"),
        ("平均客单价 200元 → 300元，增长50％", 200, 300, 50, "holds"),
        ("投诉处理时间从48小时缩短到24小时，减少50%", 48, 24, -50, "holds"),
        ("流失率从20%降低到10%，下降了50个百分点", 20, 10, -50, "does_not_hold"),
        ("复购率从30%增至60%，翻了一番", 30, 60, 100, "holds"),
        ("复购率从30%增至60%，翻一倍", 30, 60, 100, "holds"),
        ("用户从1,200人增加到3,600人，增加了2倍", 1200, 3600, 200, "holds"),
        ("用户从1200人增加到3600人，增加了3倍", 1200, 3600, 300, "does_not_hold"),
        ("从30%到60%，下降了100%", 30, 60, -100, "does_not_hold"),
        ("原来50%，现在60%，上升一成、增长10%", 50, 60, 10, "holds"),
        ("NPS 从30%提升到60%", 30, 60, None, "no_claim"),
        ("2025年得分72.3，2026年得分75.9，提升5%", 72.3, 75.9, 5, "holds"),
        ("2026年10月得分75.9，2026年9月为72.3，提升12%", 72.3, 75.9, 12, "does_not_hold"),
    ],
)
def test_sentences_and_what_their_figures_give(
    sentence: str, before: float, after: float, stated: float | None, verdict: str
) -> None:
    row = check_claims([sentence]).iloc[0]
    assert [row["before"], row["after"], row["verdict"]] == [before, after, verdict]
    assert row["stated"] == stated or (stated is None and pd.isna(row["stated"]))


def test_points_said_as_percent_are_told() -> None:
    finding = check_claims(["好评率从70%升到90%，提高了20%"])["finding"].iloc[0]
    assert "应写「个百分点」" in finding


def test_a_start_from_nothing_has_no_relative_change() -> None:
    row = check_claims(["从0%升到5%，增长了500%"]).iloc[0]
    assert pd.isna(row["relative"])
    assert row["verdict"] == "does_not_hold"


@pytest.mark.parametrize("sentence", ["提高了300%", "环比增长12.5%", "2026年9月10日起，满意度提升了5%"])
def test_growth_without_two_figures_cannot_be_checked_and_is_not_passed_over(sentence: str) -> None:
    row = check_claims([sentence]).iloc[0]
    assert (row["sentence"], row["verdict"]) == (sentence, "no_figures")
    assert "没有写出前后两个数字" in row["finding"]


@pytest.mark.parametrize("text", ["", "我们提升到60%", "😀", "2026-10-01 至 2026-10-31", "从甲到乙"])
def test_sentences_without_two_figures_are_passed_over(text: str) -> None:
    assert check_claims([text]).empty


@given(st.text(alphabet="从由提高升到至0123456789.%，。→前后了个百分点 ", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert len(check_claims([text])) == len(read_claims(text))


def texts(positive: int, negative: int) -> list[Person]:
    tags = {"positive": positive, "negative": negative}
    return [
        Person(f"{polarity}{n}", tags=[("sentiment", "text", polarity), ("touchpoint", "delivery", polarity)])
        for polarity, count in tags.items()
        for n in range(count)
    ]


def test_text_shares_are_corrected_by_the_model_card() -> None:
    model = make_model([rated("delivery", "a")])
    rates = {"negative": ErrorRates(0.8, 0.9, 200, 300)}
    table = build_text_shares(make_data(texts(70, 30)), model, rates).set_index(["touchpoint", "polarity"])
    found, expected = table.loc[("delivery", "negative")], rogan_gladen(0.3, 100, 0.8, 0.9, 200, 300)
    assert found["counted"] == pytest.approx(0.3)
    assert found["corrected"] == pytest.approx((0.3 + 0.9 - 1) / (0.8 + 0.9 - 1))
    assert [found["lower"], found["upper"]] == pytest.approx([expected.lower, expected.upper])
    assert pd.isna(table.loc[("delivery", "positive"), "corrected"])
    assert "模型卡没有" in table.loc[("delivery", "positive"), "note"]


def test_a_tagger_no_better_than_chance_and_a_small_base_correct_nothing() -> None:
    model = make_model([rated("delivery", "a")], suppress_below=10)
    rates = {"negative": ErrorRates(0.5, 0.5)}
    chance = build_text_shares(make_data(texts(70, 30)), model, rates).set_index(["touchpoint", "polarity"])
    assert pd.isna(chance.loc[(OVERALL, "negative"), "corrected"])
    few = build_text_shares(make_data(texts(5, 3)), model, rates)
    assert set(few["note"]) == {"样本不足"}
    assert few["counted"].isna().all()
    mixed = make_data(texts(70, 30) + [Person(f"其他{n}", tags=[("sentiment", "text", "neutral")]) for n in range(100)])
    mention = {"delivery": ErrorRates(0.9, 0.95, 300, 700)}
    shares = build_text_shares(mixed, model, {}, mention_rates=rates, touchpoint_rates=mention)
    shares = shares.set_index(["touchpoint", "polarity"])
    assert shares.loc[("delivery", "mentioned"), "counted"] == pytest.approx(0.5)
    assert shares.loc[("delivery", "mentioned"), "corrected"] == pytest.approx((0.5 + 0.95 - 1) / 0.85)
    assert "未校正" in shares.loc[(OVERALL, "negative"), "note"]
    assert "随机" in shares.loc[("delivery", "negative"), "note"]
    assert build_text_shares(make_data([]), model, rates).empty


@pytest.mark.parametrize(
    ("rates", "told"),
    [
        (ErrorRates(0.9, 0.8, 200, 300), "计数 10.0% 少于误报率 20.0%"),
        (ErrorRates(0.05, 0.98), "计数 10.0% 多于灵敏度 5.0%"),
    ],
)
def test_a_share_that_the_error_rates_cannot_give_is_not_corrected(rates: ErrorRates, told: str) -> None:
    both = {"positive": ErrorRates(0.95, 0.9), "negative": rates}
    table = build_text_shares(make_data(texts(90, 10)), make_model([rated("delivery", "a")]), both)
    shares = table.set_index(["touchpoint", "polarity"]).loc[OVERALL]
    known = shares["corrected"].notna()
    assert known[["positive", "negative", "text_index"]].tolist() == [True, False, False]
    assert all(told in note for note in shares.loc[["negative", "text_index"], "note"])


def test_the_text_index_is_corrected_from_the_corrected_shares() -> None:
    model = make_model([rated("delivery", "a")])
    data = make_data(texts(70, 30) + [Person(f"其他{n}", tags=[("sentiment", "", "neutral")]) for n in range(100)])
    exact = {"positive": ErrorRates(1.0, 1.0), "negative": ErrorRates(1.0, 1.0)}
    row = build_text_shares(data, model, exact).set_index(["touchpoint", "polarity"]).loc[(OVERALL, "text_index")]
    index = compute_index(data, model, periods=[None])
    counted = index[(index["touchpoint"] == OVERALL) & (index["measure"] == "text_index")].iloc[0]
    assert (row["counted"], row["corrected"]) == pytest.approx((counted["score"] / 100,) * 2)
    half = 1.959963985 * np.sqrt((0.35 + 0.15 - 0.2**2) / 200) / 2
    assert row["upper"] - row["corrected"] == pytest.approx(half)
    rates = {"positive": ErrorRates(0.9, 0.85, 200, 300), "negative": ErrorRates(0.8, 0.95, 200, 300)}
    shares = build_text_shares(data, model, rates).set_index(["touchpoint", "polarity"]).loc[OVERALL]
    net = shares.loc["positive", "corrected"] - shares.loc["negative", "corrected"]
    assert shares.loc["text_index", "corrected"] == pytest.approx((1 + net) / 2)
    assert shares.loc["text_index", "upper"] - shares.loc["text_index", "lower"] > 2 * half
    one_sided = build_text_shares(data, model, {"negative": ErrorRates(0.8, 0.9)}).set_index(["touchpoint", "polarity"])
    assert pd.isna(one_sided.loc[(OVERALL, "text_index"), "corrected"])


def complaining(found: int, quiet: int, logged: int) -> list[Person]:
    said = [("sentiment", "text", "negative")]
    return [
        *(Person(f"c{n}", tags=[*said, ("complaint", "other", "negative")]) for n in range(found)),
        *(Person(f"q{n}", tags=said) for n in range(quiet)),
        *(Person(f"l{n}", tags=[*said, ("complaint", "other", "negative")], kind="complaints") for n in range(logged)),
    ]


def test_complaints_found_in_texts_are_corrected_by_declared_error_rates() -> None:
    model = make_model()
    rates = ErrorRates(0.9, 0.95, 100, 300)
    data = make_data(complaining(40, 160, 100))
    row = build_text_shares(data, model, {}, complaint_rates=rates).set_index("polarity").loc["complaint"]
    expected = rogan_gladen(0.2, 200, 0.9, 0.95, 100, 300)
    assert (row["counted"], row["base"]) == (0.2, 200)
    assert row[["corrected", "lower", "upper"]].tolist() == pytest.approx(
        [expected.estimate, expected.lower, expected.upper]
    )
    # 140 of 300 records as counted; of the 40 found in texts 200 · π are left, the 100 of the log stay.
    corrected = 1000 * (100 + 200 * expected.estimate) / 300
    assert f"投诉率每千 466.7，校正后 {corrected:.1f}（" in row["note"]
    undeclared = build_text_shares(data, model, {}).set_index("polarity").loc["complaint"]
    assert pd.isna(undeclared["corrected"])
    assert "scoring.complaint_errors" in undeclared["note"]


def test_logged_complaints_alone_need_no_correction() -> None:
    assert build_text_shares(make_data(complaining(0, 0, 30)), make_model(), {}).query("polarity == 'complaint'").empty
    nothing = build_text_shares(make_data(complaining(0, 50, 30)), make_model(), {}, complaint_rates=ErrorRates(0.9, 1))
    assert nothing.set_index("polarity").loc["complaint", "corrected"] == 0


def months(values: list[float | None], bases: list[int] | int = 200) -> pd.DataFrame:
    """INDEX of a touchpoint whose answers spread by 20 points."""
    score = pd.Series(values, dtype="float64")
    base = pd.Series(bases, index=score.index)
    half = 20 / base**0.5 * [t_quantile(0.95, each - 1) for each in base]
    flag = np.select([score.isna(), base < 30], [Flag.SUPPRESSED.value, Flag.SMALL_BASE.value], Flag.OK.value)
    return pd.DataFrame(
        {
            "period": [f"2025-{n:02}" for n in range(1, len(values) + 1)],
            "segment": "all",
            "touchpoint": "delivery",
            "indicator": OVERALL,
            "measure": Measure.SCORE.value,
            "score": score,
            "lower": score - half,
            "upper": score + half,
            "base": base,
            "flag": flag,
        }
    )


CALM = [80.0, 81, 79, 80, 82, 80, 79, 81]


def test_limits_come_from_the_baseline_and_a_fall_beyond_them_signals() -> None:
    index = months([*CALM, 70.0, 80.0])
    baseline = list(index["period"][:8])
    table = build_control(index, baseline=baseline)
    expected = individuals(CALM)
    assert table["centre"].unique() == pytest.approx([expected.centre])
    assert table["lower"].unique() == pytest.approx([expected.lower])
    assert table["signal"].tolist() == [""] * 8 + ["超出控制限", ""]
    assert table["is_baseline"].tolist() == [True] * 8 + [False] * 2
    assert "暂定" in table["note"].iloc[0]


def test_later_months_never_move_the_limits() -> None:
    baseline = [f"2025-{n:02}" for n in range(1, 9)]
    short, long = (build_control(months([*CALM, *more]), baseline=baseline) for more in ([70.0], [70.0, 10.0, 99.0]))
    assert long["upper"].iloc[0] == short["upper"].iloc[0]


def test_unpublished_months_have_no_point_and_eight_are_needed() -> None:
    table = build_control(months([*CALM[:4], None, *CALM[4:]]))
    assert pd.isna(table["value"].iloc[4])
    assert table["centre"].notna().all()
    few = build_control(months([*CALM[:7], None]))
    assert few["centre"].isna().all()
    assert "只有 7 个点" in few["note"].iloc[0]


def test_a_month_that_fewer_answered_has_wider_limits_and_one_on_a_small_base_no_signal() -> None:
    baseline = [f"2025-{n:02}" for n in range(1, 9)]
    table = build_control(months([*CALM, 74.0, 74.0, 60.0], [200] * 8 + [200, 40, 12]), baseline=baseline)
    late = table.iloc[8:]
    assert late["signal"].tolist() == ["超出控制限", "", ""]
    assert late["base"].tolist() == [200, 40, 12]
    assert late["flag"].tolist() == ["ok", "ok", "small_base"]
    width = (table["upper"] - table["lower"]).tolist()
    assert width[0] == pytest.approx(np.subtract(*individuals(CALM).limits[::-1]))
    assert width[0] == width[8] < width[9] < width[10]


def test_a_month_without_an_interval_is_shown_and_makes_no_limits() -> None:
    index = months([*CALM, 20.0], [200] * 8 + [2])
    index.loc[8, ["lower", "upper"]] = np.nan
    table = build_control(index)
    assert table["value"].iloc[-1] == 20
    assert pd.isna(table["upper"].iloc[-1])
    assert table["centre"].iloc[0] == pytest.approx(individuals(CALM).centre)


def test_eight_on_one_side_signal() -> None:
    table = build_control(months([*CALM, *[80.9] * 4]), baseline=[f"2025-{n:02}" for n in range(1, 9)])
    assert "同侧" not in "".join(table["signal"])
    shifted = build_control(months([80.0, 81, 79, 80, *[80.5] * 8]), baseline=None)
    assert shifted["signal"].str.contains("同侧").any()


def complaint_months(counts: list[int], bases: list[float]) -> pd.DataFrame:
    table = months([1000 * k / n for k, n in zip(counts, bases, strict=True)])
    return table.assign(measure=Measure.COMPLAINT_RATE.value, effective_base=bases, base=[int(n) for n in bases])


COUNTS, BASES = [5, 6, 4, 5, 7, 5, 4, 6, 5, 30, 5], [100.0, 120, 90, 100, 110, 100, 100, 130, 100, 100, 400]


def test_complaints_per_record_have_a_p_chart_with_limits_by_month() -> None:
    index = complaint_months(COUNTS, BASES)
    table = build_control(index, baseline=list(index["period"][:8]), measure=Measure.COMPLAINT_RATE)
    expected = proportions(COUNTS, BASES, baseline=8)
    assert table["centre"].unique() == pytest.approx([1000 * expected.centre])
    assert table["upper"].to_numpy() == pytest.approx(1000 * np.asarray(expected.upper))
    assert table["value"].tolist() == pytest.approx(index["score"].tolist())
    assert table["signal"].tolist() == [""] * 9 + ["超出控制限", "超出控制限"]
    # The last month has the same count on four times the records: fewer than they should be.
    assert table["value"].iloc[-1] < table["lower"].iloc[-1]


def test_complaints_per_customer_have_a_u_chart_and_undeclared_months_no_point() -> None:
    index = complaint_months(COUNTS, BASES)
    declared = [period for period in index["period"] if period != "2025-09"]
    table = build_control(index, baseline=list(index["period"][:8]), measure=Measure.COMPLAINT_RATE, exposure=declared)
    expected = rates(COUNTS[:8] + COUNTS[9:], BASES[:8] + BASES[9:], baseline=8)
    shown = table[table["period"] != "2025-09"]
    assert shown["upper"].to_numpy() == pytest.approx(1000 * np.asarray(expected.upper))
    left_out = table[table["period"] == "2025-09"].iloc[0]
    assert left_out[["value", "centre", "upper"]].isna().all()


def test_rates_that_differ_by_more_than_chance_get_wider_limits() -> None:
    counts, bases = [500, 700, 450, 800, 520, 690, 470, 790, 600], [10_000.0] * 9
    table = build_control(complaint_months(counts, bases), measure=Measure.COMPLAINT_RATE)
    assert proportions(counts, bases).signals
    assert set(table["signal"]) == {""}
    assert "按 Laney 放宽" in table["note"].iloc[0]


def test_seven_months_of_complaints_have_no_limits() -> None:
    table = build_control(complaint_months(COUNTS[:7], BASES[:7]), measure=Measure.COMPLAINT_RATE)
    assert table["centre"].isna().all()
    assert "只有 7 个点" in table["note"].iloc[0]
