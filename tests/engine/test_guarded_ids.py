"""A store in which an earlier version kept ids with their guard against Excel, ="00123": the same records, once."""

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest

import feedback_engine as fe
from feedback_engine.ingest.readers import csv
from feedback_engine.tables.summary import ImportCounts

CONFIG = """\
project: {name: 点评}
store: {url: "sqlite:///out/feedback.db"}
sources:
  - name: reviews
    kind: reviews
    path: data/*.csv
    mapping: {columns: {id: 编号, text: 内容}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "data").mkdir()
    return tmp_path


def put(
    folder: Path, name: str, numbers: Sequence[int], form: str = '="{:05}"', *, dry_run: bool = False
) -> ImportCounts:
    lines = [f"{form.format(n)},第 {n} 次来，还不错" for n in numbers]
    path = folder / "data" / name
    path.write_text("\n".join(["编号,内容", *lines, ""]), encoding="utf-8")
    return fe.FeedbackEngine.from_config(folder / "config.yaml").import_files([path], dry_run=dry_run).counts


@pytest.fixture
def stored(folder: Path) -> Path:
    """A store of twenty records as the earlier version left it, which knew no guards."""
    with patch.object(csv, "_GUARD", "\0"):
        assert put(folder, "old.csv", range(1, 21)).stored == 20
    return folder


@pytest.mark.parametrize("form", ['="{:05}"', "{:05}"])
@pytest.mark.parametrize("numbers", [range(1, 26), range(20, 0, -1), range(15, 21)])
def test_records_stored_with_the_guard_are_known(stored: Path, form: str, numbers: range) -> None:
    known = sum(number <= 20 for number in numbers)
    counts = put(stored, "new.csv", numbers, form, dry_run=True)
    assert counts == put(stored, "new.csv", numbers, form)
    assert (counts.stored, counts.updated + counts.duplicate) == (len(numbers) - known, known)


def test_they_stay_known_and_so_do_the_new_ones(stored: Path) -> None:
    put(stored, "new.csv", range(1, 26))
    assert put(stored, "newer.csv", range(1, 27)) == ImportCounts(26, stored=1, duplicate=25)


def test_where_the_first_rows_tell_it_all_of_the_file_are_found(stored: Path) -> None:
    assert put(stored, "new.csv", [20, *range(21, 9000), *range(1, 20)]).stored == 8979


def test_a_store_without_guarded_ids_is_as_ever(folder: Path) -> None:
    assert put(folder, "a.csv", range(1, 21)).stored == 20
    assert put(folder, "b.csv", range(1, 22)) == ImportCounts(21, stored=1, duplicate=20)
