"""A config.yaml as users write it: right, wrong in five places, and ugly."""

from pathlib import Path
from textwrap import dedent

import pytest

from feedback_engine.config.loader import load_config, load_mapping
from feedback_engine.config.origin import Origin
from feedback_engine.errors import ConfigError


@pytest.fixture
def write(tmp_path: Path):
    def write_config(text: str, name: str = "config.yaml") -> Path:
        path = tmp_path / name
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write_config


def problems_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return caught.value.problems


def test_an_almost_empty_config_has_sensible_defaults(write) -> None:
    config = load_config(write("project: {name: 某酒店}"))
    assert (config.project.timezone, config.project.pack) == ("Asia/Shanghai", "general")
    assert (config.scoring.suppress_below, config.scoring.flag_below) == (10, 30)


@pytest.mark.parametrize("name", ["base", "origin"])
def test_what_a_config_knows_of_itself_is_no_setting(write, name: str) -> None:
    (problem,) = problems_of(write(f"project: {{name: 某酒店}}\n{name}: x\n"))
    assert problem.startswith(f"第 2 行 {name}：没有名为 {name!r} 的设置项")


def test_a_config_tells_where_each_of_its_settings_stands(write) -> None:
    path = write("project:\n  name: 某酒店\ntouchpoints:\n  - code: a\n  - {code: b}\n")
    origin = load_config(path).origin
    assert origin.tell("touchpoints", 1, "code") == f"{path} 第 5 行 touchpoints.1.code"
    # What is not written has the line of what it would stand in.
    assert origin.tell("project", "pack") == f"{path} 第 1 行 project.pack"
    assert Origin().tell("project", "pack") == "project.pack"


def test_five_mistakes_are_reported_at_once_each_with_its_line_and_path(write) -> None:
    problems = problems_of(
        write("""\
            project:
              timezone: Mars/Base
              colour: red
            sources:
              - {name: a, kind: questionaire, path: x.csv}
            scoring:
              suppress_below: zehn
              min_answered: 3
            """)
    )
    assert len(problems) == 5
    assert [problem.split("：")[0] for problem in problems] == [
        "第 2 行 project.timezone",
        "第 3 行 project.colour",
        "第 5 行 sources.0.kind",
        "第 8 行 scoring.min_answered",
        "第 7 行 scoring.suppress_below",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "空文件"),
        ("- a\n- b\n", "列表"),
        ("project: [unclosed", "不是正确的 YAML"),
        ("project: {name: a}\nproject: {name: b}\n", "写了两次"),
        ("report: {period: soon}", "期间 'soon' 无法识别"),
        ("touchpoints: [{code: a, weight: 1}, {code: b}]", "有的写了 weight"),
        ("touchpoints: [{code: a}, {code: a}]", "重复出现：a"),
        ("touchpoints: [{code: a, weight: -1}]", "不能小于 0"),
        ("touchpoints: [{code: a, weight: .nan}]", "touchpoints.0.weight"),
        ("sources: [{name: a, kind: reviews, path: x, mapping: {columns: {txt: 内容}}}]", "没有 'txt' 这个字段"),
        ("sources: [{name: a, kind: questionnaire, path: x, format: generic}]", "问卷至少要有一个"),
        ("sources: [{name: a, path: x, mapping: {columns: {text: 内容}}}]", "请写明 kind"),
        ("project:\n\tname: 1", "第 2 行第 1 字不是正确的 YAML"),
        ("project: {name: a, pakc: retail}", "没有名为 'pakc' 的设置项，是否想写 'pack'？可用：name、pack、timezone"),
        ("touchpoints: [{code: a, indicators: [{code: q, form: text}]}]", "是否想写 'from'"),
        ("scoring: {weighting: {delphi: {a: {round: []}}}}", "是否想写 'rounds'"),
        ('scoring: {exposure: {"2026-13/北京": 5}}', "scoring.exposure：期间 '2026-13' 无法识别.*或 all"),
    ],
)
def test_a_mistake_is_named_in_words(write, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load_config(write(text))


def test_a_scale_needs_one_label_a_step(write) -> None:
    text = """\
        sources:
          - name: a
            kind: questionnaire
            path: x.csv
            mapping:
              ratings:
                - {column: 一, indicator: q1, scale: {min: 1, max: 5, labels: [差, 好]}}
                - {column: 二, indicator: q2, scale: {min: 5, max: 1}}
        """
    problems = problems_of(write(text))
    assert any("labels 有 2 个，而 1 到 5 有 5 级" in problem for problem in problems)
    assert any("必须大于 min" in problem for problem in problems)


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="feedback-engine init"):
        load_config(tmp_path / "config.yaml")


def test_a_config_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes("project: {name: 酒店}".encode("gb18030"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(tmp_path / "config.yaml")


def test_a_config_that_is_a_folder_is_not_blamed_on_its_encoding(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="是文件夹") as caught:
        load_config(tmp_path)
    assert "UTF-8" not in str(caught.value)


def test_choices_are_listed_in_chinese(write) -> None:
    path = write("sources: [{name: a, kind: review, path: x.csv}]")
    (problem,) = problems_of(path)
    assert "只能是 'questionnaire'、'complaints'、'reviews'（写的是 'review'）" in problem


def test_a_mapping_file_is_read_in_and_checked(write) -> None:
    write("columns: {text: 内容}\n", "reviews.yaml")
    config = load_config(write("sources: [{name: a, kind: reviews, path: x.csv, mapping_file: reviews.yaml}]"))
    assert config.sources[0].mapping.columns == {"text": "内容"}


def test_a_mapping_file_for_another_kind_of_source_is_refused(write) -> None:
    write("columns: {id: 编号}\n", "reviews.yaml")
    with pytest.raises(ConfigError, match=r"reviews\.yaml.*\n.*缺少 'text'"):
        load_config(write("sources: [{name: a, kind: reviews, path: x.csv, mapping_file: reviews.yaml}]"))


def test_a_configuration_cannot_be_changed_after_it_was_read(write) -> None:
    config = load_config(write("project: {name: a}"))
    with pytest.raises(ValueError, match="frozen"):
        config.project.name = "b"


def test_a_mapping_file_by_itself_says_which_kind_it_is_for(write) -> None:
    assert load_mapping(write("kind: reviews\ncolumns: {text: 内容}\n")).kind == "reviews"
