"""数据质量: where every row went, what was refused and why, and what the tags do not cover."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from feedback_engine.domain import Measure
from feedback_engine.report.blocks import Block, Cell, Column, ColumnKind, Look, Note, Section, Table, Tone
from feedback_engine.report.facts import Facts, period_line, short_id
from feedback_engine.report.sections.survey_quality import list_survey_quality
from feedback_engine.tables.annotations import SENTIMENT

if TYPE_CHECKING:
    import pandas as pd

#: Refused cells listed one by one; beyond that the reasons say how many.
MOST_REJECTS = 5000
_INTEGER = ColumnKind.INTEGER
#: Platforms whose name is not what people call them.
_PLATFORMS = {
    "generic": "通用表格",
    "wjx": "问卷星",
    "tencent_survey": "腾讯问卷",
    "tencent_docs": "腾讯文档",
    "wenjuan": "问卷网",
    "qualtrics": "Qualtrics",
    "surveymonkey": "SurveyMonkey",
    "limesurvey": "LimeSurvey",
    "google_forms": "Google Forms",
    "microsoft_forms": "Microsoft Forms",
    "typeform": "Typeform",
    "formbricks": "Formbricks",
    "spss": "SPSS",
    "stata": "Stata",
    "work_order": "工单",
    "cfpb": "CFPB 投诉库",
    "jira": "Jira",
    "zendesk": "Zendesk",
    "freshdesk": "Freshdesk",
    "salesforce": "Salesforce",
    "weibo_search": "微博（weibo-search）",
    "weibo_crawler": "微博（weibo-crawler）",
    "weibo_scrapy": "微博（weibo-scrapy）",
    "mediacrawler": "MediaCrawler",
    "jd": "京东",
    "google_play": "Google Play",
    "app_store": "App Store",
}


def build_quality(facts: Facts) -> Section:
    """Return the files' counts, the coverage, the reasons of rejects, and the rejects."""
    blocks: list[Block] = [_files(facts), Note(_conservation(facts), Tone.MUTED), _coverage(facts)]
    blocks += [_empty_touchpoints(facts), *list_survey_quality(facts), _reasons(facts), *_rejects(facts)]
    return Section("数据质量", "数据质量", tuple(blocks), period_line(facts))


def _files(facts: Facts) -> Table:
    files = facts.inputs.files.sort_values(["source", "name", "file_id"], kind="stable")
    counts = ["read", "stored", "updated", "duplicate", "quarantined"]
    names = ["source", "name", "platform", "encoding", "sheet"]
    texts = files[names].astype("object").where(files[names].notna(), "").replace({"platform": _PLATFORMS})
    rows: list[tuple[Cell, ...]] = [
        (*words, *(int(number) for number in numbers), _quarantined_share(numbers), short_id(key))
        for words, numbers, key in zip(
            texts.itertuples(index=False, name=None),
            files[counts].itertuples(index=False, name=None),
            files["file_id"],
            strict=True,
        )
    ]
    strong = frozenset[int]()
    if len(rows) > 1:
        sums = tuple(int(number) for number in files[counts].sum())
        strong = frozenset({len(rows)})
        rows.append(("合计", "", "", "", "", *sums, _quarantined_share(sums), ""))
    words = [Column(heading) for heading in ("来源", "文件", "平台", "编码", "工作表")]
    numbers = [Column(heading, _INTEGER) for heading in ("读入", "新增", "更新", "重复", "隔离")]
    columns = (*words, *numbers, Column("隔离率", ColumnKind.PERCENT), Column("文件编号"))
    return Table("files", "文件", columns, rows, strong, "（没有导入记录）")


def _quarantined_share(counts: tuple[Any, ...]) -> float | None:
    return int(counts[-1]) / int(counts[0]) if counts[0] else None


def _conservation(facts: Facts) -> str:
    files = facts.inputs.files
    parts = files[["stored", "updated", "duplicate", "quarantined"]].sum().sum() if len(files) else 0
    read = files["read"].sum() if len(files) else 0
    verdict = "相符" if read == parts else f"不符，相差 {int(read - parts):,} 行，请核查"
    return f"核对：读入 {int(read):,} = 新增 + 更新 + 重复 + 隔离 {int(parts):,}，{verdict}。"


