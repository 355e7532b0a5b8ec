"""Hotline orders, boards and complaint sheets are read by the vocabulary of their headings."""

from datetime import datetime
from pathlib import Path

import pytest
from case_platforms import SAMPLES, attributes, moments, open_export, read_all, read_export, write_csv
from openpyxl import Workbook

PROVINCE = [
    "诉求编号",
    "诉求来源",
    "诉求来源小类",
    "诉求类型",
    "事件类型",
    "一级分类名称",
    "二级分类名称",
    "三级分类名称",
    "诉求类别",
    "诉求标题",
    "诉求内容",
    "诉求性质",
    "登记时间",
    "封存时间",
    "事件状态",
    "城市名称",
    "区域名称",
    "街道名称",
    "事发区域",
    "地址描述",
    "所有办理部门",
    "办理描述",
    "批转单位",
    "退回部门",
    "退回原因",
    "诉求标签",
    "事发时间",
    "答复内容",
    "评价满意度",
    "评价内容",
    "部门办理截止时间",
    "扬言件类型",
    "办理结束时间",
]
TELECOM = [
    "工单流水号",
    "产品类型",
    "服务类别",
    "工单来源",
    "工单类别",
    "申告号码",
    "申告地市",
    "客户名称",
    "联系电话1",
    "联系电话2",
    "受理时间",
    "受理班组(全称)",
    "归档时间",
    "归档类型",
    "工单历时",
    "工单超时时长",
    "超时时间",
    "重复次数",
    "定性内容",
    "回访满意度",
    "服务等级",
    "投诉内容",
]
PROPERTY = [
    "投诉编号",
    "楼栋名称",
    "业主编号",
    "业主姓名",
    "投诉日期",
    "接待人员",
    "投诉主题",
    "投诉内容",
    "处理日期",
    "处理人员",
    "处理意见",
    "处理结果",
    "业主反馈",
    "补充说明",
]


def province_row(**cells: str) -> list[str]:
    known = {
        "诉求编号": "SQ2026001",
        "诉求来源": "热线电话",
        "一级分类名称": "城乡建设",
        "二级分类名称": "物业管理",
        "三级分类名称": "停车管理",
        "诉求标题": "小区停车难",
        "诉求内容": "小区车位长期被外来车辆占用。",
        "登记时间": "2026/3/1 8:05:16",
        "事件状态": "已办结",
        "城市名称": "甲市",
        "区域名称": "乙区",
        "街道名称": "丙街道",
        "地址描述": "幸福路1号2栋302",
        "所有办理部门": "住建局,街道办，住建局",
        "评价满意度": "满意",
        "部门办理截止时间": "2026-03-05 00:00:00",
        "办理结束时间": "2026-03-06 10:00:00",
    } | cells
    return [known.get(heading, "") for heading in PROVINCE]


def test_the_province_export_is_read_field_by_field(tmp_path: Path) -> None:
    words = ["非常满意", "满意", "一般", "不满意", "非常不满意", "未评价"]
    rows = [province_row(诉求编号=f"SQ{n}", 评价满意度=word) for n, word in enumerate(words)]
    reading = open_export(write_csv(tmp_path / "a.csv", PROVINCE, rows))
    assert reading.facts.platform == "work_order"
    batch = read_all(reading)
    case = batch.cases.iloc[0]
    assert (case["stated_type"], case["department"], case["status"]) == (
        "城乡建设/物业管理/停车管理",
        "住建局、街道办",
        "已办结",
    )
    assert moments(batch.cases["opened_at"])[0] == "2026-03-01 08:05"
    assert moments(batch.cases["closed_at"])[0] == "2026-03-06 10:00"
    kept = attributes(batch)[0]
    assert kept["是否超期"] == "是" and kept["区域名称"] == "乙区" and kept["二级分类名称"] == "物业管理"
    assert batch.feedback["channel"].iloc[0] == "热线电话"
    assert batch.ratings["rating"].tolist()[:5] == [5, 4, 3, 2, 1]
    assert batch.ratings["state"].tolist()[5] == "blank"
    assert batch.rejects.empty


def test_personal_columns_are_never_kept(tmp_path: Path) -> None:
    row = [
        "W1",
        "宽带",
        "",
        "10000号",
        "网络质量",
        "13900000001",
        "甲市",
        "张三丰",
        "13900000002",
        "13900000003",
        "2026-01-02 03:04:05",
        "甲市班组",
        "2026-01-03 03:04:05",
        "正常",
        "24",
        "",
        "",
        "1",
        "网络-掉线",
        "满意",
        "三星",
        "宽带经常掉线",
    ]
    reading = open_export(write_csv(tmp_path / "a.csv", TELECOM, [row]))
    batch = read_all(reading)
    whole = batch.feedback.to_csv() + batch.cases.to_csv()
    assert not any(secret in whole for secret in ("1390000000", "张三丰"))
    assert any("联系电话1" in warning and "客户名称" in warning for warning in reading.adapted.warnings)
    assert batch.cases["department"].tolist() == ["甲市班组"]
    assert attributes(batch)[0]["申告地市"] == "甲市"


