"""What a browser makes of the page, if one is installed."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from feedback_engine.report.content import build_report
from feedback_engine.report.html import write_html

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip
HOSTILE = [
    "<script>document.title='taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    "</style></table><svg onload=\"document.title='taken'\">",
]


def browse(page, folder, *wanted):
    command = [CHROMIUM, *QUIET, f"--user-data-dir={folder / 'profile'}", *wanted, page.as_uri()]
    return subprocess.run(command, check=True, timeout=180, capture_output=True, text=True).stdout


@pytest.fixture
def page(small_inputs, tmp_path):
    feedback = small_inputs.feedback.copy()
    feedback["text"] = [HOSTILE[n % len(HOSTILE)] for n in range(len(feedback))]
    write_html(build_report(replace(small_inputs, feedback=feedback)), tmp_path / "r.html")
    return tmp_path / "r.html"


def test_a_browser_shows_every_section_and_runs_nothing_that_a_customer_wrote(page, small_inputs, tmp_path):
    shown = browse(page, tmp_path, "--dump-dom")
    report = build_report(small_inputs)
    assert f"<title>{report.title}</title>" in shown
    assert all(re.search(rf"<h[12][^>]*>{re.escape(section.heading)}</h[12]>", shown) for section in report.sections)
    assert "<script" not in shown
    assert "<img" not in shown
    assert shown.count("&lt;script&gt;document.title='taken'&lt;/script&gt;") >= 1


def test_a_browser_prints_the_page(page, tmp_path):
    browse(page, tmp_path, f"--print-to-pdf={tmp_path / 'r.pdf'}")
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
