"""The customers' own words behind a figure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import NDArray

from feedback_engine.domain import OVERALL, Evidence
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.explanation import Explanation, Verbatim
from feedback_engine.tables.annotations import SENTIMENT, TOUCHPOINT

if TYPE_CHECKING:
    import pandas as pd

VERBATIM_RULE = "置信度高者在前，其次更负面者，再按编号；每条文本一处，说法相同的只列一次"
#: Verbatims told of, and those that they are chosen from once their texts are known: many say the same.
SHOWN, CANDIDATES = 5, 100


class TaggedTexts(Protocol):
    """Where texts and the evidence of their tags are read from."""

    def read(self, feedback_ids: Sequence[str]) -> Mapping[str, str]:
        """Return id → text of those that have one."""
        ...

    def read_tags(self, feedback_ids: Sequence[str]) -> pd.DataFrame:
        """Return the ANNOTATIONS of these texts, evidence included."""
        ...


def choose_verbatims(
    data: ScoringData, record_ids: NDArray[Any], labels: tuple[str, ...] | None, *, limit: int
) -> tuple[Verbatim, ...]:
    """Return at most `limit` texts of these records that mention a label (None: as a whole, by their sentiment).

    Highest confidence first, then the most negative, then by feedback_id and place; one mention a text.
    """
    tags = _find_tags(data.annotations, labels)
    feedback = data.feedback[data.feedback["record_id"].isin(record_ids)]
    order = ["confidence", "score", "feedback_id", "start"]
    chosen = (
        tags[tags["feedback_id"].isin(feedback["feedback_id"])]
        .sort_values(order, ascending=[False, True, True, True])
        .drop_duplicates("feedback_id")
        .head(limit)
        .merge(feedback.drop(columns="kind"), on="feedback_id", how="left", sort=False)
    )
    return tuple(_verbatim(row) for row in chosen.to_dict("records"))


def _find_tags(annotations: pd.DataFrame, labels: tuple[str, ...] | None) -> pd.DataFrame:
    if labels is None:
        return annotations[(annotations["kind"] == SENTIMENT) & (annotations["confidence"] > 0)]
    return annotations[(annotations["kind"] == TOUCHPOINT) & annotations["label"].isin(labels)]


def _verbatim(row: dict[Any, Any]) -> Verbatim:
    text = row.get("text") or None
    start, end = int(row["start"]), int(row["end"])
    return Verbatim(
        feedback_id=str(row["feedback_id"]),
        label=str(row["label"]),
        source=str(row["source"]),
        file_id=str(row["file_id"]),
        row_number=int(row["row_number"]),
        text=text,
        start=start,
        end=end,
        span="" if text is None else text[start:end],
        polarity=str(row["polarity"]),
        score=float(row["score"]),
        confidence=float(row["confidence"]),
        rule=str(row["rule"]),
    )


def quote(found: Explanation, source: TaggedTexts) -> Explanation:
    """Return the explanation with the words and the evidence of its first verbatims that do not repeat each other."""
    texts = source.read([each.feedback_id for each in found.verbatims])
    chosen: dict[tuple[str, float], Verbatim] = {}
    for each in found.verbatims:
        text = texts.get(each.feedback_id)
        known = each if text is None else replace(each, text=text, span=text[each.start : each.end])
        chosen.setdefault(_tell_apart(known), known)
    shown = list(chosen.values())[:SHOWN]
    tags = source.read_tags([each.feedback_id for each in shown if each.text is not None])
    tags = tags[tags["kind"] == (SENTIMENT if found.touchpoint == OVERALL else TOUCHPOINT)]
    keys = tags[["feedback_id", "label", "start"]].itertuples(index=False, name=None)
    evidence = {key: _parse_evidence(document) for key, document in zip(keys, tags["evidence"], strict=True)}
    told = (replace(each, evidence=evidence.get((each.feedback_id, each.label, each.start), ())) for each in shown)
    return replace(found, verbatims=tuple(told))


def _tell_apart(verbatim: Verbatim) -> tuple[str, float]:
    """Return what is the same where two customers say the same of it: the words that count, and how good they are."""
    words = verbatim.feedback_id if verbatim.text is None else "".join(verbatim.span.split())
    return words, round(verbatim.score, 9)


def _parse_evidence(document: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(**piece) for piece in json.loads(document))
