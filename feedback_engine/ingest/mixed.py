"""Files put together from pieces in two encodings: lines of UTF-8 among lines of GB18030 or Big5, each read as its own.

Old and new exports joined by a script are such, and a log to which two programs append.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from feedback_engine.ingest.hanzi import CHINESE, MIN_COMMON_SHARE, MIN_HAN_SHARE, SAMPLE, measure_characters
from feedback_engine.ingest.readers.lenient import MARKS, name_lenient

_PREFIX = "mixed-"
_UTF8 = codecs.getdecoder(name_lenient("utf-8"))
#: Characters that UTF-8 writes in three bytes or more. Pairs of bytes alone may be hanzi of the other: 联通 is.
_FAR = re.compile("[\u0800-\ud7ff\ue000-\U0010ffff]")
#: Characters beyond ASCII, bytes that are none included.
_WIDE = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Mixture:
    """What lines a file has: how many of UTF-8, how many of the other encoding, and where these begin."""

    other: str
    lines: int
    other_lines: int
    #: Number of the first line of UTF-8 with hanzi, and of the first of the other encoding.
    first: int
    other_first: int
    #: Share of hanzi among the other lines' characters beyond ASCII, and of everyday ones among the hanzi.
    shares: tuple[float, float]

    @property
    def is_likely(self) -> bool:
        """Whether both sorts of lines are there, and the others are Chinese."""
        han_share, common_share = self.shares
        return bool(self.first) and han_share >= MIN_HAN_SHARE and common_share >= MIN_COMMON_SHARE

    def describe(self) -> str:
        """Return in Chinese what the user should know."""
        return (
            f"文件混有两种编码，多半由几个文件拼接而成：{self.lines:,} 行是 UTF-8（第 {self.first:,} 行等），"
            f"{self.other_lines:,} 行是 {self.other}（第 {self.other_first:,} 行等）；已逐行按各自的编码读取，请抽查"
        )


def name_mixed(other: str) -> str:
    """Return the name of the codec that reads lines of UTF-8 among lines of another encoding."""
    return _PREFIX + other


#: Names of the codecs that read such files.
MIXED = frozenset(name_mixed(codec) for codec, _, _ in CHINESE)


def find_mixture(path: Path) -> Mixture | None:
    """Return the likeliest mixture of UTF-8 with another encoding; None if there is none."""
    found = [_measure(path, *usual) for usual in CHINESE]
    return max((mixture for mixture in found if mixture.is_likely), key=lambda mixture: mixture.shares[1], default=None)


def _measure(path: Path, codec: str, standard: str, level_1: range) -> Mixture:
    decode = codecs.getdecoder(name_lenient(codec))
    lines = others = first = other_first = 0
    wide: list[str] = []
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line.isascii():
                continue
            if _is_utf8(line):
                lines, first = lines + 1, first or number
                continue
            others, other_first = others + 1, other_first or number
            if len(wide) < SAMPLE:
                wide += _WIDE.findall(decode(line)[0])
    return Mixture(codec, lines, others, first, other_first, measure_characters(wide, standard, level_1))


def _is_utf8(line: bytes) -> bool:
    """Whether a line beyond ASCII is UTF-8, a few damaged bytes in it notwithstanding."""
    text = _UTF8(line)[0]
    return len(_FAR.findall(text)) > sum(map(len, MARKS.findall(text)))


class _MixedDecoder(codecs.IncrementalDecoder):
    """Reads whole lines, and keeps the last back until it has ended."""

    decode_lines: Callable[[bytes], tuple[str, int]]

    def __init__(self, errors: str = "strict") -> None:
        super().__init__(errors)
        self._held = b""

    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override]
        """Return the text of the lines that are complete; all of it where this is the end."""
        whole = self._held + data
        end = len(whole) if final else whole.rfind(b"\n") + 1
        self._held = whole[end:]
        return type(self).decode_lines(whole[:end])[0]

    def reset(self) -> None:
        """Forget what was decoded."""
        self._held = b""


def _find_codec(name: str) -> codecs.CodecInfo | None:
    """Return the codec of this name, which Python gives with _ for -."""
    prefix = _PREFIX.replace("-", "_")
    if not name.startswith(prefix):
        return None
    decode_other = codecs.getdecoder(name_lenient(name.removeprefix(prefix)))

    def decode(data: bytes, _errors: str = "strict") -> tuple[str, int]:
        lines = bytes(data).splitlines(keepends=True)
        # A piece may begin with a mark of its own.
        texts = [(_UTF8 if line.isascii() or _is_utf8(line) else decode_other)(line)[0] for line in lines]
        return "".join(text.removeprefix("\ufeff") for text in texts), len(data)

    decoder = type("MixedDecoder", (_MixedDecoder,), {"decode_lines": staticmethod(decode)})
    return codecs.CodecInfo(codecs.lookup("utf-8").encode, decode, name=name, incrementaldecoder=decoder)  # type: ignore[arg-type]


codecs.register(_find_codec)
