"""Cells of 问卷星: other texts, missing codes, option columns, seconds and regions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.platforms.answers import is_missing, split_outside_brackets
from feedback_engine.ingest.platforms.survey_sample import as_whole
from feedback_engine.ingest.survey import JOINER

#: Cells of closed questions come back, and are understood once.
_MAX_REMEMBERED = 4096
_OTHER = re.compile(r"\s*〖(.*?)〗", re.DOTALL)
_STATES = {"": "(缺失)", "（跳过）": "(跳过)", "（空）": "(空)"}
_CODED_STATES = {**_STATES, "-3": "(跳过)", "-2": "(空)"}
_REGION = re.compile(r"[(（]([^()（）]*)[)）]\s*$")


@lru_cache(maxsize=_MAX_REMEMBERED)
def read_label(cell: str) -> str:
    """Return the cell of an export as text without what was written beside options; why it is empty in our words."""
    text = clean(cell)
    if text in _STATES:
        return _STATES[text]
    return clean(_OTHER.sub("", text)) if "〖" in text else as_whole(text)


@lru_cache(maxsize=_MAX_REMEMBERED)
def read_code(cell: str) -> str:
    """Return the cell of an export by number or score: -3 and -2 in our words, 4.0 as 4."""
    text = as_whole(clean(cell))
    if text in _CODED_STATES:
        return _CODED_STATES[text]
    return clean(_OTHER.sub("", text)) if "〖" in text else text


def read_other(cell: str) -> str:
    """Return what was written beside the chosen options; empty if nothing."""
    return "；".join(clean(match[1]) for match in _OTHER.finditer(cell) if not is_missing(clean(match[1])))


def split_options(cell: str) -> list[str]:
    """Return the options of a multiple choice."""
    return split_outside_brackets(_OTHER.sub("", cell), JOINER)


def split_ranking(cell: str) -> list[str]:
    """Return the options of a ranking, the first choice first."""
    return split_outside_brackets(_OTHER.sub("", cell), "→")


def join_chosen(options: Sequence[str]) -> Callable[[Sequence[str]], str]:
    """Return what makes one cell of a multiple choice from its option columns, which hold 1 or 0, or their label."""

    def join(cells: Sequence[str]) -> str:
        codes = [read_code(cell) for cell in cells]
        chosen = [option for option, code in zip(options, codes, strict=True) if code in ("1", option)]
        return JOINER.join(chosen) if chosen else _why_none(codes)

    return join


def join_ranked(options: Sequence[str]) -> Callable[[Sequence[str]], str]:
    """Return what makes one cell of a ranking from its option columns, which hold ranks.

    All -2 is written by 问卷星 for a ranking not shown as well as for one left empty, so the state is unknown.
    """

    def join(cells: Sequence[str]) -> str:
        codes = [read_code(cell) for cell in cells]
        ranked = sorted((int(code), option) for code, option in zip(codes, options, strict=True) if _is_rank(code))
        if ranked:
            return "→".join(option for _, option in ranked)
        return "(缺失)" if all(code == "(空)" for code in codes) else _why_none(codes)

    return join


def _is_rank(code: str) -> bool:
    return code.isascii() and code.isdigit() and 0 < int(code) < 1000


def _why_none(codes: Sequence[str]) -> str:
    if all(code == "(跳过)" for code in codes):
        return "(跳过)"
    return "(缺失)" if all(code == "(缺失)" for code in codes) else "(空)"


def read_region(cell: str) -> str:
    """Return the region behind an IP address, never the address: 58.246.155.124(上海-上海) → 上海-上海."""
    match = _REGION.search(clean(cell))
    return match[1] if match else ""
