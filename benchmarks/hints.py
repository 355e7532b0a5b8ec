"""What hints add to the words of a pack, on sentences that nothing was learned from or chosen by.

    python benchmarks/hints.py

Each pack has 120 sentences in `sentences/unseen` by a writer who saw neither those in `sentences` nor the word lists'
successes: 50 as ordinary as most feedback is, 50 in a wording of their own, 20 about nothing in the pack.
Columns: share of the touchpoints found, and found with the right polarity; of those found that are there; texts rightly
told as complaint or none; complaints found with the right type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.tagged import TaggedText
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons

UNSEEN = Path(__file__).with_name("sentences") / "unseen"
PACKS = ("general", "hotel", "restaurant", "retail", "telecom")


class Sentence(NamedTuple):
    """A text, the polarity of each touchpoint that it speaks of, and "no", "yes" or "yes:type"."""

    text: str
    touchpoints: Mapping[str, str]
    complaint: str


def read_sentences(path: Path) -> list[Sentence]:
    """Return the sentences of a file."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [Sentence(text, dict(code.split(":") for code in codes.split()), told) for text, codes, told in rows]


def count(sentences: Sequence[Sentence], tagged: Sequence[TaggedText]) -> Counter[str]:
    """Return how many touchpoints, complaints and types there are, and how many were told."""
    found: Counter[str] = Counter(texts=len(sentences))
    for sentence, tags in zip(sentences, tagged, strict=True):
        told = {(touchpoint.code, str(touchpoint.polarity)) for touchpoint in tags.touchpoints}
        codes, kind = {code for code, _ in told}, sentence.complaint.partition(":")[2]
        found["named"] += len(sentence.touchpoints)
        found["told"] += len(codes)
        found["right"] += len(codes & set(sentence.touchpoints))
        found["right polarity"] += len(told & set(sentence.touchpoints.items()))
        found["complaint"] += tags.complaint.is_complaint is (sentence.complaint != "no")
        found["typed"] += bool(kind)
        found["right type"] += bool(kind) and tags.complaint.type == kind
    return found


def show(name: str, found: Counter[str]) -> None:
    """Print a row of shares."""
    shares = (
        found["right"] / found["named"], found["right polarity"] / found["named"], found["right"] / found["told"],
        found["complaint"] / found["texts"], found["right type"] / found["typed"],
    )  # fmt: skip
    print(f"{name:24}" + "".join(f"{share:>12.3f}" for share in shares))


def main() -> None:
    """Measure and print."""
    folder = find_lexicons()
    lexicon, totals = load_lexicon(folder), {False: Counter[str](), True: Counter[str]()}
    print(f"{'':24}" + "".join(f"{head:>12}" for head in ("found", "polarity", "precision", "complaint", "type")))
    for name in PACKS:
        whole, sentences = load_pack(folder, name), read_sentences(UNSEEN / f"{name}.tsv")
        for has_hints, total in totals.items():
            pack = whole if has_hints else replace(whole, hint_model="")
            tagger = Tagger(lexicon, pack, SENTIMENT_SCORERS["learned"](lexicon, pack, folder))
            found = count(sentences, tagger.tag_many([sentence.text for sentence in sentences]))
            show(f"{name}, {'with' if has_hints else 'without'} hints", found)
            total += found
    for has_hints, total in totals.items():
        show(f"all, {'with' if has_hints else 'without'} hints", total)


if __name__ == "__main__":
    main()
