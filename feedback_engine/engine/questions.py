"""Questions of recognised surveys told apart: Q1 of one survey is not Q1 of another.

Platforms number their questions anew in every survey. What is stored keeps these codes; which of them are one indicator
is settled when figures are made, from what all surveys in the store ask, so that no import and no order of imports can
change what another has stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback_engine.config.model import Config
from feedback_engine.errors import ConfigError
from feedback_engine.ingest.cells import fold
from feedback_engine.ingest.platforms.casework import SATISFACTION
from feedback_engine.ingest.platforms.review_scores import STARS

if TYPE_CHECKING:
    import pandas as pd

#: Indicators that mean the same on every platform.
_COMMON = frozenset({STARS, SATISFACTION})
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """The rated questions of recognised surveys as indicators."""

    #: Indicator → the question in its own words.
    names: Mapping[str, str]
    #: (source, code) → indicator, for the questions that are not called by their code alone.
    renamed: Mapping[tuple[str, str], str]

    def rename(self, ratings: pd.DataFrame, feedback: pd.DataFrame) -> pd.DataFrame:
        """Return RATINGS with every answer under its indicator; `feedback` says of which source each is."""
        if not self.renamed:
            return ratings
        import pandas as pd

        ids, indicators = ratings["feedback_id"].astype("object"), ratings["indicator"].astype("str")
        keys = pd.MultiIndex.from_arrays([ids.map(feedback.set_index("feedback_id")["source"]), indicators])
        places = pd.MultiIndex.from_tuples(list(self.renamed)).get_indexer(keys)
        names = pd.Series(list(self.renamed.values()), dtype="str")
        found = pd.Series(names.reindex(places).to_numpy(), index=ratings.index, dtype="str")
        return ratings.assign(indicator=indicators.where(places < 0, found))


def name_roles(questions: pd.DataFrame, config: Config) -> dict[tuple[str, str], str]:
    """Return (source, role) → the open question in its own words: by its heading, or QUESTIONS."""
    stems = dict(zip(zip(questions["source"], questions["code"], strict=True), questions["stem"], strict=True))
    # What is written beside an option, 其他（请注明）.
    others = {(source, f"{code}_other"): f"{stem}（其他）" for (source, code), stem in stems.items()}
    mapped = [(source.name, text) for source in config.sources for text in source.mapping.texts]
    # A column named by its place says nothing to a reader.
    headings = {(name, text.role): text.column for name, text in mapped if not text.column.startswith("#")}
    return {**others, **stems, **headings}


@dataclass(frozen=True, slots=True)
class _Question:
    """A question under its code; equal ones of several sources are one indicator."""

    code: str
    stem: str
    sources: tuple[str, ...]


def tell_apart(questions: pd.DataFrame, config: Config) -> Asked:
    """Return the indicators that the rated questions (QUESTIONS) are.

    A code stands for itself where all surveys ask the same under it. Where they do not, it is `source.code`, the first
    source by name if several ask alike. A code that the configuration declares stays that of its own sources; raises
    ConfigError where it declares one that could mean several questions of surveys it does not know.
    """
    declared = {i.code for touchpoint in config.touchpoints for i in touchpoint.tree}
    mapped = {rating.indicator for source in config.sources for rating in source.mapping.ratings}
    configured = {source.name for source in config.sources}
    names: dict[str, str] = {}
    renamed: dict[tuple[str, str], str] = {}
    for code, found in _group(questions).items():
        if code in _COMMON or (len(found) == 1 and code not in mapped):
            names[code] = found[0].stem
            continue
        is_declared = code in declared - mapped
        kept = configured if is_declared else set()
        if is_declared and not any(kept & set(question.sources) for question in found):
            _refuse_ambiguous(code, found)
        for question in found:
            others = [source for source in question.sources if source not in kept]
            if len(others) < len(question.sources):
                names.setdefault(code, question.stem)
            if others:
                names[name := _qualify(code, others, declared)] = question.stem
                renamed |= {(source, code): name for source in others}
    in_order = {code: names[code] for code in sorted(names, key=_count_up)}
    return Asked(_distinguish(in_order), renamed)


def _count_up(code: str) -> list[str | int]:
    """Return the key by which Q10 comes after Q9."""
    return [int(part) if part.isdecimal() else part for part in _NUMBER.split(code)]


def _group(questions: pd.DataFrame) -> dict[str, list[_Question]]:
    """Return the rated questions by code, those of one wording and scale as one."""
    grouped: dict[tuple[str, str, float, float], _Question] = {}
    rated = questions[questions["scale_min"].notna()].sort_values(["code", "source"])
    for source, code, stem, low, high in rated[["source", "code", "stem", "scale_min", "scale_max"]].values.tolist():
        known = grouped.get(key := (code, fold(stem), low, high))
        grouped[key] = _Question(code, known.stem if known else stem, (*(known.sources if known else ()), source))
    by_code: dict[str, list[_Question]] = {}
    for question in grouped.values():
        by_code.setdefault(question.code, []).append(question)
    return by_code


def _qualify(code: str, sources: list[str], declared: set[str]) -> str:
    """Return `source.code`: as the configuration says it, else by the first source."""
    names = [f"{source}.{code}" for source in sources]
    return next((name for name in names if name in declared), names[0])


def _refuse_ambiguous(code: str, found: Iterable[_Question]) -> None:
    shown = "；".join(f"{question.sources[0]}.{code}：{question.stem[:20]}" for question in found)
    raise ConfigError(f"touchpoints 里的指标 {code} 在几份问卷里是不同的题（{shown}）；请写成“来源.{code}”指明是哪一份")


def _distinguish(names: dict[str, str]) -> dict[str, str]:
    """Return the names, with the indicator behind a wording that several have."""
    stems = list(names.values())
    return {code: f"{stem}（{code}）" if stems.count(stem) > 1 else stem for code, stem in names.items()}
