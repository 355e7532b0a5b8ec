"""Whether bytes, decoded in some way, are Chinese: mostly hanzi, and mostly everyday ones; or Korean, much like it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_CHUNK = 1 << 20
#: Characters beyond ASCII that decide between GB18030 and Big5.
SAMPLE = 50_000
#: Share of hanzi among the characters beyond ASCII, and of level-1 characters among the hanzi, below which a decoding
#: is not believed. Chinese text lies above 0.7 and 0.85; UTF-8 or Latin-1 read as GB18030 below 0.6 and 0.4.
MIN_HAN_SHARE = 0.5
MIN_COMMON_SHARE = 0.6
#: The codec, the codec whose level-1 characters count, and their lead bytes (GB 2312 rows 16-55; Big5 A440-C67E).
CHINESE = (("gb18030", "gb2312", range(0xB0, 0xD8)), ("big5hkscs", "big5", range(0xA4, 0xC7)))
#: Hanja and Hangul; how many different Hangul, and what share of the letters, make a text Korean.
_KOREAN = re.compile("[\u4e00-\u9fff\uac00-\ud7a3]")
_MIN_HANGUL, _MIN_HANGUL_SHARE = 15, 0.95


def is_chinese(path: Path, codec: str, standard: str, level_1: range) -> bool:
    """Whether the file, where the codec can decode it, is mostly hanzi, and mostly everyday ones."""
    han_share, common_share = measure_hanzi(path, codec, standard, level_1, "ignore")
    return han_share >= MIN_HAN_SHARE and common_share >= MIN_COMMON_SHARE


def measure_hanzi(path: Path, codec: str, standard: str, level_1: range, errors: str = "strict") -> tuple[float, float]:
    """Return the share of hanzi beyond ASCII, and of level-1 characters among the hanzi, in a sample."""
    decoder = codecs.getincrementaldecoder(codec)(errors)
    wide: list[str] = []
    for chunk in read_chunks(path):
        wide += re.findall(r"[^\x00-\x7f]", decoder.decode(chunk))
        if len(wide) >= SAMPLE:
            break
    return measure_characters(wide[:SAMPLE], standard, level_1)


def measure_characters(wide: Sequence[str], standard: str, level_1: range) -> tuple[float, float]:
    """Return the share of hanzi among characters beyond ASCII, and of level-1 characters among the hanzi."""
    hanzi = [character for character in wide if "\u4e00" <= character <= "\u9fff"]
    leads = {bytes([lead]) for lead in level_1}
    common = sum(character.encode(standard, "ignore")[:1] in leads for character in hanzi)
    return len(hanzi) / max(len(wide), 1), common / max(len(hanzi), 1)


def looks_korean(path: Path) -> bool:
    """Whether the file would be Korean: the bytes of Hangul are common hanzi in GB 2312.

    But only half of the common hanzi are Hangul; those after C8 are Hanja in EUC-KR, which Koreans hardly write.
    """
    decoder = codecs.getincrementaldecoder("cp949")("strict")
    letters: list[str] = []
    try:
        for chunk in read_chunks(path):
            letters += _KOREAN.findall(decoder.decode(chunk))
            if len(letters) >= SAMPLE:
                break
    except UnicodeDecodeError:
        return False
    hangul = [letter for letter in letters if letter >= "\uac00"]
    return len(set(hangul)) >= _MIN_HANGUL and len(hangul) >= _MIN_HANGUL_SHARE * len(letters)


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield the file's bytes, a chunk at a time."""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
