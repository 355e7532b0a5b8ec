"""The folders of word lists → Lexicon and Pack, with every mistake in an edited file reported at once as file:line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

import yaml

from feedback_engine.documents import compose
from feedback_engine.errors import LexiconError, tell_os_error
from feedback_engine.lexicon.matcher import is_open_ended
from feedback_engine.lexicon.model import (
    Contrast,
    Detail,
    DetailKind,
    Entry,
    Label,
    Lexicon,
    Pack,
    Reach,
    UserWord,
    WordKind,
)
from feedback_engine.lexicon.themes import ThemeRole, ThemeWords
from feedback_engine.registry import unknown_name

#: What the two files of a pack may say beside their labels.
_TOUCHPOINT_KEYS, _TYPE_KEYS = ("name", "extends", "model", "opinions", "posts"), ("name", "model", "cases")
_CODE = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff][\w.\-]*")
#: Where negation and degree words may act.
_MODIFIER_REACHES = (Reach.NEAR, Reach.CLAUSE, Reach.AFTER)
#: A code as similar as this to an existing one is a slip of the hand.
_MISSPELT = 0.85
#: At most this many mistakes are shown.
_SHOWN = 20
V = TypeVar("V", Entry, Contrast)


@dataclass(slots=True)
class Problems:
    """The mistakes found so far, each with its place."""

    lines: list[str] = field(default_factory=list)

    def add(self, place: str, what: str) -> None:
        """Note one mistake."""
        self.lines.append(f"{place}: {what}")

    def refuse(self) -> None:
        """Raise LexiconError with all mistakes, if there are any."""
        if self.lines:
            more = [f"……另有 {len(self.lines) - _SHOWN} 处"] if len(self.lines) > _SHOWN else []
            raise LexiconError("\n  - ".join([f"词典有 {len(self.lines)} 处错误：", *self.lines[:_SHOWN], *more]))


def load_lexicon(folder: Path) -> Lexicon:
    """Return the sentiment words of `folder`/sentiment; raises LexiconError that lists every mistake."""
    problems = Problems()
    sentiment = folder / "sentiment"
    lexicon = Lexicon(
        polarity=_entries(sentiment / "polarity.tsv", problems, kinds=True, limit=1.0),
        negation=_entries(sentiment / "negation.tsv", problems, reaches=True, limit=2.0),
        degree=_entries(sentiment / "degree.tsv", problems, reaches=True, limit=4.0),
        contrast=_contrasts(sentiment / "contrast.tsv", problems),
        emoji=_entries(sentiment / "emoji.tsv", problems, limit=1.0),
        details=tuple(_details(folder / "complaints", problems)),
    )
    problems.refuse()
    return lexicon


def load_theme_words(folder: Path) -> ThemeWords:
    """Return the words of `folder`/keywords; a file that is not there holds none."""
    home, problems = folder / "keywords", Problems()
    stop_words = frozenset(cells[0] for _, cells in _rows_if_there(home / "stopwords.tsv", 1, problems))
    synonyms = {cells[0]: cells[1] for _, cells in _rows_if_there(home / "synonyms.tsv", 2, problems)}
    roles: dict[str, ThemeRole] = {}
    for place, (word, role) in _rows_if_there(home / "roles.tsv", 2, problems):
        if role in (allowed := tuple(str(known) for known in ThemeRole)):
            roles[word] = ThemeRole(role)
        else:
            problems.add(f"{home / place}", unknown_name("作用", role, allowed))
    problems.refuse()
    return ThemeWords(stop_words, roles, synonyms)


def _rows_if_there(path: Path, count: int, problems: Problems) -> Iterator[tuple[str, list[str]]]:
    return _rows(path, count, count, problems) if path.exists() else iter(())


def list_packs(folder: Path) -> list[str]:
    """Return the names of the packs in `folder`/packs, sorted."""
    packs = folder / "packs"
    return sorted(p.name for p in packs.iterdir() if (p / "touchpoints.yaml").is_file()) if packs.is_dir() else []


def load_pack(folder: Path, name: str) -> Pack:
    """Return the pack `folder`/packs/`name` with what it extends; raises LexiconError that lists every mistake."""
    problems = Problems()
    pack = _load_pack(folder, name, problems, ())
    problems.refuse()
    return pack


def _load_pack(folder: Path, name: str, problems: Problems, children: tuple[str, ...]) -> Pack:
    known = list_packs(folder)
    if name not in known:
        raise LexiconError(f"{unknown_name('行业包', name, tuple(known))}（词典文件夹 {folder}）")
    home = folder / "packs" / name
    described = _read_yaml(home / "touchpoints.yaml", problems)
    title = _scalar(described, "name") or name
    touchpoints = _labels(described, "touchpoints", "phrases", home / "touchpoints.yaml", problems, _TOUCHPOINT_KEYS)
    types_path = home / "complaint_types.yaml"
    typed = _read_yaml(types_path, problems)
    types = _labels(typed, "types", "cues", types_path, problems, _TYPE_KEYS)
    words = tuple(_user_words(home / "userdict.tsv", problems))
    parent_name = _scalar(described, "extends")
    own = Pack(
        name,
        title,
        tuple(touchpoints.values()),
        tuple(types.values()),
        words,
        _scalar(described, "model"),
        _scalar(described, "opinions"),
        _scalar(typed, "model"),
        _scalar(described, "posts"),
        _flag(typed, "cases", types_path, problems),
    )
    if not parent_name:
        return _check_touchpoints(own, home.parent, problems)
    if parent_name in (*children, name):
        raise LexiconError(
            f"{home / 'touchpoints.yaml'}: extends 绕成了圈：{' → '.join((*children, name, parent_name))}"
        )
    parent = _load_pack(folder, parent_name, problems, (*children, name))
    whole = Pack(
        name,
        title,
        _extend(parent.touchpoints, touchpoints),
        _extend(parent.complaint_types, types),
        (*parent.userdict, *words),
        own.touchpoint_model or parent.touchpoint_model,
        own.opinion_model or parent.opinion_model,
        own.complaint_model or parent.complaint_model,
        own.post_model or parent.post_model,
        own.is_case_log or parent.is_case_log,
    )
    return _check_touchpoints(whole, home.parent, problems)


def _check_touchpoints(pack: Pack, packs: Path, problems: Problems) -> Pack:
    """Return the pack; refuse what its complaint types name and is nearly one of its touchpoints.

    A name that is far from all of them is one that the pack has given up.
    """
    codes = tuple(label.code for label in pack.touchpoints)
    for label in pack.complaint_types:
        for code in sorted(set(label.touchpoints) - set(codes)):
            if get_close_matches(code, codes, cutoff=_MISSPELT):
                problems.add(f"{packs / label.touchpoints[code]}", unknown_name("触点", code, codes))
    return pack


def _extend(parents: tuple[Label, ...], children: dict[str, Label]) -> tuple[Label, ...]:
    own = {label.code for label in parents}
    grown = [p.extended(children[p.code]) if p.code in children else p for p in parents]
    return (*grown, *(child for child in children.values() if child.code not in own))


def _read_text(path: Path, problems: Problems) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.add(str(path), "文件不存在")
    except UnicodeDecodeError as error:
        problems.add(f"{path}", f"第 {error.start} 字节起不是 UTF-8；请另存为 UTF-8")
    except OSError as error:
        problems.add(str(path), f"无法读取（{tell_os_error(error)}）")
    return ""


def _rows(path: Path, least: int, most: int, problems: Problems) -> Iterator[tuple[str, list[str]]]:
    """Yield (file:line, cells) of each line that is neither empty nor a comment; repeated terms are refused."""
    name, seen = path.name, dict[str, int]()
    for number, line in enumerate(_read_text(path, problems).split("\n"), start=1):
        if not line or line.isspace() or line.startswith("# ") or line.rstrip() == "#":
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        while len(cells) > least and not cells[-1]:
            cells.pop()
        if not least <= len(cells) <= most or not cells[0]:
            wanted = str(least) if least == most else f"{least} 到 {most}"
            what = f"应有 {wanted} 列（用 Tab 分隔），这里有 {len(cells)} 列：{line.strip()[:40]!r}"
        elif is_open_ended(cells[0]):
            what = f"词 {cells[0]!r} 不能以 … 或 ～ 开头或结尾"
        elif cells[0] in seen:
            what = f"词 {cells[0]!r} 重复，已写在 {path}:{seen[cells[0]]}"
        else:
            seen[cells[0]] = number
            yield f"{name}:{number}", cells
            continue
        problems.add(f"{path}:{number}", what)


def _entries(
    path: Path, problems: Problems, *, limit: float, kinds: bool = False, reaches: bool = False
) -> dict[str, Entry]:
    allowed: dict[str, WordKind | Reach] = {
        str(name): name for name in ((*WordKind, Reach.BARE) if kinds else _MODIFIER_REACHES)
    }
    entries: dict[str, Entry] = {}
    for place, cells in _rows(path, 2, 3 if kinds or reaches else 2, problems):
        weight = _number(cells[1], -limit, limit, path, place, problems)
        third = allowed.get(cells[2]) if len(cells) > 2 else None
        if len(cells) > 2 and third is None:
            problems.add(f"{path.parent / place}", unknown_name("类别", cells[2], tuple(allowed)))
        kind = third if isinstance(third, WordKind) else WordKind.OPINION
        reach = third if isinstance(third, Reach) else Reach.NEAR
        entries[cells[0]] = Entry(cells[0], weight, place, kind, reach)
    return entries


def _details(folder: Path, problems: Problems) -> Iterator[Detail]:
    """Yield the words of `folder`, one file a kind; a folder of word lists made before there were any has none."""
    for kind in DetailKind if folder.is_dir() else ():
        path, names = folder / f"{kind}.tsv", dict[str, str]()
        for place, cells in _rows(path, 2, 3, problems):
            if not _CODE.fullmatch(cells[1]):
                problems.add(f"{path.parent / place}", f"代码 {cells[1]!r} 不可用：只能用字母、数字、汉字和下划线")
            elif len(cells) > 2:
                names[cells[1]] = cells[2]
            elif cells[1] not in names:
                problems.add(f"{path.parent / place}", f"代码 {cells[1]!r} 第一次出现，应在第 3 列写上名称")
            yield Detail(cells[0], kind, cells[1], names.get(cells[1], cells[1]), place)


def _contrasts(path: Path, problems: Problems) -> dict[str, Contrast]:
    contrasts: dict[str, Contrast] = {}
    for place, cells in _rows(path, 3, 3, problems):
        after, before = (_number(cell, 0, 4, path, place, problems) for cell in cells[1:])
        contrasts[cells[0]] = Contrast(cells[0], after, before, place)
    return contrasts


def _number(cell: str, lowest: float, highest: float, path: Path, place: str, problems: Problems) -> float:
    try:
        number = float(cell)
    except ValueError:
        problems.add(f"{path.parent / place}", f"权重 {cell!r} 不是数字")
        return 0.0
    if not math.isfinite(number) or not lowest <= number <= highest:
        problems.add(f"{path.parent / place}", f"权重 {cell!r} 应在 {lowest:g} 到 {highest:g} 之间")
        return 0.0
    return number


def _user_words(path: Path, problems: Problems) -> Iterator[UserWord]:
    for place, cells in _rows(path, 1, 3, problems) if path.exists() else ():
        frequency = cells[1] if len(cells) > 1 and cells[1] else "0"
        if frequency.isascii() and frequency.isdigit() and len(frequency) < 10:
            yield UserWord(cells[0], int(frequency), cells[2] if len(cells) > 2 else "", place)
        else:
            problems.add(f"{path.parent / place}", f"词频 {frequency!r} 不是整数")


def _read_yaml(path: Path, problems: Problems) -> dict[str, yaml.Node]:
    try:
        root = compose(_read_text(path, problems))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        problems.add(place, f"不是正确的 YAML：{' '.join(str(getattr(error, 'problem', error)).split())}")
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


def _scalar(fields: dict[str, yaml.Node], name: str) -> str:
    node = fields.get(name)
    return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""


def _flag(fields: dict[str, yaml.Node], name: str, path: Path, problems: Problems) -> bool:
    value = _scalar(fields, name)
    if value not in ("", "true", "false"):
        problems.add(f"{path}:{fields[name].start_mark.line + 1}", f"{name} 应为 true 或 false，这里是 {value!r}")
    return value == "true"


def _labels(
    document: dict[str, yaml.Node],
    key: str,
    phrases_key: str,
    path: Path,
    problems: Problems,
    others: tuple[str, ...],
) -> dict[str, Label]:
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
        label = _label(item, phrases_key, path, problems)
        if label is not None and label.code in labels:
            problems.add(f"{path}:{item.start_mark.line + 1}", f"代码 {label.code!r} 重复")
        elif label is not None:
            labels[label.code] = label
    return labels


def _label(node: yaml.Node, phrases_key: str, path: Path, problems: Problems) -> Label | None:
    place = f"{path}:{node.start_mark.line + 1}"
    fields = _fields(node, path, problems)
    known = ("code", "name", phrases_key, *(("touchpoints",) if phrases_key == "cues" else ()))
    for name in sorted(set(fields) - set(known)):
        problems.add(f"{path}:{fields[name].start_mark.line + 1}", unknown_name("设置项", name, known))
    code, name = _scalar(fields, "code"), _scalar(fields, "name")
    if not code or not name:
        problems.add(place, "缺少 code 或 name")
        return None
    if not _CODE.fullmatch(code) or code in ("overall", "unsure"):
        problems.add(
            place, f"代码 {code!r} 不可用：只能用字母、数字、汉字、下划线、点和连字符，且不能是 overall、unsure"
        )
        return None
    phrases, blamed = (_phrases(fields.get(key), path, problems) for key in (phrases_key, "touchpoints"))
    return Label(code, name, phrases, blamed)


def _phrases(node: yaml.Node | None, path: Path, problems: Problems) -> dict[str, str]:
    if node is None:
        return {}
    if not isinstance(node, yaml.SequenceNode):
        problems.add(f"{path}:{node.start_mark.line + 1}", "应为词的列表（如 [快递, 物流]）")
        return {}
    phrases: dict[str, str] = {}
    for item in node.value:
        place = f"{path}:{item.start_mark.line + 1}"
        if not isinstance(item, yaml.ScalarNode) or not item.value.strip():
            problems.add(place, "这里应为一个词")
        elif is_open_ended(item.value.strip()):
            problems.add(place, f"词 {item.value.strip()!r} 不能以 … 或 ～ 开头或结尾")
        elif item.value.strip() in phrases:
            problems.add(place, f"词 {item.value.strip()!r} 在同一个标签里写了两次")
        else:
            phrases[item.value.strip()] = f"{path.parent.name}/{path.name}:{item.start_mark.line + 1}"
    return phrases
