"""What was read in the folded row of a batch, shown as it stands in the texts as given."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate
from json.encoder import encode_basestring
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Evidence
from feedback_engine.lexicon.columns import Flags, Floats, Objects, Places, Points, objects, pick, steps
from feedback_engine.nlp.complaints import Complaints
from feedback_engine.nlp.normalize import FoldedTexts
from feedback_engine.nlp.statements import Lists
from feedback_engine.nlp.touchpoints import Touchpoints
from feedback_engine.nlp.verdicts import Verdicts

_SURROGATE = re.compile("[\ud800-\udfff]")
#: What JSON writes in two characters; other control characters and lone surrogates take six.
_SHORT_ESCAPES = [ord(character) for character in '"\\\n\r\t\b\f']
#: What stands in JSON between a rule and its weight, by whether that is below 0.
_BEFORE_WEIGHT = objects(('","weight":', '","weight":-'))
#: In so many pieces an item is written: its span, two of them, text, what stands before the rule, rule, sign, weight.
_PIECES = 7


class Proof(NamedTuple):
    """All that is said of a batch in one column, and what of it speaks for each sentiment, touchpoint, complaint …"""

    starts: Places
    ends: Places
    values: Floats
    rules: Objects
    sentiments: Lists
    #: First the mention itself, then what is said of it.
    touchpoints: Lists
    complaints: Lists
    details: Lists
    #: The number of the first statement about clauses.
    first_of_clauses: int

    @property
    def lists(self) -> tuple[Lists, Lists, Lists, Lists]:
        """The lists of statements, kind by kind."""
        return self.sentiments, self.touchpoints, self.complaints, self.details

    def spans(self, folded: FoldedTexts) -> tuple[Places, Places]:
        """Return where each statement stands in the row of the texts as given."""
        return folded.places[self.starts], folded.places[self.ends - 1] + 1


def gather_proof(verdicts: Verdicts, touchpoints: Touchpoints, complaints: Complaints) -> Proof:
    """Return the evidence of everything that is said of a batch."""
    texts, clauses, details = verdicts.texts, verdicts.clauses.statements, complaints.details
    groups = (texts, clauses, complaints.evidence, details.evidence)
    sizes = [len(group.starts) for group in groups]
    bounds = list(accumulate([*sizes, len(touchpoints.starts)], initial=0))
    mentions = np.arange(bounds[4], bounds[5])
    return Proof(
        np.concatenate([*(group.starts for group in groups), touchpoints.starts]),
        np.concatenate([*(group.ends for group in groups), touchpoints.ends]),
        np.concatenate([*(group.values for group in groups), np.zeros(len(mentions))]),
        np.concatenate([*(group.rules for group in groups), touchpoints.rules]),
        Lists(np.arange(bounds[1]), texts.first),
        _put_first(mentions, Lists(touchpoints.said.numbers + bounds[1], touchpoints.said.first)),
        Lists(np.arange(bounds[2], bounds[3]), complaints.evidence.first),
        Lists(np.arange(bounds[3], bounds[4]), details.evidence.first),
        bounds[1],
    )


def _put_first(heads: Places, lists: Lists) -> Lists:
    """Return the lists with one of these numbers before each."""
    first = lists.first + np.arange(len(lists.first))
    is_head = np.zeros(first[-1], dtype=np.bool_)
    is_head[first[:-1]] = True
    numbers = np.empty(len(is_head), dtype=np.int64)
    numbers[is_head], numbers[~is_head] = heads, lists.numbers
    return Lists(numbers, first)


def to_items(proof: Proof, folded: FoldedTexts) -> list[Evidence]:
    """Return each statement as evidence."""
    row, (starts, ends) = folded.given, proof.spans(folded)
    edges = folded.given_edges[folded.given_edges[1:].searchsorted(starts)] + 1
    columns = (column.tolist() for column in (starts, ends, edges, proof.rules, proof.values))
    return [
        Evidence(start - edge, end - edge, row[start:end], rule, value)
        for start, end, edge, rule, value in zip(*columns, strict=True)
    ]


def to_json(proof: Proof, folded: FoldedTexts) -> Objects:
    """Return the statements that each sentiment, touchpoint … rests on, as a list in JSON: kind by kind."""
    numbers = np.concatenate([each.numbers for each in proof.lists])
    sizes = np.concatenate([steps(each.first) for each in proof.lists])
    has_any, written = (sizes > 0).nonzero()[0], objects(["[]"] * len(sizes))
    is_first = np.zeros(len(numbers), dtype=np.bool_)
    is_first[(sizes.cumsum() - sizes)[has_any]] = True
    # each item begins with the end of the one before it
    written[has_any] = ("".join(_write_items(proof, folded, numbers, is_first)) + "}]").split("\n")[1:]
    return written


def _write_items(proof: Proof, folded: FoldedTexts, numbers: Places, is_first: Flags) -> list[str]:
    """Return the pieces of these statements in JSON, one after the other; `is_first` tells which begin a list."""
    starts, ends = pick(proof.spans(folded), numbers)
    row, positions = _escape(folded)
    edges = folded.given_edges[folded.given_edges[1:].searchsorted(starts)] + 1
    spans = zip(positions[starts].tolist(), positions[ends].tolist(), strict=True)
    values, pieces = proof.values[numbers], ['","rule":"'] * (_PIECES * len(numbers))
    pieces[0::_PIECES], pieces[1::_PIECES] = _write_spans(starts - edges, ends - edges, is_first)
    pieces[2::_PIECES] = [row[first:last] for first, last in spans]
    pieces[4::_PIECES] = _escape_all(proof.rules[numbers].tolist())
    pieces[5::_PIECES] = _BEFORE_WEIGHT[np.signbit(values).astype(np.int64)].tolist()
    pieces[6::_PIECES] = _show(np.abs(values)).tolist()
    return pieces


def _write_spans(starts: Places, ends: Places, is_first: Flags) -> tuple[list[str], list[str]]:
    """Return start and end in JSON, with what stands before and after them."""
    numbers = range(int(ends.max(initial=0)) + 1)
    heads = [*(f'}},{{"start":{number},"end":' for number in numbers)]
    heads += [f'}}]\n[{{"start":{number},"end":' for number in numbers]
    tails = objects(f'{number},"text":"' for number in numbers)
    return objects(heads)[starts + len(numbers) * is_first].tolist(), tails[ends].tolist()


def _escape_all(texts: list[str]) -> list[str]:
    """Return the texts as they stand in JSON, without its quotation marks."""
    units = np.frombuffer("\0".join(texts).encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    odd = units[_find_odd(units)]
    is_edge = odd == 0
    if np.count_nonzero(is_edge) >= len(texts):  # no edge, but part of a text
        return [encode_basestring(text)[1:-1] for text in texts]
    for number in set(is_edge.cumsum()[~is_edge].tolist()):
        texts[number] = encode_basestring(texts[number])[1:-1]
    return texts


def _escape(folded: FoldedTexts) -> tuple[str, Places]:
    """Return the row of the texts as given as it stands in JSON, and where each of its characters begins there.

    Lone surrogates, which no table could hold, are escaped.
    """
    points = folded.given_points
    widths = np.ones(len(points) + 1, dtype=np.int64)
    odd = _find_odd(points)
    widths[odd + 1] = np.where(np.isin(points[odd], _SHORT_ESCAPES), 2, 6)
    row = encode_basestring(folded.given)
    if _SURROGATE.search(row):
        row = _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", row)
    return row, widths.cumsum()


def _find_odd(points: Points | NDArray[np.uint16]) -> Places:
    """Return where code points stand that JSON writes otherwise, or that no table could hold."""
    is_odd: Flags = (points < 0x20) | (points == ord('"')) | (points == ord("\\")) | (points - 0xD800 < 0x800)
    odd: Places = is_odd.nonzero()[0]
    return odd


@cache
def _four_decimals() -> Objects:
    """Return 0.0000 to 4.0000."""
    return objects(f"{number / 10_000:.4f}" for number in range(40_001))


def _show(values: Floats) -> Objects:
    """Return the values, 0 or more, in four decimals, by look-up but for those large or between two of them."""
    table, scaled = _four_decimals(), values * 10_000
    near = np.minimum(np.rint(scaled), len(table) - 1).astype(np.int64)
    shown: Objects = table[near]
    is_far = np.abs(scaled - near) > 0.499999
    shown[is_far] = [f"{value:.4f}" for value in values[is_far].tolist()]
    return shown
