"""Which scale a question is answered on, and why: declared type, labels, words, head, values, in this order."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.domain import AnswerState
from feedback_engine.errors import LexiconError
from feedback_engine.ingest.cells import MissingTable
from feedback_engine.ingest.ratings import RatingReader
from feedback_engine.ingest.scale_words import Ladder, load_scale_words
from feedback_engine.ingest.scales import ScaleFinding, find_range, recognise_scale
from feedback_engine.ingest.survey import QuestionType
from feedback_engine.resources import find_lexicons, use_lexicons

WORDS = load_scale_words()
FIVE = ["非常满意", "比较满意", "一般", "比较不满意", "非常不满意"]


def found(stem: str, values: list[str], **known: object) -> ScaleFinding:
    finding = recognise_scale(stem, values, **known)  # type: ignore[arg-type]
    assert finding is not None
    return finding


def read(finding: ScaleFinding, cell: str) -> float:
    answer = RatingReader(finding.scale, MissingTable({}))[cell]
    assert answer.state is AnswerState.ANSWERED, cell
    return answer.rating


# --- answer words


def test_five_steps_of_satisfaction_are_one_to_five_by_their_meaning() -> None:
    finding = found("服务", FIVE)
    assert [read(finding, word) for word in FIVE] == [5, 4, 3, 2, 1]
    assert (finding.type, finding.is_certain) == (QuestionType.SCALE, True)
    assert "满意" in finding.evidence and "五级" in finding.evidence


@pytest.mark.parametrize(
    ("words", "ratings"),
    [
        (["很满意", "满意", "一般", "不满意", "很不满意"], [5, 4, 3, 2, 1]),
        (["很满意", "较满意", "一般", "不太满意", "不满意"], [5, 4, 3, 2, 1]),
        (["非常满意", "满意", "不满意", "非常不满意"], [4, 3, 2, 1]),
        (["满意", "一般", "不满意"], [3, 2, 1]),
        (["非常满意", "满意", "比较满意", "一般", "比较不满意", "不满意", "非常不满意"], [7, 6, 5, 4, 3, 2, 1]),
        (["非常了解", "比较了解", "一般", "不太了解", "不了解"], [5, 4, 3, 2, 1]),
        (["总是", "经常", "有时", "很少", "从不"], [5, 4, 3, 2, 1]),
        (["优", "良", "中", "差"], [4, 3, 2, 1]),
        (["非常认同", "比较认同", "一般", "不太认同", "非常不认同"], [5, 4, 3, 2, 1]),
        (["强烈同意", "同意", "不确定", "不同意", "强烈反对"], [5, 4, 3, 2, 1]),
        (["极为重要", "重要", "一般", "不重要", "极为不重要"], [5, 4, 3, 2, 1]),
        (["非常礼貌", "礼貌", "一般", "不礼貌", "非常不礼貌"], [5, 4, 3, 2, 1]),
        (["几乎总是", "经常", "有时", "很少", "几乎从不"], [5, 4, 3, 2, 1]),
        (["优秀", "良好", "中等", "较差", "很差"], [5, 4, 3, 2, 1]),
        (["A非常满意", "B满意", "C一般", "D不满意", "E非常不满意"], [5, 4, 3, 2, 1]),
        (["远超预期", "超出预期", "符合预期", "低于预期", "远低于预期"], [5, 4, 3, 2, 1]),
        (["非常容易", "容易", "一般", "困难", "非常困难"], [5, 4, 3, 2, 1]),
        (["Very satisfied", "Satisfied", "Neutral", "Dissatisfied", "Very dissatisfied"], [5, 4, 3, 2, 1]),
        (["Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree"], [5, 4, 3, 2, 1]),
        (["5星", "4星", "3星", "2星", "1星"], [5, 4, 3, 2, 1]),
        (["★★★★★", "★★★★", "★★★", "★★", "★"], [5, 4, 3, 2, 1]),
    ],
)
def test_families_and_lengths_are_told_apart(words: list[str], ratings: list[int]) -> None:
    finding = found("q", words)
    assert [read(finding, word) for word in words] == ratings
    assert (finding.scale.min, finding.scale.max) == (1, max(ratings))


def test_at_least_seventeen_families_are_known() -> None:
    wanted = "满意 同意 符合 重要 愿意 了解 频率 好坏 可能 喜欢 清楚 及时 方便 信任 难易 推荐 期望 优良"
    assert {ladder.family for ladder in WORDS.ladders}.issuperset(wanted.split(" "))


@pytest.mark.parametrize("ladder", [x for x in WORDS.ladders if len(x) > 2], ids=lambda x: f"{x.family}-{len(x)}")
def test_every_ladder_of_the_list_is_recognised_by_its_first_words(ladder: Ladder) -> None:
    words = [options[0] for options in ladder.steps]
    ratings = [read(found("您的评价", words), word) for word in words]
    assert ratings == sorted(ratings) and len(set(ratings)) == len(ratings)


@given(st.permutations(FIVE))
def test_the_order_of_the_values_does_not_matter(values: list[str]) -> None:
    assert list(found("q", values).scale.label_ratings.items()) == list(found("q", FIVE).scale.label_ratings.items())


def test_letters_numbers_and_points_around_the_words_do_not_matter() -> None:
    assert read(found("q", ["A.非常满意", "B.满意", "C.一般", "D.不满意"]), "B.满意") == 4
    assert read(found("q", ["非常满意(5分)", "满意(4分)", "一般(3分)"]), "满意(4分)") == 4


def test_the_words_win_over_the_numbers_before_them() -> None:
    numbered = ["1.非常满意", "2.满意", "3.一般", "4.不满意", "5.非常不满意"]
    assert [read(found("q", numbered), cell) for cell in numbered] == [5, 4, 3, 2, 1]


def test_literals_for_no_answer_may_be_among_the_values() -> None:
    finding = found("q", [*FIVE, "(跳过)", "(空)", "", "不适用", "N/A"])
    assert finding.is_certain and "不适用" not in finding.scale.label_ratings


def test_a_scale_of_which_not_all_was_seen_is_uncertain() -> None:
    finding = found("q", ["非常满意", "满意", "一般"])
    assert not finding.is_certain and finding.scale.max == 5 and "声明" in finding.evidence


def test_three_steps_may_be_three_of_five() -> None:
    assert not found("q", ["满意", "一般", "不满意"]).is_certain


@pytest.mark.parametrize(
    "values",
    [["男", "女"], ["是", "否"], ["上海", "北京", "广州"], ["25-29岁", "30-34岁"], ["满意", "一般", "随便写的"],
     ["1-2次", "3-5次", "从不"], [], ["(空)"], ["好"]],
)  # fmt: skip
def test_other_answers_are_no_scale(values: list[str]) -> None:
    assert recognise_scale("q", values) is None


# --- the head


def test_a_range_in_the_head_makes_a_scale_of_any_values_in_it() -> None:
    stem = "您对本店整体的满意度如何?(以0-10分为标准,0分为最低,10分为最高)"
    finding = found(stem, ["3分"], declared="单选题 *必答")
    assert (finding.scale.min, finding.scale.max, finding.is_certain) == (0, 10, True)
    assert "0-10" in finding.evidence


def test_both_ends_explained_in_the_head_are_a_range() -> None:
    finding = found("重要性如何?(1分表示非常不重要,5分表示非常重要)", ["2", "3", "4"], declared="矩阵单选题")
    assert (finding.scale.min, finding.scale.max, finding.scale.reversed) == (1, 5, False)


def test_a_low_end_that_is_the_good_one_reverses_the_scale() -> None:
    finding = found("1分表示非常满意，5分表示非常不满意", ["1", "5"])
    assert finding.scale.reversed and "反向" in finding.evidence


@pytest.mark.parametrize(
    "head", ["打1-5分，1分最好", "请打分（1最满意，5最不满意）", "1 = very satisfied, 5 = very dissatisfied"]
)
def test_a_good_low_end_is_understood_however_it_is_written(head: str) -> None:
    assert found(head, ["1", "2", "5"]).scale.reversed


def test_numbers_that_are_no_steps_of_the_words_stay_numbers() -> None:
    finding = found("您推荐我们的可能性有多大", ["0(完全不可能)", "10(非常可能)"])
    assert (finding.type, read(finding, "10(非常可能)")) == (QuestionType.NPS, 10)


def test_words_at_the_ends_of_numbers_tell_the_direction() -> None:
    assert found("q", ["1(非常满意)", "2", "3", "4", "5(非常不满意)"]).scale.reversed
    plain = found("q", ["1(非常不满意)", "2", "3", "4", "5(非常满意)"])
    assert not plain.scale.reversed and read(plain, "5(非常满意)") == 5


@pytest.mark.parametrize(
    ("head", "limits"),
    [("0-10分", (0, 10)), ("请打1～5分", (1, 5)), ("1到7", (1, 7)), ("on a scale of 1 to 5", (1, 5)),
     ("0～100分", (0, 100)),
     ("25-29岁", None), ("每周1-3次", None), ("第1-5题", None), ("2016-2017", None), ("无", None)],
)  # fmt: skip
def test_only_ranges_of_points_are_ranges(head: str, limits: tuple[float, float] | None) -> None:
    assert find_range(head) == limits


def test_values_beyond_the_written_range_are_not_forced_into_it() -> None:
    assert recognise_scale("请打1-5分", ["88", "93"], declared="单选题") is None


# --- NPS


def test_zero_to_ten_with_recommend_wording_is_nps() -> None:
    assert found("您向朋友推荐我们的可能性", [str(n) for n in range(11)]).type is QuestionType.NPS
    assert found("推荐意愿（0-10分）", ["7", "9"]).type is QuestionType.NPS
    assert found("How likely are you to recommend us? 0-10", ["7"]).type is QuestionType.NPS
    assert found("x", ["7", "9"], declared="NPS量表题").type is QuestionType.NPS


def test_a_recommendation_of_which_few_points_were_chosen_is_nps_with_a_warning() -> None:
    finding = found("您向朋友推荐我们的可能性", ["6", "8", "9"])
    assert (finding.type, finding.scale.min, finding.is_certain) == (QuestionType.NPS, 0, False)
    assert found("您向朋友推荐我们的可能性", ["3", "4", "5"]).type is QuestionType.SCALE


def test_without_recommend_wording_or_zero_it_is_a_plain_scale() -> None:
    assert found("满意度0-10分", ["0", "10"]).type is QuestionType.SCALE
    finding = found("您向朋友推荐我们的可能性", [str(n) for n in range(1, 11)])
    assert (finding.type, finding.scale.min, finding.is_certain) == (QuestionType.SCALE, 1, False)


# --- numbers


def test_numbers_under_a_choice_head_are_codes() -> None:
    assert recognise_scale("您的学历", ["1", "2", "3", "4", "5"], declared="单选题") is None
    assert recognise_scale("对服务的满意度", ["1", "2", "3", "4", "5"], declared="单选题") is None


def test_counts_are_no_scores() -> None:
    assert recognise_scale("您每月来几次", ["1", "2", "3", "4", "5"]) is None
    assert recognise_scale("您的年龄", ["1", "2", "3", "4", "5"]) is None


def test_a_set_of_values_alone_is_never_certain() -> None:
    finding = found("q", ["1", "2", "3", "4", "5"])
    assert not finding.is_certain and "声明" in finding.evidence
    assert recognise_scale("q", ["1", "2", "4"]) is None


def test_a_declared_scale_with_both_ends_seen_is_certain() -> None:
    assert found("q", ["1", "3", "5"], declared="矩阵量表题").is_certain
    assert not found("q", ["2", "3"], declared="矩阵量表题").is_certain


def test_points_are_ratings_by_their_unit() -> None:
    finding = found("q", ["5分", "4分", "1分"])
    assert (finding.scale.min, finding.scale.max, read(finding, "4分")) == (1, 5, 4)


# --- labels of codes


def test_labels_of_codes_go_before_the_numbers() -> None:
    labels = {"1": "非常满意", "2": "满意", "3": "一般", "4": "不满意", "5": "非常不满意"}
    finding = found("q", ["1", "2"], value_labels=labels)
    assert (read(finding, "1"), read(finding, "非常不满意"), finding.is_certain) == (5, 1, True)


def test_labels_of_the_ends_alone_leave_the_numbers() -> None:
    labels = {"0": "Not at all likely", "10": "Extremely likely"}
    finding = found("How likely to recommend", ["0", "4", "10"], value_labels=labels)
    assert (finding.scale.min, finding.scale.max, finding.type) == (0, 10, QuestionType.NPS)


def test_a_code_that_means_no_answer_widens_no_scale() -> None:
    labels = {"1": "很差", "5": "很好", "9": "拒答"}
    assert found("q", ["1", "2", "4", "5", "9"], value_labels=labels).scale.max == 5


def test_labels_that_name_things_are_no_scale() -> None:
    assert recognise_scale("性别", ["1", "2"], value_labels={"1": "男", "2": "女"}) is None


@pytest.mark.parametrize("labels", [{"1": "男", "2": "女"}, {"1": "北京", "2": "上海"}, {"0": "No", "1": "Yes"}])
def test_a_code_without_a_label_beyond_those_with_one_makes_no_scale(labels: dict[str, str]) -> None:
    assert recognise_scale("题", [*labels, "3"], value_labels=labels) is None


def test_a_scale_labelled_at_its_ends_needs_no_labels_between() -> None:
    finding = found("Q1", ["2", "3", "4"], value_labels={"1": "完全不像我", "5": "完全像我"})
    assert (finding.scale.min, finding.scale.max) == (1, 5)


# --- how people word one scale in several ways


@pytest.mark.parametrize(
    "words",
    [
        ("非常同意", "有点同意", "中立", "有点不同意", "非常不同意"),
        ("非常同意", "同意", "有点同意", "有点不同意", "不同意", "非常不同意"),
        ("非常同意", "比较同意", "有点同意", "一般", "有点不同意", "比较不同意", "非常不同意"),
        ("满意", "比较满意", "一般", "不太满意", "不满意"),
        ("完全符合", "基本符合", "一般", "基本不符合", "完全不符合"),
        ("很满意", "满意", "基本满意", "不满意", "很不满意"),
        ("非常滿意", "滿意", "普通", "不滿意", "非常不滿意"),
        ("非常贊同", "比較贊同", "一般", "不太贊同", "非常不贊同"),
        ("fully agree", "rather agree", "neutral", "rather disagree", "fully disagree"),
        ("very often", "rather often", "rather rarely", "rarely", "not at all"),
        ("sehr zufrieden", "zufrieden", "teils/teils", "unzufrieden", "sehr unzufrieden"),
        ("très satisfait", "plutôt satisfait", "neutre", "plutôt insatisfait", "très insatisfait"),
        ("tout à fait d’accord", "d’accord", "neutre", "pas d’accord", "pas du tout d’accord"),
        ("muy satisfecho", "satisfecho", "neutral", "insatisfecho", "muy insatisfecho"),
        ("非常に満足", "満足", "どちらともいえない", "不満", "非常に不満"),
        ("매우 만족", "만족", "보통", "불만족", "매우 불만족"),
    ],
    ids=lambda words: words[0],
)
def test_a_ladder_is_recognised_from_best_to_worst(words: tuple[str, ...]) -> None:
    finding = found("对服务的评价", list(words))
    assert finding.is_certain
    assert [read(finding, word) for word in words] == list(range(len(words), 0, -1))
    assert words[0] in finding.evidence and words[-1] in finding.evidence


def test_marks_out_of_a_hundred_begin_at_nothing() -> None:
    finding = found("请为我们打分，满分100分", ["85", "90", "60"])
    assert (finding.scale.min, finding.scale.max) == (0, 100)


@pytest.mark.parametrize("values", [["True"], ["good", "TRUE"], ["是", "否", "不确定"], ["每天", "每周"]])
def test_words_that_happen_to_be_on_a_ladder_make_no_scale_by_themselves(values: list[str]) -> None:
    assert recognise_scale("Finished", values) is None


def test_a_traditional_answer_that_the_sample_lacks_is_read_too() -> None:
    finding = found("滿意度", ["非常滿意", "滿意", "一般", "不滿意", "非常不滿意"])
    assert read(finding, "比較滿意") == 4


def test_a_heading_in_traditional_characters_asks_the_same() -> None:
    assert found("您對服務的滿意度", ["3", "4", "5"]).scale.max == 5


# --- the lists


def test_a_damaged_list_names_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "scales"
    folder.mkdir()
    (folder / "heads.tsv").write_text("rating\t满意度\n", encoding="utf-8")
    (folder / "labels.tsv").write_text("# ok\n满意\t很满意|\t一般\n", encoding="utf-8")
    with use_lexicons(tmp_path), pytest.raises(LexiconError, match=r"labels\.tsv:2"):
        load_scale_words()


def test_a_word_on_two_steps_of_a_scale_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "scales"
    folder.mkdir()
    (folder / "heads.tsv").write_text("rating\t满意度\n", encoding="utf-8")
    (folder / "labels.tsv").write_text("满意\t很满意|满意\t满意\t不满意\n", encoding="utf-8")
    with use_lexicons(tmp_path), pytest.raises(LexiconError, match="满意 在同一个量表里写了两次"):
        load_scale_words()


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "scales").mkdir()
    (tmp_path / "scales" / "labels.tsv").write_bytes("满意\t很满意".encode("gb18030"))
    with use_lexicons(tmp_path), pytest.raises(LexiconError, match=r"labels\.tsv"):
        load_scale_words()


def test_lists_that_a_project_does_not_have_are_the_shipped_ones(tmp_path: Path) -> None:
    with use_lexicons(tmp_path):
        assert load_scale_words() == WORDS


def test_the_list_has_no_line_twice() -> None:
    lines = (find_lexicons() / "scales" / "labels.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line for line in csv.reader(lines, delimiter="\t") if line and not line[0].startswith("#")]
    assert len(rows) == len({tuple(row[1:]) for row in rows})


@given(st.lists(st.text(max_size=12), max_size=8), st.text(max_size=20))
def test_whatever_the_values_the_finding_holds_together(values: list[str], stem: str) -> None:
    finding = recognise_scale(stem, values)
    if finding is not None:
        assert finding.scale.min < finding.scale.max and finding.evidence
        assert all(finding.scale.min <= r <= finding.scale.max for r in finding.scale.label_ratings.values())


@pytest.mark.parametrize(
    ("stem", "values"), [("您对服务满意吗？", ["0", "1"]), ("您满意吗", ["1", "2"]), ("满意度", ["0", "1"])]
)
def test_codes_of_yes_and_no_are_no_scale(stem: str, values: list[str]) -> None:
    assert recognise_scale(stem, values) is None


@pytest.mark.parametrize(
    ("stem", "points", "codes", "limits"),
    [
        ("您对服务的满意度", range(1, 6), ["99"], (1, 5)),
        ("满意度（1-5分）", range(1, 6), ["998", "999"], (1, 5)),
        ("您向朋友推荐的可能性", range(11), ["97", "99"], (0, 10)),
    ],
)
def test_numbers_far_beyond_the_points_are_codes_and_no_end_of_the_scale(
    stem: str, points: range, codes: list[str], limits: tuple[int, int]
) -> None:
    finding = found(stem, [*map(str, points), *codes])
    assert (finding.scale.min, finding.scale.max) == limits and not finding.is_certain
    assert "、".join(codes) in finding.evidence
    reader = RatingReader(finding.scale, MissingTable({}))
    assert reader[codes[0]].state is not AnswerState.ANSWERED


@pytest.mark.parametrize(
    ("stem", "values"),
    [("满意度(0-100)", ["1", "2", "3", "5", "99"]), ("请打分", ["1", "5", "99"]), ("满意度", ["60", "70", "88", "99"])],
)
def test_ninety_nine_points_are_points_where_the_others_are_of_a_hundred_too(stem: str, values: list[str]) -> None:
    assert found(stem, values).scale.max == 100
