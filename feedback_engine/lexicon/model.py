"""The word lists as frozen values: a Lexicon of sentiment words, and the Pack of an industry."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple


class WordKind(StrEnum):
    """What a polarity entry says; negation turns only an OPINION round."""

    OPINION = "opinion"
    #: 等了…没人理: an experience that is bad without a bad word in it.
    WAITING = "waiting"
    #: 说好的…: a promise that was not kept.
    PROMISE = "promise"
    #: 比不上: judged against another.
    COMPARISON = "comparison"
    #: 这也叫…: a question or exclamation that says the opposite.
    RHETORIC = "rhetoric"
    #: 不愧是, 服了: praise or scorn by what else the text says; by its own weight where that says nothing, or both.
    IRONY = "irony"
    #: 要求退款: asks for redress; makes a text a complaint.
    DEMAND = "demand"
    #: 请协调解决, 特此反映: asks or reports politely; a complaint only beside a grievance.
    REQUEST = "request"
    #: 希望增加, 建议: wishes for something better; a suggestion is no complaint.
    WISH = "wish"
    #: 没用过, 不太清楚: the customer has nothing to tell; a short text that says only this is neutral.
    UNTRIED = "untried"


class Reach(StrEnum):
    """Which words a negation or degree word acts upon."""

    #: The next opinion, a few characters on.
    NEAR = "near"
    #: Every favourable opinion up to the end of the clause (希望…, 号称…).
    CLAUSE = "clause"
    #: The opinion just before (好极了).
    AFTER = "after"
    #: Nothing, as it is an opinion: a word of one character that other words hold (卡 in 银行卡), read only with a
    #: modifier or the beginning of its clause right before it, and the clause's end behind it.
    BARE = "bare"


class Entry(NamedTuple):
    """A phrase with its weight and the place it was read from, as file:line."""

    term: str
    weight: float
    origin: str
    kind: WordKind = WordKind.OPINION
    reach: Reach = Reach.NEAR


class Contrast(NamedTuple):
    """A word such as 但是: factors for what follows it and for what stands before it in the sentence."""

    term: str
    after: float
    before: float
    origin: str


class DetailKind(StrEnum):
    """What is told of a complaint beside its type; each has its word list in complaints/."""

    #: Which of value, system and people failed.
    ROOT = "roots"
    #: Which of five causes of lost loyalty shows.
    CAUSE = "causes"
    #: How pressing it is: escalation, health and safety.
    URGENCY = "urgency"
    #: What the customer asks for.
    DEMAND = "demands"


class Proviso(StrEnum):
    """When a phrase that could tell a demand, or a sign of urgency, does so."""

    #: Unless it is denied or done with: 盼复.
    NONE = ""
    #: If it is asked for: 要求…处理. A time limit counts beside a demand: 今天…退款.
    ASKED = "asked"
    #: If it is asked for; whoever asks for this complains: 请…赔偿.
    REDRESS = "redress"
    #: Unless it is denied or done with; whoever says it complains: 还我钱, 法庭见.
    CLAIM = "claim"
    #: Always, as it tells that something is kept back: 不退押金.
    HELD = "held"


class Detail(NamedTuple):
    """A phrase that tells something of a complaint, by the code and name of what it tells."""

    term: str
    kind: DetailKind
    code: str
    name: str
    origin: str
    proviso: Proviso = Proviso.NONE


class Steer(StrEnum):
    """What a word says of the demands behind it; of several the nearest counts."""

    #: 要求, 请, 必须: they are asked for.
    ASK = "ask"
    #: 给我, 帮我: likewise, unless it has been done (给我退了款).
    FOR = "for"
    #: 希望, 能不能: likewise, but only to wish for something is no complaint yet.
    WISH = "wish"
    #: 没打算, 客服说: they are not asked for; nor is a threat meant.
    DENY = "deny"
    #: 已经, 终于: what stands right behind has been done.
    DONE = "done"
    #: 过度曝光: nothing, though it holds words that would say something.
    IDLE = "idle"
    #: 万一, 如果: as DENY; if the sentence goes on to a question, it supposes what has not happened.
    SUPPOSE = "suppose"
    #: 请问, 咨询: nothing; what its clause, and the questions behind it, speak of is asked about.
    INQUIRE = "inquire"
    #: 怎么办, 管不管: nothing; its clause is a question without a mark.
    QUERY = "query"
    #: 听说, 网上有人说: as DENY; others say so.
    HEARSAY = "hearsay"
    #: 之前担心, 本来想投诉: as DENY; it was so, or feared, and is over.
    PAST = "past"


class SteerWord(NamedTuple):
    """A word that steers the demands and threats behind it."""

    term: str
    steer: Steer
    origin: str


@dataclass(frozen=True)
class Lexicon:
    """The sentiment words, each file's terms by the term as written."""

    polarity: Mapping[str, Entry]
    negation: Mapping[str, Entry]
    degree: Mapping[str, Entry]
    contrast: Mapping[str, Contrast]
    emoji: Mapping[str, Entry]
    #: What tells of a complaint's root, cause, urgency and demands.
    details: tuple[Detail, ...] = ()
    #: What says whether demands are asked for.
    steers: tuple[SteerWord, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all terms, in their order, and what is said of them; the places they stand at do not count."""
        tables = (self.polarity, self.negation, self.degree, self.emoji)
        lines = ["\t".join(table) for table in (*tables, self.contrast)]
        entries = [entry for table in tables for entry in table.values()]
        lines += ["\t".join(entry.kind for entry in entries), "\t".join(entry.reach for entry in entries)]
        factors = (factor for contrast in self.contrast.values() for factor in (contrast.after, contrast.before))
        lines.append(array("d", [*(entry.weight for entry in entries), *factors]).tobytes().hex())
        lines += [f"{d.kind}\t{d.term}\t{d.code}\t{d.name}\t{d.proviso}" for d in self.details]
        lines += [f"{word.steer}\t{word.term}" for word in self.steers]
        return sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Label:
    """A touchpoint with its seed phrases, or a complaint type with its cues: phrase → place it was read from."""

    code: str
    name: str
    phrases: Mapping[str, str]
    #: Of a complaint type: the code of each touchpoint that, spoken ill of, speaks for the type → place likewise.
    touchpoints: Mapping[str, str] = field(default_factory=dict)
    #: Those of the phrases that by themselves say good or bad of it; opinions in the texts of this pack.
    opinions: Mapping[str, Entry] = field(default_factory=dict)
    #: Of a complaint type: the root and the cause that it stands for where no phrase tells one → place likewise.
    defaults: Mapping[DetailKind, tuple[str, str]] = field(default_factory=dict)

    def extended(self, child: Label) -> Label:
        """Return the label with the child's name and what both say; of two defaults the child's counts."""
        phrases, touchpoints = {**self.phrases, **child.phrases}, {**self.touchpoints, **child.touchpoints}
        opinions, defaults = {**self.opinions, **child.opinions}, {**self.defaults, **child.defaults}
        return Label(self.code, child.name, phrases, touchpoints, opinions, defaults)

    def without(self, taken: Collection[str]) -> Label:
        """Return the label without these phrases."""
        phrases = {term: origin for term, origin in self.phrases.items() if term not in taken}
        opinions = {term: entry for term, entry in self.opinions.items() if term not in taken}
        return replace(self, phrases=phrases, opinions=opinions)


class UserWord(NamedTuple):
    """A word for the segmenter: its frequency (0 = as high as needed to stay whole) and its tag."""

    word: str
    frequency: int
    tag: str
    origin: str


@dataclass(frozen=True)
class Pack:
    """What an industry's customers speak of."""

    code: str
    name: str
    touchpoints: tuple[Label, ...]
    complaint_types: tuple[Label, ...]
    userdict: tuple[UserWord, ...] = ()
    #: Names of the learned weights (models/*.npz) that know its touchpoints, whether what is said of them is good or
    #: bad, and its complaint types; empty where words alone decide.
    touchpoint_model: str = ""
    opinion_model: str = ""
    complaint_model: str = ""
    #: The same for posts on social media: whether such a text is good, bad or neutral as a whole.
    post_model: str = ""
    #: The same for what short texts tell without words for it: touchpoints, that they complain, and of what.
    hint_model: str = ""
    #: Whether every text is a case that somebody brought forward: a complaint unless it praises.
    is_case_log: bool = False

    @property
    def has_heads(self) -> bool:
        """Whether it has weights of its own for touchpoints, what is thought of them, or complaint types."""
        return any((self.touchpoint_model, self.opinion_model, self.complaint_model))

    @property
    def models(self) -> tuple[str, ...]:
        """The names of all its learned weights, each in its place, empty where it has none."""
        return self.touchpoint_model, self.opinion_model, self.complaint_model, self.post_model, self.hint_model

    @cached_property
    def phrases(self) -> frozenset[str]:
        """All that its touchpoints and complaint types are known by, and the words that it has added."""
        labels = (*self.touchpoints, *self.complaint_types)
        return frozenset((*(term for label in labels for term in label.phrases), *(w.word for w in self.userdict)))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all codes, names, phrases and words."""
        lines = [self.code, self.name, f"cases\t{self.is_case_log}"]
        lines += [f"model\t{number}\t{name}" for number, name in enumerate(self.models) if name]
        for group, labels in (("touchpoint", self.touchpoints), ("complaint", self.complaint_types)):
            lines += [f"{group}\t{label.code}\t{label.name}" for label in labels]
            lines += [f"{group}\t{label.code}\t\t{phrase}" for label in labels for phrase in label.phrases]
            lines += [f"blamed\t{label.code}\t{touchpoint}" for label in labels for touchpoint in label.touchpoints]
            lines += [f"{kind}\t{label.code}\t{code}" for label in labels for kind, (code, _) in label.defaults.items()]
            lines += [
                f"{group}\t{label.code}\t{e.term}\t{e.weight!r}" for label in labels for e in label.opinions.values()
            ]
        lines += [f"word\t{word.word}\t{word.frequency}\t{word.tag}" for word in self.userdict]
        return digest(lines)


def digest(lines: Iterable[str]) -> str:
    """Return the SHA-256 of these lines in sorted order, as hexadecimal digits."""
    return sha256("\n".join(sorted(lines)).encode("utf-8", "surrogatepass")).hexdigest()
