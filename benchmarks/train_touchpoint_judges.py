"""Fit the judges of touchpoints again: python benchmarks/train_touchpoint_judges.py (`pip install catboost` first).

One learns which touchpoints a text speaks of, of those that words name or weights hear; the other how far a touchpoint
is what its own clause says, and how far what its text says. Both learn from texts that no weights were learned from:
comments of several writers, those of `whole_seen`, and the golden sentences. Run it after `train_judge.py`. The same
libraries give the same bytes.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from judging import Boosting, Row, write_empty, write_judge
from numpy.typing import NDArray
from train_judge import GOLDEN, SEEN
from training_data import ROOT, SENTENCES, read_cells

from feedback_engine.lexicon.columns import Places
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.lexicon.model import Pack
from feedback_engine.nlp.batch import cut_batches
from feedback_engine.nlp.judge import Subject
from feedback_engine.nlp.learned import LearnedScorer, LearnedVerdicts
from feedback_engine.nlp.mention_facts import OF_MENTIONS
from feedback_engine.nlp.naming import LABELS, OF_NAMES, SPOKEN
from feedback_engine.nlp.reading import Reader, Readings
from feedback_engine.nlp.touchpoints import TouchpointRules

MENTIONED, COMMENTS = SENTENCES / "mentions.tsv", SENTENCES / "comments.tsv"
#: Sentences that tests tell: not all that they speak of is told; what each counts beside another one, for either judge.
PARTIAL, NAMES_WEIGHT, MENTIONS_WEIGHT = ("specified", "golden"), 8.0, 4.0
NAMES_BOOSTING = Boosting(trees=60, depth=6, rate=0.2, ridge=5.0)
MENTIONS_BOOSTING = Boosting(trees=150, depth=6, rate=0.15, ridge=2.0)
#: The sets that tell how often each label errs: those of whose texts the judge of texts knows nothing.
WRITTEN = ("mentions", "comments")
NAMES_CARD = """Which touchpoints a text speaks of, of those that words name or weights for hints hear. Fitted by
`benchmarks/train_touchpoint_judges.py`.

## Candidates that it was fitted on, and the share that it judges right (5-fold cross-validation by text)

```
{table}
```
They are of texts of ours that no weights were learned from. `mentions` are comments that three writers made up so that
several touchpoints fare differently, `comments` those of four writers, as customers write. Of golden and specified
ones, which count eight times, only what must be found and what must not is known. How often each label errs in
`mentions` and `comments` at even chances (a touchpoint is told from 40 % on):

```
{errors}
```

## Limits

A touchpoint that no word names and no weights hear is no candidate: of those that readers name in `whole.py` about one
in thirty. In texts of more than 80 characters each part is heard, but not the whole; in those of more than 160, which
are reviews, all that is named counts. Packs that have weights of their own for touchpoints do without it, and
touchpoints that the hints of a pack do not know are named by their words alone.
"""
MENTIONS_CARD = """Whether a touchpoint is spoken of as good, bad, neutral or both. Fitted by
`benchmarks/train_touchpoint_judges.py`.

## Touchpoints that it was fitted on, and the share that it judges right (5-fold cross-validation by text)

```
{table}
```
They are those that are told of texts of ours that no weights were learned from. `mentions` are comments that three
writers made up so that several touchpoints fare differently, `comments` those of four writers, as customers write; on
the texts of the others the judge of texts was fitted. Golden and specified ones count four times. How often each label
errs in `mentions` and `comments` stands in the file, and corrects shares of touchpoints:

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
    """A text with what is said of it, and the set it is of."""

    pack: str
    text: str
    #: Touchpoint → polarity, of those of which it is known.
    said: Mapping[str, str]
    #: Touchpoints that it speaks of, and that it does not, None for all others.
    spoken: frozenset[str]
    unspoken: frozenset[str] | None
    source: str

    def speaks_of(self, code: str) -> str | None:
        """Return which label a candidate has, None if that is not known."""
        if code in self.spoken:
            return LABELS[SPOKEN]
        return None if self.unspoken is not None and code not in self.unspoken else LABELS[1 - SPOKEN]

    def says(self, code: str) -> str | None:
        """Return how it speaks of a touchpoint, None if that is not known."""
        return self.said.get(code)


def comments() -> Iterator[Comment]:
    """Yield the texts."""
    for pack, text, touchpoints, kind in read_cells(MENTIONED):
        yield make(pack, text, touchpoints, kind if kind in PARTIAL else "mentions")
    for pack, text, _, touchpoints, _ in read_cells(COMMENTS):
        yield make(pack, text, touchpoints, "comments")
    for path in sorted(SEEN.glob("*.tsv")):
        yield from (make(path.stem, text, touchpoints, "seen") for text, _, touchpoints, _ in read_cells(path))
    for cells in read_cells(GOLDEN):
        if not cells[0].startswith("#") and len(cells) > 3:
            yield make(cells[0], cells[1], cells[3], "golden")


