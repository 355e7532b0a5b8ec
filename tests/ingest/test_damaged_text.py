"""A byte that an encoding does not have costs one character: its row is kept and told, and so is the whole file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import feedback_engine as fe
from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import EncodingError
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.encoding import detect_encoding
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.tables.summary import FileSummary

MAPPING = "kind: reviews\ncolumns: {id: 编号, text: 内容}\n"
LINES = [f"{n},客服态度很好，下次还来，希望继续保持" for n in range(1, 31)]
TEXT = "\n".join(["编号,内容", *LINES, ""])


def read(path: Path, data: bytes) -> Rows:
    path.write_bytes(data)
    return open_rows(path, SourceConfig(name="test", path=str(path)))


def read_last(path: Path, data: bytes) -> str:
    return list(read(path, data))[-1][1][1]


@pytest.fixture
def take_in(tmp_path: Path) -> Callable[[bytes], FileSummary]:
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")

    def take_in(data: bytes) -> FileSummary:
        (tmp_path / "a.csv").write_bytes(data)
        engine = fe.FeedbackEngine()
        return engine.import_file(tmp_path / "a.csv", mapping=tmp_path / "mapping.yaml").files[0]

    return take_in


def told_of(summary: FileSummary) -> str:
    (told,) = (doubt for doubt in summary.doubts if "每处换成" in doubt)
    assert summary.notes.count(told) == 1
    return told


@pytest.mark.parametrize(
    ("codec", "row", "text"),
    [
        ("utf-8", b"31,\xe9\x80\x80\xe6\xac", "退�"),
        ("utf-8", b"31,\xe9\x80\x80\xe6\xac,", "退�"),
        ("utf-8", b'31,"\xe9\x80\x80\xe6\xac"', "退�"),
        ("utf-8", b"31,caf\xe9 \xe9\x80\x80", "caf� 退"),
        ("utf-8-sig", b"31,\xe9\x80\x80\xff", "退�"),
        ("gb18030", b"31,\xcd\xcb\xbf", "退�"),
        ("gb18030", b"31,\xcd\xcb\xbf,", "退�"),
        ("gb18030", b'31,"\xcd\xcb\xbf"', "退�"),
        ("gb18030", b"31,\xcd\xcb\xff5", "退�5"),
    ],
)
def test_the_row_is_kept_with_the_character_replaced(tmp_path: Path, codec: str, row: bytes, text: str) -> None:
    assert read_last(tmp_path / "a.csv", TEXT.encode(codec) + row + b"\n") == text


def test_a_file_cut_within_a_character_loses_no_more_than_that(tmp_path: Path) -> None:
    assert read_last(tmp_path / "a.csv", TEXT.encode() + "31,退款".encode()[:-1]) == "退�"


def test_big5_is_read_the_same_way(tmp_path: Path) -> None:
    text = "編號,內容\n" + "1,客服態度很好，下次還來，希望繼續保持\n" * 30
    assert read_last(tmp_path / "a.csv", text.encode("big5") + b"31,\xb0h\xff\n") == "退�"


def test_the_notes_tell_how_many_rows_which_and_the_way_out(take_in: Callable[[bytes], FileSummary]) -> None:
    summary = take_in(TEXT.encode() + b"31,\xe9\x80\x80\xff\n32,\xe9\x80\x80\n33,\xe9\x80\x80\xff\n")
    assert (summary.counts.stored, summary.counts.quarantined) == (33, 0)
    told = told_of(summary)
    assert told.startswith("2 行里有不合 UTF-8 的字节（第 32、34 行）") and "另存为 UTF-8" in told


def test_of_many_rows_the_first_are_named(take_in: Callable[[bytes], FileSummary]) -> None:
    summary = take_in(TEXT.encode() + b"".join(b"%d,\xe9\x80\x80\xe9\x80\x80\xff\n" % n for n in range(31, 40)))
    assert told_of(summary).startswith("9 行里有不合 UTF-8 的字节（第 32、33、34、35、36… 行）")


def test_the_repaired_file_corrects_the_rows_that_have_numbers(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    engine, path = fe.FeedbackEngine(), tmp_path / "a.csv"
    for data in (TEXT.encode() + b"31,\xe9\x80\x80\xff\n", TEXT.encode() + "31,退款\n".encode()):
        path.write_bytes(data)
        counts = engine.import_file(path, mapping=tmp_path / "mapping.yaml").counts
    assert (counts.duplicate, counts.updated) == (30, 1)


def test_a_row_in_another_encoding_is_a_reject_with_its_number(take_in: Callable[[bytes], FileSummary]) -> None:
    summary = take_in(TEXT.encode() + "31,返金されない、手数料も取られた\n".encode("shift-jis") + "32,好\n".encode())
    assert (summary.counts.stored, summary.counts.quarantined) == (31, 1)
    assert summary.rejects[0].startswith("第 32 行「31 |") and "另一种编码" in summary.rejects[0]


def test_what_was_replaced_before_the_export_is_no_damage_of_ours(take_in: Callable[[bytes], FileSummary]) -> None:
    summary = take_in(TEXT.encode() + "31,\ufffd\ufffd\ufffd\ufffd\n".encode() + b"32,\xe9\x80\x80\xff\n")
    assert (summary.counts.stored, summary.counts.quarantined) == (32, 0)
    assert "（第 33 行）" in told_of(summary)


def test_inspect_tells_it_of_a_table_that_no_platform_claims(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.encode() + b"31,\xe9\x80\x80\xff\n")
    found = fe.FeedbackEngine().inspect(tmp_path / "a.csv")
    assert (found["encoding"], found["rows"]) == ("utf-8", 31)
    assert any("（第 32 行）" in warning for warning in found["warnings"])


@pytest.mark.parametrize("row", [b"31,\xcd\xcb\x8050", b"31,\xcd\xcb\x8050,"])
def test_the_euro_sign_of_code_page_936_is_one_and_no_damage(
    tmp_path: Path, row: bytes, take_in: Callable[[bytes], FileSummary]
) -> None:
    data = TEXT.encode("gb18030") + row + b"\n"
    assert read_last(tmp_path / "b.csv", data) == "退€50"
    assert not any("每处换成" in note for note in take_in(data).notes)


def as_cesu(text: str) -> bytes:
    """Return the text as Java and Oracle write it: each half of a pair of surrogates in three bytes."""
    halves = text.encode("utf-16-be")
    units = (chr(int.from_bytes(halves[at : at + 2])) for at in range(0, len(halves), 2))
    return "".join(units).encode("utf-8", "surrogatepass").replace(b"\0", b"\xc0\x80")


@pytest.mark.parametrize("text", ["太棒了😀", "😀😀", "👨‍👩‍👧 一家都喜欢𠮷"])
def test_pairs_of_surrogates_in_utf8_are_the_characters_that_they_mean(tmp_path: Path, text: str) -> None:
    assert read_last(tmp_path / "a.csv", as_cesu(f"{TEXT}31,{text}\n")) == text


def test_half_a_pair_is_a_damaged_character(tmp_path: Path) -> None:
    assert read_last(tmp_path / "a.csv", TEXT.encode() + b"31,\xed\xa0\xbd!\n") == "�!"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_an_emoji_cut_in_two_in_utf16_is_a_damaged_character(tmp_path: Path, codec: str) -> None:
    cut = "31,太棒了\ud83d\n32,好😀\n".encode("utf-16-be" if codec == "utf-16-be" else "utf-16-le", "surrogatepass")
    rows = read(tmp_path / "a.csv", TEXT.encode(codec) + cut)
    assert [cells[1] for _, cells in rows][-2:] == ["太棒了�", "好😀"]
    assert rows.told[0].startswith(f"1 行里有不合 {codec.upper()} 的字节（第 32 行）")


def test_utf16_cut_within_a_character_loses_no_more_than_that(tmp_path: Path) -> None:
    assert read_last(tmp_path / "a.csv", (TEXT + "31,退款").encode("utf-16")[:-1]) == "退�"


def test_another_encoding_does_not_become_damaged_utf16_by_being_declared(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.encode("gb18030") + b"\0")
    with pytest.raises(EncodingError):
        detect_encoding(tmp_path / "a.csv", "utf-16-le")


def test_the_zero_of_modified_utf8_is_dropped_like_any_other(take_in: Callable[[bytes], FileSummary]) -> None:
    summary = take_in(as_cesu(f"{TEXT}31,太\0棒了\n"))
    assert summary.counts.stored == 31 and not any("每处换成" in note for note in summary.notes)


@pytest.mark.parametrize("form", ["lines", "array", "object"])
def test_json_is_read_the_same_way(tmp_path: Path, form: str) -> None:
    records = [{"编号": str(n), "内容": "客服态度很好，下次还来😀"} for n in range(1, 40)]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    listed = "[" + ", ".join(lines) + "]"
    text = {"lines": "\n".join(lines), "array": listed, "object": '{"data": ' + listed + ', "total": 39}'}[form]
    rows = read(tmp_path / "a.json", as_cesu(text).replace("下次".encode(), b"\xe4\xb8\x8b\xe6", 1))
    texts = [cells[1] for _, cells in rows]
    assert texts[0] == "客服态度很好，下�还来😀" and set(texts[1:]) == {"客服态度很好，下次还来😀"}
    assert rows.told[0].startswith("1 行里有不合 UTF-8 的字节（第 1 行）")


def test_characters_at_the_border_of_two_blocks_stay_whole(tmp_path: Path) -> None:
    filler = "编" * 5_000  # over a chunk of what the system reads at once
    for shift in range(9):
        record = [{"内容": "a" * shift + filler + "😀" * 600}, {"内容": "坏"}]
        data = as_cesu(json.dumps(record, ensure_ascii=False)).replace("坏".encode(), b"\xff")
        texts = [cells[0] for _, cells in read(tmp_path / "a.json", data)]
        assert texts == ["a" * shift + filler + "😀" * 600, "�"]
