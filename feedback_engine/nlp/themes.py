"""What a period's texts are about: touchpoints, complaint types and phrases, with counts, net sentiment and examples.

A phrase is a word of two characters or more, or two words in a row. Against the previous period its log-odds ratio is
ln[(a + ½)(m - b + ½) / ((b + ½)(n - a + ½))], with a of n texts now and b of m texts before (Haldane 1956, Anscombe
1956); its variance is the sum of the four reciprocals. The one-sided p-values of all phrases tested are adjusted
together by Benjamini and Hochberg (1995). Every figure is a count of texts by id, so the order of rows changes nothing.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from feedback_engine.nlp.keywords import KeywordFinder
from feedback_engine.nlp.segment import Segmenter
from feedback_engine.nlp.tagger import as_text
from feedback_engine.tables.annotations import COMPLAINT, SENTIMENT, TOUCHPOINT

if TYPE_CHECKING:
    import pandas as pd

PHRASE = "phrase"
COLUMNS = (
    "kind", "theme", "count", "share", "net_sentiment", "examples",
    "previous_count", "log_odds", "p_adjusted", "is_emerging",
)  # fmt: skip
#: A phrase in fewer texts than this is no theme; so many phrases and examples are shown.
_LEAST, _MOST_PHRASES, _EXAMPLES = 3, 100, 3
#: A word that hardly ever stands without its neighbour is told with it only.
_ALWAYS_TOGETHER = 0.9
_POLARITIES = {"positive": 1, "negative": -1}


@dataclass(frozen=True, slots=True)
class _Theme:
    kind: str
    name: str
    #: id of each text it stands in → the score of what is said there.
    scores: Mapping[str, float]
    signs: Mapping[str, int]


def find_themes(
    texts: Sequence[object],
    ids: Sequence[str],
    annotations: pd.DataFrame,
    previous: Sequence[object] | None = None,
    *,
    finder: KeywordFinder | None = None,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Return one row per theme (COLUMNS): touchpoints and complaint types by code, phrases as they are written.

    `count` texts, their `share`, `net_sentiment` -1 to 1 (favourable less unfavourable ones), `examples` a JSON
    list of ids, the most outspoken first. Phrases are compared with `previous`; without it, and for labels, the
    last columns are empty. `alpha` is the share of false discoveries accepted among the emerging phrases.
    """
    import pandas as pd

    finder = finder or KeywordFinder(Segmenter(), frozenset())
    now = _documents(finder, zip(ids, map(as_text, texts), strict=True))
    before = None if previous is None else _documents(finder, enumerate(map(as_text, previous)))
    phrases = _phrase_themes(now, annotations)
    compared = {} if before is None else _compare(phrases, before, len(now), alpha)
    themes = [*_label_themes(annotations), *phrases]
    themes.sort(key=lambda theme: (theme.kind, -len(theme.scores), theme.name))
    rows = [_row(theme, len(now), compared.get(theme.name) if theme.kind == PHRASE else None) for theme in themes]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    types = {"count": "int64", "share": "float64", "net_sentiment": "float64", "previous_count": "Int64"}
    return frame.astype({**types, "log_odds": "float64", "p_adjusted": "float64", "is_emerging": "boolean"})


def _documents(finder: KeywordFinder, texts: Iterable[tuple[object, str]]) -> dict[object, frozenset[str]]:
    """Return id → the phrases of its text; each distinct text is cut once."""
    known: dict[str, frozenset[str]] = {}
    documents: dict[object, frozenset[str]] = {}
    for id_, text in texts:
        if text not in known:
            known[text] = frozenset(_phrases(finder, finder.words(text)))
        documents[id_] = documents.get(id_, frozenset()) | known[text]
    return documents


def _phrases(finder: KeywordFinder, words: list[str]) -> Iterable[str]:
    yield from (word for word in words if len(word) > 1 and finder.is_term(word))
    for one, other in pairwise(words):
        if len(one) + len(other) > 2 and finder.is_term(one) and finder.is_term(other):
            yield f"{one} {other}" if one.isascii() and other.isascii() else one + other


