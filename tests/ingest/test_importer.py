"""A file in, batches out: three shapes, any container, every row accounted for."""

import csv
import hashlib
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from batch_frames import Frames, to_frames
from openpyxl import Workbook

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import EncodingError, MappingError, SourceError, UnreadableFile
from feedback_engine.ingest.importer import Reading, open_source

FIVE = {"min": 1, "max": 5, "labels": ["很不满意", "不满意", "一般", "满意", "很满意"]}
SURVEY = {
    "columns": {"id": "序号", "received_at": "提交时间", "weight": "权重", "customer_id": "会员号"},
    "ratings": [
        {"column": "服务", "indicator": "service", "scale": FIVE},
        {"column": "等待", "indicator": "waiting", "scale": {"min": 0, "max": 10, "reversed": True}},
    ],
    "texts": [{"column": "建议", "role": "advice"}, {"column": "原因", "role": "reason"}],
    "attributes": ["门店"],
}
SURVEY_HEADER = ["序号", "提交时间", "会员号", "服务", "等待", "建议", "原因", "门店", "权重"]
SURVEY_ROWS = [
    ["1", "2026/9/1 8:05:16", "007", "A.很满意", "0", "多开一个窗口", "", "东门", "1.5"],
    ["2", "2026-09-02 20:00:00", "008", "3分", "不适用", "", "排队太久", "西门", ""],
    ["3", "", "", "(跳过)", "10", "(空)", "", "", "0.5"],
]
CASES = {
    "columns": {
        "id": "工单编号", "title": "标题", "text": "内容", "opened_at": "受理时间", "replied_at": "回复时间",
        "closed_at": "办结时间", "department": "部门", "status": "状态", "stated_type": "类型", "channel": "渠道",
    }
}  # fmt: skip
CASES_HEADER = ["工单编号", "标题", "内容", "受理时间", "回复时间", "办结时间", "部门", "状态", "类型", "渠道"]
REVIEWS = {"columns": {"text": "评论", "author": "用户", "received_at": "时间", "target": "店铺", "likes": "点赞"}}


