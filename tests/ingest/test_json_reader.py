"""JSON lines and arrays: nested keys become headings, a bad line one reject."""

import json
from pathlib import Path

import pytest

from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.readers.json import is_json_lines, read_json_array, read_json_lines, read_json_object


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.json"


def test_keys_are_headings_in_order_of_first_appearance(file: Path) -> None:
    file.write_text('{"b": "1", "a": "2"}\n\n{"a": "3", "c": {"d": "4", "e": {"f": null}}}\n', encoding="utf-8")
    rows = read_json_lines(file, "utf-8")
    assert rows.header == ["b", "a", "c.d", "c.e.f"]
    assert list(rows) == [(1, ["1", "2", "", ""]), (3, ["", "3", "4", ""])]


def test_values_are_text_as_written(file: Path) -> None:
    file.write_text('{"id": 12345678901234567890, "x": 24.0, "y": 4.50, "z": true, "l": ["好", 1]}', encoding="utf-8")
    assert list(read_json_lines(file, "utf-8")) == [(1, ["12345678901234567890", "24", "4.50", "true", '["好", "1"]'])]


@pytest.mark.parametrize("bad", ['{"a":', "[1]", "12", '"text"', "nonsense", "[" * 100_000])
def test_a_bad_line_is_a_reject(file: Path, bad: str) -> None:
    file.write_text('{"a": "1"}\n' + bad + '\n{"a": "2"}\n', encoding="utf-8")
    rows = read_json_lines(file, "utf-8")
    assert list(rows) == [(1, ["1"]), (3, ["2"])]
    assert [(reject.row_number, reject.value) for reject in rows.rejects] == [(2, bad)]


def test_an_array_is_read_in_pieces(file: Path) -> None:
    items = [{"id": number, "text": "好" * 50} for number in range(20_000)]
    file.write_text(json.dumps(items, ensure_ascii=False, indent=1), encoding="utf-8")
    data = list(read_json_array(file, "utf-8"))
    assert len(data) == 20_000
    assert data[-1] == (20_000, ["19999", "好" * 50])


def test_an_element_that_is_no_object_is_a_reject(file: Path) -> None:
    file.write_text('[{"a": 1}, 7, {"a": 2}]', encoding="utf-8")
    rows = read_json_array(file, "utf-8")
    assert list(rows) == [(1, ["1"]), (3, ["2"])]
    assert [reject.row_number for reject in rows.rejects] == [2]


@pytest.mark.parametrize("between", ["\n", "", ",\n", " , "])
@pytest.mark.parametrize("indent", [None, 2])
def test_objects_one_behind_the_other_are_records(file: Path, between: str, indent: int | None) -> None:
    records = [{"id": number, "text": "好", "tags": [{"x": "1"}]} for number in range(3)]
    file.write_text(between.join(json.dumps(record, ensure_ascii=False, indent=indent) for record in records))
    if not is_json_lines(file, "utf-8"):
        rows = read_json_object(file, "utf-8")
        assert rows.header == ["id", "text", "tags"]
        assert list(rows) == [(n, [str(n - 1), "好", '[{"x": "1"}]']) for n in (1, 2, 3)]


def test_what_is_no_object_between_them_is_a_reject(file: Path) -> None:
    file.write_text('{"a": 1}\nnull\n7\n{"a":\n2}', encoding="utf-8")
    rows = read_json_object(file, "utf-8")
    assert list(rows) == [(1, ["1"]), (4, ["2"])]
    assert [reject.row_number for reject in rows.rejects] == [2, 3]


@pytest.mark.parametrize(
    ("text", "why"),
    [('{"a":\n1}\n{"a":', "断开"), ('{"a": [{"b": 1}],\n"n": 1}\n{"a": [{"b": 2}], "n": 1}', "每个一批")],
)
def test_several_objects_of_which_one_is_no_record_are_an_error(file: Path, text: str, why: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=why):
        read_json_object(file, "utf-8")


def test_values_whose_type_mongodb_tells_are_values(file: Path) -> None:
    file.write_text(
        '{"_id": {"$oid": "64f0"}, "at": {"$date": "2026-11-03T01:00:00Z"}, "n": {"$numberLong": "5"}}\n'
        '{"_id": {"$oid": "64f1"}, "at": {"$date": {"$numberLong": "1793667600000"}}, "n": {"$gt": "5"}}\n'
    )
    rows = read_json_lines(file, "utf-8")
    assert rows.header == ["_id", "at", "n", "n.$gt"]
    assert list(rows) == [
        (1, ["64f0", "2026-11-03T01:00:00Z", "5", ""]),
        (2, ["64f1", "1793667600000", "", "5"]),
    ]


@pytest.mark.parametrize("text", ['[{"a": 1}, {"a"', '[{"a": 1} {"a": 2}]', '[{"a": 1}', '[{"a": 1}][{"a": 2}]', "[]"])
def test_a_broken_array_is_an_error(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile):
        read_json_array(file, "utf-8")


def test_a_file_with_a_new_key_in_every_line_is_no_table(file: Path) -> None:
    file.write_text("\n".join(f'{{"k{number}": 1}}' for number in range(10_001)), encoding="utf-8")
    with pytest.raises(UnreadableFile, match="10000"):
        read_json_lines(file, "utf-8")


def test_one_object_over_several_lines_is_not_json_lines(file: Path) -> None:
    file.write_text(json.dumps({"data": [{"a": 1}]}, indent=2), encoding="utf-8")
    assert not is_json_lines(file, "utf-8")


def test_hits_of_elasticsearch_are_the_records_in_them(file: Path) -> None:
    file.write_text(
        '{"_index": "a", "_id": "7", "_score": 1.5, "_source": {"text": "好", "shop": {"city": "上海"}}, "sort": [1]}\n'
        '{"_index": "a", "_source": {"text": "差"}}\n'
        '{"_id": "9", "_source": {"number": "9", "text": "中"}}\n',
        encoding="utf-8",
    )
    rows = read_json_lines(file, "utf-8")
    assert rows.header == ["_id", "text", "shop.city", "number"]
    assert list(rows) == [(1, ["7", "好", "上海", ""]), (2, ["", "差", "", ""]), (3, ["", "中", "", "9"])]


def test_a_source_beside_other_fields_is_a_field(file: Path) -> None:
    file.write_text('{"text": "好", "_source": {"name": "app"}}\n', encoding="utf-8")
    assert read_json_lines(file, "utf-8").header == ["text", "_source.name"]
