from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.files import list_packs, load_lexicon, load_pack
from feedback_engine.lexicon.model import DetailKind, WordKind
from feedback_engine.resources import find_lexicons

SHIPPED = find_lexicons()
GOVERNMENT = {"城乡建设", "劳动和社会保障", "教育文体", "商贸旅游", "环境保护", "卫生计生", "交通运输"}
AUTOMOTIVE = {"动力", "价格", "油耗", "操控", "舒适性", "配置", "安全性", "内饰", "外观", "空间"}
RESTAURANT = (
    "location_traffic location_distance_from_business_district location_easy_to_find service_wait_time "
    "service_waiters_attitude service_parking_convenience service_serving_speed price_level price_cost_effective "
    "price_discount environment_decoration environment_noise environment_space environment_cleaness dish_portion "
    "dish_taste dish_look dish_recommendation"
)
HOTEL = (
    "booking check_in service room facilities cleanliness dining location quietness value_for_money parking "
    "complaint_handling membership"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped word lists that a test may edit."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "lexicons"))


def write_pack(folder: Path, name: str, touchpoints: str, types: str = "types: []\n", words: str = "") -> None:
    home = folder / "packs" / name
    home.mkdir(parents=True)
    (home / "touchpoints.yaml").write_text(touchpoints, encoding="utf-8")
    (home / "complaint_types.yaml").write_text(types, encoding="utf-8")
    (home / "userdict.tsv").write_text(words, encoding="utf-8")


def test_shipped_lexicon_is_large_and_knows_where_each_word_came_from() -> None:
    lexicon = load_lexicon(SHIPPED)
    assert sum(1 for entry in lexicon.polarity.values() if entry.weight) >= 2000
    entry = lexicon.polarity["智商税"]
    name, _, line = entry.origin.partition(":")
    shown = (SHIPPED / "sentiment" / name).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert shown.split("\t")[0] == "智商税"


def test_shipped_packs_are_the_eight_promised() -> None:
    promised = ["automotive", "general", "government", "hotel", "restaurant", "retail", "scenic", "telecom"]
    assert [name for name in list_packs(SHIPPED) if name in promised] == promised


@pytest.mark.parametrize("name", list_packs(SHIPPED))
def test_every_shipped_pack_loads_with_seeds_for_every_label(name: str) -> None:
    pack = load_pack(SHIPPED, name)
    assert all(label.phrases for label in (*pack.touchpoints, *pack.complaint_types))
    if name != "government":
        assert "service_attitude" in {label.code for label in pack.complaint_types}


@pytest.mark.parametrize("name", list_packs(SHIPPED))
def test_every_label_of_a_shipped_pack_has_a_chinese_name_of_its_own(name: str) -> None:
    pack = load_pack(SHIPPED, name)
    for labels in (pack.touchpoints, pack.complaint_types):
        names = [label.name for label in labels]
        assert len(set(names)) == len(names)
        assert all(any("\u4e00" <= character <= "\u9fff" for character in name) for name in names)


def test_codes_and_names_that_outside_checks_rely_on() -> None:
    def names(pack: str) -> set[str]:
        return {label.name for label in load_pack(SHIPPED, pack).touchpoints}

    assert {label.code for label in load_pack(SHIPPED, "restaurant").touchpoints} == set(RESTAURANT.split())
    assert {label.code for label in load_pack(SHIPPED, "hotel").touchpoints} == set(HOTEL.split())
    assert names("automotive") == AUTOMOTIVE
    assert names("scenic") == {"服务", "位置", "设施", "卫生", "性价比"} <= names("hotel")
    assert {label.name for label in load_pack(SHIPPED, "government").complaint_types} == GOVERNMENT


def test_unknown_pack_says_what_was_meant(folder: Path) -> None:
    with pytest.raises(LexiconError, match="是否想写 'hotel'"):
        load_pack(folder, "hotels")


def test_all_mistakes_of_all_files_are_told_at_once_with_their_lines(folder: Path) -> None:
    polarity = folder / "sentiment" / "polarity.tsv"
    polarity.write_text(
        "# 注释\n好\t零点八\n差\t-0.8\n差\t-0.7\n慢\n快\t9\n烂\t-1\tdemnd\n…好\t0.5\n贵\tnan\n冷\t9\twating\n",
        encoding="utf-8",
    )
    (folder / "sentiment" / "contrast.tsv").write_text("但是\t1.5\n", encoding="utf-8")
    (folder / "sentiment" / "degree.tsv").unlink()
    with pytest.raises(LexiconError) as caught:
        load_lexicon(folder)
    said = str(caught.value)
    for place, what in (
        ("polarity.tsv:2", "'零点八' 不是数字"),
        ("polarity.tsv:4", "重复"),
        ("polarity.tsv:5", "列"),
        ("polarity.tsv:6", "应在 -1 到 1 之间"),
        ("polarity.tsv:7", "是否想写 'demand'"),
        ("polarity.tsv:8", "不能以 …"),
        ("polarity.tsv:9", "应在 -1 到 1 之间"),
        ("polarity.tsv:10", "应在 -1 到 1 之间"),
        ("polarity.tsv:10", "是否想写 'waiting'"),
        ("contrast.tsv:1", "列"),
        ("degree.tsv", "文件不存在"),
    ):
        assert any(place in line and what in line for line in said.splitlines()), (place, what, said)


def test_file_in_another_encoding_is_named(folder: Path) -> None:
    (folder / "sentiment" / "emoji.tsv").write_bytes("表情\t0.5\n".encode("gb18030"))
    with pytest.raises(LexiconError, match=r"emoji\.tsv.*UTF-8"):
        load_lexicon(folder)


def test_byte_order_mark_and_windows_line_ends_do_no_harm(folder: Path) -> None:
    path = folder / "sentiment" / "emoji.tsv"
    path.write_bytes(b"\xef\xbb\xbf[ok]\t0.5\r\n[no]\t-0.5\t\r\n")
    assert {term: entry.weight for term, entry in load_lexicon(folder).emoji.items()} == {"[ok]": 0.5, "[no]": -0.5}


def test_a_face_may_be_of_a_kind_as_a_word_may(folder: Path) -> None:
    path = folder / "sentiment" / "emoji.tsv"
    path.write_text("[ok]\t0.5\tirony\n[no]\t-0.5\n", encoding="utf-8")
    kinds = {term: entry.kind for term, entry in load_lexicon(folder).emoji.items()}
    assert kinds == {"[ok]": WordKind.IRONY, "[no]": WordKind.OPINION}
    path.write_text("[ok]\t0.5\tironi\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"emoji\.tsv:1.*是否想写 'irony'"):
        load_lexicon(folder)


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("touchpoints: [\n", r"touchpoints\.yaml:\d+: 不是正确的 YAML.*请检查这里与上一行的缩进"),
        ("touchpoints: 文字\n", r"touchpoints\.yaml:1: touchpoints 应为列表"),
        ("touchpoints:\n  - code: a\n", r"touchpoints\.yaml:2: 缺少 code 或 name"),
        ("touchpoints:\n  - {code: a, name: 甲}\n  - {code: a, name: 乙}\n", r"yaml:3: 代码 'a' 重复"),
        ("touchpoints:\n  - {code: 'a b', name: 甲}\n", r"yaml:2: 代码 'a b' 不可用"),
        ("touchpoints:\n  - {code: overall, name: 甲}\n", r"yaml:2: 代码 'overall' 不可用"),
        ("touchpoints:\n  - {code: a, name: 甲, phrase: [x]}\n", r"yaml:2: .*是否想写 'phrases'"),
        ("touchpoints:\n  - {code: a, name: 甲, phrases: [x, x]}\n", r"yaml:2: 词 'x' 在同一个标签里写了两次"),
        ("touchpoints:\n  - {code: a, name: 甲, phrases: [x], bad: [x]}\n", r"yaml:2: 词 'x' 在同一个标签里写了两次"),
        ("touchpoint: []\n", r"yaml:1: .*是否想写 'touchpoints'"),
        ("- a\n", r"yaml:1: 应为键值表"),
    ],
)
def test_mistakes_in_a_pack_are_told_with_their_line(folder: Path, yaml: str, said: str) -> None:
    write_pack(folder, "mine", yaml)
    with pytest.raises(LexiconError, match=said):
        load_pack(folder, "mine")


