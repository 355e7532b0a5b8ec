"""封面与说明: what the report covers, what its words mean, and what they do not mean."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from feedback_engine.domain import Measure, Scale
from feedback_engine.report.blocks import Absent, Block, Cell, Column, ColumnKind, Note, Section, Table, Tone
from feedback_engine.report.columns import read_rows
from feedback_engine.report.facts import Facts, period_line
from feedback_engine.report.figures import NAMES, overall

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Sheet → what it shows.
CONTENTS = {
    "总览": "核心指标、变化、最好与最差的触点、趋势",
    "触点得分": "每个触点的指数、区间、样本量、满意率、文本指数、投诉率、变化与排名",
    "变化": "与上期、与去年同期的每一项变化，及其检验与来源",
    "细分对比": "各类顾客与总体的差异，对象排名",
    "驱动因素": "重要性—表现四象限，与总体满意度相连的因素及其名次档",
    "投诉分析": "投诉类型、需要尽快处理的、根源、原因与诉求、部门时效、未办结与重点投诉",
    "情感与主题": "各触点的提及与情感、各来源的情感",
    "主题": "文本里反复出现的说法：提及、净情感、与上期相比新出现的、例句",
    "典型原声": "按固定规则选出的顾客原话，标出判断依据",
    "指标体系与权重": "触点与指标的权重、来源、得分、对总指数的贡献，各种权重方法并列",
    "期望与体验": "期望与体验的差距，Kano 分类",
    "控制图": "逐月走势与冻结的控制限，哪些月份不寻常",
    "结构模型": "潜变量的指数、信度、路径与总效应",
    "答题统计": "每题的描述统计，相关，回归，模糊综合评价",
    "模型复核": "信度、效度、权重漂移、没有数据的触点，两版指标体系的比较",
    "说法核对": "「提高了 x%」之类的话与其数字是否相符",
    "明细": "每条文本的每个标签一行，可筛选",
    "数据质量": "逐文件的行数去向、被拒的行与原因、覆盖率",
    "运行信息": "版本、摘要与参数，用来复现本报告",
}


def build_cover(facts: Facts, sheets: Sequence[tuple[str, str]], absent: Sequence[Absent]) -> Section:
    """Return the cover: period, sources, the sheets by group, what is left out and why, definitions, caveats."""
    blocks: tuple[Block, ...] = (
        _about(facts),
        _contents(sheets),
        *_left_out(absent),
        _sources(facts),
        _definitions(facts),
        *_caveats(facts),
    )
    return Section("封面与说明", facts.inputs.title, blocks, f"{facts.inputs.project} · {period_line(facts)}")


def _about(facts: Facts) -> Table:
    inputs = facts.inputs
    created = inputs.created_at.astimezone(ZoneInfo(inputs.timezone))
    versions = [(name, value) for name, value in inputs.manifest.items() if _is_version(name)]
    rows: list[tuple[Cell, ...]] = [
        ("项目", inputs.project),
        ("期间", period_line(facts)),
        ("生成时间", f"{created:%Y-%m-%d %H:%M}（{inputs.timezone}）"),
        ("反馈条数", f"{inputs.feedback['record_id'].nunique():,} 条，其中有文本的 {len(facts.texts):,} 段"),
        *versions,
    ]
    return Table("about", "本报告", (Column("项", width=18), Column("内容", fills=True)), rows)


def _is_version(name: str) -> bool:
    return "版本" in name or "version" in name.lower()


def _contents(sheets: Sequence[tuple[str, str]]) -> Table:
    rows = [(name, group, CONTENTS.get(name, "")) for group, name in sheets]
    return Table("contents", "各表内容", (Column("工作表"), Column("类别"), Column("内容", fills=True)), rows)


def _left_out(absent: Sequence[Absent]) -> list[Block]:
    rows = [(sheet.name, sheet.need) for sheet in absent]
    columns = (Column("工作表"), Column("要有它，需要", fills=True))
    return [Table("left_out", "本报告没有的表", columns, rows)] if rows else []


def _sources(facts: Facts) -> Table:
    files = facts.inputs.files
    rows: list[tuple[Cell, ...]] = []
    if len(files):
        counts = ["read", "stored", "updated", "duplicate", "quarantined"]
        sums = files.groupby("source", sort=True)[counts].sum()
        numbers = files.groupby("source", sort=True).size().tolist()
        sources = zip(sums.index, numbers, sums.itertuples(index=False, name=None), strict=True)
        rows = [(str(source), number, *_kept(row)) for source, number, row in sources]
        rows.append(("合计", sum(numbers), *_kept(sums.sum())))
    headings = ("文件数", "读入", "保留", "重复", "隔离")
    columns = (Column("来源"), *(Column(heading, ColumnKind.INTEGER) for heading in headings))
    strong = frozenset({len(rows) - 1}) if rows else frozenset()
    return Table("sources", "数据来源（行数）", columns, rows, strong, "（没有导入记录）")


def _kept(counts: Iterable[int]) -> tuple[int, int, int, int]:
    read, stored, updated, duplicate, quarantined = (int(count) for count in counts)
    return read, stored + updated, duplicate, quarantined


def _definitions(facts: Facts) -> Table:
    thresholds = facts.inputs.thresholds
    rows = (
        (
            "满意度指数",
            "打分题先换算成 0–100 分，再按指标权重合成触点得分，按触点权重合成总指数。看平均水平。",
            "0–100 分",
        ),
        (
            "量表换算",
            "得分 = 100 ×（回答 − 最低级）÷（最高级 − 最低级），反向题先翻转。5 级量表：" + _five_levels() + "。",
            "0–100 分",
        ),
        (
            "满意率",
            f"换算后不低于 {thresholds.satisfied_from:g} 分的回答所占比例"
            f"（5 级量表：{_satisfied(thresholds.satisfied_from)}）。"
            "看满意的人有多少。总体看的是答卷：各触点得分按权重平均后不低于此分的份数所占比例。",
            "%",
        ),
        (
            "文本指数",
            "一段文本对一个触点算一票：正面提及多为 +1，负面多为 −1，否则为 0；文本指数 = 50 ×（1 + 票的均值），"
            "50 为正负相抵。不与满意度指数混算，除非指标体系里有读取文本的指标。",
            "0–100 分",
        ),
        (
            "投诉率",
            "每千条反馈（配置了接触量时为每千名顾客或每千笔交易）中的投诉件数。越低越好。"
            "只有投诉记录、又没有配置接触量（scoring.exposure）时，没有可除的数，写『无投诉率』。",
            "件/千条",
        ),
        *_recommending(facts),
        ("净情感", "（正面提及 − 负面提及）÷ 全部提及。", "−100% 至 100%"),
        (
            "区间",
            f"{thresholds.confidence:.0%} 置信区间：只反映抽样波动。",
            "同该指标",
        ),
        (
            "显著的变化",
            "两期之差经检验（独立样本用 Welch，同一批顾客用配对，投诉率用泊松），并对全报告作多重比较校正"
            f"（Benjamini-Hochberg）：q < {thresholds.alpha:g} 且至少 {thresholds.min_effect:g} 点才标 ▲▼、写进发现。",
            "",
        ),
        (
            "样本不足",
            f"n < {thresholds.suppress_below} 的数字不显示；n < {thresholds.flag_below} 的标出，不作变化判断。"
            "加权的答卷按有效样本计：(Σ权重)² ÷ Σ权重²。",
            "",
        ),
    )
    columns = (Column("名词"), Column("单位"), Column("定义", fills=True))
    return Table("definitions", "指标定义", columns, [(word, unit, meaning) for word, meaning, unit in rows])


def _recommending(facts: Facts) -> Iterable[tuple[str, str, str]]:
    if overall(facts.figures, Measure.NET_PROMOTER) is not None:
        meaning = "推荐意愿题（0–10 分）里推荐者（9、10 分）的百分比减去贬损者（0–6 分）的百分比；7、8 分为中立者。"
        yield NAMES[Measure.NET_PROMOTER], meaning, "−100 至 100 点"


def _five_levels() -> str:
    scale = Scale(1, 5)
    return "，".join(f"{step} → {scale.score(step):g}" for step in range(1, 6))


def _satisfied(least: float) -> str:
    scale = Scale(1, 5)
    return "、".join(str(step) for step in range(1, 6) if scale.score(step) >= least) or "没有一级"


def _weighing(facts: Facts) -> Iterable[Note]:
    """Say that answers do not count alike, to which margins they were weighted, and what it costs."""
    for row in read_rows(facts.inputs.statistics.table("design")):
        if row["effective_base"] is None:
            yield Note(f"答卷没有加权：{row['note']}（{row['margins']}）。", Tone.MIXED)
            continue
        cost = f"{row['base']:,} 份相当于 {row['effective_base']:,.0f} 份（设计效应 {row['design_effect']:.2f}）"
        told = [cost, f"权重最大的一份是平均的 {row['largest_weight']:.2f} 倍"]
        told += [f"{row['trimmed']:,} 份的权重被截断"] if row["trimmed"] else []
        told += [f"{row['unstated']:,} 份没有写明，按平均权重计"] if row["unstated"] else []
        meaning = "得分、满意率与区间是加权后的，样本量 n 是实际份数。"
        yield Note(f"答卷按{row['margins']}的已知构成加权：{'；'.join(told)}。{meaning}")


def _caveats(facts: Facts) -> tuple[Note, ...]:
    notes = [
        Note("阅读须知", is_heading=True),
        Note(
            "样本来自自愿填写的问卷、投诉登记与公开评论，不是概率抽样。区间只反映抽样波动，不含覆盖偏差与"
            "无回答偏差，不宜直接推断全体顾客。"
        ),
        *_weighing(facts),
        Note("情感、触点与投诉类型由规则和模型自动判断，存在误判；每个判断的依据词与规则见『明细』，可逐条核对。"),
        Note("未打分的题目按其原因分别处理：未展示、拒答、空白都不计为 0 分。"),
    ]
    if not facts.has_ratings:
        notes.append(Note("本期没有调查评分：相关列写『无调查评分』，报告以文本指数为主。", Tone.MIXED))
    if not len(facts.texts):
        notes.append(Note("本期没有文本：文本指数、情感、原声与明细为空。", Tone.MIXED))
    return tuple(notes)
