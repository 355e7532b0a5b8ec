"""The wheel is complete, and works by itself from an empty folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKS = ("general", "restaurant", "hotel", "retail", "telecom", "automotive", "government", "scenic")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run_pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("feedback_engine-*.whl"))


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel installed in a folder of its own; what it depends on comes from the environment of the tests."""
    folder = tmp_path_factory.mktemp("site")
    run_pip("install", "--no-deps", "--no-index", "--target", str(folder), str(wheel))
    return folder


def run_pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    run = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr


def run_installed(site: Path, folder: Path, *arguments: str) -> str:
    """Run Python from an empty folder, with the installed package before any other."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FEEDBACK_ENGINE")}
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(site), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_wheel_holds_what_the_package_needs_at_run_time(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    packs = {f"feedback_engine/_lexicons/packs/{pack}/touchpoints.yaml" for pack in PACKS}
    examples = {
        f"feedback_engine/_examples/{name}" for name in ("满意度问卷_按文本.xlsx", "投诉记录.csv", "点评.jsonl")
    }
    others = {"feedback_engine/py.typed", "feedback_engine/_config.yaml"}
    assert packs | examples | others <= names
    assert any(name.startswith("feedback_engine/_lexicons/sentiment/") for name in names)


def test_the_wheel_holds_every_module_and_every_lexicon_of_the_checkout(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "feedback_engine").rglob("*.py")}
    lexicons = {
        f"feedback_engine/_lexicons/{path.relative_to(ROOT / 'lexicons').as_posix()}"
        for path in (ROOT / "lexicons").rglob("*")
        if path.is_file()
    }
    assert (modules | lexicons) - names == set()


def test_the_wheel_holds_no_tests_and_no_waste(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    waste = [name for name in names if name.startswith(("tests/", "docs/", "benchmarks/")) or "__pycache__" in name]
    assert waste == []


def test_the_installed_package_is_the_one_that_runs(site: Path, tmp_path: Path) -> None:
    where = run_installed(site, tmp_path, "-c", "import feedback_engine; print(feedback_engine.__file__)")
    assert Path(where.strip()).is_relative_to(site)


def test_init_and_run_make_a_report_in_an_empty_folder(site: Path, tmp_path: Path) -> None:
    run_installed(site, tmp_path, "-m", "feedback_engine", "init")
    run_installed(site, tmp_path, "-m", "feedback_engine", "run")
    assert (tmp_path / "out/report.xlsx").read_bytes().startswith(b"PK")
    assert (tmp_path / "out/feedback.db").exists()


def test_init_leaves_no_scripts_in_the_project(site: Path, tmp_path: Path) -> None:
    run_installed(site, tmp_path, "-m", "feedback_engine", "init")
    assert {path.name for path in (tmp_path / "examples").iterdir()} == {
        "满意度问卷_按文本.xlsx", "投诉记录.csv", "点评.jsonl",
    }  # fmt: skip


def test_a_crm_tags_a_text_with_nothing_but_the_package(site: Path, tmp_path: Path) -> None:
    code = "import feedback_engine as fe; print(fe.FeedbackEngine().tag('物流很快', pack='retail').touchpoints)"
    assert "delivery" in run_installed(site, tmp_path, "-c", code)
    assert list(tmp_path.iterdir()) == []


def test_the_command_is_installed(site: Path) -> None:
    entry_points = next(site.glob("feedback_engine-*.dist-info")) / "entry_points.txt"
    assert "feedback-engine = feedback_engine.cli.main:main" in entry_points.read_text(encoding="utf-8")