def test_pack_extends_another_by_code(folder: Path) -> None:
    own = "name: 我的店\nextends: general\ntouchpoints:\n"
    own += "  - {code: delivery, name: 送货, phrases: [跑腿]}\n  - {code: gifts, name: 礼品, phrases: [伴手礼]}\n"
    write_pack(folder, "mine", own, words="伴手礼\t10\tn\n")
    pack, general = load_pack(folder, "mine"), load_pack(folder, "general")
    by_code = {label.code: label for label in pack.touchpoints}
    assert by_code["delivery"].name == "送货"
    assert {"跑腿", "快递"} <= set(by_code["delivery"].phrases)
    assert set(by_code) == {label.code for label in general.touchpoints} | {"gifts"}
    assert pack.complaint_types == general.complaint_types
    assert pack.userdict[-1].word == "伴手礼"


def test_phrases_that_say_good_or_bad_by_themselves_are_opinions_of_the_pack(folder: Path) -> None:
    parent = "touchpoints:\n  - {code: delivery, name: 送货, phrases: [送], good: [一叫就到], bad: [扔门口]}\n"
    write_pack(folder, "mine", parent, "types:\n  - {code: late, name: 迟到, cues: [送], bad: [第二天才]}\n")
    write_pack(folder, "ours", "extends: mine\ntouchpoints:\n  - {code: delivery, name: 送货, bad: [扔楼下]}\n", "")
    ours = load_pack(folder, "ours")
    (delivery,), (late,) = ours.touchpoints, ours.complaint_types
    assert set(delivery.phrases) == {"送", "一叫就到", "扔门口", "扔楼下"}
    signs = {term: entry.weight > 0 for term, entry in (*delivery.opinions.items(), *late.opinions.items())}
    assert signs == {"一叫就到": True, "扔门口": False, "扔楼下": False, "第二天才": False}
    assert late.opinions["第二天才"].origin == "mine/complaint_types.yaml:2"


