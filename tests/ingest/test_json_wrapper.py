"""JSON documents whose records lie inside an object."""

import json
from pathlib import Path

import pytest

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.readers.rows import Rows


def open_text(path: Path, text: str) -> Rows:
    path.write_text(text, encoding="utf-8")
    return open_rows(path, SourceConfig(name="x", path=str(path)))


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("keys", [("tickets",), ("data",), ("hits", "hits"), ("a", "b", "c")])
def test_the_list_is_found_under_any_key(tmp_path: Path, keys: tuple[str, ...], indent: int | None) -> None:
    value: object = [{"id": "1", "t": "好"}, {"id": "2", "u": {"v": "坏"}}]
    for key in reversed(keys):
        value = {"count": 2, "next": None, "flags": [1, 2], key: value, "more": False}
    rows = open_text(tmp_path / "a.json", json.dumps(value, indent=indent, ensure_ascii=False))
    assert rows.header == ["id", "t", "u.v"] and list(rows) == [(1, ["1", "好", ""]), (2, ["2", "", "坏"])]
    assert any(".".join(keys) in sentence for sentence in rows.evidence)


def test_the_longest_list_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    document = {"users": [{"id": 1}], "tickets": [{"id": 2}, {"id": 3}], "groups": [{"id": 4}]}
    rows = open_text(tmp_path / "a.json", json.dumps(document))
    assert [cells for _, cells in rows] == [["2"], ["3"]]
    assert any("users" in sentence and "groups" in sentence for sentence in rows.evidence)


def test_a_single_record_that_holds_a_list_is_a_line_not_an_envelope(tmp_path: Path) -> None:
    record = {"id": "9", "text": "好", "comments": [{"text": "同感"}]}
    rows = open_text(tmp_path / "a.jsonl", json.dumps(record, ensure_ascii=False) + "\n")
    assert rows.container == "jsonl" and rows.header == ["id", "text", "comments"]


def test_a_long_list_is_read_in_pieces(tmp_path: Path) -> None:
    records = [{"id": number, "text": "好" * 100} for number in range(20_000)]
    rows = open_text(tmp_path / "a.json", json.dumps({"data": records, "n": 20_000}, ensure_ascii=False))
    assert len(list(rows)) == 20_000


def test_an_element_that_is_no_object_is_a_reject(tmp_path: Path) -> None:
    rows = open_text(tmp_path / "a.json", '{"data": [{"a": 1}, 7, {"a": 2}],\n "n": 1}')
    assert len(list(rows)) == 2 and [reject.row_number for reject in rows.rejects] == [2]


@pytest.mark.parametrize(
    "text",
    [
        '{"data": [{"a": 1}, {"a"',
        '{"data": [{"a": 1}\n',
        '{"data": [\n1, 2]}',
        '{"data": {"a":\n 1}}',
        '{"data": [\n{"a": 1}]}\n}}',
        '{"data" [\n{"a": 1}]}',
    ],
)
def test_a_document_that_breaks_off_or_holds_no_records_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    with pytest.raises(UnreadableFile, match="JSON"):
        open_text(path, text)
