"""One survey, asked and answered by chance, as every platform would export it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Table = list[list[str]]
FIVE = ("非常不满意", "不满意", "一般", "满意", "非常满意")
AGREE = ("非常不同意", "不同意", "一般", "同意", "非常同意")


@dataclass(frozen=True)
class Asked:
    """A question: single, multi, scale, nps, matrix, rank, text or number; scales from the worst to the best."""

    kind: str
    stem: str
    options: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """A respondent: an answer a question, as positions of options (0 = first), a number or words; None = none."""

    number: int
    started: datetime
    ended: datetime
    answers: tuple[Any, ...]

    @property
    def seconds(self) -> int:
        return int((self.ended - self.started).total_seconds())


@dataclass(frozen=True)
class Made:
    """A survey and its respondents."""

    questions: tuple[Asked, ...]
    given: tuple[Given, ...]


QUESTIONS = (
    Asked("single", "您的性别", ("男", "女")),
    Asked("single", "您多久来一次？", ("每周一次，或更多", "每月一次", "一年几次", "第一次来")),
    Asked("multi", "您用过哪些服务？（多选）", ("早餐", "停车", "健身房（含泳池、桑拿）", "洗衣", "接机")),
    Asked("scale", "您对本次服务的总体满意度", FIVE),
    Asked("matrix", "请评价以下各项", FIVE, ("前台办理", "客房卫生", "早餐品种")),
    Asked("matrix", "您是否同意以下说法", AGREE, ("价格公道", "位置方便")),
    Asked("nps", "您有多大可能把我们推荐给朋友？（0-10分）"),
    Asked("number", "您一共住了几晚？"),
    Asked("text", "您还有什么建议？"),
)
GRADES = ("Poor", "Fair", "Good", "Very good", "Excellent")
SATISFIED = ("Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied")
#: In English, with commas in options and rows, and a ranking; nothing says which questions have several answers.
ENGLISH = (
    Asked("single", "Which best describes you?", ("Employee, full-time", "Employee, part-time", "Student", "Retired")),
    Asked("multi", "Which features do you use", ("Search", "Reports, charts", "Export (CSV, XLSX)", "Alerts", "API")),
    Asked("scale", "How satisfied are you overall?", SATISFIED),
    Asked("matrix", "Please rate the following", GRADES, ("Speed", "Price", "Support, phone")),
    Asked("rank", "Rank these by importance", ("Price", "Quality", "Service", "Brand")),
    Asked("nps", "How likely are you to recommend us to a friend?"),
    Asked("single", "Have you contacted support?", ("Yes", "No")),
    Asked("number", "How old are you?"),
    Asked("text", "Any other comments?"),
)
#: In Chinese, in the fewest words: no cue of several answers, of a text or of a rating.
TERSE = (
    Asked("single", "性别", ("男", "女")),
    Asked("multi", "购买渠道", ("线上商城", "线下门店", "朋友代购", "其他")),
    Asked("scale", "产品质量", ("很差", "较差", "一般", "较好", "很好")),
    Asked("rank", "看重的因素", ("价格", "质量", "服务", "品牌")),
    Asked("nps", "推荐意愿打分"),
    Asked("text", "不满意的地方"),
)
_START = datetime.fromisoformat("2026-03-01")
TEXTS = (
    "前台很热情，下次还来",
    "空调太吵，半夜睡不着；换房也没用",
    "早餐种类偏少，建议增加热菜",
    "位置好找，停车要排队",
    "卫生间地漏有味道，希望处理一下",
    "没什么不满意的地方，继续保持",
    "房间隔音需要改进",
    "洗衣┋熨烫都收费，有点贵",
)


def make_survey(count: int, seed: int = 1, questions: Sequence[Asked] = QUESTIONS, blank: float = 0.05) -> Made:
    """Return a survey answered by `count` respondents; a share of `blank` of the answers is missing."""
    chance = random.Random(seed)
    given = []
    for number in range(1, count + 1):
        started = _START + timedelta(minutes=37 * number, seconds=chance.randrange(60))
        ended = started + timedelta(seconds=chance.randrange(40, 600))
        answers = tuple(None if chance.random() < blank else _answer(chance, asked) for asked in questions)
        given.append(Given(number, started, ended, answers))
    return Made(tuple(questions), tuple(given))


def _answer(chance: random.Random, asked: Asked) -> Any:
    if asked.kind == "multi":
        return tuple(sorted(chance.sample(range(len(asked.options)), chance.randint(1, len(asked.options)))))
    if asked.kind == "rank":
        return tuple(chance.sample(range(len(asked.options)), len(asked.options)))
    if asked.kind == "matrix":
        return tuple(chance.randrange(len(asked.options)) for _ in asked.rows)
    if asked.kind == "nps":
        return chance.randint(0, 10)
    if asked.kind == "number":
        return chance.randint(1, 14)
    if asked.kind == "text":
        return f"{chance.choice(TEXTS)}，我住{chance.randrange(100, 999)}房"
    return chance.randrange(len(asked.options))


def say(asked: Asked, answer: Any) -> str:
    """Return a single answer in words."""
    if answer is None:
        return ""
    return asked.options[answer] if asked.options else str(answer)


Write = Callable[[Any], list[str]]


def _join(asked: Asked, joiner: str, none: str = "", end: str = "") -> Write:
    """Return what writes several options into one cell."""
    return lambda a: [none if a is None else joiner.join(asked.options[x] for x in a) + end]


def _in_one(asked: Asked, joiner: str, end: str = "") -> Write:
    """Return what writes the answer into one cell, several options joined."""
    return _join(asked, joiner, end=end) if asked.kind in ("multi", "rank") else lambda a: [say(asked, a)]


def _mark(parts: Sequence[str], chosen: Callable[[int], str], other: str = "", none: str = "") -> Write:
    """Return what writes a cell an option."""
    places = range(len(parts))
    return lambda a: [none] * len(parts) if a is None else [chosen(x) if x in a else other for x in places]


def _number(parts: Sequence[str], none: str = "") -> Write:
    """Return what writes the rank of every option."""
    places = range(len(parts))
    return lambda a: [none] * len(parts) if a is None else [str(a.index(x) + 1) for x in places]


def _rows(asked: Asked, say_one: Callable[[int], str], none: str = "") -> Write:
    """Return what writes a cell a row of a matrix."""
    return lambda a: [none] * len(asked.rows) if a is None else [say_one(x) for x in a]


Spread = Callable[[int, Asked], tuple[list[str], Write]]


def lay_out(made: Made, spread: Spread, meta: Callable[[Given], list[str]], heads: Sequence[str]) -> Table:
    """Return the table whose columns `spread` makes of each question, behind those of the respondent."""
    columns = [spread(number, asked) for number, asked in enumerate(made.questions, start=1)]
    table = [[*heads, *(head for own, _ in columns for head in own)]]
    for given in made.given:
        cells = [cell for (_, write), answer in zip(columns, given.answers, strict=True) for cell in write(answer)]
        table.append([*meta(given), *cells])
    return table


WJX = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP")


def _wjx_meta(given: Given) -> list[str]:
    at = given.ended
    when = f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02}:{at.second:02}"
    return [str(given.number), when, f"{given.seconds}秒", "微信", "N/A", "198.51.100.7(浙江-杭州)"]


def as_wjx_text(made: Made) -> Table:
    """Return the export as text."""

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        head = f"{number}、{asked.stem}"
        if asked.kind == "matrix":
            return [f"{head}—{asked.rows[0]}", *asked.rows[1:]], _rows(asked, asked.options.__getitem__, "(空)")
        if asked.kind in ("multi", "rank"):
            return [head], _join(asked, "┋" if asked.kind == "multi" else "→", "(空)")
        return [head], lambda a: [say(asked, a) or "(空)"]

    return lay_out(made, spread, _wjx_meta, WJX)


def as_wjx_number(made: Made) -> Table:
    """Return the export by number: positions of options, and a column an option of a multiple choice."""

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        head = f"{number}、{asked.stem}"
        if asked.kind == "matrix":
            return [f"{head}—{asked.rows[0]}", *asked.rows[1:]], _rows(asked, lambda x: str(x + 1), "-2")
        heads = [f"{number}、({option})" for option in asked.options]
        if asked.kind == "multi":
            return heads, _mark(heads, lambda _: "1", "0", "-2")
        if asked.kind == "rank":
            return heads, _number(heads, "-2")
        if asked.kind == "nps" or asked.options:
            return [head], lambda a: ["-2" if a is None else str(a + 1)]
        return [head], lambda a: [say(asked, a) or "(空)"]

    return lay_out(made, spread, _wjx_meta, WJX)


def as_tencent_survey(made: Made) -> Table:
    """Return 腾讯问卷's export: letters before options, a column an option."""

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        def letter(x: int) -> str:
            return f"{chr(65 + x)}.{asked.options[x]}"

        head = f"{number}.{asked.stem}"
        if asked.kind == "multi":
            return [f"{head}:{option}" for option in asked.options], _mark(asked.options, letter)
        if asked.kind == "matrix":
            return [f"{head}:{row}" for row in asked.rows], _rows(asked, asked.options.__getitem__)
        return [head], lambda a: ["" if a is None else letter(a) if asked.options else str(a)]

    def meta(given: Given) -> list[str]:
        times = [f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02}" for at in (given.started, given.ended)]
        return [str(given.number), *times, str(given.seconds)]

    return lay_out(made, spread, meta, ("编号", "开始答题时间", "结束答题时间", "答题时长"))


