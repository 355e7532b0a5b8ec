"""The words of scales: which answers form a ladder from best to worst, and what a question's wording asks for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from feedback_engine.errors import LexiconError
from feedback_engine.ingest.cells import fold
from feedback_engine.resources import find_table, once_per_lexicons

#: `A.`, `A`, `B、`, `5分-` or `(3)` before an answer word, and `(5分)` or `5` behind it; of folded text.
_BEFORE = re.compile(r"\(?(?:[a-z]|\d{1,3})\)?(?:分|星)?[.、:=)\-—–,]+|\d{1,3}(?:分|星)?|[a-k](?=[\u4e00-\u9fff])")
_BEHIND = re.compile(r"[(=:,-]?\d{1,3}(?:分|星)?\)?$")
#: What may stand behind a question: (选填), and punctuation.
_ASIDE = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]\s*$")
_MARKS = " 是。.:?!…_*、,;吗呢么"
_KINDS = (
    "recommend",
    "rating",
    "count",
    "category",
    "scale",
    "nps",
    "choice",
    "fill",
    "multi",
    "rank",
    "file",
    "location",
    "text",
    "personal",
    "slider",
    "matrix",
    "open",
    "closed",
    "birth",
    "attention",
    "yes or no",
    "offer",
)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The answers of one scale; `steps` from the lowest to the highest, each with the words that mean it."""

    family: str
    steps: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def ratings(self) -> dict[str, int]:
        """Folded word → step, 1 = the lowest."""
        return {fold(word): step for step, words in enumerate(self.steps, start=1) for word in words}


@dataclass(frozen=True)
class ScaleWords:
    """All ladders in order of preference, and the cues of question wordings by kind."""

    ladders: tuple[Ladder, ...]
    ratings: tuple[dict[str, int], ...]
    #: Folded word → positions of the ladders that hold it.
    holders: dict[str, frozenset[int]]
    cues: dict[str, re.Pattern[str]]
    #: Traditional → simplified characters, and one kind of apostrophe.
    simplified: dict[int, str]
    #: Simplified → traditional characters.
    traditional: dict[int, str]

    def simplify(self, text: str) -> str:
        """Return the text in the characters that the words are written in."""
        return text.translate(self.simplified)

    def is_traditional(self, text: str) -> bool:
        """Whether the text is written in traditional characters."""
        return self.simplify(text) != text

    def find_ladders(self, words: Iterable[str]) -> list[int]:
        """Return the positions of the ladders that hold all these words, in order of preference."""
        held = [self.holders.get(word, frozenset()) for word in words]
        return sorted(frozenset.intersection(*held)) if held else []

    def word_of(self, value: str) -> str:
        """Return the answer word in a value such as `A.满意` or `满意(4分)`, folded; empty if there is none."""
        folded = self.simplify(fold(value))
        before = _BEFORE.match(folded)
        forms = [folded, _BEHIND.sub("", folded)]
        if before is not None:
            forms += [folded[before.end() :], _BEHIND.sub("", folded[before.end() :])]
        return next((form for form in forms if form in self.holders), "")

    def leaning(self, word: str) -> int:
        """Return 1 for a word of the upper half of its ladders, -1 of the lower, 0 for neither or both."""
        held = [(self.ratings[at][word], len(self.ladders[at])) for at in self.holders.get(word, ())]
        sides = {(2 * step > count + 1) - (2 * step < count + 1) for step, count in held}
        return sides.pop() if len(sides) == 1 else 0

    def has_cue(self, kind: str, text: str) -> bool:
        """Whether the text holds a cue of that kind."""
        return self.cues[kind].search(self.simplify(unicodedata.normalize("NFKC", text))) is not None

    def is_yes_or_no(self, value: str) -> bool:
        """Whether an answer is a plain yes or no, which has no degree."""
        return self.cues["yes or no"].fullmatch(self.simplify(fold(value))) is not None

    def asks_for_words(self, stem: str) -> bool:
        """Whether a question can only be answered in words of one's own: 您的意见和建议：, but not 是否采纳建议."""
        asked = _ASIDE.sub("", unicodedata.normalize("NFKC", stem)).rstrip(_MARKS)
        ends = any(match.end() == len(asked) for match in self.cues["open"].finditer(self.simplify(asked)))
        return ends and not self.has_cue("closed", asked)


@once_per_lexicons
def load_scale_words() -> ScaleWords:
    """Return the words of scales/labels.tsv and scales/heads.tsv of the lexicons in use; raises LexiconError."""
    return _load(*(find_table("scales", f"{name}.tsv") for name in ("labels", "heads", "traditional")))


@cache
def _load(labels: Path, heads: Path, characters: Path) -> ScaleWords:
    ladders = tuple(_ladders(labels))
    cues: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for place, cells in _rows(heads):
        if len(cells) != 2 or cells[0] not in cues or not cells[1]:
            raise LexiconError(f"{place}：应为两列：{'、'.join(_KINDS)} 之一，和一个词")
        cues[cells[0]].append(cells[1])
    simplified, traditional = _characters(characters)
    # Japanese words may hold characters that are traditional ones in Chinese.
    ratings = tuple({word.translate(simplified): step for word, step in ladder.ratings.items()} for ladder in ladders)
    patterns = {kind: _pattern(words) for kind, words in cues.items()}
    holders: dict[str, list[int]] = {}
    for position, words in enumerate(ratings):
        for word in words:
            holders.setdefault(word, []).append(position)
    held = {word: frozenset(positions) for word, positions in holders.items()}
    return ScaleWords(ladders, ratings, held, patterns, simplified, traditional)


def _characters(path: Path) -> tuple[dict[int, str], dict[int, str]]:
    """Return traditional → simplified, and simplified → the usual traditional form."""
    pairs = []
    for place, cells in _rows(path):
        if len(cells) != 2 or len(cells[0]) != 1 or not cells[1]:
            raise LexiconError(f"{place}：应为两列：一个简体字，和它的繁体字")
        pairs.append(cells)
    simplified = {ord(form): simple for simple, forms in pairs for form in forms}
    return {**simplified, ord("’"): "'"}, {ord(simple): forms[0] for simple, forms in pairs}


def _ladders(path: Path) -> list[Ladder]:
    ladders = []
    for place, cells in _rows(path):
        steps = tuple(tuple(word.strip() for word in cell.split("|")) for cell in reversed(cells[1:]))
        if len(steps) < 2 or any(not word for words in steps for word in words):
            raise LexiconError(f"{place}：应为量表名，再从好到差每级一格（Tab 分隔），同级的词用 | 分隔")
        folded = [fold(word) for words in steps for word in words]
        if twice := sorted({word for word in folded if folded.count(word) > 1}):
            raise LexiconError(f"{place}：{'、'.join(twice)} 在同一个量表里写了两次")
        ladders.append(Ladder(cells[0], steps))
    return ladders


def _rows(path: Path) -> list[tuple[str, list[str]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}：量表词表读不出来（{error}）；请恢复该文件，编码用 UTF-8") from error
    return [
        (f"{path}:{number}", [cell.strip() for cell in line.split("\t")])
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    ]


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Return what finds any of the words; a Latin one only as a whole word."""
    forms = [rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word) for word in words]
    return re.compile("|".join(forms) or r"(?!)", re.IGNORECASE)
