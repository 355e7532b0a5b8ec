"""Remarks that praise and blame at once are mixed; reviews, and what only looks like it, take a side."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.domain import Polarity
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons


@cache
def tagger_of(pack: str = "general", scorer: str = "learned", folder: Path | None = None) -> Tagger:
    lexicons = folder or find_lexicons()
    lexicon, words = load_lexicon(lexicons), load_pack(lexicons, pack)
    return Tagger(lexicon, words, SENTIMENT_SCORERS[scorer](lexicon, words, lexicons))


@pytest.mark.parametrize(
    ("pack", "text"),
    [
        ("telecom", "师傅态度没得说，就是家里网还是老掉线"),
        ("general", "医生讲得很细，挂号排队排了俩钟头"),
        ("restaurant", "上菜快得很，米饭硬得硌牙"),
        ("hotel", "床舒服是舒服，卫生间那股味儿熏得人头疼"),
        ("general", "办事的小伙子耐心，可惜系统卡了一上午"),
        ("retail", "服务态度没得说，价格嘛，比隔壁贵一倍"),
    ],
)
def test_a_remark_that_praises_and_blames_is_mixed(pack: str, text: str) -> None:
    sentiment = tagger_of(pack).tag(text).sentiment
    assert sentiment.polarity is Polarity.MIXED
    assert any("有褒有贬" in evidence.rule for evidence in sentiment.evidence)


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("本来以为要跑好几趟，结果十分钟就办完了", Polarity.POSITIVE),
        ("说好的三天到，结果一个星期都没影", Polarity.NEGATIVE),
        ("以前态度多好，现在打电话都没人接", Polarity.NEGATIVE),
        ("态度差，办事还慢", Polarity.NEGATIVE),
        ("又快又好，下次还来", Polarity.POSITIVE),
        ("请问周末开门吗，但是我只有下午有空", Polarity.NEUTRAL),
    ],
)
def test_what_only_looks_two_sided_takes_the_side_it_is_on(text: str, polarity: Polarity) -> None:
    assert tagger_of().tag(text).sentiment.polarity is polarity


def test_a_mixed_remark_keeps_its_score_and_may_still_complain() -> None:
    tagged = tagger_of("telecom").tag("客服小姑娘态度挺好，可宽带断了五天还是没人上门，耽误孩子上网课")
    assert tagged.sentiment.polarity is Polarity.MIXED and tagged.sentiment.score != 0
    assert tagged.complaint.is_complaint


def test_a_review_of_a_known_kind_takes_the_side_it_is_on_as_a_whole() -> None:
    text = "苹果个头挺大的，也脆，就是有两个磕坏了，物流很快，包装也好，总体还是满意的，会回购"
    assert tagger_of("retail").tag(text).sentiment.polarity is Polarity.POSITIVE


def test_word_lists_alone_know_no_such_weights() -> None:
    sentiment = tagger_of("telecom", "lexicon").tag("师傅态度没得说，就是家里网还是老掉线").sentiment
    assert not any("有褒有贬" in evidence.rule for evidence in sentiment.evidence)


def test_weights_of_another_task_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "lexicons"
    shutil.copytree(find_lexicons(), folder)
    shutil.copy(folder / "models" / "details.npz", folder / "models" / "sides.npz")
    with pytest.raises(LexiconError, match="both"):
        tagger_of("general", "learned", folder).tag("服务好，环境差")
