"""The folders of word lists → Lexicon and Pack, with every mistake in an edited file reported at once as file:line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.model import (
    Contrast,
    Detail,
    DetailKind,
    Entry,
    Label,
    Lexicon,
    Pack,
    Proviso,
    Reach,
    Steer,
    SteerWord,
    UserWord,
    WordKind,
)
from feedback_engine.lexicon.pack_files import CODE, read_fields, read_flag, read_labels, read_scalar
from feedback_engine.lexicon.themes import ThemeRole, ThemeWords
from feedback_engine.lexicon.word_tables import Problems, WordTables
from feedback_engine.registry import unknown_name

#: What the two files of a pack may say beside their labels.
_TOUCHPOINT_KEYS, _TYPE_KEYS = ("name", "extends", "model", "opinions", "posts", "hints"), ("name", "model", "cases")
#: What the third column may say: of an opinion its kind, of negation and degree words where they act.
_Role = tuple[WordKind, Reach]
_USUAL = WordKind.OPINION, Reach.NEAR
_KINDS: dict[str, _Role] = {str(kind): (kind, Reach.NEAR) for kind in WordKind}
_KINDS[Reach.BARE] = WordKind.OPINION, Reach.BARE
_REACHES: dict[str, _Role] = {
    str(reach): (WordKind.OPINION, reach) for reach in (Reach.NEAR, Reach.CLAUSE, Reach.AFTER)
}
#: A code as similar as this to an existing one is a slip of the hand.
_MISSPELT = 0.85


def load_lexicon(folder: Path) -> Lexicon:
    """Return the sentiment words of `folder`/sentiment; raises LexiconError that lists every mistake."""
    problems = Problems()
    sentiment, tables = folder / "sentiment", WordTables.of(folder, problems)
    if not sentiment.is_dir():
        way_out = "运行 feedback-engine init --lexicons 可写出一份完整的，在其中改"
        raise LexiconError(f"{folder} 不是完整的词典文件夹（没有 sentiment）；{way_out}")
    lexicon = Lexicon(
        polarity=_entries(sentiment / "polarity.tsv", tables, roles=_KINDS, limit=1.0),
        negation=_entries(sentiment / "negation.tsv", tables, roles=_REACHES, limit=2.0),
        degree=_entries(sentiment / "degree.tsv", tables, roles=_REACHES, limit=4.0),
        contrast=_contrasts(sentiment / "contrast.tsv", tables),
        emoji=_entries(sentiment / "emoji.tsv", tables, roles=_KINDS, limit=1.0),
        details=tuple(_details(folder / "complaints", tables)),
        steers=tuple(_steers(folder / "complaints" / "asking.tsv", tables)),
    )
    problems.refuse()
    return lexicon


def load_theme_words(folder: Path) -> ThemeWords:
    """Return the words of `folder`/keywords; a file that is not there holds none."""
    home, problems = folder / "keywords", Problems()
    tables = WordTables.of(folder, problems)
    stop_words, heads, surnames, synonyms = (
        {word: cells[-1] for _, words, cells in tables.rows_if_there(home / name, count, count) for word in words}
        for name, count in (("stopwords.tsv", 1), ("heads.tsv", 1), ("surnames.tsv", 1), ("synonyms.tsv", 2))
    )
    roles: dict[str, ThemeRole] = {}
    for place, words, (_, role) in tables.rows_if_there(home / "roles.tsv", 2, 2):
        if role in (allowed := tuple(str(known) for known in ThemeRole)):
            roles |= dict.fromkeys(words, ThemeRole(role))
        else:
            problems.add(f"{home / place}", unknown_name("作用", role, allowed))
    problems.refuse()
    return ThemeWords(frozenset(stop_words), roles, synonyms, frozenset(heads), frozenset(surnames))


def list_packs(folder: Path) -> list[str]:
    """Return the names of the packs in `folder`/packs, sorted."""
    packs = folder / "packs"
    return sorted(p.name for p in packs.iterdir() if (p / "touchpoints.yaml").is_file()) if packs.is_dir() else []


def load_pack(folder: Path, name: str) -> Pack:
    """Return the pack `folder`/packs/`name` with what it extends; raises LexiconError that lists every mistake."""
    problems = Problems()
    pack = _load_pack(folder, name, WordTables.of(folder, problems), ())
    problems.refuse()
    return pack


def _load_pack(folder: Path, name: str, tables: WordTables, children: tuple[str, ...]) -> Pack:
    problems = tables.problems
    known = list_packs(folder)
    if name not in known:
        raise LexiconError(f"{unknown_name('行业包', name, tuple(known))}（词典文件夹 {folder}）")
    home = folder / "packs" / name
    described = read_fields(home / "touchpoints.yaml", problems)
    title = read_scalar(described, "name") or name
    touchpoints = read_labels(described, "touchpoints", "phrases", home / "touchpoints.yaml", tables, _TOUCHPOINT_KEYS)
    types_path = home / "complaint_types.yaml"
    typed = read_fields(types_path, problems)
    types = read_labels(typed, "types", "cues", types_path, tables, _TYPE_KEYS)
    words = tuple(_user_words(home / "userdict.tsv", tables))
    parent_name = read_scalar(described, "extends")
    own = Pack(
        name,
        title,
        tuple(touchpoints.values()),
        tuple(types.values()),
        words,
        read_scalar(described, "model"),
        read_scalar(described, "opinions"),
        read_scalar(typed, "model"),
        read_scalar(described, "posts"),
        read_scalar(described, "hints"),
        read_flag(typed, "cases", types_path, problems),
    )
    if not parent_name:
        return _check_labels(own, folder, problems)
    if parent_name in (*children, name):
        raise LexiconError(
            f"{home / 'touchpoints.yaml'}: extends 绕成了圈：{' → '.join((*children, name, parent_name))}"
        )
    parent = _load_pack(folder, parent_name, tables, (*children, name))
    whole = Pack(
        name,
        title,
        _extend(parent.touchpoints, touchpoints),
        _extend(_leave(parent.complaint_types, types), types),
        (*parent.userdict, *words),
        own.touchpoint_model or parent.touchpoint_model,
        own.opinion_model or parent.opinion_model,
        own.complaint_model or parent.complaint_model,
        own.post_model or parent.post_model,
        own.hint_model or parent.hint_model,
        own.is_case_log or parent.is_case_log,
    )
    return _check_labels(whole, folder, problems)


def _check_labels(pack: Pack, folder: Path, problems: Problems) -> Pack:
    """Return the pack; refuse roots and causes that do not exist, and what is nearly one of its touchpoints.

    A touchpoint that is far from all of them is one that the pack has given up.
    """
    packs, codes = folder / "packs", tuple(label.code for label in pack.touchpoints)
    for label in pack.complaint_types:
        for code in sorted(set(label.touchpoints) - set(codes)):
            if get_close_matches(code, codes, cutoff=_MISSPELT):
                problems.add(f"{packs / label.touchpoints[code]}", unknown_name("触点", code, codes))
    for kind, name in ((DetailKind.ROOT, "投诉根源"), (DetailKind.CAUSE, "流失原因")):
        named = [label.defaults[kind] for label in pack.complaint_types if kind in label.defaults]
        known = _list_codes(folder / "complaints" / f"{kind}.tsv") if named else ()
        for code, origin in named:
            if known and code not in known:
                problems.add(f"{packs / origin}", unknown_name(name, code, known))
    return pack


def _list_codes(path: Path) -> tuple[str, ...]:
    """Return the codes that a list of details names, without looking for mistakes; none if there is no such list."""
    lines = path.read_text(encoding="utf-8-sig", errors="replace").split("\n") if path.exists() else []
    cells = (line.split("\t") for line in lines if not line.startswith("# "))
    return tuple(dict.fromkeys(row[1].strip() for row in cells if len(row) > 1))


def _leave(parents: tuple[Label, ...], children: dict[str, Label]) -> tuple[Label, ...]:
    """Return the parent's types without the cues that the child gives to types of its own (假货 to 假冒伪劣)."""
    known = {label.code for label in parents}
    taken = {term for label in children.values() if label.code not in known for term in label.phrases}
    return tuple(label.without(taken) for label in parents)


