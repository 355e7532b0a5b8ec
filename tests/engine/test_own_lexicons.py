"""A project's own lexicon folder reaches what recognises files and scales, not only what tags texts."""

import shutil
from dataclasses import replace
from pathlib import Path

import feedback_engine as fe
from feedback_engine.nlp.models import load_model, save_model
from feedback_engine.resources import find_lexicons, use_lexicons

COMPLAINTS = "反映号,反映事项,受理时间\n1,电梯坏了一周没人修,2026-10-01\n2,路灯不亮,2026-10-02\n"
SURVEY = (
    "序号,提交答卷时间,1、前台服务\n"
    "1,2026/10/1 9:05:16,顶呱呱\n2,2026/10/1 9:06:16,还过得去\n3,2026/10/1 9:07:16,要不得\n"
)


def project(folder: Path) -> fe.FeedbackEngine:
    """A project whose lexicons hold one table of headings and one list of answers, and nothing else."""
    own = folder / "words"
    (own / "formats").mkdir(parents=True)
    (own / "scales").mkdir()
    (own / "formats" / "complaint_columns.tsv").write_text(
        "id\t反映号\ntext\t反映事项\nopened_at\t受理时间\n", encoding="utf-8"
    )
    (own / "scales" / "labels.tsv").write_text("方言\t顶呱呱\t还过得去\t要不得\n", encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text("lexicons: words\nproject: {pack: general}\n", encoding="utf-8")
    return fe.FeedbackEngine.from_config(config)


def test_headings_of_the_projects_own_table_are_recognised(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(COMPLAINTS, encoding="utf-8")
    engine = project(tmp_path)
    assert engine.inspect(file)["platform"] == "work_order"
    assert engine.import_file(file, dry_run=True).stored == 2


def test_scales_of_the_projects_own_list_are_recognised(tmp_path: Path) -> None:
    file = tmp_path / "1_按文本_a.csv"
    file.write_text(SURVEY, encoding="utf-8")
    asked = project(tmp_path).inspect(file)["questions"]
    assert [(question["type"], question["scale"]) for question in asked] == [("scale", {"min": 1, "max": 3})]


def test_the_words_of_one_project_do_not_reach_another(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(COMPLAINTS, encoding="utf-8")
    assert project(tmp_path).inspect(file)["platform"] == "work_order"
    assert fe.FeedbackEngine().inspect(file)["platform"] == "generic"


def test_the_folder_in_use_is_left_behind_with_the_block(tmp_path: Path) -> None:
    usual = find_lexicons()
    with use_lexicons(tmp_path):
        assert find_lexicons() == tmp_path
    assert find_lexicons() == usual


def test_check_tells_weights_that_score_otherwise_than_their_file_says(tmp_path: Path) -> None:
    shutil.copytree(find_lexicons(), tmp_path / "words")
    config = tmp_path / "config.yaml"
    config.write_text("lexicons: words\nproject: {pack: general}\n", encoding="utf-8")
    assert fe.FeedbackEngine.from_config(config).check() == []
    path = tmp_path / "words" / "models" / "sides.npz"
    model = load_model(path)
    save_model(replace(model, bias=model.bias + 0.5), path)
    (problem,) = fe.FeedbackEngine.from_config(config).check()
    assert "sides.npz" in problem and "与训练时算得不同" in problem
