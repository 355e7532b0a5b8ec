"""Personal data masked at the door, and identifiers replaced by keyed digests.

Telephones, identity cards, bank cards, e-mail addresses, plates, network addresses and accounts are found by form and
check digit. Names (surname and title, 我叫…, 本人…, 联系人：…) and addresses (street or estate and number) are found by
pattern only: best effort. Service numbers (400, 800, 95xxx, 12345), order numbers and versions such as v1.2.3.4 stay.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from feedback_engine.errors import ConfigError
from feedback_engine.ingest.privacy_rules import RULES, Rule


class Finding(NamedTuple):
    """Personal data of a kind (手机号, 姓名 …) at [start, end) of the original text."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with its personal data replaced by tokens such as [手机号], and where they stood."""

    text: str
    findings: tuple[Finding, ...]


#: Full-width characters to their narrow twins, one for one, so that offsets hold.
_NARROW = {0x3000: " ", 0x2013: "-", 0x2014: "-", 0x2212: "-"} | {
    code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)
}
#: A text without any of these has nothing to mask: first characters, and what must follow each.
_GATE_STARTS = {
    "0123456789０１２３４５６７８９@＠": "",
    **dict(zip("先女小太经老师医店护阿叔警同", "生士姐太理师傅生长士姨叔官志", strict=True)),
    "主": "[任管]",
    "大": "[夫爷]",
    "我": "[叫是]",
    "本": "人",
    "人": "叫",
    "名": "[叫字]",
    "姓": "名",
    "系络货件诉报请事": "人",
    "户": "主",
    "微薇威": "(?:[ 　]?信|[❤♥])",
    "卫": "星",
    "加+＋➕": "[我个一微薇威VvＶｖ]",
    "VvＶｖ": "[信XxＸｘ❤♥]",
    "#＃": "[A-Za-z0-9-]{1,20} ?[.。]",
    "([（［": "[aａ][tｔ][]）)］]",
    "一幺": "[- ]?[三四五六七八九][- ]?[零〇一二三四五六七八九幺]",
    "WwＷｗ": "[XxＸｘ]",
    "Ww": "e[CcIi]",
}
# Each alternative begins with a character of its own: the regular expression engine skips to these, and tries no other.
_GATE = re.compile("|".join(re.escape(start) + rest for starts, rest in _GATE_STARTS.items() for start in starts))
_NUMBER = re.compile(r"[0-9](?:[- .:()\[\]/_·•]{0,3}[0-9]){8,}")
_SEPARATORS = str.maketrans("", "", "- .:()[]/_·•")
_GATES = tuple((rule, rule.gate if isinstance(rule.gate, int) else frozenset(rule.gate)) for rule in RULES)
#: What leads to an address and is no part of it.
_LEAD_END = re.compile(".*(?:地址|住址|位于|家住|[在到是住去往送寄我的])", re.DOTALL)


def mask(text: str) -> Masked:
    """Return the text with its personal data masked; findings point into the text as given."""
    if not _GATE.search(text):
        return Masked(text, ())
    findings = _find(text.translate(_NARROW))
    return Masked(_replace(text, findings), tuple(findings))


def mask_column(texts: Sequence[str]) -> list[str]:
    """Return the texts masked, as `mask` does, without the findings."""
    search = _GATE.search
    return [mask(text).text if search(text) else text for text in texts]


def pseudonymise(value: str, key: bytes) -> str:
    """Return HMAC-SHA256 of the value as 64 hexadecimal digits.

    The same value and key give the same digest; without the key a telephone cannot be found by trying them all, as it
    can behind a plain hash. It remains personal data in the sense of the law. Raises ConfigError for an empty key.
    """
    if not key:
        raise ConfigError("匿名化密钥为空；请提供至少 16 字节的随机密钥，并与数据分开保管")
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _find(text: str) -> list[Finding]:
    """Return the findings in their order; where two overlap, the rule listed first has it."""
    present = set(text)
    digits = max((len(number.translate(_SEPARATORS)) for number in _NUMBER.findall(text)), default=0)
    findings: list[Finding] = []
    for rule, gate in _GATES:
        if digits < gate if isinstance(gate, int) else gate.isdisjoint(present):
            continue
        claims = [claim for match in rule.pattern.finditer(text) if (claim := _claim(rule, match)) is not None]
        findings = _merge(findings, claims) if claims else findings
    return findings


def _claim(rule: Rule, match: re.Match[str]) -> Finding | None:
    if rule.check is not None and not rule.check(match):
        return None
    start, end = match.span(rule.group)
    if rule.reaches_left:
        name = _step_left(match.string, start)
        return Finding(name, end, rule.kind) if name < start else None
    return Finding(start, end, rule.kind)


def _step_left(text: str, end: int) -> int:
    """Return where the run of Chinese words before `end` starts, behind words such as 我住在 and 送到."""
    start, floor = end, end - 30 if end > 30 else 0
    while start > floor and "\u4e00" <= text[start - 1] <= "\u9fff":
        start -= 1
    words = _LEAD_END.match(text, start, end)
    return words.end() if words else start


def _merge(findings: list[Finding], claims: list[Finding]) -> list[Finding]:
    starts = [finding.start for finding in findings]
    free = []
    for claim in claims:
        place = bisect(starts, claim.start)
        after_last = place == 0 or findings[place - 1].end <= claim.start
        before_next = place == len(findings) or claim.end <= findings[place].start
        if after_last and before_next:
            free.append(claim)
    return sorted([*findings, *free], key=itemgetter(0))


def _replace(text: str, findings: list[Finding]) -> str:
    parts: list[str] = []
    end = 0
    for finding in findings:
        parts += (text[end : finding.start], f"[{finding.kind}]")
        end = finding.end
    return "".join((*parts, text[end:]))
