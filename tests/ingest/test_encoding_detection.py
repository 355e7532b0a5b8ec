"""The encoding is settled over the whole file, or refused with the place and the way out."""

import codecs
from pathlib import Path

import pytest

from feedback_engine.errors import EncodingError
from feedback_engine.ingest.encoding import detect_encoding

SIMPLIFIED = "编号,内容\n1,酒店位置很好，服务员态度热情\n2,房间隔音差，早餐品种太少\n"
TRADITIONAL = "編號,內容\n1,飯店位置很好，服務員態度熱情\n2,房間隔音差，早餐種類太少\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        ("内容\n" + "客服态度很好，下次还来，希望继续保持\n" * 9, "utf-16-le", "utf-16-le"),
        ("內容\n" + "客服態度很好，下次還來，希望繼續保持\n" * 9, "utf-16-be", "utf-16-be"),
        ("name,text\n" + "nn,plain words without any marks\n" * 9 + "\0\n", "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-32", "utf-32"),
        ("id,text\n1,fine\n", "ascii", "utf-8"),
        ("差评", "gb18030", "gb18030"),
        ("非常滿意", "big5", "big5hkscs"),
    ],
)
def test_the_encoding_is_found_and_explained(file: Path, text: str, written: str, found: str) -> None:
    file.write_bytes(text.encode(written))
    encoding = detect_encoding(file)
    assert encoding.name == found
    assert encoding.evidence
    assert file.read_text(encoding=encoding.name) == text


def test_a_bad_byte_after_megabytes_of_utf8_is_found(file: Path) -> None:
    file.write_bytes(SIMPLIFIED.encode() * 30_000 + b"3,\xff\xff\n")
    found = detect_encoding(file)
    assert found.is_damaged and "第 90001 行" in found.evidence and "2 个坏字节" in found.evidence


@pytest.mark.parametrize("marks", [SIMPLIFIED.encode("gb18030"), SIMPLIFIED.encode()])
def test_lines_in_two_encodings_are_told_by_their_numbers(file: Path, marks: bytes) -> None:
    utf8 = "9,这一行是后来用另一个程序追加的\n".encode()
    gb = "9,这一行是后来用另一个程序追加的\n".encode("gb18030")
    file.write_bytes(marks + (utf8 if marks == SIMPLIFIED.encode("gb18030") else gb))
    found = detect_encoding(file)
    assert "混有两种编码" in found.warning and "第 4 行" in found.warning
    assert file.read_text(encoding=found.codec) == SIMPLIFIED + "9,这一行是后来用另一个程序追加的\n"


def test_lines_of_utf8_among_others_that_are_no_chinese_are_refused_with_line_and_byte(file: Path) -> None:
    file.write_bytes(SIMPLIFIED.encode() + "9,対応が遅くてがっかりしました。もう行きません\n".encode("shift-jis") * 9)
    with pytest.raises(EncodingError, match=r"第 1 行（第 .* 字节）是 UTF-8，第 4 行（第 .* 字节）"):
        detect_encoding(file)


def test_latin1_is_read_as_western_with_a_warning_and_not_as_chinese(file: Path) -> None:
    file.write_bytes("id,text\n1,caf\u00e9tier tr\u00e8s \u00e9l\u00e9gant\n2,d\u00e9j\u00e0 vu\n".encode("latin-1"))
    found = detect_encoding(file)
    assert found.name == "cp1252" and "encoding:" in found.warning


def test_mac_roman_is_told_by_its_letters(file: Path) -> None:
    file.write_bytes(
        ("id,text\n" + "1,plain ascii text\n" * 20 + "2,d\u00e9j\u00e0 vu \u2013 na\u00efve\n").encode("mac-roman")
    )
    assert detect_encoding(file).name == "mac-roman"


def test_two_stray_bytes_in_ascii_are_not_taken_for_chinese(file: Path) -> None:
    file.write_bytes(b"id,text\n" + b"1,plain ascii text\n" * 1000 + b"2,odd \x8c\xe6 bytes\n")
    found = detect_encoding(file)
    assert found.name == "cp1252" and "2 个非 ASCII 字节" in found.warning and "第 1002 行" in found.warning


@pytest.mark.parametrize("text", [SIMPLIFIED, "id,sex\n" + "1,男\n2,女\n" * 50])
def test_damaged_chinese_is_not_taken_for_western(file: Path, text: str) -> None:
    file.write_bytes(text.encode("gb18030") + b"\xff\n")
    found = detect_encoding(file)
    assert found.name == "gb18030" and found.is_damaged


@pytest.mark.parametrize("declared", [None, "gb18030"])
def test_a_bad_byte_changes_no_encoding(file: Path, declared: str | None) -> None:
    data = bytearray(SIMPLIFIED.encode("gb18030"))
    data[data.index(b"\n") + 4] = 0xFF
    file.write_bytes(data)
    found = detect_encoding(file, declared)
    assert found.name == "gb18030" and "第 2 行" in found.evidence


@pytest.mark.parametrize("declared", [None, "gb18030"])
def test_a_file_with_a_bad_byte_in_ten_is_in_no_encoding_of_ours(file: Path, declared: str | None) -> None:
    file.write_bytes(SIMPLIFIED.encode("gb18030") + b"\xff" * 9)
    with pytest.raises(EncodingError, match="第 4 行") as caught:
        detect_encoding(file, declared)
    assert "改好坏字节后另存为 UTF-8" in str(caught.value) and "写明编码" not in str(caught.value)


