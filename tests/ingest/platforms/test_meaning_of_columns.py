"""What a column holds, where the platform leaves it to headings and cells: own words, several choices, one matrix."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from test_other_languages import feedback, open_file, open_table, types

from feedback_engine.ingest.platforms.answers import is_personal, judge_type
from feedback_engine.ingest.scales import recognise_scale
from feedback_engine.ingest.survey import QuestionType


@pytest.mark.parametrize(
    "stem",
    [
        "您的建议",
        "您的意见和建议：",
        "还有什么想对我们说的？",
        "您有什么意见或建议？（选填）",
        "Any other feedback?",
        "Comments (optional)",
    ],
)
def test_a_question_for_opinions_is_open_even_where_few_answers_keep_coming_back(stem: str) -> None:
    assert judge_type(stem, "", ["太慢", "很好", "无"] * 20) is QuestionType.TEXT


@pytest.mark.parametrize(
    "stem",
    ["您是否愿意提供建议", "您希望以什么方式反馈", "您最希望采纳以下哪方面的建议", "How often do you give feedback"],
)
def test_a_question_that_offers_options_is_not(stem: str) -> None:
    assert judge_type(stem, "", ["是", "否", "都行"] * 20) is QuestionType.SINGLE


IDS = ["startDate", "endDate", "_recordId", "finished"]


def qualtrics(path: Path, columns: Sequence[tuple[str, str, str]], *rows: Sequence[Any]) -> Path:
    heads = [(own, own, own) for own in IDS] + list(columns)
    lines = [[name for name, _, _ in heads], [text for _, text, _ in heads]]
    lines.append([json.dumps({"ImportId": own}) for *_, own in heads])
    moments = ["2026-03-01 08:00:00", "2026-03-01 08:05:00"]
    lines += [[*moments, f"R_{number}", "1", *map(str, row)] for number, row in enumerate(rows)]
    stream = io.StringIO()
    csv.writer(stream).writerows(lines)
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    return path


def test_rows_of_a_matrix_stay_one_matrix_wherever_they_were_moved(tmp_path: Path) -> None:
    columns = [("Q2_1", "以下各项 - 客房", "QID2_1"), ("Q9", "城市", "QID9"), ("Q2_2", "以下各项 - 早餐", "QID2_2")]
    rows = [["满意", "沪", "不满意"], ["一般", "京", "非常满意"], ["非常不满意", "沪", "满意"]]
    reading = open_file(qualtrics(tmp_path / "a.csv", columns, *rows))
    assert reading.facts.platform == "qualtrics"
    questions = {question.code: question for question in reading.adapted.questions}
    assert [questions[code].row_label for code in ("Q2_1", "Q2_2")] == ["客房", "早餐"]
    assert questions["Q2_1"].group == questions["Q2_2"].group != ""


def test_a_selected_choice_is_a_choice_however_it_is_worded(tmp_path: Path) -> None:
    columns = [("Q3", "您选择我们的原因 - Selected Choice", "QID3")]
    reading = open_file(qualtrics(tmp_path / "a.csv", columns, ["离家近，而且停车方便，价格也合适"]))
    assert types(reading) == {"Q3": "single"}


def test_the_legacy_matrix_has_a_dash_without_blanks(tmp_path: Path) -> None:
    fixed = ["ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress", "IPAddress", "Status",
             "StartDate", "EndDate", "Finished"]  # fmt: skip
    rows = [[f"R_{n}", "Default", "Anonymous", "", "", "", "0", "2014-03-01 08:00:00", "2014-03-01 08:07:00", "1",
             *answers] for n, answers in enumerate([(5, 1), (4, 2), (3, 3), (1, 5)])]  # fmt: skip
    reading = open_table(
        tmp_path / "a.csv",
        [*(f"V{n}" for n in range(1, 11)), "Q2_1", "Q2_2"],
        [*fixed, "以下各项您满意吗？-客房", "以下各项您满意吗？-早餐"],
        *rows,
    )
    questions = reading.adapted.questions
    assert [(q.code, q.stem, q.row_label) for q in questions] == [
        ("Q2_1", "以下各项您满意吗？", "客房"),
        ("Q2_2", "以下各项您满意吗？", "早餐"),
    ]


def test_condensed_choices_of_surveymonkey_are_told_apart(tmp_path: Path) -> None:
    cells = ["Sofa, Table", "Lamp", "Sofa, Lamp", "Table", "Table, Lamp", "Sofa"]
    rows = [[str(11800 + n), "9", "2026-01-02", "2026-01-02", cell] for n, cell in enumerate(cells)]
    reading = open_table(
        tmp_path / "a.csv",
        ["Respondent ID", "Collector ID", "Date Created", "Date Modified", "Which products do you use?"],
        ["", "", "", "", "Response"],
        *rows,
    )
    assert types(reading) == {"Q1": "multi"}
    assert json.loads(feedback(reading)["attributes"].iloc[0])["Which products do you use?"] == "Sofa┋Table"


def test_api_responses_that_bring_their_words_need_no_details(tmp_path: Path) -> None:
    def response(number: int, level: str) -> dict[str, Any]:
        questions = [
            {"id": "1", "family": "single_choice", "heading": "满意度",
             "answers": [{"choice_id": f"c{level}", "simple_text": level}]},
            {"id": "2", "family": "matrix", "heading": "各项", "answers": [
                {"row_id": "r1", "choice_id": "m1", "simple_text": "环境 - 满意"},
                {"row_id": "r2", "choice_id": "m2", "simple_text": "服务 - 不满意"}]},
            {"id": "3", "family": "open_ended", "heading": "意见",
             "answers": [{"text": "太慢", "simple_text": "太慢"}]},
        ]  # fmt: skip
        return {"id": str(number), "collector_id": "1", "survey_id": "5", "date_modified": "2026-03-02T10:05:00+00:00",
                "response_status": "completed", "pages": [{"id": "p", "questions": questions}]}  # fmt: skip

    path = tmp_path / "a.json"
    path.write_text(json.dumps({"data": [response(1, "满意"), response(2, "不满意")]}), encoding="utf-8")
    reading = open_file(path)
    assert types(reading) == {"Q1": "scale", "Q2_r1": "matrix_row", "Q2_r2": "matrix_row", "Q3": "text"}
    assert [question.row_label for question in reading.adapted.questions] == ["", "环境", "服务", ""]


def test_option_codes_of_wenjuan_are_no_texts_and_the_list_beside_them_is_found(tmp_path: Path) -> None:
    heads = ["start", "finish", "Q1", "Q2"]
    rows = [["2026-03-01 10:00:00", "2026-03-01 10:03:00", code, words] for code, words in
            [("A1", "发货太慢了，等了一周"), ("A2", "还可以"), ("A1", "很好")]]  # fmt: skip
    alone = open_table(tmp_path / "All_Data_Original.csv", heads, *rows)
    assert types(alone) == {"Q1": "single", "Q2": "text"}
    (tmp_path / "code.csv").write_text("Q1,您的性别,单选题\n,1,男\n,2,女\nQ2,意见,填空题\n", encoding="utf-8")
    reading = open_file(tmp_path / "All_Data_Original.csv")
    assert "code.csv" in "".join(reading.notes)
    found = feedback(reading)
    assert [json.loads(cell)["您的性别"] for cell in found[found["role"] == "main"]["attributes"]] == ["男", "女", "男"]


def test_keys_inside_objects_are_keys_of_a_scrapy_feed_too(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    item = {"_id": "4870000000000001", "mblogid": "N00000001", "created_at": "Fri Dec 02 21:57:25 +0800 2022",
            "content": "手机充电很慢", "user": {"_id": "1", "nick_name": "小明", "avatar": "x", "k": "y"}}  # fmt: skip
    path.write_text(json.dumps(item, ensure_ascii=False) + "\n", encoding="utf-8")
    reading = open_file(path)
    assert reading.facts.platform == "weibo_scrapy"
    assert "小明" not in feedback(reading).to_csv()


def test_who_handled_a_complaint_stays_outside(tmp_path: Path) -> None:
    heads = ["工单号", "来电时间", "投诉内容", "处理人", "客户", "回访人", "责任部门"]
    row = ["W1", "2026-03-02 08:00", "快递丢件，客服不处理", "王五福", "张三丰", "赵六合", "售后部"]
    reading = open_table(tmp_path / "a.csv", heads, row)
    kept = feedback(reading).to_csv()
    assert not any(name in kept for name in ("王五福", "张三丰", "赵六合"))
    assert "处理人、回访人、客户" in "".join(reading.notes)


@pytest.mark.parametrize(
    "stem", ["为确认您在认真作答，本题请选“一般”", "此题请直接选择满意", '请选择"不满意"', "This is an attention check"]
)
def test_a_check_of_attention_rates_nothing(stem: str) -> None:
    assert recognise_scale(stem, ["非常满意", "满意", "一般", "不满意", "非常不满意"]) is None
    assert recognise_scale("您对本次服务满意吗", ["非常满意", "满意", "一般"]) is not None


def test_the_answer_to_a_check_of_attention_is_kept_under_its_wording(tmp_path: Path) -> None:
    heads = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、服务满意度", "2、本题请选“一般”"]
    rows = [[n, f"2026/10/1 10:0{n}:00", "100秒", "微信", "N/A", "1.2.3.4(江苏-南京)", "满意", answer]
            for n, answer in enumerate(["一般", "满意", "一般"])]  # fmt: skip
    reading = open_table(tmp_path / "a.csv", heads, *rows)
    assert types(reading) == {"Q1": "scale", "Q2": "single"}
    main = feedback(reading)
    assert [json.loads(cell)["本题请选“一般”"] for cell in main["attributes"]] == ["一般", "满意", "一般"]


TIMES = ["2026/5/26 12:00", "2026/5/26 12:05", "300"]


def test_an_option_of_tencent_may_hold_a_colon_itself(tmp_path: Path) -> None:
    heads = ["编号", "开始答题时间", "结束答题时间", "答题时长", "1.来源：:A.朋友：同事", "1.来源：:B.广告"]
    rows = [["1", *TIMES, "A.朋友：同事", ""], ["2", *TIMES, "A.朋友：同事", "B.广告"]]
    reading = open_table(tmp_path / "a.csv", heads, *rows)
    assert [(q.stem, q.options) for q in reading.adapted.questions] == [("来源：", ("朋友：同事", "广告"))]


def test_letters_before_options_in_one_cell_all_go_and_numbers_may_have_a_q(tmp_path: Path) -> None:
    heads = ["编号", "开始答题时间", "结束答题时间", "答题时长", "Q1.性别", "Q2.渠道（多选）"]
    cells = ["A.网店;B.门店", "A.网店", "B.门店;C.电话", "C.电话"]
    reading = open_table(tmp_path / "a.csv", heads, *([str(n), *TIMES, "A.男", cell] for n, cell in enumerate(cells)))
    assert types(reading) == {"Q1": "single", "Q2": "multi"}
    assert [json.loads(cell)["渠道"] for cell in feedback(reading)["attributes"]] == [
        "网店┋门店", "网店", "门店┋电话", "电话",
    ]  # fmt: skip


def test_what_wjx_adds_to_a_head_is_no_part_of_the_stem(tmp_path: Path) -> None:
    heads = [
        "序号",
        "提交答卷时间",
        "所用时间",
        "来源",
        "来源详情",
        "来自IP",
        "1、请选择省份城市与地区:(省市地区 *必答)",
    ]
    row = ["1", "2026/10/1 10:01:00", "100秒", "微信", "N/A", "1.2.3.4(江苏-南京)", "上海-上海-黄浦区"]
    question = open_table(tmp_path / "a.csv", heads, row).adapted.questions[0]
    assert (question.stem, question.is_required) == ("请选择省份城市与地区:", True)


def test_the_choices_of_qualtrics_share_a_stem_without_the_word_for_them(tmp_path: Path) -> None:
    columns = [
        ("Q1_1", "选了什么 - Selected Choice - 甲", "QID1_1"),
        ("Q1_2", "选了什么 - Selected Choice - 乙", "QID1_2"),
    ]
    reading = open_file(qualtrics(tmp_path / "a.csv", columns, ["甲", ""], ["甲", "乙"]))
    assert [(q.stem, q.options) for q in reading.adapted.questions] == [("选了什么", ("甲", "乙"))]


def test_a_plain_yes_or_no_has_no_degree() -> None:
    assert recognise_scale("您会推荐给朋友吗？", ["会", "不会"]) is None
    assert recognise_scale("您会推荐给朋友吗？", ["会", "不一定", "不会"]) is not None


@pytest.mark.parametrize(
    ("stem", "answers", "personal"),
    [
        ("您的姓名", ["王五福", "李四光"] * 10, True),
        ("联系电话", ["13800138000"] * 20, True),
        ("请问怎么称呼您", ["王先生", "李女士"] * 10, True),
        ("您的手机或微信", ["li_ming88"] * 20, True),
        ("您对联系人的服务满意吗", ["满意", "不满意"] * 10, False),
        ("您是否愿意留下联系电话", ["是", "否"] * 10, False),
        ("您更希望以下哪种联系方式", ["电话", "邮件"] * 10, False),
        ("有联系方式吗", ["有", "没有"] * 10, False),
    ],
)
def test_names_that_come_back_are_names_still(stem: str, answers: list[str], personal: bool) -> None:
    assert is_personal(stem, QuestionType.SINGLE, answers) is personal


def test_headings_merged_over_two_lines_may_be_blank_in_the_second(tmp_path: Path) -> None:
    heads = ["工号段", "以下各项", "", "", "渠道", "", "意见"]
    second = ["", "环境", "服务", "价格", "朋友", "广告", ""]
    rows = [[str(n), "满意", "一般", "不满意", "Y", "", "太慢"] for n in range(6)]
    reading = open_table(tmp_path / "a.csv", heads, second, *rows)
    assert reading.facts.platform == "limesurvey"
    kinds = list(types(reading).values())
    assert kinds.count("matrix_row") == 3 and kinds.count("multi") == 1 and kinds[-1] == "text"
    assert len(feedback(reading).query("role == 'main'")) == 6
