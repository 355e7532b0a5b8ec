"""`train` and `evaluate` on a team's own labelled rows."""

import csv
import json
from pathlib import Path

import pytest

from feedback_engine.cli.main import main
from feedback_engine.nlp.tasks import TASKS

GOOD = ("房间干净", "服务热情", "早餐丰富", "位置方便", "性价比高", "环境安静")
BAD = ("房间脏乱", "服务冷漠", "早餐难吃", "位置偏僻", "价格太贵", "环境吵闹")


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label", "domain"])
        for n in range(120):
            words, label = (GOOD, "正面") if n % 2 else (BAD, "负面")
            writer.writerow([f"{words[n % 6]}，第{n}次来，{words[(n // 6) % 6]}", label, "甲店" if n % 3 else "乙店"])
    return path


def test_training_twice_gives_the_same_bytes(rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one.npz", "two.npz"):
        assert main(["train", "sentiment", "--data", str(rows), "--out", str(tmp_path / name), "--json"]) == 0
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert main(["evaluate", "sentiment", "--data", str(rows), "--model", str(tmp_path / "one.npz"), "--json"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed[printed.rindex("\n{") :])["accuracy"] > 0.9


def test_adapting_tells_what_it_gains_and_writes_nothing_where_that_is_unproven(
    rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base, out = tmp_path / "base.npz", tmp_path / "adapted.npz"
    assert main(["train", "sentiment", "--data", str(rows), "--out", str(base)]) == 0
    command = ["train", "sentiment", "--data", str(rows), "--base", str(base), "--out", str(out)]
    assert main(command) == 1
    told = capsys.readouterr()
    assert not out.exists() and "没有写出" in told.out and "95% 区间" in told.out
    assert "--force" in told.err and str(out) in told.err and told.err.strip().count("\n") == 0
    assert main([*command, "--force", "--json"]) == 0
    assert out.exists() and json.loads(capsys.readouterr().out)["gain"]["is_proven"] is False


def test_an_unknown_task_suggests_the_nearest(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "sentimant", "--data", str(rows)]) == 1
    assert "sentiment" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_the_help_names_every_task(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    printed = capsys.readouterr().out
    assert [name for name in TASKS if name not in printed] == []
