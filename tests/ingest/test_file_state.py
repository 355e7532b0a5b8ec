"""What is remembered of a file, and until when."""

import os
from pathlib import Path

import pytest

from feedback_engine.ingest.file_state import FileState, find_state, remember_while_unchanged


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "导出 [1].csv"
    path.write_text("好,1", encoding="utf-8")
    return path


def test_a_file_is_looked_through_again_only_once_it_has_changed(file: Path) -> None:
    looked: list[tuple[str, str]] = []

    @remember_while_unchanged
    def look(path: Path, encoding: str) -> str:
        looked.append((path.read_text(encoding=encoding), encoding))
        return looked[-1][0]

    assert [look(file, "utf-8"), look(file, "utf-8"), look(file, "utf-8-sig")] == ["好,1"] * 3
    assert len(looked) == 2
    written = find_state(file).written
    file.write_text("坏,1", encoding="utf-8")
    os.utime(file, ns=(written, written + 1))
    assert look(file, "utf-8") == "坏,1"
    file.with_name("copy.csv").write_text("差,1", encoding="utf-8")
    os.utime(file.with_name("copy.csv"), ns=(written, written + 1))
    file.with_name("copy.csv").replace(file)
    assert look(file, "utf-8") == "差,1"


def test_what_could_not_be_found_is_looked_for_again(file: Path) -> None:
    tries: list[Path] = []

    @remember_while_unchanged
    def look(path: Path) -> None:
        tries.append(path)
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):
            look(file)
    assert len(tries) == 2
    file.unlink()
    with pytest.raises(FileNotFoundError):
        look(file)
    assert len(tries) == 2


def test_nothing_is_known_of_a_file_that_has_gone(file: Path) -> None:
    assert find_state(file).describe() == "为 5 字节"
    file.unlink()
    assert find_state(file) == FileState() and find_state(file).describe() == "已不在"
