"""A text read once: folded, cut into clauses, with every phrase of the word lists found. What all scorers work on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from feedback_engine.lexicon.matcher import GAP, Match, Phrase, PhraseMatcher
from feedback_engine.lexicon.model import Contrast, Detail, Entry, Lexicon, Pack
from feedback_engine.nlp.normalize import Folded, fold, fold_phrase
from feedback_engine.nlp.segment import Clause, split_clauses

_SENTIMENT, _TOUCHPOINT, _COMPLAINT, _DETAIL = range(4)


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

    @property
    def is_modifier(self) -> bool:
        """Whether it can act upon an opinion."""
        return self.negation is not None or self.degree is not None

    @property
    def degree_weight(self) -> float:
        """The factor of a degree word, 1 for any other."""
        return 1.0 if self.degree is None else self.degree.weight


@dataclass(frozen=True, slots=True)
class Cue:
    """A seed phrase of a touchpoint, or a cue of a complaint type, by the label's code."""

    term: str
    code: str
    origin: str


Value = Word | Cue | Detail


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a text; positions are those of the folded text."""

    original: str
    folded: Folded
    clauses: tuple[Clause, ...]
    #: Matches of the sentiment lexicon, by clause.
    words: tuple[tuple[Match[Word], ...], ...]
    #: Mentions of touchpoints and cues of complaint types, by clause.
    mentions: tuple[tuple[Match[Cue], ...], ...]
    cues: tuple[tuple[Match[Cue], ...], ...]
    #: What tells more of a complaint, by clause.
    details: tuple[tuple[Match[Detail], ...], ...]


class Reader:
    """Reads texts with the words of a lexicon and a pack; compiled once, safe to share between threads."""

    def __init__(self, lexicon: Lexicon, pack: Pack) -> None:
        self._matcher: PhraseMatcher[Value] = PhraseMatcher(_phrases(lexicon, pack), layers=4)

    def read(self, text: str) -> Reading:
        """Return the text's clauses and all phrases found in them."""
        folded = fold(text)
        words, mentions, cues, details = self._matcher.find(folded.text)
        turns = [m.start for m in words if isinstance(m.value, Word) and _turns(m.value)]
        clauses = tuple(split_clauses(folded.text, turns))
        grouped = (_by_clause(found, clauses) for found in (words, mentions, cues, details))
        return Reading(text, folded, clauses, *grouped)  # type: ignore[arg-type]


def _turns(word: Word) -> bool:
    """Return whether the word begins a clause of its own: what stands before it counts less."""
    return word.contrast is not None and word.contrast.before < 1


def _by_clause(matches: list[Match[Value]], clauses: tuple[Clause, ...]) -> tuple[tuple[Match[Value], ...], ...]:
    if not matches or not clauses:
        return ((),) * len(clauses)
    groups: list[tuple[Match[Value], ...]] = []
    first, count = 0, len(matches)
    for following in clauses[1:]:
        # what lies between two clauses (a mark such as ???) belongs to the earlier one
        at = first
        while at < count and matches[at].start < following.start:
            at += 1
        groups.append(tuple(matches[first:at]))
        first = at
    return (*groups, tuple(matches[first:]))


def _phrases(lexicon: Lexicon, pack: Pack) -> Iterator[Phrase[Value]]:
    for word in _words(lexicon).values():
        yield Phrase(word.term, _SENTIMENT, word)
    for detail in lexicon.details:
        yield Phrase(fold_phrase(detail.term), _DETAIL, detail)
    for layer, labels in ((_TOUCHPOINT, pack.touchpoints), (_COMPLAINT, pack.complaint_types)):
        for label in labels:
            folded = {fold_phrase(term): Cue(term, label.code, origin) for term, origin in label.phrases.items()}
            for term, cue in folded.items():
                yield Phrase(term, layer, cue)


def _words(lexicon: Lexicon) -> dict[str, Word]:
    """Return folded phrase → its parts; of two spellings that fold alike the later one counts."""
    opinions = {fold_phrase(term): entry for term, entry in (*lexicon.polarity.items(), *lexicon.emoji.items())}
    negations = {fold_phrase(term): entry for term, entry in lexicon.negation.items()}
    degrees = {fold_phrase(term): entry for term, entry in lexicon.degree.items()}
    contrasts = {fold_phrase(term): entry for term, entry in lexicon.contrast.items()}
    terms = dict.fromkeys((*opinions, *negations, *degrees, *contrasts))
    return {
        term: Word(
            term,
            opinions.get(term),
            negations.get(term),
            degrees.get(term),
            contrasts.get(term),
            _parts(term, opinions, negations) if term in opinions else "",
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
