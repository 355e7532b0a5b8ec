"""The folder for drafts is full, or the database's disk fails: told by its place, and the next import completes."""

import errno
import gzip
import os
import tempfile
from pathlib import Path

import pytest
from engine_projects import write_csv
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

import feedback_engine as fe
from feedback_engine.errors import StoreError, UnreadableFile
from feedback_engine.store.dialects import translated_errors

HEADINGS = ("工单编号", "诉求内容", "受理时间", "承办单位")
ROWS = [(f"A{n}", f"噪音太大没法睡，第{n}次了", "2026-10-01 09:00", "城管局") for n in range(1, 200)]


def refuse(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_folder_for_drafts_is_named_and_is_no_fault_of_the_file(tmp_path: Path, monkeypatch) -> None:
    path = write_csv(tmp_path / "a.csv", HEADINGS, ROWS)
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    engine = fe.FeedbackEngine()
    with monkeypatch.context() as full:
        full.setattr("feedback_engine.ingest.platforms.repeats.marshal.dumps", refuse)
        full.setattr("feedback_engine.ingest.archive._unfold_gzip", refuse)
        for file in (path, packed):
            with pytest.raises(UnreadableFile, match=rf"{file.name}.*{tempfile.gettempdir()} 写不下了.*TMPDIR"):
                engine.import_file(file)
    assert (engine.import_file(path).stored, engine.import_file(packed).duplicate) == (199, 199)


def test_gzip_that_is_none_is_not_blamed_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(b"\x1f\x8b" + bytes(40))
    with pytest.raises(UnreadableFile, match="请重新下载"):
        fe.FeedbackEngine().import_file(tmp_path / "a.csv.gz")


@pytest.mark.parametrize("reason", ["disk I/O error", "locking protocol"])
def test_whatever_the_database_says_comes_with_the_way_out(reason: str) -> None:
    with (
        pytest.raises(StoreError, match=r"数据库.*请检查.*重跑，已提交的批次不会丢失"),
        translated_errors(make_url("sqlite://")),
    ):
        raise OperationalError("", None, Exception(reason))
