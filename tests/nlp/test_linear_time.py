"""No text takes more than its length in time, and none raises: what people paste, and what nobody would."""

from __future__ import annotations

import importlib
import json
import random
import re
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from growth import is_linear

from feedback_engine.domain import Evidence
from feedback_engine.lexicon.files import list_packs, load_pack
from feedback_engine.lexicon.model import Lexicon
from feedback_engine.lexicon.patterns import GAP, NUMBER, STEP, compile_pattern
from feedback_engine.nlp.batch import tag_table
from feedback_engine.nlp.normalize import fold_phrases
from feedback_engine.nlp.tagged import TaggedText
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons

LONG = 100_000
PROSE = "房间很干净，就是隔音不好，半夜被隔壁吵醒。前台态度很差，但是早餐还不错！等了四十分钟没人理，要求退款。"
REPEATED = {
    "prose": PROSE,
    "emoji": "😀😡👍",
    "one good word": "好",
    "one character": "的",
    "commas": "，",
    "full stops": "。！？…",
    "negations": "不",
    "negated words": "不好",
    "irony without end": '"好',
    "contrasts without comma": "但是",
    "contrasts with opinions": "但好",
    "contrasts by clause": "但好，",
    "wishes": "希望好",
    "degrees": "非常",
    "mentions without opinion": "客服",
    "mentions with opinions": "客服好",
    "mentions by clause": "客服，",
    "demands": "退款",
    "starts of patterns": "等了",
    "numbers": "3",
    "numerals": "一",
    "spaces": " ",
    "latin": "good ",
    "one latin letter": "a",
    "nested quotes": "（“",
    "lone surrogates": "\ud800",
    "marks that vanish": "好\u200b",
    "traditional": "態度很差",
}


@pytest.mark.parametrize("piece", REPEATED.values(), ids=REPEATED)
def test_a_text_takes_time_in_proportion_to_its_length(tagger: Tagger, piece: str) -> None:
    def tag_both_ways(text: str) -> None:
        tagger.tag(text)
        tag_table([text], ["0"], tagger)

    assert is_linear(tag_both_ways, piece, LONG)


@pytest.mark.parametrize("piece", [PROSE, '"好', "但好", "但好，", "客服好", "希望好", "退款，", "好客服"])
def test_a_short_text_takes_time_in_proportion_to_its_length_too(tagger: Tagger, piece: str) -> None:
    assert is_linear(tagger.tag, piece, 32_000)


def test_many_opinions_before_many_mentions_are_linear(tagger: Tagger) -> None:
    def tag_many_of_both(piece: str) -> None:
        count = len(piece) // 4
        tagger.tag("好坏" * count + "客服快递" * count)

    assert is_linear(tag_many_of_both, "好", 40_000)


def _phrase_patterns(lexicon: Lexicon) -> set[str]:
    packs = [load_pack(find_lexicons(), name) for name in list_packs(find_lexicons())]
    labels = [label for pack in packs for label in (*pack.touchpoints, *pack.complaint_types)]
    terms = [
        *lexicon.polarity,
        *(d.term for d in lexicon.details),
        *(term for label in labels for term in label.phrases),
    ]
    return set(fold_phrases([term for term in terms if set(term) & {GAP, STEP, NUMBER}]))


def _module_patterns() -> list[re.Pattern[str]]:
    folder = Path(__file__).parents[2] / "feedback_engine"
    names = [f"feedback_engine.{room}.{p.stem}" for room in ("nlp", "lexicon") for p in (folder / room).glob("*.py")]
    modules = [importlib.import_module(name.removesuffix(".__init__")) for name in sorted(names)]
    return [value for module in modules for value in vars(module).values() if isinstance(value, re.Pattern)]


NASTY = ["a", "1", "一", "不", "等了", " ", "\t ", ",", ".", "。", "a.", "1,", "好坏", "12 ", "一个", "\n"]


@pytest.mark.parametrize("piece", NASTY, ids=ascii)
def test_every_expression_of_the_code_is_linear(piece: str) -> None:
    patterns = _module_patterns()
    assert len(patterns) >= 2
    for pattern in patterns:
        assert is_linear(partial(_search, pattern), piece, LONG), pattern.pattern


