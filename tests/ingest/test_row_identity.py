"""Which row is which: stable over files, orders, nights; two customers who wrote the same stay two."""

import random
from pathlib import Path

import pytest
from batch_frames import Frames, to_frames
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_importer import (
    CASES,
    CASES_HEADER,
    REVIEWS,
    SURVEY,
    SURVEY_HEADER,
    SURVEY_ROWS,
    open_generic,
    read,
    source,
    to_csv,
    write,
)

from feedback_engine.errors import MappingError, SourceError, StoreError
from feedback_engine.ingest import occurrences
from feedback_engine.ingest.identity import hash_contents, is_damaged
from feedback_engine.ingest.occurrences import Occurrences

HEADER = ["编号", "评论", "用户", "时间", "店铺", "点赞"]
WITH_ID = {"columns": {"id": "编号", **REVIEWS["columns"]}}
FUZZ = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ids(batch: Frames) -> list[str]:
    return batch.feedback["feedback_id"].tolist()


def reviews(*texts: str, first: int = 1) -> list[list[str]]:
    return [[f"R{n}", text, "", "2026-01-01", "", ""] for n, text in enumerate(texts, start=first)]


def test_two_customers_who_wrote_the_same_stay_two(tmp_path: Path) -> None:
    batch = read(write(tmp_path / "r.csv", HEADER, reviews("好", "好", "好")), source("reviews", REVIEWS))
    assert len(set(ids(batch))) == 3
    assert batch.feedback["content_hash"].nunique() == 1


@pytest.mark.parametrize("mapping", [REVIEWS, WITH_ID])
def test_the_same_rows_renamed_reordered_or_in_other_batches_are_the_same(tmp_path: Path, mapping: dict) -> None:
    rows = reviews(*(f"评论{n % 7}" for n in range(50)))
    first = read(write(tmp_path / "a.csv", HEADER, rows), source("reviews", mapping))
    random.Random(0).shuffle(rows)
    again = read(write(tmp_path / "另一个名字.txt", HEADER, rows, "gb18030"), source("reviews", mapping), batch_rows=7)
    assert set(ids(again)) == set(ids(first)) and len(set(ids(first))) == 50


def test_columns_may_change_places(tmp_path: Path) -> None:
    rows = reviews("好", "坏")
    first = read(write(tmp_path / "a.csv", HEADER, rows), source("reviews", REVIEWS))
    turned = write(tmp_path / "b.csv", HEADER[::-1], [row[::-1] for row in rows])
    assert ids(read(turned, source("reviews", REVIEWS))) == ids(first)


def test_a_corrected_row_keeps_its_id_and_changes_its_content(tmp_path: Path) -> None:
    before = read(write(tmp_path / "a.csv", HEADER, reviews("好")), source("reviews", WITH_ID)).feedback.iloc[0]
    after = read(write(tmp_path / "b.csv", HEADER, reviews("很好")), source("reviews", WITH_ID)).feedback.iloc[0]
    assert before["feedback_id"] == after["feedback_id"]
    assert before["content_hash"] != after["content_hash"]


def test_ids_and_contents_are_those_that_existing_stores_hold(tmp_path: Path) -> None:
    cases = [["G1", "路灯不亮", "灯坏了\r\n三天", "2026-09-01 10:00", "", "2026/9/3", "市政", "已办结", "城建", ""]]
    found = [
        read(write(tmp_path / "s.csv", SURVEY_HEADER, SURVEY_ROWS), source("questionnaire", SURVEY)),
        read(write(tmp_path / "c.csv", CASES_HEADER, cases), source("complaints", CASES)),
        read(write(tmp_path / "r.csv", HEADER, reviews(" 好\t", "", "好", "😀\x00á")), source("reviews", REVIEWS)),
        read(write(tmp_path / "i.csv", HEADER, reviews("电话13800130000")), source("reviews", WITH_ID)),
    ]
    shown = [
        [f"{own[:8]} {content[:8]}" for own, content in zip(ids(batch), batch.feedback["content_hash"], strict=True)]
        for batch in found
    ]
    assert shown == [
        ["3456ff95 874b687d", "c112416a 2c914d99", "4e2e52d8 e2715838", "8da8594b 874b687d", "8ed3016a 2c914d99"],
        ["64c3042a c5a52655"],
        ["433e1b70 2e946818", "8917815e 2e946818", "d7bd8458 030222eb"],
        ["38008a38 28684e6e"],
    ]


