"""Delimited text: any delimiter, any line end, and a bad line costs one line."""

import csv
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.readers import text
from feedback_engine.ingest.readers.csv import detect_delimiter, read_csv
from feedback_engine.ingest.readers.rows import Rows


def read(path: Path, content: str, header_row: int = 1) -> tuple[Rows, list[tuple[int, list[str]]]]:
    path.write_bytes(content.encode())
    rows = read_csv(path, "utf-8", header_row)
    return rows, list(rows)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(file: Path, delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [["编号", "内容"], ["1", "很好"], ["2", "一般"]])
    rows, data = read(file, text)
    assert rows.header == ["编号", "内容"]
    assert data == [(2, ["1", "很好"]), (3, ["2", "一般"])]


@pytest.mark.parametrize("delimiter", ["\x01", "\x03", "^", "~", "，", "¦"])
def test_a_sign_that_systems_part_fields_by_is_found_where_all_lines_have_as_many(file: Path, delimiter: str) -> None:
    lines = [["编号", "内容", "门店"], *([str(n), "很好,下次再来; 真的", "一店"] for n in range(6))]
    rows, data = read(file, "\n".join(map(delimiter.join, lines)))
    assert rows.header == lines[0]
    assert [cells for _, cells in data] == lines[1:]


@pytest.mark.parametrize("heading", ["评价，时间，内容", "您的建议（可写多条；越多越好；谢谢）", "~内容~"])
def test_signs_in_a_heading_above_texts_with_others_are_no_delimiters(file: Path, heading: str) -> None:
    texts = ["很好", "菜好，服务好，还会来，谢谢", "一般^_^", "不错；下次再来", "贵", "环境好，安静"]
    assert read(file, "\n".join([heading, *texts]))[0].header == [heading]


@pytest.mark.parametrize("quoted", [False, True])
def test_a_cell_guarded_against_excel_is_what_excel_shows(file: Path, quoted: bool) -> None:
    guarded = '"=""00123"""' if quoted else '="00123"'
    rows, data = read(file, f'="编号",内容\n{guarded},"第一行\n=""第二行"""\n1,="\n')
    assert rows.header == ["编号", "内容"]
    assert data == [(2, ["00123", '第一行\n="第二行"']), (4, ["1", '="'])]


@pytest.mark.parametrize("headings", ['"编号", "内容", "门店"', "编号, 内容, 门店"])
def test_quotes_behind_a_blank_are_quotes_where_the_file_has_them_so(file: Path, headings: str) -> None:
    rows, data = read(file, f'{headings}\n"1", "好, 下次\n再来", "一店"\n"2", "他说 ""贵""", "二店"\n')
    assert rows.header == ["编号", "内容", "门店"]
    assert data == [(2, ["1", "好, 下次\n再来", "一店"]), (4, ["2", '他说 "贵"', "二店"])]


def test_a_quote_behind_a_blank_here_and_there_is_text(file: Path) -> None:
    assert read(file, '编号,内容\n1, "好" 的评价\n2,"一般"\n3,贵\n')[1][0] == (2, ["1", ' "好" 的评价'])


@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a", "\n\x1a\x1a"])
def test_the_end_of_file_of_dos_is_no_row(file: Path, end: str) -> None:
    assert [cells[0] for _, cells in read(file, f"编号,内容\n1,好\n2,贵{end}")[1]] == ["1", "2"]


def test_delimiters_inside_quotes_do_not_count(file: Path) -> None:
    file.write_text('编号;内容\n1;"a,b,c,d"\n2;"e,f,g"\n', encoding="utf-8")
    assert detect_delimiter(file, "utf-8") == ";"


def test_a_bar_in_a_heading_is_no_delimiter(file: Path) -> None:
    file.write_text("编号,Q1 速度|质量\n1,5\n2,4\n", encoding="utf-8")
    assert detect_delimiter(file, "utf-8") == ","


def test_one_column_needs_no_delimiter(file: Path) -> None:
    assert read(file, "内容\n很好，下次再来\n不错,还行\n")[1] == [(2, ["很好，下次再来"]), (3, ["不错,还行"])]


def test_a_record_of_several_lines_is_numbered_by_its_first(file: Path) -> None:
    _, data = read(file, '编号,内容\r\n1,"第一行\r\n第二行"\r\n\r\n2,好\r\n')
    assert data == [(2, ["1", "第一行\r\n第二行"]), (5, ["2", "好"])]


def test_headings_may_lie_below_a_title(file: Path) -> None:
    rows, data = read(file, "2026 年报表\n\n编号,内容\n1,好\n", header_row=2)
    assert (rows.header, data) == (["编号", "内容"], [(4, ["1", "好"])])


@pytest.mark.parametrize("bad", ['2,"没有闭合', '2,"闭合"之后还有字', '"2,坏'])
def test_a_bad_quote_costs_one_line(file: Path, bad: str) -> None:
    good = [f"{number},好{number}" for number in range(3, 2000)]
    rows, data = read(file, "\n".join(["编号,内容", bad, *good, '2000,"引号内, 好"']))
    assert [reject.row_number for reject in rows.rejects] == [2]
    assert "引号" in rows.rejects[0].reason
    assert rows.rejects[0].value == bad
    assert len(data) == 1998
    assert data[-1] == (2000, ["2000", "引号内, 好"])


