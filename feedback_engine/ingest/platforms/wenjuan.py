"""问卷网 (wenjuan.com): All_Data_Readable.csv (words), All_Data_Original.csv (codes) and code.csv, what codes mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError, SourceError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.answers import answered
from feedback_engine.ingest.platforms.dayforms import decide_days
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.survey_columns import Grammar, Head, add_heads, add_id
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout, digest_stems
from feedback_engine.ingest.platforms.survey_sample import as_whole, column_cells, read_seconds
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.survey import JOINER

_CODE = re.compile(r"(Q\d{1,4})(?:_([A-Z]?\d{1,4}|open))?")
_STARTED = ("start", "开始时间", "开始答题时间")
_ENDED = ("finish", "结束时间", "提交时间", "完成时间")
_NUMBER = ("序号", "编号", "seq", "id", "ID")
_DURATION = ("答题时长", "答题时长(秒)", "答题时长（秒）")
_CHANNEL = ("来源", "来源渠道", "source")
_PRIVATE = ("IP", "ip", "IP地址", "用户", "昵称", "user")
_KEPT = ("地区", "省份", "城市", "答题状态", "答卷状态", "设备", "浏览器", "操作系统")
_META = frozenset((*_STARTED, *_ENDED, *_NUMBER, *_DURATION, *_CHANNEL, *_PRIVATE, *_KEPT))
_TYPES = frozenset(
    {"单选题", "多选题", "填空题", "排序题", "矩阵单选题", "矩阵多选题", "打分题", "量表题", "多项填空题"}
)
#: The codes of one option, or of several.
_CODED = re.compile(r"-?\d{1,9}|A\d{1,3}(?:[┋;；,，|→]\s*A\d{1,3})*", re.ASCII)
#: The list of codes as 问卷网 names it.
_CODES_FILE = "code.csv"
_NUMBERED = re.compile(r"(?:Q?(\d{1,4})\s*[.．、:：_]\s*)?(.+)", re.DOTALL)


@dataclass(frozen=True)
class Coded:
    """A question of code.csv."""

    stem: str
    declared: str
    #: Code of an option, or of a matrix' column → label.
    labels: dict[str, str] = field(default_factory=dict)


class Wenjuan:
    """问卷网."""

    name = "wenjuan"
    rank = 90

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim: start and finish with coded questions, 答题时长 with either, or a list of codes."""
        header = [clean(heading) for heading in sample.header]
        coded = [heading for heading in header if _CODE.fullmatch(heading)]
        if {"start", "finish"} <= set(header) and coded:
            return Match(3, ("有问卷网“All_Data_Original”的列 start、finish 和 Q1 这样的题号",))
        if set(_DURATION) & set(header) and set(_STARTED[:2]) & set(header) and set(_ENDED[:2]) & set(header):
            return Match(3, ("有问卷网“All_Data_Readable”的列 答题时长 和开始、结束时间",))
        if len(header) == 3 and _CODE.fullmatch(header[0]) and header[2] in _TYPES:
            return Match(3, ("是问卷网的编码表 code.csv（题号、题干、题型）",))
        return None

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the respondents; codes get their meaning from code.csv, which `twin` names."""
        sample, rows = peek(rows, rows.path.name if rows.path else "")
        header = [clean(heading) for heading in sample.header]
        if header and header[-1] in _TYPES and _CODE.fullmatch(header[0]):
            raise MappingError(
                f"{sample.file_name} 是问卷网的编码表，没有答卷；请导入 All_Data_Readable.csv，"
                f"或导入 All_Data_Original.csv 并在来源里写 twin: {sample.file_name}"
            )
        cells = column_cells(sample)
        survey = SurveyLayout()
        _add_meta(survey, header, cells)
        is_coded = any(map(_CODE.fullmatch, header))
        codes = _open_codes(survey, source, rows.path) if is_coded else {}
        heads = [
            _read_coded(at, text, codes, cells[at]) if is_coded else _read_worded(at, text)
            for at, text in enumerate(header)
            if text and text not in _META
        ]
        add_heads(survey, heads, cells, Grammar(_read_cell, (JOINER, ";", "；", "→")))
        return survey.adapt(rows, scope=digest_stems(head.whole for head in heads))


def _read_cell(cell: str) -> str:
    return as_whole(clean(cell))


def _read_coded(position: int, heading: str, codes: dict[str, Coded], cells: list[str]) -> Head:
    """Return the head of Q3 or Q3_A2, with stem, option and labels where the list of codes has them."""
    match = _CODE.fullmatch(heading)
    if match is None:
        return Head(position, heading, whole=heading)
    known, part = codes.get(match[1]), match[2] or ""
    if known is None:
        # Numbers and A1 are codes here, and words were filled in.
        declared = "单选题" if all(map(_CODED.fullmatch, answered(cells))) else "填空题"
        return Head(position, match[1], part, match[1][1:], declared, whole=heading)
    if part and known.declared in ("多选题", "排序题"):
        return Head(position, known.stem, known.labels.get(part.lstrip("A"), part), match[1][1:], known.declared)
    read = _translate(known.labels) if known.labels else None
    return Head(position, known.stem, part, match[1][1:], known.declared, whole=known.stem, read=read)


def _translate(labels: dict[str, str]) -> Callable[[str], str]:
    def read(cell: str) -> str:
        text = _read_cell(cell)
        return labels.get(text.removeprefix("A"), text)

    return read


def _read_worded(position: int, heading: str) -> Head:
    """Return the head of a question in words; what stands behind its last underscore may be an option or a row."""
    match = _NUMBERED.fullmatch(heading)
    number, whole = (match[1] or "", clean(match[2])) if match else ("", heading)
    stem, _, part = whole.rpartition("_")
    return Head(position, stem or whole, part if stem else "", number, whole=whole)


def _add_meta(survey: SurveyLayout, header: list[str], cells: list[list[str]]) -> None:
    """Add when, for how long and by which way; neither address nor name."""
    at = {name: position for position, name in reversed(list(enumerate(header)))}

    def find(names: tuple[str, ...]) -> int | None:
        return next((at[name] for name in names if name in at), None)

    ended = find(_ENDED) if find(_ENDED) is not None else find(_STARTED)
    moment = None
    if ended is not None:
        days = decide_days(cells[ended])
        survey.warnings += days.warnings
        moment = take(ended, days.convert)
        survey.add_field("received_at", header[ended], moment)
    if (number := find(_NUMBER)) is not None:
        add_id(survey, number, moment=moment)
    if (channel := find(_CHANNEL)) is not None:
        survey.add_field("channel", header[channel], take(channel))
    if (duration := find(_DURATION)) is not None:
        survey.add_meta("duration_seconds", take(duration, read_seconds))
    for name in _KEPT:
        if name in at and answered(cells[at[name]]):
            survey.add_meta(name, take(at[name]))


def _open_codes(survey: SurveyLayout, source: SourceConfig, path: Path | None) -> dict[str, Coded]:
    """Return what the codes mean: by the source's twin, else by the list of codes beside the file."""
    if source.twin:
        return _read_codes(source, path)
    if path is not None and path.with_name(_CODES_FILE).is_file():
        try:
            codes = _read_codes(source.model_copy(update={"twin": _CODES_FILE}), path)
        except SourceError as error:
            survey.warnings.append(f"旁边的 {_CODES_FILE} 不能用：{error}")
        else:
            survey.warnings.append(f"题干和选项取自旁边的 {_CODES_FILE}（问卷网的编码表）")
            return codes
    survey.warnings.append("按编码的导出只有选项的编号；请导入 All_Data_Readable.csv，或在来源里写 twin: code.csv")
    return {}


def _read_codes(source: SourceConfig, path: Path | None) -> dict[str, Coded]:
    """Return the questions of code.csv: a line a question (Qn, stem, type), below it a line an option (n, label)."""
    place = Path(source.twin or "").expanduser()
    if not place.is_absolute() and path is not None:
        place = path.parent / place
    if not place.is_file():
        raise MappingError(f"来源 {source.name} 的 twin：找不到文件 {place}；相对路径从本文件所在文件夹算起")
    rows = open_rows(place, source.model_copy(update={"sheet": None, "encoding": None}))
    codes: dict[str, Coded] = {}
    current = ""
    for record in [rows.header, *(cells for _, cells in rows)]:
        cells = [clean(cell) for cell in (*record, "", "", "")][:3]
        if cells[0]:
            current = cells[0]
            codes[current] = Coded(cells[1], cells[2])
        elif current and cells[2]:
            codes[current].labels[as_whole(cells[1]).lstrip("A")] = cells[2]
    if not any(map(_CODE.fullmatch, codes)):
        raise MappingError(f"{place} 不是问卷网的编码表：第一列应有 Q1 这样的题号")
    return codes
