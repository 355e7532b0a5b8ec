"""Labelled rows of a user's own CSV, XLSX or JSONL: read, each text kept once, near-duplicates in one group.

Columns: text, label, and optionally domain and weight (or 文本, 标签, 领域, 权重 and the like). Copies and near-copies
of a text on both sides of a split are what makes published accuracies too good; hence the groups.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import SourceError, tell_os_error
from feedback_engine.nlp.ngrams import plain_key

_COLUMNS = {
    "text": ("text", "文本", "内容", "评论", "评论内容", "反馈", "反馈内容", "正文", "原文", "原声"),
    "label": ("label", "标签", "类别", "分类", "类型", "标注", "情感", "情感倾向", "倾向", "极性", "触点"),
    "domain": ("domain", "领域", "行业"),
    "weight": ("weight", "权重"),
}
_ENCODINGS = ("utf-8-sig", "gb18030")
#: MinHash: bands x hashes per band, over character 4-grams; alike above about 0.8 in common.
_BANDS, _BAND, _GRAM = 6, 4, 4
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its labels (several only for a task of several labels)."""

    text: str
    labels: tuple[str, ...]
    domain: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SetInfo:
    """What the card tells of a training file."""

    name: str
    rows: int
    #: Rows that were new: neither empty nor a copy of an earlier row.
    kept: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """The rows of all files, each text once, in the order of the files."""

    rows: tuple[Labelled, ...]
    sets: tuple[SetInfo, ...]
    #: Texts that are nearly the same bear the same number.
    groups: NDArray[np.int64]
    #: Copies left out that bear another label than the row kept.
    contradictions: int = 0


def read_corpus(files: Sequence[Path], labels: str = "label") -> Corpus:
    """Return the labelled rows of the files without copies; SourceError names file, row and what is missing.

    A file with the labels of several tasks has none of the usual headings; there the column `labels` holds them.
    """
    seen: dict[str, tuple[str, ...]] = {}
    contradictions = 0
    kept: list[Labelled] = []
    keys: list[str] = []
    sets: list[SetInfo] = []
    for path in files:
        before, count = len(kept), 0
        for row in _read_file(path, labels):
            count += 1
            key = plain_key(row.text) or row.text.strip()
            if not (key and row.labels):
                continue
            if key in seen:
                contradictions += set(seen[key]) != set(row.labels)
                continue
            seen[key] = row.labels
            kept.append(row)
            keys.append(key)
        sets.append(SetInfo(path.name, count, len(kept) - before, sha256(path.read_bytes()).hexdigest()))
    if not kept:
        place = "、".join(map(str, files))
        raise SourceError(f"{place}: 没有带标签的文本；需要 text 与 label 两列（标签那一列不能全空）")
    return Corpus(tuple(kept), tuple(sets), group_near_copies(keys), contradictions)


def _read_file(path: Path, labels: str) -> Iterator[Labelled]:
    known: dict[tuple[str, ...], dict[str, str]] = {}
    for number, record in enumerate(_records(path), start=1):
        # each line of JSONL may name other columns
        headings = tuple(record)
        if headings not in known:
            known[headings] = _find_columns(headings, labels)
            if number == 1:
                _require_columns(path, headings, known[headings])
        columns = known[headings]
        text = record.get(columns.get("text", ""))
        yield Labelled(
            "" if text is None else str(text),
            _labels(record.get(columns.get("label", ""))),
            str(record.get(columns.get("domain", ""), "") or path.stem),
            _weight(path, number, record.get(columns.get("weight", ""))),
        )


def _find_columns(headings: Sequence[str], labels: str) -> dict[str, str]:
    """Return field → the heading of its column."""
    fields = _COLUMNS | {"label": (*_COLUMNS["label"], labels)}
    present = {str(heading).strip().lower(): heading for heading in reversed(headings)}
    named = (
        (field, next((present[name] for name in names if name in present), None)) for field, names in fields.items()
    )
    return {field: heading for field, heading in named if heading is not None}


def _require_columns(path: Path, headings: Sequence[str], found: Mapping[str, str]) -> None:
    missing = [field for field in ("text", "label") if field not in found]
    if missing:
        raise SourceError(f"{path}: 缺少列 {'、'.join(missing)}；现有列：{'、'.join(map(str, headings))}")