def test_a_phrase_that_turns_from_named_to_bad_changes_the_fingerprint(folder: Path) -> None:
    prints = set()
    write_pack(folder, "mine", "")
    for key in ("phrases", "good", "bad"):
        described = f"touchpoints:\n  - {{code: delivery, name: 送货, {key}: [扔门口]}}\n"
        (folder / "packs" / "mine" / "touchpoints.yaml").write_text(described, encoding="utf-8")
        prints.add(load_pack(folder, "mine").fingerprint)
    assert len(prints) == 3


def test_a_type_of_its_own_takes_its_cues_from_the_types_of_the_parent(folder: Path) -> None:
    write_pack(folder, "mine", "touchpoints: []\n", "types:\n  - {code: bad, name: 质量, cues: [假货], bad: [坏的]}\n")
    fake = "types:\n  - {code: fake, name: 假冒, cues: [假货, 坏的]}\n  - {code: bad, name: 质量, cues: [裂]}\n"
    write_pack(folder, "ours", "extends: mine\ntouchpoints: []\n", fake)
    quality, counterfeit = load_pack(folder, "ours").complaint_types
    assert (set(quality.phrases), set(counterfeit.phrases)) == ({"裂"}, {"假货", "坏的"})
    assert not quality.opinions


TOUCHPOINTS = "touchpoints:\n  - {code: delivery, name: 送货, phrases: [送]}\n"


