"""Posts of the three weibo tools: guarded and damaged ids, grown headings, repeats under several keywords."""

from pathlib import Path

import pytest
from case_platforms import SAMPLES, attributes, moments, open_export, read_all, read_export, write_csv, write_json

from feedback_engine.ingest.platforms.weibo import read_weibo_id
from feedback_engine.ingest.platforms.weibo_ids import read_bid

SEARCH = [
    "id",
    "bid",
    "user_id",
    "用户昵称",
    "微博正文",
    "头条文章url",
    "发布位置",
    "艾特用户",
    "话题",
    "转发数",
    "评论数",
    "点赞数",
    "发布时间",
    "发布工具",
    "微博图片url",
    "微博视频url",
    "retweet_id",
]
CRAWLER = [
    "id",
    "bid",
    "正文",
    "头条文章url",
    "原始图片url",
    "视频url",
    "Live Photo视频url",
    "位置",
    "日期",
    "工具",
    "点赞数",
    "评论数",
    "转发数",
    "话题",
    "@用户",
    "完整日期",
    "是否编辑过",
    "编辑次数",
]


def search_row(own: str, text: str, bid: str = "z0JH2lOMb", likes: str = "1.1万") -> list[str]:
    return [
        own,
        bid,
        "777",
        "某人",
        text,
        "",
        "上海",
        "",
        "品牌",
        "3",
        "28k",
        likes,
        "2026-03-01 08:05",
        "iPhone",
        "",
        "",
        "",
    ]


def test_a_bid_holds_the_number_of_its_post() -> None:
    assert read_weibo_id("https://weibo.com/777/z0JH2lOMb?refer=1") == "3501756485200075"
    assert read_bid("z0JH2lOMb") == "3501756485200075" and read_bid("no bid!") == ""


def test_search_results_lose_markup_zero_width_marks_and_nicknames(tmp_path: Path) -> None:
    text = '<a href="/x">#品牌#</a>真的好用<br/>推荐\u200b <img src="a.png" alt="[doge]"> 价格&lt;100'
    reading = open_export(write_csv(tmp_path / "a.csv", SEARCH, [search_row("3501756485200075", text)]))
    assert reading.facts.platform == "weibo_search"
    batch = read_all(reading)
    assert batch.feedback["text"].tolist() == ["#品牌#真的好用\n推荐 [doge] 价格<100"]
    assert batch.feedback["respondent_id"].tolist() == ["777"] and "某人" not in batch.feedback.to_csv()
    assert moments(batch.feedback["received_at"]) == ["2026-03-01 08:05"]
    kept = attributes(batch)[0]
    assert kept["点赞数"] == "11000" and kept["评论数"] == "28000" and kept["truncated"] == ""


@pytest.mark.parametrize(
    "end", ["...全文", "…全文", "... 展开全文", "...展开c", '...<a href="/1">全文</a>', "...全文\u200b\u200b"]
)
def test_a_text_cut_short_is_flagged(tmp_path: Path, end: str) -> None:
    batch = read_export(write_csv(tmp_path / "a.csv", SEARCH, [search_row("3501756485200075", f"用了三个月{end}")]))
    assert attributes(batch)[0]["truncated"] == "是" and batch.feedback["text"].tolist() == ["用了三个月…"]


def test_one_post_under_several_keywords_is_one_record_with_all_of_them(tmp_path: Path) -> None:
    header = [*SEARCH, "关键词"]
    rows = [
        [*search_row("3501756485200075", "用了三个月...全文", likes="5"), "手机"],
        [*search_row("3501756485200075", "用了三个月，屏幕坏了", likes="6"), "屏幕"],
        [*search_row("4842349060955034", "另一条"), "手机"],
    ]
    batch = read_export(write_csv(tmp_path / "a.csv", header, rows))
    repeats = batch.feedback[batch.feedback["text"].str.startswith("用了")]
    assert batch.row_count == 3 and repeats["feedback_id"].nunique() == repeats["content_hash"].nunique() == 1
    assert set(repeats["text"]) == {"用了三个月，屏幕坏了"}
    assert attributes(batch)[0]["关键词"] == "屏幕、手机"


def test_the_same_post_from_another_nights_crawl_says_nothing_new(tmp_path: Path) -> None:
    first = read_export(write_csv(tmp_path / "a.csv", SEARCH, [search_row("3501756485200075", "好", likes="5")]))
    second = read_export(write_csv(tmp_path / "b.csv", SEARCH, [search_row("3501756485200075", "好", likes="9万")]))
    assert first.feedback["content_hash"].tolist() == second.feedback["content_hash"].tolist()
    assert first.feedback["feedback_id"].tolist() == second.feedback["feedback_id"].tolist()


