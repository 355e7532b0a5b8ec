"""All words of a list found at once in a row of characters: a trie walked from every place in step.

The trie lies in three flat arrays (a double array, after Aoe 1989): the child of a node by a character is the slot
`base[node] + character`, if that slot says that the node is its parent. One step for all places where a word may still
go on is a handful of look-ups in whole arrays, so that a batch of texts costs what its characters cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Flags, Places, Points, number_groups, sum_up

_POINTS = 0x110000
#: So many slots are there for each member of a family, that free ones be found; after so many throws there are more.
_ROOM, _PATIENCE = 3, 64
#: A large prime: neighbours are thrown far apart.
_SCATTER = 2_654_435_761
#: No word list has more than 2 ** _BITS different characters.
_BITS = 21


class Found(NamedTuple):
    """Where words begin and end in a row, and which these are: shorter ones first, those of a length in order."""

    starts: Places
    ends: Places
    words: Places

    def take(self, numbers: Places) -> Found:
        """Return the words that have a number in this list, by that number; -1 means none."""
        mapped = numbers.take(self.words)
        has_number = (mapped >= 0).nonzero()[0]
        return Found(self.starts[has_number], self.ends[has_number], mapped[has_number])


class Automaton:
    """Finds the words it was made of; words are known by their number in the sequence."""

    def __init__(self, words: Sequence[str]) -> None:
        points = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        is_used = np.zeros(_POINTS, dtype=np.bool_)
        is_used[points] = True
        characters = is_used.nonzero()[0]
        self._alphabet = np.zeros(_POINTS, dtype=np.uint16)
        self._alphabet[characters] = np.arange(1, len(characters) + 1)
        tree = _grow_tree(self._alphabet[points].astype(np.int64), np.array([*map(len, words)], dtype=np.int64))
        self._word = np.full(len(tree.parents) + 1, -1)
        self._word[tree.nodes] = np.arange(len(words))
        self._base, self._parent, self._child = _lay_down(tree, len(characters) + 1)

    def find(self, points: Points) -> Found:
        """Return the words in a row of code points; the row must end in a character of no word."""
        characters = self._alphabet.take(points).astype(np.int64)
        starts: Places = characters.nonzero()[0]
        nodes: Places = np.zeros(len(starts), dtype=np.int64)
        walked = [(starts, nodes)]
        while len(starts):
            slots = self._base.take(nodes) + characters[len(walked) - 1 :][starts]
            goes_on = (self._parent.take(slots) == nodes).nonzero()[0]
            starts, nodes = starts[goes_on], self._child.take(slots[goes_on])
            walked.append((starts, nodes))
        lengths = np.arange(len(walked)).repeat([len(nodes) for _, nodes in walked])
        starts, nodes = map(np.concatenate, zip(*walked, strict=True))
        words = self._word.take(nodes)
        ends = (words >= 0).nonzero()[0]
        starts = starts[ends]
        return Found(starts, starts + lengths[ends], words[ends])


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


def _lay_down(tree: _Tree, width: int) -> tuple[Places, Places, Places]:
    """Return the base of each node, and for each slot its parent and its node; a slot without has the parent -1.

    Big families come first, while there is room; only children fill the holes that were left.
    """
    sizes = np.bincount(tree.parents, minlength=len(tree.parents) + 1)
    first = sum_up(sizes)
    base = np.zeros(len(sizes), dtype=np.int64)
    several = (sizes > 1).nonzero()[0]
    slots = _Slots(width, _ROOM * int(sizes[several].sum()))
    for least in (1 << step for step in reversed(range(1, _BITS))):
        families = several[(sizes[several] >= least) & (sizes[several] < 2 * least)]
        members = tree.characters[number_groups(sizes[families], first[families])]
        base[families] = slots.place(members, sizes[families])
    single = (sizes == 1).nonzero()[0]
    base[single] = slots.find_holes(len(single)) - tree.characters[first[single]]
    taken = base[tree.parents] + tree.characters
    parent, child = (np.full(base.max() + width, empty) for empty in (-1, 0))
    parent[taken], child[taken] = tree.parents, np.arange(1, len(sizes))
    return base, parent, child


class _Slots:
    """Which slots are taken."""

    def __init__(self, width: int, count: int) -> None:
        self._width = width
        self._taken = np.zeros(count + 3 * width, dtype=np.bool_)
        self._taken[:width] = self._taken[-width:] = True

    def place(self, members: Places, sizes: Places) -> Places:
        """Take the slots of families of these sizes, given the characters of all their members, and return their bases.

        They are thrown all at once: those whose slots are free stay there, the others are thrown again.
        """
        bases, waiting = np.zeros(len(sizes), dtype=np.int64), np.arange(len(sizes))
        bounds, throws = sum_up(sizes), 0
        while len(waiting):
            free, throws = (~self._taken).nonzero()[0], throws + 1
            thrown = free[(waiting + throws) * _SCATTER % len(free)] - members[bounds[waiting]]
            slots = thrown.repeat(sizes[waiting]) + members[number_groups(sizes[waiting], bounds[waiting])]
            stays = self._find_free(slots, sizes[waiting])
            bases[waiting[stays]] = thrown[stays]
            self._taken[slots[stays.repeat(sizes[waiting])]] = True
            waiting = waiting[~stays]
            if throws % _PATIENCE == 0:
                self._grow(self._width)
        return bases

    def _find_free(self, slots: Places, sizes: Places) -> Flags:
        """Return which families have all their slots to themselves; of two that share one, the earlier has it."""
        family = np.arange(len(sizes)).repeat(sizes)
        owner = np.empty(len(self._taken), dtype=np.int64)
        owner[slots[::-1]] = family[::-1]
        is_free = ~self._taken[slots] & (owner[slots] == family)
        free: Flags = np.logical_and.reduceat(is_free, sizes.cumsum() - sizes)
        return free

    def _grow(self, count: int) -> None:
        """Add free slots before the last ones, which are no family's first."""
        self._taken = np.insert(self._taken, len(self._taken) - self._width, np.zeros(count, dtype=np.bool_))

    def find_holes(self, count: int) -> Places:
        """Return the first slots that are free."""
        self._grow(count)
        holes: Places = (~self._taken).nonzero()[0][:count]
        return holes