def _search(pattern: re.Pattern[str], text: str) -> None:
    sum(1 for _ in pattern.finditer(text))
    pattern.fullmatch(text)


def test_every_phrase_with_placeholders_is_linear(lexicon: Lexicon) -> None:
    phrases = _phrase_patterns(lexicon)
    assert len(phrases) > 200
    for phrase in sorted(phrases):
        pattern = compile_pattern(phrase)
        literal = re.split(f"[{GAP}{STEP}{NUMBER}]", phrase)[0] or "一"
        assert is_linear(partial(_search, pattern), literal, LONG // 5), phrase


EXTRAS = [
    "😀", "👩‍👩‍👧", "\ud800", "\udfff", "\u202e", "\u2066", "\u200d", "\ufeff", "\x00", "態度", "發貨", "ＡＰＰ",
    "good", "３", "。", "，", "？", "!", '"', "“", "”", "\n", " ", "…", "～", "＃", "不", "没有", "别", "但是",
    "希望", "3天", "（", "\U000e0041",
]  # fmt: skip


def _generate(lexicon: Lexicon, seed: int, count: int) -> list[str]:
    source = random.Random(seed)
    pack = load_pack(find_lexicons(), "general")
    words = [*lexicon.polarity, *lexicon.negation, *lexicon.degree, *lexicon.contrast, *lexicon.emoji]
    words += [term for label in (*pack.touchpoints, *pack.complaint_types) for term in label.phrases]
    words += [detail.term for detail in lexicon.details]
    pools = [sorted(set(words)), EXTRAS]
    return ["".join(source.choice(source.choice(pools)) for _ in range(source.randint(0, 14))) for _ in range(count)]


def _evidence(tagged: TaggedText) -> list[Evidence]:
    complaint = tagged.complaint
    details = [*complaint.causes, *complaint.urgency, *complaint.demands, *([complaint.root] if complaint.root else [])]
    groups = [tagged.sentiment.evidence, complaint.evidence, *(d.evidence for d in details)]
    return [item for group in (*groups, *(t.evidence for t in tagged.touchpoints)) for item in group]


def test_generated_texts_never_raise_and_point_into_themselves(tagger: Tagger, lexicon: Lexicon) -> None:
    for text in _generate(lexicon, seed=11, count=4000):
        for item in _evidence(tagger.tag(text)):
            assert item.text == text[item.start : item.end] != ""
            item.rule.encode("utf-8")


def test_generated_batch_equals_single_calls(tagger: Tagger, lexicon: Lexicon) -> None:
    texts = _generate(lexicon, seed=12, count=300)
    whole = tag_table(texts, [str(at) for at in range(len(texts))], tagger)
    alone = [tag_table([text], [str(at)], tagger) for at, text in enumerate(texts)]
    pd.testing.assert_frame_equal(whole, pd.concat(alone, ignore_index=True))


def test_rows_say_what_the_values_say(tagger: Tagger, lexicon: Lexicon) -> None:
    texts = _generate(lexicon, seed=13, count=300)
    rows = tag_table(texts, [str(at) for at in range(len(texts))], tagger).groupby("feedback_id", sort=False)
    for (_, found), tagged in zip(rows, tagger.tag_many(texts), strict=True):
        complaint = tagged.complaint
        roots = [complaint.root] if complaint.root else []
        details = [*roots, *complaint.causes, *complaint.urgency, *complaint.demands]
        groups = [tagged.sentiment, *tagged.touchpoints, *([complaint] if complaint.is_complaint else []), *details]
        assert [json.loads(cell) for cell in found["evidence"]] == [group.to_dict()["evidence"] for group in groups]
        sure = [getattr(group, "confidence", complaint.confidence) for group in groups]
        assert list(found["confidence"]) == sure
        judged = [tagged.sentiment, *tagged.touchpoints]
        assert list(found["score"])[: len(judged)] == [group.score for group in judged]