def test_property_complaints_keep_the_owners_number_and_not_the_name(tmp_path: Path) -> None:
    row = [
        "T1",
        "3栋",
        "000123",
        "李小龙",
        "2026-02-01",
        "王师傅",
        "报修",
        "楼上漏水两天了",
        "2026-02-03",
        "赵工",
        "维修",
        "已修好",
        "",
        "",
    ]
    batch = read_export(write_csv(tmp_path / "a.csv", PROPERTY, [row], "gb18030"))
    assert batch.feedback["customer_id"].tolist() == ["000123"]
    assert "李小龙" not in batch.feedback.to_csv() and "王师傅" not in batch.feedback.to_csv()
    assert batch.feedback["text"].tolist() == ["报修\n楼上漏水两天了"]


def test_a_template_is_split_and_its_personal_sections_are_dropped(tmp_path: Path) -> None:
    text = "【诉求人】张三丰【联系电话】13900000001【诉求内容】路灯坏了三天。【诉求目的】要求尽快修复。"
    rows = [["1", "G1", "照明", text], ["2", "G2", "噪音", "【紧急】楼下装修太吵"]]
    batch = read_export(write_csv(tmp_path / "a.csv", ["序号", "工单编号", "标题", "内容"], rows))
    assert batch.feedback["text"].tolist() == ["照明\n路灯坏了三天。", "噪音\n【紧急】楼下装修太吵"]
    assert [kept["诉求目的"] for kept in attributes(batch)] == ["要求尽快修复。", ""]


HEADER = ["工单编号", "投诉内容", "受理时间", "承办单位", "办结时间"]


def test_one_order_in_several_transfers_is_one_record_and_the_last_by_time_holds(tmp_path: Path) -> None:
    rows = [
        ["A1", "水管爆了", "2026-01-01 08:00", "供水公司", "2026-01-09 08:00"],
        ["A1", "水管爆了", "2026-01-01 08:00", "街道办", "2026-01-02 08:00"],
        ["A2", "路不平", "2026-01-03 08:00", "市政", ""],
    ]
    batch = read_export(write_csv(tmp_path / "a.csv", HEADER, rows))
    first = batch.feedback[batch.feedback["text"] == "水管爆了"]
    assert batch.row_count == 3 and first["feedback_id"].nunique() == 1 and first["content_hash"].nunique() == 1
    assert set(batch.cases["department"]) == {"供水公司", "市政"}
    assert [kept["流转次数"] for kept in attributes(batch)].count("2") == 2


def test_a_number_given_again_for_another_matter_stays_two_orders_in_any_order(tmp_path: Path) -> None:
    rows = [
        ["A1", "水管爆了", "2026-01-01 08:00", "供水公司", ""],
        ["A1", "路灯坏了", "2026-02-01 08:00", "市政", ""],
    ]
    there = read_export(write_csv(tmp_path / "a.csv", HEADER, rows))
    back = read_export(write_csv(tmp_path / "b.csv", HEADER, rows[::-1]))
    assert there.feedback["feedback_id"].nunique() == 2
    assert set(there.feedback["feedback_id"]) == set(back.feedback["feedback_id"])


@pytest.mark.parametrize("extra", [["一级分类"], ["点赞数", "反对数"], ["答复意见", "答复时间"]])
def test_the_message_board_comes_in_three_shapes(tmp_path: Path, extra: list[str]) -> None:
    header = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", *extra]
    cells = {
        "一级分类": "交通运输",
        "点赞数": "9",
        "反对数": "0",
        "答复意见": "已办理",
        "答复时间": "2020/2/6 12:00:00",
    }
    row = [
        "24",
        "A00074011",
        "安全",
        "2020/1/6 12:09:38",
        "\n\t\t\t\u3000占道施工\u200b",
        *(cells[name] for name in extra),
    ]
    batch = read_export(write_csv(tmp_path / "a.csv", header, [row]))
    assert batch.feedback["text"].tolist() == ["安全\n占道施工"] and batch.feedback["customer_id"].tolist() == [
        "A00074011"
    ]
    assert batch.cases["replied_at"].notna().all() == batch.cases["closed_at"].notna().all() == ("答复时间" in extra)


