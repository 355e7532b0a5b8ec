"""LimeSurvey: results by code, wording or both, the VV format, and tables whose headings were merged by hand.

In CSV an empty cell is a question not shown or not answered; only VV, with {question_not_shown}, tells them apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.cells import clean, fold
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.answer_sheet import Sheet
from feedback_engine.ingest.platforms.answering import COMPLETE, DURATION, PARTIAL, STATUS, Clock
from feedback_engine.ingest.platforms.bracket_headings import BracketHead, find_meta, find_separator, split_heading
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.non_answers import find_non_answer
from feedback_engine.ingest.platforms.posts import clean_post
from feedback_engine.ingest.platforms.spans import BLANK, CROSSES, NOT_SHOWN, TICKS, Part, Shape, Span, tidy
from feedback_engine.ingest.platforms.survey_layout import digest_stems
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.survey import QuestionType

_NOT_SHOWN = "{question_not_shown}"
#: How VV writes what would break its lines.
_ESCAPES = (("{newline}", "\n"), ("{cr}", "\n"), ("{tab}", " "), ("{quote}", '"'), ("{lbrace}", "{"), ("{rbrace}", "}"))
_ANONYMOUS = re.compile(r"1980-0?1-0?1\b.*")
_TIMING = re.compile(
    r"groupTime\w*|.+Time|(?:Group|Question) time:.*|(?:Gruppen|Fragen)zeit:.*|(?:题组|问题)时间[:：].*"
)
_RANK = re.compile(r"(?:Rank|Rang|Ranking|排名|排序)?\s*(\d{1,2})", re.IGNORECASE)
_OTHER = re.compile(r"other|sonstiges?|其他|其它|otros?|autre|further", re.IGNORECASE)
_COMMENT = re.compile(r"(?:(?P<option>.*)comment|.*(?:comment|kommentar|注释|评论))", re.IGNORECASE)
_FILES = re.compile(r"filecount", re.IGNORECASE)
_CODED = re.compile(r"[A-Za-z]{1,3}\d{1,4}")
#: How many fixed columns make a claim; how many bracketed or blank headings do without them.
_MIN_METAS, _MIN_HEADS = 3, 3
_MIN_RECODED = 10
#: What heads a column of a record, and no option.
_FIELDS = frozenset({"id", "received_at"})
_FIGURE = re.compile(r"-?\d+(?:[.,]\d+)*%?")
#: Characters of a number that an answer has at most: 10, 100.
_MAX_DIGITS = 3
#: Fixed columns one group of which must be there: any form has a moment of submission, many one of the start, too.
_TELLING = (frozenset({"lastpage"}), frozenset({"startlanguage"}), frozenset({"id", "submitdate"}))


@dataclass(frozen=True)
class _Table:
    """The columns of one export, and how many lines below the first are headings too."""

    metas: dict[str, int]
    heads: list[BracketHead]
    kind: str
    extra_lines: int = 0
    timings: list[str] = field(default_factory=list)


class LimeSurvey:
    """Results of LimeSurvey, and tables that write rows or options in brackets or in a second line."""

    name = "limesurvey"
    rank = 80

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with LimeSurvey's fixed columns, else with headings in brackets or two lines."""
        table = _read_table(sample)
        if table is None:
            return None
        marks = max(len(table.metas), _MIN_METAS)
        return Match(marks, (f"{table.kind}：LimeSurvey 或同样写法的导出",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the answers."""
        sample, rows = peek(rows, source.name)
        table = _read_table(sample) or _read_plain(sample.header, "按指定的格式读取")
        rows = replace(rows, records=islice(rows.records, table.extra_lines, None))
        sheet = Sheet(replace(sample, rows=sample.rows[table.extra_lines :]), read=_read)
        if any(_NOT_SHOWN in row for row in sheet.sample.rows):
            sheet.blank = BLANK
        _add_meta(sheet, table)
        spans = _build_spans(sheet, table)
        for span in spans:
            sheet.add(span)
        sheet.warn_ignored(table.timings, "计时")
        _warn_codes(sheet)
        return sheet.survey.adapt(rows, scope=digest_stems(dict.fromkeys(span.code + span.stem for span in spans)))


def _read(cell: str) -> str:
    text = clean(cell)
    if text == _NOT_SHOWN:
        return NOT_SHOWN
    if "{" in text:
        for code, character in _ESCAPES:
            text = text.replace(code, character)
    if "&" in text:
        text = clean_post(text)
    # "No answer" is an option of its own only for LimeSurvey: the question was shown and left.
    return BLANK if text and find_non_answer(text) == BLANK else text


def _read_table(sample: Sample) -> _Table | None:
    if sample.container not in ("csv", "xlsx", "xls", "html", "xml"):
        return None
    first = sample.rows[0] if sample.rows else ()
    if _count_metas(sample.header) >= _MIN_METAS and not _count_codes(first) >= _MIN_METAS:
        return _read_plain(sample.header, "标题有 id、submitdate、lastpage 等固定列")
    if _count_codes(first) >= _MIN_METAS:
        table = _read_plain([*first, *[""] * (len(sample.header) - len(first))], "第 2 行是代码（VV 格式）")
        return replace(table, extra_lines=1, heads=_add_wordings(table.heads, sample.header))
    if _is_merged(sample):
        return _read_merged(sample)
    heads = [split_heading(at, heading, "") for at, heading in enumerate(sample.header)]
    bracketed = [head for head in heads if head.part and " " not in head.code and head.stem]
    shared = [key for key, count in Counter(head.key for head in bracketed).items() if count >= _MIN_HEADS]
    if shared and not any(_is_stamp(heading) for heading in sample.header) and not _are_figures(sample, bracketed):
        return _read_plain(sample.header, f"有 {len(bracketed)} 列标题以 [子题] 结尾")
    return None


def _count_metas(header: Sequence[str]) -> int:
    separator = find_separator(header)
    names = {find_meta(heading.partition(separator)[0] if separator else heading) for heading in header}
    return len(names - {"", "token", "interviewtime"}) if _are_telling(names) else 0


def _count_codes(row: Sequence[str]) -> int:
    """Return how many cells are fixed columns' codes, as in the second line of VV."""
    codes = {cell for cell in row if find_meta(cell) == cell}
    return len(codes - {""}) if {"id"} <= codes and _are_telling(codes) else 0


def _are_telling(names: set[str]) -> bool:
    return any(group <= names for group in _TELLING)


def _is_stamp(heading: str) -> bool:
    """Whether it is Google's or another form's column of moments: then the brackets are theirs."""
    return fold(heading) in {"timestamp", "时间戳记", "时间戳", "時間戳記", "提交时间", "提交答卷时间", "starttime"}


def _are_figures(sample: Sample, heads: Sequence[BracketHead]) -> bool:
    """Whether the bracketed columns hold amounts, as price [EUR] does, and no answers."""
    cells = {clean(cell) for head in heads for cell in sample.column(head.position)}
    return bool(cells) and all(map(_FIGURE.fullmatch, cells)) and any(len(cell) > _MAX_DIGITS for cell in cells)


def _is_merged(sample: Sample) -> bool:
    """Whether questions stand over blanks in the first line, and their options in the second."""
    blanks = [at for at, heading in enumerate(sample.header) if not heading.strip()]
    # A title over a table is one heading, not the two or more questions of a survey.
    is_titled = len(sample.header) - len(blanks) < 2
    if len(blanks) < _MIN_HEADS or len(sample.rows) < 2 or not sample.header[0].strip() or is_titled:
        return False
    first = sample.rows[0]
    if len(first) < len(sample.header) or any(not first[at].strip() for at in blanks):
        return False
    if not first[0].strip() and not _are_merged_down(sample, first, blanks):
        return False
    # Groups of headings over a table with a number and a date: no survey has these among its options or questions.
    table = AliasTable.load("generic_columns")
    if _FIELDS & table.locate(first).keys() or table.count_strong(sample.header, *_FIELDS):
        return False
    labels = [fold(first[at]) for at in blanks]
    below = {at: {fold(row[at]) for row in sample.rows[1:] if at < len(row)} for at in blanks}
    recurring = sum(label in below[at] for at, label in zip(blanks, labels, strict=True))
    return recurring * 2 < len(blanks) and len(set(labels)) * 2 > len(labels)


def _are_merged_down(sample: Sample, first: Sequence[str], blanks: Sequence[int]) -> bool:
    """Whether headings over one column are merged over both lines: the second is blank below them, the third not."""
    alone = [at for at in range(len(sample.header)) if at not in blanks and at + 1 not in blanks]
    return not any(first[at].strip() for at in alone) and any(cell.strip() for cell in sample.rows[1][:1])


def _read_merged(sample: Sample) -> _Table:
    heads: list[BracketHead] = []
    stem = ""
    for at, (heading, label) in enumerate(zip(sample.header, sample.rows[0], strict=False)):
        if heading.strip():
            stem = clean_post(heading)
        text = clean_post(label)
        heads.append(BracketHead(at, "", stem, text if fold(text) != fold(stem) else ""))
    return _Table({}, heads, "题干在第 1 行跨列、选项在第 2 行（手工合并的两行标题）", 1)


def _read_plain(header: Sequence[str], kind: str) -> _Table:
    separator = find_separator(header)
    metas: dict[str, int] = {}
    heads: list[BracketHead] = []
    timings: list[str] = []
    codes = {heading.partition("[")[0] for heading in header}
    for at, heading in enumerate(header):
        name = find_meta(heading.partition(separator)[0] if separator else heading)
        if name:
            metas.setdefault(name, at)
        elif _is_timing(heading.partition(separator)[0] if separator else heading, codes):
            timings.append(heading)
        elif heading.strip():
            heads.append(split_heading(at, heading, separator))
    return _Table(metas, heads, kind + (f"，代码与题干以 {separator!r} 相连" if separator else ""), timings=timings)


def _is_timing(heading: str, codes: set[str]) -> bool:
    """Whether the column says how long a question took; a question may itself be called …Time."""
    if _TIMING.fullmatch(heading) is None:
        return False
    is_group = heading.startswith("groupTime") or ":" in heading or "：" in heading
    return is_group or heading.removesuffix("Time") in codes


def _add_wordings(heads: Sequence[BracketHead], descriptions: Sequence[str]) -> list[BracketHead]:
    """Return VV's codes with the wordings of the line above."""
    found = []
    for head in heads:
        own = split_heading(head.position, descriptions[head.position], "")
        found.append(replace(head, stem=own.stem or head.stem, part_text=own.part if head.part else ""))
    return found


def _add_meta(sheet: Sheet, table: _Table) -> None:
    metas, survey = table.metas, sheet.survey
    if "id" in metas and sheet.values(metas["id"]):
        survey.add_field("id", "id", take(metas["id"], lambda cell: clean(cell).removesuffix(".0")))
    moments = [metas[name] for name in ("submitdate", "datestamp", "startdate") if name in metas]
    if moments:
        clock = Clock.decide(cell for at in moments for cell in sheet.sample.column(at))
        survey.warnings += clock.warnings

        def make(row: Sequence[str]) -> str:
            found = (clock.convert(cell) for at in moments if (cell := _read(row[at])) not in ("", NOT_SHOWN))
            return next((text for text in found if not _ANONYMOUS.fullmatch(text)), "")

        survey.add_field("received_at", "submitdate", make)
        if any(_ANONYMOUS.fullmatch(cell) for at in moments for cell in sheet.sample.column(at)):
            sheet.warn("提交时间都写作 1980-01-01：匿名问卷不记时间，答卷没有日期")
    if "submitdate" in metas:
        at = metas["submitdate"]
        survey.add_meta(STATUS, lambda row: COMPLETE if _read(row[at]) not in ("", NOT_SHOWN) else PARTIAL)
    if "startlanguage" in metas:
        survey.add_meta("语言", take(metas["startlanguage"]))
    if "interviewtime" in metas:
        survey.add_meta(DURATION, take(metas["interviewtime"], _read))


def _build_spans(sheet: Sheet, table: _Table) -> list[Span]:
    """Return the questions; parts of one follow each other, in whatever order a loop repeats them."""
    spans: list[Span] = []
    for number, (_, found) in enumerate(groupby(table.heads, key=lambda head: head.key), start=1):
        group = [head for head in found if not _FILES.fullmatch(head.part)]
        if group:
            spans += _build_group(sheet, f"Q{number}", group)
    return spans


def _build_group(sheet: Sheet, number: str, group: Sequence[BracketHead]) -> list[Span]:
    code = group[0].code or number
    stem = tidy(group[0].stem)
    comments = [head for head in group if len(group) > 1 and _COMMENT.fullmatch(head.part)]
    beside = [head for head in group if len(group) > 1 and head not in comments and _OTHER.fullmatch(head.part)]
    beside = [head for head in beside if not _is_marked(sheet, head)]
    main = [head for head in group if head not in comments and head not in beside]
    other = _to_part(code, beside[0]) if beside else None
    extra = [Span(f"{code}_{head.part}", stem, (_to_part(code, head),), Shape.ROWS, "填空") for head in comments]
    if not main:
        return [Span(code, stem, tuple(_to_part(code, head) for head in group), other=None), *extra]
    parts = tuple(_to_part(code, head) for head in main)
    return [Span(code, stem, parts, _judge(sheet, parts, main), other=other), *extra]


def _to_part(code: str, head: BracketHead) -> Part:
    return Part(head.position, tidy(head.label), f"{code}_{head.part}" if head.code and head.part else "")


def _is_marked(sheet: Sheet, head: BracketHead) -> bool:
    """Whether the column of "other" holds ticks, and so is an option like all others."""
    values = {fold(value) for value in sheet.values(head.position)}
    return bool(values) and values <= TICKS | CROSSES


def _judge(sheet: Sheet, parts: Sequence[Part], heads: Sequence[BracketHead]) -> Shape:
    """Return how the columns hang together, where the headings or LimeSurvey's ways of coding tell."""
    ranks = [match[1] for head in heads if (match := _RANK.fullmatch(head.label))]
    if len(parts) > 1 and ranks == [str(n) for n in range(1, len(parts) + 1)] and _are_distinct(sheet, parts):
        return Shape.SLOTS
    if len(parts) == 1 and not parts[0].label:
        return Shape.ROWS
    values = {value for part in parts for value in sheet.values(part.position)}
    if len(parts) > 1 and values == {"1", "2"} and len(sheet.sample.rows) >= _MIN_RECODED:
        sheet.warn(f"{heads[0].key}：各列只有 1 和 2，按多选题的“选中=1、未选=2”理解，请核对导出设置")
        sheet.crosses = sheet.crosses | {"2"}
        return Shape.OPTIONS
    return Shape.AUTO


def _are_distinct(sheet: Sheet, parts: Sequence[Part]) -> bool:
    """Whether nobody gives one option two ranks."""
    rows = zip(*(sheet.cells(part.position) for part in parts), strict=True)
    given = [[cell for cell in row if cell and cell != NOT_SHOWN] for row in rows]
    return any(given) and all(len(set(row)) == len(row) for row in given)


def _warn_codes(sheet: Sheet) -> None:
    """Tell of questions whose answers are codes of unknown meaning."""
    coded = [
        question.code
        for question in sheet.survey.questions
        if question.scale is None
        and question.type is not QuestionType.MULTI
        and question.options
        and all(map(_CODED.fullmatch, question.options))
    ]
    if coded:
        shown = "、".join(coded[:8])
        sheet.warn(f"{len(coded)} 题的答案是代码（如 A1），含义不在文件里，不能当评分：{shown}；请按“完整答案”重新导出")
