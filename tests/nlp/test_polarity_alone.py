from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

import feedback_engine as fe

GOOD, BAD = "房间很干净，服务热情，下次还来", "质量太差，客服态度恶劣，再也不买了"
TEXTS = [GOOD, BAD, "", None, "……", "\ud800", "👍", "好" * 5000]


def test_sign_of_the_score_is_that_of_the_text_and_texts_without_content_score_nothing() -> None:
    scores = fe.FeedbackEngine().polarity_many(TEXTS).tolist()
    assert scores[0] > 0.5
    assert scores[1] < -0.5
    assert scores[2:7] == [0.0] * 5
    assert all(-1 <= score <= 1 for score in scores)


def test_scores_do_not_depend_on_the_batch() -> None:
    engine = fe.FeedbackEngine()
    texts = [*TEXTS, *("物流很快，但客服太差" + "，还行" * number for number in range(700))]
    alone = [engine.polarity_many([text]).iloc[0] for text in texts]
    assert engine.polarity_many(texts).tolist() == alone
    assert engine.polarity_many([]).tolist() == []


def test_threads_share_one_engine() -> None:
    engine = fe.FeedbackEngine()
    pieces = ("物流很快，但客服太差", "没有什么不满意的", "等了四十分钟没人理")
    texts = [f"{piece}，{number}" for piece in pieces for number in range(40)]
    expected = fe.FeedbackEngine().tag_many(texts)

    def work(seed: int) -> bool:
        text = random.Random(seed).choice(texts)
        tagged = engine.tag(text)
        pd.testing.assert_frame_equal(engine.tag_many(texts), expected)
        return tagged.text == text

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(24)))
