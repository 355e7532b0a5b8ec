"""The words of a lexicon and a pack as the reader finds them: by number, with what the rules ask of them in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import objects
from feedback_engine.lexicon.matcher import GAP, Phrase, has_placeholder
from feedback_engine.lexicon.model import Contrast, Detail, DetailKind, Entry, Label, Lexicon, Pack, Reach, WordKind
from feedback_engine.nlp.normalize import fold_phrase, quote

SENTIMENT, TOUCHPOINT, COMPLAINT, DETAIL = LAYERS = range(4)
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
_DETAIL_NAMES = {
    DetailKind.ROOT: "投诉根源",
    DetailKind.CAUSE: "流失原因",
    DetailKind.URGENCY: "紧急信号",
    DetailKind.DEMAND: "客户诉求",
}
#: Kinds that say what they say by more than a word.
_STRUCTURES = (WordKind.WAITING, WordKind.PROMISE, WordKind.COMPARISON, WordKind.RHETORIC)

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Word:
    """A phrase of the sentiment lexicon with all the parts it can play; 好 is an opinion and a degree word."""

    term: str
    opinion: Entry | None = None
    negation: Entry | None = None
    degree: Entry | None = None
    contrast: Contrast | None = None
    #: How an opinion that begins with a negation is made up: 否定『没』+『解决』.
    parts: str = ""
    #: Whether it denies what follows it at once, itself reaching over a gap: 投诉…没 + 解决.
    is_open_denial: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """A seed phrase of a touchpoint, or a cue of a complaint type, by the label's code."""

    term: str
    code: str
    #: How a match of it is told: 触点『客服』(general/touchpoints.yaml:60).
    rule: str
    #: Whether it is bad by itself.
    is_fault: bool = False


Value = Word | Cue | Detail


