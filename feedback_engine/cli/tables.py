"""Tables of figures for a terminal: codes as names, columns in Chinese, numbers no longer than they are sure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from feedback_engine.cli.console import print_table
from feedback_engine.config.scoring import METHOD_NAMES
from feedback_engine.domain import OVERALL, Flag, Measure

if TYPE_CHECKING:
    import pandas as pd

_MEASURES = {
    Measure.SCORE: "满意度指数",
    Measure.EQUAL_SCORE: "等权指数",
    Measure.SATISFIED_SHARE: "满意率%",
    Measure.TEXT_INDEX: "文本指数",
    Measure.COMPLAINT_RATE: "投诉/千条",
    Measure.NET_PROMOTER: "NPS",
}
_FLAGS = {
    Flag.OK: "",
    Flag.SMALL_BASE: "样本偏小",
    Flag.SUPPRESSED: "样本不足",
    Flag.LOW_COVERAGE: "覆盖不足",
    Flag.NO_DATA: "无数据",
}
#: Columns whose cells are codes of touchpoints, indicators or questions.
_CODES = ("touchpoint", "indicator", "code", "first", "second", "term")
_WORDS: dict[str, Mapping[Any, str]] = {
    "measure": _MEASURES,
    "flag": _FLAGS,
    "method": METHOD_NAMES,
    "period": {"all": "全部"},
    "against": {"previous": "环比", "year_before": "同比"},
    "quadrant": {
        "keep_up": "优势保持",
        "concentrate_here": "优先改进",
        "low_priority": "次要改进",
        "possible_overkill": "维持",
    },
    "importance_kind": {"stated": "权重", "derived": "推出"},
    "test": {"welch": "独立样本", "paired": "同一批顾客", "overlap": "部分重叠", "poisson": "泊松", "": "未检验"},
    "kind": {
        "index": "指数",
        "r_squared": "R²",
        "composite_reliability": "组合信度",
        "ave": "AVE",
        "path": "路径",
        "total_effect": "总效应",
        "loading": "载荷",
        "weight": "外部权重",
        "htmt": "HTMT",
        "goodness_of_fit": "拟合优度",
        "alpha": "信度",
        "item": "题目",
        "adequacy": "适合度",
        "criterion": "效度",
        "drift": "权重漂移",
        "coverage": "覆盖",
    },
    "polarity": {
        "positive": "正面占比",
        "negative": "负面占比",
        "text_index": "文本指数÷100",
        "mentioned": "提及占比",
        "complaint": "投诉占比",
    },
    "verdict": {"holds": "成立", "does_not_hold": "不成立", "no_claim": "没有说法", "no_figures": "无从核对"},
}
_HEADINGS = {
    "period": "期间", "against": "对比", "segment": "细分", "touchpoint": "触点", "indicator": "指标",
    "measure": "度量", "before_period": "原期间", "before": "原值", "after": "现值", "points": "变化（点）",
    "relative": "变化（%）", "lower": "下限", "upper": "上限", "p_value": "p", "q_value": "q", "is_notable": "显著",
    "test": "检验", "base_before": "原样本", "base_after": "现样本", "overlap": "两期都有", "attribute": "属性",
    "score": "得分", "base": "样本", "flag": "说明", "whole": "总体", "code": "代码", "name": "名称",
    "importance": "重要性", "importance_lower": "重要性下限", "importance_upper": "重要性上限", "performance": "表现",
    "performance_lower": "表现下限", "performance_upper": "表现上限", "quadrant": "象限", "is_borderline": "边界",
    "importance_kind": "重要性来源", "share": "份额", "band": "名次档", "rank_stability": "名次稳定",
    "johnson": "Johnson", "centred": "去光环", "r": "r", "vif": "VIF", "group": "合组", "incidence": "接触率",
    "priority": "优先度", "note": "说明", "dimension": "维度", "item": "项目", "expectation": "期望",
    "experience": "体验", "gap": "差距", "above": "高于期望", "met": "正如期望", "below": "低于期望",
    "category": "类别", "better": "Better", "worse": "Worse",
    "is_significant": "显著", "value": "值", "centre": "中心线", "is_baseline": "基线", "signal": "信号",
    "method": "方法", "weight": "权重", "kind": "种类", "first": "一", "second": "二", "estimate": "估计",
    "standard_error": "标准误", "missing": "缺失", "mean": "均值", "deviation": "标准差", "minimum": "最小",
    "lower_quartile": "下四分位", "median": "中位数", "upper_quartile": "上四分位", "maximum": "最大",
    "skewness": "偏度", "kurtosis": "峰度", "term": "项", "is_issue": "需处理", "finding": "结论",
    "old_weight": "原权重", "new_weight": "现权重", "old_score": "原得分", "new_score": "现得分", "change": "贡献",
    "by_scores": "其中得分", "by_weights": "其中权重", "object": "对象", "closeness": "贴近度", "rank": "名次",
    "grade": "等级", "membership": "隶属度", "is_grade": "评语", "margins": "边际", "effective_base": "有效样本",
    "design_effect": "设计效应", "trimmed": "截断", "largest_weight": "最大权重", "unstated": "未写明",
    "sentence": "原话", "stated": "说的变化", "verdict": "判断", "place": "序号", "old": "旧权重", "new": "新权重",
    "linked": "衔接", "factor": "系数", "is_overlap": "重叠期", "polarity": "量", "counted": "计数所得",
    "corrected": "校正后", "is_repeat": "同一数字",
}  # fmt: skip


def print_index(table: pd.DataFrame, names: Mapping[str, str]) -> None:
    """Print the INDEX, a row a figure."""
    headings = ["期间", "细分", "触点", "指标", "度量", "得分", "区间", "样本", "权重", "说明"]
    rows: list[list[str]] = []
    for row in table.to_dict("records"):
        is_shown = row["flag"] in (Flag.OK, Flag.SMALL_BASE)
        figure = f"{row['score']:.1f}" if is_shown else "—"
        interval = f"{row['lower']:.1f}–{row['upper']:.1f}" if is_shown and row["lower"] == row["lower"] else ""
        touchpoint = "总体" if row["touchpoint"] == OVERALL else _name(row["touchpoint"], names)
        indicator = "" if row["indicator"] == OVERALL else _name(row["indicator"], names)
        # What is shown beside counts nothing in the level above.
        weight = f"{row['indicator_weight']:.3f}" if row["indicator_weight"] > 0 else ""
        place = [
            _show("period", row["period"], names),
            "" if row["segment"] == "all" else str(row["segment"]),
            touchpoint,
            indicator,
        ]
        rows.append(
            [*place, _MEASURES[row["measure"]], figure, interval, str(row["base"]), weight, _FLAGS[row["flag"]]]
        )
    print_table(headings, rows)


def print_frame(table: pd.DataFrame, names: Mapping[str, str]) -> None:
    """Print any declared table; an empty one says so."""
    if table.empty:
        print(f"（{table.attrs.get('note', '没有数据，或没有相应的配置')}）")
        return
    columns = [str(column) for column in table.columns]
    rows = [[_show(column, row[column], names) for column in columns] for row in table.to_dict("records")]
    headings = dict(_HEADINGS)
    if {"method", "base"} <= set(columns):  # the base of the weights, not of the score beside them: none if declared
        headings["base"] = "定权样本"
        at = columns.index("base")
        rows = [[*row[:at], "" if row[at] == "0" else row[at], *row[at + 1 :]] for row in rows]
    print_table([headings.get(column, column) for column in columns], rows)


def _name(code: str, names: Mapping[str, str]) -> str:
    name = names.get(code, "")
    return f"{name}（{code}）" if name and name != code else code


def _show(column: str, cell: Any, names: Mapping[str, str]) -> str:
    if column in _WORDS:
        return _WORDS[column].get(cell, str(cell))
    if isinstance(cell, bool):
        return "是" if cell else ""
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.4g}"
    if cell == OVERALL:
        return "总体"
    if column == "term" and cell == "intercept":
        return "截距"
    if column == "segment" and cell == "all":
        return ""
    return _name(cell, names) if column in _CODES and cell in names and column != "code" else str(cell)
