"""JSON lines, arrays of objects, and objects around such an array, as rows; nested objects become dotted headings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.readers.json_wrapper import (
    BrokenJson,
    MoreFollows,
    Wrapped,
    find_list,
    is_wrapper,
    iterate_lists,
    iterate_values,
)
from feedback_engine.ingest.readers.rows import LineReject, Rows
from feedback_engine.ingest.readers.text import MAX_CHARACTERS, is_too_long, read_lines

#: More distinct keys than this is no table.
MAX_COLUMNS = 10_000
_CHUNK = 1 << 20
_PROBED_LINES = 20
#: Keys by which MongoDB's exports tell the type of a value.
_TYPED = frozenset(
    {"$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$uuid", "$symbol"}
)


def _keep_plain(number: str) -> str:
    """Return a JSON number as text; 24.0 is 24, as everywhere else."""
    return number[:-2] if number.endswith(".0") else number


#: Numbers stay as written: an id of 20 digits is no float.
_DECODER = json.JSONDecoder(parse_float=_keep_plain, parse_int=str, parse_constant=lambda _: "")


def is_json_lines(path: Path, encoding: str) -> bool:
    """Whether the first line, or half of the first lines, are whole JSON objects, and not one that wraps a list."""
    lines = islice((line for line in read_lines(path, encoding) if line.strip()), _PROBED_LINES)
    values = [_decode(line)[0] for line in lines]
    objects = [isinstance(value, dict) for value in values]
    if len(values) == 1 and objects[0]:
        return not is_wrapper(values[0])
    return objects[0] or sum(objects) * 2 >= len(objects)


def read_json_lines(path: Path, encoding: str) -> Rows:
    """Return the rows of a file with one object a line; a line that is none becomes a reject.

    The headings are the keys of the whole file in order of first appearance, so the file is read twice.
    """
    header = _collect_keys(path, (row for _, row in _read_line_objects(path, encoding, [])))
    rejects: list[LineReject] = []
    objects = _read_line_objects(path, encoding, rejects)
    return Rows(header, _align(objects, header), "jsonl", encoding, None, ("每行一个 JSON 对象",), rejects)


def read_json_array(path: Path, encoding: str) -> Rows:
    """Return the rows of a file that is one array of objects, numbered from 1.

    Raises UnreadableFile where the array breaks off: what follows cannot be told apart.
    """
    header = _collect_keys(path, (row for _, row in _read_array_objects(path, encoding, [])))
    rejects: list[LineReject] = []
    objects = _read_array_objects(path, encoding, rejects)
    return Rows(header, _align(objects, header), "json", encoding, None, ("JSON 数组",), rejects)


def read_json_object(path: Path, encoding: str) -> Rows:
    """Return the rows of a file that is one object around a list of records, numbered from 1.

    Of several lists it is the longest. Where object follows upon object, as jq and mongoexport write them over several
    lines, each is a record. Raises UnreadableFile where the file breaks off or holds no list of objects.
    """
    try:
        found = find_list(path, encoding, _DECODER)
    except MoreFollows:
        return _read_sequence(path, encoding)
    except BrokenJson as error:
        raise UnreadableFile(f"{path} 的 JSON {error}；请重新导出该文件") from None
    if found is None:
        raise UnreadableFile(f"{path} 是 JSON，但里面没有对象的列表；应为每行一个对象、一个对象数组，或包着数组的对象")
    header = _collect_keys(path, (row for _, row in _read_wrapped(path, encoding, found, [])))
    rejects: list[LineReject] = []
    evidence = [f"JSON 对象里的列表 {'.'.join(found.path)}，{found.count} 项"]
    evidence += [f"没有读的列表：{'、'.join(found.others)}"] if found.others else []
    records = _align(_read_wrapped(path, encoding, found, rejects), header)
    return Rows(header, records, "json", encoding, None, tuple(evidence), rejects)


def _read_sequence(path: Path, encoding: str) -> Rows:
    """Return the rows of a file of objects one behind the other, with or without commas between them."""
    header = _collect_keys(path, (row for _, row in _flatten_each(_read_values(path, encoding), [])))
    rejects: list[LineReject] = []
    records = _align(_flatten_each(_read_values(path, encoding), rejects), header)
    return Rows(header, records, "json", encoding, None, ("一个接一个的 JSON 对象",), rejects)


def _read_values(path: Path, encoding: str) -> Iterator[Any]:
    try:
        for value in iterate_values(path, encoding, _DECODER):
            if isinstance(value, dict) and is_wrapper(value):
                raise UnreadableFile(f"{path} 是几批记录一个接一个，每批在一个 JSON 对象里；请拆成几个文件，每个一批")
            yield value
    except BrokenJson as error:
        raise UnreadableFile(f"{path} 的 JSON {error}；请重新导出该文件") from None


def _read_wrapped(
    path: Path, encoding: str, found: Wrapped, rejects: list[LineReject]
) -> Iterator[tuple[int, dict[str, str]]]:
    elements = (value for keys, value in iterate_lists(path, encoding, _DECODER) if keys == found.path)
    return _flatten_each(elements, rejects)


def _align(objects: Iterator[tuple[int, dict[str, str]]], header: list[str]) -> Iterator[tuple[int, list[str]]]:
    for number, row in objects:
        yield number, [row.get(key, "") for key in header]


def _collect_keys(path: Path, rows: Iterator[dict[str, str]]) -> list[str]:
    keys: dict[str, None] = {}
    for row in rows:
        keys.update(dict.fromkeys(row))
        if len(keys) > MAX_COLUMNS:
            raise UnreadableFile(f"{path} 里有超过 {MAX_COLUMNS} 个不同的键，不像一张表；请整理后再导入")
    if not keys:
        raise UnreadableFile(f"{path} 里没有任何 JSON 对象；应为每行一个对象，或一个对象数组")
    return list(keys)


def _read_line_objects(path: Path, encoding: str, rejects: list[LineReject]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(read_lines(path, encoding), start=1):
        if not line.strip():
            continue
        value, problem = (None, "一行过长") if is_too_long(line) else _decode(line)
        if isinstance(value, dict):
            yield number, _flatten(_open_hit(value))
        else:
            reason = problem or "这一行不是 JSON 对象"
            rejects.append(LineReject(number, "", line.strip(), reason))


def _decode(text: str) -> tuple[Any, str]:
    """Return the value, or None and why there is none."""
    try:
        return _DECODER.decode(text), ""
    except json.JSONDecodeError as error:
        return None, f"不是正确的 JSON（第 {error.colno} 个字符处）"
    except RecursionError:
        return None, "JSON 嵌套过深"


def _read_array_objects(path: Path, encoding: str, rejects: list[LineReject]) -> Iterator[tuple[int, dict[str, str]]]:
    return _flatten_each(_read_elements(path, encoding), rejects)


def _flatten_each(elements: Iterator[Any], rejects: list[LineReject]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, value in enumerate(elements, start=1):
        if isinstance(value, dict):
            yield number, _flatten(_open_hit(value))
        else:
            rejects.append(LineReject(number, "", str(value), "数组里的这一项不是 JSON 对象"))


def _read_elements(path: Path, encoding: str) -> Iterator[Any]:
    """Yield the array's elements, holding no more than one of them and a chunk of the file."""
    with path.open(encoding=encoding, errors="strict") as stream:
        buffer = stream.read(_CHUNK).lstrip()[1:]
        count = 0
        while not (buffer := _skip_blanks(buffer, stream)).startswith("]"):
            value, end = _decode_element(buffer)
            # Cut off by the chunk's end; or a number that may go on.
            while (end < 0 or end == len(buffer)) and len(buffer) < MAX_CHARACTERS and (more := stream.read(_CHUNK)):
                buffer += more
                value, end = _decode_element(buffer)
            buffer = _skip_blanks(buffer[end:], stream) if end >= 0 else ""
            if buffer[:1] not in (",", "]") or not buffer:
                raise UnreadableFile(f"{path} 的 JSON 数组在第 {count + 1} 项处断开或有误；请重新导出该文件")
            count += 1
            yield value
            buffer = buffer.removeprefix(",")
        if _skip_blanks(buffer[1:], stream):
            raise UnreadableFile(f"{path} 的 JSON 数组结束后还有内容；请改成一个数组，或每行一个对象")


