"""The customers' own words behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.explanation import Explanation, Verbatim
from feedback_engine.tables.annotations import SENTIMENT, TOUCHPOINT

if TYPE_CHECKING:
    import pandas as pd

VERBATIM_RULE = "置信度高者在前，其次更负面者，再按编号；每条文本一处"


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


def quote(found: Explanation, texts: Mapping[str, str]) -> Explanation:
    """Return the explanation with the words of its verbatims: feedback_id → text."""
    known = [(each, texts.get(each.feedback_id)) for each in found.verbatims]
    quoted = (replace(each, text=text, span=text[each.start : each.end]) if text else each for each, text in known)
    return replace(found, verbatims=tuple(quoted))
