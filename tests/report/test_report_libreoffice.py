"""What a spreadsheet program makes of the workbook, if one is installed."""

import csv
import shutil
import subprocess
from dataclasses import replace

import pytest

from feedback_engine.report.content import build_report
from feedback_engine.report.excel import write_excel

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
# Comma, quote, UTF-8; values as shown; -1 = every sheet into a file of its own.
CSV_OPTIONS = "44,34,76,1,,0,false,true,false,false,false,-1"
HOSTILE = ["=1+1", "@SUM(1,2)", "+1", "-差评", '=HYPERLINK("http://example.invalid")', "<r><t>x</t></r>", "00123"]


def convert(path, target, folder):
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", target, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, timeout=180, capture_output=True)


def test_libreoffice_opens_every_sheet_and_computes_nothing(small_inputs, tmp_path):
    feedback = small_inputs.feedback.copy()
    feedback["text"] = [HOSTILE[n % len(HOSTILE)] for n in range(len(feedback))]
    write_excel(build_report(replace(small_inputs, feedback=feedback)), tmp_path / "r.xlsx")
    convert(tmp_path / "r.xlsx", f"csv:Text - txt - csv (StarCalc):{CSV_OPTIONS}", tmp_path)
    sheets = {path.stem.removeprefix("r-"): path for path in tmp_path.glob("r-*.csv")}
    assert len(sheets) == 11
    with sheets["明细"].open(encoding="utf-8", newline="") as lines:
        shown = {row["文本"] for row in csv.DictReader(lines)}
    assert shown == set(HOSTILE)
    assert not [name for name, path in sheets.items() if "#NAME?" in path.read_text(encoding="utf-8")]


def test_libreoffice_prints_the_report(small_inputs, tmp_path):
    write_excel(build_report(small_inputs), tmp_path / "r.xlsx")
    convert(tmp_path / "r.xlsx", "pdf", tmp_path)
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
