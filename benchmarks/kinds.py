"""Polarity by kind of sentence, on sentences that nothing was learned from.

    python benchmarks/kinds.py

`sentences/unseen/kinds.tsv` was written by four writers who saw neither code nor word lists: about a hundred sentences
of each kind that rules are for, a quarter of them traps; plain requests, enquiries and facts; and what only looks like
them. `told` is how many of them are told as complaints; of the plain ones none is.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from feedback_engine import FeedbackEngine

UNSEEN = Path(__file__).with_name("sentences") / "unseen" / "kinds.tsv"


def main() -> None:
    """Print the share of right polarities by kind."""
    engine, found = FeedbackEngine(), Counter[tuple[str, str]]()
    for line in UNSEEN.read_text(encoding="utf-8").splitlines():
        text, polarity, kind = line.split("\t")
        tagged = engine.tag(text)
        for group in (kind, "all"):
            found[group, "texts"] += 1
            found[group, "right"] += str(tagged.sentiment.polarity) == polarity
            found[group, "told"] += tagged.complaint.is_complaint
    print(f"{'':16}{'texts':>8}{'right':>8}{'told':>8}")
    for kind in sorted({kind for kind, _ in found}, key=lambda kind: (kind == "all", kind)):
        texts = found[kind, "texts"]
        print(f"{kind:16}{texts:8}{found[kind, 'right'] / texts:8.3f}{found[kind, 'told'] / texts:8.3f}")


if __name__ == "__main__":
    main()
