"""A report takes its place at once; what a killed run has left beside it goes a day later."""

import os
import time
from pathlib import Path

from feedback_engine.report.files import replaced_file


def test_what_a_killed_run_left_is_cleared_away_once_nobody_can_be_writing_it(tmp_path: Path) -> None:
    target = tmp_path / "report.xlsx"
    kept = [tmp_path / name for name in (".report-draft-abcdefgh", ".other-draft-abcdefgh", ".report-archives", "data")]
    left = tmp_path / ".report-draft-12345678"
    for folder in (*kept, left):
        folder.mkdir()
        (folder / "report.xlsx").write_bytes(b"half")
    yesterday = time.time() - 25 * 3600
    for folder in (*kept[1:], left):
        os.utime(folder, (yesterday, yesterday))
    with replaced_file(target) as draft:
        draft.write_bytes(b"whole")
    assert target.read_bytes() == b"whole"
    assert {path.name for path in tmp_path.iterdir()} == {"report.xlsx", *(folder.name for folder in kept)}
