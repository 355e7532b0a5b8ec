"""A file put together from pieces in two encodings, each line of which is read as its own."""

import codecs
import json
from pathlib import Path

import pytest

import feedback_engine as fe
from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.readers.rows import Rows

HEAD = "编号,内容\n"
TEXTS = [
    "客服态度很好，下次还来",
    "等了四十分钟没人理",
    "联通",
    "好",
    "",
    "plain",
    "€ café",
    "退款拖了一个月还没有到账",
]
LINES = [f"{n},{text}\n" for n, text in enumerate(TEXTS)]


def read(path: Path, data: bytes) -> Rows:
    path.write_bytes(data)
    return open_rows(path, SourceConfig(name="test", path=str(path)))


def texts_of(rows: Rows) -> list[str]:
    return [cells[1] for _, cells in rows]


@pytest.mark.parametrize("order", [("utf-8", "gb18030"), ("gb18030", "utf-8"), ("utf-8-sig", "gb18030")])
def test_exports_joined_by_a_script_are_read_line_by_line(tmp_path: Path, order: tuple[str, str]) -> None:
    first, second = ("".join([HEAD, *(line for line in LINES if "caf" not in line)]).encode(codec) for codec in order)
    rows = read(tmp_path / "a.csv", first + second)
    texts = [text for text in TEXTS if "caf" not in text]
    assert texts_of(rows) == [*texts, "内容", *texts]
    (warning,) = rows.warnings
    assert "混有两种编码" in warning and "请抽查" in warning and not rows.told


def test_single_lines_that_another_program_appends_are_read_too(tmp_path: Path) -> None:
    other = {"utf-8": "gb18030", "gb18030": "utf-8"}
    for codec in other:
        lines = [line.encode(other[codec] if n == 1 else codec) for n, line in enumerate(LINES * 9)]
        assert texts_of(read(tmp_path / "a.csv", HEAD.encode(codec) + b"".join(lines))) == TEXTS * 9


def test_big5_among_utf8_is_read_as_big5(tmp_path: Path) -> None:
    lines = ["1,客服態度很好，下次還會再來\n", "2,等了四十分鐘沒有人理會\n"]
    data = HEAD.encode() + "".join(LINES[:4] * 9).encode() + "".join(lines).encode("big5")
    assert texts_of(read(tmp_path / "a.csv", data))[-2:] == ["客服態度很好，下次還會再來", "等了四十分鐘沒有人理會"]


def test_bytes_of_neither_are_damage_of_their_row_alone(tmp_path: Path) -> None:
    lines = [HEAD.encode(), *(line.encode() for line in LINES), *(line.encode("gb18030") for line in LINES)]
    rows = read(tmp_path / "a.csv", b"".join(lines) + "9,前台很热情\ufffe".encode().replace(b"\xef\xbf\xbe", b"\xff\n"))
    assert texts_of(rows) == [*TEXTS, *TEXTS, "前台很热情�"]
    assert rows.told[0].startswith("1 行里有不合 UTF-8 的字节（第 18 行）")


def test_lines_of_json_are_read_the_same_way(tmp_path: Path) -> None:
    lines = [
        json.dumps({"编号": str(n), "内容": "客服态度很好，下次还来"}, ensure_ascii=False) + "\n" for n in range(9)
    ]
    data = "".join(lines[:5]).encode("gb18030") + codecs.BOM_UTF8 + "".join(lines[5:]).encode()
    assert texts_of(read(tmp_path / "a.json", data)) == ["客服态度很好，下次还来"] * 9


def test_the_import_tells_it_once_and_loses_no_row(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("kind: reviews\ncolumns: {id: 编号, text: 内容}\n", encoding="utf-8")
    new = "".join(f"N{n},{text}\n" for n, text in enumerate(TEXTS))
    (tmp_path / "a.csv").write_bytes((HEAD + "".join(LINES)).encode("gb18030", "ignore") + new.encode())
    summary = fe.FeedbackEngine().import_file(tmp_path / "a.csv", mapping=tmp_path / "m.yaml").files[0]
    assert summary.counts.read == 16 and summary.counts.quarantined == 2  # the two that are empty
    assert sum("混有两种编码" in note for note in summary.notes) == 2  # as evidence and as a warning