def test_rows_that_a_newer_version_has_appended_keep_their_cells(tmp_path: Path) -> None:
    rows = [
        search_row("3501756485200075", "旧"),
        [*search_row("4842349060955034", "新"), "1.2.3.4", "蓝V", "普通", "3"],
        [*search_row("4842349060955035", "更新\n两行"), "1.2.3.4", "蓝V", "普通", "3", "x", "y"],
    ]
    path = tmp_path / "a.csv"
    write_csv(path, SEARCH, rows)
    batch = read_export(path)
    assert len(batch.feedback) == 3 and batch.rejects.empty
    assert [kept["user_authentication"] for kept in attributes(batch)] == ["", "蓝V", "蓝V"]
    assert "1.2.3.4" not in batch.feedback.to_csv()


def test_a_row_broken_by_commas_is_a_reject_not_a_shifted_post(tmp_path: Path) -> None:
    row = search_row("3501756485200075", "好")
    path = tmp_path / "a.csv"
    broken = ",".join([*row[:4], "好,但是,贵", *row[5:]])
    path.write_text("\n".join([",".join(SEARCH), ",".join(row), broken]), encoding="utf-8")
    batch = read_export(path)
    assert batch.row_count == 2 and batch.feedback["text"].tolist() == ["好", "好"]
    other = ["4842349060955034", *row[1:4], "好,但是,贵", *row[5:]]
    path.write_text("\n".join([",".join(SEARCH), ",".join(row), ",".join(other)]), encoding="utf-8")
    batch = read_export(path)
    assert len(batch.feedback) == 1 and batch.rejects["row_number"].tolist() == [3]


def test_headings_in_the_middle_of_an_appended_file_are_no_post(tmp_path: Path) -> None:
    rows = [search_row("3501756485200075", "好"), SEARCH, search_row("4842349060955034", "坏")]
    batch = read_export(write_csv(tmp_path / "a.csv", SEARCH, rows))
    assert len(batch.feedback) == 2 and "标题行" in batch.rejects["reason"].iloc[0]


@pytest.mark.parametrize("damage", ["zeros", "scientific"])
def test_numbers_that_excel_has_damaged_give_way_to_the_bid(tmp_path: Path, damage: str) -> None:
    digits = "0123456789abc"
    sound = [search_row(read_bid(f"z0JH2lOM{c}"), f"第{c}条", f"z0JH2lOM{c}") for c in digits]
    hurt = [[own[:-1] + "0" if damage == "zeros" else f"{float(own):.5E}", *row] for own, *row in sound]
    whole = open_export(write_csv(tmp_path / "a.csv", SEARCH, sound))
    reading = open_export(write_csv(tmp_path / "b.csv", SEARCH, hurt))
    assert any("'bid'" in warning for warning in reading.adapted.warnings) and not whole.adapted.warnings
    assert set(read_all(reading).feedback["feedback_id"]) == set(read_all(whole).feedback["feedback_id"])


def test_crawler_ids_lose_their_guard_and_the_full_moment_is_taken(tmp_path: Path) -> None:
    row = [
        "3501756485200075\t",
        "z0JH2lOMb",
        "服务很好",
        "",
        "",
        "",
        "",
        "",
        "2026-03-01",
        "网页",
        "3",
        "1",
        "0",
        "",
        "",
        "2026-03-01 08:05:16",
        "False",
        "0",
    ]
    reading = open_export(write_csv(tmp_path / "a.csv", CRAWLER, [row]))
    assert reading.facts.platform == "weibo_crawler"
    batch = read_all(reading)
    assert moments(batch.feedback["received_at"]) == ["2026-03-01 08:05"]
    other = read_export(write_csv(tmp_path / "b.csv", CRAWLER, [["3501756485200075", *row[1:]]]))
    assert batch.feedback["feedback_id"].tolist() == other.feedback["feedback_id"].tolist()


def test_older_crawls_know_the_day_only(tmp_path: Path) -> None:
    header = CRAWLER[:15]
    row = [
        "3501756485200075\t",
        "z0JH2lOMb",
        "服务很好",
        "",
        "",
        "",
        "",
        "",
        "2026-03-01",
        "网页",
        "3",
        "1",
        "0",
        "",
        "",
    ]
    assert moments(read_export(write_csv(tmp_path / "a.csv", header, [row])).feedback["received_at"]) == [
        "2026-03-01 00:00"
    ]