def _phrase_themes(documents: Mapping[object, frozenset[str]], annotations: pd.DataFrame) -> list[_Theme]:
    counts = Counter(phrase for phrases in documents.values() for phrase in phrases)
    frequent = {phrase: count for phrase, count in counts.items() if count >= _LEAST}
    standing = frequent.keys() - _swallowed(frequent)
    kept = sorted(standing, key=lambda phrase: (-frequent[phrase], phrase))[:_MOST_PHRASES]
    wanted = frozenset(kept)
    places: dict[str, list[str]] = {phrase: [] for phrase in kept}
    for id_, phrases in documents.items():
        for phrase in phrases & wanted:
            places[phrase].append(str(id_))
    own = annotations[annotations["kind"] == SENTIMENT]
    scores = dict(zip(own["feedback_id"], own["score"], strict=True))
    signs = {id_: _POLARITIES.get(str(p), 0) for id_, p in zip(own["feedback_id"], own["polarity"], strict=True)}
    return [
        _Theme(PHRASE, phrase, {i: scores.get(i, 0.0) for i in found}, {i: signs.get(i, 0) for i in found})
        for phrase, found in places.items()
    ]


def _swallowed(frequent: Mapping[str, int]) -> set[str]:
    """Return phrases that (nearly) always stand within one longer phrase."""
    swallowed: set[str] = set()
    for phrase, count in frequent.items():
        for cut in range(1, len(phrase)):
            for part in (phrase[:cut].strip(), phrase[cut:].strip()):
                if count >= _ALWAYS_TOGETHER * frequent.get(part, math.inf):
                    swallowed.add(part)
    return swallowed


def _label_themes(annotations: pd.DataFrame) -> list[_Theme]:
    """Return touchpoints and complaint types; a text with several clauses on one counts once, by their mean score."""
    rows = annotations[annotations["kind"].isin([TOUCHPOINT, COMPLAINT])]
    themes = []
    for (kind, label), found in rows.groupby(["kind", "label"], sort=True):
        values: dict[str, list[tuple[float, int]]] = {}
        for id_, score, polarity in zip(found["feedback_id"], found["score"], found["polarity"], strict=True):
            values.setdefault(id_, []).append((float(score), _POLARITIES.get(str(polarity), 0)))
        scores = {i: math.fsum(score for score, _ in each) / len(each) for i, each in values.items()}
        sums = {i: sum(sign for _, sign in each) for i, each in values.items()}
        themes.append(_Theme(str(kind), str(label), scores, {i: (s > 0) - (s < 0) for i, s in sums.items()}))
    return themes


def _compare(
    phrases: list[_Theme], before: Mapping[object, frozenset[str]], size: int, alpha: float
) -> dict[str, tuple[int, float, float, bool]]:
    """Return phrase → count before, log-odds, adjusted p, and whether it is emerging."""
    from feedback_engine.stats.multiple import benjamini_hochberg

    if not phrases or not before:
        return {}
    counts = Counter(phrase for found in before.values() for phrase in found)
    tested = [(theme.name, counts[theme.name], *_log_odds(len(theme.scores), size, counts[theme.name], len(before)))
              for theme in phrases]  # fmt: skip
    adjusted = benjamini_hochberg([p for *_, p in tested], alpha)
    return {
        name: (count, odds, float(p), bool(rejected))
        for (name, count, odds, _), p, rejected in zip(tested, adjusted.adjusted, adjusted.rejected, strict=True)
    }


def _log_odds(now: int, size: int, before: int, size_before: int) -> tuple[float, float]:
    """Return the log-odds ratio and its one-sided p-value, P(Z > log-odds / its standard error)."""
    cells = now + 0.5, size - now + 0.5, before + 0.5, size_before - before + 0.5
    odds = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    error = math.sqrt(math.fsum(1.0 / cell for cell in cells))
    return odds, 0.5 * math.erfc(odds / error / math.sqrt(2.0))


def _row(theme: _Theme, size: int, compared: tuple[int, float, float, bool] | None) -> tuple[object, ...]:
    count = len(theme.scores)
    net = sum(theme.signs.values()) / count
    examples = sorted(theme.scores, key=lambda i: (-abs(theme.scores[i]), i))[:_EXAMPLES]
    shown = json.dumps(examples, ensure_ascii=False)
    return theme.kind, theme.name, count, count / size if size else 0.0, net, shown, *(compared or (None,) * 4)
