"""The words of one text as keywords and themes read it, and how much of it they read."""

from __future__ import annotations

import re

from feedback_engine.nlp.normalize import fold
from feedback_engine.nlp.segment import Segmenter

#: No more characters of one text are read: what it is about shows by then.
LONGEST = 20_000
#: What stands for masked data or a picture, [手机号] or [微笑], was not said: it is one token, and no word.
_SIGN = re.compile(r"(\[[^\[\]\s]{1,8}\])")


def cut_words(segmenter: Segmenter, text: str) -> list[str]:
    """Return the words of the folded text, which joined give its first characters; a sign in brackets is one."""
    folded = fold(text).text[:LONGEST] if text else ""
    if "[" not in folded:
        return segmenter.cut(folded) if folded else []
    pieces = _SIGN.split(folded)
    return [word for at, piece in enumerate(pieces) for word in ([piece] if at % 2 else segmenter.cut(piece))]
