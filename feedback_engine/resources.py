"""Where the data that ships with the package lies: in the wheel, or beside the package in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def find_lexicons(explicit: Path | None = None) -> Path:
    """Return the lexicon folder: the given one, else $FEEDBACK_ENGINE_LEXICONS, else the shipped one."""
    if explicit is not None:
        return explicit
    if from_environment := os.environ.get("FEEDBACK_ENGINE_LEXICONS"):
        return Path(from_environment)
    return _shipped("_lexicons", "lexicons")


def find_formats() -> Path:
    """Return the folder of the tables that tell exports apart: in the chosen lexicons, else the shipped one."""
    own = find_lexicons() / "formats"
    return own if own.is_dir() else _shipped("_lexicons", "lexicons") / "formats"


def find_examples() -> Path:
    """Return the folder of example files."""
    return _shipped("_examples", "examples")


def find_default_config() -> Path:
    """Return the shipped config.yaml."""
    return _shipped("_config.yaml", "config.yaml")


def _shipped(in_wheel: str, in_checkout: str) -> Path:
    inside = _PACKAGE / in_wheel
    return inside if inside.exists() else _PACKAGE.parent / in_checkout
