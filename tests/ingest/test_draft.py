"""The mapping that inspect proposes for a table of no known platform."""

import pytest
import yaml

from feedback_engine.config.model import MappingConfig
from feedback_engine.domain import SourceKind
from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.draft import draft_mapping


def sample(header: str, *rows: str) -> Sample:
    return Sample("t.csv", "csv", tuple(header.split(",")), tuple(tuple(row.split(",")) for row in rows))


SURVEY = sample(
    "编号,提交时间,总体满意度,环境满意度,您的建议,门店",
    "A1,2026-10-01 08:00,非常满意,满意,房间很干净服务也很好,一店",
    "A2,2026-10-02 08:00,满意,非常满意,早餐一般般但是位置方便,二店",
    "A3,2026-10-03 08:00,不满意,一般,前台排队实在太久了,一店",
    "A4,2026-10-04 08:00,一般,非常不满意,没有什么特别的感觉吧,一店",
)


def test_a_survey_is_drafted_with_scales_open_questions_and_segments() -> None:
    draft = draft_mapping(SURVEY)
    assert draft.kind is SourceKind.QUESTIONNAIRE
    assert draft.mapping.columns == {"id": "编号", "received_at": "提交时间"}
    assert [(rating.column, rating.scale.max) for rating in draft.mapping.ratings] == [
        ("总体满意度", 5),
        ("环境满意度", 5),
    ]
    assert [text.column for text in draft.mapping.texts] == ["您的建议"]
    assert draft.mapping.attributes == ("门店",)


def test_a_complaint_log_is_known_by_its_handling() -> None:
    draft = draft_mapping(
        sample("工单编号,投诉内容,受理时间,办结时间,承办部门", "1,电梯坏了一周没人修,2026-10-01,2026-10-03,物业部")
    )
    assert draft.kind is SourceKind.COMPLAINTS
    assert {"id", "text", "opened_at", "closed_at", "department"} <= set(draft.mapping.columns)


def test_texts_with_dates_are_reviews() -> None:
    draft = draft_mapping(sample("评论日期,评论内容", "2026-10-01,风景很好就是人太多", "2026-10-02,门票有点贵不太值"))
    assert draft.kind is SourceKind.REVIEWS
    assert draft.mapping.columns == {"text": "评论内容", "received_at": "评论日期"}


def test_the_draft_is_a_mapping_file_that_can_be_read_back() -> None:
    draft = draft_mapping(SURVEY)
    assert MappingConfig.model_validate(yaml.safe_load(draft.to_yaml())) == draft.mapping


def test_repeated_headings_are_mapped_by_their_numbers() -> None:
    draft = draft_mapping(sample("满意度,满意度,备注", "非常满意,一般,客房服务很好的", "不满意,满意,早餐没有什么味道"))
    assert [rating.column for rating in draft.mapping.ratings] == ["#1", "#2"]


@pytest.mark.parametrize("broken", ["#REF!", "#VALUE!", "#DIV/0!", "#N/A"])
def test_a_cell_whose_formula_broke_does_not_unmake_a_scale(broken: str) -> None:
    rows = (f"A{n},2026-10-0{n},{answer}" for n, answer in enumerate(("满意", broken, "一般", "非常满意", "不满意"), 1))
    (rating,) = draft_mapping(sample("编号,提交时间,总体满意度", *rows)).mapping.ratings
    assert broken not in rating.scale.label_ratings and rating.scale.max == 5


def test_a_missing_date_is_pointed_out() -> None:
    assert any("日期" in warning for warning in draft_mapping(sample("内容", "房间不错")).warnings)


@pytest.mark.parametrize("rows", [(), ("",), (",,,",)])
def test_an_empty_table_is_drafted_without_failing(rows: tuple[str, ...]) -> None:
    assert draft_mapping(sample("a,b,c", *rows)).warnings


def test_one_bad_date_does_not_unmake_a_column_of_times() -> None:
    draft = draft_mapping(
        sample("时间,评论", "2026-03-02,配送太慢我很生气", "没填,包装破了没人理", "2026-03-04,还不错下次再来")
    )
    assert draft.mapping.columns["received_at"] == "时间"


def test_the_only_column_of_moments_is_the_date_whatever_it_is_called() -> None:
    rows = ["配送太慢我很生气,2026-03-02 10:00:00", "包装破了客服不理,2026-03-03 10:00:00"]
    assert draft_mapping(sample("content,when_made", *rows)).mapping.columns["received_at"] == "when_made"
    several = [f"{row},2026-03-05" for row in rows]
    assert "received_at" not in draft_mapping(sample("content,one,other", *several)).mapping.columns


