"""Workbooks in XML, as Excel 2003, report tools and web grids write them under the name .xls."""

from pathlib import Path

import pytest

import feedback_engine as fe
from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError, UnreadableFile
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.readers.rows import Rows

OFFICE = "urn:schemas-microsoft-com:office"
HEAD = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    f'<Workbook xmlns="{OFFICE}:spreadsheet" xmlns:ss="{OFFICE}:spreadsheet" xmlns:x="{OFFICE}:excel">\n'
    '<Styles><Style ss:ID="s1"><NumberFormat ss:Format="0"/></Style></Styles>\n'
)


def cell(value: str, kind: str = "String", place: str = "") -> str:
    return f'<Cell{place} ss:StyleID="s1"><Data ss:Type="{kind}">{value}</Data></Cell>'


def row(*cells: str, place: str = "") -> str:
    return f"<Row{place}>" + "".join(c if c.startswith("<") else cell(c) for c in cells) + "</Row>\n"


def sheet(name: str, *rows: str, options: str = "") -> str:
    return f'<Worksheet ss:Name="{name}"><Table>{"".join(rows)}</Table>{options}</Worksheet>\n'


def write(path: Path, *sheets: str, codec: str = "utf-8") -> Path:
    path.write_bytes(f"{HEAD}{''.join(sheets)}</Workbook>".encode(codec))
    return path


def read(path: Path, *sheets: str, codec: str = "utf-8", **settings: object) -> Rows:
    return open_rows(write(path, *sheets, codec=codec), SourceConfig(name="a", path=str(path), **settings))


TABLE = row("编号", "内容") + row("1", "好")


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("String", "00123", "00123"),
        ("String", "太脏&#10;了 &amp; 很吵", "太脏\n了 & 很吵"),
        ("Number", "24", "24"),
        ("Number", "24.0", "24"),
        ("Number", "0.9", "0.9"),
        ("Number", "1.5E3", "1500"),
        ("Number", "20261001000000017", "20261001000000017"),
        ("Number", "很多", "很多"),
        ("DateTime", "2026-10-31T00:00:00.000", "2026-10-31"),
        ("DateTime", "2026-10-31T09:30:05.000", "2026-10-31 09:30:05"),
        ("DateTime", "1899-12-31T09:30:00.000", "09:30:00"),
        ("DateTime", "不详", "不详"),
        ("Boolean", "1", "TRUE"),
        ("Error", "#N/A", "#N/A"),
    ],
)
def test_a_cell_becomes_the_text_a_person_reads(tmp_path: Path, kind: str, value: str, text: str) -> None:
    rows = read(tmp_path / "a.xls", sheet("数据", row("题", "答"), row(cell(value, kind), "x")))
    assert (rows.container, rows.sheet, rows.header) == ("xml", "数据", ["题", "答"])
    assert list(rows) == [(2, [text, "x"])]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_encoding_will_do_whatever_the_file_declares(tmp_path: Path, codec: str) -> None:
    text = "房间太脏了，前台态度也不好，说了几次都没人来打扫"
    assert list(read(tmp_path / "a.xls", sheet("数据", row("编号", "内容"), row("1", text)), codec=codec)) == [
        (2, ["1", text])
    ]


def test_rows_and_cells_stand_where_the_file_puts_them(tmp_path: Path) -> None:
    merged = row(cell("一店", place=' ss:MergeAcross="1"'), "好", cell("末", place=' ss:Index="5"'))
    below = row("甲", cell("很吵", place=' ss:Index="3"'), place=' ss:Index="7"')
    rows = read(tmp_path / "a.xls", sheet("数据", row("店", "号", "评价", "注", "尾"), merged, below, row("", "")))
    assert list(rows) == [(2, ["一店", "", "好", "", "末"]), (7, ["甲", "", "很吵", "", ""])]


def test_marked_words_are_text_and_comments_are_not(tmp_path: Path) -> None:
    rich = '<Cell><ss:Data ss:Type="String"><B xmlns="http://www.w3.org/TR/REC-html40">太</B>脏</ss:Data>'
    rich += '<Comment ss:Author="a"><ss:Data>已核实</ss:Data></Comment></Cell>'
    assert list(read(tmp_path / "a.xls", sheet("数据", row("编号", "内容"), row("1", rich)))) == [(2, ["1", "太脏"])]


def test_the_first_visible_sheet_with_content_is_read_and_the_others_are_known(tmp_path: Path) -> None:
    hidden = f'<WorksheetOptions xmlns="{OFFICE}:excel"><Visible>SheetHidden</Visible></WorksheetOptions>'
    sheets = [sheet("空"), sheet("旧", TABLE, options=hidden), sheet("投诉", TABLE), sheet("附表", row("甲", "乙"))]
    rows = read(tmp_path / "a.xls", *sheets)
    assert (rows.sheet, rows.others) == ("投诉", ("附表",))
    assert [warning[:14] for warning in rows.warnings] == ["另有 1 个隐藏的工作表没有"]
    chosen = read(tmp_path / "a.xls", *sheets, sheet="旧")
    assert (chosen.sheet, chosen.others, chosen.warnings) == ("旧", (), ())
    with pytest.raises(MappingError, match=r"'新'.*投诉"):
        read(tmp_path / "a.xls", *sheets, sheet="新")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ((HEAD, HEAD.replace("<Workbook", '<!DOCTYPE x [<!ENTITY a "b">]><Workbook')), "DTD"),
        (("</Worksheet>", ""), "不是完整的 XML"),
        (("好", "R&D"), "不是完整的 XML"),
        ((TABLE, ""), "没有内容"),
    ],
)
def test_a_damaged_or_hostile_file_is_refused_with_the_way_out(
    tmp_path: Path, damage: tuple[str, str], said: str
) -> None:
    whole = f"{HEAD}{sheet('数据', TABLE)}</Workbook>"
    (tmp_path / "a.xls").write_text(whole.replace(*damage), encoding="utf-8")
    with pytest.raises(UnreadableFile, match=f"{said}.*请"):
        list(open_rows(tmp_path / "a.xls", SourceConfig(name="a", path="a.xls")))


def test_a_cell_that_reaches_over_everything_does_not_fill_the_memory(tmp_path: Path) -> None:
    wide = row(*[cell("x", place=' ss:MergeAcross="999999999"')] * 300)
    assert len(read(tmp_path / "a.xls", sheet("数据", TABLE, wide)).header) < 2_000


@pytest.mark.parametrize("end", ["\n", ""])
def test_an_export_is_recognised_and_no_row_of_one_long_line_is_lost(tmp_path: Path, end: str) -> None:
    heads = row("投诉编号", "投诉时间", "投诉内容")
    months = [
        sheet(
            f"{month}月", heads, *(row(f"{month}-{n}", f"2026-{month:02}-02", "太吵" + "了" * 900) for n in range(900))
        )
        for month in (9, 10, 11, 12)
    ]
    path = write(tmp_path / "a.xls", *(month.replace("\n", end) for month in months))
    summary = fe.FeedbackEngine().import_file(path)
    assert (summary.files[0].platform, summary.stored) == ("work_order", 3600)