def test_an_unclosed_quote_at_the_end_costs_one_line(file: Path) -> None:
    rows, data = read(file, '编号,内容\n1,"开始\n2,好\n3,好')
    assert [reject.row_number for reject in rows.rejects] == [2]
    assert [number for number, _ in data] == [3, 4]


def test_a_broken_heading_is_an_error(file: Path) -> None:
    with pytest.raises(UnreadableFile, match="标题行"):
        read(file, '编号,"内容\n1,好\n2,好\n')


def test_blank_headings_are_an_error_that_names_header_row(file: Path) -> None:
    with pytest.raises(UnreadableFile, match="header_row"):
        read(file, ",,\n1,2,3\n")


def test_cells_stay_as_written(file: Path) -> None:
    _, data = read(file, "a,b,c\n007,NA,1e5\n, x ,\n")
    assert data == [(2, ["007", "NA", "1e5"]), (3, ["", " x ", ""])]


def test_a_cell_of_a_megabyte_is_read(file: Path) -> None:
    _, data = read(file, "a,b\n1," + "好" * 1_000_000 + "\n")
    assert len(data[0][1][1]) == 1_000_000


def test_a_line_without_end_is_one_reject(file: Path) -> None:
    rows, data = read(file, "a,b\n1," + "x" * 9_000_000 + "\n2,好\n")
    assert [reject.row_number for reject in rows.rejects] == [2]
    assert data == [(3, ["2", "好"])]


def test_old_macintosh_line_ends_are_line_ends(file: Path) -> None:
    assert read(file, "a,b\r1,2\r3,4\r")[1] == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_a_wider_record_of_several_lines_was_appended_by_a_newer_tool(file: Path) -> None:
    file.write_text('id,text,time\n1,好,t\n2,"第一行\n第二行",t,new,er\n3,坏,t\n', encoding="utf-8")
    assert list(read_csv(file, "utf-8", 1)) == [
        (2, ["1", "好", "t"]),
        (3, ["2", "第一行\n第二行", "t", "new", "er"]),
        (5, ["3", "坏", "t"]),
    ]


def test_a_wider_record_that_holds_other_records_is_an_unclosed_quote(file: Path) -> None:
    file.write_text('a,b\n1,"x\n2,y\n3","z","w"\n', encoding="utf-8")
    rows = read_csv(file, "utf-8", 1)
    assert (3, ["2", "y"]) in list(rows)
    assert rows.rejects


_CELLS = st.text('a1好,"\n\r \u2028\x0b', max_size=6)


@given(
    st.lists(st.tuples(_CELLS, _CELLS, _CELLS), max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 40),
)
def test_any_cells_are_read_wherever_the_blocks_of_the_file_end(
    rows: list[tuple[str, str, str]], end: str, block: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, patch.object(text, "_BLOCK", block):
        path = Path(folder) / "a.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([("x", "y", "z"), *rows])
        assert [tuple(cells) for _, cells in read_csv(path, "utf-8", 1)] == rows


_LINES = st.sampled_from(
    ["1,2,3", '4,"5",6', '7,"8', '9"', '"a"b,c,d', '1,"x\ny",z', "", '2,"",3', '"', "1,2", '1,"a""b",c']
)


@given(st.lists(_LINES, max_size=30), st.integers(1, 60))
def test_where_the_blocks_end_makes_no_difference_to_broken_lines(lines: list[str], block: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text("\n".join(["x,y,z", *lines]), encoding="utf-8")
        whole = read_csv(path, "utf-8", 1)
        expected = (list(whole), whole.rejects)
        with patch.object(text, "_BLOCK", block):
            pieces = read_csv(path, "utf-8", 1)
            assert (list(pieces), pieces.rejects) == expected


@pytest.mark.parametrize("hint", ["sep=;", '"sep=;"', "SEP=;\r"])
def test_the_line_that_tells_excel_the_separator_is_no_heading(file: Path, hint: str) -> None:
    rows, data = read(file, f"{hint}\n编号;内容\n1;好，很好\n")
    assert (rows.header, data) == (["编号", "内容"], [(3, ["1", "好，很好"])])


@pytest.mark.parametrize("marks", [1, 2, 3])
def test_marks_at_the_beginning_are_no_part_of_the_heading(file: Path, marks: int) -> None:
    file.write_bytes(b"\xef\xbb\xbf" * marks + '"编号",内容\n1,好\n'.encode())
    rows = read_csv(file, "utf-8-sig", 1)
    assert (rows.header, list(rows)) == (["编号", "内容"], [(2, ["1", "好"])])


@example("x" * 60 + "\n好", "utf-16", 5, 40, 1)
@given(
    st.lists(st.sampled_from(["好", ",", '"', "a", "\n", "\r", "\r\n", "x" * 30]), max_size=60).map("".join),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16"]),
    st.sampled_from([5, 16, 1 << 18]),
    st.sampled_from([40, 4_000_000]),
    st.integers(1, 4),
)
def test_lines_are_the_same_in_any_encoding_and_too_long_ones_are_only_cut(
    whole: str, encoding: str, block: int, longest: int, first: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, patch.object(text, "_BLOCK", block):
        path = Path(folder) / "a.csv"
        path.write_bytes(whole.encode(encoding))
        with patch.object(text, "MAX_CHARACTERS", longest):
            found = text.split_lines("".join(text.read_blocks(path, encoding, first)))
    expected = text.split_lines(whole)[first - 1 :]
    assert len(found) == len(expected)
    for line, told in zip(found, expected, strict=True):
        assert line == told or (len(line) >= longest and told.startswith(line.rstrip("\n")))
