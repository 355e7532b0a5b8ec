"""The opinions of a clause: words of the lexicon with negation, degree, question, wish and irony applied."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from feedback_engine.domain import Span
from feedback_engine.lexicon.matcher import Match
from feedback_engine.lexicon.model import Entry, Reach, WordKind
from feedback_engine.nlp.reading import Reading, Word

#: How many unmatched characters may stand between a modifier and what it acts upon.
_NEGATION_REACH, _DEGREE_REACH = 5, 2
#: A degree word between negation and opinion (不是很好) softens the denial instead of raising it.
_DENIED_DEGREE = 0.7
#: What a favourable word is worth in a question, and in ironical quotation marks.
_QUESTION, _IRONY = 0.4, -0.9
#: What one is worth right after a phrase that ends in a negation: 投诉…没 + 解决.
_DENIED = -0.9
#: Only so many modifiers in a row are read; more of them (好好好好…) is play.
_MOST_MODIFIERS = 6
#: No opinion is stronger than this, however many degree words it has.
_STRONGEST = 1.5
_QUOTES = "\"'"

KIND_NAMES = {
    WordKind.WAITING: "等待无人理",
    WordKind.PROMISE: "承诺未兑现",
    WordKind.COMPARISON: "比较",
    WordKind.RHETORIC: "反问反语",
    WordKind.DEMAND: "诉求",
    WordKind.REQUEST: "请求",
    WordKind.WISH: "愿望建议",
}
#: What asks for something; a denied one says nothing.
DEMANDS = (WordKind.DEMAND, WordKind.REQUEST)


class Opinion(NamedTuple):
    """An opinion with its signed strength; positions in the folded text, modifiers included."""

    start: int
    end: int
    value: float
    #: What was read, and how, in words: 『没解决』(否定『没』+『解决』).
    quoted: str
    notes: tuple[str, ...]
    kind: WordKind
    #: Where the opinion word itself stands, without its modifiers.
    word: Span

    @property
    def rule(self) -> str:
        """The rule in Chinese words, with the sign it leads to."""
        sign = "正面" if self.value > 0 else "负面"
        return f"{sign}:『{self.quoted}』" + (f"({','.join(self.notes)})" if self.notes else "")

    def scaled(self, factor: float, note: str) -> Opinion:
        """Return the opinion with its strength times `factor`, and why."""
        return self._replace(value=self.value * factor, notes=(*self.notes, note))


def find_opinions(reading: Reading) -> list[list[Opinion]]:
    """Return the opinions of each clause of the text."""
    denials: dict[int, Word] = {}
    found = [_opinions_of_clause(reading, number, denials) for number in range(len(reading.clauses))]
    has_negative = any(opinion.value < 0 for clause in found for opinion in clause)
    return [
        [_read_irony(reading, number, opinion, has_negative) for opinion in clause]
        for number, clause in enumerate(found)
    ]


def _opinions_of_clause(reading: Reading, number: int, denials: dict[int, Word]) -> list[Opinion]:
    """Return the clause's opinions; `denials` notes where in the text a phrase such as 投诉…没 leaves off."""
    matches, is_question = reading.words[number], reading.clauses[number].is_question
    opinions: list[Opinion] = []
    wish: Entry | None = None
    for position, match in enumerate(matches):
        entry = _opinion_entry(matches, position)
        opinion = None if entry is None else _read_opinion(reading.folded.text, matches, position, entry)
        if match.value.is_open_denial:
            denials[match.end] = match.value
        if opinion is not None:
            denial = denials.get(match.start)
            if denial is not None and opinion.value > 0:
                opinion = opinion.scaled(_DENIED, f"『{denial.term}』之后")
            if wish is not None and opinion.value > 0:
                opinion = opinion.scaled(wish.weight, f"『{wish.term}』之后")
            weakened = is_question and opinion.value > 0
            opinions.append(opinion.scaled(_QUESTION, "疑问句减弱") if weakened else opinion)
        negation = match.value.negation
        if wish is None and negation is not None and negation.reach is Reach.CLAUSE:
            wish = negation
    return opinions