def _extend(parents: tuple[Label, ...], children: dict[str, Label]) -> tuple[Label, ...]:
    own = {label.code for label in parents}
    grown = [p.extended(children[p.code]) if p.code in children else p for p in parents]
    return (*grown, *(child for child in children.values() if child.code not in own))


def _entries(
    path: Path, tables: WordTables, *, limit: float, roles: Mapping[str, _Role] | None = None
) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    weights: dict[str, float] = {}
    for place, terms, cells in tables.rows(path, 2, 3 if roles else 2):
        kind, reach = _USUAL
        if roles and len(cells) > 2:
            kind, reach = roles.get(cells[2], _USUAL)
            if cells[2] not in roles:
                tables.problems.add(f"{path.parent / place}", unknown_name("类别", cells[2], tuple(roles)))
        shown = cells[1]
        weight = weights[shown] if shown in weights else _number(shown, -limit, limit, path, place, tables.problems)
        if weight is not None:
            weights[shown] = weight
            for term in terms:
                entries[term] = Entry(term, weight, place, kind, reach)
    return entries


def _details(folder: Path, tables: WordTables) -> Iterator[Detail]:
    """Yield the words of `folder`, one file a kind; a folder of word lists made before there were any has none."""
    for kind in DetailKind if folder.is_dir() else ():
        path, names = folder / f"{kind}.tsv", dict[str, str]()
        for place, terms, (_, code, *name) in tables.rows(path, 2, 4):
            proviso = name.pop() if len(name) > 1 else ""
            if proviso not in tuple(Proviso):
                allowed = tuple(str(known) for known in Proviso if known)
                tables.problems.add(f"{path.parent / place}", unknown_name("用法", proviso, allowed))
                continue
            if not CODE.fullmatch(code):
                tables.problems.add(f"{path.parent / place}", f"代码 {code!r} 不可用：只能用字母、数字、汉字和下划线")
            elif name and name[0]:
                names[code] = name[0]
            elif code not in names:
                tables.problems.add(f"{path.parent / place}", f"代码 {code!r} 第一次出现，应在第 3 列写上名称")
            for term in terms:
                yield Detail(term, kind, code, names.get(code, code), place, Proviso(proviso))