def test_a_user_name_in_place_of_a_user_number_stays_outside(tmp_path: Path) -> None:
    header = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"]
    batch = read_export(write_csv(tmp_path / "a.csv", header, [["1", "王小明", "占道", "2020/1/6", "占道施工"]]))
    assert batch.feedback["customer_id"].isna().all() and "王小明" not in batch.feedback.to_csv()


@pytest.mark.parametrize(
    "header",
    [
        ["id", "brand", "car_model", "type", "desc", "problem", "datetime", "status"],
        ["投诉编号", "投诉品牌", "投诉车系", "投诉车型", "问题简述", "典型问题", "投诉时间", "投诉状态"],
    ],
)
def test_car_complaints_come_in_chinese_and_in_english(tmp_path: Path, header: list[str]) -> None:
    row = ["570986", "某牌", "某车", "2019款", "变速箱异响", "E43,G52,H81,", "2021-02-07", "信息审核"]
    batch = read_export(write_csv(tmp_path / "a.csv", header, [row]))
    assert batch.cases["stated_type"].tolist() == ["E43、G52、H81"] and batch.feedback["text"].tolist() == [
        "变速箱异响"
    ]


def test_moments_may_be_text_or_true_dates_in_one_column(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["留言编号", "留言主题", "留言时间", "留言详情"])
    sheet.append(["1", "甲", "2020/1/6 12:09:38", "占道施工"])
    sheet.append(["2", "乙", datetime(2020, 1, 7, 8, 9, 10), "噪音扰民"])  # noqa: DTZ001
    book.create_sheet("Sheet2")
    book.save(tmp_path / "a.xlsx")
    batch = read_export(tmp_path / "a.xlsx")
    assert moments(batch.cases["opened_at"]) == ["2020-01-06 12:09", "2020-01-07 08:09"]


def test_a_type_without_text_still_counts(tmp_path: Path) -> None:
    header = ["投诉编号", "投诉类别", "投诉内容", "投诉时间"]
    rows = [["1", "噪音", "", "2026-01-01"], ["2", "", "", "2026-01-01"]]
    batch = read_export(write_csv(tmp_path / "a.csv", header, rows))
    assert len(batch.feedback) == 1 and batch.rejects["row_number"].tolist() == [3]


def test_ids_that_excel_has_rounded_are_never_used(tmp_path: Path) -> None:
    rows = [[f"20260101{n:06}000", f"第{n}件事", "2026-01-01"] for n in range(12)]
    rows.append(["20260101000000000", "第0件事的另一件", "2026-01-01"])
    reading = open_export(write_csv(tmp_path / "a.csv", ["工单编号", "投诉内容", "受理时间"], rows))
    assert any("Excel" in warning for warning in reading.adapted.warnings)
    assert "id" not in reading.adapted.mapping.columns
    assert read_all(reading).feedback["feedback_id"].nunique() == 13


def test_an_unknown_column_is_kept_if_it_segments_and_named_if_not(tmp_path: Path) -> None:
    header = ["工单编号", "投诉内容", "门店", "内部备注"]
    rows = [[f"{n}", "慢", "东门" if n % 2 else "西门", f"很长的说明{n}" * 20] for n in range(30)]
    reading = open_export(write_csv(tmp_path / "a.csv", header, rows))
    assert any("内部备注" in warning for warning in reading.adapted.warnings)
    assert {kept["门店"] for kept in attributes(read_all(reading))} == {"东门", "西门"}


def test_an_odd_word_among_ratings_costs_one_rating_not_all(tmp_path: Path) -> None:
    words = ["非常满意", "满意", "一般", "不满意", "非常不满意", "视为满意", "转人工"]
    rows = [province_row(诉求编号=f"SQ{n}", 评价满意度=word) for n, word in enumerate(words)]
    batch = read_export(write_csv(tmp_path / "a.csv", PROVINCE, rows))
    assert batch.ratings["state"].tolist() == ["answered"] * 5 + ["blank", "unknown_missing"]
    assert batch.rejects["is_row_lost"].tolist() == [False] and len(batch.feedback) == 7


def test_two_systems_that_both_count_from_one_do_not_share_their_ids(tmp_path: Path) -> None:
    board = read_export(write_csv(tmp_path / "a.csv", ["留言编号", "留言详情"], [["1", "占道"]]))
    owners = read_export(write_csv(tmp_path / "b.csv", ["投诉编号", "投诉内容"], [["1", "漏水"]]))
    assert set(board.feedback["feedback_id"]).isdisjoint(owners.feedback["feedback_id"])


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
def test_the_workbook_of_phantom_rows_holds_495() -> None:
    batch = read_export(SAMPLES / "complaint_cn" / "A_tipdm_附件2_phantom_rows.xlsx")
    assert batch.row_count == 495 and batch.rejects.empty and batch.cases["stated_type"].notna().all()
    cars = read_export(SAMPLES / "complaint_cn" / "B_car_complain.csv")
    assert cars.row_count == 90 and not cars.cases["stated_type"].str.endswith(",").any()