@pytest.mark.parametrize("at", range(len(SURVEY_HEADER)))
def test_the_content_covers_every_mapped_cell(tmp_path: Path, at: int) -> None:
    row = ["1", "2026-01-01", "c", "4", "5", "建议", "原因", "东门", "1"]
    other = ["2", "2026-01-02", "d", "3", "6", "建议二", "原因二", "西门", "2"]
    changed = [*row[:at], other[at], *row[at + 1 :]]
    hashes = read(write(tmp_path / "a.csv", SURVEY_HEADER, [row, changed]), source("questionnaire", SURVEY)).feedback[
        "content_hash"
    ]
    assert hashes.nunique() == 2


def test_sources_do_not_share_ids(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", HEADER, reviews("好"))
    assert ids(read(path, source("reviews", WITH_ID))) != ids(read(path, source("reviews", WITH_ID, name="t")))


def test_an_id_that_occurs_twice_comes_in_two_batches_the_later_last(tmp_path: Path) -> None:
    rows = [*reviews("旧"), *reviews("别的", first=2), *reviews("新")]
    found = open_generic(write(tmp_path / "a.csv", HEADER, rows), source("reviews", WITH_ID))
    batches = [to_frames([batch]) for batch in found]
    assert [batch.feedback["text"].tolist() for batch in batches] == [["旧", "别的"], ["新"]]
    assert ids(batches[0])[0] == ids(batches[1])[0]
    assert [batch.row_count for batch in batches] == [2, 1]


def test_a_column_of_one_value_is_refused_as_id(tmp_path: Path) -> None:
    rows = [["同一个", f"评论{n}", "", "", "", ""] for n in range(300)]
    with pytest.raises(MappingError, match="不像编号"):
        read(write(tmp_path / "a.csv", HEADER, rows), source("reviews", WITH_ID))


def test_ids_in_scientific_notation_are_told_and_not_used(tmp_path: Path) -> None:
    rows = [["1.23457E+15", f"评论{n}", "", "", "", ""] for n in range(3)]
    batch = read(write(tmp_path / "a.csv", HEADER, rows), source("reviews", WITH_ID))
    assert len(set(ids(batch))) == batch.row_count == 3
    assert batch.rejects["column"].tolist() == ["编号"] * 3
    assert not batch.rejects["is_row_lost"].any()
    assert "科学计数法" in batch.rejects["reason"].iloc[0]


def test_ids_that_a_formula_did_not_find_are_told_and_do_not_make_all_rows_one(tmp_path: Path) -> None:
    errors = ["#REF!", "#VALUE!", "#REF!", "#N/A", "#DIV/0!", "#REF!"]
    rows = [[error, f"评论{n}", "", "", "", ""] for n, error in enumerate(errors)]
    batch = read(write(tmp_path / "a.csv", HEADER, rows), source("reviews", WITH_ID))
    assert len(set(ids(batch))) == batch.row_count == 6
    assert batch.rejects["value"].tolist() == [error for error in errors if error != "#N/A"]
    assert "公式出错" in batch.rejects["reason"].iloc[0]


def test_a_column_that_gives_different_rows_one_id_is_told(tmp_path: Path) -> None:
    rows = [["客户1", "太慢", "", "", "", ""], ["客户2", "好", "", "", "", ""], ["客户1", "又太慢", "", "", "", ""],
            ["客户2", "好", "", "", "", ""], ["", "好", "", "", "", ""], ["", "好", "", "", "", ""]]  # fmt: skip
    reading = open_generic(write(tmp_path / "a.csv", HEADER, rows), source("reviews", WITH_ID))
    assert sum(batch.row_count for batch in reading) == 6
    assert [note for note in reading.notes if "至少 1 行的编号在本文件里出现过而内容不同" in note]


def test_a_file_whose_ids_say_the_same_each_time_is_not_suspected(tmp_path: Path) -> None:
    reading = open_generic(write(tmp_path / "a.csv", HEADER, reviews("好", "坏") * 3), source("reviews", WITH_ID))
    assert list(reading) and not any("编号" in note for note in reading.notes)


@pytest.mark.parametrize(("text", "answer"), [("1.2E+15", True), ("4e+17", True), ("12345678901234567", False),
                                              ("#REF!", True), ("#12", False), ("#A!", False),
                                              ("E+15", False), ("1.5", False), ("A1.2E+15", False)])  # fmt: skip
def test_what_excel_does_to_ids_is_recognised(text: str, answer: bool) -> None:
    assert is_damaged(text) is answer


def test_rows_without_an_id_among_rows_with_one_go_by_content(tmp_path: Path) -> None:
    rows = [["R1", "好", "", "", "", ""], ["", "好", "", "", "", ""], ["NULL", "好", "", "", "", ""]]
    assert len(set(ids(read(write(tmp_path / "a.csv", HEADER, rows), source("reviews", WITH_ID))))) == 3


@pytest.mark.parametrize("literal", ["(Null)", "(NULL)", "[NULL]", "<null>", r"\N", "<NA>", "NaT", "undefined"])
def test_what_database_tools_write_for_nothing_is_neither_an_id_nor_a_text(tmp_path: Path, literal: str) -> None:
    rows = [[literal, "好", "", "", "", ""], [literal, "差", "", "", "", ""], ["R1", literal, "", "", "", ""]]
    batch = read(write(tmp_path / "a.csv", HEADER, rows), source("reviews", WITH_ID))
    assert batch.feedback["text"].tolist() == ["好", "差"] and len(set(batch.feedback["feedback_id"])) == 2
    assert batch.rejects["row_number"].tolist() == [4]


def test_cells_cannot_run_into_one_another() -> None:
    assert hash_contents([("a", ["xy"]), ("b", ["z"])]) != hash_contents([("a", ["x"]), ("b", ["yz"])])
    assert hash_contents([("a", ["x"]), ("b", [""])]) != hash_contents([("a", [""]), ("b", ["x"])])


@FUZZ
@given(st.lists(st.integers(0, 9), max_size=100), st.integers(1, 20), st.integers(0, 12))
def test_occurrences_count_from_zero_whatever_the_batches_and_the_memory(
    values: list[int], size: int, kept: int
) -> None:
    contents = [value.to_bytes(32, "little") for value in values]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(occurrences, "_KEPT", kept)
        counter = Occurrences()
        numbers = [n for at in range(0, len(contents), size) for n in counter.number(contents[at : at + size])]
    assert numbers == [values[:at].count(value) for at, value in enumerate(values)]


def test_a_full_folder_for_temporary_files_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occurrences, "_KEPT", 0)
    monkeypatch.setattr(occurrences, "_PRAGMAS", ("max_page_count=1",))
    with pytest.raises(StoreError, match=r"临时目录无法写入.*SQLITE_TMPDIR"):
        Occurrences().number([bytes(32)])


