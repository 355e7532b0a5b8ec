"""Where the data that ships with the package lies: in the wheel, or beside the package in a checkout."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from pathlib import Path
from typing import TypeVar

_PACKAGE = Path(__file__).resolve().parent
_CHOSEN: ContextVar[Path | None] = ContextVar("lexicons", default=None)
_T = TypeVar("_T")


def find_lexicons(explicit: Path | None = None) -> Path:
    """Return the lexicon folder: the given one, else that in use, else $FEEDBACK_ENGINE_LEXICONS, else the shipped."""
    return explicit or _CHOSEN.get() or _find_usual()


def _find_usual() -> Path:
    if from_environment := os.environ.get("FEEDBACK_ENGINE_LEXICONS"):
        return Path(from_environment)
    return _shipped("_lexicons", "lexicons")


@contextmanager
def use_lexicons(folder: Path | None) -> Iterator[None]:
    """Within the block, read files by the words of this folder, however deep inside platforms; None = the usual."""
    # Settled once: within the block every heading of a wide file is looked up by them.
    token = _CHOSEN.set(folder or _find_usual())
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def find_table(folder: str, name: str, *, first: Path | None = None) -> Path:
    """Return the file `folder`/`name` of the lexicons in use, or the shipped one where these have none.

    A `first` folder, where one is given, is looked into before both.
    """
    usual = find_lexicons() / folder
    for place in (first or usual, usual):
        if (place / name).is_file():
            return place / name
    return _shipped("_lexicons", "lexicons") / folder / name


def once_per_lexicons(make: Callable[[], _T]) -> Callable[[], _T]:
    """Return the function that makes a thing of lexicon words only once for every lexicon folder."""
    made = cache(lambda _folder: make())
    return wraps(make)(lambda: made(find_lexicons()))


def find_examples() -> Path:
    """Return the folder of example files."""
    return _shipped("_examples", "examples")


def find_default_config() -> Path:
    """Return the shipped config.yaml."""
    return _shipped("_config.yaml", "config.yaml")


@cache
def _shipped(in_wheel: str, in_checkout: str) -> Path:
    inside = _PACKAGE / in_wheel
    return inside if inside.exists() else _PACKAGE.parent / in_checkout