def _coverage(facts: Facts) -> Table:
    feedback, texts = facts.inputs.feedback, facts.texts
    rows = [
        ("反馈（来源行）", feedback["record_id"].nunique(), None, ""),
        ("文本", len(texts), None, "有内容的文本段，开放题各算一段"),
        _without_content(facts),
        _part(texts, facts.inputs.annotations["feedback_id"], "没有任何标签的文本", "未打标，或打标前导入"),
        _part(texts, facts.mentions["feedback_id"], "没有触点标签的文本", "说的事不在触点体系内，或词典未收"),
        _lacking(feedback, "received_at", "没有时间的反馈", "不计入任何期间"),
    ]
    columns = (Column("覆盖"), Column("数量", _INTEGER), Column("占比", ColumnKind.PERCENT), Column("说明", fills=True))
    return Table("coverage", "覆盖率", columns, rows)


def _without_content(facts: Facts) -> tuple[Cell, ...]:
    tags = facts.inputs.annotations
    count = int(((tags["kind"] == SENTIMENT) & (tags["confidence"] <= 0)).sum())
    return "没有实质内容的文本", count, count / len(facts.texts) if len(facts.texts) else None, "不计入文本指数"


def _part(texts: pd.DataFrame, tagged: pd.Series[Any], name: str, meaning: str) -> tuple[Cell, ...]:
    count = int((~texts["feedback_id"].isin(tagged)).sum())
    return name, count, count / len(texts) if len(texts) else None, meaning


def _lacking(feedback: pd.DataFrame, column: str, name: str, meaning: str) -> tuple[Cell, ...]:
    count = int(feedback[column].isna().sum())
    return name, count, count / len(feedback) if len(feedback) else None, meaning


def _empty_touchpoints(facts: Facts) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for code in facts.touchpoints:
        bases = {m: f.base for (touchpoint, _, m), f in facts.figures.items() if touchpoint == code}
        missing = [
            name for measure, name in ((Measure.SCORE, "评分"), (Measure.TEXT_INDEX, "文本")) if not bases.get(measure)
        ]
        if missing:
            rows.append((facts.name(code), "、".join(missing)))
    columns = (Column("触点"), Column("缺少"))
    return Table("empty_touchpoints", "缺数据的触点", columns, rows, empty="（每个触点都有评分和文本）")


def _reasons(facts: Facts) -> Table:
    rejects = facts.inputs.rejects
    rows: list[tuple[Cell, ...]] = []
    if len(rejects):
        counts = Counter(zip(rejects["column"], rejects["reason"], _fates(rejects), strict=True))
        order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        rows = [(fate, column or "（整行）", count, reason) for (column, reason, fate), count in order]
    columns = (Column("处理"), Column("列"), Column("次数", _INTEGER, look=Look.BAR), Column("原因", fills=True))
    return Table("reasons", "被拒的行与单元格：按原因", columns, rows, empty="（没有被拒的行或单元格）")


def _fates(rejects: pd.DataFrame) -> list[str]:
    """Return what became of each reject; rows that the format explains were never data."""
    lost = ["整行隔离" if is_row_lost else "仅弃此格" for is_row_lost in rejects["is_row_lost"]]
    return ["不是数据" if expected else fate for fate, expected in zip(lost, rejects["is_expected"], strict=True)]


def _rejects(facts: Facts) -> list[Block]:
    rejects = facts.inputs.rejects
    if rejects.empty:
        return []
    names = dict(zip(facts.inputs.files["file_id"], facts.inputs.files["name"], strict=True))
    listed = rejects.assign(file=[names.get(key, short_id(key)) for key in rejects["file_id"]])
    listed = listed.sort_values(["file", "file_id", "row_number", "column"], kind="stable").head(MOST_REJECTS)
    rows = list(
        zip(
            _fates(listed),
            listed["file"],
            listed["row_number"].tolist(),
            listed["column"],
            listed["value"],
            listed["reason"],
            strict=True,
        )
    )
    columns = (
        Column("处理"),
        Column("文件"),
        Column("行号", _INTEGER),
        Column("列"),
        Column("读到的值"),
        Column("原因", fills=True),
    )
    blocks: list[Block] = [Table("rejects", "被拒的行与单元格：逐条", columns, rows)]
    if (more := len(rejects) - len(rows)) > 0:
        blocks.append(Note(f"只列出前 {MOST_REJECTS:,} 条，还有 {more:,} 条；全部见数据库的 rejects 表。", Tone.MIXED))
    return blocks
