"""Which part words play in themes, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ThemeRole(StrEnum):
    """What a word does in a theme such as 门票太贵, 看日出 or 没信号."""

    #: 的, 太: may stand inside a theme without being part of it.
    FILLER = "filler"
    #: 不: makes one word with the next.
    DENIAL = "denial"
    #: 没: makes one word with the next, which says that it is not there.
    LACK = "lack"
    #: 贵: how something is.
    QUALITY = "quality"
    #: 门票: what is spoken of.
    THING = "thing"
    #: 看: what is done.
    ACTION = "action"
    #: 但是, 我们: no theme reaches over it.
    STOP = "stop"


@dataclass(frozen=True)
class ThemeWords:
    """The word lists of keywords and themes; empty ones leave everything to the dictionary."""

    stop_words: frozenset[str] = frozenset()
    roles: Mapping[str, ThemeRole] = field(default_factory=dict)
    #: Word → the word that it is counted as.
    synonyms: Mapping[str, str] = field(default_factory=dict)
    #: Nouns that make one word with the action before them: 速度 of 送餐速度.
    heads: frozenset[str] = frozenset()
    #: Characters that begin the name of a person.
    surnames: frozenset[str] = frozenset()