def _skip_blanks(buffer: str, stream: TextIO) -> str:
    while not (buffer := buffer.lstrip(" \t\r\n")):
        if not (buffer := stream.read(_CHUNK)):
            break
    return buffer


#: What a hit holds beside its record without a stroke in front.
_BESIDE_SOURCE = frozenset({"sort", "highlight", "fields", "found"})


def _decode_element(buffer: str) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(buffer)
    except (json.JSONDecodeError, RecursionError):
        return None, -1


def _open_hit(value: dict[str, Any]) -> dict[str, Any]:
    """Return the record in a hit of Elasticsearch, whose keys are then those of the record; anything else as it is."""
    source = value.get("_source")
    if not isinstance(source, dict) or not all(key.startswith("_") or key in _BESIDE_SOURCE for key in value):
        return value
    own = value.get("_id")
    return source if own is None or own in source.values() else {"_id": own, **source}


def _flatten(value: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, item in value.items():
        if type(item) is str:
            flat[prefix + key] = item
        elif isinstance(item := _unwrap(item), dict):
            flat |= _flatten(item, f"{prefix}{key}.")
        else:
            flat[prefix + key] = item if isinstance(item, str) else _render(item)
    return flat


def _unwrap(item: Any) -> Any:
    """Return the value in an object by which MongoDB's exports tell its type: {"$date": {"$numberLong": "1"}}."""
    while isinstance(item, dict) and len(item) == 1 and item.keys() <= _TYPED:
        (item,) = item.values()
    return item


def _render(item: Any) -> str:
    if item is None:
        return ""
    if isinstance(item, bool):
        return "true" if item else "false"
    return json.dumps(item, ensure_ascii=False)
