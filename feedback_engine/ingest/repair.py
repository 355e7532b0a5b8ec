"""Damage that texts bring along from the tools that copied them, undone where it can be, counted where it cannot.

Pinyin that a converter put behind a character (關(guān)系); stretches of GBK read one byte late (??蛻舻 = 。客戶的); a
whole file of UTF-8 read as GBK (寰崥 = 微博). Every change is logged, and positions lead back to the original.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple


class Change(NamedTuple):
    """A repair: [start, end) of the original, what stood there, what stands there now, and why."""

    start: int
    end: int
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired text and its log."""

    text: str
    changes: tuple[Change, ...]
    #: For each character of `text`, and for its end, the position in the original.
    offsets: Sequence[int]


PINYIN, MISALIGNED = "删去插入的拼音", "GBK 错位一字节"
#: What a byte that is lost for good becomes.
UNKNOWN = "\ufffd"

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_SYLLABLE = (
    rf"(?=[a-zü]{{0,5}}[{_TONED}])(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?[iuü]?[aeiouü{_TONED}]{{1,2}}[iou]?(?:ng|n|r)?"
)
_INSERTED = re.compile(rf"(?<=[\u3400-\u9fff])[（(]{_SYLLABLE}[)）]")
#: Where a stretch may start: the first byte of a character is lost; what followed it may be the rest of an insertion.
_LOST_BYTE = re.compile(rf"(?<=[\u3400-\u9fff)）])\?(?:{_SYLLABLE}[)）])?(?=[?\u0400-\u9fff\ue000-\uf8ff])")
_LOST_END = re.compile(rf"\?(?:{_SYLLABLE}[)）])?")
_MAX_STRETCH = 60
#: What a stretch may have harmed is no evidence for another.
_SUSPECT = re.compile(r"\?[^\s,，。?]{0,12}")
_LEADS, _TRAILS = range(0x81, 0xFF), (*range(0x40, 0x7F), *range(0x80, 0xFF))
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》【】…—·￥％")
_SAMPLE = 20_000
#: Where bytes are missing the one before may have been completed by a stranger.
_BEFORE_LOSS = re.compile(rf"[\u3400-\u9fff](?={UNKNOWN})")
_QUESTION_MARKS = re.compile(r"\?{2,}")
_ASKS = re.compile(r"[吗呢么嘛什怎哪谁何几]")


def repair_text(text: str) -> Repaired:
    """Return the text without inserted pinyin and with misaligned GBK put right, as far as it can be told.

    The characters that surround a stretch decide what its lost bytes were; the more text, the surer. A character that
    stays unknown becomes U+FFFD. Brackets such as (微信) or (good) are left alone.
    """
    changes = [Change(*match.span(), match[0], "", PINYIN) for match in _INSERTED.finditer(text)]
    if "?" in text:
        changes = sorted(changes + _find_stretches(text))
    return _apply(text, changes)


def has_insertions(text: str) -> bool:
    """Whether pinyin stands in brackets behind a hanzi: the sign of a text that needs `repair_text`."""
    return ("(" in text or "（" in text) and _INSERTED.search(text) is not None


def _apply(text: str, changes: list[Change]) -> Repaired:
    if not changes:
        return Repaired(text, (), range(len(text) + 1))
    parts: list[str] = []
    offsets: list[int] = []
    end = 0
    for change in changes:
        parts += (text[end : change.start], change.after)
        offsets += range(end, change.start)
        offsets += (min(change.start + place, change.end - 1) for place in range(len(change.after)))
        end = change.end
    return Repaired("".join((*parts, text[end:])), tuple(changes), [*offsets, *range(end, len(text) + 1)])


# --- GBK read one byte late


class _Context:
    """Which characters stand beside which in the sound part of the text."""

    def __init__(self, text: str) -> None:
        sound = _SUSPECT.sub("\n", _INSERTED.sub("", text))
        self.pairs = Counter(pairwise(sound))
        self.characters = Counter(sound)

    def weigh(self, before: str, character: str, after: str) -> int:
        """Return how well the character stands between its neighbours; 0 = no sign of it."""
        return self.pairs[before, character] + self.pairs[character, after]

    def count_strange(self, text: str) -> int:
        """Return how many of the text's characters, and of its neighbours, occur nowhere else."""
        alone = sum(character not in self.characters for character in text)
        return alone + sum(pair not in self.pairs for pair in pairwise(text))


def _is_usual(character: str) -> bool:
    """Whether the character is of the 3,755 usual ones of GB 2312, of the 5,401 of Big5, or no hanzi."""
    if not "\u3400" <= character <= "\u9fff":
        return character.isascii() or character in _PUNCTUATION
    simplified, traditional = _encode(character, "gb2312"), _encode(character, "big5")
    return b"\xb0" <= simplified[:1] <= b"\xd7" or b"\xa4" <= traditional[:1] <= b"\xc6"


def _encode(character: str, encoding: str) -> bytes:
    return character.encode(encoding, "ignore")


def _find_stretches(text: str) -> list[Change]:
    context: _Context | None = None
    found: list[Change] = []
    for match in _LOST_BYTE.finditer(text):
        if found and match.start() < found[-1].end:
            continue
        stretch = _read_stretch(text, match)
        if stretch is None or all(map(_is_usual, text[match.start() : stretch.end])):
            continue
        context = context or _Context(text)
        best = _read_best(stretch, _character_before(text, match.start()), _character_at(text, stretch.end), context)
        if best and all(character == UNKNOWN or _is_usual(character) for character in best):
            found.append(Change(match.start(), stretch.end, text[match.start() : stretch.end], best, MISALIGNED))
    return found


