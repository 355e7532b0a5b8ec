"""Fit the judges that learn from comments: python benchmarks/train_comment_judges.py (`pip install catboost` first).

One learns which touchpoints a text speaks of, of those that words name or weights hear; one how far a touchpoint is
what its own clause says, and how far what its text says; one whether the text complains. They learn from texts that no
weights were learned from: comments of several writers, those of `whole_seen`, and the golden sentences. Run it after
`train_judge.py`. The same libraries give the same bytes.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from comments import PARTIAL, Comment, comments
from judge_cards import COMPLAINTS_CARD, MENTIONS_CARD, NAMES_CARD
from judging import Boosting, Row, write_empty, write_judge
from numpy.typing import NDArray
from training_data import ROOT

from feedback_engine.lexicon.columns import Places
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.lexicon.model import Pack
from feedback_engine.nlp.asking import find_asked
from feedback_engine.nlp.batch import cut_batches
from feedback_engine.nlp.complaint_facts import OF_COMPLAINTS
from feedback_engine.nlp.complaint_judging import are_brief, find_complaint_facts
from feedback_engine.nlp.grievances import judge_by_rules
from feedback_engine.nlp.judge import Subject
from feedback_engine.nlp.learned import LearnedScorer, LearnedVerdicts
from feedback_engine.nlp.mention_facts import OF_MENTIONS
from feedback_engine.nlp.naming import OF_NAMES
from feedback_engine.nlp.reading import Reader, Readings
from feedback_engine.nlp.touchpoints import TouchpointRules


class Cases(NamedTuple):
    """What a judge is asked of the texts of a batch: the facts, and of which text and touchpoint they are."""

    facts: Sequence[NDArray[Any]]
    texts: Places
    codes: Sequence[str]


def ask_names(pack: Pack, readings: Readings, verdicts: LearnedVerdicts) -> Cases | None:
    """Return what the judge of names is asked."""
    if verdicts.hints is None or verdicts.hints.candidates is None:
        return None
    found = verdicts.hints.candidates
    numbers = verdicts.hints.known[found.columns].tolist()
    return Cases(found.facts, found.texts, [pack.touchpoints[number].code for number in numbers])


def ask_mentions(pack: Pack, readings: Readings, verdicts: LearnedVerdicts) -> Cases | None:
    """Return what the judge of mentions is asked."""
    found = TouchpointRules(pack).name(readings, verdicts)
    if any(verdicts.labels) or not len(found.texts):
        return None
    clauses = found.clauses + readings.clauses.first[found.texts]
    facts = verdicts.mentions.find_facts(clauses, found.starts, found.scores, found.confidences)
    return Cases(facts, found.texts, found.codes.tolist())


def ask_complaints(pack: Pack, readings: Readings, verdicts: LearnedVerdicts) -> Cases | None:
    """Return what the judge of complaints is asked."""
    judge = verdicts.complaints
    if judge is None:
        return None
    touchpoints, asked = TouchpointRules(pack).find(readings, verdicts), find_asked(readings, verdicts.unasserted)
    _, found = judge_by_rules(readings, verdicts, touchpoints, asked, is_case_log=pack.is_case_log)
    facts = find_complaint_facts(readings, verdicts, judge, touchpoints, asked, found)
    texts = are_brief(readings).nonzero()[0]
    return Cases([column[texts] for column in facts], texts, [""] * len(texts))


class Course(NamedTuple):
    """How a judge is taught."""

    subject: Subject
    ask: Callable[[Pack, Readings, LearnedVerdicts], Cases | None]
    #: Which label a comment has, or a touchpoint in it, None if that is not known.
    tell: Callable[[Comment, str], str | None]
    #: What a sentence that tests tell counts beside another one.
    weight: float
    boosting: Boosting
    #: The sets that tell how often each label errs.
    written: Collection[str]
    card: str


COURSES = (
    Course(
        OF_NAMES, ask_names, Comment.speaks_of, 8.0, Boosting(trees=60, depth=6, rate=0.2, ridge=5.0),
        ("mentions", "comments"), NAMES_CARD,
    ),
    Course(
        OF_MENTIONS, ask_mentions, Comment.says, 4.0, Boosting(trees=150, depth=6, rate=0.15, ridge=2.0),
        ("mentions", "comments"), MENTIONS_CARD,
    ),
    Course(
        OF_COMPLAINTS, ask_complaints, Comment.is_complaint, 7.0, Boosting(trees=150, depth=6, rate=0.12, ridge=2.0),
        ("comments",), COMPLAINTS_CARD,
    ),
)  # fmt: skip


def find_facts(given: Sequence[Comment], lexicons: Path, course: Course) -> tuple[NDArray[np.float32], list[Row]]:
    """Return the facts about each case that the judge is asked of, and what is told of it, where that is known."""
    facts, rows, lexicon = [np.zeros((0, len(course.subject.names)), dtype=np.float32)], [], load_lexicon(lexicons)
    for name in sorted({comment.pack for comment in given}):
        pack = load_pack(lexicons, name)
        reader, scorer = Reader(lexicon, pack), LearnedScorer(lexicon, lexicons / "models", pack)
        own = [comment for comment in given if comment.pack == name]
        for batch in cut_batches([comment.text for comment in own]):
            some, own = own[: len(batch)], own[len(batch) :]
            readings = reader.read(batch)
            asked = course.ask(pack, readings, scorer.score(readings))
            if asked is None:
                continue
            named = [(some[text], code) for text, code in zip(asked.texts.tolist(), asked.codes, strict=True)]
            labels = [course.tell(comment, code) for comment, code in named]
            chosen = [number for number, label in enumerate(labels) if label]
            facts.append(np.array(asked.facts, dtype=np.float32).T[chosen])
            for number in chosen:
                comment = named[number][0]
                counts = course.weight if comment.source in PARTIAL else 1.0
                rows.append(Row(comment.text, labels[number] or "", counts, comment.source, name))
    return np.concatenate(facts), rows


def main() -> None:
    """Fit the judges and write them with their cards."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "lexicons" / "models")
    chosen, given = parser.parse_args(), list(comments())
    with TemporaryDirectory() as folder:
        own = shutil.copytree(ROOT / "lexicons", Path(folder) / "own")
        write_empty(own / "models", *(course.subject for course in COURSES))
        for course in COURSES:
            facts, rows = find_facts(given, own, course)
            write_judge(facts, rows, course.boosting, chosen.out, course.subject, course.written, course.card)
            shutil.copy(chosen.out / course.subject.file, own / "models")


if __name__ == "__main__":
    main()