def test_a_type_names_touchpoints_of_its_pack_and_a_slip_is_told_with_its_line(folder: Path) -> None:
    write_pack(folder, "mine", TOUCHPOINTS, "types:\n  - code: late\n    name: 迟到\n    touchpoints: [delivry]\n")
    with pytest.raises(LexiconError, match=r"complaint_types\.yaml:4: 没有名为 'delivry' 的触点，是否想写 'delivery'"):
        load_pack(folder, "mine")


def test_a_touchpoint_that_a_pack_has_given_up_may_still_stand_at_its_types(folder: Path) -> None:
    types = "types:\n  - {code: late, name: 迟到, touchpoints: [delivery, parking]}\n"
    write_pack(folder, "mine", TOUCHPOINTS, types)
    write_pack(folder, "ours", "extends: mine\ntouchpoints: []\n", types.replace("parking", "packing"))
    assert list(load_pack(folder, "ours").complaint_types[0].touchpoints) == ["delivery", "parking", "packing"]
    assert load_pack(folder, "ours").fingerprint != load_pack(folder, "mine").fingerprint


def test_a_pack_names_its_learned_weights_and_inherits_those_it_does_not_name(folder: Path) -> None:
    write_pack(folder, "base", "model: cars\nopinions: car_opinions\nposts: social\ntouchpoints: []\n")
    types = folder / "packs" / "base" / "complaint_types.yaml"
    types.write_text("model: cases\ncases: true\ntypes: []\n", encoding="utf-8")
    write_pack(folder, "mine", "extends: base\nmodel: vans\ntouchpoints: []\n")
    base, mine = load_pack(folder, "base"), load_pack(folder, "mine")
    assert (base.touchpoint_model, base.opinion_model, base.post_model) == ("cars", "car_opinions", "social")
    assert (mine.touchpoint_model, mine.opinion_model, mine.complaint_model) == ("vans", "car_opinions", "cases")
    assert mine.is_case_log and mine.fingerprint != base.fingerprint


def test_cases_must_be_true_or_false(folder: Path) -> None:
    write_pack(folder, "mine", "touchpoints: []\n")
    types = folder / "packs" / "mine" / "complaint_types.yaml"
    types.write_text("cases: 也许\ntypes: []\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"complaint_types\.yaml:1: cases 应为 true 或 false，这里是 '也许'"):
        load_pack(folder, "mine")


def test_packs_that_extend_each_other_are_refused(folder: Path) -> None:
    write_pack(folder, "one", "extends: two\ntouchpoints: []\n")
    write_pack(folder, "two", "extends: one\ntouchpoints: []\n")
    with pytest.raises(LexiconError, match="绕成了圈：one → two → one"):
        load_pack(folder, "one")


def test_word_frequency_must_be_a_number(folder: Path) -> None:
    write_pack(folder, "mine", "touchpoints: []\n", words="伴手礼\t很多\n")
    with pytest.raises(LexiconError, match=r"userdict\.tsv:1: 词频 '很多' 不是整数"):
        load_pack(folder, "mine")


def test_fingerprint_follows_the_words_and_not_the_place(folder: Path) -> None:
    assert load_lexicon(folder).fingerprint == load_lexicon(SHIPPED).fingerprint
    assert load_pack(folder, "hotel").fingerprint == load_pack(SHIPPED, "hotel").fingerprint
    with (folder / "sentiment" / "polarity.tsv").open("a", encoding="utf-8") as file:
        file.write("# 注释不算\n\n")
    assert load_lexicon(folder).fingerprint == load_lexicon(SHIPPED).fingerprint
    with (folder / "sentiment" / "polarity.tsv").open("a", encoding="utf-8") as file:
        file.write("巴适得板\t0.9\n")
    assert load_lexicon(folder).fingerprint != load_lexicon(SHIPPED).fingerprint


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("emoji", "[ok]\t0.5\n[no]\t-0.5\n", "[no]\t-0.5\n[ok]\t0.5\n"),
        ("emoji", "[ok]\t0.5\n", "[ok]\t0.6\n"),
        ("negation", "不\t-0.9\n", "不\t-0.9\tclause\n"),
        ("polarity", "快\t0.5\n", "快\t0.5\tbare\n"),
        ("polarity", "快\t0.5\n", "快\t0.5\twish\n"),
        ("contrast", "但\t1.2\t0.5\n", "但\t1.2\t0.6\n"),
    ],
)
def test_fingerprint_follows_all_that_decides_a_tag(folder: Path, name: str, one: str, other: str) -> None:
    path, found = folder / "sentiment" / f"{name}.tsv", set[str]()
    for text in (one, other):
        path.write_text(text, encoding="utf-8")
        found.add(load_lexicon(folder).fingerprint)
    assert len(found) == 2


