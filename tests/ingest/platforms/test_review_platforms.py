"""Shop and app reviews: classes are no stars, default reviews are no reviews, doubled columns are one."""

from pathlib import Path

import pytest
from case_platforms import SAMPLES, attributes, moments, open_export, read_all, read_export, write_csv, write_json

from feedback_engine.errors import AmbiguousFormat

PLUGIN = [
    "ID",
    "平台",
    "用户昵称",
    "用户等级",
    "评论内容",
    "评分",
    "日期",
    "SKU",
    "追加评论",
    "追加日期",
    "有图片",
    "商家回复",
]


def plugin_row(number: int, text: str, score: str, more: str = "") -> list[str]:
    return [
        f"{number}",
        "京东",
        "j***n",
        "PLUS",
        text,
        score,
        "2026-03-01",
        "黑色",
        more,
        "2026-03-09" if more else "",
        "否",
        "谢谢",
    ]


def headerless(tmp_path: Path, lines: list[str]) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def test_a_crawl_without_headings_loses_no_line_and_gets_no_stars(tmp_path: Path) -> None:
    lines = [
        "手机 123,屏幕很好,3,2019-08-06 11:55:30",
        '手机 123,"电池91%,还行",2,2019-06-21 22:02:08',
        "手机 123,此用户未填写评价内容,3,2019-06-22 22:02:08",
        "手机 123,差,太差,再也不买,1,2019-06-23 22:02:08",
    ]
    reading = open_export(headerless(tmp_path, lines))
    assert reading.facts.platform == "jd"
    batch = read_all(reading)
    assert batch.feedback["text"].tolist() == ["屏幕很好", "电池91%,还行", "差,太差,再也不买"]
    assert batch.feedback["row_number"].tolist() == [1, 2, 4]
    assert [kept["review_class"] for kept in attributes(batch)] == ["好评", "中评", "差评"]
    assert batch.ratings.empty and batch.row_count == 4
    assert batch.rejects["row_number"].tolist() == [3] and "默认评价" in batch.rejects["reason"].iloc[0]


def test_the_first_line_of_a_crawl_may_be_the_broken_one(tmp_path: Path) -> None:
    lines = [
        f"手机 123,第{n}次用,好,3,2019-08-06 11:55:3{n}" if n == 0 else f"手机 123,第{n}次,3,2019-08-06 11:55:3{n}"
        for n in range(5)
    ]
    batch = read_export(headerless(tmp_path, lines))
    assert batch.feedback["text"].tolist()[:2] == ["第0次用,好", "第1次"] and batch.rejects.empty


@pytest.mark.parametrize(
    "text",
    [
        "此用户没有填写评价",
        "此用户没有填写评价。",
        "系统默认好评！",
        "评价方未及时做出评价,系统默认好评!",
        "此用户未及时填写评价内容",
    ],
)
def test_default_reviews_are_dropped_unless_the_customer_came_back(tmp_path: Path, text: str) -> None:
    rows = [plugin_row(1, text, "3"), plugin_row(2, text, "3", "用了一周就坏"), plugin_row(3, "好", "3", "真好")]
    batch = read_export(write_csv(tmp_path / "a.csv", PLUGIN, rows))
    assert batch.feedback["text"].tolist() == ["追加评论：用了一周就坏", "好\n追加评论：真好"]
    assert len(batch.rejects) == 1 and batch.row_count == 3
    assert "j***n" not in batch.rejects["value"].iloc[0]


def test_three_two_one_is_a_class_and_five_is_stars(tmp_path: Path) -> None:
    classes = open_export(write_csv(tmp_path / "a.csv", PLUGIN, [plugin_row(n, "好", f"{n}") for n in (1, 2, 3)]))
    assert classes.adapted.mapping.ratings == () and any("类别" in text for text in classes.adapted.warnings)
    stars = read_export(write_csv(tmp_path / "b.csv", PLUGIN, [plugin_row(n, "好", f"{n}") for n in (1, 3, 5)]))
    assert stars.ratings["rating"].tolist() == [1, 3, 5]
    kept = attributes(stars)[0]
    assert kept["商家回复"] == "谢谢" and "j***n" not in stars.feedback.to_csv()


