"""The command line as scripts use it: what it prints where, and its exit codes."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from engine_projects import HEADINGS, survey_rows, write_csv, write_project

import feedback_engine as fe
from feedback_engine.cli.main import main
from feedback_engine.cli.tables import print_frame
from feedback_engine.report.statistics import SCHEMAS
from feedback_engine.resources import find_lexicons
from feedback_engine.store import dialects
from feedback_engine.store.locks import hold_lock


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    return main(list(arguments))


@pytest.mark.parametrize("command", ["", "init", "check", "import", "tag", "score", "claims", "themes", "train", "db"])
def test_help_is_printed_with_its_percent_signs(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        run(*filter(None, [command, "--help"]))
    printed = capsys.readouterr().out
    assert exit_.value.code == 0 and "feedback-engine" in printed and "%%" not in printed


def test_the_version_is_printed_when_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        run("--version")
    assert (exit_.value.code, capsys.readouterr().out) == (0, f"feedback-engine {fe.__version__}\n")


def test_init_writes_a_project_that_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("init", str(tmp_path / "hotel")) == 0
    assert run("--config", str(tmp_path / "hotel/config.yaml"), "run", "--as-of", "2026-10-31") == 0
    assert "报告：" in capsys.readouterr().out
    assert (tmp_path / "hotel/out/report.xlsx").exists()


def test_the_run_sheet_says_each_thing_once_and_in_words(project: Path) -> None:
    assert run("run", "--as-of", "2026-10-31") == 0
    sheet = openpyxl.load_workbook(project / "out/report.xlsx")["运行信息"]
    said = [(str(row[0]), str(row[1])) for row in sheet.iter_rows(max_col=2, values_only=True) if row[0] and row[1]]
    assert ("权重方法", "配置声明") in said
    assert len({name for name, _ in said}) == len(said)


def test_init_writes_the_lexicons_for_an_industry_pack_of_ones_own(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("init", "--lexicons") == 0
    assert "lexicons: lexicons" in capsys.readouterr().out
    shutil.copytree("lexicons/packs/hotel", "lexicons/packs/inn")
    config = (project / "config.yaml").read_text(encoding="utf-8")
    assert "pack: hotel}" in config
    own = f"lexicons: lexicons\n{config.replace('pack: hotel}', 'pack: inn}')}"
    (project / "config.yaml").write_text(own, encoding="utf-8")
    assert run("check") == 0
    assert run("init", "--lexicons") == 1
    assert "已存在" in capsys.readouterr().err


def test_a_folder_with_a_pack_alone_is_told_how_to_have_the_rest(tmp_path: Path) -> None:
    shutil.copytree(find_lexicons() / "packs" / "hotel", tmp_path / "words" / "packs" / "inn")
    (tmp_path / "config.yaml").write_text("lexicons: words\nproject: {pack: inn}\n", encoding="utf-8")
    problems = fe.FeedbackEngine.from_config(tmp_path / "config.yaml").check()
    assert any("不是完整的词典文件夹" in problem and "init --lexicons" in problem for problem in problems)


def test_init_overwrites_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("init") == 1
    assert "已存在" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ["init", "{file}"],
        ["inspect", "{table}", "--draft", "{file}/mapping.yaml"],
        ["score", "--csv", "{file}/index.csv"],
    ],
)
def test_a_place_that_cannot_be_written_is_named_in_one_line(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (table := tmp_path / "留言.csv").write_text("留言,日期\n不错,2026-10-01\n", encoding="utf-8")
    (file := tmp_path / "文件").touch()
    words = [word.format(file=file, table=table) for word in command]
    run("import")
    assert main(["--config", str(project / "config.yaml"), *words]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith(f"错误：{file}") and "是文件" in line


def test_run_prints_its_summary_as_json_on_stdout_and_its_log_on_stderr(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run", "--as-of", "2026-10-31", "--json") == 0
    printed = capsys.readouterr()
    summary = json.loads(printed.out)
    assert summary["read"] == 67
    assert summary["read"] == sum(summary[name] for name in ("stored", "updated", "duplicate", "quarantined"))
    assert {"tagged", "seconds"} <= set(summary)
    assert "导入 survey.csv" in printed.err


def test_score_prints_a_table_json_and_csv(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("import")
    capsys.readouterr()
    assert run("score", "--period", "2026-10") == 0
    assert "满意度指数" in capsys.readouterr().out
    assert run("score", "--json", "--by", "门店") == 0
    assert {"period", "touchpoint", "score"} <= set(json.loads(capsys.readouterr().out)[0])
    assert run("score", "--csv", "new/folder/index.csv") == 0
    assert (project / "new/folder/index.csv").read_bytes().startswith(b"\xef\xbb\xbfperiod,segment")


def test_score_prints_the_analyses_around_the_index(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("import")
    capsys.readouterr()
    assert run("score", "--period", "latest", "--table", "importance") == 0
    assert "优势保持" in capsys.readouterr().out
    assert run("score", "--by", "门店", "--table", "segments", "--json") == 0
    assert {row["segment"] for row in json.loads(capsys.readouterr().out)} == {"一店", "二店"}
    assert run("score", "--table", "review", "--csv", "review.csv") == 0
    assert (project / "review.csv").read_bytes().startswith(b"\xef\xbb\xbfkind,touchpoint")


def test_a_csv_holds_no_formula(project: Path) -> None:
    stores = {"一店": "=cmd|'/C calc'!A0", "二店": "-1+2"}
    rows = [(*row[:3], stores[row[3]], *row[4:]) for row in survey_rows()]
    write_csv(project / "data" / "survey_10.csv", HEADINGS, rows)
    run("import")
    assert run("score", "--by", "门店", "--csv", "index.csv") == 0
    table = pd.read_csv(project / "index.csv")
    assert {"'=cmd|'/C calc'!A0", "'-1+2"} <= set(table["segment"])
    assert table["score"].dtype == float


def test_printed_tables_name_what_is_code_inside(capsys: pytest.CaptureFixture[str]) -> None:
    print_frame(pd.DataFrame({"period": ["all"], "term": ["intercept"], "base": [0]}), {})
    assert capsys.readouterr().out.split() == ["期间", "项", "样本", "全部", "截距", "0"]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_no_printed_table_has_an_english_heading(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    columns = [column.name for column in SCHEMAS[name].columns]
    print_frame(pd.DataFrame([[1.0] * len(columns)], columns=columns), {})
    headings = capsys.readouterr().out.splitlines()[0].split()
    assert set(headings) & set(columns) <= {"M", "O", "A", "I", "R", "Q", "r", "p"}


def test_declared_weights_rest_on_no_sample_and_show_none(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("import")
    capsys.readouterr()
    assert run("score", "--table", "weightings") == 0
    heading, declared, *_ = capsys.readouterr().out.splitlines()
    assert "定权样本" in heading
    assert declared.startswith("配置声明")
    assert "0" not in declared.split()


def test_an_analysis_that_lacks_a_setting_names_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("import")
    assert run("score", "--table", "drivers") == 1
    assert "scoring.weighting.overall_item" in capsys.readouterr().err
    with pytest.raises(SystemExit) as usage:
        run("score", "--table", "driver")
    assert usage.value.code == 2


def test_claims_are_held_against_the_figures_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # no project is needed
    assert run("claims", "忠诚度从30%提升到60%，提高了300%") == 0
    told = capsys.readouterr().out
    assert "不成立" in told and "+30 个百分点，+100%" in told
    assert run("claims", "没有数字的话") == 0
    assert "没有可核对的话" in capsys.readouterr().out
    assert run("claims", "从100元增加到150元，增长了50%", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["verdict"] == "holds"


def test_explain_goes_from_the_figure_to_the_words(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("import")
    run("tag")
    capsys.readouterr()
    assert run("explain", "cleanliness") == 0
    assert "房间不干净" in capsys.readouterr().out
    assert run("explain", "cleanlines") == 1
    assert "cleanliness" in capsys.readouterr().err


def test_tag_prints_a_json_line_for_each_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lines.txt").write_text("物流很快，但客服太差\n\n🙂🙂\n", encoding="utf-8")
    assert run("tag", "lines.txt", "--pack", "retail", "--jsonl") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["text"] for line in lines] == ["物流很快，但客服太差", "", "🙂🙂"]
    assert {"sentiment", "touchpoints", "complaint"} <= set(lines[0])


def test_tag_reads_standard_input_and_needs_no_config(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "feedback_engine", "tag", "-", "--pack", "retail"]
    done = subprocess.run(command, input="客服态度很差\n".encode(), capture_output=True, cwd=tmp_path, check=True)
    assert json.loads(done.stdout)["sentiment"]["polarity"] == "negative"


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipe there")
@pytest.mark.parametrize("words", [["--version"], ["--help"], ["claims", "从30%提升到60%，提高了300%"]])
def test_a_reader_that_has_gone_is_no_error(tmp_path: Path, words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "feedback_engine", *words]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, cwd=tmp_path, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_pipe_gets_its_answer_line_by_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "feedback_engine", "tag", "-", "--pack", "retail"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path) as talk:
        assert talk.stdin is not None and talk.stdout is not None
        for line, polarity in (("\ufeff客服态度很差", "negative"), ("物流很快", "positive")):
            talk.stdin.write(f"{line}\r\n".encode())
            talk.stdin.flush()
            told = json.loads(talk.stdout.readline())
            assert (told["text"], told["sentiment"]["polarity"]) == (line.removeprefix("\ufeff"), polarity)
        talk.stdin.write("没有换行的最后一行".encode())
        talk.stdin.close()
        assert [json.loads(line)["text"] for line in talk.stdout] == ["没有换行的最后一行"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "big5", "utf-16"])
def test_tag_reads_lines_in_the_encoding_of_their_file(
    project: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    lines = ["房間很乾淨,但是早餐太差", "服務員的態度非常好,下次還會再來", ""]
    (project / "lines.txt").write_text("\r\n".join(lines), encoding=encoding, newline="")
    assert run("tag", "lines.txt", "--pack", "hotel") == 0
    assert [json.loads(line)["text"] for line in capsys.readouterr().out.splitlines()] == lines[:2]


def test_lines_of_broken_bytes_are_tagged_and_pointed_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lines.txt").write_bytes("房间很干净\n".encode() + b"\xff\xfe\x80\n" + "早餐太差\n".encode())
    assert run("tag", "lines.txt", "--pack", "hotel") == 0
    printed = capsys.readouterr()
    texts = [json.loads(line)["text"] for line in printed.out.splitlines()]
    assert (texts[0], texts[2], len(texts)) == ("房间很干净", "早餐太差", 3)
    assert "lines.txt" in printed.err and "第 2 行（第 17 字节）起有 3 个坏字节" in printed.err


def test_lines_of_nothing_but_broken_bytes_are_tagged_and_pointed_out(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "lines.txt").write_bytes("好\n".encode() + b"\xff\xfe\x81\n" * 9)
    assert run("tag", "lines.txt", "--pack", "hotel") == 0
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 10 and "按 UTF-8 读取" in printed.err


@pytest.mark.parametrize(
    ("path", "reason"), [("no.txt", "没有这个文件"), ("out", "是文件夹"), ("book.xlsx", "请用 import")]
)
def test_what_holds_no_lines_is_refused_in_one_line(
    project: Path, capsys: pytest.CaptureFixture[str], path: str, reason: str
) -> None:
    (project / "out").mkdir(exist_ok=True)
    openpyxl.Workbook().save(project / "book.xlsx")
    assert run("tag", path, "--pack", "hotel") == 1
    printed = capsys.readouterr()
    assert printed.out == "" and reason in printed.err and printed.err.count("\n") == 1


def test_too_many_rejects_end_with_3(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [(*row[:4], "9", "9", "") for row in survey_rows(10)]
    write_csv(project / "bad.csv", HEADINGS, rows)
    assert run("import", "bad.csv", "--source", "survey") == 3
    said = capsys.readouterr()
    assert "max_reject_share" in said.err
    first, *others = [line for line in said.out.splitlines() if line.startswith("  bad.csv 第 ")]
    assert "没有内容" in first and len(others) == 4
    assert any(line.startswith("  bad.csv 第 2 行 前台服务「9」：超出量表") for line in others)


def test_what_cannot_be_used_is_told_by_row_before_anything_is_stored(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(project / "bad.csv", HEADINGS, [("1", "昨天", "微信", "一店", "5", "4", ""), *survey_rows(30)])
    assert run("import", "bad.csv", "--source", "survey", "--dry-run", "--json") == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    (told,) = file["rejects"]
    assert told.startswith("第 2 行 提交答卷时间「昨天」：不是")


def test_another_run_holding_the_lock_ends_with_4(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("import")
    capsys.readouterr()
    with hold_lock(project / "out/feedback.db.lock"):
        assert run("run") == 4
    assert "正在运行" in capsys.readouterr().err


def test_usage_mistakes_end_with_2(project: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("score", "--no-such-option")
    assert stopped.value.code == 2


def test_check_says_everything_that_is_wrong(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    assert "没有发现问题" in capsys.readouterr().out
    (project / "data/complaints.csv").unlink()
    (project / "data/reviews.jsonl").write_bytes(b"")
    config = (project / "config.yaml").read_text(encoding="utf-8")
    with_report = config.replace("path: out/report.xlsx", "path: out/report.docx, compare_model: old.yaml")
    (project / "config.yaml").write_text(with_report, encoding="utf-8")
    assert run("check") == 1
    printed = capsys.readouterr().out
    assert "发现 3 个问题" in printed and "'report.docx'" in printed
    (project / "config.yaml").write_text(with_report.replace(".docx", ".html"), encoding="utf-8")
    assert run("check") == 1
    assert "old.yaml" in capsys.readouterr().out


BAD_FILES = {
    "missing": None,
    "empty": b"",
    "only a heading": "序号,提交答卷时间,来源,门店,前台服务,客房卫生,建议\n".encode(),
    "another heading": "甲,乙\n1,2\n".encode(),
    "no heading": "1,2026/10/1,微信,一店,5,4,好\n2,2026/10/2,微信,一店,5,4,好\n".encode(),
    "no text at all": bytes(range(256)) * 40,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(2000),
    "a cut workbook": b"PK\x03\x04" + bytes(500),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_ends_with_1_and_a_line_that_names_it(
    project: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = project / "bad.csv"
    if (content := BAD_FILES[name]) is not None:
        path.write_bytes(content)
    assert run("import", "bad.csv", "--source", "survey") == 1
    message = capsys.readouterr().err
    assert "bad.csv" in message
    assert "Traceback" not in message
    assert "内部错误" not in message


def test_of_several_files_a_bad_one_is_named_and_the_others_go_in(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(project / "one.csv", HEADINGS, survey_rows()[:2])
    (project / "bad.csv").write_bytes(b"")
    write_csv(project / "two.csv", HEADINGS, survey_rows()[2:4])
    assert run("import", "one.csv", "bad.csv", "two.csv", "--source", "survey", "--json") == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["stored"] == 4
    assert "bad.csv" in printed.err and "two.csv" not in printed.err.split("错误：")[-1]


def test_a_config_with_five_mistakes_names_all_five(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "config.yaml").write_text(
        "project: {nam: x, timezone: Mars}\nscoring: {flag_below: x, confidence: 2}\nreport: {period: soon}\n",
        encoding="utf-8",
    )
    assert run("run") == 1
    message = capsys.readouterr().err
    assert "5 处错误" in message
    for place in ("project.nam", "project.timezone", "scoring.flag_below", "scoring.confidence", "report.period"):
        assert place in message


def test_an_unknown_pack_suggests_the_nearest(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lines.txt").write_text("好", encoding="utf-8")
    assert run("tag", "lines.txt", "--pack", "hotle") == 1
    assert "hotel" in capsys.readouterr().err


def test_a_locked_database_ends_with_1_and_says_who_to_close(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialects, "BUSY_SECONDS", 0.1)
    run("import")
    capsys.readouterr()
    other = sqlite3.connect(project / "out/feedback.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert run("run") == 1
    other.close()
    assert "被其他程序占用" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_leaves_the_old_one(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("run", "--as-of", "2026-10-31")
    old = (project / "out/report.xlsx").read_bytes()
    monkeypatch.setattr("os.replace", _full_disk)
    monkeypatch.setattr(Path, "replace", _full_disk)
    assert run("report", "--period", "all") == 1
    monkeypatch.undo()
    assert (project / "out/report.xlsx").read_bytes() == old
    assert [path.name for path in (project / "out").glob("*.xlsx*")] == ["report.xlsx"]
    assert "磁盘" in capsys.readouterr().err


def _full_disk(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_the_output_can_be_cut_short_by_its_reader(project: Path) -> None:
    (project / "many.txt").write_text("客服态度很差\n" * 3000, encoding="utf-8")
    command = f"{sys.executable} -m feedback_engine tag many.txt --pack retail | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert len(done.stdout.splitlines()) == 1
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_a_service_has_closed_stops_no_command(project: Path, closed: str) -> None:
    for command in ("check", "tag - --pack retail"):
        done = subprocess.run(f"{sys.executable} -m feedback_engine {command} {closed}", shell=True, check=False)
        assert done.returncode == 0


def test_a_draft_that_nobody_needs_is_not_written_and_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = "ID,Start time,Completion time,Email,Name,满意度\n1,3/14/26 9:00,3/14/26 9:05,anonymous,,5\n"
    (project / "forms.csv").write_text(table, encoding="utf-8")
    assert run("inspect", "forms.csv", "--draft", "mapping.yaml") == 0
    assert "不需要映射" in capsys.readouterr().out
    assert not (project / "mapping.yaml").exists()


def test_an_unknown_format_is_told_all_names_generic_among_them(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert run("import", "a.csv", "--format", "zzz") == 1
    assert "generic" in capsys.readouterr().err


def test_an_import_without_texts_says_nothing_of_tags(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import") == 0
    assert "打标签" not in capsys.readouterr().out


def test_a_heading_of_two_lines_does_not_part_a_warning(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = 'ID,Start time,Completion time,Email,Name,"您的\n联系电话"\n1,3/14/26 9:00,3/14/26 9:05,anonymous,,139\n'
    (project / "forms.csv").write_text(table, encoding="utf-8")
    assert run("inspect", "forms.csv", "--json") == 0
    warnings = json.loads(capsys.readouterr().out)["warnings"]
    assert any("您的 联系电话" in warning for warning in warnings) and not any("\n" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "缺少 命令"),
        (["imprt"], "命令：没有名为 'imprt' 的取值，是否想写 'import'？可用："),
        (["score", "--table", "chnages"], "--table：没有名为 'chnages' 的取值，是否想写 'changes'？可用：changes、"),
        (["score", "--period"], "--period 后面要写一个值"),
        (["report", "一月.xlsx"], "不认识的参数：一月.xlsx"),
        (["train", "sentiment", "--data", "a", "--out", "b", "--seed", "x"], "--seed 应为整数"),
    ],
)
def test_a_wrong_command_is_answered_in_chinese_with_exit_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        run(*arguments)
    printed = capsys.readouterr()
    assert exit_.value.code == 2 and said in printed.err and printed.err.startswith("用法：") and not printed.out


def test_help_is_chinese_down_to_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("import", "--help")
    printed = capsys.readouterr().out
    assert all(words in printed for words in ("用法：", "参数:", "选项:", "显示这份帮助"))
    assert not any(words in printed for words in ("usage", "options", "positional", "show this"))


@pytest.mark.parametrize(
    "command",
    [
        ["score"],
        ["score", "--json"],
        ["score", "--csv", "out/report.xlsx"],
        ["score", "--table", "changes"],
        ["explain", "service"],
        ["themes"],
        ["report"],
        ["report", "--out", "out/report.html"],
    ],
)
def test_a_period_without_data_is_an_error_that_names_those_that_have_and_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    run("import")
    for name in ("report.xlsx", "report.html"):
        (project / "out" / name).write_bytes(b"of yesterday")
    capsys.readouterr()
    assert run(*command, "--period", "2020-01") == 1
    printed = capsys.readouterr()
    assert printed.out == "" and "错误：期间 2020-01 没有数据；有数据的月份：2026-10" in printed.err
    assert {(project / "out" / name).read_bytes() for name in ("report.xlsx", "report.html")} == {b"of yesterday"}


def test_a_project_without_data_says_that_something_has_to_be_imported(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["score"], ["explain", "overall"], ["themes"], ["report"], ["report", "--period", "all"]):
        assert run(*command) == 1
        assert "错误：还没有数据；请先导入：feedback-engine import" in capsys.readouterr().err
    assert not (project / "out/report.xlsx").exists()


def test_a_run_without_data_for_its_report_keeps_what_came_in_and_the_report_before(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("run")
    before = (project / "out/report.xlsx").read_bytes()
    write_csv(project / "data/survey2.csv", HEADINGS, [("9001", "2026/12/1 9:05:16", "微信", "一店", "5", "4", "")])
    capsys.readouterr()
    assert run("run", "--json", "--as-of", "2026-09-30") == 1
    printed = capsys.readouterr()
    summary, reason = json.loads(printed.out), "没有写报告：截至 2026-09-30，没有数据；最早的数据在 2026-10-01"
    assert (summary["stored"], summary["report"], summary["report_error"]) == (1, "", reason)
    assert f"错误：{reason}" in printed.err
    assert (project / "out/report.xlsx").read_bytes() == before


def test_an_analysis_that_is_not_configured_names_its_setting(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import")
    for table, setting in (
        ("gaps", "scoring.gaps"),
        ("kano", "scoring.kano"),
        ("design", "scoring.population.margins"),
    ):
        assert run("score", "--table", table) == 0
        assert setting in capsys.readouterr().out


def test_check_finds_a_store_that_could_not_be_used(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (project / "config.yaml").read_text(encoding="utf-8")
    (project / "config.yaml").write_text(text.replace("sqlite:///out/feedback.db", "nosuch://x"), encoding="utf-8")
    assert run("check") == 1
    assert "store.url 的数据库驱动不可用" in capsys.readouterr().out
    assert not (project / "out").exists()


def test_the_ending_of_the_file_decides_between_workbook_and_page(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import")
    assert run("report", "--out", "新/页.html") == 0
    page = (project / "新/页.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "满意度指数" in page
    assert run("report", "--out", "页.pdf") == 1
    assert "要以 .xlsx、.html、.htm 之一结尾，而不是 '页.pdf'" in capsys.readouterr().err


def test_a_sheet_of_a_workbook_is_looked_at_and_imported_by_its_name(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    for name, count in (("九月", 3), ("十月", 4)):
        sheet = book.create_sheet(name)
        for row in (
            ["投诉编号", "投诉时间", "投诉内容"],
            *([f"{name}{n}", "2026-10-01", "太吵"] for n in range(count)),
        ):
            sheet.append(row)
    book.save("a.xlsx")
    for sheet_name, count in ((None, 7), ("十月", 4)):
        chosen = ["--sheet", sheet_name] if sheet_name else []
        assert run("inspect", "a.xlsx", "--json", *chosen) == 0
        assert json.loads(capsys.readouterr().out)["rows"] == count
    assert run("import", "a.xlsx", "--sheet", "九月", "--json") == 0
    assert json.loads(capsys.readouterr().out)["stored"] == 3
    assert run("import", "a.xlsx", "--sheet", "八月") == 1


def test_what_platform_it_is_is_said_even_where_its_numbers_are_unclear(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{n},2026/1/2 3:0{n}:05,12秒,微信,N/A,1.2.3.4(上海-上海),{n}\n" for n in range(1, 6)]
    table = "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、满意度\n" + "".join(rows)
    (project / "wjx.csv").write_text(table, encoding="utf-8")
    assert run("inspect", "wjx.csv", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["platform"], found["rows"]) == ("wjx", 5)
    assert "mode: number 或 mode: score" in found["warnings"][0]
    assert found["questions"][0]["scale"] is None
    assert run("import", "wjx.csv") == 1


def test_inspect_says_what_each_column_is_read_as(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [["W1", "2026-10-01 08:00", "路灯不亮", "城管局", "2026-10-02 08:00", "东区"]] * 2
    write_csv(tmp_path / "a.csv", ["工单编号", "受理时间", "诉求内容", "承办单位", "办结时间", "片区"], rows)
    assert run("inspect", "a.csv") == 0
    said = capsys.readouterr().out
    assert "  读作：id ← 工单编号、" in said
    assert "closed_at ← 办结时间" in said
    assert "  属性：片区" in said