def as_tencent_docs(made: Made) -> Table:
    """Return the sheet of 腾讯文档收集表, system columns first."""

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        if asked.kind == "matrix":
            return [f"{asked.stem}-{row}（必填）" for row in asked.rows], _rows(asked, asked.options.__getitem__)
        return [f"{asked.stem}（必填）"], _join(asked, "、") if asked.kind in ("multi", "rank") else lambda a: [
            say(asked, a)
        ]

    def meta(given: Given) -> list[str]:
        at = given.ended
        return [f"{at.year}年{at.month}月{at.day}日 {at.hour}:{at.minute:02}", f"用户{given.number}"]

    return lay_out(made, spread, meta, ("提交时间（自动）", "提交者（自动）"))


def as_google_forms(made: Made, stamp: str = "Timestamp") -> Table:
    """Return the sheet of a Google form."""

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        if asked.kind == "matrix":
            return [f"{asked.stem} [{row}]" for row in asked.rows], _rows(asked, asked.options.__getitem__)
        return [asked.stem], _in_one(asked, ", ")

    def meta(given: Given) -> list[str]:
        at = given.ended
        return [f"{at.month}/{at.day}/{at.year} {at.hour}:{at.minute:02}:{at.second:02}"]

    return lay_out(made, spread, meta, (stamp,))