class WordTable:
    """What the rules ask of each word, by its number."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        count = len(words)
        opinions = {n: word.opinion for n, word in enumerate(words) if word.opinion is not None}
        negations = {n: word.negation for n, word in enumerate(words) if word.negation is not None}
        degrees = {n: word.degree for n, word in enumerate(words) if word.degree is not None}
        contrasts = {n: word.contrast for n, word in enumerate(words) if word.contrast is not None}
        self.weight = _column(count, 0.0, opinions)
        #: By number in `KINDS`; 0 for an opinion and for what is none.
        self.kind = np.zeros(count, dtype=np.int8)
        self.kind[list(opinions)] = [_KIND_NUMBERS[entry.kind] for entry in opinions.values()]
        self.demands = np.isin(self.kind, [_KIND_NUMBERS[kind] for kind in DEMANDS])
        self.is_bare = _flags(count, (n for n, entry in opinions.items() if entry.reach is Reach.BARE))
        #: Whether it says that there is no experience to tell of.
        self.is_untried = self.kind == _KIND_NUMBERS[WordKind.UNTRIED]
        self.is_structure = np.isin(self.kind, [_KIND_NUMBERS[kind] for kind in _STRUCTURES])
        self.negation = _column(count, 1.0, negations)
        self.negates_near = _flags(count, (n for n, entry in negations.items() if entry.reach is Reach.NEAR))
        self.negates_clause = _flags(count, (n for n, entry in negations.items() if entry.reach is Reach.CLAUSE))
        self.degree = _column(count, 1.0, degrees)
        self.is_degree = _flags(count, degrees)
        self.raises_near = _flags(count, (n for n, entry in degrees.items() if entry.reach is Reach.NEAR))
        self.raises_before = _flags(count, (n for n, entry in degrees.items() if entry.reach is Reach.AFTER))
        self.is_modifier = _flags(count, (*negations, *degrees))
        self.has_parts = _flags(count, (n for n, word in enumerate(words) if word.parts))
        self.denies_next = _flags(count, (n for n, word in enumerate(words) if word.is_open_denial))
        self.is_contrast = _flags(count, contrasts)
        self.terms = objects(word.term for word in words)
        self.parts = objects(word.parts for word in words)
        #: The rule of a word with nothing to add, against and for; where the word is not plain, there is more.
        self.plain_rules = objects(f"{sign}:『{word.term}』" for sign in SIGNS for word in words).reshape(2, count)
        self.is_plain = _flags(count, (n for n, word in enumerate(words) if _is_plain(word)))
        #: The rule of a word that asks for something.
        self.demand_rules = np.full(count, "", dtype=np.object_)
        asking = {n: entry for n, entry in opinions.items() if entry.kind in DEMANDS}
        self.demand_rules[list(asking)] = [
            f"{KIND_NAMES[entry.kind]}『{quote(words[n].term)}』" for n, entry in asking.items()
        ]
        #: Such a word at the beginning of a clause speaks of the whole: 总之.
        self.sums_up = _flags(count, (n for n, entry in contrasts.items() if entry.before == 1 and entry.after > 1))
        #: Before such a word a clause ends: what stands before it counts less.
        self.turns = _flags(count, (n for n, entry in contrasts.items() if entry.before < 1))


class CueTable:
    """What the rules ask of each cue of the labels of a pack, by its number."""

    def __init__(self, cues: Sequence[Cue], labels: Sequence[Label]) -> None:
        numbers = {label.code: number for number, label in enumerate(labels)}
        #: The number of its label.
        self.labels = np.array([numbers[cue.code] for cue in cues], dtype=np.int64)
        self.rules = objects(cue.rule for cue in cues)
        self.is_fault = np.array([cue.is_fault for cue in cues], dtype=np.bool_)


class DetailTable:
    """What the rules ask of each phrase that tells a detail of a complaint, by its number."""

    def __init__(self, details: Sequence[Detail]) -> None:
        self.kinds = np.array([DETAIL_KINDS.index(detail.kind) for detail in details], dtype=np.int64)
        self.is_fault = np.isin(self.kinds, [DETAIL_KINDS.index(kind) for kind in (DetailKind.ROOT, DetailKind.CAUSE)])
        numbers: dict[str, int] = {}
        #: The number of its code among all codes.
        self.codes = np.array([numbers.setdefault(detail.code, len(numbers)) for detail in details], dtype=np.int64)
        self.code_names = objects(detail.code for detail in details)
        self.names = objects(detail.name for detail in details)
        self.rules = objects(
            f"{_DETAIL_NAMES[detail.kind]}·{quote(detail.name)}『{quote(detail.term)}』({detail.origin})"
            for detail in details
        )


def _is_plain(word: Word) -> bool:
    """Return whether the word as found says all there is to say of it."""
    is_opinion = word.opinion is not None and word.opinion.kind is WordKind.OPINION
    return is_opinion and not word.parts and not has_placeholder(word.term) and quote(word.term) == word.term


def _column(count: int, default: float, entries: Mapping[int, Entry]) -> Floats:
    """Return the weights of these entries by their numbers, of `count` words in all."""
    column = np.full(count, default)
    column[list(entries)] = [entry.weight for entry in entries.values()]
    return column


def _flags(count: int, numbers: Iterable[int]) -> Flags:
    flags = np.zeros(count, dtype=np.bool_)
    flags[list(numbers)] = True
    return flags


def phrases_of(lexicon: Lexicon, pack: Pack) -> Iterator[Phrase[Value]]:
    """Yield all phrases of a lexicon and a pack, folded, by layer."""
    words = _words(lexicon, pack)
    for word in words.values():
        yield Phrase(word.term, SENTIMENT, word)
    faults = {term for term, word in words.items() if word.opinion is not None and word.opinion.weight < 0}
    for detail in lexicon.details:
        yield Phrase(fold_phrase(detail.term), DETAIL, detail)
    layers = ((TOUCHPOINT, pack.touchpoints, "触点"), (COMPLAINT, pack.complaint_types, "投诉类型线索"))
    for layer, labels, name in layers:
        for label in labels:
            folded = {fold_phrase(term): (term, origin) for term, origin in label.phrases.items()}
            for term, (written, origin) in folded.items():
                rule = f"{name}『{quote(written)}』({origin})"
                yield Phrase(term, layer, Cue(written, label.code, rule, term in faults))


def _words(lexicon: Lexicon, pack: Pack) -> dict[str, Word]:
    """Return folded phrase → its parts; of two spellings that fold alike the later one counts, the pack's own last."""
    own = (item for label in (*pack.touchpoints, *pack.complaint_types) for item in label.opinions.items())
    given = (*lexicon.polarity.items(), *lexicon.emoji.items(), *own)
    opinions = {fold_phrase(term): entry for term, entry in given}
    negations = {fold_phrase(term): entry for term, entry in lexicon.negation.items()}
    degrees = {fold_phrase(term): entry for term, entry in lexicon.degree.items()}
    contrasts = {fold_phrase(term): entry for term, entry in lexicon.contrast.items()}
    terms = dict.fromkeys((*opinions, *negations, *degrees, *contrasts))
    beginnings = {term[:1] for term in negations}
    return {
        term: Word(
            term,
            opinions.get(term),
            negations.get(term),
            degrees.get(term),
            contrasts.get(term),
            _parts(term, opinions, negations) if term[0] in beginnings and term in opinions else "",
            GAP in term and any(cut in negations for cut in (term[-1:], term[-2:])),
        )
        for term in terms
        if term
    }


def _parts(term: str, opinions: Mapping[str, Entry], negations: Mapping[str, Entry]) -> str:
    for cut in range(1, len(term)):
        negated = opinions.get(term[cut:])
        if term[:cut] in negations and negated is not None and negated.weight:
            return f"否定『{term[:cut]}』+『{term[cut:]}』"
    return ""