def _labels(value: Any) -> tuple[str, ...]:
    """Return the labels of a cell: a list, or names parted by | ; 、; 1.0 of a workbook is 1."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(str(item).strip() for item in value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    parts = str(value).replace("；", "|").replace(";", "|").replace("、", "|").split("|")
    return tuple(part.strip() for part in parts if part.strip())


def _weight(path: Path, number: int, value: Any) -> float:
    try:
        weight = 1.0 if value in (None, "") else float(value)
    except (TypeError, ValueError):
        weight = -1.0
    if not 0.0 < weight < float("inf"):
        raise SourceError(f"{path} 第 {number} 条：权重 {value!r} 应是正数")
    return weight


def _records(path: Path) -> Iterable[Mapping[str, Any]]:
    try:
        path.stat()
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            return _read_workbook(path)
        text = _decode(path)
    except OSError as error:
        raise SourceError(f"{path}: 无法读取（{tell_os_error(error)}）") from error
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return _read_lines(path, text)
    return csv.DictReader(io.StringIO(text, newline=""))


def _decode(path: Path) -> str:
    data = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError(f"{path}: 既不是 UTF-8 也不是 GB18030；请另存为 UTF-8")


def _read_lines(path: Path, text: str) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise SourceError(f"{path} 第 {number} 行：不是 JSON（{error.msg}）") from error
        if not isinstance(record, dict):
            raise SourceError(f"{path} 第 {number} 行：应是一个 JSON 对象")
        yield record


def _read_workbook(path: Path) -> Iterator[Mapping[str, Any]]:
    import zipfile

    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise SourceError(f"{path}: 不是可读的 Excel 工作簿（{error}）") from error
    rows = book.worksheets[0].iter_rows(values_only=True)
    headings = ["" if cell is None else str(cell) for cell in next(rows, ())]
    named = [at for at, heading in enumerate(headings) if heading.strip()]
    yield from ({headings[at]: row[at] for at in named if at < len(row)} for row in rows)
    book.close()


def group_near_copies(keys: Sequence[str]) -> NDArray[np.int64]:
    """Return a group number per key: keys that share most of their 4-grams share it (MinHash, fixed seed)."""
    parent = list(range(len(keys)))
    long = np.array([number for number, key in enumerate(keys) if len(key) >= _SHORTEST], dtype=np.int64)
    signatures = _signatures([keys[number] for number in long])
    for band in range(0, signatures.shape[1], _BAND):
        _, first, inverse = np.unique(
            signatures[:, band : band + _BAND], axis=0, return_index=True, return_inverse=True
        )
        for one, other in zip(long.tolist(), long[first[inverse.ravel()]].tolist(), strict=True):
            _join(parent, one, other)
    return np.array([_root(parent, number) for number in range(len(keys))], dtype=np.int64)


def _signatures(keys: Sequence[str]) -> NDArray[np.uint32]:
    if not keys:
        return np.zeros((0, _BANDS * _BAND), dtype=np.uint32)
    points = np.frombuffer("".join(keys).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    starts = np.concatenate([[0], np.cumsum([len(key) for key in keys])[:-1]])
    hashed = np.zeros(len(points), dtype=np.uint64)
    for lag in range(_GRAM):
        hashed[: len(points) - lag] = hashed[: len(points) - lag] * np.uint64(1000003) + points[lag:]
    for back in range(1, _GRAM):  # a gram that would run into the next key is no gram
        hashed[np.append(starts[1:], len(points)) - back] = np.iinfo(np.uint64).max
    hashed = (hashed * np.uint64(0x9E3779B97F4A7C15)) ^ (hashed >> np.uint64(29))
    factors = np.random.default_rng(7).integers(1, 2**62, _BANDS * _BAND).astype(np.uint64) | np.uint64(1)
    lowest = [np.minimum.reduceat((hashed * factor) >> np.uint64(32), starts) for factor in factors]
    return np.stack(lowest, axis=1).astype(np.uint32)


def _root(parent: list[int], number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


def _join(parent: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(parent, one), _root(parent, other)))
    parent[second] = first
