"""The YAML files of a pack: its labels with their phrases, every mistake noted as file:line."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import yaml

from feedback_engine.documents import compose, tell_yaml_error
from feedback_engine.lexicon.alternatives import has_alternatives
from feedback_engine.lexicon.model import DetailKind, Entry, Label
from feedback_engine.lexicon.word_tables import Problems, WordTables, read_text
from feedback_engine.registry import unknown_name

CODE = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff][\w.\-]*")
#: Phrases of a label that say good or bad by themselves, and what they are worth as opinions.
_WORTH = {"good": 0.65, "bad": -0.65}
#: What a complaint type may say of all its complaints.
_DEFAULTS = {"root": DetailKind.ROOT, "cause": DetailKind.CAUSE}


def read_fields(path: Path, problems: Problems) -> dict[str, yaml.Node]:
    """Return the nodes of a YAML file by name; none, and the mistake noted, if it is none."""
    try:
        root = compose(read_text(path, problems))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        problems.add(place, tell_yaml_error(error))
        return {}
    return _fields(root, path, problems) if root is not None else {}


def _fields(node: yaml.Node, path: Path, problems: Problems) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        problems.add(f"{path}:{node.start_mark.line + 1}", "应为键值表（如 code: …）")
        return {}
    fields: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.value in fields:
            problems.add(f"{path}:{key.start_mark.line + 1}", f"{key.value!r} 写了两次")
        fields[str(key.value)] = value
    return fields


def read_scalar(fields: dict[str, yaml.Node], name: str) -> str:
    """Return a value as text, empty if it is not there."""
    node = fields.get(name)
    return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""


def read_flag(fields: dict[str, yaml.Node], name: str, path: Path, problems: Problems) -> bool:
    """Return whether it is true; anything but true and false is noted as a mistake."""
    value = read_scalar(fields, name)
    if value not in ("", "true", "false"):
        problems.add(f"{path}:{fields[name].start_mark.line + 1}", f"{name} 应为 true 或 false，这里是 {value!r}")
    return value == "true"


def read_labels(
    document: dict[str, yaml.Node],
    key: str,
    phrases_key: str,
    path: Path,
    tables: WordTables,
    others: tuple[str, ...],
) -> dict[str, Label]:
    """Return the labels that a file lists, by code; `others` are what else it may say."""
    problems = tables.problems
    for name in sorted(set(document) - {key, *others}):
        problems.add(f"{path}:{document[name].start_mark.line + 1}", unknown_name("设置项", name, (key, *others)))
    node = document.get(key)
    if node is None and not document:
        return {}
    if node is not None and not isinstance(node, yaml.SequenceNode):
        problems.add(f"{path}:{node.start_mark.line + 1}", f"{key} 应为列表（每项以 - 开头）")
        return {}
    labels: dict[str, Label] = {}
    for item in node.value if node is not None else ():
        label = _label(item, phrases_key, path, tables)
        if label is not None and label.code in labels:
            problems.add(f"{path}:{item.start_mark.line + 1}", f"代码 {label.code!r} 重复")
        elif label is not None:
            labels[label.code] = label
    return labels


def _label(node: yaml.Node, phrases_key: str, path: Path, tables: WordTables) -> Label | None:
    problems = tables.problems
    place = f"{path}:{node.start_mark.line + 1}"
    fields = _fields(node, path, problems)
    known = ("code", "name", phrases_key, *(("touchpoints", "bad", *_DEFAULTS) if phrases_key == "cues" else _WORTH))
    for name in sorted(set(fields) - set(known)):
        problems.add(f"{path}:{fields[name].start_mark.line + 1}", unknown_name("设置项", name, known))
    code, name = read_scalar(fields, "code"), read_scalar(fields, "name")
    if not code or not name:
        problems.add(place, "缺少 code 或 name")
        return None
    if not CODE.fullmatch(code) or code in ("overall", "unsure"):
        problems.add(
            place, f"代码 {code!r} 不可用：只能用字母、数字、汉字、下划线、点和连字符，且不能是 overall、unsure"
        )
        return None
    phrases, blamed = (_phrases(fields.get(key), path, tables) for key in (phrases_key, "touchpoints"))
    opinions: dict[str, Entry] = {}
    for key, worth in _WORTH.items():
        valued = _phrases(fields.get(key), path, tables, phrases)
        opinions |= {term: Entry(term, worth, origin) for term, origin in valued.items()}
        phrases |= valued
    return Label(code, name, phrases, blamed, opinions, _defaults(fields, path))


def _defaults(fields: dict[str, yaml.Node], path: Path) -> dict[DetailKind, tuple[str, str]]:
    """Return kind → code and place of what a complaint type stands for."""
    name = f"{path.parent.name}/{path.name}"
    return {
        kind: (read_scalar(fields, key), f"{name}:{fields[key].start_mark.line + 1}")
        for key, kind in _DEFAULTS.items()
        if key in fields
    }


def _phrases(node: yaml.Node | None, path: Path, tables: WordTables, others: Collection[str] = ()) -> dict[str, str]:
    """Return the phrases of a list → the place of each; one among the `others` of the same label is refused.

    One that stands for several leaves out what is written elsewhere.
    """
    if node is None:
        return {}
    if not isinstance(node, yaml.SequenceNode):
        tables.problems.add(f"{path}:{node.start_mark.line + 1}", "应为词的列表（如 [快递, 物流]）")
        return {}
    written = [item.value.strip() if isinstance(item, yaml.ScalarNode) else "" for item in node.value]
    own = {term for term in written if not has_alternatives(term)}
    phrases: dict[str, str] = {}
    file, name = str(path), f"{path.parent.name}/{path.name}"
    for item, phrase in zip(node.value, written, strict=True):
        line = item.start_mark.line + 1
        place, origin = f"{file}:{line}", f"{name}:{line}"
        if not phrase:
            tables.problems.add(place, "这里应为一个词")
        for term in tables.spell_out(phrase, place) if phrase else ():
            if (term in phrases or term in others) and (phrase in own or (term not in own and term not in others)):
                tables.problems.add(place, f"词 {term!r} 在同一个标签里写了两次")
            elif phrase in own or (term not in own and term not in others):
                phrases[term] = origin
    return phrases
