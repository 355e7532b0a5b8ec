"""What changes without the feedback changing does not make a row a correction."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError
from test_importer import read, source

MAPPING = {"columns": {"id": "id", "text": "t", "likes": "n"}, "attributes": ["k", "shop"], "volatile": ["k", "likes"]}


def hash_of(path: Path, **cells: str) -> str:
    path.write_text(json.dumps({"id": "1", "t": "好", "n": "1", "k": "a", "shop": "东门"} | cells), encoding="utf-8")
    return str(read(path, source("reviews", MAPPING)).feedback["content_hash"].iloc[0])


def test_a_volatile_attribute_is_kept_but_not_compared(tmp_path: Path) -> None:
    before = hash_of(tmp_path / "a.jsonl")
    assert hash_of(tmp_path / "b.jsonl", n="2", k="b") == before
    assert hash_of(tmp_path / "c.jsonl", shop="西门") != before and hash_of(tmp_path / "d.jsonl", t="坏") != before
    kept = json.loads(read(tmp_path / "b.jsonl", source("reviews", MAPPING)).feedback["attributes"].iloc[0])
    assert kept["k"] == "b" and kept["likes"] == "2"


def test_volatile_names_must_be_attributes() -> None:
    with pytest.raises(ValidationError, match="volatile"):
        source("reviews", MAPPING | {"volatile": ["typo"]})
