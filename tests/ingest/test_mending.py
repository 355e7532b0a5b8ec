"""Damaged files and texts on their way in."""

import json
from pathlib import Path

import pytest
from batch_frames import to_frames

from feedback_engine.config.model import MappingConfig, SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.ingest.importer import Reading, open_source

MAPPING = MappingConfig(columns={"text": "微博正文", "received_at": "日期"})


def read(path: Path) -> tuple[Reading, list[dict[str, object]]]:
    source = SourceConfig(name="s", kind=SourceKind.REVIEWS, path=str(path), mapping=MAPPING)
    reading = open_source(path, source, {}, timezone="Asia/Shanghai")
    return reading, to_frames(reading).feedback.to_dict("records")


def write(path: Path, *texts: str) -> str:
    content = "微博正文,日期\n" + "".join(f"{text},2026-10-01\n" for text in texts)
    path.write_text(content, encoding="utf-8")
    return content


def test_utf8_that_was_read_as_gbk_is_read_back_in_every_cell(tmp_path: Path) -> None:
    plain = write(tmp_path / "plain.csv", *["快递员态度好，很满意", "包装完整，味道新鲜"] * 3)
    garbled = tmp_path / "garbled.csv"
    garbled.write_text(plain.encode().decode("gb18030", errors="replace"), encoding="utf-8")
    reading, rows = read(garbled)
    assert len(rows) == 6
    # A character whose last byte the first reading lost cannot come back; all others do.
    assert all("员态度好，很满" in str(row["text"]) or "包装完整，味道新" in str(row["text"]) for row in rows)
    assert any("乱码" in sentence for sentence in reading.facts.evidence)


def test_inserted_pinyin_is_taken_out_and_the_original_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write(path, "客戶關(guān)系維護(hù)得很好", "服务(微信)很好")
    reading, rows = read(path)
    assert [row["text"] for row in rows] == ["客戶關系維護得很好", "服务(微信)很好"]
    assert json.loads(str(rows[0]["attributes"]))["original_text"] == "客戶關(guān)系維護(hù)得很好"
    assert "修复了 1 条文本里的乱码，原文保留在属性 original_… 里" in reading.notes
    assert "共修复 2 处（插入的拼音、错位的 GBK）" in reading.notes


def test_a_mended_record_is_the_same_record_as_before(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write(path, "客戶關(guān)系")
    assert read(path)[1][0]["feedback_id"] == read(path)[1][0]["feedback_id"]


@pytest.mark.parametrize(
    ("text", "count"), [("很好??", 1), ("真棒????下次还来??", 2), ("这是怎么回事??", 0), ("好", 0)]
)
def test_emoji_lost_to_question_marks_are_counted(tmp_path: Path, text: str, count: int) -> None:
    path = tmp_path / "a.csv"
    write(path, text)
    notes = read(path)[0].notes
    assert any(f"{count} 处表情" in note for note in notes) == (count > 0)
