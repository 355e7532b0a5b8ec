"""What is told of complaints beside their type, on sentences that no phrase was chosen by.

    python benchmarks/details.py

`sentences/unseen/details.tsv` holds 320 texts by a writer who saw no word list: complaint or none, root, signs of
urgency, demands. Among them are 90 traps: the same words in praise, in questions, denied, or said of something past.
`ordinary.tsv` holds 300 by another writer, in the words that most customers use; a third complain of nothing.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from feedback_engine import FeedbackEngine
from feedback_engine.nlp.tagged import ComplaintTag

UNSEEN = Path(__file__).with_name("sentences") / "unseen"
FILES = ("details.tsv", "ordinary.tsv")


class Described(NamedTuple):
    """A text and what a reader would note of it as a complaint."""

    text: str
    is_complaint: bool
    root: str
    urgency: frozenset[str]
    demands: frozenset[str]


def read_described(path: Path) -> list[Described]:
    """Return the texts of a file with what they tell."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [
        Described(text, told == "yes", root, frozenset(urgency.split()), frozenset(demands.split()))
        for text, told, root, urgency, demands in rows
    ]


def count(described: Described, tag: ComplaintTag) -> Counter[str]:
    """Return what there is to tell of a text, what is told, and what of it is right."""
    found = Counter(texts=1, complaint=int(tag.is_complaint is described.is_complaint))
    if described.is_complaint:
        root = tag.root.code if tag.root else ""
        found.update(roots=1, rooted=bool(root), right_root=root == described.root)
    for kind, there, details in (
        ("urgency", described.urgency, tag.urgency),
        ("demand", described.demands, tag.demands),
    ):
        told = {detail.code for detail in details}
        found.update({f"{kind} there": len(there), f"{kind} told": len(told), f"{kind} right": len(there & told)})
    return found


def show(name: str, found: Counter[str]) -> None:
    """Print the shares of one file."""
    print(f"{name}: {found['texts']} texts, complaint or none right: {found['complaint'] / found['texts']:.3f}")
    print(
        f"root of {found['roots']} complaints: told {found['rooted'] / found['roots']:.3f}, "
        f"right {found['right_root'] / found['roots']:.3f}"
    )
    for kind in ("urgency", "demand"):
        right = found[f"{kind} right"]
        print(
            f"{kind}: found {right / found[f'{kind} there']:.3f} of {found[f'{kind} there']}, "
            f"precision {right / found[f'{kind} told']:.3f}"
        )


def main() -> None:
    """Measure and print."""
    engine = FeedbackEngine()
    for name in FILES:
        texts = read_described(UNSEEN / name)
        show(name, sum((count(one, engine.tag(one.text).complaint) for one in texts), Counter[str]()))


if __name__ == "__main__":
    main()
