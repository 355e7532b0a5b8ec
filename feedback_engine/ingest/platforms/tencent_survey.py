"""腾讯问卷 (wj.qq.com): heads numbered with a dot, options with letters, a column an option for multiple choice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.answers import answered
from feedback_engine.ingest.platforms.dayforms import decide_days
from feedback_engine.ingest.platforms.layout import take, take_first
from feedback_engine.ingest.platforms.survey_columns import Grammar, Head, add_heads, add_id
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout, digest_stems
from feedback_engine.ingest.platforms.survey_sample import column_cells, read_seconds
from feedback_engine.ingest.platforms.wjx_headings import split_noise
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.survey import JOINER

_NUMBER, _STARTED, _ENDED, _DURATION = "编号", "开始答题时间", "结束答题时间", "答题时长"
_REGION = ("地理位置国家和地区", "地理位置省", "地理位置市")
_KEPT = ("语言", "清洗数据结果", "用户类型", "自定义字段", "来源", *_REGION)
_META = frozenset(
    {_NUMBER, _STARTED, _ENDED, _DURATION, *_KEPT, "用户标识", "昵称", "IP", "UA", "Referrer", "openid", "OpenID"}
)
_HEAD = re.compile(r"Q?(\d{1,4})\s*[.．、]\s*(.+)", re.DOTALL)
_LETTER = re.compile(r"[A-Z]{1,2}[.．、]\s*")
_COLON = re.compile("[:：]")
#: Letters before options that stand in one cell.
_LETTERS = re.compile(r"(?:^|(?<=[┋|;；→]))\s*[A-Z]{1,2}[.．、]\s*")


class TencentSurvey:
    """腾讯问卷."""

    name = "tencent_survey"
    rank = 50

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim: a numbered head, and both times of answering, or three of the columns where one is gone."""
        header = [clean(heading) for heading in sample.header]
        own = [name for name in (_STARTED, _ENDED, _NUMBER, _DURATION) if name in header]
        is_marked = {_STARTED, _ENDED} <= set(own) or (len(own) > 2 and {_STARTED, _ENDED} & set(own))
        if not is_marked or not any(map(_HEAD.fullmatch, header)):
            return None
        return Match(len(own), (f"有腾讯问卷的列：{'、'.join(own)}",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the respondents."""
        sample, rows = peek(rows, rows.path.name if rows.path else "")
        header = [clean(heading) for heading in sample.header]
        cells = column_cells(sample)
        survey = SurveyLayout()
        _add_meta(survey, header, cells)
        heads = [
            _read_head(position, heading, cells[position])
            for position, heading in enumerate(header)
            if heading and heading not in _META
        ]
        add_heads(survey, heads, cells, Grammar(_read_answer, (JOINER, "|", ";", "；", "→")))
        return survey.adapt(rows, scope=digest_stems(heading for heading in header if _HEAD.fullmatch(heading)))


def _read_head(position: int, heading: str, cells: Sequence[str]) -> Head:
    """Return the head taken apart at the colon behind which the option stands that cells hold, else at the last one.

    Whether that parts an option from the stem, the cells tell.
    """
    match = _HEAD.fullmatch(heading)
    number, text = (match[1], match[2]) if match else ("", heading)
    whole, declared = split_noise(text)
    cut = _find_colon(whole, cells)
    stem, part = (whole[:cut].strip(), whole[cut + 1 :].strip()) if cut > 0 else (whole, "")
    if not part:
        stem = whole
    is_required = "必答" in declared or "必填" in declared
    # The option's letter may stand in the heading too; it never stands in what is read from the cells.
    return Head(position, stem, _LETTER.sub("", part, count=1) or part, number, declared, is_required, whole)


def _find_colon(whole: str, cells: Sequence[str]) -> int:
    """Return where the colon between stem and option stands; -1 without one."""
    colons = [match.start() for match in _COLON.finditer(whole)]
    given = set(map(_read_answer, answered(cells)))
    options = {at: _LETTER.sub("", whole[at + 1 :].strip(), count=1) for at in colons}
    held = [at for at in colons if options[at] and any(cell.startswith(options[at]) for cell in given)]
    return max(held or colons, default=-1)


def _read_answer(cell: str) -> str:
    """Return the answer without the letters of its options."""
    return _LETTERS.sub("", clean(cell))


def _add_meta(survey: SurveyLayout, header: list[str], cells: list[list[str]]) -> None:
    """Add when, for how long and from where; neither address nor name."""
    at = {name: position for position, name in reversed(list(enumerate(header)))}
    times = [name for name in (_ENDED, _STARTED) if name in at]
    days = decide_days([cell for name in times for cell in cells[at[name]]])
    survey.warnings += days.warnings
    ended = take_first([at[name] for name in times], days.convert)
    survey.add_field("received_at", times[0], ended)
    if _NUMBER in at:
        add_id(survey, at[_NUMBER], moment=ended)
    if "用户标识" in at:
        survey.add_field("customer_id", "用户标识", take(at["用户标识"]))
    if _DURATION in at:
        survey.add_meta("duration_seconds", take(at[_DURATION], read_seconds))
    for name in _KEPT:
        if name in at and answered(cells[at[name]]):
            survey.add_meta(name, take(at[name]))