MICROSOFT = ("ID", "Start time", "Completion time", "Email", "Name")


def as_microsoft_forms(made: Made, heads: Sequence[str] = MICROSOFT) -> Table:
    """Return the workbook of a Microsoft form."""

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        if asked.kind == "matrix":
            return list(asked.rows), _rows(asked, asked.options.__getitem__)
        return [asked.stem], _join(asked, ";", end=";") if asked.kind in ("multi", "rank") else lambda a: [
            say(asked, a)
        ]

    def meta(given: Given) -> list[str]:
        both = (given.started, given.ended)
        times = [f"{at.month}/{at.day}/{at:%y} {at.hour}:{at.minute:02}:{at.second:02}" for at in both]
        return [str(given.number), *times, "anonymous", ""]

    return lay_out(made, spread, meta, heads)


QUALTRICS = (
    ("StartDate", "Start Date", "startDate"), ("EndDate", "End Date", "endDate"), ("Status", "Response Type", "status"),
    ("Progress", "Progress", "progress"), ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"), ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"), ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
)  # fmt: skip


def as_qualtrics(made: Made, *, is_coded: bool = False, is_split: bool = True) -> Table:
    """Return the table with three heading lines, as words or as recodes."""
    names, texts = [name for name, _, _ in QUALTRICS], [text for _, text, _ in QUALTRICS]
    owns = [own for _, _, own in QUALTRICS]

    def head(number: int, asked: Asked, parts: Sequence[str]) -> None:
        own = f"QID{number}_TEXT" if asked.kind in ("text", "number") else f"QID{number}"
        for place, part in enumerate(parts, start=1):
            names.append(f"Q{number}_{place}")
            texts.append(f"{asked.stem} - {part}")
            owns.append(f"{own}_{place}")
        if not parts:
            names.append(f"Q{number}")
            texts.append(asked.stem)
            owns.append(own)

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        def word(x: int) -> str:
            return str(x + 1) if is_coded else asked.options[x]

        is_several = asked.kind == "rank" or (asked.kind == "multi" and is_split)
        parts = asked.rows or (asked.options if is_several else ())
        head(number, asked, parts)
        if asked.kind == "matrix":
            return [], _rows(asked, word)
        if asked.kind == "rank":
            return [], _number(parts)
        if asked.kind == "multi" and is_split:
            return [], _mark(parts, (lambda _: "1") if is_coded else asked.options.__getitem__)
        if asked.kind == "multi":
            return [], lambda a: ["" if a is None else ",".join(map(word, a))]
        return [], lambda a: ["" if a is None else word(a) if asked.options else str(a)]

    def meta(given: Given) -> list[str]:
        times = [f"{at:%Y-%m-%d %H:%M:%S}" for at in (given.started, given.ended)]
        status, finished = ("0", "1") if is_coded else ("IP Address", "True")
        state = [status, "100", str(given.seconds), finished]
        return [*times, *state, times[1], f"R_{given.number:015}", "anonymous", "ZH-S"]

    table = lay_out(made, spread, meta, ())
    return [names, texts, [json.dumps({"ImportId": own}) for own in owns], *table[1:]]


