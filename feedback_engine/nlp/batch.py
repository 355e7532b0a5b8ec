"""Many texts → ANNOTATIONS: each distinct text tagged once, in as many processes as wanted, in the order of the ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.lexicon.columns import Objects, Places, objects, steps
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.collecting import put_off_collection
from feedback_engine.nlp.rows import Rows, join_rows
from feedback_engine.nlp.tagger import Tagger, as_text
from feedback_engine.nlp.worker import annotate_batch
from feedback_engine.tables.annotations import ANNOTATIONS

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.nlp.pool import TaggerPool
    from feedback_engine.nlp.tagged import TaggedText

#: So many characters are read at once: enough to make light of what a batch costs, few enough to stay in the cache.
_BATCH = 60_000
#: So many batches make a part of the table.
_PART = 8


@dataclass(frozen=True, slots=True)
class TaggerSpec:
    """Where a tagger's word lists lie, for a process that builds its own."""

    lexicons: Path
    pack: str

    def build(self) -> Tagger:
        """Return the tagger with the default scorer."""
        return Tagger(load_lexicon(self.lexicons), load_pack(self.lexicons, self.pack))


def tag_table(
    texts: Sequence[object],
    ids: Sequence[str],
    tagger: Tagger | TaggerSpec,
    pool: TaggerPool | None = None,
) -> pd.DataFrame:
    """Return the ANNOTATIONS of these texts, ids in the order given; the same whatever batch, order or processes.

    Several processes tag where a pool of them is given.
    """
    given = [as_text(text) for text in texts]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(given))}
    distinct = list(numbers)
    built = tagger.build() if isinstance(tagger, TaggerSpec) else tagger
    batches = list(cut_batches(distinct))
    found = pool.annotate(built, batches) if pool else (annotate_batch(batch, built) for batch in batches)
    if len(distinct) == len(given):
        return _build_in_parts(found, ids)
    whole = join_rows(found)
    rows, of = _repeat(whole, [numbers[text] for text in given])
    return _build(whole.take(rows)._replace(texts=of), objects(ids))


def tag_each(texts: Sequence[object], tagger: Tagger) -> Iterator[TaggedText]:
    """Yield the tags of each text, a batch read at once."""
    for batch in cut_batches([as_text(text) for text in texts]):
        with put_off_collection():
            tagged = tagger.tag_many(batch)
        yield from tagged


def _build_in_parts(batches: Iterable[Rows], ids: Sequence[str]) -> pd.DataFrame:
    """Return the table of these batches, built some at a time, while other processes go on with the next."""
    import pandas as pd

    names, coming, frames, first = objects(ids), iter(batches), list[pd.DataFrame](), 0
    while some := list(islice(coming, _PART)):
        rows = join_rows(some)
        frames.append(_build(rows, names[first:]))
        first += int(rows.texts[-1]) + 1
    if len(frames) < 2:
        return frames[0] if frames else ANNOTATIONS.build()
    whole = pd.concat(frames, ignore_index=True)
    # parts of one id each are without repeats if they are so one by one
    return whole if len(set(ids)) == len(ids) else ANNOTATIONS.conform(whole)


def _build(rows: Rows, names: Objects) -> pd.DataFrame:
    columns = rows._asdict()
    return ANNOTATIONS.build_columns({"feedback_id": names[columns.pop("texts")], **columns})


def _repeat(found: Rows, wanted: Sequence[int]) -> tuple[Places, Places]:
    """Return which rows each of the wanted texts has, and which of those each row is of."""
    bounds = found.texts.searchsorted(np.arange(found.texts[-1] + 2)) if len(found.texts) else np.zeros(1, np.int64)
    first, counts = bounds[:-1][wanted], steps(bounds)[wanted]
    nth = np.arange(counts.sum()) - (counts.cumsum() - counts).repeat(counts)
    return first.repeat(counts) + nth, np.arange(len(wanted)).repeat(counts)


def cut_batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the texts in batches of so many characters, or of one longer text."""
    first = size = 0
    for number, text in enumerate(texts):
        size += len(text) + 1
        if size >= _BATCH:
            yield texts[first : number + 1]
            first, size = number + 1, 0
    if first < len(texts):
        yield texts[first:]