def _read_best(stretch: _Stretch, before: str, after: str, context: _Context) -> str:
    """Return the reading with the fewest strange neighbours; one over a gap must save some."""
    whole = _read_anew(stretch, before, after, context)
    strange = context.count_strange(before + whole + after) if whole else _MAX_STRETCH
    readings = [(strange, whole)]
    for place in range(2, len(stretch.known), 2) if strange > 1 else ():
        if bridged := _read_over_gap(stretch, place, before, after, context):
            readings.append((context.count_strange(before + bridged + after) + 1, bridged))
    return min(readings, key=itemgetter(0))[1]


class _Stretch(NamedTuple):
    """Its known bytes behind the lost first one, where it ends, and whether its last byte is lost too."""

    known: bytes
    end: int
    is_end_lost: bool


def _read_stretch(text: str, match: re.Match[str]) -> _Stretch | None:
    """Return the stretch: two-byte characters up to the single byte that completes the last one."""
    known, place = b"", match.end()
    if text[place] == "?":  # A3BF, the full-width ？, narrowed by the same tool
        known, place = b"\xa3\xbf", place + 1
    while place < min(len(text), match.end() + _MAX_STRETCH):
        if known and (lost := _LOST_END.match(text, place)) is not None:
            return _Stretch(known, lost.end(), True)
        encoded = _encode(text[place], "gbk")
        if len(encoded) == 1:
            is_second = len(known) >= 2 and 0x40 <= encoded[0] <= 0x7E
            return _Stretch(known + encoded, place + 1, False) if is_second else None
        if not encoded:
            return None
        known, place = known + encoded, place + 1
    return None


def _character_before(text: str, place: int) -> str:
    """Return the character before `place`, pinyin inserted behind it aside."""
    return _INSERTED.sub("", text[max(0, place - 12) : place])[-1:]


def _character_at(text: str, place: int) -> str:
    """Return the character at `place`, pinyin inserted there aside."""
    inserted = _INSERTED.match(text, place)
    return text[inserted.end() if inserted else place :][:1]


def _read_anew(stretch: _Stretch, before: str, after: str, context: _Context) -> str:
    """Return the stretch read from its lost byte on, or an empty text where that is no GBK."""
    last = stretch.known[-1:] if stretch.is_end_lost else b""
    middle = _decode(stretch.known[1 : len(stretch.known) - len(last)])
    if not middle and len(stretch.known) > 2:
        return ""
    first = _choose(((bytes((lead,)) + stretch.known[:1]) for lead in _LEADS), before, middle[:1] or after, context)
    if not last:
        return first + middle
    return first + middle + _choose((last + bytes((trail,)) for trail in _TRAILS), (first + middle)[-1], after, context)


def _read_over_gap(stretch: _Stretch, place: int, before: str, after: str, context: _Context) -> str:
    """Return the stretch with two bytes taken to be lost at `place`: a character for private use was dropped there."""
    head = _Stretch(stretch.known[:place], stretch.end, True)
    rest = _decode(stretch.known[place + 1 :])
    if stretch.is_end_lost or (not rest and place + 1 < len(stretch.known)):
        return ""
    follower = rest[:1] or after
    seconds = [bytes((lead,)) + stretch.known[place : place + 1] for lead in _LEADS]
    options = []
    for second in filter(None, map(_decode, seconds)):
        if context.characters[second]:
            first = _read_anew(head, before, second, context)
            strange = context.count_strange(before + first + second + follower)
            options.append((-strange, context.characters[second], first + second + rest))
    return max(options, default=(0, 0, ""))[2]


def _choose(candidates: Iterable[bytes], before: str, after: str, context: _Context) -> str:
    """Return the candidate that stands best between its neighbours, U+FFFD where none has been seen there."""
    weights = {
        character: context.weigh(before, character, after) for code in candidates if (character := _decode(code))
    }
    best = max(weights, key=weights.__getitem__, default=UNKNOWN)
    return best if weights.get(best) else UNKNOWN


def _decode(code: bytes) -> str:
    try:
        return code.decode("gbk")
    except UnicodeDecodeError:
        return ""


# --- a whole file of UTF-8 read as GBK


def unmojibake(text: str) -> str:
    """Return the text read as the UTF-8 it was, if it is UTF-8 read as GBK; else the text itself.

    Meant for whole files: the evidence is that encoding it back gives UTF-8 nearly without a fault, which honest
    Chinese of more than a few characters never does. Characters lost by the first reading come back as U+FFFD.
    """
    return reread_as_utf8(text) if _looks_like_mojibake(text[:_SAMPLE]) else text


def reread_as_utf8(text: str) -> str:
    """Return a text that is known to be UTF-8 read as GBK as it was."""
    return _BEFORE_LOSS.sub(lambda found: found[0] if _is_usual(found[0]) else "", _reread(text))


def _reread(text: str) -> str:
    return b"\xff".join(part.encode("gb18030", "ignore") for part in text.split(UNKNOWN)).decode("utf-8", "replace")


def _looks_like_mojibake(text: str) -> bool:
    reread = _reread(text)
    foreign = sum(character > "\x7f" for character in text)
    gained = sum("\u3400" <= character <= "\u9fff" or character in _PUNCTUATION for character in reread)
    return foreign >= 4 and gained >= 0.3 * foreign and reread.count(UNKNOWN) <= 1.2 * gained


# --- what is only counted


def count_lost_emoji(texts: Iterable[str]) -> int:
    """Return how many pairs or longer runs of ASCII question marks may be emoji lost to a narrow encoding.

    A run counts where the text has no question: many ask ??? in anger, so it is a hint for a warning, no repair.
    """
    return sum(len(_QUESTION_MARKS.findall(text)) for text in texts if "??" in text and not _ASKS.search(text))
