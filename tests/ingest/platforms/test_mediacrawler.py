"""MediaCrawler: seven platforms, contents and comments, four containers, two generations of keys."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from case_platforms import SAMPLES, attributes, moments, open_export, read_all, read_export, write_csv, write_json
from openpyxl import Workbook

from feedback_engine.errors import SourceError

#: 2026-03-01 08:05 in Shanghai.
SECONDS = 1772323500
STAMP = {"last_modify_ts": SECONDS * 1000 + 7}
AUTHORS = (
    {"user_id": "42", "avatar": "", "nickname": "小明同学"},
    {"creator_hash": "0123456789abcdef", "nickname": "小***学"},
)
CONTENTS: dict[str, dict[str, Any]] = {
    "小红书": {
        "note_id": "n1",
        "type": "normal",
        "title": "标题",
        "desc": "正文",
        "time": SECONDS * 1000,
        "liked_count": "1.1万",
        "collected_count": "2",
        "comment_count": "3",
        "share_count": "",
        "tag_list": "a,b",
        "note_url": "u",
    },
    "微博": {
        "note_id": "n1",
        "content": "标题\n正文",
        "create_time": SECONDS,
        "create_date_time": "2026-03-01 08:05:00",
        "liked_count": "11000",
        "comments_count": "3",
        "shared_count": "0",
        "note_url": "u",
    },
    "抖音": {
        "aweme_id": "n1",
        "aweme_type": "0",
        "title": "标题",
        "desc": "正文",
        "create_time": SECONDS,
        "liked_count": "1.1w",
        "aweme_url": "u",
    },
    "哔哩哔哩": {
        "video_id": "n1",
        "video_type": "video",
        "title": "标题",
        "desc": "正文",
        "create_time": SECONDS,
        "liked_count": "11000",
        "video_play_count": "5",
        "video_danmaku": "1",
        "video_url": "https://www.bilibili.com/video/av1",
    },
    "快手": {
        "video_id": "n1",
        "video_type": "1",
        "title": "标题",
        "desc": "正文",
        "create_time": SECONDS * 1000,
        "liked_count": "11k",
        "viewd_count": "9",
        "video_url": "u",
    },
    "百度贴吧": {
        "note_id": "n1",
        "title": "标题",
        "desc": "正文",
        "publish_time": "2026-03-01 08:05",
        "tieba_name": "手机吧",
        "total_replay_num": 3,
        "note_url": "u",
        "liked_count": "11000",
    },
    "知乎": {
        "content_id": "n1",
        "content_type": "answer",
        "content_text": "正文",
        "title": "标题",
        "desc": "摘要",
        "created_time": SECONDS,
        "voteup_count": 11000,
        "content_url": "u",
    },
}
COMMENTS: dict[str, dict[str, Any]] = {
    "小红书": {"note_id": "n1", "create_time": SECONDS * 1000, "content": "同感", "like_count": "1"},
    "微博": {
        "note_id": "n1",
        "create_time": SECONDS,
        "create_date_time": "2026-03-01 08:05:00",
        "content": "同感",
        "comment_like_count": "1",
    },
    "抖音": {"aweme_id": "n1", "create_time": SECONDS, "content": "同感", "like_count": "1"},
    "哔哩哔哩": {"video_id": "n1", "create_time": SECONDS, "content": "同感", "like_count": "1"},
    "百度贴吧": {"note_id": "n1", "publish_time": "2026-03-01 08:05", "content": "同感", "tieba_name": "手机吧"},
    "知乎": {"content_id": "n1", "content_type": "answer", "publish_time": SECONDS, "content": "同感", "like_count": 1},
}


@pytest.mark.parametrize("author", AUTHORS)
@pytest.mark.parametrize("name", CONTENTS)
def test_contents_of_every_platform(tmp_path: Path, name: str, author: dict[str, Any]) -> None:
    record = CONTENTS[name] | author | STAMP | {"source_keyword": "手机"}
    reading = open_export(write_json(tmp_path / "search_contents_2026-03-02.json", [record]))
    assert reading.facts.platform == "mediacrawler"
    batch = read_all(reading)
    assert batch.feedback["text"].tolist() == ["标题\n正文"] and batch.feedback["channel"].tolist() == [name]
    assert moments(batch.feedback["received_at"]) == ["2026-03-01 08:05"]
    assert batch.feedback["respondent_id"].iloc[0] in ("42", "0123456789abcdef")
    assert "小" not in batch.feedback["attributes"].iloc[0]
    likes = [value for key, value in attributes(batch)[0].items() if key in ("liked_count", "voteup_count")]
    assert likes == ["11000"]


@pytest.mark.parametrize("parent", ["", "0", "c0"])
@pytest.mark.parametrize("name", COMMENTS)
def test_comments_know_what_they_answer(tmp_path: Path, name: str, parent: str) -> None:
    record = {"comment_id": "c1", "parent_comment_id": parent, **COMMENTS[name], **AUTHORS[1], **STAMP}
    batch = read_export(write_json(tmp_path / "a.json", [record]))
    assert attributes(batch)[0]["parent_id"] == ("c0" if parent == "c0" else "n1")
    assert batch.feedback["channel"].tolist() == [name]


def test_json_lines_csv_and_workbook_give_the_same_records(tmp_path: Path) -> None:
    records = [
        CONTENTS["小红书"] | AUTHORS[0] | STAMP | {"note_id": f"n{n}", "source_keyword": "手机"} for n in range(3)
    ]
    header = list(records[0])
    rows = [[record[key] for key in header] for record in records]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), encoding="utf-8")
    write_csv(tmp_path / "a.csv", header, rows)
    book = Workbook()
    assert book.active is not None
    book.active.title = "Contents"
    for line in [header, *rows]:
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    ids = [read_export(tmp_path / f"a.{end}").feedback for end in ("jsonl", "csv", "xlsx")]
    assert all(set(frame["feedback_id"]) == set(ids[0]["feedback_id"]) for frame in ids)
    assert all(set(frame["content_hash"]) == set(ids[0]["content_hash"]) for frame in ids)


def test_one_post_under_several_keywords_is_one_record(tmp_path: Path) -> None:
    base = CONTENTS["微博"] | AUTHORS[0] | STAMP
    records = [base | {"source_keyword": word, "liked_count": likes} for word, likes in (("手机", "1"), ("屏幕", "2"))]
    batch = read_export(write_json(tmp_path / "a.json", records))
    assert batch.row_count == 2 and batch.feedback["content_hash"].nunique() == 1
    assert attributes(batch)[0]["关键词"] == "屏幕、手机"
    reversed_batch = read_export(write_json(tmp_path / "b.json", records[::-1]))
    assert reversed_batch.feedback["content_hash"].tolist() == batch.feedback["content_hash"].tolist()


def test_replies_inside_a_comment_become_rows_with_their_parent(tmp_path: Path) -> None:
    deep = {"comment_id": "c3", "content": "不同意", "create_time": SECONDS, "sub_comments": []}
    reply = {
        "comment_id": "c2",
        "parent_comment_id": "0",
        "content": "同感",
        "create_time": SECONDS,
        "sub_comments": [deep],
    }
    record = {
        "comment_id": "c1",
        "parent_comment_id": "",
        **COMMENTS["抖音"],
        **AUTHORS[0],
        **STAMP,
        "sub_comments": [reply],
    }
    batch = read_export(write_json(tmp_path / "a.json", [record]))
    assert batch.row_count == 3
    assert [kept["parent_id"] for kept in attributes(batch)] == ["n1", "c1", "c2"]


def test_rows_appended_under_headings_of_another_generation_are_not_misread(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    header = ["note_id", "title", "desc", "time", "liked_count", "last_modify_ts"]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(
            [
                header,
                ["n1", "标题", "好", SECONDS * 1000, "1", SECONDS * 1000],
                ["n2", "42", "标题", "hash", "好", SECONDS * 1000, "1", SECONDS * 1000],
            ]
        )
    batch = read_export(path)
    assert len(batch.feedback) == 1 and batch.rejects["is_row_lost"].tolist() == [True]


def test_a_moment_of_zero_is_unknown_and_costs_no_row(tmp_path: Path) -> None:
    record = CONTENTS["抖音"] | AUTHORS[0] | STAMP | {"create_time": 0}
    batch = read_export(write_json(tmp_path / "a.json", [record]))
    assert batch.feedback["received_at"].isna().tolist() == [True] and batch.rejects.empty


def test_comments_as_douyin_itself_sends_them_are_read_with_their_replies(tmp_path: Path) -> None:
    def comment(own: str, text: str, **more: Any) -> dict[str, Any]:
        return {"cid": own, "aweme_id": "9", "text": text, "create_time": SECONDS, "user": {"uid": "42"}, **more}

    reply = comment("2", "同感", reply_id="1")
    records = [comment("1", "太慢了", reply_id="0", reply_comment=[reply]), comment("3", "好", reply_id="0")]
    batch = read_export(write_json(tmp_path / "a.json", records))
    assert batch.feedback["text"].tolist() == ["太慢了", "同感", "好"]
    assert set(moments(batch.feedback["received_at"])) == {"2026-03-01 08:05"}
    assert [row["parent_id"] for row in attributes(batch)] == ["9", "1", "9"]


def test_the_file_of_creators_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.json", [{"user_id": "1", "nickname": "a", "fans": "3", **STAMP}])
    with pytest.raises(SourceError, match="creators"):
        open_export(path, format="mediacrawler")
    with pytest.raises(SourceError):
        open_export(path)


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
def test_the_real_crawl_is_read_whole() -> None:
    comments = read_export(SAMPLES / "mediacrawler" / "A_bili_search_comments_2025-05-20.json")
    contents = read_export(SAMPLES / "mediacrawler" / "A_bili_search_contents_2025-05-20.json")
    assert (len(comments.feedback), len(contents.feedback)) == (60, 25)
    assert set(comments.feedback["channel"]) == set(contents.feedback["channel"]) == {"哔哩哔哩"}