def _steers(path: Path, tables: WordTables) -> Iterator[SteerWord]:
    """Yield the words that say whether something is asked for; without their file there are none."""
    for place, terms, (_, steer) in tables.rows_if_there(path, 2, 2):
        if steer not in (allowed := tuple(map(str, Steer))):
            tables.problems.add(f"{path.parent / place}", unknown_name("作用", steer, allowed))
            continue
        for term in terms:
            yield SteerWord(term, Steer(steer), place)


def _contrasts(path: Path, tables: WordTables) -> dict[str, Contrast]:
    contrasts: dict[str, Contrast] = {}
    for place, terms, cells in tables.rows(path, 3, 3):
        after, before = (_number(cell, 0, 4, path, place, tables.problems) for cell in cells[1:])
        if after is not None and before is not None:
            contrasts |= {term: Contrast(term, after, before, place) for term in terms}
    return contrasts


def _number(cell: str, lowest: float, highest: float, path: Path, place: str, problems: Problems) -> float | None:
    """Return the number in a cell; None, and the mistake noted, if it is none or beyond its limits."""
    try:
        number = float(cell)
    except ValueError:
        problems.add(f"{path.parent / place}", f"权重 {cell!r} 不是数字")
        return None
    if not math.isfinite(number) or not lowest <= number <= highest:
        problems.add(f"{path.parent / place}", f"权重 {cell!r} 应在 {lowest:g} 到 {highest:g} 之间")
        return None
    return number


def _user_words(path: Path, tables: WordTables) -> Iterator[UserWord]:
    for place, terms, cells in tables.rows_if_there(path, 1, 3):
        frequency = cells[1] if len(cells) > 1 and cells[1] else "0"
        if frequency.isascii() and frequency.isdigit() and len(frequency) < 10:
            for term in terms:
                yield UserWord(term, int(frequency), cells[2] if len(cells) > 2 else "", place)
        else:
            tables.problems.add(f"{path.parent / place}", f"词频 {frequency!r} 不是整数")