def as_surveymonkey(made: Made) -> Table:
    """Return the table with two heading lines."""
    heads = ["RespondentID", "CollectorID", "StartDate", "EndDate", "IP Address", "Email Address", "First Name"]
    heads += ["LastName", "Custom Data"]
    second = [""] * len(heads)

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        parts = asked.rows or (asked.options if asked.kind in ("multi", "rank") else ())
        if not parts:
            second.append("Open-Ended Response" if asked.kind in ("text", "number") else "Response")
            return [asked.stem], lambda a: [say(asked, a)]
        second.extend(parts)
        own = [asked.stem, *[""] * (len(parts) - 1)]
        if asked.kind == "matrix":
            return own, _rows(asked, asked.options.__getitem__)
        return own, _number(parts) if asked.kind == "rank" else _mark(parts, asked.options.__getitem__)

    def meta(given: Given) -> list[str]:
        times = [f"{at:%m/%d/%Y %I:%M:%S %p}" for at in (given.started, given.ended)]
        return [f"{11400000000 + given.number}", "400123456", *times, "", "", "", "", ""]

    table = lay_out(made, spread, meta, heads)
    return [table[0], second, *table[1:]]


LIMESURVEY = ("id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp")
LIMESURVEY_FULL = (
    "Response ID", "Date submitted", "Last page", "Start language", "Seed", "Date started", "Date last action",
)  # fmt: skip


