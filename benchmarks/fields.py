"""Polarity and complaints in fields that no pack is of.

    python benchmarks/fields.py

`sentences/unseen/fields.tsv` was written by one writer who saw neither code nor word lists: 24 texts each from cinemas,
clinics, banks, makers of appliances, buses and cars for hire, schools, software, housing, parks and small services,
half of them short, half of several clauses, and much of it told by its outcome, without a word for good or bad. Nothing
was learned from them.
Columns: texts of this polarity; share of them that are told so; share of those told so that are; complaint or none
told rightly.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from feedback_engine import FeedbackEngine

UNSEEN = Path(__file__).with_name("sentences") / "unseen" / "fields.tsv"
ALL = "all"


def main() -> None:
    """Print the shares by polarity."""
    engine, found = FeedbackEngine(), Counter[tuple[str, str]]()
    for line in UNSEEN.read_text(encoding="utf-8").splitlines():
        text, polarity, complains, _ = line.split("\t")
        tagged = engine.tag(text)
        told = str(tagged.sentiment.polarity)
        for group in (polarity, ALL):
            found[group, "texts"] += 1
            found[group, "right"] += told == polarity
            found[group, "complaint"] += tagged.complaint.is_complaint is (complains == "yes")
        for group in (told, ALL):
            found[group, "told"] += 1
    print(f"{'':12}{'texts':>8}{'found':>8}{'precise':>9}{'complaint':>11}")
    for group in ("positive", "negative", "neutral", "mixed", ALL):
        texts, right, told = (found[group, name] for name in ("texts", "right", "told"))
        complaint = found[group, "complaint"] / texts
        print(f"{group:12}{texts:8}{right / texts:8.3f}{right / max(told, 1):9.3f}{complaint:11.3f}")


if __name__ == "__main__":
    main()