CELLS = st.text(alphabet='aA1好，,;"\n\r\t\x00\u3000\u200b\ud800 .-/:', max_size=8)


@FUZZ
@given(rows=st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=12), size=st.integers(1, 5))
@example(rows=[["11\x001\r", "11\x001\r1\x001", "", "", "", "11\x001\r1\x001"]], size=1)
@example(rows=[["111\r\x00", "11\x0011\r\x001", "", "", "", "11\x0011\r\x001"]], size=1)
def test_every_row_read_is_kept_or_quarantined(tmp_path: Path, rows: list[list[str]], size: int) -> None:
    path = tmp_path / "fuzz.csv"
    path.write_bytes(to_csv(HEADER, [["R", "好", "", "", "", ""], *rows]).encode("utf-8", "replace"))
    batch = read(path, source("reviews", REVIEWS), batch_rows=size)
    lost = batch.rejects.loc[batch.rejects["is_row_lost"], "row_number"].nunique()
    assert batch.row_count == len(batch.feedback) + lost
    filled = sum(any(cell.replace("\u200b", "x").replace("\x00", "x").strip() for cell in row) for row in rows) + 1
    assert batch.row_count == filled


@FUZZ
@given(content=st.text(max_size=200))
def test_any_text_is_read_or_refused_in_our_own_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    try:
        batch = read(path, source("reviews", {"columns": {"text": "#1"}}))
    except SourceError:
        return
    assert batch.row_count == len(batch.feedback) + batch.rejects["is_row_lost"].sum()


@FUZZ
@given(content=st.binary(max_size=200))
@example(content=b"\x01\r\t")
def test_any_bytes_are_read_or_refused_in_our_own_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.bin"
    path.write_bytes(content)
    try:
        batch = read(path, source("reviews", {"columns": {"text": "#1"}}))
    except SourceError:
        return
    assert batch.row_count == len(batch.feedback) + batch.rejects["is_row_lost"].sum()