def as_limesurvey(made: Made, *, is_full: bool = False) -> Table:
    """Return LimeSurvey's table with headings as code, or full."""

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        stem, gap = (asked.stem, " ") if is_full else (f"Q{number:02}", "")
        parts = asked.rows or (asked.options if asked.kind in ("multi", "rank") else ())
        names = list(parts) if is_full else [f"SQ{place:03}" for place in range(1, len(parts) + 1)]
        if asked.kind == "rank":
            names = [f"Rank {place}" if is_full else f"{place}" for place in range(1, len(parts) + 1)]
        heads = [f"{stem}{gap}[{name}]" for name in names]
        if asked.kind == "matrix":
            return heads, _rows(asked, asked.options.__getitem__)
        if asked.kind == "multi":
            return heads, _mark(parts, lambda _: "Y")
        if asked.kind == "rank":
            return heads, lambda a: [""] * len(parts) if a is None else [asked.options[x] for x in a]
        return [stem], lambda a: [say(asked, a)]

    def meta(given: Given) -> list[str]:
        times = [f"{at:%Y-%m-%d %H:%M:%S}" for at in (given.started, given.ended)]
        return [str(given.number), times[1], "4", "zh-Hans", str(9000 + given.number), times[0], times[1]]

    return lay_out(made, spread, meta, LIMESURVEY_FULL if is_full else LIMESURVEY)


def as_typeform(made: Made) -> Table:
    """Return the table of a newer Typeform: a matrix is as many questions."""

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        if asked.kind == "matrix":
            return [f"{asked.stem} {row}" for row in asked.rows], _rows(asked, asked.options.__getitem__)
        return [asked.stem], _in_one(asked, " / ")

    table = lay_out(made, spread, lambda given: [f"{given.number:032x}"], ("#",))
    table[0] += ["Start Date (UTC)", "Submit Date (UTC)", "Network ID"]
    for row, given in zip(table[1:], made.given, strict=True):
        row += [f"{at:%Y-%m-%d %H:%M:%S}" for at in (given.started, given.ended)] + [f"{given.number:010x}"]
    return table


def as_formbricks(made: Made) -> Table:
    """Return Formbricks' table."""
    heads = ("No.", "Response ID", "Timestamp", "Finished", "Survey ID", "Formbricks ID (internal)", "User ID", "Tags")

    def spread(number: int, asked: Asked) -> tuple[list[str], Write]:
        head = f"{number}. {asked.stem}"
        if asked.kind == "matrix":
            return [f"{head} - {row}" for row in asked.rows], _rows(asked, asked.options.__getitem__)
        return [head], _in_one(asked, "; ")

    def meta(given: Given) -> list[str]:
        return [
            str(given.number),
            f"r{given.number:020}",
            f"{given.ended:%Y-%m-%d %H:%M}",
            "Yes",
            "cl01survey",
            "",
            "",
            "",
        ]

    return lay_out(made, spread, meta, heads)


EXPORTS: dict[str, tuple[str, Callable[[Made], Table]]] = {
    "wjx text": ("wjx", as_wjx_text),
    "wjx number": ("wjx", as_wjx_number),
    "tencent_survey": ("tencent_survey", as_tencent_survey),
    "tencent_docs": ("tencent_docs", as_tencent_docs),
    "google_forms": ("google_forms", as_google_forms),
    "microsoft_forms": ("microsoft_forms", as_microsoft_forms),
    "qualtrics words": ("qualtrics", as_qualtrics),
    "qualtrics codes": ("qualtrics", lambda made: as_qualtrics(made, is_coded=True)),
    "qualtrics unsplit": ("qualtrics", lambda made: as_qualtrics(made, is_split=False)),
    "surveymonkey": ("surveymonkey", as_surveymonkey),
    "limesurvey code": ("limesurvey", as_limesurvey),
    "limesurvey full": ("limesurvey", lambda made: as_limesurvey(made, is_full=True)),
    "typeform": ("typeform", as_typeform),
    "formbricks": ("formbricks", as_formbricks),
}
