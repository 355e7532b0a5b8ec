"""Spot checks: texts are drawn into a form for a person to read, and the form says how far the tags can be trusted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from feedback_engine.domain import Period, Polarity, SourceKind
from feedback_engine.engine.figures import Figures
from feedback_engine.engine.spotcheck_form import Filled, Names, read_form, to_key
from feedback_engine.errors import InputError, NoData, ReportError
from feedback_engine.nlp.tagged import UNSURE, TaggedText
from feedback_engine.report.cells import one_line
from feedback_engine.report.excel import write_excel
from feedback_engine.report.spotcheck import build_spotcheck
from feedback_engine.scoring.agreement import DOUBTFUL, RANDOM, Judged, Opinion, measure_agreement
from feedback_engine.scoring.spotcheck import draw_texts
from feedback_engine.tables.annotations import POLARITY_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.lexicon.model import Label, Pack
    from feedback_engine.store.texts import TextReader

#: Fewer complaints, or other texts, than this by chance say too little of the engine's errors to be counted with.
_LEAST_OF_EACH = 10
#: Texts told of in which person and tags differ, and characters of each.
_SHOWN, _QUOTED = 12, 60
#: What each measure is called, in the order shown, and what is counted for it.
_MEASURES = {
    "polarity": ("倾向一致", "条"),
    "polarity_kappa": ("  扣除碰巧（Cohen κ）", "条"),
    "complaint": ("是否投诉一致", "条"),
    "complaint_kappa": ("  扣除碰巧（Cohen κ）", "条"),
    "sensitivity": ("  投诉找到的比例（灵敏度）", "条投诉"),
    "specificity": ("  不是投诉没有误认的比例（特异度）", "条其他"),
    "complaint_type": ("投诉类型一致", "条"),
    "touchpoints_found": ("触点找到的比例", "处"),
    "touchpoints_right": ("说出的触点正确的比例", "处"),
}
_PARTS = {RANDOM: "随机抽取的文本（可以代表该期间全部有内容的文本）", DOUBTFUL: "有疑问的文本（只说明它们自己）"}


def write_spotcheck(figures: Figures, path: Path, period: Period | None, *, count: int, seed: int) -> pd.DataFrame:
    """Draw texts of the period, write the form, and return SPOTCHECK.

    Raises ReportError where there is a file of this name, NoData where no text has tags, InputError for no count.
    """
    if count < 1:
        raise InputError(f"count 应为正整数，而不是 {count}：至少要抽一条")
    if path.exists():
        raise ReportError(f"{path} 已存在，里面可能有填好的判断；请换一个文件名，或先移走它")
    texts = figures.read_texts(period)
    drawn = draw_texts(figures.load([period]), texts.read, untyped=UNSURE, count=count, seed=seed)
    if drawn.empty:
        raise NoData("没有打过标签的文本可抽；请先运行 feedback-engine tag（或 run）")
    form = build_spotcheck(
        drawn,
        period=period.label if period else "全部数据",
        timezone=figures.config.project.timezone,
        created_at=figures.created_at,
        touchpoints={label.code: label.name for pack in figures.packs.values() for label in pack.touchpoints},
        complaint_types={label.code: label.name for pack in figures.packs.values() for label in pack.complaint_types},
    )
    write_excel(form, path)
    return drawn


@dataclass(frozen=True)
class SpotCheck:
    """What came of a form that was filled in."""

    path: Path
    #: AGREEMENT.
    table: pd.DataFrame
    #: The rows that a person has read, and what the tags say of them.
    rows: tuple[tuple[Filled, Opinion], ...]
    #: Rows that nothing was filled in, and in Chinese the cells that could not be read.
    unfilled: int
    problems: tuple[str, ...]

    @property
    def complaint_errors(self) -> dict[str, float | int] | None:
        """What `scoring.complaint_errors` may say by this form; None where chance drew too few, or tells no better."""
        rows = self.table[self.table["part"] == RANDOM].to_dict("records")
        found, left = ({row["measure"]: row for row in rows}[measure] for measure in ("sensitivity", "specificity"))
        is_of_use = found["estimate"] + left["estimate"] > 1.0  # else no share could be corrected by them
        if min(found["base"], left["base"]) < _LEAST_OF_EACH or not is_of_use:
            return None
        return {
            "sensitivity": round(found["estimate"], 4),
            "specificity": round(left["estimate"], 4),
            "complaints": found["base"],
            "others": left["base"],
        }

    def write_rows(self, path: Path) -> None:
        """Write what people said as JSONL that `train` and `evaluate` read: text, domain, a key per kind of label."""
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for filled, _ in self.rows:
                row = {"text": filled.text, "domain": filled.source, **_label(filled.opinion)}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        figures = self.table.astype("object").where(self.table.notna(), None).to_dict("records")
        return {
            "path": str(self.path),
            "read": len(self.rows),
            "unfilled": self.unfilled,
            "problems": list(self.problems),
            "agreement": figures,
            "complaint_errors": self.complaint_errors,
        }

    def to_text(self) -> str:
        """Return the figures, what they may be used for, and where tags and person differ, in Chinese."""
        lines = [f"{self.path}：复核 {len(self.rows)} 条，没有填的 {self.unfilled} 条"]
        lines += [f"  注意：{problem}" for problem in self.problems]
        for part, title in _PARTS.items():
            own = self.table[(self.table["part"] == part) & (self.table["base"] > 0)]
            lines += [title, *map(_tell, own.to_dict("records"))] if len(own) else []
        if errors := self.complaint_errors:
            told = ", ".join(f"{name}: {value}" for name, value in errors.items())
            lines.append(f"可写入 config.yaml 的 scoring，用来校正投诉占比：complaint_errors: {{{told}}}")
        return "\n".join([*lines, *self._tell_differences()])

    def _tell_differences(self) -> list[str]:
        """Return which polarities are taken for which, most often first, and texts where person and tags differ."""
        differing = [
            (filled, told)
            for filled, told in self.rows
            if filled.opinion.polarity is not None and filled.opinion.polarity != told.polarity
        ]
        taken = Counter((filled.opinion.polarity, told.polarity) for filled, told in differing)
        lines = ["倾向不一致："] if differing else []
        for (said, told), count in sorted(taken.items(), key=lambda item: (-item[1], str(item[0]))):
            lines.append(f"  人判{_name(said)}、软件说{_name(told)}：{count} 条")
        shown = sorted(differing, key=lambda row: not row[0].is_random)[:_SHOWN]
        lines += [
            f"    「{one_line(f.text)[:_QUOTED]}」人判{_name(f.opinion.polarity)}、软件说{_name(t.polarity)}"
            for f, t in shown
        ]
        return lines


def read_spotcheck(
    path: Path,
    origins: Origins,
    texts: TextReader,
    tag: Callable[[str, Sequence[str]], Sequence[TaggedText]],
) -> SpotCheck:
    """Return what came of the form; `tag` gives the tags of texts of the source of that name, as they are today.

    Texts and sources are those of the store; of rows that it does not know (any more), what stands in the form.
    """
    form = read_form(path, origins.names_of)
    filled = [row for row in form.rows if not row.is_empty]
    if not filled:
        told = f"；{form.problems[0]}" if form.problems else ""
        raise NoData(f"{path}：没有填好的判断；请填「倾向」「触点」「投诉」三列（有把握的才填）再读{told}")
    ids = list(dict.fromkeys(row.feedback_id for row in filled if row.feedback_id))
    said, stored = texts.read(ids), texts.read_origins(ids)
    problems = [*form.problems]
    rows = [
        replace(row, text=said.get(row.feedback_id, row.text), source=stored.get(row.feedback_id, (row.source, ""))[0])
        for row in _take_once(filled, problems)
    ]
    if strange := sum(row.feedback_id not in stored for row in rows):
        problems.append(f"{strange} 行在库里找不到（记录编号不在了，或改过），按表里的原声与来源计")
    judged: list[tuple[Filled, Opinion, bool]] = []
    for source in sorted({row.source for row in rows}):
        own = [row for row in rows if row.source == source]
        for row, tagged in zip(own, tag(source, [row.text for row in own]), strict=True):
            kind = stored.get(row.feedback_id, ("", origins.kinds.get(source, "")))[1]
            judged.append((row, _opinion(tagged), kind == SourceKind.COMPLAINTS))
    table = measure_agreement(
        [Judged(row.is_random, is_logged, row.opinion, told) for row, told, is_logged in judged], untyped=UNSURE
    )
    pairs = tuple((row, told) for row, told, _ in judged)
    return SpotCheck(path, table, pairs, len(form.rows) - len(filled), tuple(problems))


def _take_once(filled: Sequence[Filled], problems: list[str]) -> list[Filled]:
    """Return each text once: of equal judgements the first, of contrary ones none; both are told."""
    by_id: dict[str, list[Filled]] = {}
    for row in filled:
        by_id.setdefault(row.feedback_id or f"row {row.number}", []).append(row)
    taken = []
    for same in by_id.values():
        is_agreed = len({row.opinion for row in same}) == 1
        taken += same[:1] if is_agreed else []
        if len(same) > 1:
            numbers = "、".join(str(row.number) for row in same)
            what = "判断相同，只计一次" if is_agreed else "判断不同，都没有采用"
            problems.append(f"第 {numbers} 行是同一条文本，{what}")
    return taken


class Origins(NamedTuple):
    """What is configured of sources: by name what may be said of their texts, and of what kind they are."""

    names_of: Callable[[str], Names]
    kinds: Mapping[str, str]


def name_choices(own: Pack, others: Sequence[Pack]) -> Names:
    """Return what may be filled in of texts that the pack reads; words of other packs of the project are known, too."""
    touchpoints: dict[str, str] = {}
    types: dict[str, str] = {}
    for pack in (*others, own):
        touchpoints |= _by_words(pack.touchpoints)
        types |= _by_words(pack.complaint_types)
    return Names(touchpoints, types, UNSURE)


def _by_words(labels: Sequence[Label]) -> dict[str, str]:
    return {to_key(word): label.code for label in labels for word in (label.name, label.code)}


def _opinion(tagged: TaggedText) -> Opinion:
    complaint = tagged.complaint
    touchpoints = frozenset(mention.code for mention in tagged.touchpoints)
    return Opinion(
        str(tagged.sentiment.polarity), touchpoints, (complaint.type or UNSURE) if complaint.is_complaint else ""
    )


def _label(said: Opinion) -> dict[str, list[str]]:
    """Return the labels of a text by the `column` of the task that learns them; none where nothing was said."""
    sided = [said.polarity] if said.polarity and said.polarity != Polarity.MIXED else []
    named = sorted(said.touchpoints or ())
    typed = [said.complaint] if said.complaint and said.complaint != UNSURE else []
    blames = ["complaint", *(f"complaint:{kind}" for kind in typed)] if said.complaint else []
    is_whole = said.touchpoints is not None and said.complaint is not None
    told = [*named, *blames] or ["none"]
    return {"polarity": sided, "touchpoints": named, "complaint_type": typed, "pack": told if is_whole else []}


def _tell(row: dict[Any, Any]) -> str:
    name, counted = _MEASURES[row["measure"]]
    if row["estimate"] != row["estimate"]:
        return f"  {name}：无法计算（只有一种判断），n={row['base']}"
    if row["measure"].endswith("_kappa") and row["lower"] == row["upper"]:
        return f"  {name}：{row['estimate']:.2f}（只有一种判断，或完全一致：没有区间）"
    if row["measure"].endswith("_kappa"):
        return f"  {name}：{row['estimate']:.2f}（95% 区间 {row['lower']:.2f} 至 {row['upper']:.2f}）"
    interval = f"{row['lower']:.1%}–{row['upper']:.1%}"
    return f"  {name}：{row['estimate']:.1%}（95% 区间 {interval}，{row['base']} {counted}）"


def _name(polarity: str | None) -> str:
    return POLARITY_NAMES[Polarity(polarity)] if polarity else ""
