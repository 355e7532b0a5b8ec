"""Texts as a report uses them: measured in passing, then only those that are quoted read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

from feedback_engine.tables.annotations import ANNOTATIONS

if TYPE_CHECKING:
    import pandas as pd


class TextSource(Protocol):
    """Where the texts of the period come from; a store, or frames in memory."""

    def iterate(self) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
        """Yield (feedback ids, texts) of every row with a text, some at a time."""
        ...

    def read(self, feedback_ids: Sequence[str]) -> Mapping[str, str]:
        """Return id → text of those that have one."""
        ...

    def read_tags(self, feedback_ids: Sequence[str]) -> pd.DataFrame:
        """Return the ANNOTATIONS of these texts, evidence and rules included."""
        ...


@dataclass(frozen=True)
class HeldTexts:
    """The texts and tags of frames that hold them."""

    feedback: pd.DataFrame
    annotations: pd.DataFrame

    def iterate(self) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
        """Yield all in one piece."""
        yield self.feedback["feedback_id"].tolist(), self.feedback["text"].tolist()

    def read(self, feedback_ids: Sequence[str]) -> Mapping[str, str]:
        """Return id → text."""
        chosen = self.feedback[self.feedback["feedback_id"].isin(feedback_ids)]
        return dict(zip(chosen["feedback_id"], chosen["text"], strict=True))

    def read_tags(self, feedback_ids: Sequence[str]) -> pd.DataFrame:
        """Return the rows of ANNOTATIONS."""
        return self.annotations[self.annotations["feedback_id"].isin(feedback_ids)]


def measure_texts(source: TextSource) -> pd.DataFrame:
    """Return feedback_id, length (characters, ends trimmed) and `said` of every text that is not blank.

    Texts that differ only in white space have the same `said`, a number of 64 bits.
    """
    import pandas as pd

    ids: list[str] = []
    lengths: list[int] = []
    said: list[int] = []
    for some, texts in source.iterate():
        for id_, text in zip(some, texts, strict=True):
            if length := len(text.strip()):
                ids.append(id_)
                lengths.append(length)
                said.append(_digest(text))
    columns = {"feedback_id": pd.Series(ids, dtype="str"), "length": pd.Series(lengths, dtype="int64")}
    return pd.DataFrame({**columns, "said": pd.Series(said, dtype="uint64")})


def _digest(text: str) -> int:
    words = "".join(text.split()).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(words, digest_size=8).digest(), "big")


def read_evidence(source: TextSource, tags: pd.DataFrame) -> pd.DataFrame:
    """Return the evidence and rule of these rows of ANNOTATIONS, in their order."""
    key = ANNOTATIONS.key
    told = source.read_tags(list(dict.fromkeys(tags["feedback_id"])))
    return tags[key].merge(told[[*key, "evidence", "rule"]], on=key, how="left").fillna({"evidence": "", "rule": ""})


def quote_all(source: TextSource, feedback_ids: Iterable[str]) -> list[str]:
    """Return the texts of these ids in their order, empty where there is none."""
    wanted = list(feedback_ids)
    found = source.read(list(dict.fromkeys(wanted)))
    return [found.get(id_, "") for id_ in wanted]