def test_word_lists_made_before_complaint_details_still_load(folder: Path) -> None:
    shutil.rmtree(folder / "complaints")
    assert load_lexicon(folder).details == ()


def test_complaint_detail_needs_a_name_with_its_first_code(folder: Path) -> None:
    (folder / "complaints" / "demands.tsv").write_text("退款\trefund\n道歉\ta b\t道歉\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"demands\.tsv:1.*第 3 列(.|\n)*demands\.tsv:2.*代码 'a b' 不可用"):
        load_lexicon(folder)


def test_unknown_uses_of_demands_and_of_asking_words_are_named(folder: Path) -> None:
    (folder / "complaints" / "demands.tsv").write_text("退款\trefund\t退款\task\n", encoding="utf-8")
    (folder / "complaints" / "asking.tsv").write_text("要求\tasks\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"demands\.tsv:1.*'ask' 的用法(.|\n)*asking\.tsv:1.*'asks' 的作用"):
        load_lexicon(folder)


def test_without_asking_words_the_lists_still_load(folder: Path) -> None:
    (folder / "complaints" / "asking.tsv").unlink(missing_ok=True)
    assert load_lexicon(folder).steers == ()


def _write_child_pack(folder: Path, types: str) -> Path:
    home = folder / "packs" / "child"
    home.mkdir()
    (home / "touchpoints.yaml").write_text("name: 子包\nextends: general\n", encoding="utf-8")
    (home / "complaint_types.yaml").write_text(f"types:\n{types}", encoding="utf-8")
    return home


def test_pack_inherits_the_root_of_a_type_and_may_give_another(folder: Path) -> None:
    general = {label.code: label.defaults for label in load_pack(folder, "general").complaint_types}
    assert general["delivery"][DetailKind.ROOT][0] == "system"
    _write_child_pack(folder, "  - {code: delivery, name: 物流, root: people}\n  - {code: refund, name: 退款}\n")
    child = {label.code: label.defaults for label in load_pack(folder, "child").complaint_types}
    assert child["delivery"][DetailKind.ROOT] == ("people", "child/complaint_types.yaml:2")
    assert child["refund"] == general["refund"]


def test_unknown_root_or_cause_of_a_type_is_named_with_its_line(folder: Path) -> None:
    _write_child_pack(
        folder, "  - code: own\n    name: 自定\n    root: sistem\n    cause: prices\n    cues: [自定词]\n"
    )
    with pytest.raises(LexiconError, match=r"types\.yaml:4: .*'sistem'.*'system'(.|\n)*types\.yaml:5: .*'price'"):
        load_pack(folder, "child")


def test_root_of_a_type_counts_in_the_fingerprint_of_a_pack(folder: Path) -> None:
    home, prints = _write_child_pack(folder, ""), set[str]()
    for root in ("system", "people"):
        text = f"types:\n  - {{code: delivery, name: 物流, root: {root}}}\n"
        (home / "complaint_types.yaml").write_text(text, encoding="utf-8")
        prints.add(load_pack(folder, "child").fingerprint)
    assert len(prints) == 2
