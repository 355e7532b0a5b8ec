"""Reviews written by us, enough of them to learn from: every combination of a subject, a degree and a verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path

HOTEL = ("房间", "前台", "早餐", "浴室", "大堂")
SHOP = ("快递", "包装", "裙子", "客服", "面料")
DEGREES = ("很", "真的", "非常", "有点", "特别")
GOOD = ("好", "满意", "舒服", "漂亮", "贴心")
BAD = ("差", "糟糕", "失望", "难受", "敷衍")


def review_rows(subjects: Sequence[str], domain: str) -> list[dict[str, object]]:
    return [
        {"text": f"{subject}{degree}{word}，{subject}说明", "label": label, "domain": domain}
        for label, words in ((1, GOOD), (0, BAD))
        for subject, degree, word in product(subjects, DEGREES, words)
    ]


def write_rows(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path
