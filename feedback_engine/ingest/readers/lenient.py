"""Codecs that read text files with damaged bytes: what has a meaning as that, every other byte as a mark of its own.

Meanings are the pairs of surrogates of CESU-8 and the NUL of modified UTF-8, as Java and Oracle write them, and the
euro sign of code page 936. A mark is the lone surrogate that holds the byte, which no text has otherwise; in UTF-16,
where a character is cut in two at the end of a field, it is the same for any half.
"""

from __future__ import annotations

import codecs
import re

#: Encodings whose damage can be told from another encoding: UTF-8 by itself, the others by what comes out.
MENDABLE = frozenset({"utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be"})
MARKS = re.compile("[\udc80-\udcff]+")
_REPLACEMENT = "\ufffd"
_PREFIX = "lenient-"
_HALF = "feedback-engine-half"
_PAIR = re.compile("\udced[\udca0-\udcaf][\udc80-\udcbf]\udced[\udcb0-\udcbf][\udc80-\udcbf]")
_NUL = "\udcc0\udc80"
_EURO = re.compile("(?<![\udc80-\udcff])\udc80+(?![\udc81-\udcff])")
_EACH_MARK = "".join(map(chr, range(0xDC80, 0xDD00)))


def name_lenient(encoding: str) -> str:
    """Return the name of the codec that reads damaged files of one of the encodings above."""
    return _PREFIX + encoding


def replace_marks(text: str) -> str:
    """Return the text with one U+FFFD for each passage of marks."""
    return text if text.isascii() else MARKS.sub(_REPLACEMENT, text)


class _LenientDecoder(codecs.IncrementalDecoder):
    """Keeps marks at the end back, so that those that mean something together come together."""

    base: codecs.CodecInfo

    def __init__(self, errors: str = "strict") -> None:
        super().__init__(errors)
        self._decoder = self.base.incrementaldecoder(_errors_of(self.base))
        self._held = ""

    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override]
        """Return the text of what is complete; all of it where this is the end."""
        text = self._held + self._decoder.decode(data, final)
        end = len(text) if final else len(text.rstrip(_EACH_MARK))
        self._held = text[end:]
        return _read_meanings(text[:end], self.base.name)

    def reset(self) -> None:
        """Forget what was decoded."""
        self._decoder.reset()
        self._held = ""


def _errors_of(base: codecs.CodecInfo) -> str:
    return _HALF if base.name.startswith("utf-16") else "surrogateescape"


def _read_meanings(text: str, encoding: str) -> str:
    if encoding.startswith("utf-8"):
        return _PAIR.sub(_join_pair, text).replace(_NUL, "\0")
    return _EURO.sub(lambda found: "€" * len(found[0]), text) if encoding == "gb18030" else text


def _join_pair(found: re.Match[str]) -> str:
    halves = found[0].encode("utf-8", "surrogateescape").decode("utf-8", "surrogatepass")
    return halves.encode("utf-16", "surrogatepass").decode("utf-16")


def _find_codec(name: str) -> codecs.CodecInfo | None:
    """Return the lenient codec of this name, which Python gives with _ for -."""
    prefix = _PREFIX.replace("-", "_")
    if not name.startswith(prefix):
        return None
    base = codecs.lookup(name.removeprefix(prefix))

    def decode(data: bytes, _errors: str = "strict") -> tuple[str, int]:
        text, length = base.decode(data, _errors_of(base))
        return _read_meanings(text, base.name), length

    decoder = type("LenientDecoder", (_LenientDecoder,), {"base": base})
    return codecs.CodecInfo(base.encode, decode, name=name, incrementaldecoder=decoder)  # type: ignore[arg-type]


codecs.register(_find_codec)
codecs.register_error(_HALF, lambda error: ("\udcff", error.end if isinstance(error, UnicodeDecodeError) else 0))
