"""The documentation, kept true by running it: every example that calls us, every key, every command, every table."""

import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from feedback_engine.cli.main import build_parser, main
from feedback_engine.config.model import Config

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md"))]
LANGUAGES = ("python", "console", "bash")
#: Keys that hold tables of their own; the page says "see below".
HEADINGS = {"Config": "Config", "project": "ProjectConfig", "store": "StoreConfig", "imports": "ImportConfig",
            "privacy": "PrivacyConfig", "quality": "QualityConfig", "attention": "AttentionConfig",
            "tagging": "TaggingConfig", "scoring": "ScoringConfig", "report": "ReportConfig", "sources": "SourceConfig",
            "mapping": "MappingConfig", "ratings": "RatingConfig", "scale": "ScaleConfig", "texts": "TextConfig",
            "touchpoints": "TouchpointConfig", "indicators": "IndicatorConfig",
            "complaint_scale": "ComplaintScaleConfig", "hours": "HoursConfig", "weighting": "WeightingConfig",
            "ahp": "AhpConfig", "judgements": "JudgementConfig", "delphi": "DelphiLevelConfig",
            "combine": "CombineConfig", "change": "ChangeConfig", "control": "ControlConfig",
            "population": "MarginsConfig",
            "complaint_errors": "ComplaintErrorsConfig",
            "structural": "StructuralConfig", "gaps": "GapConfig", "kano": "KanoConfig",
            "drivers": "DriversConfig"}  # fmt: skip


class Example(NamedTuple):
    page: Path
    line: int
    language: str
    code: str


def find_examples() -> Iterator[Example]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
            calls_us = re.search(r"feedback[-_]engine", match[2]) is not None
            if match[1] in LANGUAGES and calls_us:
                yield Example(page, text.count("\n", 0, match.start()) + 1, match[1], match[2])


EXAMPLES = list(find_examples())


@pytest.fixture(scope="session")
def finished_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as `init` makes it, after its first run."""
    folder = tmp_path_factory.mktemp("docs") / "project"
    assert main(["init", str(folder)]) == 0
    assert main(["--config", str(folder / "config.yaml"), "run"]) == 0
    return folder


@pytest.fixture
def project(finished_project: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished_project, tmp_path / "project"))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which `feedback-engine` and `python` are this checkout's."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, call in (("feedback-engine", "-m feedback_engine"), ("python", "")):
        command = commands / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" {call} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    return {**os.environ, "PATH": f"{commands}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def command_for(example: Example) -> list[str]:
    if example.language == "python":
        return [sys.executable, "-c", example.code]
    prompts = [line[2:] for line in example.code.splitlines() if line.startswith("$ ")]
    script = "\n".join(prompts) if example.language == "console" else example.code
    return ["bash", "-euo", "pipefail", "-c", script]


@pytest.mark.skipif(os.name == "nt", reason="the examples are written for bash")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.page.name}:{e.line}")
def test_every_example_that_calls_us_runs(example: Example, project: Path, environment: dict[str, str]) -> None:
    run = subprocess.run(command_for(example), cwd=project, env=environment, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr


def commands_of_the_parser() -> set[str]:
    actions = build_parser()._actions
    return {name for action in actions if isinstance(action.choices, dict) for name in action.choices}


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda page: page.name)
def test_the_readmes_name_every_command_and_no_other(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `feedback-engine ([a-z]+)", text, flags=re.MULTILINE)
    assert set(rows) == commands_of_the_parser()


def test_there_are_examples_to_run() -> None:
    assert {(example.page.name, example.language) for example in EXAMPLES} >= {
        ("README.md", "python"),
        ("README.zh-CN.md", "python"),
        ("README.zh-CN.md", "console"),
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def models_below(model: type[BaseModel], above: frozenset[type] = frozenset()) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for part in parts_of(field.annotation):
            if part not in above | {model}:  # an indicator may hold indicators
                yield from models_below(part, above | {model})


def parts_of(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from parts_of(argument)


def keys_of(model: type[BaseModel]) -> dict[str, str]:
    """Key → default as docs/config.md writes it."""
    fields = {field.alias or name: field for name, field in model.model_fields.items() if not field.exclude}
    return {key: written(field.get_default(call_default_factory=True)) for key, field in fields.items()}


def written(default: Any) -> str:
    if default is PydanticUndefined:
        return "—"
    if isinstance(default, BaseModel):
        return "see below"
    if isinstance(default, float):
        return f"{default:g}"
    if isinstance(default, str):
        return default or '""'
    return yaml.safe_dump(default if not isinstance(default, tuple) else list(default)).split("\n")[0]


def documented_keys() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for section in (ROOT / "docs/config.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        rows = re.findall(r"^\| (\w+) \| (.+?) \| .+ \|$", section.split("\n| kind | required")[0], flags=re.MULTILINE)
        tables[HEADINGS[section.split("\n")[0]]] = {key: default for key, default in rows if key != "key"}
    return tables


def test_the_config_page_has_every_key_with_its_default() -> None:
    models = {model.__name__: keys_of(model) for model in models_below(Config)}
    models["SourceConfig"]["mapping"] = "{}"
    assert documented_keys() == models


def test_the_data_dictionary_is_up_to_date() -> None:
    render = runpy.run_path(str(ROOT / "docs/generate.py"))["render"]
    assert (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8") == render(), "run `make docs`"