def make(pack: str, text: str, touchpoints: str, source: str) -> Comment:
    """Return a comment; a touchpoint that is told twice differently has no polarity."""
    told = touchpoints.split()
    pairs = [one.partition(":")[::2] for one in told if not one.startswith("!")]
    codes = [code for code, _ in pairs]
    said = {code: side for code, side in pairs if side and codes.count(code) == 1}
    is_partial = source in PARTIAL
    unspoken = frozenset(one[1:] for one in told if one.startswith("!")) if is_partial else None
    return Comment(pack, text, said, frozenset(codes), unspoken, source)


class Asked(NamedTuple):
    """What a judge is asked of the texts of a batch: the facts, and of which text and touchpoint they are."""

    facts: Sequence[NDArray[Any]]
    texts: Places
    codes: Sequence[str]


def ask_names(pack: Pack, readings: Readings, verdicts: LearnedVerdicts) -> Asked | None:
    """Return what the judge of names is asked."""
    if verdicts.hints is None or verdicts.hints.candidates is None:
        return None
    found = verdicts.hints.candidates
    numbers = verdicts.hints.known[found.columns].tolist()
    return Asked(found.facts, found.texts, [pack.touchpoints[number].code for number in numbers])


def ask_mentions(pack: Pack, readings: Readings, verdicts: LearnedVerdicts) -> Asked | None:
    """Return what the judge of mentions is asked."""
    found = TouchpointRules(pack).name(readings, verdicts)
    if any(verdicts.labels) or not len(found.texts):
        return None
    clauses = found.clauses + readings.clauses.first[found.texts]
    facts = verdicts.mentions.find_facts(clauses, found.starts, found.scores, found.confidences)
    return Asked(facts, found.texts, found.codes.tolist())


def find_facts(
    given: Sequence[Comment],
    lexicons: Path,
    subject: Subject,
    ask: Callable[[Pack, Readings, LearnedVerdicts], Asked | None],
    tell: Callable[[Comment, str], str | None],
    weight: float,
) -> tuple[NDArray[np.float32], list[Row]]:
    """Return the facts about each touchpoint that the judge of a subject is asked of, and what is told of it."""
    facts, rows, lexicon = [np.zeros((0, len(subject.names)), dtype=np.float32)], [], load_lexicon(lexicons)
    for name in sorted({comment.pack for comment in given}):
        pack = load_pack(lexicons, name)
        reader, scorer = Reader(lexicon, pack), LearnedScorer(lexicon, lexicons / "models", pack)
        own = {comment.text: comment for comment in given if comment.pack == name}
        for batch in cut_batches(list(own)):
            readings = reader.read(batch)
            asked = ask(pack, readings, scorer.score(readings))
            if asked is None:
                continue
            named = [(own[batch[text]], code) for text, code in zip(asked.texts.tolist(), asked.codes, strict=True)]
            labels = [tell(comment, code) for comment, code in named]
            chosen = [number for number, label in enumerate(labels) if label]
            facts.append(np.array(asked.facts, dtype=np.float32).T[chosen])
            for number in chosen:
                comment = named[number][0]
                counts = weight if comment.source in PARTIAL else 1.0
                rows.append(Row(comment.text, labels[number] or "", counts, comment.source, name))
    return np.concatenate(facts), rows


def main() -> None:
    """Fit the judges and write them with their cards."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "lexicons" / "models")
    chosen, given = parser.parse_args(), list(comments())
    with TemporaryDirectory() as folder:
        own = shutil.copytree(ROOT / "lexicons", Path(folder) / "own")
        write_empty(own / "models", OF_NAMES, OF_MENTIONS)
        found = find_facts(given, own, OF_NAMES, ask_names, Comment.speaks_of, NAMES_WEIGHT)
        write_judge(*found, NAMES_BOOSTING, chosen.out, OF_NAMES, WRITTEN, NAMES_CARD)
        shutil.copy(chosen.out / OF_NAMES.file, own / "models")
        found = find_facts(given, own, OF_MENTIONS, ask_mentions, Comment.says, MENTIONS_WEIGHT)
    write_judge(*found, MENTIONS_BOOSTING, chosen.out, OF_MENTIONS, WRITTEN, MENTIONS_CARD)


if __name__ == "__main__":
    main()
