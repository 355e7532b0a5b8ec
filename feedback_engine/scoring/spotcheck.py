"""Which texts a person should read: a random half, whose figures hold for all, and a half chosen for doubts.

The order of chance is that of a seeded digest of the ids: the same rows, period and seed draw the same texts, in
whatever order they were imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from heapq import nsmallest
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.domain import Polarity
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.items import score_items
from feedback_engine.scoring.records import build_records
from feedback_engine.tables.annotations import COMPLAINT, SENTIMENT, TOUCHPOINT
from feedback_engine.tables.spotcheck import SPOTCHECK, Drawn

if TYPE_CHECKING:
    import pandas as pd

#: A record whose ratings come to this score, or above, says that it is satisfied; to that, or below, that it is not.
_SATISFIED, _DISSATISFIED = 75.0, 25.0
#: Doubtful texts looked at for each that is wanted: many say the same.
_CANDIDATES = 4

Read = Callable[[Sequence[str]], Mapping[str, str]]


def draw_texts(data: ScoringData, read: Read, *, untyped: str, count: int, seed: int = 0) -> pd.DataFrame:
    """Return SPOTCHECK: of the texts that say anything `count`, half of them by chance; all where there are no more.

    `read` returns id → text, `untyped` is the label of complaints of no sure type. Of doubtful texts that say the same
    one is taken, each reason in its turn.
    """
    tags = data.annotations
    said = tags[(tags["kind"] == SENTIMENT) & (tags["confidence"] > 0)]

    def lot(feedback_id: str) -> bytes:
        return blake2b(f"{seed} {feedback_id}".encode(), digest_size=16).digest()

    drawn = nsmallest(count if len(said) <= count else count - count // 2, said["feedback_id"], key=lot)
    wanted = count - len(drawn)

    def gravest(ids: Mapping[str, float]) -> list[str]:
        return nsmallest(_CANDIDATES * wanted, ids.keys() - set(drawn), key=lambda id_: (ids[id_], lot(id_)))

    doubts = {reason: gravest(ids) for reason, ids in _find_doubts(data, said, untyped).items()}
    chosen = dict.fromkeys(drawn, Drawn.RANDOM) | _choose(doubts, read, wanted)
    return _describe(data, chosen, read(list(chosen)))


def _find_doubts(data: ScoringData, said: pd.DataFrame, untyped: str) -> dict[Drawn, dict[str, float]]:
    """Return reason → the texts that it holds for, with a number that is smaller the graver the doubt is."""
    tags = data.annotations
    strength = (said["score"].abs() * said["confidence"]).round(9)
    is_sided = said["polarity"].isin([Polarity.POSITIVE.value, Polarity.NEGATIVE.value])
    is_placed = said["feedback_id"].isin(tags.loc[tags["kind"] == TOUCHPOINT, "feedback_id"])
    is_untyped = (tags["kind"] == COMPLAINT) & (tags["label"] == untyped)
    return {
        Drawn.CONTRARY: _find_contrary(data, said),
        Drawn.UNTYPED: _number(tags[is_untyped], -tags.loc[is_untyped, "confidence"]),
        Drawn.UNPLACED: _number(said[is_sided & ~is_placed], -strength[is_sided & ~is_placed]),
        Drawn.UNSURE: _number(said, said["confidence"]),
    }


def _number(rows: pd.DataFrame, grave: pd.Series[float]) -> dict[str, float]:
    return dict(zip(rows["feedback_id"], grave.tolist(), strict=True))


def _find_contrary(data: ScoringData, said: pd.DataFrame) -> dict[str, float]:
    """Return the texts that blame where their record's ratings are high, or praise where they are low."""
    records = build_records(data.feedback, data.timezone)
    samples = score_items(data.ratings, records, tuple(dict.fromkeys(data.ratings["indicator"]))).values()
    counts, sums = np.zeros((2, len(records.ids)))
    for sample in samples:
        counts[sample.rows] += 1
        sums[sample.rows] += sample.values
    rated = (counts > 0).nonzero()[0]
    means = dict(zip(records.ids[rated], sums[rated] / counts[rated], strict=True))
    record_of = dict(zip(data.feedback["feedback_id"], data.feedback["record_id"], strict=True))
    points = said["feedback_id"].map(record_of).map(means)
    blames = (said["polarity"] == Polarity.NEGATIVE.value) & (points >= _SATISFIED)
    praises = (said["polarity"] == Polarity.POSITIVE.value) & (points <= _DISSATISFIED)
    contrary = said[blames | praises]
    return _number(contrary, -contrary["confidence"])


def _choose(doubts: Mapping[Drawn, Sequence[str]], read: Read, count: int) -> dict[str, Drawn]:
    """Return `count` doubtful texts with their reason, one of each reason in turn, none that says what another says."""
    queues = {reason: iter(ids) for reason, ids in doubts.items()}
    texts = read(sorted({id_ for ids in doubts.values() for id_ in ids}))
    chosen: dict[str, Drawn] = {}
    seen: set[str] = set()
    while queues and len(chosen) < count:
        for reason, ids in list(queues.items()):
            id_ = _next_unseen(ids, texts, seen)
            if id_ is None:
                del queues[reason]
            elif len(chosen) < count:
                chosen[id_] = reason
    return chosen


def _next_unseen(ids: Iterator[str], texts: Mapping[str, str], seen: set[str]) -> str | None:
    for id_ in ids:
        words = "".join(texts.get(id_, id_).split())
        if words not in seen:
            seen.add(words)
            return id_
    return None


def _describe(data: ScoringData, chosen: Mapping[str, Drawn], texts: Mapping[str, str]) -> pd.DataFrame:
    """Return the texts in the order of their ids, so that their place does not tell why they were drawn."""
    rows = data.feedback.set_index("feedback_id").loc[sorted(chosen), ["source", "received_at"]].reset_index()
    reasons = [chosen[id_].value for id_ in rows["feedback_id"]]
    return SPOTCHECK.conform(rows.assign(reason=reasons, text=[texts.get(id_, "") for id_ in rows["feedback_id"]]))