def test_an_attribute_can_have_the_same_name_in_every_source(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("评论,分店名称,赞\n房间不错,东门店,3\n", encoding="utf-8")
    mapping = {"columns": {"text": "评论"}, "attributes": {"门店": "分店名称", "赞数": "赞"}, "volatile": ["赞数"]}
    settings = SourceConfig.model_validate({"name": "s", "kind": "reviews", "path": str(path), "mapping": mapping})
    (batch,) = open_source(path, settings, {}, timezone="Asia/Shanghai")
    assert json.loads(batch.feedback["attributes"][0]) == {"门店": "东门店", "赞数": "3"}


def source(kind: str, mapping: dict[str, Any], **settings: Any) -> SourceConfig:
    return SourceConfig.model_validate({"name": "s", "kind": kind, "path": "x", "mapping": mapping, **settings})


def open_generic(path: Path, settings: SourceConfig, batch_rows: int = 5000) -> Reading:
    return open_source(path, settings, {}, timezone="Asia/Shanghai", batch_rows=batch_rows)


def read(path: Path, settings: SourceConfig, batch_rows: int = 5000) -> Frames:
    """Return all batches of the file as one."""
    return to_frames(open_generic(path, settings, batch_rows))


def to_csv(header: list[str], rows: list[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *rows])
    return stream.getvalue()


def write(path: Path, header: list[str], rows: list[list[str]], encoding: str = "utf-8") -> Path:
    path.write_bytes(to_csv(header, rows).encode(encoding))
    return path


@pytest.fixture
def survey(tmp_path: Path) -> Frames:
    return read(write(tmp_path / "s.csv", SURVEY_HEADER, SURVEY_ROWS), source("questionnaire", SURVEY))


# --- questionnaires


def test_a_respondent_is_one_main_row_and_one_row_per_open_answer(survey: Frames) -> None:
    assert survey.row_count == 3
    assert survey.feedback["role"].tolist() == ["main", "main", "main", "advice", "reason"]
    assert survey.feedback["text"].tolist() == ["", "", "", "多开一个窗口", "排队太久"]
    assert survey.feedback["row_number"].tolist() == [2, 3, 4, 2, 3]
    mains = survey.feedback["feedback_id"][:3].tolist()
    assert survey.feedback["record_id"].tolist() == [*mains, mains[0], mains[1]]


def test_a_respondents_fields_are_kept(survey: Frames) -> None:
    first = survey.feedback.iloc[0]
    assert (first["respondent_id"], first["customer_id"], first["respondent_weight"]) == ("1", "007", 1.5)
    assert json.loads(first["attributes"]) == {"门店": "东门"}
    assert survey.feedback["received_at"].iloc[0] == pd.Timestamp("2026-09-01 00:05:16", tz="UTC")
    assert survey.feedback["received_at"].isna().tolist() == [False, False, True, False, False]
    assert survey.feedback["customer_id"].isna().tolist() == [False, False, True, False, False]


def test_every_closed_question_has_a_state(survey: Frames) -> None:
    ratings = survey.ratings.set_index("indicator")
    assert ratings.loc["service", "state"].tolist() == ["answered", "answered", "not_shown"]
    assert ratings.loc["service", "rating"].tolist()[:2] == [5, 3]
    assert ratings.loc["waiting", "state"].tolist() == ["answered", "refused", "answered"]
    assert ratings.loc["waiting", ["scale_min", "scale_max"]].to_numpy().tolist() == [[10, 0]] * 3


def test_a_respondent_without_any_answer_is_quarantined(tmp_path: Path) -> None:
    rows = [*SURVEY_ROWS, ["4", "2026-09-03", "009", "", "(跳过)", "", "NULL", "东门", ""]]
    batch = read(write(tmp_path / "s.csv", SURVEY_HEADER, rows), source("questionnaire", SURVEY))
    assert batch.row_count == 4
    assert batch.rejects[["row_number", "column", "is_row_lost"]].to_numpy().tolist() == [[5, "", True]]
    assert "没有内容" in batch.rejects["reason"].iloc[0]


def test_a_rating_off_the_scale_costs_the_cell(tmp_path: Path) -> None:
    rows = [["1", "", "", "9", "很快", "好", "", "", "-2"], *SURVEY_ROWS[1:]]
    batch = read(write(tmp_path / "s.csv", SURVEY_HEADER, rows), source("questionnaire", SURVEY))
    lost = batch.rejects.set_index("column")
    assert lost["value"].to_dict() == {"服务": "9", "等待": "很快", "权重": "-2"}
    assert not lost["is_row_lost"].any()
    assert "1 到 5" in lost.loc["服务", "reason"]
    assert batch.ratings["state"].tolist()[0] == "unknown_missing"
    assert batch.feedback["respondent_weight"].iloc[0] == 1


# --- complaints


def test_a_complaint_is_a_text_with_its_title_and_a_case(tmp_path: Path) -> None:
    rows = [
        [
            "G1",
            "路灯不亮",
            "幸福路路灯坏了",
            "2026-09-01 10:00",
            "",
            "2026-09-03 10:00",
            "市政",
            "已办结",
            "城建",
            "热线",
        ],
        ["G2", "噪音", "夜间施工噪音扰民", "2026/9/2", "不详", "", "", "", "", ""],
    ]
    settings = source("complaints", CASES, channel="网站")
    batch = read(write(tmp_path / "c.csv", CASES_HEADER, rows), settings)
    assert batch.feedback["text"].tolist() == ["路灯不亮\n幸福路路灯坏了", "夜间施工噪音扰民"]
    assert batch.feedback["channel"].tolist() == ["热线", "网站"]
    assert batch.feedback["respondent_id"].tolist() == ["G1", "G2"]
    assert batch.cases["feedback_id"].tolist() == batch.feedback["feedback_id"].tolist()
    assert batch.cases["opened_at"].tolist() == batch.feedback["received_at"].tolist()
    assert batch.cases["closed_at"].isna().tolist() == [False, True]
    assert batch.cases.loc[0, ["status", "department", "stated_type"]].tolist() == ["已办结", "市政", "城建"]
    assert batch.rejects[["column", "value", "is_row_lost"]].to_numpy().tolist() == [["回复时间", "不详", False]]


@pytest.mark.parametrize("moment", ["2026-13-45", "昨天", "1980-01-01", "3026-01-01"])
def test_a_complaint_with_an_impossible_date_is_quarantined(tmp_path: Path, moment: str) -> None:
    rows = [["G1", "", "内容", moment, *[""] * 6], ["G2", "", "内容", "2026-01-01", *[""] * 6]]
    batch = read(write(tmp_path / "c.csv", CASES_HEADER, rows), source("complaints", CASES))
    assert batch.row_count == 2 and len(batch.feedback) == len(batch.cases) == 1
    assert batch.rejects[["row_number", "column", "value", "is_row_lost"]].to_numpy().tolist() == [
        [2, "受理时间", moment, True]
    ]


@pytest.mark.parametrize(
    "zero", ["0000-00-00 00:00:00", "0001-01-01", "1900/1/0", "1899-12-30 00:00:00", "1970-01-01 08:00:00", "0"]
)
def test_the_zero_of_a_system_is_no_close_of_a_case_but_no_date_of_one_either(tmp_path: Path, zero: str) -> None:
    rows = [["G1", "", "内容", "2026-01-01", "", zero, *[""] * 4], ["G2", "", "内容", zero, *[""] * 6]]
    batch = read(write(tmp_path / "c.csv", CASES_HEADER, rows), source("complaints", CASES))
    assert batch.cases["closed_at"].isna().tolist() == [True]
    assert batch.rejects[["row_number", "column", "is_row_lost"]].to_numpy().tolist() == [[3, "受理时间", True]]


def test_a_word_in_place_of_a_date_is_told_where_to_declare_it(tmp_path: Path) -> None:
    rows = [["G1", "", "内容", "2026-01-01", "", "见附件", *[""] * 4]]
    path = write(tmp_path / "c.csv", CASES_HEADER, rows)
    assert "missing" in read(path, source("complaints", CASES)).rejects["reason"].iloc[0]
    assert read(path, source("complaints", CASES | {"missing": {"见附件": "blank"}})).rejects.empty


@pytest.mark.parametrize("word", ["办理中", "（处理中）", "未办结", "Pending", "处理中…"])
def test_a_case_in_hand_is_not_closed_and_lacks_nothing_but_has_to_have_begun(tmp_path: Path, word: str) -> None:
    rows = [["G1", "", "内容", "2026-01-01", "", word, *[""] * 4], ["G2", "", "内容", word, *[""] * 6]]
    batch = read(write(tmp_path / "c.csv", CASES_HEADER, rows), source("complaints", CASES))
    assert batch.cases["closed_at"].isna().tolist() == [True]
    assert batch.rejects[["row_number", "column", "is_row_lost"]].to_numpy().tolist() == [[3, "受理时间", True]]


def test_a_complaint_with_only_a_title_is_kept_and_one_without_text_is_not(tmp_path: Path) -> None:
    rows = [["G1", "路灯不亮", "", *[""] * 7], ["G2", "", "\u200b\u3000", *[""] * 7]]
    batch = read(write(tmp_path / "c.csv", CASES_HEADER, rows), source("complaints", CASES))
    assert batch.feedback["text"].tolist() == ["路灯不亮"]
    assert batch.rejects["row_number"].tolist() == [3]


# --- reviews


def test_a_review_keeps_author_target_and_likes(tmp_path: Path) -> None:
    path = write(
        tmp_path / "r.csv", ["评论", "用户", "时间", "店铺", "点赞"], [["好", "张三", "2026-01-02", "东店", "12"]]
    )
    row = read(path, source("reviews", REVIEWS)).feedback.iloc[0]
    assert (row["text"], row["respondent_id"]) == ("好", "张三")
    assert json.loads(row["attributes"]) == {"target": "东店", "likes": "12"}


def test_a_review_without_text_is_kept_for_its_stars(tmp_path: Path) -> None:
    mapping = {"columns": {"text": "评论"}, "ratings": [{"column": "星级", "indicator": "stars", "scale": FIVE}]}
    path = write(tmp_path / "r.csv", ["评论", "星级"], [["", "5"], ["", ""], ["x", ""], ["-", "坏"]])
    batch = read(path, source("reviews", mapping))
    assert batch.row_count == 3  # a blank row is no row
    assert batch.feedback["row_number"].tolist() == [2, 4]
    assert batch.rejects.loc[batch.rejects["is_row_lost"], "row_number"].tolist() == [5]


def test_rows_without_a_date_get_the_declared_one(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", ["评论"], [["好"]])
    mapping = {"columns": {"text": "评论"}}
    assert read(path, source("reviews", mapping)).feedback["received_at"].isna().all()
    dated = read(path, source("reviews", mapping, received_on="2026-10-31")).feedback
    assert dated["received_at"].iloc[0] == pd.Timestamp("2026-10-30 16:00", tz="UTC")


def test_attributes_are_the_json_that_json_dumps_gives(tmp_path: Path) -> None:
    cells = ['引"号', "换\n行", "表\t情😀", "\\反斜"]
    mapping = {"columns": {"text": "t"}, "attributes": ["丁", "a", "乙", "B"]}
    path = write(tmp_path / "r.csv", ["t", "a", "B", "丁", "乙"], [["好", *cells]])
    attributes = read(path, source("reviews", mapping)).feedback["attributes"].iloc[0]
    wanted = dict(zip(["a", "B", "丁", "乙"], cells, strict=True))
    assert attributes == json.dumps(wanted, ensure_ascii=False, sort_keys=True)


# --- containers and encodings


def in_every_container(folder: Path) -> list[Path]:
    text = to_csv(SURVEY_HEADER, SURVEY_ROWS)
    objects = [dict(zip(SURVEY_HEADER, row, strict=True)) for row in SURVEY_ROWS]
    contents = {
        "utf8.csv": text.encode(),
        "bom.csv": text.encode("utf-8-sig"),
        "gb.csv": text.encode("gb18030"),
        "utf16.csv": text.encode("utf-16"),
        "tab.tsv": "\n".join("\t".join(row) for row in [SURVEY_HEADER, *SURVEY_ROWS]).encode(),
        "lines.jsonl": "\n".join(json.dumps(item, ensure_ascii=False) for item in objects).encode(),
        "escaped.jsonl": "\n".join(json.dumps(item) for item in objects).encode(),
        "array.json": json.dumps(objects, ensure_ascii=False, indent=2).encode("utf-8-sig"),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in [SURVEY_HEADER, *SURVEY_ROWS]:
        sheet.append(row)
    workbook.save(folder / "book.xlsx")
    return sorted(folder.iterdir())


def test_the_same_table_gives_the_same_frames_in_every_container(tmp_path: Path) -> None:
    settings = source("questionnaire", SURVEY)
    paths = in_every_container(tmp_path)
    batches = {path.name: read(path, settings) for path in paths}
    assert len(paths) == 9
    first = batches["utf8.csv"]
    for name, batch in batches.items():
        given = batch.feedback.drop(columns=["file_id", "row_number"])
        pd.testing.assert_frame_equal(given, first.feedback.drop(columns=["file_id", "row_number"]), obj=name)
        pd.testing.assert_frame_equal(batch.ratings, first.ratings, obj=name)


def test_numbers_and_dates_typed_in_a_workbook_are_the_same_rows(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(SURVEY_HEADER)
    sheet.append(
        [1, datetime.fromisoformat("2026-09-01 08:05:16"), "007", "A.很满意", 0, "多开一个窗口", None, "东门", 1.5]
    )
    workbook.save(tmp_path / "typed.xlsx")
    settings = source("questionnaire", SURVEY)
    typed = read(tmp_path / "typed.xlsx", settings)
    text = read(write(tmp_path / "text.csv", SURVEY_HEADER, SURVEY_ROWS[:1]), settings)
    columns = ["feedback_id", "content_hash", "received_at", "respondent_id"]
    pd.testing.assert_frame_equal(typed.feedback[columns], text.feedback[columns])


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    settings = source("questionnaire", SURVEY)
    path = write(tmp_path / "s.xlsx", SURVEY_HEADER, SURVEY_ROWS)
    assert open_generic(path, settings).facts.container == "csv"


def test_the_facts_name_the_file_by_its_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "s.csv", SURVEY_HEADER, SURVEY_ROWS, "gb18030")
    facts = open_generic(path, source("questionnaire", SURVEY)).facts
    assert facts.file_id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (facts.name, facts.size, facts.encoding) == ("s.csv", path.stat().st_size, "gb18030")
    assert any("gb18030" in sentence for sentence in facts.evidence)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空文件"),
        (b" \n\n \t\n", "空白"),
        ("评论\n".encode(), "只有标题行"),
        ("评论".encode(), "只有标题行"),
        (b",,,\n1,2,3,4\n", "header_row"),
        (b"<html><body><table><tr><td>1</td></tr></table>", "另存为"),
        (b"\xef\xbb\xbf<table><tr><td>1</td></tr></table>", "另存为"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"PK\x03\x04 and then nothing of the kind", "a.xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", "a.xls"),
        (b'{"data": [\n1\n]}', "JSON"),
    ],
)
def test_what_is_no_table_is_refused_with_its_path(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=words) as caught:
        open_generic(path, source("reviews", {"columns": {"text": "评论"}}))
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    settings = source("reviews", REVIEWS)
    for path, words in ((tmp_path / "none.csv", "找不到"), (tmp_path, "文件夹")):
        with pytest.raises(UnreadableFile, match=words):
            open_generic(path, settings)


def test_a_wrongly_declared_encoding_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", ["评论"], [["好"]], "gb18030")
    with pytest.raises(EncodingError):
        open_generic(path, source("reviews", {"columns": {"text": "评论"}}, encoding="utf-8"))


# --- mapping


def test_all_missing_columns_are_named_at_once_with_near_misses(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", ["评论内容", "用户昵称", "时间"], [["好", "a", ""]])
    with pytest.raises(MappingError) as caught:
        open_generic(path, source("reviews", REVIEWS))
    message = str(caught.value)
    assert "'评论'（是否指 '评论内容'？）" in message
    assert all(name in message for name in ("'用户'", "'店铺'", "'点赞'", "文件的标题有"))
    assert "缺少列 '时间'" not in message


def test_a_repeated_heading_is_reached_by_its_number_only(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", ["评论", "其他", "其他", ""], [["好", "x", "y", "z"]])
    with pytest.raises(MappingError, match="#2、#3"):
        open_generic(path, source("reviews", {"columns": {"text": "评论"}, "attributes": ["其他"]}))
    mapping = {"columns": {"text": "#1"}, "attributes": ["#2", "#3", "#4"]}
    attributes = read(path, source("reviews", mapping)).feedback["attributes"].iloc[0]
    assert json.loads(attributes) == {"其他#2": "x", "其他#3": "y", "#4": "z"}
    with pytest.raises(MappingError, match="没有第 5 列"):
        open_generic(path, source("reviews", {"columns": {"text": "#5"}}))


def test_headings_are_found_despite_blanks_and_marks_around_them(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", ["\ufeff 评论\u3000", "b"], [["好", ""]])
    assert read(path, source("reviews", {"columns": {"text": "评论"}})).feedback["text"].tolist() == ["好"]


# --- rows


def test_a_row_with_too_many_or_too_few_fields_is_quarantined(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("评论,店\n好,东\n好,很好,东\n好\n好,西,,\n", encoding="utf-8")
    batch = read(path, source("reviews", {"columns": {"text": "评论"}, "attributes": ["店"]}))
    assert batch.row_count == 4
    assert batch.feedback["row_number"].tolist() == [2, 5]
    assert batch.rejects["row_number"].tolist() == [3, 4]
    assert "3 个字段" in batch.rejects["reason"].iloc[0]


def test_blank_rows_are_not_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", ["评论", "店"], [["", ""], ["好", ""], [" ", "\u3000"], ["", ""]])
    batch = read(path, source("reviews", {"columns": {"text": "评论"}}), batch_rows=1)
    assert batch.row_count == 1


def test_blank_rows_and_totals_are_found_anywhere_in_a_long_file(tmp_path: Path) -> None:
    rows = [["好", "甲", f"2026-01-{at % 28 + 1:02}", "", ""] for at in range(1300)]
    for at in (0, 499, 500, 1299):
        rows[at] = ["合计", "", "", "", "9"]
    for at in (1, 501, 1298):
        rows[at] = ["", " ", "\u3000", "", ""]
    header = ["评论", "用户", "时间", "店铺", "点赞"]
    batch = read(write(tmp_path / "r.csv", header, rows), source("reviews", REVIEWS), batch_rows=600)
    assert batch.rejects["row_number"].tolist() == [2, 501, 502, 1301]
    assert batch.feedback["row_number"].tolist() == sorted(set(range(4, 1300)) - {501, 502, 503})
    assert batch.row_count == 1297


def test_text_is_cleaned_at_the_door_and_else_left_as_written(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    texts = ["\u3000\n a\x00b\x07\ud800c\r\nd\te \u200b", "１００％ 好！！", "👨\u200d👩\u200d👧 ok", "\x85"]
    path.write_text("\n".join(json.dumps({"t": text}) for text in texts), encoding="utf-8")
    batch = read(path, source("reviews", {"columns": {"text": "t"}}))
    assert batch.feedback["text"].tolist() == ["abc\nd\te", "１００％ 好！！", "👨\u200d👩\u200d👧 ok"]


def test_batches_hold_so_many_rows_and_together_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", ["评论", "店"], [[f"好{n}", ""] for n in range(25)])
    settings = source("reviews", {"columns": {"text": "评论"}})
    assert [batch.row_count for batch in open_generic(path, settings, 10)] == [10, 10, 5]
    whole, pieces = read(path, settings), read(path, settings, 10)
    pd.testing.assert_frame_equal(whole.feedback, pieces.feedback)


def test_one_column_may_feed_two_questions_and_is_rejected_once(tmp_path: Path) -> None:
    ratings = [{"column": "分", "indicator": name, "scale": FIVE} for name in ("a", "b")]
    path = write(tmp_path / "r.csv", ["评论", "分"], [["好", "8"]])
    batch = read(path, source("reviews", {"columns": {"text": "评论"}, "ratings": ratings}))
    assert len(batch.ratings) == 2 and len(batch.rejects) == 1


def test_a_file_of_nothing_but_bad_rows_is_counted_not_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"t": "好"}\n' + "broken\n" * 12, encoding="utf-8")
    batch = read(path, source("reviews", {"columns": {"text": "t"}}), batch_rows=5)
    assert batch.row_count == 13 and len(batch.rejects) == 12


def test_an_array_cut_short_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text('[{"t": "好"}, {"t": "坏"', encoding="utf-8")
    with pytest.raises(SourceError, match="第 2 项"):
        open_generic(path, source("reviews", {"columns": {"text": "t"}}))


GROUPS = ["基本情况", "", "", "评分", "", "其他"]


def test_headings_of_a_mapping_are_found_below_groups_of_headings(tmp_path: Path) -> None:
    content = to_csv(GROUPS, [["填表须知", "请如实填写", "谢谢", "", "", ""], SURVEY_HEADER, *SURVEY_ROWS])
    (path := tmp_path / "a.csv").write_text(content, encoding="utf-8")
    batch = read(path, source("questionnaire", SURVEY))
    whole = read(write(tmp_path / "b.csv", SURVEY_HEADER, SURVEY_ROWS), source("questionnaire", SURVEY))
    assert batch.row_count == whole.row_count
    assert batch.feedback["feedback_id"].tolist() == whole.feedback["feedback_id"].tolist()


def test_a_row_that_repeats_the_headings_further_down_is_no_place_to_begin(tmp_path: Path) -> None:
    content = to_csv(SURVEY_HEADER, [*SURVEY_ROWS[:1], SURVEY_HEADER, *SURVEY_ROWS[1:]])
    (path := tmp_path / "a.csv").write_text(content, encoding="utf-8")
    assert read(path, source("questionnaire", SURVEY)).row_count == len(SURVEY_ROWS) + 1