def test_google_play_reviews_have_stars_and_local_moments(tmp_path: Path) -> None:
    header = [
        "reviewId",
        "userName",
        "userImage",
        "content",
        "score",
        "thumbsUpCount",
        "reviewCreatedVersion",
        "at",
        "replyContent",
        "repliedAt",
        "appVersion",
    ]
    rows = [
        ["r1", "Ann", "u", "Slow", "2", "7", "1.0", "2026-03-01 08:05:16", "Sorry", "2026-03-02 08:00:00", "1.0"],
        ["r2", "Bob", "u", "", "5", "0", "", "2026-03-01 08:05:16", "", "", ""],
    ]
    reading = open_export(write_csv(tmp_path / "a.csv", header, rows))
    assert reading.facts.platform == "google_play"
    assert [question.stem for question in reading.adapted.questions] == ["星级"]
    batch = read_all(reading)
    assert batch.ratings["rating"].tolist() == [2, 5] and set(batch.ratings["indicator"]) == {"stars"}
    assert moments(batch.feedback["received_at"])[0] == "2026-03-01 08:05" and "Ann" not in batch.feedback.to_csv()
    assert attributes(batch)[0]["replyContent"] == "Sorry"


def test_columns_doubled_under_other_names_are_read_as_one(tmp_path: Path) -> None:
    header = [
        "",
        "reviewId",
        "content",
        "score",
        "thumbsUpCount",
        "at",
        "review_id",
        "comments",
        "rating",
        "likes",
        "created_at",
    ]
    rows = [
        ["0", "r1", "Slow", "2", "1", "2026-03-01 08:05:16", "", "", "", "", ""],
        ["1", "", "", "", "", "", "r2", "Fast", "5.0", "3", "2026-03-02 08:05:16"],
    ]
    reading = open_export(write_csv(tmp_path / "a.csv", header, rows))
    assert reading.facts.platform == "google_play" and len(reading.adapted.warnings) >= 4
    batch = read_all(reading)
    assert batch.feedback["text"].tolist() == ["Slow", "Fast"] and batch.ratings["rating"].tolist() == [2, 5]
    assert batch.feedback["received_at"].notna().all() and batch.rejects.empty


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            ["date", "review", "rating", "isEdited", "title", "userName", "developerResponse"],
            ["2026-03-01 08:05:16", "Crashes daily", "1", "False", "Bad", "Ann", "{'body': 'Sorry'}"],
        ),
        (
            ["id", "userName", "userUrl", "version", "score", "title", "text", "url", "updated"],
            ["1", "Ann", "https://x", "2.0", "1", "Bad", "Crashes daily", "https://y", "2026-03-01T08:05:16+08:00"],
        ),
    ],
)
def test_app_store_reviews_come_from_two_scrapers(tmp_path: Path, header: list[str], row: list[str]) -> None:
    reading = open_export(write_csv(tmp_path / "a.csv", header, [row]))
    assert reading.facts.platform == "app_store"
    batch = read_all(reading)
    assert batch.feedback["text"].tolist() == ["Bad\nCrashes daily"] and batch.ratings["rating"].tolist() == [1]
    assert moments(batch.feedback["received_at"]) == ["2026-03-01 08:05"] and "Ann" not in batch.feedback.to_csv()


def test_a_renamed_table_that_names_its_store_is_known_by_it(tmp_path: Path) -> None:
    header = ["review", "rating", "date", "bank", "source"]
    for source, platform in (("Google Play", "google_play"), ("App Store", "app_store"), ("Web", None)):
        path = write_csv(tmp_path / "a.csv", header, [["Slow app", "2", "2026-03-01", "CBE", source]])
        if platform is None:
            with pytest.raises(AmbiguousFormat):
                open_export(path)
        else:
            reading = open_export(path)
            assert reading.facts.platform == platform and read_all(reading).ratings["rating"].tolist() == [2]


