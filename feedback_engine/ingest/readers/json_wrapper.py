"""The list of objects inside a JSON document: {"tickets": […], "count": 2}, {"hits": {"hits": […]}}."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from feedback_engine.ingest.readers.text import MAX_CHARACTERS

_CHUNK = 1 << 20
#: Lists further inside than this are answers, not records.
_MAX_DEPTH = 4
_BLANKS = " \t\r\n"
_URL_OR_SHORT = re.compile(r"https?://\S*|\S{0,40}")


class BrokenJson(Exception):
    """The document is cut off or no JSON; says where."""


class MoreFollows(BrokenJson):
    """Something follows behind the object that should be the whole document."""


class JsonCursor:
    """Reads a JSON document piece by piece, holding a value and a chunk of the file."""

    def __init__(self, stream: TextIO, decoder: json.JSONDecoder) -> None:
        self._stream, self._decoder, self._buffer, self.read = stream, decoder, "", 0

    def peek(self) -> str:
        """Return the next character that is no blank, empty at the end."""
        while not (rest := self._buffer.lstrip(_BLANKS)):
            if not self._fill():
                return ""
        self._buffer = rest
        return rest[0]

    def skip(self, character: str) -> bool:
        """Whether the next character was this one; it is then behind."""
        if self.peek() != character:
            return False
        self._buffer = self._buffer[1:]
        return True

    def expect(self, character: str) -> None:
        """Go past this character; raises BrokenJson if another one stands there."""
        if not self.skip(character):
            raise BrokenJson(f"第 {self.read - len(self._buffer) + 1} 个字符处应为 {character}")

    def decode(self) -> Any:
        """Return the next value; raises BrokenJson where it breaks off."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer)
            except (json.JSONDecodeError, RecursionError):
                value, end = None, -1
            # At the buffer's end a value may be cut off, and a number may go on.
            if 0 <= end < len(self._buffer) or len(self._buffer) >= MAX_CHARACTERS or not self._fill():
                break
        if end < 0:
            raise BrokenJson(f"第 {self.read - len(self._buffer) + 1} 个字符处断开或有误")
        self._buffer = self._buffer[end:]
        return value

    def _fill(self) -> bool:
        more = self._stream.read(_CHUNK)
        self._buffer += more
        self.read += len(more)
        return more != ""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Where the records lie: the keys from the top, how many they are, and the other lists beside them."""

    path: tuple[str, ...]
    count: int
    others: tuple[str, ...] = ()


def find_list(path: Path, encoding: str, decoder: json.JSONDecoder) -> Wrapped | None:
    """Return the longest list of objects in a document that is one object; None if there is none.

    Raises BrokenJson where the document breaks off.
    """
    counts: dict[tuple[str, ...], int] = {}
    for keys, _ in iterate_lists(path, encoding, decoder):
        counts[keys] = counts.get(keys, 0) + 1
    if not counts:
        return None
    best = max(counts, key=lambda keys: counts[keys])
    return Wrapped(best, counts[best], tuple(".".join(keys) for keys in counts if keys != best))


def iterate_lists(path: Path, encoding: str, decoder: json.JSONDecoder) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield (keys from the top, element) for each element of each list of objects in the document."""
    with path.open(encoding=encoding, errors="strict") as stream:
        cursor = JsonCursor(stream, decoder)
        yield from _walk(cursor, ())
        if cursor.peek():
            raise MoreFollows("对象结束后还有内容")


def iterate_values(path: Path, encoding: str, decoder: json.JSONDecoder) -> Iterator[Any]:
    """Yield the values that stand one behind the other; raises BrokenJson where one breaks off."""
    with path.open(encoding=encoding, errors="strict") as stream:
        cursor = JsonCursor(stream, decoder)
        while cursor.peek():
            yield cursor.decode()
            cursor.skip(",")


def _walk(cursor: JsonCursor, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    cursor.expect("{")
    while not cursor.skip("}"):
        key = cursor.decode()
        cursor.expect(":")
        inside = (*keys, str(key))
        if cursor.peek() == "{" and len(inside) < _MAX_DEPTH:
            yield from _walk(cursor, inside)
        elif cursor.peek() == "[":
            yield from _walk_list(cursor, inside)
        else:
            cursor.decode()
        if not cursor.skip(","):
            cursor.expect("}")
            return


def _walk_list(cursor: JsonCursor, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    cursor.expect("[")
    is_records = cursor.peek() == "{"
    while not cursor.skip("]"):
        value = cursor.decode()
        if is_records:
            yield keys, value
        if not cursor.skip(","):
            cursor.expect("]")
            return


def is_wrapper(value: dict[str, Any]) -> bool:
    """Whether an object is an envelope of records and no record itself: beside its list only counts, links, flags."""
    lists = [item for item in value.values() if _holds_records(item)]
    plain = [item for item in value.values() if isinstance(item, str)]
    return bool(lists) and all(_URL_OR_SHORT.fullmatch(text) for text in plain) and "id" not in value


def _holds_records(item: Any) -> bool:
    if isinstance(item, dict):
        return any(_holds_records(inner) for inner in item.values())
    return isinstance(item, list) and bool(item) and all(isinstance(entry, dict) for entry in item)
