"""Which encoding a text file is in: settled over the whole file, or an error; never a guess.

Order: byte order mark; strict UTF-8; GB18030 or Big5, whichever decodes the whole file and yields common hanzi;
with a warning, a Western code page for a few bytes beyond ASCII that are no Chinese. GB18030 decodes almost
anything, so it is believed only when what comes out is mostly hanzi, and mostly everyday ones. A file that is in one of
these but for a few bytes is in it still: `damage` has what becomes of them.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from feedback_engine.errors import EncodingError
from feedback_engine.ingest.damage import measure_damage
from feedback_engine.ingest.file_state import remember_while_unchanged
from feedback_engine.ingest.hanzi import (
    CHINESE,
    MIN_COMMON_SHARE,
    MIN_HAN_SHARE,
    SAMPLE,
    is_chinese,
    looks_korean,
    measure_hanzi,
    read_chunks,
)
from feedback_engine.ingest.mixed import find_mixture, name_mixed
from feedback_engine.ingest.readers.lenient import MENDABLE, name_lenient

_CHUNK = 1 << 20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
#: Western code pages, the likelier first; Mac Roman decodes any byte.
_WESTERN = ("cp1252", "mac-roman")
#: Share of bytes beyond ASCII, and of those among them that stand alone or in pairs, that Western texts have.
_MAX_WIDE_SHARE, _MIN_LONE_SHARE = 0.2, 0.8
_WIDE_RUN = re.compile(rb"[\x80-\xff]+")
#: What Western texts hold beyond ASCII: letters with accents, quotation marks and dashes.
_WESTERN_TEXT = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0152\u0153\u0178\u2013-\u201e\u2026\u20ac]")
#: Encodings of ASCII bytes alone, told by how they begin and end what is none: the codec, and what it looks like.
_SEVEN_BIT = (
    ("iso2022_jp_2", re.compile(rb"\x1b\$[@AB](?:[!-~]{2})+\x1b\([BJ]")),
    ("hz", re.compile(rb"~\{(?:[!-w][!-~])+~\}")),
    ("utf-7", re.compile(rb"\+(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])[A-Za-z0-9+/]{3,}+")),
)
#: Passages in the beginning of a file that it takes to believe in one of them.
_MIN_PASSAGES = 3
_HAN_OR_KANA = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_WAY_OUT = "请在来源里用 encoding: 写明编码，或另存为 UTF-8"
_WAY_OUT_OF_DAMAGE = "请用编辑器打开，改好坏字节后另存为 UTF-8"
#: What texts are made of, and the share of it that they have at least.
_PLAIN = re.compile("[\t\r\n -~\u00a0-\u00ff\u2010-\u2027\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_MIN_PLAIN_SHARE = 0.95
#: Share of the bytes of UTF-16 that are zero where all but a few characters are ASCII.
_MIN_ASCII_ZEROS = 0.4
#: Two hanzi in UTF-8, what a GB18030 file hardly holds, by the kind of their bytes: plain search is ten times faster
#: than an expression.
_UTF8_HAN = b"LCCLCC"
_KINDS = bytes(ord("L") if 0xE4 <= byte <= 0xE9 else ord("C") if 0x80 <= byte <= 0xBF else 0 for byte in range(256))


@dataclass(frozen=True, slots=True)
class Encoding:
    """The name of a Python codec, and why it was chosen, in Chinese."""

    name: str
    evidence: str
    #: What the user should check; empty if the encoding is certain.
    warning: str = ""
    #: Whether there are bytes that it does not have.
    is_damaged: bool = False
    #: The encoding of some of the lines, where the others are UTF-8.
    mixed_with: str = ""

    @property
    def codec(self) -> str:
        """The name of the codec that reads the whole file."""
        if self.mixed_with:
            return name_mixed(self.mixed_with)
        return name_lenient(self.name) if self.is_damaged else self.name


@remember_while_unchanged
def detect_encoding(path: Path, declared: str | None = None) -> Encoding:
    """Return the encoding of the whole file, checked to its end.

    A declared encoding is checked, not doubted. Raises EncodingError with the byte and line where decoding fails.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    if marked := next(((codec, name) for mark, codec, name in _MARKS if head.startswith(mark)), None):
        return _confirm(path, marked[0], f"文件开头有 {marked[1]} 标记（BOM）")
    if declared is not None:
        return _confirm(path, _codec_of(declared), f"配置写明 encoding: {declared}")
    if wide := _guess_utf16(path, head):
        return _confirm(path, wide, "没有标记，但每隔一个字节为零：UTF-16")
    failed_at = _find_failure(path, "utf-8")
    if failed_at is None:
        return _choose_seven_bit(path, head) or Encoding("utf-8", "整个文件都是合法的 UTF-8")
    return _choose_chinese(path, failed_at)


