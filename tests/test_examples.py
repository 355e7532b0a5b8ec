"""The example files are what their script writes, and hold the dirt they promise."""

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from feedback_engine.config.loader import load_config
from feedback_engine.resources import find_default_config, find_examples

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
FILES = ("满意度问卷_按文本.xlsx", "投诉记录.csv", "点评.jsonl")


@pytest.fixture(scope="module")
def generate() -> Any:
    sys.path.insert(0, str(EXAMPLES))
    try:
        return runpy.run_path(str(EXAMPLES / "generate.py"))["main"]
    finally:
        sys.path.remove(str(EXAMPLES))
        sys.modules.pop("words", None)


def test_two_runs_of_the_script_write_equal_bytes(generate: Any, tmp_path: Path) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
        generate(folder)
    for name in FILES:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


def test_the_files_are_what_the_script_writes(generate: Any, tmp_path: Path) -> None:
    generate(tmp_path)
    assert sheet(tmp_path / FILES[0]) == sheet(EXAMPLES / FILES[0])
    for name in FILES[1:]:
        assert (tmp_path / name).read_bytes() == (EXAMPLES / name).read_bytes()


def sheet(path: Path) -> list[list[Any]]:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def test_the_shipped_config_names_columns_that_the_example_questionnaire_has() -> None:
    mapping = load_config(find_default_config()).sources[0].mapping
    wanted = {
        *mapping.columns.values(),
        *(column for _, column in mapping.named_attributes),
        *(question.column for question in mapping.ratings),
    }
    assert wanted | {question.column for question in mapping.texts} <= set(sheet(find_examples() / FILES[0])[0])


def test_the_questionnaire_is_dirty_as_real_exports_are() -> None:
    rows = sheet(EXAMPLES / FILES[0])
    cells = {str(cell) for row in rows for cell in row}
    assert {"(跳过)", "(空)", "未体验", "7分", "１０分", "2026/9/31 10:20:05"} <= cells
    assert len({tuple(row) for row in rows}) == len(rows) - 1


def test_the_complaint_log_is_gb18030_with_line_breaks_in_cells_and_a_broken_line() -> None:
    data = (EXAMPLES / FILES[1]).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    text = data.decode("gb18030")
    assert "\n1. 淋浴" in text
    assert "2.02610E+14" in text
    assert text.endswith("YX20261099999,房间设施损坏,客人反映\r\n")


def test_the_reviews_hold_one_broken_line_and_likes_in_words() -> None:
    lines = (EXAMPLES / FILES[2]).read_text(encoding="utf-8").splitlines()
    broken = [line for line in lines if not line.endswith("}")]
    assert len(broken) == 1
    assert "1.2万" in {json.loads(line)["likes"] for line in lines if line not in broken}
