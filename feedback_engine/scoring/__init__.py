"""Ratings and annotations → index."""

from __future__ import annotations

from typing import Any

#: Public names and the modules they live in; loaded when asked for.
_NAMES = {"gap": "feedback_engine.scoring.gaps"}


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        from importlib import import_module

        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
