"""The worked example of CONTRIBUTING.md, taken from the page and run: module, fixture and what it promises."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from batch_frames import to_frames
from platform_fixtures import FIXTURES, Table

from feedback_engine.catalogs import ADAPTERS
from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError
from feedback_engine.ingest.importer import Reading, open_source

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"
MODULE, FIXTURE = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run(code: str, **names: Any) -> SimpleNamespace:
    space: dict[str, Any] = {"__name__": "example", **names}
    exec(compile(code, str(PAGE), "exec"), space)
    return SimpleNamespace(**space)


PLATFORMS = dict(ADAPTERS) | {"yueping": run(MODULE).Yueping()}


def table() -> Table:
    return run(FIXTURE, Table=Table)._yueping()


def read(path: Path, **settings: str) -> Reading:
    source = SourceConfig.model_validate({"name": "x", "path": str(path), **settings})
    return open_source(path, source, PLATFORMS, timezone="Asia/Shanghai", is_unnamed=True)


def test_the_example_reads_its_own_fixture(tmp_path: Path) -> None:
    reading = read(table().write(tmp_path / "a.csv"))
    batch = to_frames(reading)
    assert reading.facts.platform == "yueping" and batch.rejects.empty and batch.row_count == 3
    assert batch.ratings["rating"].tolist() == [5, 2, 4]
    assert batch.feedback["text"].tolist() == ["", "排队太久，=没人管", ""]
    assert batch.feedback["received_at"].iloc[0] == pd.Timestamp("2026-10-03 09:05", tz="Asia/Shanghai")


def test_a_corrected_row_keeps_its_identity(tmp_path: Path) -> None:
    first, *rest = table().rows
    corrected = table().write(tmp_path / "b.csv", [[*first[:3], "补一句", *first[4:]], *rest])
    before, after = (to_frames(read(path)).feedback for path in (table().write(tmp_path / "a.csv"), corrected))
    assert before["feedback_id"].tolist() == after["feedback_id"].tolist()
    assert (before["content_hash"] == after["content_hash"]).tolist() == [False, True, True]


def test_the_example_claims_no_other_platform_s_file(tmp_path: Path) -> None:
    for name, build in FIXTURES.items():
        fixture = build()
        assert read(fixture.write(tmp_path / f"a{fixture.suffix}")).facts.platform == name


def test_a_file_pinned_wrongly_names_what_is_missing(tmp_path: Path) -> None:
    path = Table([["门店", "留言"], ["湖滨店", "好"]]).write(tmp_path / "a.csv")
    with pytest.raises(MappingError, match="终端流水号"):
        read(path, format="yueping")
