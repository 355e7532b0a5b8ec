"""The pieces that the platforms of complaints, posts and reviews share."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.ingest.platforms.alias_tables import AliasTable, bare_heading
from feedback_engine.ingest.platforms.casework import is_segment, join_list, join_path
from feedback_engine.ingest.platforms.cfpb import hide_redactions
from feedback_engine.ingest.platforms.dayforms import decide_days, looks_dated
from feedback_engine.ingest.platforms.identifiers import are_damaged, are_serial, clean_id
from feedback_engine.ingest.platforms.posts import clean_post, is_default_review, read_count
from feedback_engine.ingest.platforms.repeats import settle_repeats
from feedback_engine.ingest.platforms.templates import split_template


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("1.1万", "11000"), ("28k", "28000"), ("1.5w", "15000"), ("2亿", "200000000"), ("10万+", "100000"),
        ("1,234", "1234"), ("0", "0"), ("赞", ""), ("", ""), ("１２", "12"), ("1.234万", "12340"),
        ("1.5 万", "15000"), ("约1.2万", "12000"), ("3万多", "30000"), ("1.1萬", "11000"),
        ("5百", "500"), ("99条", "99"),
    ],
)  # fmt: skip
def test_counts_are_digits(cell: str, count: str) -> None:
    assert read_count(cell) == count


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("价格<100 而且<3", "价格<100 而且<3"),
        ("a<script>x()</script>b", "ab"),
        ("👨\u200d👩\u200d👧好\u200b的", "👨\u200d👩\u200d👧好的"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
    ],
)
def test_only_markup_goes(raw: str, text: str) -> None:
    assert clean_post(raw) == text


@given(st.text(st.characters(exclude_characters="<&", exclude_categories=["C", "Z"]), max_size=80))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert clean_post(text) == text


@pytest.mark.parametrize("text", ["", "好", "不是系统默认好评，是我写的", "用户没有填写评价的权利吗"])
def test_words_of_customers_are_no_default_reviews(text: str) -> None:
    assert not is_default_review(text)


@pytest.mark.parametrize(
    ("cells", "cell", "moment"),
    [
        (["18/jul/26 9:10 AM"], "18/jul/26 9:10 AM", "2026-07-18 09:10:00"),
        (["30/Jul/18 23:33"], "30/Jul/18 23:33", "2018-07-30 23:33:00"),
        (["18/七月/26 9:10 下午"], "18/七月/26 9:10 下午", "2026-07-18 21:10:00"),
        (["18.12.2026 08:00"], "03.04.2026 08:00", "2026-04-03 08:00:00"),
        (["6/21/2025 16:14"], "3/4/2025 12:05 AM", "2025-03-04 00:05:00"),
        (["21/6/2025"], "3/4/25", "2025-04-03"),
        ([], "Fri Dec 02 21:57:25 +0800 2022", "2022-12-02 21:57:25+0800"),
        ([], "Jul 18, 2026, 9:10 PM", "2026-07-18 21:10:00"),
        ([], "2026-07-18T09:10:00Z", "2026-07-18T09:10:00Z"),
        ([], "1772323500000", "1772323500000"),
        ([], "nonsense", "nonsense"),
        ([], "18/foo/26", "18/foo/26"),
    ],
)
def test_days_are_settled_by_the_whole_file(cells: list[str], cell: str, moment: str) -> None:
    assert decide_days(cells).convert(cell) == moment


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2089, 12, 31)), st.booleans())
def test_either_order_of_day_and_month_gives_the_day(day: date, is_day_first: bool) -> None:
    form = "{0.day}/{0.month}/{0.year}" if is_day_first else "{0.month}/{0.day}/{0.year}"
    days = decide_days([form.format(day.replace(day=28)), form.format(day)])
    assert not days.warnings and days.convert(form.format(day)) == day.isoformat()


def test_undecided_days_warn_and_other_forms_do_not() -> None:
    assert decide_days(["3/4/2025", "5/6/2025"]).warnings and not decide_days(["2025-03-04", ""]).warnings
    assert looks_dated(["3/4/2025", "x", "18/jul/26"]) and not looks_dated([]) and not looks_dated(["满意", "一般"])


def test_damaged_ids_are_told_by_their_zeros_and_exponents() -> None:
    sound = [f"4842349060955{n:03}" for n in range(12)]
    assert not are_damaged(sound) and are_damaged([text[:-1] + "0" for text in sound])
    longer = [f"202610010{n:05}000" for n in range(7001, 7006)]
    assert are_damaged(longer) and not are_damaged(longer[:4]) and not are_damaged([*longer, "20261001007006050", "1"])
    assert are_damaged(["4.84235E+15"] * 3) and not are_damaged([*sound[:3], "2.02610E+14"])
    assert not are_damaged([text[:-1] + "0" for text in sound[:9]]) and not are_damaged([f"{n}0" for n in range(99)])


def test_ids_lose_only_their_guards() -> None:
    assert [clean_id(text) for text in ("42\t", "'42", '="0042"', "42.0", "4.2", "GD-42")] == [
        "42", "42", "0042", "42", "4.2", "GD-42",
    ]  # fmt: skip
    assert are_serial(["1", "2", "3"]) and are_serial(["0", "1.0"]) and not are_serial(["1", "3"])
    assert are_serial(["3", "2", "1"]) and not are_serial(["1", "1", "2"])


def test_headings_are_compared_without_brackets_blanks_and_widths() -> None:
    table = AliasTable(
        [("department", "受理班组"), ("private", "*电话*"), ("id", "工单编号"), ("text", "内容", "weak")]
    )
    header = ["受理 班组（全称）", "联系电话1", "【工单编号】", "工单编号：", "内容", "", "别的"]
    assert table.locate(header) == {"department": [0], "private": [1], "id": [3], "text": [4]}
    assert bare_heading("受理班组(全称)") == "受理班组" and table.count_strong(header, "id", "text") == 1


def test_lists_and_paths_in_one_cell() -> None:
    assert join_list("住建局,街道办，住建局；") == "住建局、街道办" and join_list("E43,G52,H81,") == "E43、G52、H81"
    assert (
        join_path([0, 1, 2], ["城乡建设", "", "停车"]) == "城乡建设/停车"
        and join_path([0, 1], ["其他", "其他"]) == "其他"
    )


def test_a_column_segments_only_with_few_short_impersonal_values() -> None:
    assert is_segment(["东门", "西门"] * 30) and not is_segment([f"第{n}条" for n in range(60)])
    assert (
        not is_segment(["13900000001"] * 5)
        and not is_segment(["a@b.cn"])
        and not is_segment(["长" * 61])
        and not is_segment([])
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("On XX/XX/2019 I called XXXX XXXX at {$500.00}.", "On [隐去] I called [隐去] at {$500.00}."),
        ("XXXXXXXX charged XXXX.", "[隐去] charged [隐去]."),
        ("SIZE XL, MAXXIM, Exxon", "SIZE XL, MAXXIM, Exxon"),
    ],
)
def test_redactions_are_one_token(text: str, said: str) -> None:
    assert hide_redactions(text) == said


def test_emphasis_is_no_template_and_unknown_sections_stay() -> None:
    assert split_template("【重要】【紧急】马上修").text == "【重要】【紧急】马上修"
    assert split_template("【诉求内容】坏了【现场情况】漏水").text == "坏了\n【现场情况】漏水"
    assert split_template("【诉求目的】退款").text == "退款"


class _ByName:
    """Groups rows by their first cell; the highest second cell holds."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}

    def note(self, cells: list[str]) -> int | None:
        return self.names.setdefault(cells[0], len(self.names)) if cells[0] else None

    def rank(self, cells: list[str]) -> tuple[object, ...]:
        return (int(cells[1]),)

    def settle(self, cells: list[str], group: int | None) -> list[str]:
        return cells


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.integers(0, 9)), max_size=30))
def test_every_row_stays_and_the_best_of_its_group_speaks(pairs: Sequence[tuple[str, int]]) -> None:
    records = [(number, [name, str(value)]) for number, (name, value) in enumerate(pairs, start=1)]
    settled = list(settle_repeats(iter(records), _ByName()))
    assert [number for number, _ in settled] == [number for number, _ in records]
    for (_, before), (_, after) in zip(records, settled, strict=True):
        best = max(value for name, value in pairs if name == before[0])
        assert after == (before if not before[0] else [before[0], str(best)])


@pytest.mark.parametrize(
    ("cells", "iso"),
    [
        (["26/3/14", "26/3/15", "26/4/2"], ["2026-03-14", "2026-03-15", "2026-04-02"]),
        (["25-12-31 8:05", "26-1-14 9:00", "26-1-15 9:00"], ["2025-12-31 08:05:00", "2026-01-14 09:00:00"]),
        (["26/3/14", "27/3/14", "28/3/14"], ["2014-03-26", "2014-03-27", "2014-03-28"]),
        (["26/3/14", "3/3/14"], ["2014-03-26", "2014-03-03"]),
    ],
)
def test_years_of_two_digits_are_told_from_days_by_the_column(cells: list[str], iso: list[str]) -> None:
    days = decide_days(cells)
    assert [days.convert(cell) for cell in cells][: len(iso)] == iso
    assert not days.warnings


def test_one_date_with_a_year_of_two_digits_is_not_guessed_silently() -> None:
    assert "分不清" in "".join(decide_days(["26/3/14"]).warnings)