def test_crawler_comments_know_their_post(tmp_path: Path) -> None:
    header = ["id", "weibo_id", "created_at", "user_screen_name", "text", "pic_url", "like_count"]
    row = [
        "4900000000000001",
        "3501756485200075",
        "Fri Dec 02 21:57:25 +0800 2022",
        "某人",
        "同感<span>！</span>",
        "",
        "2",
    ]
    reading = open_export(write_csv(tmp_path / "a.csv", header, [row]))
    assert reading.facts.platform == "weibo_crawler"
    batch = read_all(reading)
    assert attributes(batch)[0]["parent_id"] == "3501756485200075" and batch.feedback["text"].tolist() == ["同感！"]
    assert moments(batch.feedback["received_at"]) == ["2022-12-02 21:57"] and "某人" not in batch.feedback.to_csv()


def test_a_scrapy_feed_is_told_by_its_moments(tmp_path: Path) -> None:
    header = ["comment_count", "content", "created_at", "user_id", "weibo_id"]
    reading = open_export(
        write_csv(
            tmp_path / "a.csv", header, [["3", "服务好", "Fri Dec 02 21:57:25 +0800 2022", "9", "4842349060955034"]]
        )
    )
    assert reading.facts.platform == "weibo_scrapy"
    assert moments(read_all(reading).feedback["received_at"]) == ["2022-12-02 21:57"]


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
def test_the_real_feed_is_read_whole() -> None:
    batch = read_export(SAMPLES / "weibo" / "A_demonsheart_weibo.csv")
    assert len(batch.feedback) == 20 and batch.rejects.empty
    assert not batch.feedback["text"].str.contains("\u200b").any()


def test_ids_that_excel_damaged_far_below_the_beginning_merge_no_posts(tmp_path: Path) -> None:
    sound = [search_row(f"{4800000000000001 + 7 * n}", f"第{n}条，屏幕很清楚", bid="") for n in range(2400)]
    rounded = [search_row(f"{4900000000000000 + n // 3 * 10}", f"后来的第{n}条", bid="") for n in range(600)]
    path = write_csv(tmp_path / "a.csv", SEARCH, [*sound, *rounded])
    reading = open_export(path)
    batches = list(reading)
    assert sum(len(batch.feedback) for batch in batches) == 3000
    assert len({key for batch in batches for key in batch.feedback["feedback_id"]}) == 3000
    assert any("600 行的编号被 Excel 改坏" in note for note in reading.notes)


def test_truncated_texts_are_counted_to_the_end_of_the_file(tmp_path: Path) -> None:
    rows = [search_row(f"{4800000000000001 + 7 * n}", f"第{n}条，用了三个月...全文", bid="") for n in range(2300)]
    reading = open_export(write_csv(tmp_path / "a.csv", SEARCH, rows))
    list(reading)
    assert any(note.startswith("2300 条正文") for note in reading.notes)


@pytest.mark.parametrize(
    "told",
    ["3天前", "刚刚", "5分钟前", "今天 12:30", "昨天 08:00", "10月1日 12:30", "03-01", "2 hours ago", "编辑于 3天前"],
)
def test_a_relative_moment_is_no_date_and_loses_no_post(tmp_path: Path, told: str) -> None:
    row = search_row("3501756485200075", "屏幕很好")
    row[SEARCH.index("发布时间")] = told
    reading = open_export(write_csv(tmp_path / "a.csv", SEARCH, [row]))
    batch = read_all(reading)
    assert batch.feedback["received_at"].isna().all() and batch.rejects.empty and len(batch.feedback) == 1
    assert any("1 行的时间是“3天前”这样的相对时间" in note for note in reading.notes)


def test_the_json_of_weibo_crawler_is_known_by_its_keys(tmp_path: Path) -> None:
    post = {"user_id": 1, "screen_name": "李四光", "id": 4870000000000001, "bid": "N00000001", "text": "充电很慢",
            "article_url": "", "created_at": "2026-03-02", "attitudes_count": 1}  # fmt: skip
    reading = open_export(write_json(tmp_path / "a.json", {"user": {"id": "1"}, "weibo": [post]}))
    assert reading.facts.platform == "weibo_crawler"
    found = read_all(reading).feedback
    assert found["text"].tolist() == ["充电很慢"] and "李四光" not in found.to_csv()


def test_a_feed_that_has_its_moments_rewritten_is_known_by_the_keys_of_the_interface(tmp_path: Path) -> None:
    posts = [
        {"_id": str(5210000000000001 + n), "mblogid": f"Nx{n}", "created_at": f"2026-10-0{n + 1} 21:57:25",
         "content": f"排队{n}小时", "reposts_count": 1, "comments_count": 2, "attitudes_count": n, "user": {"_id": "7"}}
        for n in range(3)
    ]  # fmt: skip
    reading = open_export(write_json(tmp_path / "tweets.json", posts))
    batch = read_all(reading)
    assert reading.facts.platform == "weibo_scrapy"
    assert moments(batch.feedback["received_at"]) == [f"2026-10-0{n + 1} 21:57" for n in range(3)]
