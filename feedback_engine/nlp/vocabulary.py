"""The words of a lexicon and a pack as the reader finds them: by number, with what the rules ask of them in columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np

from feedback_engine.lexicon.columns import Flags, objects
from feedback_engine.lexicon.model import (
    Contrast,
    Detail,
    DetailKind,
    Entry,
    Label,
    Lexicon,
    Pack,
    Proviso,
    Reach,
    Steer,
    SteerWord,
    WordKind,
)
from feedback_engine.lexicon.patterns import GAP, has_placeholder
from feedback_engine.nlp.normalize import fold_phrases, quote

SENTIMENT, TOUCHPOINT, COMPLAINT, ROOT, CAUSE, CALL = LAYERS = range(6)
#: Kinds of words by number.
KINDS = tuple(WordKind)
_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}

#: What an opinion is, by whether its value is above 0.
SIGNS = ("负面", "正面")
KIND_NAMES = {
    WordKind.WAITING: "等待无人理",
    WordKind.PROMISE: "承诺未兑现",
    WordKind.COMPARISON: "比较",
    WordKind.RHETORIC: "反问反语",
    WordKind.DEMAND: "诉求",
    WordKind.REQUEST: "请求",
    WordKind.WISH: "愿望建议",
    WordKind.UNTRIED: "未体验",
}
#: What asks for something; a denied one says nothing.
DEMANDS = (WordKind.DEMAND, WordKind.REQUEST)
#: Kinds of details by number, and how they are told.
DETAIL_KINDS = tuple(DetailKind)
#: When phrases tell a demand, and what words say of the demands behind them, by number.
PROVISOS, STEERS = tuple(Proviso), tuple(Steer)
_DETAIL_NAMES = {
    DetailKind.ROOT: "投诉根源",
    DetailKind.CAUSE: "流失原因",
    DetailKind.URGENCY: "紧急信号",
    DetailKind.DEMAND: "客户诉求",
}
#: Kinds that say what they say by more than a word.
_STRUCTURES = (WordKind.WAITING, WordKind.PROMISE, WordKind.COMPARISON, WordKind.RHETORIC)

#: An opinion of so many characters is a saying; praise that begins with one of these and is longer than 不错 denies.
_SAYING, _BRIEF, _DENIALS = 5, 2, "不没无免毫"

Said = TypeVar("Said", Entry, Contrast)


class WordTable:
    """The words of a sentiment lexicon and a pack's own opinions, and what the rules ask of each, by its number.

    A word has all the parts it can play: 好 is an opinion and a degree word.
    """

    def __init__(self, lexicon: Lexicon, pack: Pack) -> None:
        own = [label.opinions for label in (*pack.touchpoints, *pack.complaint_types)]
        opinions = _gather([lexicon.polarity, lexicon.emoji, *own])
        negations = _fold([*lexicon.negation], lexicon.negation.values())
        degrees = _fold([*lexicon.degree], lexicon.degree.values())
        contrasts = _fold([*lexicon.contrast], lexicon.contrast.values())
        #: The words, folded as the texts will be.
        self.phrases = list(dict.fromkeys((*opinions, *negations, *degrees, *contrasts)))
        self.terms = objects(self.phrases)
        self._numbers = {term: number for number, term in enumerate(self.phrases)}
        #: Those that are bad.
        self.faults = frozenset(term for term, entry in opinions.items() if entry.weight < 0)
        self._add_opinions(opinions)
        #: Whether it is no word but a face or a sign: it stands for itself, whatever negation comes before it.
        self.is_emoji = self._flag(_gather([lexicon.emoji]))
        self.is_structure |= self.is_emoji | self._flag(_find_sayings(opinions))
        self._add_modifiers(negations, degrees)
        self._add_contrasts(contrasts)
        #: Whether it plays no part: an opinion that is worth nothing either way.
        self.is_level = ~(self.is_modifier | self.is_contrast) & (self.weight == 0) & (self.kind == 0)
        #: How an opinion that begins with a negation is made up: 否定『没』+『解决』.
        self.parts = np.full(len(self.terms), "", dtype=np.object_)
        for term, parts in _find_parts(opinions, negations):
            self.parts[self._numbers[term]] = parts
        self.has_parts = self.parts != ""
        #: Whether it denies what follows it at once, itself reaching over a gap: 投诉…没 + 解决.
        self.denies_next = self._flag(term for term in self.phrases if GAP in term and _ends_in(term, negations))
        #: The rule of a word with nothing to add, against and for; where the word is not plain, there is more.
        self.plain_rules = np.array([_put_around(f"{sign}:『", self.phrases, "』") for sign in SIGNS], dtype=np.object_)
        odd = self._flag(term for term in self.phrases if not term.isalnum() and _is_odd(term))
        self.is_plain = self._flag(opinions) & (self.kind == 0) & ~self.has_parts & ~odd

    def _add_opinions(self, opinions: Mapping[str, Entry]) -> None:
        entries, numbers = opinions.values(), self._number(opinions)
        self.weight = np.zeros(len(self.terms))
        self.weight[numbers] = [entry.weight for entry in entries]
        #: By number in `KINDS`; 0 for an opinion and for what is none.
        self.kind = np.zeros(len(self.terms), dtype=np.int64)
        self.kind[numbers] = [_KIND_NUMBERS[entry.kind] for entry in entries]
        self.demands = np.isin(self.kind, [_KIND_NUMBERS[kind] for kind in DEMANDS])
        self.is_bare = self._flag(term for term, entry in opinions.items() if entry.reach is Reach.BARE)
        #: Whether it says that there is no experience to tell of.
        self.is_untried = self.kind == _KIND_NUMBERS[WordKind.UNTRIED]
        self.is_structure = np.isin(self.kind, [_KIND_NUMBERS[kind] for kind in _STRUCTURES])
        #: The rule of a word that asks for something.
        self.demand_rules = np.full(len(self.terms), "", dtype=np.object_)
        asking = self.demands.nonzero()[0]
        self.demand_rules[asking] = [
            f"{KIND_NAMES[KINDS[kind]]}『{quote(term)}』"
            for kind, term in zip(self.kind[asking].tolist(), self.terms[asking].tolist(), strict=True)
        ]

    def _add_modifiers(self, negations: Mapping[str, Entry], degrees: Mapping[str, Entry]) -> None:
        self.negation, self.degree = np.ones((2, len(self.terms)))
        for column, entries in ((self.negation, negations), (self.degree, degrees)):
            column[self._number(entries)] = [entry.weight for entry in entries.values()]
        self.negates_near = self._flag(term for term, entry in negations.items() if entry.reach is Reach.NEAR)
        self.negates_clause = self._flag(term for term, entry in negations.items() if entry.reach is Reach.CLAUSE)
        self.is_degree = self._flag(degrees)
        self.raises_near = self._flag(term for term, entry in degrees.items() if entry.reach is Reach.NEAR)
        self.raises_before = self._flag(term for term, entry in degrees.items() if entry.reach is Reach.AFTER)
        self.is_modifier = self._flag(negations) | self.is_degree

    def _add_contrasts(self, contrasts: Mapping[str, Contrast]) -> None:
        self.contrasts = dict(zip(self._number(contrasts), contrasts.values(), strict=True))
        self.is_contrast = self._flag(contrasts)
        #: Such a word at the beginning of a clause speaks of the whole: 总之.
        self.sums_up = self._flag(term for term, entry in contrasts.items() if entry.before == 1 and entry.after > 1)
        #: Before such a word a clause ends: what stands before it counts less.
        self.turns = self._flag(term for term, entry in contrasts.items() if entry.before < 1)

    def _number(self, terms: Iterable[str]) -> list[int]:
        return [self._numbers[term] for term in terms]

    def _flag(self, terms: Iterable[str]) -> Flags:
        flags = np.zeros(len(self.terms), dtype=np.bool_)
        flags[self._number(terms)] = True
        return flags


def _fold(terms: Sequence[str], entries: Iterable[Said]) -> dict[str, Said]:
    """Return folded term → entry; of two spellings that fold alike the later one counts."""
    folded = dict(zip(fold_phrases(terms), entries, strict=True))
    folded.pop("", None)
    return folded


def _gather(tables: Iterable[Mapping[str, Entry]]) -> dict[str, Entry]:
    """Return the opinions of these tables, of which the later ones count."""
    terms, entries = list[str](), list[Entry]()
    for table in tables:
        terms += table
        entries += table.values()
    return _fold(terms, entries)


def _find_parts(opinions: Mapping[str, Entry], negations: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    """Yield the opinions that are a negation and another opinion, with how they are made up."""
    beginnings, longest = {term[:1] for term in negations}, max(map(len, negations), default=0)
    for term in opinions:
        if term[0] not in beginnings:
            continue
        for cut in range(1, min(len(term), longest + 1)):
            if term[:cut] in negations and (negated := opinions.get(term[cut:])) is not None and negated.weight:
                yield term, f"否定『{term[:cut]}』+『{term[cut:]}』"
                break


def _find_sayings(opinions: Mapping[str, Entry]) -> Iterator[str]:
    """Yield the opinions that n-grams are bad at: whole sayings (后悔没早买), and praise by denial (没有广告)."""
    for term, entry in opinions.items():
        is_denial = len(term) > _BRIEF and term[0] in _DENIALS and entry.weight > 0
        if is_denial or (len(term) >= _SAYING and not term.isascii()):
            yield term


def _ends_in(term: str, negations: Mapping[str, Entry]) -> bool:
    return term[-1:] in negations or term[-2:] in negations


def _is_odd(term: str) -> bool:
    """Return whether a word as found does not say all that there is to say of it."""
    return has_placeholder(term) or quote(term) != term


def _put_around(before: str, terms: Sequence[str], after: str) -> list[str]:
    joint = "\0"  # folding leaves none in a term
    return f"{before}{f'{after}{joint}{before}'.join(terms)}{after}".split(joint) if terms else []


class CueTable:
    """The seed phrases of touchpoints, or the cues of complaint types, of a pack, by number."""

    def __init__(self, labels: Sequence[Label], name: str, faults: Collection[str]) -> None:
        #: The phrases, folded as the texts will be.
        self.phrases: list[str] = []
        labelled: list[int] = []
        rules: list[str] = []
        for number, label in enumerate(labels):
            told = (f"{name}『{quote(term)}』({origin})" for term, origin in label.phrases.items())
            folded = dict(zip(fold_phrases([*label.phrases]), told, strict=True))
            self.phrases += folded
            rules += folded.values()
            labelled += [number] * len(folded)
        #: The number of its label.
        self.labels = np.array(labelled, dtype=np.int64)
        #: How a match of it is told: 触点『客服』(general/touchpoints.yaml:60).
        self.rules = objects(rules)
        #: Whether it is bad by itself.
        self.is_fault = np.array([phrase in faults for phrase in self.phrases], dtype=np.bool_)


class DetailTable:
    """The phrases that tell a detail of a complaint, and behind them the words that steer demands, by number."""

    def __init__(self, details: Sequence[Detail], steers: Sequence[SteerWord] = ()) -> None:
        details = sorted(details, key=lambda detail: DETAIL_KINDS.index(detail.kind))
        phrases = fold_phrases([*(detail.term for detail in details), *(word.term for word in steers)])
        kinds = [detail.kind for detail in details]
        #: The number of the first phrase that tells a cause, and of the first that tells or steers threats and demands.
        self.first_cause = kinds.count(DetailKind.ROOT)
        self.first_call = self.first_cause + kinds.count(DetailKind.CAUSE)
        bounds = pairwise((0, self.first_cause, self.first_call, len(phrases)))
        #: The phrases that tell roots, causes, and calls for something, folded as texts will be: a layer each.
        self.layers = [phrases[begin:end] for begin, end in bounds]
        #: By number in `STEERS`, -1 for a phrase that tells a detail.
        self.steers = np.array([-1] * len(details) + [STEERS.index(word.steer) for word in steers], dtype=np.int64)
        #: By number in `PROVISOS`; the first for a word that steers.
        self.provisos = np.zeros(len(self.steers), dtype=np.int64)
        self.provisos[: len(details)] = [PROVISOS.index(detail.proviso) for detail in details]
        #: By number in `DETAIL_KINDS`, -1 for a word that steers.
        self.kinds = np.full(len(self.steers), -1)
        self.kinds[: len(details)] = [DETAIL_KINDS.index(detail.kind) for detail in details]
        self.is_fault = np.isin(self.kinds, [DETAIL_KINDS.index(kind) for kind in (DetailKind.ROOT, DetailKind.CAUSE)])
        numbers: dict[str, int] = {}
        #: The number of its code among all codes.
        self.codes = np.array([numbers.setdefault(detail.code, len(numbers)) for detail in details], dtype=np.int64)
        self.code_names = objects(detail.code for detail in details)
        self.names = objects(detail.name for detail in details)
        #: Kind and name in words: 投诉根源·系统; and how a match is told.
        self.full_names = objects(_name_detail(detail.kind, detail.name) for detail in details)
        told = zip(self.full_names.tolist(), details, strict=True)
        self.rules = objects(f"{name}『{quote(detail.term)}』({detail.origin})" for name, detail in told)
        self._first: dict[tuple[str, str], int] = {}
        for number, detail in enumerate(details):
            self._first.setdefault((detail.kind, detail.code), number)

    def find(self, kind: DetailKind, code: str) -> int:
        """Return the number of the first phrase that tells this, -1 if none does."""
        return self._first.get((kind, code), -1)


def _name_detail(kind: DetailKind, name: str) -> str:
    """Return a detail in words: 投诉根源·系统."""
    return f"{_DETAIL_NAMES[kind]}·{quote(name)}"
