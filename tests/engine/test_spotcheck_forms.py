"""A spot check from the draw to the figures: people fill in the form with whatever spreadsheet program they have."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from engine_projects import write_project

from feedback_engine import FeedbackEngine
from feedback_engine.cli.main import main
from feedback_engine.config.model import Config
from feedback_engine.engine.spotcheck import SpotCheck
from feedback_engine.errors import InputError, NoData, ReportError, SourceError
from feedback_engine.nlp.labelled import read_corpus
from feedback_engine.nlp.tasks import TASKS
from feedback_engine.scoring.agreement import Judged, Opinion, measure_agreement
from feedback_engine.tables.annotations import POLARITY_NAMES

NAMES = {str(polarity): name for polarity, name in POLARITY_NAMES.items()}
SOFFICE = shutil.which("soffice")

Row = dict[str, Any]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FeedbackEngine:
    engine = FeedbackEngine.from_config(write_project(tmp_path_factory.mktemp("project")))
    engine.import_sources()
    engine.tag_new()
    return engine


def fill(path: Path, say: Callable[[Row], Row], out: Path | None = None, order: int = 1) -> Path:
    """Fill in the form as a person would; `say` gives the cells by heading for each row."""
    book = openpyxl.load_workbook(path)
    sheet = book["待复核"]
    headings = [cell.value for cell in sheet[1]]
    rows = [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    sheet.delete_rows(2, len(rows))
    for row in [row | say(row) for row in rows][::order]:
        sheet.append(list(row.values()))
    book.save(out or path)
    return out or path


def agree(engine: FeedbackEngine) -> Callable[[Row], Row]:
    """Return a person who says of each text what the tags say."""
    names = {label.code: label.name for label in engine._language.pack("hotel").touchpoints}

    def say(row: Row) -> Row:
        tagged = engine.tag(row["原声"])
        complaint = tagged.complaint
        kind = "投诉，类型不在其列" if complaint.type == "unsure" else complaint.type_name
        touchpoints = sorted({names[mention.code] for mention in tagged.touchpoints})
        return {
            "倾向": NAMES[str(tagged.sentiment.polarity)],
            "触点": "、".join(touchpoints) or "无",
            "投诉": kind if complaint.is_complaint else "不是投诉",
        }

    return say


def shares(found: SpotCheck) -> dict[tuple[str, str], tuple[int, int]]:
    table = found.table
    keys = zip(table["part"], table["measure"], strict=True)
    return dict(zip(keys, zip(table["agreed"], table["base"], strict=True), strict=True))


def test_a_person_who_says_what_the_tags_say_agrees_in_everything(engine: FeedbackEngine, tmp_path: Path) -> None:
    drawn = engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=20)
    found = engine.read_spotcheck(fill(tmp_path / "抽查.xlsx", agree(engine), order=-1))
    assert len(drawn) == len(found.rows) + found.unfilled == 13 + 0  # ten by chance, and three that differ
    assert not found.problems and all(agreed == base for agreed, base in shares(found).values())
    assert shares(found)[("random", "polarity")] == (10, 10)


def test_the_form_says_nothing_of_what_the_tags_say(engine: FeedbackEngine, tmp_path: Path) -> None:
    engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=20)
    book = openpyxl.load_workbook(tmp_path / "抽查.xlsx")
    sheet = book["待复核"]
    cells = [
        dict(zip([c.value for c in sheet[1]], row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)
    ]
    assert cells and all(not row["倾向"] and not row["触点"] and not row["投诉"] for row in cells)
    assert {sheet.column_dimensions[letter].hidden for letter in "IJ"} == {True}
    offered = {str(check.sqref): check.formula1 for check in sheet.data_validations.dataValidation}
    assert list(offered) == ["C2:C14", "D2:D14", "E2:E14"]
    first, last = offered["E2:E14"].split("!")[1].replace("$", "").split(":")
    choices = [cell.value for (cell,) in book["填写说明"][f"{first}:{last}"]]
    assert choices[:2] == ["不是投诉", "投诉，类型不在其列"] and "服务态度" in choices


def test_what_cannot_be_read_is_told_by_its_row_and_the_other_cells_count(
    engine: FeedbackEngine, tmp_path: Path
) -> None:
    engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=20)
    odd = iter(
        [{"倾向": "正"}, {"触点": "大堂吧，服务"}, {"投诉": "烦"}, {"倾向": "negative", "触点": "service; 卫生"}]
    )
    found = engine.read_spotcheck(
        fill(tmp_path / "抽查.xlsx", lambda row: next(odd, {"倾向": "中性"} if row["编号"] < 9 else {}))
    )
    assert [problem.split("：")[0] for problem in found.problems] == [
        "第 2 行「倾向」",
        "第 3 行「触点」",
        "第 4 行「投诉」",
    ]
    assert "'大堂吧' 没有采用" in found.problems[1]
    said = [filled.opinion for filled, _ in found.rows]
    assert {"service", "cleanliness"} in [opinion.touchpoints for opinion in said]
    assert (len(said), found.unfilled) == (5, 8)


def test_texts_that_the_store_no_longer_knows_are_judged_as_they_stand_in_the_form(
    engine: FeedbackEngine, tmp_path: Path
) -> None:
    engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=20)
    fill(tmp_path / "抽查.xlsx", lambda row: agree(engine)(row) | {"记录编号": ""})
    found = engine.read_spotcheck(tmp_path / "抽查.xlsx")
    assert len(found.rows) == 13 and shares(found)[("random", "polarity")] == (10, 10)
    assert "13 行在库里找不到" in found.problems[-1]
    logged = sum(filled.source == "complaints" and filled.is_random for filled, _ in found.rows)
    assert shares(found)[("random", "complaint")] == (10 - logged, 10 - logged)  # what is logged is told by its source


def test_ids_and_words_are_known_however_they_are_typed(engine: FeedbackEngine, tmp_path: Path) -> None:
    engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=20)
    typed = {"倾向": "Negative", "触点": "无。", "投诉": "投诉,类型不在其列 "}
    fill(tmp_path / "抽查.xlsx", lambda row: typed | {"记录编号": row["记录编号"].upper()})
    found = engine.read_spotcheck(tmp_path / "抽查.xlsx")
    assert {filled.opinion for filled, _ in found.rows} == {Opinion("negative", frozenset(), "unsure")}
    assert len(found.rows) == 13 and not found.problems


def test_a_text_that_was_judged_twice_counts_once_and_not_at_all_where_the_judgements_differ(
    engine: FeedbackEngine, tmp_path: Path
) -> None:
    engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=20)
    book = openpyxl.load_workbook(fill(tmp_path / "抽查.xlsx", lambda row: {"倾向": "中性"}))
    sheet = book["待复核"]
    for number in (2, 3):
        sheet.append([cell.value for cell in sheet[number]])
    sheet.cell(sheet.max_row, 3).value = "正面"
    book.save(tmp_path / "抽查.xlsx")
    found = engine.read_spotcheck(tmp_path / "抽查.xlsx")
    assert len(found.rows) == 12
    assert found.problems == (
        "第 2、15 行是同一条文本，判断相同，只计一次",
        "第 3、16 行是同一条文本，判断不同，都没有采用",
    )


def test_a_row_whose_cells_or_reason_are_not_as_written_is_left_out_and_told(
    engine: FeedbackEngine, tmp_path: Path
) -> None:
    engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=20)
    says = iter([{"抽取原因": "随便"}])
    book = openpyxl.load_workbook(fill(tmp_path / "抽查.xlsx", lambda row: {"倾向": "中性"} | next(says, {})))
    rows = [["" if cell is None else str(cell) for cell in row] for row in book["待复核"].iter_rows(values_only=True)]
    rows[3] = rows[3][:-1]
    with (tmp_path / "抽查.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    found = engine.read_spotcheck(tmp_path / "抽查.csv")
    assert len(found.rows) == 11
    assert {problem.partition("：")[0] for problem in found.problems} == {"第 2 行「抽取原因」", "第 4 行"}


def test_the_form_is_found_behind_a_sheet_that_somebody_put_in_front(engine: FeedbackEngine, tmp_path: Path) -> None:
    engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=20)
    book = openpyxl.load_workbook(fill(tmp_path / "抽查.xlsx", lambda row: {"倾向": "中性"}))
    book.create_sheet("小结", 0)["A1"] = "本月抽查"
    book.save(tmp_path / "抽查.xlsx")
    assert len(engine.read_spotcheck(tmp_path / "抽查.xlsx").rows) == 13


def test_a_name_means_what_the_pack_of_the_source_calls_so(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    config.write_text(
        config.read_text(encoding="utf-8").replace("- name: reviews\n", "- name: reviews\n    pack: scenic\n"),
        encoding="utf-8",
    )
    engine = FeedbackEngine.from_config(config)
    engine.import_sources()
    engine.tag_new()
    engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=100)
    found = engine.read_spotcheck(fill(tmp_path / "抽查.xlsx", lambda row: {"触点": "卫生"}))
    said = {(filled.source, *(filled.opinion.touchpoints or ())) for filled, _ in found.rows}
    assert said == {("reviews", "hygiene"), ("survey", "cleanliness"), ("complaints", "cleanliness")}


def test_a_form_is_never_written_over(engine: FeedbackEngine, tmp_path: Path) -> None:
    (tmp_path / "抽查.xlsx").write_text("填好的", encoding="utf-8")
    with pytest.raises(ReportError, match="已存在，里面可能有填好的判断"):
        engine.draw_spotcheck(tmp_path / "抽查.xlsx")
    assert (tmp_path / "抽查.xlsx").read_text(encoding="utf-8") == "填好的"


def test_nothing_to_draw_and_nothing_filled_in_are_said_with_the_way_out(tmp_path: Path) -> None:
    engine = FeedbackEngine.from_config(write_project(tmp_path))
    engine.import_sources()
    with pytest.raises(NoData, match="feedback-engine tag"):
        engine.draw_spotcheck(tmp_path / "抽查.xlsx")
    engine.tag_new()
    engine.draw_spotcheck(tmp_path / "抽查.xlsx")
    with pytest.raises(NoData, match="没有填好的判断"):
        engine.read_spotcheck(tmp_path / "抽查.xlsx")
    with pytest.raises(NoData, match="2019-01"):
        engine.draw_spotcheck(tmp_path / "另一份.xlsx", period="2019-01")
    for count in (-1, 0):
        with pytest.raises(InputError, match="count"):
            engine.draw_spotcheck(tmp_path / "另一份.xlsx", count=count)
    assert not (tmp_path / "另一份.xlsx").exists()


@pytest.mark.parametrize("name", ["别的.csv", "没有.xlsx", "坏的.xlsx"])
def test_a_file_that_is_no_form_is_refused(engine: FeedbackEngine, tmp_path: Path, name: str) -> None:
    (tmp_path / "别的.csv").write_text("原声,倾向\n好,正面\n", encoding="utf-8")
    (tmp_path / "坏的.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(SourceError, match=name):
        engine.read_spotcheck(tmp_path / name)


def test_errors_of_telling_complaints_are_told_only_from_enough_texts_drawn_by_chance(
    engine: FeedbackEngine, tmp_path: Path
) -> None:
    engine.draw_spotcheck(tmp_path / "少.xlsx", count=20)
    engine.draw_spotcheck(tmp_path / "碰巧.xlsx", count=100)
    assert engine.read_spotcheck(fill(tmp_path / "少.xlsx", agree(engine))).complaint_errors is None
    says = cycle([{"投诉": "服务态度"}, {"投诉": "不是投诉"}])
    by_chance = engine.read_spotcheck(
        fill(tmp_path / "碰巧.xlsx", lambda row: next(says) if row["来源"] == "reviews" else {"投诉": "不是投诉"})
    )
    assert by_chance.complaint_errors is None


def test_the_line_for_the_configuration_is_one_that_it_takes() -> None:
    person = [Opinion(None, None, "service_attitude")] * 12 + [Opinion(None, None, "")] * 20
    told = [Opinion("negative", frozenset(), "unsure")] * 9 + [Opinion("neutral", frozenset(), "")] * 23

    def check(tags: list[Opinion]) -> SpotCheck:
        judged = [Judged(True, False, said, own) for said, own in zip(person, tags, strict=True)]
        return SpotCheck(Path("抽查.xlsx"), measure_agreement(judged, untyped="unsure"), (), 0, ())

    errors = check(told).complaint_errors
    assert errors == {"sensitivity": 0.75, "specificity": 1.0, "complaints": 12, "others": 20}
    assert Config.model_validate({"scoring": {"complaint_errors": errors}}).scoring.complaint_errors is not None
    assert "{sensitivity: 0.75, specificity: 1.0, complaints: 12, others: 20}" in check(told).to_text()
    assert check(told[::-1]).complaint_errors is None  # no better than chance: no share could be corrected by it


def test_what_people_said_teaches_the_tasks_by_their_own_labels(engine: FeedbackEngine, tmp_path: Path) -> None:
    engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=20)
    texts = one, two, three, four = "床软得很，就是前台爱答不理", "下回还来", "喊了半天没人应", "毛巾是白色的"
    says = [
        {"倾向": "褒贬兼有", "触点": "客房、服务", "投诉": "投诉，类型不在其列"},
        {"倾向": "正面", "触点": "无", "投诉": "不是投诉"},
        {"倾向": "负面", "触点": "服务", "投诉": "服务态度"},
        {"倾向": "中性", "触点": "卫生"},
    ]
    rows = iter([{"原声": text, "记录编号": ""} | said for text, said in zip(texts, says, strict=True)])
    filled = fill(tmp_path / "抽查.xlsx", lambda row: next(rows, {}))
    engine.read_spotcheck(filled).write_rows(tmp_path / "rows.jsonl")
    labels = {
        name: {row.text: set(row.labels) for row in read_corpus([tmp_path / "rows.jsonl"], TASKS[name].column).rows}
        for name in ("sentiment", "clauses", "touchpoints", "complaints", "pack")
    }
    assert labels["sentiment"] == labels["clauses"] == {two: {"positive"}, three: {"negative"}, four: {"neutral"}}
    assert labels["touchpoints"] == {one: {"room", "service"}, three: {"service"}, four: {"cleanliness"}}
    assert labels["complaints"] == {three: {"service_attitude"}}
    assert labels["pack"] == {
        one: {"room", "service", "complaint"},
        two: {"none"},
        three: {"service", "complaint", "complaint:service_attitude"},
    }


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("ending", ["xlsx", "xls", "csv"])
def test_a_form_saved_by_another_program_is_read_the_same(engine: FeedbackEngine, tmp_path: Path, ending: str) -> None:
    engine.draw_spotcheck(tmp_path / "抽查.xlsx", count=20)
    fill(tmp_path / "抽查.xlsx", agree(engine))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    target = "csv:Text - txt - csv (StarCalc):44,34,76" if ending == "csv" else ending
    command = [str(SOFFICE), profile, "--headless", "--convert-to", target, "--outdir", str(tmp_path / "saved")]
    subprocess.run([*command, str(tmp_path / "抽查.xlsx")], check=True, timeout=180, capture_output=True)
    before, after = (engine.read_spotcheck(tmp_path / name) for name in ("抽查.xlsx", f"saved/抽查.{ending}"))
    assert after.table.equals(before.table) and not after.problems


def test_the_command_line_draws_reads_and_hands_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["import"]) == main(["tag"]) == 0
    assert main(["spotcheck", "--out", "抽查.xlsx", "--period", "2026-10", "--count", "20"]) == 0
    assert "随机抽取的文本 10 条" in capsys.readouterr().out
    assert main(["spotcheck", "--out", "抽查.xlsx"]) == 1
    assert "已存在" in capsys.readouterr().err
    fill(tmp_path / "抽查.xlsx", lambda row: {"倾向": "中性"})
    assert main(["spotcheck", "--read", "抽查.xlsx", "--rows", "行.jsonl"]) == 0
    printed = capsys.readouterr().out
    assert "随机抽取的文本（可以代表该期间全部有内容的文本）" in printed and "人判中性、软件说" in printed
    assert main(["spotcheck", "--read", "抽查.xlsx", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["read"] == 13 and {"part", "measure", "base", "agreed", "estimate"} <= told["agreement"][0].keys()
    assert main(["spotcheck", "--read", "抽查.xlsx", "--rows", "行.jsonl"]) == 1
    with pytest.raises(SystemExit) as exit_:
        main(["spotcheck"])
    assert exit_.value.code == 2 and "要写明其中之一：--out --read" in capsys.readouterr().err
