"""All words of a list found at once in a row of characters: a trie walked from every place in step.

The trie lies in three flat arrays (a double array, after Aoe 1989): the child of a node by a character is the slot
`base[node] + character`, if that slot says that the node is its parent. One step for all places where a word may still
go on is a handful of look-ups in whole arrays, so that a batch of texts costs what its characters cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Numbers, Places, Points, sum_up

_POINTS = 0x110000
#: No word list has more than 2 ** _BITS different characters.
_BITS = 21


class Found(NamedTuple):
    """Where words begin and end in a row, and which these are: shorter ones first, those of a length in order."""

    starts: Places
    ends: Places
    words: Numbers

    def take(self, numbers: Numbers) -> Found:
        """Return the words that have a number in this list, by that number; -1 means none."""
        mapped = numbers.take(self.words)
        has_number = (mapped >= 0).nonzero()[0]
        return Found(self.starts[has_number], self.ends[has_number], mapped[has_number])


class Automaton:
    """Finds the words it was made of; words are known by their number in the sequence."""

    def __init__(self, words: Sequence[str]) -> None:
        points = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        characters, numbers = np.unique(points, return_inverse=True)
        self._alphabet = np.zeros(_POINTS, dtype=np.uint16)
        self._alphabet[characters] = np.arange(1, len(characters) + 1)
        tree = _grow_tree(numbers + 1, np.array([len(word) for word in words], dtype=np.int64))
        self._word = np.full(len(tree.parents) + 1, -1, dtype=np.int32)
        self._word[tree.nodes] = np.arange(len(words))
        self._base, self._parent, self._child = _lay_down(tree, len(characters) + 1)

    def find(self, points: Points) -> Found:
        """Return the words in a row of code points; the row must end in a character of no word."""
        characters = self._alphabet.take(points)
        starts: Places = (characters != 0).nonzero()[0]
        nodes: Numbers = np.zeros(len(starts), dtype=np.int32)
        walked = [(starts, starts, nodes)]
        places = starts
        while len(starts):
            slots = self._base.take(nodes) + characters[places]
            goes_on = (self._parent.take(slots) == nodes).nonzero()[0]
            starts, places, nodes = starts[goes_on], places[goes_on] + 1, self._child.take(slots[goes_on])
            walked.append((starts, places, nodes))
        starts, places, nodes = map(np.concatenate, zip(*walked, strict=True))
        words = self._word.take(nodes)
        ends = (words >= 0).nonzero()[0]
        return Found(starts[ends], places[ends], words[ends])


class _Tree(NamedTuple):
    """Nodes by number, 0 for the root; those of a parent stand together, by their characters in ascending order."""

    #: Of each node but the root.
    parents: Places
    characters: Places
    #: The node that each word ends at.
    nodes: Places


def _grow_tree(characters: Places, lengths: Places) -> _Tree:
    """Return the tree of words given by their characters in one row, and their lengths; all words at once by length."""
    starts = lengths.cumsum() - lengths
    nodes, parents, labels = np.zeros_like(lengths), [lengths[:0]], [lengths[:0]]
    size, grown = 1, 0
    while len(longer := (lengths > grown).nonzero()[0]):
        keys, found = np.unique(nodes[longer] << _BITS | characters[starts[longer] + grown], return_inverse=True)
        nodes[longer] = size + found
        parents.append(keys >> _BITS)
        labels.append(keys & ((1 << _BITS) - 1))
        size, grown = size + len(keys), grown + 1
    return _Tree(np.concatenate(parents), np.concatenate(labels), nodes)


def _lay_down(tree: _Tree, width: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return the base of each node, and for each slot its parent and its node; a slot without has the parent -1.

    Big families come first, while there is room; only children fill the holes that were left.
    """
    sizes = np.bincount(tree.parents, minlength=len(tree.parents) + 1)
    first = sum_up(sizes)
    base = np.zeros(len(sizes), dtype=np.int64)
    slots = _Slots(width)
    several = (sizes > 1).nonzero()[0]
    several = several[np.argsort(-sizes[several], kind="stable")]
    characters, bounds = tree.characters.tolist(), first.tolist()
    base[several] = [slots.place(characters[bounds[node] : bounds[node + 1]]) for node in several.tolist()]
    single = (sizes == 1).nonzero()[0]
    base[single] = slots.find_holes(len(single)) - tree.characters[first[single]]
    taken = base[tree.parents] + tree.characters
    parent, child = (np.full(base.max() + width, empty, dtype=np.int32) for empty in (-1, 0))
    parent[taken], child[taken] = tree.parents, np.arange(1, len(sizes))
    return base.astype(np.int32), parent, child


class _Slots:
    """Which slots are taken."""

    def __init__(self, width: int) -> None:
        self._width = self._free = width
        self._taken = bytearray(4 * width)

    def place(self, members: Sequence[int]) -> int:
        """Take the slots of these characters where all are free, and return their base."""
        slot = self._free - 1
        others = [member - members[0] for member in members[1:]]
        while True:
            slot = self._taken.index(0, slot + 1)
            if slot + 2 * self._width > len(self._taken):
                self._taken.extend(bytes(len(self._taken)))
            if not any(self._taken[slot + other] for other in others):
                break
        self._free = slot + 1
        for other in (0, *others):
            self._taken[slot + other] = 1
        return slot - members[0]

    def find_holes(self, count: int) -> Places:
        """Return the first slots that are free."""
        self._taken.extend(bytes(count))
        free = (np.frombuffer(self._taken, dtype=np.uint8) == 0).nonzero()[0]
        holes: Places = free[free >= self._width][:count]
        return holes
