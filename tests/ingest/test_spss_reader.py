"""SPSS and Stata files: codes kept as codes, dictionaries, Chinese encodings, chunks, and the extra that is needed."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.readers import spss
from feedback_engine.ingest.readers.rows import Rows

pyreadstat = pytest.importorskip("pyreadstat", reason="needs the extra spss")
SAMPLES = Path(__file__).parents[3] / "shared" / "formats" / "samples" / "spss"

FRAME = pd.DataFrame({"id": [1.0, 2.0, 3.0], "q1": [5.0, 99.0, 1.5], "word": ["很好", "", "差"]})
LABELS = {"q1": {1.0: "非常不满意", 5.0: "非常满意", 99.0: "拒答"}}


def open_file(path: Path) -> Rows:
    return open_rows(path, SourceConfig(name="x", path=str(path)))


def write_sav(path: Path, frame: pd.DataFrame = FRAME, **settings: object) -> Path:
    settings.setdefault("variable_value_labels", LABELS)
    settings.setdefault("missing_ranges", {"q1": [{"lo": 98, "hi": 99}]})
    pyreadstat.write_sav(frame, str(path), column_labels=["", "总体满意度", "意见"][: len(frame.columns)], **settings)
    return path


@pytest.mark.parametrize("compress", [False, True])
def test_the_first_bytes_tell_not_the_name(tmp_path: Path, compress: bool) -> None:
    rows = open_file(write_sav(tmp_path / "data.csv", compress=compress))
    assert rows.container == "sav" and rows.header == ["id", "q1", "word"]
    assert list(rows) == [(1, ["1", "5", "很好"]), (2, ["2", "99", ""]), (3, ["3", "1.5", "差"])]


def test_the_dictionary_comes_along(tmp_path: Path) -> None:
    dictionary = open_file(write_sav(tmp_path / "a.sav")).dictionary
    assert dictionary is not None
    variable = dictionary.variables[1]
    assert variable.label == "总体满意度" and variable.value_labels["5"] == "非常满意"
    assert variable.is_missing("99") and variable.is_missing("98") and not variable.is_missing("5")
    assert not variable.is_missing("") and dictionary.variables[2].is_text


def test_moments_are_iso(tmp_path: Path) -> None:
    frame = pd.DataFrame({"at": pd.to_datetime(["2026-10-31 08:30:00", None])})
    rows = open_file(write_sav(tmp_path / "a.sav", frame))
    assert [cells for _, cells in rows] == [["2026-10-31 08:30:00"], [""]]
    assert rows.dictionary is not None and rows.dictionary.variables[0].is_moment


def test_rows_come_in_chunks_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spss, "_CHUNK", 7)
    frame = pd.DataFrame({"n": [float(n) for n in range(21)]})
    rows = list(open_file(write_sav(tmp_path / "a.sav", frame)))
    assert [number for number, _ in rows] == list(range(1, 22))
    assert [cells for _, cells in rows] == [[str(n)] for n in range(21)]


@pytest.mark.parametrize("declared", ["UTF-8", "CP936", "windows-1252"])
def test_gbk_is_read_whatever_the_file_declares(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "g.sav"
    frame = pd.DataFrame({"q1": [5.0, 1.0], "word": ["xxxxxxxx", "xxxxxxxx"]})
    write_sav(path, frame, variable_value_labels={"q1": {5.0: "yyyyyyyy"}}, missing_ranges={}, row_compress=False)
    raw = path.read_bytes()
    # The record of the encoding: subtype 20, one byte an element, the length, the name.
    mark = (20).to_bytes(4, "little") + (1).to_bytes(4, "little") + (5).to_bytes(4, "little") + b"UTF-8"
    assert mark in raw
    name = declared.encode()
    raw = raw.replace(mark, mark[:8] + len(name).to_bytes(4, "little") + name)
    raw = raw.replace("总体满意度".encode(), "总体满意度啊啊".encode("gbk") + b" ")
    raw = raw.replace("意见".encode(), "意见吧".encode("gbk"))
    raw = raw.replace(b"xxxxxxxx", "服务很好".encode("gbk")).replace(b"yyyyyyyy", "非常满意".encode("gbk"))
    path.write_bytes(raw)
    rows = open_file(path)
    assert [cells for _, cells in rows] == [["5", "服务很好"], ["1", "服务很好"]]
    assert rows.dictionary is not None and rows.dictionary.variables[0].value_labels == {"5": "非常满意"}


def test_a_broken_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.sav").write_bytes(b"$FL2" + b"\x00" * 200)
    with pytest.raises(UnreadableFile, match="SPSS 数据，但读不出来"):
        open_file(tmp_path / "a.sav")


def test_without_pyreadstat_the_error_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_sav(tmp_path / "a.sav")
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(UnreadableFile, match=r"pip install 'feedback-engine\[spss\]'"):
        open_file(path)


def test_an_id_is_trusted_only_where_it_is_unique(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 1.0], "c": [1.0, float("nan")]})
    path = write_sav(tmp_path / "a.sav", frame, variable_value_labels={}, missing_ranges={})
    assert [spss.has_unique_values(path, "sav", name, "UTF-8") for name in "abc"] == [True, False, False]


def test_stata_missing_values_keep_their_letters(tmp_path: Path) -> None:
    frame = pd.DataFrame({"q1": [5.0, "a", 1.0], "q2": ["x", "y", "z"]})
    path = tmp_path / "a.dta"
    pyreadstat.write_dta(
        frame, str(path), missing_user_values={"q1": ["a"]}, variable_value_labels={"q1": {"a": "拒答"}}
    )
    rows = open_file(path)
    assert rows.container == "dta"
    assert [cells for _, cells in rows] == [["5", "x"], [".a", "y"], ["1", "z"]]
    assert rows.dictionary is not None and rows.dictionary.variables[0].value_labels == {".a": "拒答"}


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
def test_real_files_keep_what_their_authors_called_missing() -> None:
    rows = open_file(SAMPLES / "pyreadstat_sample_missing.sav")
    assert rows.dictionary is not None
    variables = {variable.name: variable for variable in rows.dictionary.variables}
    assert variables["mynum"].is_missing("2500") and variables["mylabl"].value_labels["-1"] == "undetermined"
    assert dict(rows)[6][4] == "-1"
    stata = open_file(SAMPLES / "pyreadstat_missing_test.dta")
    assert [cells[:6] for _, cells in stata] == [[".a", ".b", ".c", ".x", ".y", ".z"]]
