"""Writes the three example files of the hotel chain 云栖里酒店, which does not exist; the same bytes at every run.

    python examples/generate.py [FOLDER]

Every guest has a hidden opinion of each touchpoint; stars, labels and sentences all come from it, so that scores and
texts agree. In October queues at the front desk grow (the National Day week) and breakfast gets better (a new cook).
The dirt that real exports hold is added at the end, in fixed places.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import words

SEED = 20261031
#: Mean opinion, 1 to 5, in September and in October.
MEANS = {
    "booking": (4.0, 4.0), "check_in": (4.2, 2.9), "service": (4.1, 4.1), "room": (3.9, 3.9), "facilities": (3.4, 3.4),
    "cleanliness": (3.8, 3.8), "dining": (3.0, 4.2), "location": (4.3, 4.3), "quietness": (3.1, 3.1),
    "value_for_money": (3.7, 3.5), "parking": (3.4, 3.4), "complaint_handling": (3.2, 3.2), "membership": (3.6, 3.6),
}  # fmt: skip
HOTELS = {"云栖里·湖滨店": 0.3, "云栖里·老街店": 0.1, "云栖里·高铁站店": -0.1, "云栖里·会展店": -0.35}
#: How often guests write about a touchpoint of their own accord.
TALK = {
    "booking": 3, "check_in": 7, "service": 8, "room": 6, "facilities": 6, "cleanliness": 8, "dining": 7, "location": 6,
    "quietness": 5, "value_for_money": 4, "parking": 3, "complaint_handling": 2, "membership": 2,
}  # fmt: skip
LABELS = ("非常不满意", "不满意", "一般", "满意", "非常满意")
RATED = (
    "check_in", "service", "room", "facilities", "cleanliness", "dining", "quietness", "value_for_money", "parking",
    "complaint_handling",
)  # fmt: skip
SURVEY_HEAD = (
    "序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP",
    "1、您入住的门店是？", "2、您本次使用过哪些服务？（多选）",
    "3、请对本次入住的以下方面打分—前台办理速度", "4、员工服务态度", "5、客房舒适度", "6、房间设施", "7、卫生清洁",
    "8、早餐与餐饮", "9、夜间安静程度", "10、性价比", "11、停车便利", "12、问题与投诉的处理",
    "13、您对本次入住的总体满意度", "14、您有多大可能把云栖里酒店推荐给亲友？（0-10分）",
    "15、这次入住您最满意的是什么？", "16、您希望我们改进什么？",
)  # fmt: skip
CASE_HEAD = (
    "工单编号", "投诉主题", "投诉内容", "受理时间", "首次回复时间", "办结时间", "承办部门", "状态", "投诉类别", "门店",
)  # fmt: skip


@dataclass(frozen=True)
class Guest:
    """One guest: when, where, and a hidden opinion of each touchpoint, about 1 to 5."""

    at: datetime
    hotel: str
    opinions: dict[str, float]

    def rating(self, touchpoint: str) -> int:
        """The opinion as a whole number of points, 1 to 5."""
        return min(5, max(1, round(self.opinions[touchpoint])))

    @property
    def overall(self) -> float:
        """The opinion of the stay: touchpoints count as much as people talk of them."""
        return sum(self.opinions[t] * TALK[t] for t in TALK) / sum(TALK.values())


def lines(block: str) -> list[str]:
    """Return the clauses of a block, one a line."""
    return [line.strip() for line in block.strip().splitlines()]


def draw_moment(rng: random.Random, position: int, count: int) -> datetime:
    """Return a moment of September or October 2026, in the order of positions."""
    day = datetime(2026, 9, 1) + timedelta(days=61 * position // count)  # noqa: DTZ001  local time, as exports write it
    return day + timedelta(seconds=rng.randrange(7 * 3600, 23 * 3600 + 3000))


def draw_guest(rng: random.Random, at: datetime, spread: float = 0.5) -> Guest:
    """Return a guest with opinions round the month's means, the hotel's level and a mood of their own."""
    hotel = rng.choice(list(HOTELS))
    mood = rng.gauss(HOTELS[hotel], spread)
    october = int(at.month == 10)
    return Guest(at, hotel, {t: means[october] + mood + rng.gauss(0, 0.8) for t, means in MEANS.items()})


def say(rng: random.Random, guest: Guest, touchpoint: str) -> str:
    """Return a clause that fits the guest's opinion of the touchpoint."""
    rating = guest.rating(touchpoint)
    bank = words.PLEASED if rating >= 4 else words.INDIFFERENT if rating == 3 else words.DISPLEASED
    holiday = guest.at.month == 10 and guest.at.day <= 8
    return rng.choice([clause for clause in lines(bank[touchpoint]) if holiday or "国庆" not in clause])


