"""What word lists and weights say of a text, or of a touchpoint in it, judged together: its side, whether it is meant …

Each errs in its own way: weights learned from reviews take a plain remark for blame, rules a word in another sense for
praise. Which of them to believe, when, was learned from sentences and reviews that neither has seen (stacking, after
Wolpert 1992): boosted trees, in each of which every level asks the same question (Prokhorenkova et al. 2018), look at
the facts and add up, in whole numbers, what each of their answers counts for each label.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Floats
from feedback_engine.nlp.packing import UNREADABLE, read_arrays, write_arrays
from feedback_engine.nlp.statements import POLARITIES
from feedback_engine.resources import find_table

#: How the files of judges end.
TREES = ".trees"
#: So many texts are judged at once: few enough to stay in the cache.
_NEAR = 256
#: The answers of a tree make a number of so many bits at most.
_DEEPEST = 8


class Subject(NamedTuple):
    """What is judged: the name of its judge's file, and the facts that this one looks at."""

    file: str
    #: Raised whenever a fact changes its meaning, so that the judge must be fitted anew.
    version: int
    names: tuple[str, ...]
    labels: tuple[str, ...] = tuple(map(str, POLARITIES))


class Judge(NamedTuple):
    """Trees of one depth: the facts that each asks for, how large they must be, and what each answer counts."""

    #: By number among those of its subject, shape (depth, trees).
    facts: NDArray[np.int64]
    #: A fact above this makes the bit of its level 1, shape (depth, trees).
    borders: NDArray[np.float32]
    #: What the answer whose bits make its number counts for each label, shape (labels, trees * 2 ** depth).
    leaves: NDArray[np.int16]
    #: What 1 counts in log odds, and where each label starts from.
    scale: float
    bias: Floats

    def weigh(self, columns: Sequence[NDArray[Any]]) -> Floats:
        """Return how likely each case is of each label, shape (cases, labels); `columns` are the facts of its subject.

        The same bits in any batch.
        """
        facts = np.array(columns, dtype=np.float32)
        odds = np.empty((facts.shape[1], len(self.leaves)))
        for first in range(0, len(odds), _NEAR):
            some = slice(first, first + _NEAR)
            odds[some] = self._sum(facts[:, some]).T * self.scale + self.bias
        odds -= odds.max(axis=1, keepdims=True, initial=-np.inf)
        raised = np.exp(odds)
        chances: Floats = raised / raised.sum(axis=1, keepdims=True)
        return chances

    def _sum(self, facts: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return what the answers of all trees count for each label, shape (labels, texts)."""
        levels = np.arange(len(self.facts), dtype=np.uint8)[:, None, None]
        are_above = facts.take(self.facts, axis=0) > self.borders[..., None]
        answers = (are_above.view(np.uint8) << levels).sum(axis=0, dtype=np.uint8)
        places = answers + (np.arange(len(answers)) << len(levels))[:, None]
        summed: NDArray[np.int64] = self.leaves.take(places, axis=1).sum(axis=1, dtype=np.int64)
        return summed


def find_judge(folder: Path, subject: Subject) -> Path:
    """Return the file of its judge among these models, or, where there is none, of that of the lexicons in use."""
    return find_table("models", subject.file, first=folder)


def load_judge(path: Path, subject: Subject) -> Judge:
    """Return the judge of a file; LexiconError if it is none, damaged or made for other facts."""
    try:
        arrays = read_arrays(path.read_bytes(), (*Judge._fields, "card"))
        card = _read_card(arrays.pop("card"))
        if (card["version"], tuple(card["facts"])) != (subject.version, subject.names):
            raise LexiconError(f"{path}: 判定模型由另一版本生成；请用与程序同一版本的 lexicons/models")
        return _assemble(arrays, subject)
    except UNREADABLE as error:
        raise _tell_damaged(path, error) from error


def _tell_damaged(path: Path, error: Exception) -> LexiconError:
    return LexiconError(f"{path}: 判定模型损坏或不完整（{error}）；请重新安装")


def _assemble(arrays: dict[str, NDArray[Any]], subject: Subject) -> Judge:
    facts, borders, leaves = arrays["facts"].astype(np.int64), arrays["borders"], arrays["leaves"]
    if facts.shape != borders.shape or leaves.shape != (len(subject.labels), facts.shape[1] << len(facts)):
        raise ValueError(f"facts {facts.shape}, borders {borders.shape}, leaves {leaves.shape}")
    if len(facts) > _DEEPEST or arrays["bias"].shape != (len(subject.labels),):
        raise ValueError(f"depth {len(facts)}, bias {arrays['bias'].shape}")
    if facts.size and not 0 <= facts.min() <= facts.max() < len(subject.names):
        raise ValueError(f"facts {facts.min()}..{facts.max()}")
    return Judge(facts, borders, leaves, float(arrays["scale"]), arrays["bias"])


def read_judge_card(path: Path) -> Mapping[str, Any]:
    """Return the card of a judge's file alone; LexiconError as for the judge."""
    try:
        return _read_card(read_arrays(path.read_bytes(), ("card",))["card"])
    except UNREADABLE as error:
        raise _tell_damaged(path, error) from error


def _read_card(data: NDArray[np.uint8]) -> Mapping[str, Any]:
    card: Mapping[str, Any] = json.loads(data.tobytes().decode("utf-8"))
    return card


def save_judge(judge: Judge, path: Path, subject: Subject, measured: Mapping[str, Any] | None = None) -> str:
    """Write the judge, the same bytes for the same one; the SHA-256 of the file comes back.

    `measured` are the figures of its card, as those of a model.
    """
    figures = measured or {"per_domain": [], "per_class": []}
    told = {"version": subject.version, "facts": subject.names, "measured": figures}
    card = json.dumps(told, sort_keys=True).encode()
    arrays = judge._asdict() | {
        "facts": judge.facts.astype(np.uint8),
        "scale": np.array(judge.scale),
        "card": np.frombuffer(card, dtype=np.uint8),
    }
    return write_arrays(arrays, path)
