"""One survey exported in several forms: which stored source an export belongs to, and which form of an answer stands.

问卷星 exports the same answers as text, by score and by number, in files that may arrive on different nights. An export
by number has lost the stems of multiple choices, so that it does not know by itself whose survey it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from feedback_engine.ingest.cells import fold
from feedback_engine.ingest.platforms.wjx_modes import FORM, FORMS
from feedback_engine.ingest.readers.rows import Tally
from feedback_engine.tables.columns import Columns
from feedback_engine.tables.feedback import FEEDBACK, MAIN_ROLE, FeedbackBatch

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.ingest.importer import Reading
    from feedback_engine.store.loading import FeedbackReader

_PLATFORM = "wjx"
#: 问卷星 begins the names of its files with the number of the survey.
_SURVEY_NUMBER = re.compile(r"(\d{4,})_")
#: What is known of a respondent besides number and minute, in every form of export.
_WITNESSES = ("duration_seconds", "IP地区")
_KEPT = "{} 行答卷已由同一问卷更完整的导出（按文本优于按分数，按分数优于按序号）入库，保持不变"
_CHANGED = (
    "同一来源里题号的含义变了（{}）：以题号为指标时，不同的题会混在一起计分；"
    "若题目有增删或改序，请给改版后的问卷另立来源，或用 mapping 按标题指定指标；若只是改了措辞，不必理会"
)
_SHOWN_CHANGES, _SHOWN_STEM = 3, 30


@dataclass(frozen=True, slots=True)
class Found:
    """The source that holds the same survey; else why it is not certain, in Chinese, or nothing."""

    source: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """What the store holds of a respondent."""

    content_hash: bytes
    attributes: Mapping[str, str]

    @property
    def rank(self) -> int:
        """How much its form of export tells: a text more than a score, a score more than a number."""
        return _rank(self.attributes)

    def contradicts(self, other: Version) -> bool:
        """Whether they took another time or came from elsewhere; what one of them does not know says nothing."""
        pairs = [(self.attributes.get(name), other.attributes.get(name)) for name in _WITNESSES]
        return any(one and two and one != two for one, two in pairs)


def find_source(reading: Reading, reader: FeedbackReader, open_as: Callable[[str], Reading]) -> Found:
    """Return the stored source with the survey of an export whose source has no name of its own.

    It is the same survey where the questions that both know are the same, at least one of them, and no respondent of
    the same number and minute took another time. `open_as` opens the export as one of that source.
    """
    if reading.facts.platform != _PLATFORM:
        return Found()
    files = reader.load_files()
    files = files[files["platform"] == _PLATFORM]
    if reading.source.name in set(files["source"]):
        return Found()
    questions = reader.load_questions()
    doubts: list[str] = []
    certain: list[tuple[int, str]] = []
    for name, names in files.groupby("source")["name"]:
        stored = questions[questions["source"] == name]
        if not _may_be_of(reading.facts.name, names) or not _ask_the_same(reading, stored):
            continue
        known = load_versions(reader, str(name))
        own = _read_versions(open_as(str(name)))
        both = own.keys() & known.keys()
        against = sum(own[key].contradicts(known[key]) for key in both)
        if against:
            doubts.append(_tell_doubt(str(name), len(both), against))
        else:
            certain.append((len(both), str(name)))
    return Found(max(certain)[1]) if certain else Found(doubt="；".join(doubts))


def _tell_doubt(name: str, both: int, against: int) -> str:
    return (
        f"像来源 {name} 的同一份问卷：题目一致，{both} 份答卷的序号和提交时间相同，"
        f"但其中 {against} 份的所用时间或地区不同，没有合并，算作另一份问卷；"
        f"若确是同一份，请在空库里用 --source {name} 导入这几个文件"
    )


def _may_be_of(name: str, names: pd.Series[str]) -> bool:
    """Whether the numbers of surveys in the names of files, where they are there, allow it."""
    own = _SURVEY_NUMBER.match(name)
    theirs = {match[1] for match in map(_SURVEY_NUMBER.match, names) if match}
    return own is None or not theirs or own[1] in theirs


def _ask_the_same(reading: Reading, stored: pd.DataFrame) -> bool:
    """Whether the questions have the same numbers, and the same wording wherever no form of export lost it."""
    own = {question.code: fold(question.full_stem) for question in reading.adapted.questions}
    theirs = {code: fold(stem) for code, stem in zip(stored["code"], stored["stem"], strict=True)}
    if {code.split("_")[0] for code in own} != {code.split("_")[0] for code in theirs}:
        return False
    both = [code for code in own.keys() & theirs.keys() if not _is_lost(code, own[code], theirs[code])]
    return bool(both) and all(own[code] == theirs[code] for code in both)


def describe_changed_questions(reading: Reading, reader: FeedbackReader) -> str:
    """Return the warning that numbers which rate something stood for other questions in earlier files of the source.

    Nothing where all mean the same.
    """
    questions = reader.load_questions()
    stored = questions[questions["source"] == reading.source.name]
    own = {question.code: question for question in reading.adapted.questions}
    changed = [
        f"{code} 原为「{stem[:_SHOWN_STEM]}」，现为「{own[code].full_stem[:_SHOWN_STEM]}」"
        for code, stem, low in zip(stored["code"], stored["stem"], stored["scale_min"], strict=True)
        if code in own
        and (low == low or own[code].scale is not None)
        and fold(stem) != fold(own[code].full_stem)
        and not _is_lost(code, stem, own[code].full_stem)
    ]
    more = f"等 {len(changed)} 题" if len(changed) > _SHOWN_CHANGES else ""
    return _CHANGED.format("；".join(changed[:_SHOWN_CHANGES]) + more) if changed else ""


def _is_lost(code: str, *stems: str) -> bool:
    return any(not stem or stem.startswith("—") or stem == f"第{code[1:]}题" for stem in stems)


def load_versions(reader: FeedbackReader, source: str) -> dict[bytes, Version]:
    """Return feedback_id → what the store holds of each respondent of the source."""
    rows = reader.load_versions(source)
    return {key: Version(content, json.loads(attributes)) for key, content, attributes in rows}


def _read_versions(reading: Reading) -> dict[bytes, Version]:
    versions: dict[bytes, Version] = {}
    for batch in reading:
        names = ("feedback_id", "content_hash", "attributes", "role")
        each = zip(*map(batch.feedback.__getitem__, names), strict=True)
        mains = ((key, content, json.loads(attributes)) for key, content, attributes, role in each if role == MAIN_ROLE)
        versions |= {key: Version(content, attributes) for key, content, attributes in mains}
    return versions


def keep_fuller(reading: Reading, known: Mapping[bytes, Version]) -> Iterator[FeedbackBatch]:
    """Yield the batches; what the store has in a form that tells more is handed on as it stands there."""
    tally = Tally(_KEPT)
    reading.adapted.rows.tallies.append(tally)
    for batch in reading:
        feedback = batch.feedback
        own = map(_rank, map(json.loads, feedback["attributes"]))
        hashes = list(feedback["content_hash"])
        for at, (key, rank) in enumerate(zip(feedback["feedback_id"], own, strict=True)):
            if (version := known.get(key)) and version.rank > rank:
                hashes[at] = version.content_hash
                tally.count += 1
        yield replace(batch, feedback=Columns(FEEDBACK, {**feedback.values, "content_hash": hashes}))


def keep_stems(
    questions: pd.DataFrame, known: Mapping[bytes, Version], reader: FeedbackReader, source: str
) -> pd.DataFrame:
    """Return QUESTIONS of an export that tells less: those that the store has of a fuller one, and others beside."""
    import pandas as pd

    if all(version.rank < len(FORMS) for version in known.values()):
        return questions
    stored = reader.load_questions()
    stored = stored[stored["source"] == source]
    return pd.concat([stored, questions[~questions["code"].isin(stored["code"])]], ignore_index=True)


def is_partial(reading: Reading) -> bool:
    """Whether the export holds positions or scores of options, where another form holds their words."""
    return any(name == FORM for name, _ in reading.columns.attributes)


def _rank(attributes: Mapping[str, str]) -> int:
    form = attributes.get(FORM)
    return FORMS.index(form) if form in FORMS else len(FORMS)