def pick_topics(rng: random.Random, guest: Guest, count: int) -> list[str]:
    """Return the touchpoints that the guest writes about: the talked-of and the remarkable ones first."""
    urge = {t: rng.random() ** (1 / (TALK[t] * (0.3 + abs(guest.opinions[t] - 3)))) for t in TALK}
    return sorted(urge, key=lambda t: -urge[t])[:count]


def write_review(rng: random.Random, guest: Guest) -> str:
    """Return what the guest writes: one to four clauses, joined as people join them."""
    topics = pick_topics(rng, guest, rng.choice((1, 1, 2, 2, 2, 3, 3, 4)))
    text = rng.choice(lines(words.OPENERS)) + "，" if rng.random() < 0.3 else ""
    text = "" if "国庆" in text and not (guest.at.month == 10 and guest.at.day <= 8) else text
    for before, topic in zip([None, *topics], topics, strict=False):
        text += join(rng, guest, before, topic) + say(rng, guest, topic)
    return text + end(rng, guest)


def join(rng: random.Random, guest: Guest, before: str | None, topic: str) -> str:
    """Return the conjunction between two clauses: a contrast where the opinion turns."""
    if before is None:
        return ""
    was_good, is_good = guest.rating(before) >= 4, guest.rating(topic) >= 4
    if was_good == is_good:
        return rng.choice(("，", "，", "，", "；", "，另外", "。"))
    return rng.choice(("，但是", "，但", "，不过", "，好在") if is_good else ("，但是", "，不过", "，就是", "，可惜"))


def end(rng: random.Random, guest: Guest) -> str:
    """Return how the text ends."""
    if rng.random() < 0.6:
        return rng.choice(("。", "。", "", "！", "～"))
    if guest.overall >= 3.9:
        return "，" + rng.choice(lines(words.HAPPY_ENDINGS)) + rng.choice(("。", "！", "😊", "👍"))
    if guest.overall <= 3.0:
        return "，" + rng.choice(lines(words.UNHAPPY_ENDINGS)) + rng.choice(("。", "！", "😡", ""))
    return "。"


# --- the questionnaire ---------------------------------------------------------------------------------------------


def make_survey(rng: random.Random, count: int = 318) -> list[list[str | int]]:
    """Return the rows of the 问卷星 export, heading first."""
    number, rows = 1, []
    for position in range(count):
        number += rng.choice((1, 1, 1, 1, 2))  # answers that were deleted leave gaps
        rows.append(make_answer(rng, draw_guest(rng, draw_moment(rng, position, count)), number))
    soil_survey(rows)
    return [list(SURVEY_HEAD), *rows]


def make_answer(rng: random.Random, guest: Guest, number: int) -> list[str | int]:
    """Return one answered questionnaire."""
    at = guest.at
    source, detail = rng.choice((("微信", "直接访问"), ("微信", "好友分享"), ("手机提交", "直接访问"), ("链接", "N/A")))
    place = rng.choice(("浙江-杭州", "上海-上海", "江苏-苏州", "四川-成都", "广东-深圳", "北京-北京", "湖北-武汉"))
    used = [s for s, p in (("早餐", 0.7), ("停车场", 0.4), ("健身房", 0.2), ("洗衣房", 0.15)) if rng.random() < p]
    return [
        number, f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}", f"{rng.randrange(35, 400)}秒", source, detail,
        f"192.0.2.{rng.randrange(1, 255)}({place})", guest.hotel, "┋".join(used) or "(空)",
        *(rate(rng, guest, touchpoint, used) for touchpoint in RATED),
        LABELS[min(5, max(1, round(guest.overall))) - 1], recommend(rng, guest), *write_answers(rng, guest),
    ]  # fmt: skip


def rate(rng: random.Random, guest: Guest, touchpoint: str, used: list[str]) -> str:
    """Return the label for one item: skipped by the questionnaire's logic, not experienced, left empty, or answered."""
    if touchpoint == "dining" and "早餐" not in used:
        return "(跳过)"
    if touchpoint == "parking" and "停车场" not in used:
        return "未体验"
    if touchpoint == "complaint_handling" and rng.random() < 0.7:
        return "未体验"
    return "(空)" if rng.random() < 0.015 else LABELS[guest.rating(touchpoint) - 1]


