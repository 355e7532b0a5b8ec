"""The lines of a word list, tab-separated, with its mistakes noted; classes of words that any list may use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from feedback_engine.errors import LexiconError, tell_os_error
from feedback_engine.lexicon.alternatives import CLOSE, JOINT, OPEN, Classes, has_alternatives, spell_out, split_words
from feedback_engine.lexicon.patterns import GAP, STEP

#: At most this many mistakes are shown.
_SHOWN = 20

#: No phrase begins or ends with these: nothing would say where it starts or stops.
_NO_ENDS = (GAP, STEP)
#: A line of a word list: its place as file:line, the phrases that its first cell stands for, and its cells.
Row = tuple[str, Sequence[str], list[str]]


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


@dataclass(frozen=True, slots=True)
class WordTables:
    """Reads the word lists of a folder, with its classes of words."""

    problems: Problems
    classes: Classes

    @classmethod
    def of(cls, folder: Path, problems: Problems) -> WordTables:
        """Return the reader for a folder; one without `classes.tsv` has no classes."""
        path = folder / "classes.tsv"
        return cls(problems, _read_classes(path, problems) if path.exists() else {})

    def rows(self, path: Path, least: int, most: int) -> list[Row]:
        """Return the lines of a file that are neither empty nor comments; repeated phrases are refused.

        Of the phrases that a line with alternatives stands for, those that have a line of their own are left to it.
        """
        name, rows = path.name, list[Row]()
        lines = list(_cut(path, least, most, self.problems))
        own = {cells[0] for _, cells in lines if OPEN not in cells[0] and CLOSE not in cells[0]}
        for number, cells in lines:
            term = cells[0]
            if term in own and term[0] not in _NO_ENDS and term[-1] not in _NO_ENDS:
                rows.append((f"{name}:{number}", (term,), cells))
            else:
                spelled = self.spell_out(term, f"{path}:{number}")
                rows.append((f"{name}:{number}", [one for one in spelled if one not in own], cells))
        self._refuse_repeated(path, rows)
        return rows

    def _refuse_repeated(self, path: Path, rows: Sequence[Row]) -> None:
        """Note the phrases that stand in several rows."""
        found = list(chain.from_iterable(terms for _, terms, _ in rows))
        if len(set(found)) == len(found):
            return
        seen: dict[str, str] = {}
        for place, terms, _ in rows:
            for term in terms:
                if (earlier := seen.setdefault(term, place)) != place:
                    self.problems.add(f"{path.parent / place}", f"词 {term!r} 重复，已写在 {path.parent / earlier}")

    def rows_if_there(self, path: Path, least: int, most: int) -> list[Row]:
        """Return the rows of a file; none where there is no such file."""
        return self.rows(path, least, most) if path.exists() else []

    def spell_out(self, phrase: str, place: str) -> list[str]:
        """Return the phrases that this one stands for; none, and the mistake noted, if it is no phrase."""
        try:
            found = spell_out(phrase, self.classes)
        except ValueError as error:
            self.problems.add(place, str(error))
            return []
        for term in found:
            if term[0] in _NO_ENDS or term[-1] in _NO_ENDS:
                self.problems.add(place, f"词 {term!r} 不能以 … 或 ～ 开头或结尾")
                return []
        return found


def read_text(path: Path, problems: Problems) -> str:
    """Return what a file holds; nothing, and the mistake noted, if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.add(str(path), "文件不存在")
    except UnicodeDecodeError as error:
        problems.add(f"{path}", f"第 {error.start} 字节起不是 UTF-8；请另存为 UTF-8")
    except OSError as error:
        problems.add(str(path), f"无法读取（{tell_os_error(error)}）")
    return ""


def _cut(path: Path, least: int, most: int, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each line that is neither empty nor a comment."""
    for number, line in enumerate(read_text(path, problems).split("\n"), start=1):
        first = line[:1]
        if (not first or first == "#" or first.isspace()) and _says_nothing(line):
            continue
        cells = [*map(str.strip, line.split("\t"))]
        while len(cells) > least and not cells[-1]:
            cells.pop()
        if least <= len(cells) <= most and cells[0]:
            yield number, cells
            continue
        wanted = str(least) if least == most else f"{least} 到 {most}"
        what = f"应有 {wanted} 列（用 Tab 分隔），这里有 {len(cells)} 列：{line.strip()[:40]!r}"
        problems.add(f"{path}:{number}", what)


def _says_nothing(line: str) -> bool:
    return not line or line.isspace() or line.startswith("# ") or line.rstrip() == "#"


def _read_classes(path: Path, problems: Problems) -> dict[str, list[str]]:
    classes: dict[str, list[str]] = {}
    for number, (name, words) in _cut(path, 2, 2, problems):
        place = f"{path}:{number}"
        if has_alternatives(name + words) or JOINT in name:
            problems.add(place, f"词类 {name!r} 的名称和词里不能有【】，名称里也不能有 {JOINT}")
        elif name in classes:
            problems.add(place, f"词类 {name!r} 重复")
        else:
            try:
                classes[name] = split_words(words)
            except ValueError as error:
                problems.add(place, str(error))
    return classes
