from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.alternatives import spell_out
from feedback_engine.lexicon.files import load_lexicon, load_pack, load_theme_words
from feedback_engine.resources import find_lexicons

CLASSES = {"时长": ["小时", "＃天"], "没有": ["没", "没有"]}
TABLES = {"polarity": 2, "negation": 2, "degree": 2, "contrast": 3, "emoji": 2}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Word lists that hold nothing yet, and a pack without words."""
    (tmp_path / "sentiment").mkdir()
    for name in TABLES:
        (tmp_path / "sentiment" / f"{name}.tsv").write_text("", encoding="utf-8")
    write(tmp_path, "packs/mine/touchpoints.yaml", "touchpoints: []\n")
    write(tmp_path, "packs/mine/complaint_types.yaml", "types: []\n")
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_words_between_brackets_are_taken_one_after_the_other() -> None:
    assert spell_out("【没、没有】收到", {}) == ["没收到", "没有收到"]
    assert spell_out("等了【半天、很久】…【没、没有】【来、上】", {})[:3] == [
        "等了半天…没来",
        "等了半天…没上",
        "等了半天…没有来",
    ]


def test_a_name_between_brackets_stands_for_the_words_of_its_class() -> None:
    assert spell_out("【时长】…【没有】来", CLASSES) == ["小时…没来", "小时…没有来", "＃天…没来", "＃天…没有来"]


def test_a_phrase_that_comes_about_in_two_ways_is_one() -> None:
    assert spell_out("没【有、有人】【人管、管】", {}) == ["没有人管", "没有管", "没有人人管"]


words = st.lists(st.text("没有来等了…＃ a", min_size=1).filter(str.strip), min_size=2, max_size=4, unique_by=str.strip)


@given(st.lists(words, min_size=1, max_size=4))
def test_every_combination_is_spelled_out(lists: list[list[str]]) -> None:
    phrase = "".join(f"【{'、'.join(each)}】" for each in lists)
    assert set(spell_out(phrase, {})) == {"".join(map(str.strip, chosen)) for chosen in product(*lists)}


@given(st.text("【】、没有时长", max_size=12))
def test_any_phrase_is_spelled_out_or_refused_in_words(phrase: str) -> None:
    try:
        assert all("【" not in one and "】" not in one for one in spell_out(phrase, CLASSES))
    except ValueError as error:
        assert any("\u4e00" <= character <= "\u9fff" for character in str(error))


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("【时长…没来", "没有成对"),
        ("时长】…没来", "没有成对"),
        ("【没【有】】来", "没有成对，或套在一起"),
        ("【等候时长】…没来", "没有名为 '等候时长' 的词类，是否想写 '等待时长'"),
        ("【没】来", "几个词之间用 、 分隔"),
        ("【】来", "没有名为 '' 的词类"),
        ("【没、】来", "空的词"),
        ("【没、没有、没】来", "'没' 写了两次"),
        ("".join(["【零、一、二、三、四、五、六、七、八、九】"] * 4), "代表 10000 个词，最多 5000 个"),
    ],
)
def test_a_mistake_between_brackets_is_told_with_file_and_line(folder: Path, phrase: str, said: str) -> None:
    write(folder, "classes.tsv", "等待时长\t小时、＃天\n")
    write(folder, "sentiment/polarity.tsv", f"# 等待\n{phrase}\t-0.7\twaiting\n")
    with pytest.raises(LexiconError) as caught:
        load_lexicon(folder)
    assert "polarity.tsv:2: " in str(caught.value) and said in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("时长", r"classes\.tsv:1: 应有 2 列"),
        ("时长\t小时、", r"classes\.tsv:1: .*空的词"),
        ("时长\t小时、小时", r"classes\.tsv:1: .*'小时' 写了两次"),
        ("时长\t【没有】、小时", r"classes\.tsv:1: .*不能有【】"),
        ("时、长\t小时", r"classes\.tsv:1: .*名称里也不能有 、"),
        ("时长\t小时\n时长\t＃天", r"classes\.tsv:2: 词类 '时长' 重复"),
    ],
)
def test_a_mistake_in_a_class_is_told_with_its_line(folder: Path, line: str, said: str) -> None:
    write(folder, "classes.tsv", f"{line}\n")
    for load in (load_lexicon, load_theme_words, lambda folder: load_pack(folder, "mine")):
        with pytest.raises(LexiconError, match=said):
            load(folder)


def test_a_line_gives_its_weight_kind_and_place_to_each_of_its_phrases(folder: Path) -> None:
    write(folder, "classes.tsv", "# 词类\n时长\t小时、＃天\n")
    write(folder, "sentiment/polarity.tsv", "好\t0.8\n【时长】…没来\t-0.7\twaiting\n")
    entries = load_lexicon(folder).polarity
    assert list(entries) == ["好", "小时…没来", "＃天…没来"]
    for term in ("小时…没来", "＃天…没来"):
        entry = entries[term]
        assert (entry.term, entry.weight, str(entry.kind), entry.origin) == (term, -0.7, "waiting", "polarity.tsv:2")


def test_written_out_phrases_are_the_same_lexicon(folder: Path) -> None:
    write(folder, "sentiment/polarity.tsv", "小时…没来\t-0.7\n＃天…没来\t-0.7\n")
    written = load_lexicon(folder).fingerprint
    write(folder, "sentiment/polarity.tsv", "【小时、＃天】…没来\t-0.7\n")
    assert load_lexicon(folder).fingerprint == written


@pytest.mark.parametrize("lines", ["【没、没有】用\t-0.8\n没用\t-0.3\n", "没用\t-0.3\n【没、没有】用\t-0.8\n"])
def test_a_line_of_its_own_counts_before_one_with_alternatives(folder: Path, lines: str) -> None:
    write(folder, "sentiment/polarity.tsv", lines)
    entries = load_lexicon(folder).polarity
    assert {term: entry.weight for term, entry in entries.items()} == {"没用": -0.3, "没有用": -0.8}


def test_two_lines_with_alternatives_must_not_stand_for_the_same_phrase(folder: Path) -> None:
    write(folder, "sentiment/polarity.tsv", "【没、没有】用\t-0.8\n没【用、效】\t-0.3\n")
    with pytest.raises(LexiconError, match=r"polarity\.tsv:2: 词 '没用' 重复，已写在 .*polarity\.tsv:1"):
        load_lexicon(folder)


def test_no_alternative_may_leave_a_gap_at_the_end(folder: Path) -> None:
    write(folder, "sentiment/polarity.tsv", "等了【…、半天】\t-0.8\n")
    with pytest.raises(LexiconError, match=r"polarity\.tsv:1: 词 '等了…' 不能以 … 或 ～ 开头或结尾"):
        load_lexicon(folder)


def test_a_wrong_weight_of_a_line_with_alternatives_is_told_once(folder: Path) -> None:
    write(folder, "sentiment/polarity.tsv", "【没、没有】用\t很差\n")
    with pytest.raises(LexiconError, match="有 1 处错误"):
        load_lexicon(folder)


def test_every_word_list_may_have_alternatives(folder: Path) -> None:
    write(folder, "classes.tsv", "没有\t没、没有\n")
    for name, columns in TABLES.items():
        write(folder, f"sentiment/{name}.tsv", "\t".join(["【没有】" + name, *["0.5"] * (columns - 1)]) + "\n")
    for kind in ("roots", "causes", "urgency", "demands"):
        write(folder, f"complaints/{kind}.tsv", f"【没有】退款\t{kind}\t名称\n")
    write(folder, "keywords/stopwords.tsv", "【没有】的\n")
    write(folder, "keywords/roles.tsv", "【没有】法\tstop\n")
    write(folder, "keywords/synonyms.tsv", "【没有】票\t票\n")
    lexicon, themes = load_lexicon(folder), load_theme_words(folder)
    for name in TABLES:
        assert list(getattr(lexicon, name)) == [f"没{name}", f"没有{name}"]
    assert [detail.term for detail in lexicon.details] == ["没退款", "没有退款"] * 4
    assert themes.stop_words == {"没的", "没有的"} and set(themes.roles) == {"没法", "没有法"}
    assert themes.synonyms == {"没票": "票", "没有票": "票"}


def test_a_pack_may_have_alternatives(folder: Path) -> None:
    write(folder, "classes.tsv", "没有\t没、没有\n")
    phrases = "phrases: [配送, 【没有】送到, 没【有、】送到]"
    write(folder, "packs/mine/touchpoints.yaml", f"touchpoints:\n  - code: delivery\n    name: 送货\n    {phrases}\n")
    with pytest.raises(LexiconError, match=r"touchpoints\.yaml:4: '有、' 里有空的词"):
        load_pack(folder, "mine")
    write(
        folder, "packs/mine/touchpoints.yaml",
        "touchpoints:\n  - {code: delivery, name: 送货, phrases: [没送到, 【没有】送到]}\n",
    )  # fmt: skip
    assert list(load_pack(folder, "mine").touchpoints[0].phrases) == ["没送到", "没有送到"]


def test_every_shipped_class_is_used() -> None:
    shipped = find_lexicons()
    lines = (shipped / "classes.tsv").read_text(encoding="utf-8").splitlines()
    names = [line.split("\t")[0] for line in lines if not line.startswith("#")]
    tables = [*shipped.rglob("*.tsv"), *shipped.rglob("*.yaml")]
    text = "".join(path.read_text(encoding="utf-8") for path in tables if path.name != "classes.tsv")
    assert names and [name for name in names if f"【{name}】" not in text] == []


def test_two_phrases_of_a_label_must_not_stand_for_the_same(folder: Path) -> None:
    phrases = "[【没、没有】送到, 没【送到、送】]"
    write(folder, "packs/mine/touchpoints.yaml", f"touchpoints:\n  - {{code: d, name: 送货, phrases: {phrases}}}\n")
    with pytest.raises(LexiconError, match=r"touchpoints\.yaml:2: 词 '没送到' 在同一个标签里写了两次"):
        load_pack(folder, "mine")