def test_the_number_of_a_review_is_its_id_and_no_rating() -> None:
    draft = draft_mapping(
        sample(
            "评价ID,商品名称,评价内容,评价时间,星级",
            *(f"{n},茶杯,第{n}次买还是很好用,2026-10-0{n},{n}" for n in range(1, 6)),
        )
    )
    assert draft.kind is SourceKind.REVIEWS
    assert draft.mapping.columns == {
        "id": "评价ID",
        "target": "商品名称",
        "text": "评价内容",
        "received_at": "评价时间",
    }
    assert [rating.column for rating in draft.mapping.ratings] == ["星级"]


def test_headings_that_name_a_person_or_a_telephone_may_ask_for_a_rating() -> None:
    draft = draft_mapping(
        sample(
            "手机上网整体满意度,手机上网速度,服务人员,微信,负责人,手机号码",
            "9,1,非常满意,-1,张三,13800138000",
            "10,10,满意,98,李四,13900139000",
            "3,7,不满意,-1,张三,13700137000",
            "8,8,一般,-1,王五,",
        )
    )
    assert [rating.column for rating in draft.mapping.ratings] == ["手机上网整体满意度", "手机上网速度", "服务人员"]
    assert draft.mapping.attributes == ("微信",)
    assert any(warning.endswith("：负责人、手机号码") for warning in draft.warnings)


@pytest.mark.parametrize(
    "cells", [("",), ("301室", "1402室"), ("13800138000",), ("周", "吴", "郑"), ("13800138000", "否")]
)
def test_a_column_of_persons_stays_out_of_the_draft(cells: tuple[str, ...]) -> None:
    draft = draft_mapping(sample("内容,联系方式", *(f"房间不错下次还来,{cell}" for cell in cells)))
    assert any("像个人信息" in warning for warning in draft.warnings)
    assert not draft.mapping.attributes and not draft.mapping.ratings


def test_headings_of_several_lines_make_a_draft_that_can_be_read_back() -> None:
    header = ("评价\n内容", "评价\r\n时间", "手机\u2028号\x01", "评分")
    rows = (("前台办理入住太慢了", "2026-10-01", "x", "4"), ("房间安静床也舒服", "2026-10-02", "y", "5"))
    draft = draft_mapping(Sample("t.csv", "csv", header, rows))
    read = MappingConfig.model_validate(yaml.safe_load(draft.to_yaml()))
    assert read.columns["text"] == "评价\n内容"
    assert any("手机 号" in warning for warning in draft.warnings)


@pytest.mark.parametrize(
    "answers",
    [("90%", "80%", "75%"), ("9/10", "8/10", "3/10"), ("九分", "八分", "三分"), ("5", "满意", "无"), ("A", "C", "E")],
)
def test_a_rating_whose_answers_are_no_scale_is_pointed_out_with_its_answers(answers: tuple[str, ...]) -> None:
    rows = (f"A{n},2026-10-0{n},{n},{answer},房间很干净服务也很好{n}" for n, answer in enumerate(answers, 1))
    draft = draft_mapping(sample("编号,提交时间,人数,环境的评分,您的建议", *rows))
    assert not draft.mapping.ratings
    (warning,) = (warning for warning in draft.warnings if "连不成量表" in warning)
    assert warning.startswith("环境的评分 ")
    assert all(answer in warning for answer in answers)


def test_who_rates_and_how_many_did_is_no_rating_that_could_not_be_read() -> None:
    rows = (f"2026-10-0{n},某*{n},{n * 7},是,房间很干净服务也很好{n}" for n in range(1, 6))
    draft = draft_mapping(sample("评价时间,评价人,评价人数,是否推荐,评价内容", *rows))
    assert not any("连不成量表" in warning for warning in draft.warnings)


def test_who_has_not_rated_yet_takes_no_scale_away() -> None:
    rows = ("2026-10-01,满意", "2026-10-02,未评价", "2026-10-03,非常满意", "2026-10-04,不满意", "2026-10-05,待评价")
    draft = draft_mapping(sample("会话时间,会话评分", *rows))
    assert [rating.scale.max for rating in draft.mapping.ratings] == [5]


def test_steps_that_nobody_chose_are_drafted_as_they_may_come_in_the_next_export() -> None:
    draft = draft_mapping(sample("评价时间,服务评分", "2026-10-01,★★★★☆", "2026-10-02,★★★☆☆", "2026-10-03,★★★★★"))
    labels = draft.mapping.ratings[0].scale.labels
    assert isinstance(labels, dict)
    assert (labels["★☆☆☆☆"], labels["★★☆☆☆"], labels["★★★★★"]) == (1, 2, 5)
    assert not any("星" in label for label in labels)


