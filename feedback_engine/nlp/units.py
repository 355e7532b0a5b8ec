"""What a reader sees as one word: a noun of several words, a word with its denial; and what is no word to underline.

The segmenter parts 前台服务 and 不满意, and guesses words across a border (后少): here they are put together, or left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from feedback_engine.lexicon.model import Lexicon, Reach
from feedback_engine.lexicon.themes import ThemeRole, ThemeWords
from feedback_engine.nlp.dictionary import read_tags
from feedback_engine.nlp.wordroles import Role, find_role, is_opinion, unbind

#: Words and characters of a compound at most.
_MOST_WORDS, _MOST_CHARACTERS = 3, 8
#: Tokens before a denial in which another one turns its sense round: 没有什么不满意.
_TURN = 3
#: First letters of the parts of speech of characters that stand between words (后, 各, 并, 比, 几), and of amounts.
_BETWEEN, _AMOUNT = frozenset("cdfmpqruy"), frozenset("mq")
#: How verbs end that only lead to what is said next (送来, 走得).
_LEADS_ON = frozenset("得着了过到来去给在成为")
#: Characters of a name, the surname included.
_LONGEST_NAME, _BEFORE_SURNAME = 3, frozenset("小老阿")
_SHORTEST_LATIN = 3
_IS = "是"
#: Parts of speech of set phrases; "" is a guess.
_WEAK = ("", "i")


@dataclass(frozen=True, slots=True)
class Unit:
    """Tokens [first, last]; `codes` are what its words count as, synonyms being the same."""

    first: int
    last: int
    role: Role
    codes: tuple[str, ...]
    is_denied: bool = False
    #: Whether it says little or may be none: a guess of the segmenter, a set phrase. It makes no compound.
    is_weak: bool = False


class UnitFinder:
    """Finds the units of a text that has been cut into words."""

    def __init__(self, words: ThemeWords, lexicon: Lexicon, phrases: Collection[str]) -> None:
        """`phrases` are words of the industry; they are words whatever they look like."""
        self._words = words
        self._lexicon = lexicon
        self._phrases = phrases
        self._fillers = {word for word, role in words.roles.items() if role is ThemeRole.FILLER}
        near = {word for word, entry in lexicon.negation.items() if entry.reach is Reach.NEAR}
        self._denials = near | {w for w, r in words.roles.items() if r in (ThemeRole.DENIAL, ThemeRole.LACK)}

    def find(self, tokens: Sequence[str]) -> list[Unit]:
        """Return the units in their order."""
        found: list[Unit] = []
        for unit in self._deny(tokens):
            if found and self._belong(found[-1], unit, tokens):
                before = found[-1]
                codes = (*before.codes, *unit.codes)
                found[-1] = Unit(before.first, unit.last, Role.THING, codes, before.is_denied)
            else:
                found.append(unit)
        return found

    def _deny(self, tokens: Sequence[str]) -> Iterator[Unit]:
        """Yield each word with the denial before it, and leave out what is denied twice: it is neither."""
        denials: list[int] = []
        for at, token in enumerate(tokens):
            if token in self._denials:
                denials.append(at)
            elif not token.isalnum() and not token.isspace():
                denials = []
            unit = self._read(tokens, at)
            if unit is None:
                continue
            begin = denials[-1] if denials and self._are_fillers(tokens[denials[-1] + 1 : at]) else at
            is_turned = len(denials) > 1 and denials[-2] >= begin - _TURN
            if begin == at:
                yield unit
            elif tokens[begin][-1] == _IS and unit.role is Role.THING:
                yield unit  # 不是京东快递 speaks of it all the same
            elif not (is_turned or self._is_said_often("".join(tokens[begin : at + 1]))):
                yield Unit(begin, at, unit.role, unit.codes, is_denied=True)

    def _read(self, tokens: Sequence[str], at: int) -> Unit | None:
        """Return the word as a unit, None if it is none to underline."""
        word = tokens[at]
        if not word.isalpha() or word in self._denials or (word.isascii() and len(word) < _SHORTEST_LATIN):
            return None
        tag = read_tags().get(word, "")
        if not tag and word[0] in self._denials:
            return self._read_denied(word, at)
        name = unbind(self._words.synonyms.get(word, word), self._words, self._lexicon)
        role = find_role(name, self._words, self._lexicon, read_tags().get(name))
        is_word = word in self._phrases or is_opinion(word, self._lexicon) or word in self._words.roles
        if len(word) == 1 and word in self._words.heads:
            return Unit(at, at, Role.THING, (word,))
        if role < Role.THING or len(word) == 1 or self._is_amount(tokens, at, tag):
            return None
        if not is_word and (self._is_name(word, tag) or self._is_torn(word, tag)):
            return None
        return Unit(at, at, role, (name,), is_weak=not is_word and tag[:1] in _WEAK)

    def _read_denied(self, word: str, at: int) -> Unit | None:
        """Return a word with its denial that the segmenter has left together: 没退, 不满意."""
        if self._is_said_often(word):
            return None
        is_torn = word[-1] in _LEADS_ON or (len(word) == 2 and self._stands_between(word[-1]))
        return None if is_torn else Unit(at, at, Role.QUALITY, (word[1:],), is_denied=True)

    def _belong(self, before: Unit, unit: Unit, tokens: Sequence[str]) -> bool:
        """Return whether two units are one word: 前台 and 服务, 送餐 and 速度, 充电 and 桩."""
        wording = "".join(tokens[before.first : unit.last + 1])
        if before.last + 1 != unit.first or unit.is_denied or unit.role is not Role.THING:
            return False
        if wording in self._phrases:
            return True
        if len(before.codes) == _MOST_WORDS or len(wording) > _MOST_CHARACTERS or unit.codes[0] in before.codes:
            return False
        if tokens[unit.first] in self._words.heads:
            return before.role is not Role.QUALITY
        return before.role is Role.THING and not (before.is_weak or unit.is_weak)

    def _is_amount(self, tokens: Sequence[str], at: int, tag: str) -> bool:
        """Return whether it counts what is before it: 块钱 after 两."""
        before = tokens[at - 1] if at else ""
        is_number = bool(before) and (before[-1].isdigit() or read_tags().get(before, "")[:1] == "m")
        return is_number and (len(tokens[at]) == 1 or tag[:1] in _AMOUNT or tokens[at] in self._words.stop_words)

    def _is_name(self, word: str, tag: str) -> bool:
        """Return whether it is the name of a person: 李明, 小王; the dictionary holds 阳光 as one, too."""
        surnames = self._words.surnames
        is_nick = len(word) == 2 and word[1] in surnames
        has_surname = word[0] in surnames and 1 < len(word) <= _LONGEST_NAME
        return (not tag or tag.startswith("nr")) and (has_surname or (is_nick and word[0] in _BEFORE_SURNAME))

    def _is_torn(self, word: str, tag: str) -> bool:
        """Return whether it is a guess across a border of words, or a verb that only leads to what comes next."""
        if tag.startswith("v"):
            return word[-1] in _LEADS_ON
        ends = () if tag or word.isascii() else (word[0], word[-1])
        return any(self._stands_between(end) or end in _LEADS_ON for end in ends)

    def _stands_between(self, character: str) -> bool:
        is_listed = self._words.roles.get(character) in (ThemeRole.FILLER, ThemeRole.STOP)
        return is_listed or read_tags().get(character, "")[:1] in _BETWEEN

    def _is_said_often(self, word: str) -> bool:
        """Return whether it is a word that says nothing of its own; 不满意 does, though it makes no theme."""
        is_listed = word in self._words.stop_words or self._words.roles.get(word) is ThemeRole.STOP
        return is_listed and not is_opinion(word, self._lexicon)

    def _are_fillers(self, tokens: Sequence[str]) -> bool:
        return all(token in self._fillers for token in tokens)
