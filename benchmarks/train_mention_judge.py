"""Fit the judge of touchpoints again: python benchmarks/train_mention_judge.py (`pip install catboost` first).

It learns how far a touchpoint is what its own clause says, and how far what its text says, from texts that no weights
were learned from: comments of three writers in which several touchpoints fare differently, those of `whole_seen`, and
the golden sentences. Run it after `train_judge.py`. The same libraries give the same bytes.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from judging import Boosting, Row, write_empty, write_judge
from numpy.typing import NDArray
from train_judge import GOLDEN, SEEN
from training_data import ROOT, SENTENCES, read_cells

from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.batch import cut_batches
from feedback_engine.nlp.learned import LearnedScorer
from feedback_engine.nlp.mention_facts import OF_MENTIONS
from feedback_engine.nlp.reading import Reader
from feedback_engine.nlp.touchpoints import TouchpointRules

MENTIONED = SENTENCES / "mentions.tsv"
#: What a sentence that tests tell counts beside another one.
SPECIFIED, SPECIFIED_WEIGHT = "specified", 4.0
BOOSTING = Boosting(trees=150, depth=6, rate=0.15, ridge=2.0)
#: The sets that tell how often each label errs: those of whose texts the judge of texts knows nothing.
WRITTEN = ("mentions",)
CARD = """Whether a touchpoint is spoken of as good, bad, neutral or both. Fitted by
`benchmarks/train_mention_judge.py`.

## Touchpoints that it was fitted on, and the share that it judges right (5-fold cross-validation by text)

```
{table}
```
They are those that words or hints find, in texts of ours that no weights were learned from. `mentions` are comments
that three writers made up so that several touchpoints fare differently; on the texts of the others the judge of texts
was fitted. Golden and specified ones count four times. How often each label errs in `mentions` stands in the file, and
corrects shares of touchpoints:

```
{errors}
```

## Limits

It judges what is found; what nothing names, and what is named by mistake, stays so. What is praised and blamed at once
in one place is rare, and hardly ever told as such. The judge is not asked of texts of more than 160 characters, where
each clause speaks for itself (sides in long restaurant reviews became worse with it), nor in packs with weights of
their own for touchpoints or types.
"""


class Comment(NamedTuple):
    """A text with what is said of which touchpoint, what it counts, and the set it is of."""

    pack: str
    text: str
    said: Mapping[str, str]
    weight: float
    source: str


def comments() -> Iterator[Comment]:
    """Yield the texts."""
    for pack, text, touchpoints, kind in read_cells(MENTIONED):
        weight = SPECIFIED_WEIGHT if kind == SPECIFIED else 1.0
        yield Comment(pack, text, read_said(touchpoints), weight, kind if kind == SPECIFIED else "mentions")
    for path in sorted(SEEN.glob("*.tsv")):
        yield from (Comment(path.stem, text, read_said(said), 1.0, "comments") for text, _, said, _ in read_cells(path))
    for cells in read_cells(GOLDEN):
        if not cells[0].startswith("#") and len(cells) > 3:
            yield Comment(cells[0], cells[1], read_said(cells[3]), SPECIFIED_WEIGHT, "golden")


def read_said(cell: str) -> dict[str, str]:
    """Return touchpoint → polarity; one that is told twice differently, or must not be told, is none."""
    pairs = [one.partition(":")[::2] for one in cell.split() if ":" in one and not one.startswith("!")]
    codes = [code for code, _ in pairs]
    return {code: side for code, side in pairs if codes.count(code) == 1}


def find_facts(given: Sequence[Comment], lexicons: Path) -> tuple[NDArray[np.float32], list[Row]]:
    """Return the facts about each touchpoint that is found and of which something is said, and what that is."""
    facts, rows, lexicon = [np.zeros((0, len(OF_MENTIONS.names)), dtype=np.float32)], [], load_lexicon(lexicons)
    for name in sorted({comment.pack for comment in given}):
        pack = load_pack(lexicons, name)
        reader, rules = Reader(lexicon, pack), TouchpointRules(pack)
        scorer = LearnedScorer(lexicon, lexicons / "models", pack)
        own = {comment.text: comment for comment in given if comment.pack == name}
        for batch in cut_batches(list(own)):
            readings = reader.read(batch)
            verdicts = scorer.score(readings)
            found = rules.name(readings, verdicts)
            if any(verdicts.labels) or not len(found.texts):
                continue
            clauses = found.clauses + readings.clauses.first[found.texts]
            told = verdicts.mentions.find_facts(clauses, found.starts, found.scores, found.confidences)
            shown = zip(found.texts.tolist(), found.codes.tolist(), strict=True)
            named = [(own[batch[text]], code) for text, code in shown]
            chosen = [number for number, (comment, code) in enumerate(named) if code in comment.said]
            facts.append(np.array(told, dtype=np.float32).T[chosen])
            for comment, code in (named[number] for number in chosen):
                rows.append(Row(comment.text, comment.said[code], comment.weight, comment.source, name))
    return np.concatenate(facts), rows


def main() -> None:
    """Fit the judge and write it with its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "lexicons" / "models")
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        own = shutil.copytree(ROOT / "lexicons", Path(folder) / "own")
        write_empty(own / "models", OF_MENTIONS)
        facts, rows = find_facts(list(comments()), own)
    write_judge(facts, rows, BOOSTING, chosen.out, OF_MENTIONS, WRITTEN, CARD)


if __name__ == "__main__":
    main()