def _choose_seven_bit(path: Path, head: bytes) -> Encoding | None:
    """Return an encoding of ASCII bytes in which the file holds hanzi or kana; None for plain ASCII."""
    for codec, passage in _SEVEN_BIT:
        if len(passage.findall(head)) < _MIN_PASSAGES or _find_failure(path, codec) is not None:
            continue
        wide = re.findall(r"[^\x00-\x7f]", codecs.getincrementaldecoder(codec)("ignore").decode(head))
        if len(_HAN_OR_KANA.findall("".join(wide))) >= MIN_HAN_SHARE * max(len(wide), 1):
            return Encoding(codec, f"全是 ASCII 字节，按 {codec}（7 位编码）解码得到汉字")
    return None


def _is_foreign(path: Path, codec: str) -> bool:
    """Whether what comes out is no text of ours, of an encoding in which nearly any bytes are characters."""
    if codec.startswith("utf-16"):
        with path.open("rb") as stream:
            return not _is_plain(stream.read(4096).decode(codec, "ignore"))
    return any(codec == usual[0] and not is_chinese(path, *usual) for usual in CHINESE)


def _codec_of(declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        raise EncodingError(f"没有名为 {declared!r} 的编码；可写 utf-8、gb18030、big5、utf-16") from None
    return {"gbk": "gb18030", "gb2312": "gb18030", "big5": "big5hkscs"}.get(name, name)


def _confirm(path: Path, codec: str, evidence: str) -> Encoding:
    failed_at = _find_failure(path, codec)
    if failed_at is None:
        return Encoding(codec, evidence)
    if codec == "utf-8-sig" and (mixed := _find_mixed(path)):
        return mixed
    if damaged := _find_damaged(path, codec, evidence, failed_at):
        return damaged
    place = _place(path, failed_at)
    raise EncodingError(f"{path} {place}不是 {codec}，而{evidence}；若编码没有写错，{_WAY_OUT_OF_DAMAGE}")


def _find_mixed(path: Path) -> Encoding | None:
    """Return the encodings of a file some of whose lines are UTF-8 and the others Chinese in another one."""
    if (mixture := find_mixture(path)) is None:
        return None
    told = mixture.describe()
    most = "utf-8" if mixture.lines >= mixture.other_lines else mixture.other
    return Encoding(most, told.partition("；")[0], told, is_damaged=True, mixed_with=mixture.other)


def _find_damaged(path: Path, codec: str, evidence: str, failed_at: int) -> Encoding | None:
    """Return the encoding of a file that is in it but for a few bytes; None if it is in another, or may be."""
    if codec not in MENDABLE or _is_foreign(path, codec):
        return None
    damage = measure_damage(path, codec)
    if not damage.is_slight:
        return None
    found = f"有 {damage.bad} 个坏字节" if damage.bad else "有不合规范但有含义的字节（代理对是表情，0x80 是 €）"
    return Encoding(codec, f"{evidence}；从{_place(path, failed_at)}起{found}", is_damaged=True)


def _guess_utf16(path: Path, head: bytes) -> str | None:
    """Return the UTF-16 whose ASCII characters (commas, line ends, digits) show as zeros in every other byte.

    Zeros stray into other files as well: what is UTF-8 or Chinese as it stands is no UTF-16, but for ASCII alone.
    Chinese prose has few ASCII characters; then its hanzi must show.
    """
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) % 2 or max(even, odd) == 0:
        return None
    codec, other = ("utf-16-le", "utf-16-be") if odd >= even else ("utf-16-be", "utf-16-le")
    if not min(even, odd) and max(even, odd) >= len(head) * _MIN_ASCII_ZEROS:
        return codec
    if _find_failure(path, "utf-8") is None or any(is_chinese(path, *usual) for usual in CHINESE):
        return None
    if min(even, odd):  # 一 is 4E00: a zero in the other byte
        return next((name for name in (codec, other) if _is_plain(head.decode(name, "ignore"))), None)
    is_prose = max(even, odd) < len(head) / 20
    if is_prose and not any(is_chinese(path, codec, standard, level_1) for _, standard, level_1 in CHINESE):
        return None
    return codec


def _is_plain(text: str) -> bool:
    """Whether the text is of the characters that texts of ours are of, strays aside."""
    return len(_PLAIN.findall(text)) >= _MIN_PLAIN_SHARE * len(text)