def recommend(rng: random.Random, guest: Guest) -> str:
    """Return the answer to the 0-10 question, as text exports write it."""
    return f"{min(10, max(0, round((guest.overall - 1) * 2.6 + rng.gauss(0.6, 0.9))))}分"


def write_answers(rng: random.Random, guest: Guest) -> tuple[str, str]:
    """Return the answers to the two open questions."""
    ranked = sorted(TALK, key=lambda t: guest.opinions[t])
    praise = "，".join(say(rng, guest, t) for t in ranked[-rng.choice((1, 1, 2)) :] if guest.rating(t) >= 4)
    blame = write_blame(rng, guest, ranked[0])
    filler = lines(words.SHORT)
    return (
        (praise or rng.choice(filler)) if rng.random() < 0.75 else "(空)",
        blame if rng.random() < 0.7 else rng.choice(("(空)", "(空)", "(空)", "无", rng.choice(filler))),
    )


def write_blame(rng: random.Random, guest: Guest, worst: str) -> str:
    """Return what the guest wants better: the mishap, a wish, or both."""
    wish = rng.choice(lines(words.WISHES[worst]))
    if guest.rating(worst) >= 3:
        return wish
    return rng.choice((say(rng, guest, worst), f"{say(rng, guest, worst)}，{wish}", wish))


def soil_survey(rows: list[list[str | int]]) -> None:
    """Put into fixed rows what real exports hold."""
    rows[40][1] = "2026/9/31 10:20:05"
    rows[57][11] = rows[203][9] = "7分"
    for row, mark in ((12, "   "), (77, "😊😊"), (150, "\u3000"), (222, "\n谢谢")):
        rows[row][20] = str(rows[row][20]) + mark
    rows[99][19] = "１０分"
    rows[131][21] = "早餐８点半就没菜了，希望延长到１０点，另外２楼走廊太吵"
    rows[170][20:] = ["=早餐好吃", "+停车方便就更好了"]
    rows.append(list(rows[88]))


# --- the complaint log -------------------------------------------------------------------------------------------


def make_cases(rng: random.Random, count: int = 158) -> list[list[str]]:
    """Return the rows of the complaint log, heading first."""
    rows = [make_case(rng, draw_moment(rng, position, count), position) for position in range(count)]
    soil_cases(rows)
    return [list(CASE_HEAD), *rows]


def make_case(rng: random.Random, at: datetime, position: int) -> list[str]:
    """Return one complaint; front-desk queues are the most frequent in October, breakfast is never among them."""
    october = at.month == 10
    odds = {"卫生问题": 5, "设施故障": 6, "服务态度": 4, "入住办理": 9 if october else 2, "噪音扰民": 5}
    kind = rng.choices(list(words.CASES), [odds.get(kind, 3) for kind in words.CASES])[0]
    title, department, happenings = words.CASES[kind]
    replied = at + timedelta(minutes=int(rng.lognormvariate(4.2, 1.0)))
    closed = replied + timedelta(hours=int(rng.lognormvariate(3.2, 0.9)))
    is_open = at > datetime(2026, 10, 27) and rng.random() < 0.5  # noqa: DTZ001
    happening = re.sub("^客人(反映|称)?", "", rng.choice(lines(happenings)))
    text = f"{rng.choice(words.CALLERS)}{happening}。"
    text += "" if "要求" in happening else f"{rng.choice(lines(words.DEMANDS))}。"
    return [
        f"YX{at:%Y%m}{position + 1:05}", title, text, f"{at:%Y-%m-%d %H:%M}", f"{replied:%Y-%m-%d %H:%M}",
        "" if is_open else f"{closed:%Y-%m-%d %H:%M}", department, "处理中" if is_open else "已办结", kind,
        rng.choice(list(HOTELS)),
    ]  # fmt: skip


