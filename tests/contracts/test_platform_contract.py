"""What every registered platform keeps to: it claims its own files only, and hands on what the common code can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from batch_frames import to_frames
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platform_fixtures import FIXTURES, Table
from pydantic import TypeAdapter

from feedback_engine.catalogs import ADAPTERS
from feedback_engine.config.model import SourceConfig
from feedback_engine.config.strict import Code
from feedback_engine.domain import AnswerState
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.detect import Platform, Sample, peek
from feedback_engine.ingest.importer import Reading, open_source
from feedback_engine.ingest.mapping import Adapted, MappedColumns

ROOT = Path(__file__).parents[2]
#: The names that the public contract promises.
NAMES = [
    "wjx", "tencent_survey", "tencent_docs", "wenjuan", "qualtrics", "surveymonkey", "limesurvey", "google_forms",
    "microsoft_forms", "typeform", "formbricks", "spss", "stata", "work_order", "cfpb", "jira", "zendesk",
    "freshdesk", "salesforce", "weibo_search", "weibo_crawler", "weibo_scrapy", "mediacrawler", "jd", "google_play",
    "app_store",
]  # fmt: skip
#: Whose each example is; None = nobody's, it comes with a mapping.
EXAMPLES = {"满意度问卷_按文本.xlsx": "wjx", "投诉记录.csv": "work_order", "点评.jsonl": None}
#: Platforms that go by a vocabulary, and whose files speak it too: they may claim these, if they are asked later.
FALLBACKS = {"work_order": {"freshdesk", "salesforce"}}
#: Whose newer versions append longer rows under the old headings, so that these are kept.
GROWING = {"weibo_search", "weibo_crawler", "weibo_scrapy"}
PLATFORMS = [ADAPTERS[name] for name in ADAPTERS]
CODES = TypeAdapter(list[Code])
_CHINESE = re.compile(r"[\u4e00-\u9fff]")

each = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)


@pytest.fixture(scope="module", autouse=True)
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)
        sample_of.cache_clear()


@cache
def sample_of(path: Path) -> Sample:
    rows = open_rows(path, SourceConfig(name="x", path=str(path)))
    return peek(rows, path.name)[0]


def write(folder: Path, name: str) -> Path:
    fixture = FIXTURES[name]()
    path = folder / f"{name}{fixture.suffix}"
    return path if path.exists() else fixture.write(path)


def open_file(path: Path, name: str | None = None) -> Reading:
    source = SourceConfig(name="x", path=str(path), format=name)
    return open_source(path, source, dict(ADAPTERS), timezone="Asia/Shanghai", is_unnamed=True)


def adapt(platform: Platform, folder: Path) -> tuple[Adapted, MappedColumns]:
    reading = open_file(write(folder, platform.name))
    return reading.adapted, reading.columns


def ids_of(path: Path, name: str | None = None) -> list[str]:
    """Return the identities in the file, sorted."""
    return sorted(to_frames(open_file(path, name)).feedback["feedback_id"])


def is_chinese(sentence: str) -> bool:
    return sentence.strip() != "" and _CHINESE.search(sentence) is not None


def test_every_promised_platform_is_registered_and_no_other() -> None:
    assert sorted(ADAPTERS) == sorted(NAMES) == sorted(FIXTURES)


@each
def test_a_platform_has_its_name_and_a_rank(platform: Platform) -> None:
    assert ADAPTERS[platform.name] is platform
    CODES.validate_python([platform.name])
    assert isinstance(platform.rank, int) and platform.rank > 0 and platform.rank % 10 == 0


@each
@pytest.mark.parametrize("container", ["csv", "jsonl", "json", "xlsx", "xls"])
def test_nothing_is_nobody_s(platform: Platform, container: str) -> None:
    assert platform.recognise(Sample("空.csv", container, (), ())) is None
    assert platform.recognise(Sample("空.csv", container, ("", ""), (("", ""), ()))) is None


@each
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_are_claimed_by_their_own_platform_only(platform: Platform, example: str) -> None:
    claim = platform.recognise(sample_of(ROOT / "examples" / example))
    assert (claim is not None) == (EXAMPLES[example] == platform.name)


CELLS = st.text(alphabet='甲乙丙满意星ab 0159.-;,|[]()<>{}"\n', max_size=8)
TABLES = st.tuples(st.lists(CELLS, max_size=6), st.lists(st.lists(CELLS, max_size=8).map(tuple), max_size=5)).map(
    lambda table: Sample("随机.csv", "csv", tuple(table[0]), tuple(table[1]))
)


@each
@settings(max_examples=25, derandomize=True)
@given(sample=TABLES)
def test_random_tables_are_nobody_s(platform: Platform, sample: Sample) -> None:
    assert platform.recognise(sample) is None


@each
@settings(max_examples=15, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_ragged_rows_never_break_recognition(platform: Platform, folder: Path, data: st.DataObject) -> None:
    whole = sample_of(write(folder, platform.name))
    cut = st.integers(0, len(whole.header))
    rows = tuple(row[: data.draw(cut)] + ("多",) * data.draw(st.integers(0, 2)) for row in whole.rows)
    header = whole.header[: data.draw(cut)]
    for sample in (
        Sample(whole.file_name, whole.container, whole.header, rows),
        Sample(whole.file_name, whole.container, header, rows),
    ):
        claim = platform.recognise(sample)
        assert claim is None or claim.evidence


@each
@pytest.mark.parametrize("other", NAMES)
def test_a_platform_claims_its_own_file_and_nobody_else_s(platform: Platform, other: str, folder: Path) -> None:
    claim = platform.recognise(sample_of(write(folder, other)))
    if platform.name in FALLBACKS and other in FALLBACKS[platform.name]:
        assert claim is not None and platform.rank > ADAPTERS[other].rank
    else:
        assert (claim is not None) == (platform.name == other)


@each
def test_a_claim_has_marks_and_evidence_in_chinese(platform: Platform, folder: Path) -> None:
    claim = platform.recognise(sample_of(write(folder, platform.name)))
    assert claim is not None and claim.marks > 0
    assert claim.evidence and all(map(is_chinese, claim.evidence))


@each
def test_its_file_is_recognised_among_all(platform: Platform, folder: Path) -> None:
    reading = open_file(write(folder, platform.name))
    assert reading.facts.platform == platform.name
    assert reading.facts.evidence and all(map(is_chinese, reading.facts.evidence))


@each
def test_headings_are_unique_and_the_mapping_resolves(platform: Platform, folder: Path) -> None:
    adapted, columns = adapt(platform, folder)
    assert len(set(adapted.rows.header)) == len(adapted.rows.header)
    resolved = MappedColumns.resolve(
        adapted.mapping, adapted.rows.header, place="x", timezone="UTC", choices=adapted.choices
    )
    assert resolved.labels == columns.labels
    assert adapted.mapping.problems_for(adapted.kind) == []


@each
def test_warnings_are_sentences_in_chinese(platform: Platform, folder: Path) -> None:
    reading = open_file(write(folder, platform.name))
    list(reading)
    assert all(map(is_chinese, reading.notes))


@each
def test_codes_are_codes_and_each_stands_for_one_thing(platform: Platform, folder: Path) -> None:
    adapted, _ = adapt(platform, folder)
    questions = [question.code for question in adapted.questions]
    indicators = [rating.indicator for rating in adapted.mapping.ratings]
    roles = [text.role for text in adapted.mapping.texts]
    for codes in (questions, indicators, roles):
        assert len(set(codes)) == len(codes)
        assert CODES.validate_python(codes) == codes
    if questions:
        assert set(indicators) <= set(questions)


@each
def test_every_row_is_accounted_for(platform: Platform, folder: Path) -> None:
    batches = list(open_file(write(folder, platform.name)))
    read = to_frames(batches)
    kept = set(read.feedback["row_number"])
    lost = set(read.rejects.loc[read.rejects["column"] == "", "row_number"])
    assert len(kept | lost) == len(FIXTURES[platform.name]().rows) == sum(batch.row_count for batch in batches)
    assert kept and not kept & lost


TABULAR = [name for name in NAMES if isinstance(FIXTURES[name](), Table)]


@pytest.mark.parametrize("name", TABULAR)
def test_rows_too_short_and_too_long_are_rejects_that_say_where(name: str, tmp_path: Path) -> None:
    fixture = FIXTURES[name]()
    assert isinstance(fixture, Table)
    first, *rest = fixture.rows
    path = fixture.write(tmp_path / "a.csv", [first, [*rest[0][:2]], [*rest[0], "多", "余"], *rest[1:]])
    batches = list(open_file(path, name))
    rejects = to_frames(batches).rejects
    rejects = rejects[rejects["column"] == ""]
    assert sum(batch.row_count for batch in batches) == len(fixture.rows) + 1
    short, long = fixture.heads + 2, fixture.heads + 3
    assert short in set(rejects["row_number"]) and (name in GROWING or long in set(rejects["row_number"]))
    assert rejects["reason"].map(is_chinese).all()


@each
def test_states_are_those_of_the_domain(platform: Platform, folder: Path) -> None:
    adapted, _ = adapt(platform, folder)
    assert set(adapted.mapping.missing.values()) <= set(AnswerState)
    ratings = to_frames(open_file(write(folder, platform.name))).ratings
    assert set(ratings["state"]) <= {str(state) for state in AnswerState}
    assert (ratings["rating"].notna() == (ratings["state"] == AnswerState.ANSWERED)).all()


@each
def test_renaming_the_file_or_reordering_its_rows_keeps_the_ids(platform: Platform, folder: Path) -> None:
    fixture = FIXTURES[platform.name]()
    renamed = fixture.write(folder / f"另一个名字{fixture.suffix}")
    turned = fixture.write(folder / f"倒序-{platform.name}{fixture.suffix}", list(reversed(fixture.rows)))
    ids = ids_of(write(folder, platform.name))
    assert len(set(ids)) == len(ids)
    assert ids_of(renamed) == ids == ids_of(turned)


@each
def test_pinning_the_format_gives_what_recognition_gives(platform: Platform, folder: Path) -> None:
    path = write(folder, platform.name)
    assert ids_of(path, platform.name) == ids_of(path)
