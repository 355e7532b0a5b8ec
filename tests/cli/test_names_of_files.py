"""Names of files that the system cannot show, and systems that cannot show any but ASCII."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from engine_projects import write_csv
from xlsxwriter import Workbook

import feedback_engine as fe

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are Unicode there")
HEADINGS = ("工单编号", "标题", "内容", "受理时间")
ROW = ("A1", "空调", "空调坏了没人管", "2026-10-01 08:00")


def write_xlsx(path: Path) -> Path:
    book = Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, ROW)
    book.close()
    return path


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_name_in_gbk_is_a_name(ending: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    plain = tmp_path / f"a{ending}"
    write_csv(plain, HEADINGS, [ROW]) if ending == ".csv" else write_xlsx(plain)
    path = plain.rename(Path(os.fsdecode(os.fsencode(tmp_path / "x") + "工单".encode("gbk") + ending.encode())))
    caplog.set_level("INFO")
    engine = fe.FeedbackEngine()
    assert engine.inspect(path)["platform"] == "work_order"
    summary = engine.import_file(path)
    assert summary.stored == 1 and summary.files[0].name == f"x\\udcb9\\udca4\\udcb5\\udca5{ending}"
    assert not any("逐行" in note for note in summary.files[0].notes)
    assert summary.files[0].name in caplog.text and caplog.text.encode()


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_chinese_names_work_where_python_takes_names_for_ascii(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "目录" / f"工单{ending}"
    path.parent.mkdir()
    write_csv(path, HEADINGS, [ROW]) if ending == ".csv" else write_xlsx(path)
    settings = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "feedback_engine", "inspect", path.name]
    done = subprocess.run(
        command, cwd=path.parent, env=os.environ | settings, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "work_order" in done.stdout
