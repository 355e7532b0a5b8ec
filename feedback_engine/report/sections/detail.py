"""明细: one row per text and tag, in chunks: a million rows lie in memory neither as cells nor as texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from feedback_engine.report.blocks import Column, ColumnKind, Row, Section, Table
from feedback_engine.report.evidence import evidence_words
from feedback_engine.report.facts import Facts, local_moments, short_id
from feedback_engine.report.texts import quote_all, read_evidence
from feedback_engine.tables.annotations import (
    CAUSE,
    COMPLAINT,
    DEMAND,
    DETAILS,
    POLARITY_NAMES,
    ROOT,
    SENTIMENT,
    TOUCHPOINT,
    URGENCY,
)
from feedback_engine.tables.feedback import MAIN_ROLE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CHUNK = 10_000
KINDS = {
    SENTIMENT: "整段情感",
    TOUCHPOINT: "触点",
    COMPLAINT: "投诉类型",
    ROOT: "投诉根源",
    CAUSE: "流失原因",
    URGENCY: "紧急信号",
    DEMAND: "客户诉求",
}
COLUMNS = (
    Column("编号", width=15),
    Column("来源", width=14),
    Column("渠道", width=10),
    Column("时间", ColumnKind.MOMENT, width=18),
    Column("题目", width=24),
    Column("文本", width=60),
    Column("标签类别", width=11),
    Column("触点或类型", width=16),
    Column("倾向", width=10),
    Column("情感分", ColumnKind.NUMBER, decimals=2, width=9),
    Column("置信度", ColumnKind.NUMBER, decimals=2, width=9),
    Column("依据词", width=20),
    Column("判断规则", width=44),
    Column("来源文件", width=22),
    Column("行号", ColumnKind.INTEGER, width=8),
)


def build_detail(facts: Facts) -> Section:
    """Return every tag of every text of the period, newest text first."""
    table = Table("detail", "明细", COLUMNS, DetailRows(facts), empty="（没有标签）")
    return Section("明细", "明细", (table,), is_data=True)


class DetailRows:
    """The rows of 明细 in order; goes through the frames chunk by chunk each time it is iterated."""

    def __init__(self, facts: Facts) -> None:
        import pandas as pd

        self._facts = facts
        self._files = dict(zip(facts.inputs.files["file_id"], facts.inputs.files["name"], strict=True))
        places = pd.Index(facts.inputs.feedback["feedback_id"]).get_indexer(facts.inputs.annotations["feedback_id"])
        self._order = _order(facts, places)
        self._places = places[self._order]

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Row]:
        for first in range(0, len(self), CHUNK):
            chosen = slice(first, first + CHUNK)
            tags = self._facts.inputs.annotations.take(self._order[chosen])
            yield from self._chunk(tags, self._facts.inputs.feedback.take(self._places[chosen]))

    def _chunk(self, tags: pd.DataFrame, feedback: pd.DataFrame) -> Iterator[Row]:
        told = read_evidence(self._facts.source, tags)
        return zip(
            (short_id(key) for key in feedback["feedback_id"]),
            feedback["source"],
            feedback["channel"],
            local_moments(feedback["received_at"], self._facts.inputs.timezone),
            map(self._question, feedback["source"], feedback["role"]),
            quote_all(self._facts.source, feedback["feedback_id"]),
            tags["kind"].map(KINDS),
            map(self._label, tags["kind"], tags["label"]),
            tags["polarity"].map(dict(POLARITY_NAMES)),
            tags["score"].tolist(),
            tags["confidence"].tolist(),
            map(evidence_words, told["evidence"]),
            told["rule"],
            (self._files.get(key, short_id(key)) for key in feedback["file_id"]),
            feedback["row_number"].tolist(),
            strict=True,
        )

    def _question(self, source: str, role: str) -> str:
        return "" if role == MAIN_ROLE else self._facts.inputs.role_names.get((source, role), role)

    def _label(self, kind: str, label: str) -> str:
        if kind == SENTIMENT:
            return ""
        inputs = self._facts.inputs
        if kind in DETAILS:
            return inputs.detail_names.get((kind, label), label)
        names = inputs.complaint_type_names if kind == COMPLAINT else inputs.touchpoint_names
        return names.get(label, label)


def _order(facts: Facts, places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Positions of the tags whose text is there: by text (newest first), then kind, place in the text, label."""
    import numpy as np
    import pandas as pd

    feedback, tags = facts.inputs.feedback, facts.inputs.annotations
    texts = feedback[["received_at", "feedback_id"]].reset_index(drop=True)
    texts = texts.sort_values(["received_at", "feedback_id"], ascending=[False, True], na_position="last")
    rank = np.empty(len(texts) + 1, dtype=np.int64)
    rank[texts.index.to_numpy()] = np.arange(len(texts))
    kinds = pd.Categorical(tags["kind"], categories=list(KINDS)).codes
    labels = pd.Categorical(tags["label"], categories=sorted(set(tags["label"]))).codes
    order = np.lexsort((labels, tags["start"].to_numpy(), kinds, rank[places]))
    return order[places[order] >= 0]
