"""A dict of named things whose misses say what was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Generic, TypeVar

from feedback_engine.errors import ConfigError

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """The things of one kind that exist, by name; listed when first looked into, and fixed from then on.

    `also` are names that mean something else where the user may write them: a miss lists them too.
    """

    def __init__(self, kind: str, list_entries: Callable[[], Mapping[str, T]], *, also: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self._list_entries = list_entries
        self._also = also

    @cached_property
    def _entries(self) -> dict[str, T]:
        return dict(self._list_entries())

    def __getitem__(self, name: str) -> T:
        try:
            return self._entries[name]
        except KeyError:
            raise ConfigError(unknown_name(self.kind, name, (*self._entries, *self._also))) from None

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def unknown_name(kind: str, name: object, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return the sentence for a name that does not exist, with the nearest one that does."""
    near = get_close_matches(str(name), list(known), n=1)
    hint = f"，是否想写 {near[0]!r}？" if near else "；"
    return f"没有名为 {name!r} 的{kind}{hint}可用：{'、'.join(sorted(known))}"
