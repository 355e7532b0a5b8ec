"""The words of many texts as one array of numbers: four bytes a word, so that the texts need not be kept."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_engine.nlp.segment import Segmenter
from feedback_engine.nlp.words import cut_words

Numbers = NDArray[np.int64]

#: More texts of a period than this are not read: ids are digests, so that the first ones by id are a fair sample.
MOST_TEXTS = 200_000


@dataclass(frozen=True)
class Corpus:
    """The texts' words by their number in the vocabulary; text i is tokens[starts[i]:starts[i + 1]], its id ids[i]."""

    ids: tuple[str, ...]
    tokens: NDArray[np.int32]
    starts: Numbers

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def texts(self) -> Numbers:
        """The position of the text that each word stands in."""
        return np.repeat(np.arange(len(self.ids), dtype=np.int64), np.diff(self.starts))


class CorpusReader:
    """Cuts texts into words and numbers these; one vocabulary for all that it reads."""

    def __init__(self, segmenter: Segmenter, joints: str = "") -> None:
        """Words that the segmenter has guessed are cut at `joints`, characters such as 太: 人太多 is three words."""
        self._segmenter = segmenter
        self._numbers: dict[str, int] = {}
        self._joints = re.compile(f"(?<=.)([{re.escape(joints)}])(?=.)") if joints else None
        self._pieces: dict[str, list[int]] = {}

    @property
    def vocabulary(self) -> list[str]:
        """The words by their number."""
        return list(self._numbers)

    def read(self, batches: Iterable[tuple[Sequence[str], Sequence[str]]], most: int = MOST_TEXTS) -> Corpus:
        """Return the first `most` of the texts, given as (ids, texts); they are let go once they are cut."""
        ids: list[str] = []
        tokens, starts = array("i"), array("q", [0])
        for some, texts in batches:
            for id_, text in zip(some, texts, strict=True):
                for word in cut_words(self._segmenter, text):
                    tokens.extend(self._pieces.get(word) or self._number(word))
                ids.append(id_)
                starts.append(len(tokens))
            if len(ids) >= most:
                break
        end = min(most, len(ids))
        bounds = np.array(starts[: end + 1], dtype=np.int64)
        return Corpus(tuple(ids[:end]), np.array(tokens[: bounds[-1]], dtype=np.int32), bounds)

    def _number(self, word: str) -> list[int]:
        is_guess = self._joints is not None and len(word) > 2 and not self._segmenter.knows(word)
        pieces = self._joints.split(word) if is_guess and self._joints else [word]
        numbers = [self._numbers.setdefault(piece, len(self._numbers)) for piece in pieces if piece]
        self._pieces[word] = numbers
        return numbers
