"""Things that are made once, when first used, whichever thread asks."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar

Made = TypeVar("Made")


class Parts:
    """The things made so far, by name; those `given` are not made."""

    def __init__(self, **given: Any) -> None:
        self._made: dict[str, Any] = given
        self._making = RLock()

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """Return the thing of that name, made now if nobody has asked for it before."""
        if name not in self._made:
            with self._making:
                if name not in self._made:
                    self._made[name] = make()
        made: Made = self._made[name]
        return made

    def find(self, name: str) -> Any:
        """Return the thing of that name, None if nobody has asked for it before."""
        return self._made.get(name)

    def close(self, *names: str) -> None:
        """Close the things of these names that have been made; who asks again gets new ones."""
        for name in names:
            if name in self._made:
                self._made.pop(name).close()