def _choose_chinese(path: Path, failed_at: int) -> Encoding:
    scores: list[tuple[float, str]] = []
    broken: dict[str, int] = {}
    tried = [f"UTF-8（{_place(path, failed_at)}不合法）"]
    for codec, standard, level_1 in CHINESE:
        broken_at = _find_failure(path, codec)
        if broken_at is not None:
            broken[codec] = broken_at
            tried.append(f"{codec}（{_place(path, broken_at)}不合法）")
            continue
        han_share, common_share = measure_hanzi(path, codec, standard, level_1)
        if han_share >= MIN_HAN_SHARE and common_share >= MIN_COMMON_SHARE:
            scores.append((common_share, codec))
        else:
            tried.append(f"{codec}（能解码，但不像中文：常用汉字占 {common_share:.0%}）")
    mixed_at = _find_utf8_line(path)
    if mixed_at is not None and (mixed := _find_mixed(path)):
        return mixed
    if not scores and (damaged := _find_damaged(path, "utf-8", "几乎整个文件都是合法的 UTF-8", failed_at)):
        return damaged
    if mixed_at is not None:
        other = max(scores)[1] if scores else "其他编码"
        raise EncodingError(
            f"{path} 混有两种编码：{_place(path, mixed_at)}是 UTF-8，{_place(path, failed_at)}是 {other}；"
            "请把文件统一为一种编码后再导入"
        )
    if not scores and (western := _choose_western(path, failed_at)):
        return western
    if not scores:
        return _choose_damaged_chinese(path, broken, tried)
    share, codec = max(scores)
    korean = "按韩文 EUC-KR 解码几乎全是谚文；若本是韩文，请在来源里写 encoding: cp949"
    warning = korean if codec == "gb18030" and looks_korean(path) else ""
    return Encoding(codec, f"不是 UTF-8；按 {codec} 解码全部成功，其中常用汉字占 {share:.0%}", warning)


def _choose_damaged_chinese(path: Path, broken: dict[str, int], tried: list[str]) -> Encoding:
    """Return the encoding that hanzi come out in, and mostly everyday ones, where a few bytes do not decode.

    `broken` has the first of these by encoding; where there is none, all has been decoded, and was no Chinese.
    """
    likely = [usual[0] for usual in CHINESE if usual[0] in broken and is_chinese(path, *usual)]
    for codec in likely:
        evidence = f"不是 UTF-8；按 {codec} 解码得到的几乎都是常用汉字"
        if damaged := _find_damaged(path, codec, evidence, broken[codec]):
            return damaged
    way_out = f"像是 {likely[0]} 而有坏字节，{_WAY_OUT_OF_DAMAGE}" if likely else _WAY_OUT
    raise EncodingError(f"{path} 的编码无法确定，试过：{'、'.join(tried)}；{way_out}")


def _choose_western(path: Path, failed_at: int) -> Encoding | None:
    """Return the code page of a file of ASCII with single bytes beyond it; None if it may be damaged.

    Damaged UTF-8 is mostly UTF-8 still, damaged Chinese mostly hanzi.
    """
    size = wide = lone = whole = 0
    sample = b""
    for chunk in read_chunks(path):
        runs = _WIDE_RUN.findall(chunk)
        size += len(chunk)
        wide += sum(map(len, runs))
        lone += sum(len(run) for run in runs if len(run) <= 2)
        whole += sum(len(run) for run in runs if _is_utf8(run))
        sample += b"\n".join(runs) if len(sample) < SAMPLE else b""
        if b"\x00" in chunk:
            return None
    is_western = wide <= _MAX_WIDE_SHARE * size and lone >= _MIN_LONE_SHARE * wide
    if not is_western or whole * 2 > wide or any(is_chinese(path, *usual) for usual in CHINESE):
        return None
    fits = [codec for codec in _WESTERN if _find_failure(path, codec) is None]
    codec = max(fits, key=lambda name: len(_WESTERN_TEXT.findall(sample.decode(name, "ignore"))))
    found = f"有 {wide} 个非 ASCII 字节，既不是 UTF-8，也不像中文"
    warning = f"{found}（第一个在{_place(path, failed_at)}）；按 {codec} 读取，若文字不对{_WAY_OUT}"
    return Encoding(codec, f"{found}：按 {codec} 读取", warning)


def _find_failure(path: Path, codec: str) -> int | None:
    """Return the offset of the first byte that the codec cannot decode; None if it decodes the whole file."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    offset = held = 0
    try:
        for chunk in read_chunks(path):
            held = len(decoder.getstate()[0])
            decoder.decode(chunk)
            offset += len(chunk)
        held = len(decoder.getstate()[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return offset - held + error.start
    except UnicodeError:  # UTF-16 or UTF-32 without its mark
        return offset
    return None


def _find_utf8_line(path: Path) -> int | None:
    """Return the offset of the first line, of at least two hanzi, that is UTF-8."""
    offset = 0
    with path.open("rb") as stream:
        while block := stream.read(_CHUNK):
            block += stream.readline(_CHUNK)
            kinds, end = block.translate(_KINDS), 0
            while (found := kinds.find(_UTF8_HAN, end)) >= 0:
                start, end = block.rfind(b"\n", 0, found) + 1, block.find(b"\n", found) + 1 or len(block)
                if _is_utf8(block[start:end]):
                    return offset + start
            offset += len(block)
    return None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _place(path: Path, offset: int) -> str:
    """Return `第 N 行（第 M 字节）` for a byte offset counted from 0."""
    line, left = 1, offset
    for chunk in read_chunks(path):
        line += chunk[:left].count(b"\n")
        left -= len(chunk)
        if left <= 0:
            break
    return f"第 {line} 行（第 {offset + 1} 字节）"
