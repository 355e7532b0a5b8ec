"""All words of a list found at once in a row of characters: a trie walked from every place in step.

The trie lies in three flat arrays (a double array, after Aoe 1989): the child of a node by a character is the slot
`base[node] + character`, if that slot says that the node is its parent. One step for all places where a word may still
go on is a handful of look-ups in whole arrays, so that a batch of texts costs what its characters cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Numbers, Places, Points

_POINTS = 0x110000
_Tree = dict[int, Any]


class Found(NamedTuple):
    """Where words begin and end in a row, and which these are: shorter ones first, those of a length in order."""

    starts: Places
    ends: Places
    words: Numbers

    def take(self, numbers: Numbers) -> Found:
        """Return the words that have a number in this list, by that number; -1 means none."""
        mapped = numbers[self.words]
        has_number = (mapped >= 0).nonzero()[0]
        return Found(self.starts[has_number], self.ends[has_number], mapped[has_number])


class Automaton:
    """Finds the words it was made of; words are known by their number in the sequence."""

    def __init__(self, words: Sequence[str]) -> None:
        characters = sorted(set().union(*words)) if words else []
        self._alphabet = np.zeros(_POINTS, dtype=np.uint16)
        for number, character in enumerate(characters, start=1):
            self._alphabet[ord(character)] = number
        nodes = _build_tree(words, {character: number for number, character in enumerate(characters, start=1)})
        self._word = np.array([node.get(0, -1) for node in nodes], dtype=np.int32)
        self._base, self._parent, self._child = _lay_down(nodes, len(characters))

    def find(self, points: Points) -> Found:
        """Return the words in a row of code points; the row must end in a character of no word."""
        characters = self._alphabet[points]
        starts: Places = characters.nonzero()[0]
        nodes: Numbers = np.zeros(len(starts), dtype=np.int32)
        length, found = 0, [Found(starts[:0], starts[:0], nodes[:0])]
        while len(starts):
            slots = self._base[nodes] + characters[starts + length]
            goes_on = self._parent[slots] == nodes
            starts, nodes = starts[goes_on], self._child[slots[goes_on]]
            length += 1
            words = self._word[nodes]
            ends = (words >= 0).nonzero()[0]
            if len(ends):
                found.append(Found(starts[ends], starts[ends] + length, words[ends]))
        return Found(*map(np.concatenate, zip(*found, strict=True)))


def _build_tree(words: Sequence[str], numbers: Mapping[str, int]) -> list[_Tree]:
    """Return the nodes: character → number of the child; under 0 the word that ends there."""
    nodes: list[_Tree] = [{}]
    for number, word in enumerate(words):
        node = nodes[0]
        for character in word:
            child = node.get(numbers[character])
            if child is None:
                child = node[numbers[character]] = len(nodes)
                nodes.append({})
            node = nodes[child]
        node[0] = number
    return nodes


def _lay_down(nodes: Sequence[_Tree], characters: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return the base of each node, and for each slot its parent and its node; a slot without has the parent -1."""
    slots = _Slots(characters + 1)
    base = [0] * len(nodes)
    families = sorted(((number, sorted(node.keys() - {0})) for number, node in enumerate(nodes)), key=_by_size)
    for number, members in families:
        if not members:
            break
        base[number] = slots.place(number, members, nodes[number])
    width = max(base) + characters + 1
    return np.array(base, np.int32), np.array(slots.parent[:width], np.int32), np.array(slots.child[:width], np.int32)


def _by_size(family: tuple[int, list[int]]) -> int:
    return -len(family[1])


class _Slots:
    """Where children lie: big families first, while there is room; only children fill the holes that were left."""

    def __init__(self, width: int) -> None:
        self._width = self._free = width
        self._is_filling = False
        self._taken = bytearray(4 * width)
        self.parent, self.child = [-1] * (4 * width), [0] * (4 * width)

    def place(self, number: int, members: Sequence[int], node: _Tree) -> int:
        """Put the children of a node where all fit, and return its base."""
        if len(members) == 1 and not self._is_filling:
            self._is_filling, self._free = True, self._width
        slot = self._find_room(members)
        base = slot - members[0]
        self._free = slot + 1
        for member in members:
            self._taken[base + member] = 1
            self.parent[base + member], self.child[base + member] = number, node[member]
        return base

    def _find_room(self, members: Sequence[int]) -> int:
        """Return the slot of the first child."""
        slot = self._free - 1
        while True:
            slot = self._taken.index(0, slot + 1)
            base = slot - members[0]
            if base + 2 * self._width > len(self._taken):
                self._grow()
            if not any(self._taken[base + member] for member in members):
                return slot

    def _grow(self) -> None:
        more = len(self._taken)
        self._taken.extend(bytes(more))
        self.parent += [-1] * more
        self.child += [0] * more
