r"""A backslash before a quote escapes it where the file clearly has it so, and is any character where it has not."""

from pathlib import Path

import pytest

from feedback_engine.ingest.readers.csv import read_csv

HEADINGS = "编号,内容,门店\n"


def read(path: Path, content: str, codec: str = "utf-8") -> tuple[list[list[str]], list[int], bool]:
    path.write_bytes(content.encode(codec))
    rows = read_csv(path, codec, 1)
    cells = [cells for _, cells in rows]
    return cells, [reject.row_number for reject in rows.rejects], "反斜杠" in "".join(rows.evidence)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (r'"他说 \"好\"，我信了"', '他说 "好"，我信了'),
        (r'"\"好\""', '"好"'),
        (r'"\""', '"'),
        (r'"好 \", 真的, \"很好"', '好 ", 真的, "很好'),
        (r'"他说 \"好\"，在 D:\\下载\\"', '他说 "好"，在 D:\\下载\\'),
        (r'"他说 \"好\"，\N"', r'他说 "好"，\N'),
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16"])
def test_quotes_that_only_escapes_explain_are_read_so(tmp_path: Path, field: str, text: str, codec: str) -> None:
    cells, rejects, is_told = read(tmp_path / "a.csv", f'{HEADINGS}1,{field},一店\n2,"一般, 吧",二店\n', codec)
    assert cells == [["1", text, "一店"], ["2", "一般, 吧", "二店"]]
    assert (rejects, is_told) == ([], True)


def test_an_escaped_end_of_line_is_one(tmp_path: Path) -> None:
    lines = r'1,"他说 \"好\"",一店' + "\n" + '2,"第一行\\\n第二行 \\"好\\"",二店\n3,\\N,\\N\n'
    cells, rejects, _ = read(tmp_path / "a.csv", HEADINGS + lines)
    assert cells[1:] == [["2", '第一行\n第二行 "好"', "二店"], ["3", r"\N", r"\N"]]
    assert rejects == []


def test_rows_are_numbered_by_the_lines_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADINGS + '1,"a\\"b\\\nc",x\n2,"\\"好\\"",y\n', encoding="utf-8")
    assert [number for number, _ in read_csv(tmp_path / "a.csv", "utf-8", 1)] == [2, 4]


@pytest.mark.parametrize(
    "line",
    [r'1,"D:\下载\",一店', r'1,"他说 ""好"" \",一店', r'1,"{""问"": ""\""好\""""}",一店', r"1,a\b\\c,一店"],
)
def test_a_backslash_in_a_file_of_doubled_quotes_is_itself(tmp_path: Path, line: str) -> None:
    cells, rejects, is_told = read(tmp_path / "a.csv", f'{HEADINGS}{line}\n2,"C:\\\\x",二店\n')
    assert cells[0][1].count("\\") == line.count("\\") and cells[1] == ["2", r"C:\\x", "二店"]
    assert (rejects, is_told) == ([], False)


def test_where_lines_contradict_each_other_nothing_is_guessed(tmp_path: Path) -> None:
    lines = '1,"D:\\",一店\n2,"他说 \\"好\\"",二店\n'
    cells, rejects, is_told = read(tmp_path / "a.csv", HEADINGS + lines)
    assert (cells, rejects, is_told) == ([["1", "D:\\", "一店"]], [3], False)


def test_an_escape_far_below_is_found(tmp_path: Path) -> None:
    lines = "".join(f"{n},一般,二店\n" for n in range(90_000))
    cells, rejects, _ = read(tmp_path / "a.csv", HEADINGS + lines + '9,"他说 \\"好\\"",一店\n')
    assert cells[-1] == ["9", '他说 "好"', "一店"] and rejects == []