def test_a_text_that_is_called_a_review_makes_reviews_of_any_number_of_ratings() -> None:
    rows = (f"某店,{n},{6 - n},第{n}次来还是很好吃,2026-10-0{n}" for n in range(1, 6))
    draft = draft_mapping(sample("店铺名称,总评分,口味,评论内容,评论时间", *rows))
    assert draft.kind is SourceKind.REVIEWS
    assert draft.mapping.columns["text"] == "评论内容" and len(draft.mapping.ratings) == 2


def test_keys_inside_others_are_known_by_their_last_part_and_the_outermost_counts() -> None:
    rows = (f"9,{n},17936895{n:02}000,第{n}次来还是很好吃,{n},0{n}" for n in range(1, 6))
    header = "card,post.user.id,post.commentTime,post.text,post.id,post.likes"
    columns = draft_mapping(sample(header, *rows)).mapping.columns
    assert (columns["id"], columns["text"], columns["received_at"]) == ("post.id", "post.text", "post.commentTime")


def test_who_somebody_is_is_no_rating_beside_ratings_of_small_numbers() -> None:
    rows = (f"{n % 2 + 1},{n},{8 - n},房间很干净服务也很好{n}" for n in range(1, 8))
    draft = draft_mapping(sample("Q1.您的性别,Q2_1.服务态度,Q2_2.环境卫生,Q3.您的建议", *rows))
    assert [rating.column for rating in draft.mapping.ratings] == ["Q2_1.服务态度", "Q2_2.环境卫生"]


def test_an_empty_column_is_not_when_something_arrived() -> None:
    draft = draft_mapping(sample("结束日期,评价日期,评价", ",2026-10-01,房间很干净", ",2026-10-02,早餐一般般"))
    assert draft.mapping.columns["received_at"] == "评价日期"


def test_comments_below_statements_to_agree_with_are_those_of_a_survey() -> None:
    words = ("Strongly agree", "Agree", "Neutral", "Disagree")
    rows = (f"{n},2026-11-0{n + 1},{words[n]},{words[3 - n]},fine stay number {n}" for n in range(4))
    draft = draft_mapping(sample("Response ID,Submitted,The staff were friendly,Rooms were clean,Comments", *rows))
    assert draft.kind is SourceKind.QUESTIONNAIRE
    assert (draft.mapping.columns["id"], len(draft.mapping.ratings)) == ("Response ID", 2)


def warned(header: str, *rows: str) -> str:
    return "\n".join(draft_mapping(sample(header, *rows)).warnings)


def test_a_moment_that_no_heading_calls_that_of_the_answer_is_told() -> None:
    # The day a SIM card was activated cuts a survey into months of its own.
    rows = [f"{n % 9 + 1},2021-0{n % 9 + 1}-11,信号时好时坏的第{n}天" for n in range(40)]
    told = warned("手机上网整体满意度,码号资源-激活时间,意见建议", *rows)
    assert "暂用 码号资源-激活时间 分月；若是别的时间（如开户、出生）" in told
    for heading in ("评价时间", "data.commentTime", "Timestamp", "提交时间"):
        assert "分月" not in warned(f"手机上网整体满意度,{heading},意见建议", *rows), heading


def test_columns_that_the_draft_passes_over_are_named() -> None:
    rows = [f"{n},2026-10-01,{70 + n * 0.37:.4f},{n * 1.5},房间很干净服务也很好{n}" for n in range(60)]
    told = warned("编号,评论时间,a1,a2,评论", *rows)
    assert "没有写进映射的列（不认识，也不像分组用的类别）：a1、a2；" in told
    assert "没有写进映射的列" not in "\n".join(draft_mapping(SURVEY).warnings)


def test_a_column_of_small_numbers_is_on_the_narrowest_scale_beside_it_that_holds_them() -> None:
    rows = (f"{n % 11},{n % 5 + 1},{n % 3 + 3}" for n in range(44))
    header = "推荐意愿0-10,送餐速度评分（1-5）,期望"
    ratings = draft_mapping(sample(header, *rows)).mapping.ratings
    assert {rating.column: rating.scale.max for rating in ratings} == dict(
        zip(header.split(","), (10, 5, 5), strict=True)
    )


def test_cases_that_are_not_closed_yet_hide_no_time_of_closing() -> None:
    closes = ("", "未完", "2026-10-09", "办理中", "未完", "2026-10-11")
    rows = (f"{n},2026-10-0{n + 1},空调坏了没人修等了{n}小时,{close}" for n, close in enumerate(closes))
    draft = draft_mapping(sample("序号,登记日期,投诉内容,完成日期", *rows))
    assert draft.mapping.columns["closed_at"] == "完成日期"