def test_line_numbers_are_no_ids(tmp_path: Path) -> None:
    first = read_export(write_csv(tmp_path / "a.csv", PLUGIN, [plugin_row(n, f"第一批{n}", "3") for n in (1, 2)]))
    second = read_export(write_csv(tmp_path / "b.csv", PLUGIN, [plugin_row(n, f"第二批{n}", "3") for n in (1, 2)]))
    assert not set(first.feedback["feedback_id"]) & set(second.feedback["feedback_id"])


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
def test_real_reviews_are_read_whole() -> None:
    jd = read_export(SAMPLES / "jd" / "A_jd_comments_headerless.csv")
    assert jd.row_count == 120 and len(jd.feedback) == 116 and jd.ratings.empty
    play = read_export(SAMPLES / "appstore" / "B_boa_app_reviews.csv")
    assert len(play.feedback) == 60 and (play.ratings["state"] == "answered").all()


def test_the_keys_of_the_shop_s_own_interface_are_known(tmp_path: Path) -> None:
    entry = {"id": 7, "content": "充电很快", "creationTime": "2026-03-02 10:00:00", "score": 4,
             "referenceName": "手机A", "nickname": "j***n", "productColor": "黑"}  # fmt: skip
    reading = open_export(write_json(tmp_path / "a.json", {"comments": [entry], "maxPage": 3}))
    assert reading.facts.platform == "jd"
    batch = read_all(reading)
    assert batch.ratings["rating"].tolist() == [4] and batch.feedback["channel"].tolist() == ["京东"]
    assert "j***n" not in batch.feedback.to_csv()


def test_four_columns_of_google_play_are_enough_and_users_stay_outside(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["reviewId", "content", "score", "at", "user"],
                     [["r1", "充电很快", "5", "2026-03-02 10:00:00", "李四光"]])  # fmt: skip
    reading = open_export(path)
    assert reading.facts.platform == "google_play"
    assert "李四光" not in read_all(reading).feedback.to_csv()


def test_apple_s_own_feed_is_known(tmp_path: Path) -> None:
    def label(text: str) -> dict[str, str]:
        return {"label": text}

    entry = {"author": {"name": label("李四光")}, "updated": label("2026-03-02T10:00:00-07:00"), "id": label("9001"),
             "im:rating": label("4"), "im:version": label("1.0"), "title": label("好"),
             "content": label("充电很快")}  # fmt: skip
    reading = open_export(write_json(tmp_path / "a.json", {"feed": {"entry": [entry]}}))
    assert reading.facts.platform == "app_store"
    batch = read_all(reading)
    assert batch.feedback["text"].tolist() == ["好\n充电很快"] and batch.ratings["rating"].tolist() == [4]
    assert "李四光" not in batch.feedback.to_csv()


def test_the_report_of_googles_console_is_known_though_no_scraper_wrote_it(tmp_path: Path) -> None:
    header = [
        "Package Name", "App Version Name", "Reviewer Language", "Device", "Review Submit Date and Time",
        "Review Submit Millis Since Epoch", "Star Rating", "Review Title", "Review Text", "Review Link",
    ]  # fmt: skip
    rows = [
        [
            "com.example.app",
            "1.2",
            "zh",
            "phone",
            "2026-10-01T10:00:00Z",
            "1790848800000",
            "1",
            "",
            "闪退",
            "https://x/1",
        ],
        ["com.example.app", "1.2", "en", "phone", "2026-10-02T10:00:00Z", "1790935200000", "5", "", "", ""],
    ]
    reading = open_export(write_csv(tmp_path / "reviews.csv", header, rows, "utf-16"))
    batch = read_all(reading)
    assert reading.facts.platform == "google_play"
    assert batch.feedback["text"].tolist() == ["闪退", ""] and batch.ratings["rating"].tolist() == [1, 5]
    assert moments(batch.feedback["received_at"]) == ["2026-10-01 18:00", "2026-10-02 18:00"]