def test_a_register_without_texts_counts_its_cases_by_type(tmp_path: Path) -> None:
    header = [heading for heading in TELECOM if heading not in ("投诉内容", "工单标题")]
    known = {"受理时间": "2026-03-01 08:00:00", "归档时间": "2026-03-02 09:00:00", "客户名称": "某人",
             "定性内容": "网络质量", "联系电话1": "13800001111"}  # fmt: skip
    rows = [[{**known, "工单流水号": f"GD{n}"}.get(heading, "") for heading in header] for n in (1, 2, 3)]
    reading = open_export(write_csv(tmp_path / "a.csv", header, rows))
    assert reading.facts.platform == "work_order"
    batch = read_all(reading)
    assert len(batch.feedback) == 3 and batch.rejects.empty
    assert set(batch.cases["stated_type"]) == {"网络质量"}
    assert "某人" not in batch.feedback.to_csv() and "13800001111" not in batch.feedback.to_csv()


def test_every_column_of_moments_and_a_type_keep_their_names(tmp_path: Path) -> None:
    header = ["工单号", "来电时间", "投诉类型", "投诉内容", "处理时间", "办结时间", "回访时间", "回访满意度"]
    row = ["W1", "2026-03-02 08:00", "物流", "快递丢件，客服不处理", "2026-03-02 09:00", "2026-03-02 10:00",
           "2026-03-03 10:00", "满意"]  # fmt: skip
    batch = read_export(write_csv(tmp_path / "a.csv", header, [row]))
    kept = attributes(batch)[0]
    assert moments(batch.cases["closed_at"]) == ["2026-03-02 10:00"]
    assert kept["处理时间"] == "2026-03-02 09:00" and kept["回访时间"] == "2026-03-03 10:00"
    assert kept["投诉类型"] == "物流" and batch.cases["stated_type"].tolist() == ["物流"]


LOGS = [
    (["来电日期", "来电号码", "投诉内容", "处理过程", "处理人"],
     ["2026.3.1", "13800138000", "丢件没人管", "已致歉", "李四光"]),
    (["案件编号", "案件标题", "案件内容", "上报时间", "大类"],
     ["A1", "占道", "丢件没人管", "2026-03-01 08:00", "市容"]),
    (["信访编号", "来信人", "来信日期", "来信内容", "答复意见"], ["X1", "李四光", "2026-3-1", "丢件没人管", "已处理"]),
    (["通话流水号", "呼叫时间", "主叫号码", "通话小结", "业务类型"],
     ["C1", "2026-03-01 08:00", "13800138000", "丢件没人管", "投诉"]),
    (["诉件编号", "来电时间", "反映人", "来电号码", "主要内容", "主责部门"],
     ["J1", "2026年3月1日 8时30分", "李四光", "13800138000", "丢件没人管", "甲街道"]),
    (["通话ID", "进线时间", "坐席姓名", "话务小结"], ["K1", "2026-03-01 08:00", "李四光", "丢件没人管"]),
    (["申告单号", "申告时间", "申告内容", "客户名称"], ["S1", "2026-03-01", "丢件没人管", "李四光"]),
    (["Ticket No", "Customer Name", "Complaint Date", "Complaint", "Status"],
     ["T1", "李四光", "2026-03-01", "丢件没人管", "Closed"]),
]  # fmt: skip


@pytest.mark.parametrize(("header", "row"), LOGS)
def test_logs_of_letters_cases_and_calls_have_text_and_day_and_nobody(
    tmp_path: Path, header: list[str], row: list[str]
) -> None:
    batch = read_export(write_csv(tmp_path / "a.csv", header, [row]))
    assert batch.feedback["text"].iloc[0].endswith("丢件没人管")
    assert moments(batch.cases["opened_at"])[0].startswith("2026-03-01")
    assert not any(name in batch.feedback.to_csv() for name in ("李四光", "13800138000"))


def test_keys_that_callers_pressed_are_no_ratings(tmp_path: Path) -> None:
    header = ["通话流水号", "呼叫时间", "通话小结", "满意度"]
    rows = [[f"C{n}", "2026-03-01 08:00", f"丢件{n}", str(n % 3 + 1)] for n in range(9)]
    reading = open_export(write_csv(tmp_path / "a.csv", header, rows))
    assert "按键" in "".join(reading.notes)
    assert read_all(reading).ratings.empty
