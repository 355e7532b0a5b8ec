"""Sentences with what a person reads in them, reviewed by hand: sentences.tsv."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons


class Golden(NamedTuple):
    pack: str
    text: str
    polarities: list[str]
    touchpoints: list[str]
    complaint: str


def read_golden() -> list[Golden]:
    lines = (Path(__file__).parent / "sentences.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [Golden(row[0], row[1], row[2].split("|"), row[3].split(), row[4]) for row in rows]


@cache
def tagger_of(pack: str, scorer: str) -> Tagger:
    lexicon, words = load_lexicon(find_lexicons()), load_pack(find_lexicons(), pack)
    return Tagger(lexicon, words, SENTIMENT_SCORERS[scorer](lexicon, words, find_lexicons()))


GOLDEN = read_golden()


def test_there_are_enough_golden_sentences_of_every_pack() -> None:
    assert len({golden.text for golden in GOLDEN}) == len(GOLDEN) >= 1_100
    counts = Counter(golden.pack for golden in GOLDEN)
    assert len(counts) == 7 + 1
    assert all(counts[pack] >= 55 for pack in ("general", "retail", "telecom", "scenic")), counts


@pytest.mark.parametrize("scorer", ["learned", "lexicon"])
@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.text)
def test_polarity_is_what_a_person_reads(golden: Golden, scorer: str) -> None:
    sentiment = tagger_of(golden.pack, scorer).tag(golden.text).sentiment
    assert str(sentiment.polarity) in golden.polarities, (sentiment.score, [e.rule for e in sentiment.evidence])


@pytest.mark.parametrize("scorer", ["learned", "lexicon"])
@pytest.mark.parametrize("golden", [g for g in GOLDEN if g.touchpoints], ids=lambda golden: golden.text)
def test_touchpoints_carry_the_polarity_of_their_own_clause(golden: Golden, scorer: str) -> None:
    found = {f"{tag.code}:{tag.polarity}" for tag in tagger_of(golden.pack, scorer).tag(golden.text).touchpoints}
    unwanted = {wanted[1:] for wanted in golden.touchpoints if wanted.startswith("!")}
    assert {wanted for wanted in golden.touchpoints if not wanted.startswith("!")} <= found
    assert not unwanted & {code.partition(":")[0] for code in found}


@pytest.mark.parametrize("scorer", ["learned", "lexicon"])
@pytest.mark.parametrize("golden", [g for g in GOLDEN if g.complaint], ids=lambda golden: golden.text)
def test_complaints_are_known_and_typed(golden: Golden, scorer: str) -> None:
    complaint = tagger_of(golden.pack, scorer).tag(golden.text).complaint
    expected, _, kind = golden.complaint.partition(":")
    assert complaint.is_complaint is (expected == "yes")
    assert not kind or complaint.type in kind.split("|"), [e.rule for e in complaint.evidence]
