"""What the tagger says of a text, for the CRM: plain frozen values and their JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from feedback_engine.domain import Evidence, Polarity

#: The complaint type of a complaint whose type is not clear enough to name.
UNSURE, UNSURE_NAME = "unsure", "待确认"


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Polarity of the whole text; score -1 to 1, confidence 0 to 1."""

    polarity: Polarity
    score: float
    confidence: float
    evidence: tuple[Evidence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "polarity": str(self.polarity),
            "score": round(self.score, 4),
            "confidence": round(self.confidence, 4),
            "evidence": [item.to_dict() for item in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class TouchpointTag:
    """A touchpoint spoken of in one clause; the first piece of evidence is the mention itself."""

    code: str
    name: str
    polarity: Polarity
    score: float
    confidence: float
    clause: int
    evidence: tuple[Evidence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "code": self.code,
            "name": self.name,
            "polarity": str(self.polarity),
            "score": round(self.score, 4),
            "confidence": round(self.confidence, 4),
            "clause": self.clause,
            "evidence": [item.to_dict() for item in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class ComplaintDetail:
    """One thing told of a complaint: its root (value, system, people), a cause, a sign of urgency, a demand."""

    code: str
    name: str
    evidence: tuple[Evidence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"code": self.code, "name": self.name, "evidence": [item.to_dict() for item in self.evidence]}


@dataclass(frozen=True, slots=True)
class ComplaintTag:
    """Whether the text is a complaint; `type` is None when it is not, "unsure" when no type is clear enough.

    `root` is None where no word tells it; `urgency` and `demands` are empty for an everyday complaint that asks for
    nothing; what weighs most comes first.
    """

    is_complaint: bool
    type: str | None
    type_name: str | None
    confidence: float
    evidence: tuple[Evidence, ...]
    root: ComplaintDetail | None = None
    causes: tuple[ComplaintDetail, ...] = ()
    urgency: tuple[ComplaintDetail, ...] = ()
    demands: tuple[ComplaintDetail, ...] = ()

    @property
    def is_urgent(self) -> bool:
        """Whether someone should look at it at once: escalation, health, safety, or a deadline."""
        return bool(self.urgency)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "is_complaint": self.is_complaint,
            "type": self.type,
            "type_name": self.type_name,
            "confidence": round(self.confidence, 4),
            "evidence": [item.to_dict() for item in self.evidence],
            "root": None if self.root is None else self.root.to_dict(),
            "causes": [detail.to_dict() for detail in self.causes],
            "urgency": [detail.to_dict() for detail in self.urgency],
            "demands": [detail.to_dict() for detail in self.demands],
        }


@dataclass(frozen=True, slots=True)
class TaggedText:
    """A text as given, and all that the tagger says of it."""

    text: str
    sentiment: Sentiment
    touchpoints: tuple[TouchpointTag, ...]
    complaint: ComplaintTag

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form that `feedback-engine tag --jsonl` prints."""
        return {
            "text": self.text,
            "sentiment": self.sentiment.to_dict(),
            "touchpoints": [tag.to_dict() for tag in self.touchpoints],
            "complaint": self.complaint.to_dict(),
        }