def _opinion_entry(matches: Sequence[Match[Word]], position: int) -> Entry | None:
    """Return the entry if the match is used as an opinion: the 好 of 好慢 only says how slow."""
    match = matches[position]
    if match.value.opinion is None or not match.value.opinion.weight:
        return None
    if not match.value.is_modifier or position + 1 == len(matches):
        return match.value.opinion
    following = matches[position + 1]
    is_after = following.value.degree is not None and following.value.degree.reach is Reach.AFTER
    return match.value.opinion if following.start > match.end or is_after else None


def _read_opinion(text: str, matches: Sequence[Match[Word]], position: int, entry: Entry) -> Opinion | None:
    """Return the opinion at `position` with all that acts upon it; None for a demand that is denied."""
    match = matches[position]
    if entry.kind in DEMANDS and is_denied(matches, position):
        return None
    start, factor, parts = _modifiers_before(matches, position, entry)
    end = match.end
    after = _degree_after(matches, position)
    if after is not None:
        end, factor = after.end, factor * after.value.degree_weight
    value = max(-_STRONGEST, min(_STRONGEST, entry.weight * factor))
    if parts or after or match.value.parts:
        parts.append(match.value.parts or f"『{match.value.term}』")
        parts += [f"程度『{after.value.term}』"] if after is not None else []
    notes = ["+".join(parts)] if parts else []
    if entry.kind in KIND_NAMES:
        notes.append(KIND_NAMES[entry.kind])
    return Opinion(start, end, value, quote(text[start:end]), tuple(notes), entry.kind, Span(match.start, match.end))


def is_denied(matches: Sequence[Match[Word]], position: int) -> bool:
    """Return whether a negation stands right before what is demanded: 不用退款."""
    if not position:
        return False
    before, negation = matches[position - 1], matches[position - 1].value.negation
    near = matches[position].start - before.end <= _DEGREE_REACH
    return near and negation is not None and negation.reach is Reach.NEAR and negation.weight < 0


def _modifiers_before(matches: Sequence[Match[Word]], position: int, entry: Entry) -> tuple[int, float, list[str]]:
    """Walk back over what acts upon the opinion; return where that begins, its factor, and its parts in words."""
    left, factor, pending, parts = matches[position].start, 1.0, 1.0, list[str]()
    for at in range(position - 1, max(-1, position - 1 - _MOST_MODIFIERS), -1):
        match = matches[at]
        word, gap = match.value, left - match.end
        if word.negation is not None and word.negation.reach is Reach.NEAR and gap <= _NEGATION_REACH:
            if entry.kind is not WordKind.OPINION:
                break
            factor *= word.negation.weight * (_DENIED_DEGREE / pending if pending > 1 else 1.0)
            pending = 1.0
            parts.insert(0, f"否定『{word.term}』")
        elif word.degree is not None and word.degree.reach is Reach.NEAR and gap <= _DEGREE_REACH:
            factor, pending = factor * word.degree.weight, pending * word.degree.weight
            parts.insert(0, f"程度『{word.term}』")
        else:
            break
        left = match.start
    return left, factor, parts


def _degree_after(matches: Sequence[Match[Word]], position: int) -> Match[Word] | None:
    if position + 1 == len(matches):
        return None
    following = matches[position + 1]
    degree = following.value.degree
    is_after = degree is not None and degree.reach is Reach.AFTER and following.start == matches[position].end
    return following if is_after else None


def _read_irony(reading: Reading, number: int, opinion: Opinion, has_negative: bool) -> Opinion:
    """Turn praise in quotation marks when a degree word stands before them (真是"贴心") or something else is bad."""
    text, start, end = reading.folded.text, opinion.word.start, opinion.word.end
    if opinion.value <= 0 or start == 0 or end == len(text):
        return opinion
    if text[start - 1] not in _QUOTES or text[end] not in _QUOTES:
        return opinion
    words = reading.words[number]
    before = bisect_left(words, start, key=attrgetter("start")) - 1
    stressed = before >= 0 and words[before].end == start - 1 and words[before].value.degree is not None
    return opinion.scaled(_IRONY, "引号反语") if stressed or has_negative else opinion


def quote(text: str) -> str:
    """Return the text fit for a rule: lone surrogates replaced, line breaks made spaces."""
    if text.isalnum() and text.isprintable():
        return text
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