def soil_cases(rows: list[list[str]]) -> None:
    """Put into fixed rows what real logs hold."""
    rows[5][1], rows[5][6], rows[5][8] = "房间设施损坏", "工程部", "设施故障"
    rows[5][2] = "客人反映两件事：\n1. 淋浴忽冷忽热，报修无人上门；\n2. 前台说“明天再说”，态度很差。\n要求换房,并道歉。"
    rows[23][2] = rows[23][2].replace("。", "，联系电话13800138000，邮箱guest@example.com。", 1)
    rows[61][2] = rows[118][2] = ""
    rows[44][5] = "2026-09-01 08:00"  # closed before it was opened
    rows[90][0] = "2.02610E+14"  # what a spreadsheet makes of a long number
    rows[102][3] = "2026年10月9日 14:05"
    rows.extend((list(rows[30]), list(rows[75])))


def write_cases(rows: list[list[str]]) -> bytes:
    """Return the log as GB18030 CSV with one line that breaks off."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    text = out.getvalue() + "YX20261099999,房间设施损坏,客人反映\r\n"
    return text.encode("gb18030")


# --- the reviews ---------------------------------------------------------------------------------------------------


def make_reviews(rng: random.Random, count: int = 290) -> list[dict[str, object]]:
    """Return the reviews as the objects of a JSON lines file."""
    reviews = [make_review(rng, draw_moment(rng, position, count), position) for position in range(count)]
    soil_reviews(reviews)
    return reviews


def make_review(rng: random.Random, at: datetime, position: int) -> dict[str, object]:
    """Return one review; the overall opinion gives the stars."""
    guest = draw_guest(rng, at, spread=0.9)  # those who write reviews feel more strongly
    return {
        "id": f"r{880000 + position * 7}",
        "author": invent_name(rng),
        "time": rng.choice(TIME_FORMS)(at),
        "stars": min(5, max(1, round((guest.overall - 3.6) * 1.7 + 3.7))),
        "text": write_review(rng, guest),
        "likes": str(int(rng.paretovariate(0.9)) - 1),
        "target": guest.hotel,
    }


def invent_name(rng: random.Random) -> str:
    """Return a nickname that belongs to nobody we know."""
    return (
        rng.choice(lines(words.NICK_HEADS))
        + rng.choice(words.NICK_TAILS)
        + rng.choice(("", "", str(rng.randrange(90))))
    )


TIME_FORMS: tuple[Callable[[datetime], object], ...] = (
    lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
    lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
    lambda at: f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M}",
    lambda at: f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}",
    lambda at: f"{at:%Y-%m-%dT%H:%M:%S}+08:00",
    lambda at: int(at.replace(tzinfo=timezone(timedelta(hours=8))).timestamp()),
)


def soil_reviews(reviews: list[dict[str, object]]) -> None:
    """Put into fixed places what review crawls hold."""
    reviews[17]["likes"], reviews[140]["likes"] = "1.2万", "2.3k"
    reviews[33]["text"], reviews[180]["text"] = "", "   "
    reviews[52]["text"] = reviews[201]["text"] = reviews[260]["text"] = "此用户没有填写评价。"
    for position, text in zip((20, 66, 111, 155, 190, 245), lines(words.TRADITIONAL), strict=True):
        reviews[position]["text"] = text
        reviews[position]["stars"] = (5, 3, 1, 5, 2, 5)[(20, 66, 111, 155, 190, 245).index(position)]
    for position, text, stars in ((8, "👍👍👍", 5), (92, "不是不满意，就是早餐可以再丰富一点", 4), (134, "😡😡", 1)):
        reviews[position].update(text=text, stars=stars)
    reviews.append(dict(reviews[77]))


def write_reviews(reviews: list[dict[str, object]]) -> bytes:
    """Return the reviews as JSON lines, one of them cut off."""
    rows = [json.dumps(review, ensure_ascii=False) for review in reviews]
    rows.insert(150, rows[149][:70])
    return ("\n".join(rows) + "\n").encode()


def write_survey(rows: list[list[str | int]], path: Path) -> None:
    """Write the questionnaire as a workbook whose bytes do not depend on the day."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"created": datetime(2026, 11, 1)})  # noqa: DTZ001
        sheet = workbook.add_worksheet("Sheet1")
        for position, row in enumerate(rows):
            sheet.write_row(position, 0, row)


def main(folder: Path) -> None:
    """Write the three files into the folder; each has a random stream of its own."""
    survey, cases, reviews = (random.Random(SEED + stream) for stream in range(3))  # noqa: S311
    write_survey(make_survey(survey), folder / "满意度问卷_按文本.xlsx")
    (folder / "投诉记录.csv").write_bytes(write_cases(make_cases(cases)))
    (folder / "点评.jsonl").write_bytes(write_reviews(make_reviews(reviews)))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
