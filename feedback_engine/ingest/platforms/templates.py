"""Texts that an operator typed into a template: 【诉求内容】…【诉求目的】…"""

from __future__ import annotations

import re
from dataclasses import dataclass

from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.resources import once_per_lexicons

_LABEL = re.compile(r"【([^【】\n]{2,12})】[:：]?")


@dataclass(frozen=True, slots=True)
class Sections:
    """What the customer said, and the sections that stand beside it, by field of the alias table."""

    text: str
    others: tuple[tuple[str, str], ...] = ()


@once_per_lexicons
def _table() -> AliasTable:
    return AliasTable.load("complaint_columns")


def split_template(text: str) -> Sections:
    """Return the text without labels and without the sections that are personal or told elsewhere.

    A text without a section named as the text or the purpose of a complaint comes back whole: 【】 may be emphasis.
    A section of an unknown name stays in the text, with its label.
    """
    pieces = _LABEL.split(text)
    fields = [(alias.field if (alias := _table().find(label)) else "") for label in pieces[1::2]]
    if not {"text", "purpose"} & set(fields):
        return Sections(text)
    spoken, others = [clean(pieces[0])], []
    for label, name, section in zip(pieces[1::2], fields, pieces[2::2], strict=True):
        content = clean(section).strip("；;")
        if name in ("text", "title"):
            spoken.append(content)
        elif name == "":
            spoken.append(f"【{label}】{content}")
        else:
            others.append((name, content))
    said = "\n".join(filter(None, spoken))
    return Sections(said or dict(others).get("purpose", ""), tuple(others))


def read_section(text: str, field: str) -> str:
    """Return the first section of that field in a text in a template; empty if there is none."""
    return next((content for name, content in split_template(text).others if name == field), "")