def test_damaged_utf8_is_not_taken_for_western(file: Path) -> None:
    file.write_bytes(("id,text\n" + "1,d\u00e9j\u00e0 vu, plain ascii text\n" * 20).encode() + b"2,\xe9\n")
    found = detect_encoding(file)
    assert found.name == "utf-8" and found.is_damaged


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL])
def test_a_declaration_of_gb18030_does_not_make_damage_of_utf8(file: Path, text: str) -> None:
    file.write_bytes(text.encode() + b"\xff\n")
    with pytest.raises(EncodingError):
        detect_encoding(file, "gb18030")


def test_what_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(EncodingError):
        detect_encoding(file)


@pytest.mark.parametrize("name", ["gbk", "GB2312", "gb18030"])
def test_a_declared_encoding_is_used(file: Path, name: str) -> None:
    file.write_bytes(SIMPLIFIED.encode("gb18030"))
    assert detect_encoding(file, name).name == "gb18030"


def test_a_declared_encoding_is_checked(file: Path) -> None:
    file.write_bytes(SIMPLIFIED.encode("gb18030"))
    with pytest.raises(EncodingError, match="第 1 行（第 1 字节）不是 utf-8"):
        detect_encoding(file, "utf-8")


def test_an_unknown_encoding_is_refused(file: Path) -> None:
    file.write_bytes(b"a")
    with pytest.raises(EncodingError, match="utf-9"):
        detect_encoding(file, "utf-9")


def test_a_mark_goes_before_the_declaration(file: Path) -> None:
    file.write_bytes(codecs.BOM_UTF8 + SIMPLIFIED.encode())
    assert detect_encoding(file, "gb18030").name == "utf-8-sig"


def test_a_file_written_anew_is_looked_at_anew(file: Path) -> None:
    file.write_text(SIMPLIFIED, encoding="utf-8")
    detect_encoding(file)
    file.write_text(SIMPLIFIED, encoding="gb18030")
    assert detect_encoding(file).name == "gb18030"


KOREAN = "배송이 너무 늦어서 화가 났습니다. 직원은 친절하고 설명을 잘 해줬어요. 가격이 비싸지만 품질은 좋습니다."


def test_korean_that_decodes_as_common_hanzi_is_pointed_out(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"번호,내용\n1,{KOREAN}\n".encode("euc-kr"))
    assert "cp949" in detect_encoding(path).warning


def test_chinese_is_not_taken_for_korean(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编号,内容\n1,配送太慢我很生气，包装也破了，客服态度不好，性价比不高\n".encode("gb18030"))
    assert detect_encoding(path).warning == ""


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_may_hold_the_hanzi_whose_second_byte_is_zero(file: Path, codec: str) -> None:
    file.write_bytes(("编号,内容\n" + "".join(f"{n},一店排队一小时，一直没人管\n" for n in range(90))).encode(codec))
    assert detect_encoding(file).name == codec


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
@pytest.mark.parametrize("cell", ["11\x001\r1\x001", "11\x0011\r\x001", "好\x00", "很好\x001\x00"])
def test_zeros_that_stray_into_a_text_make_it_no_utf_16(file: Path, codec: str, cell: str) -> None:
    for filler in ("", " "):
        line = f'"{cell}{filler}",,"{cell}"\r\n'
        file.write_bytes(("编号,评论,用户,时间,店铺,点赞\r\n" + line).encode(codec))
        assert detect_encoding(file).name == codec


def test_bytes_with_zeros_here_and_there_are_no_utf_16(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 8 + b"a\0b\0" * 20)
    with pytest.raises(EncodingError):
        detect_encoding(file)


KANA = "番号,内容\n1,対応が遅い\n2,とても良かった\n"


@pytest.mark.parametrize(
    ("text", "codec", "found"),
    [(SIMPLIFIED, "hz", "hz"), (SIMPLIFIED, "utf-7", "utf-7"), (KANA, "iso2022_jp", "iso2022_jp_2")],
)
def test_encodings_of_seven_bits_are_read_not_stored_as_they_look(
    file: Path, text: str, codec: str, found: str
) -> None:
    file.write_bytes(text.encode(codec))
    encoding = detect_encoding(file)
    assert encoding.name == found and "7 位" in encoding.evidence
    assert file.read_text(encoding=encoding.name) == text


@pytest.mark.parametrize(
    "line",
    [
        "1,call +8613800138000 or +86-13800138001, thanks",
        "2,C++Builder+Qt crashed; see ~{section 3~} and ~{4~} and ~{5~}",
        "3,+1Ab2Cd3 +4Ef5Gh6 +7Ij8Kl9 are order numbers",
        "4,colours \x1b[31mred\x1b[0m \x1b[32mgreen\x1b[0m \x1b[0m",
    ],
)
def test_plain_ascii_with_odd_marks_stays_what_it_is(file: Path, line: str) -> None:
    file.write_text("id,text\n" + f"{line}\n" * 9, encoding="ascii")
    assert detect_encoding(file).name == "utf-8"
