"""SPSS (.sav, .zsav) and Stata (.dta) files as rows of text, a few thousand rows at a time, with their dictionary.

The work is pyreadstat's, which comes with the extra `spss`. Values stay codes: what they mean is in the dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.readers.dictionary import Dictionary, ResponseSet, Variable
from feedback_engine.ingest.readers.rows import Rows

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 20_000
#: Tried in turn when texts cannot be decoded as the file declares; None is what it declares.
_ENCODINGS: tuple[str | None, ...] = (None, "GB18030", "UTF-8")
_NATURES = {"sav": "SPSS 数据", "dta": "Stata 数据"}
_LATIN = re.compile(r"(?i)(windows-?125\d|cp125\d|iso-?8859.*|latin.*)")
_FOREIGN = re.compile("[\x80-\u024f\u2010-\u2122]")
_MOMENT = re.compile(r"(?i)(?:[aejs]?date|datetime|ymdhms|[dm]?time|qyr|moyr|wkyr|wkday|month)[\d.]*|%-?[td].*")
#: Share of everyday hanzi (level 1 of GB 2312) above which Latin letters were Chinese.
_MIN_COMMON = 0.6


def read_statistics(path: Path, container: str) -> Rows:
    """Return the rows of a `sav` or `dta` file, headed by the names of its variables.

    Values declared missing are kept; Stata's .a to .z come as written. Raises UnreadableFile if pyreadstat is not
    installed or cannot read the file.
    """
    source = _Source(path, container)
    dictionary = _describe(source.meta, container)
    encoding = source.encoding or source.meta.file_encoding
    evidence = (f"文件头表明是 {_NATURES[container]}，{len(dictionary.variables)} 个变量", *source.notes)
    header = [variable.name for variable in dictionary.variables]
    return Rows(header, source.records(), container, encoding, None, evidence, dictionary=dictionary)


def has_unique_values(path: Path, container: str, name: str, encoding: str | None) -> bool:
    """Whether a variable holds a value in every row, each only once."""
    source = _Source(path, container, encoding if container == "sav" else None)
    values = [cells[0] for _, cells in source.records([name])]
    return "" not in values and len(set(values)) == len(values)


class _Source:
    """A file whose encoding has been settled, as far as its dictionary and its first rows tell."""

    def __init__(self, path: Path, container: str, encoding: str | None = None) -> None:
        self._path, self._container = path, container
        self._read = _import_reader(path, container)
        self.encoding: str | None = encoding
        self.notes: tuple[str, ...] = ()
        frame, self.meta = self._read_part(0, 200, None)
        if encoding is None and self._is_chinese(frame):
            self.encoding = "GB18030"
            self.notes = (f"文件声明的编码是 {self.meta.file_encoding}，但文字其实是中文：按 GB18030 读取",)
            _, self.meta = self._read_part(0, 1, None)
        types = self.meta.readstat_variable_types
        self._coded = {name for name, kind in types.items() if container == "dta" and kind != "string"}

    def records(self, names: Sequence[str] | None = None) -> Iterator[tuple[int, list[str]]]:
        """Yield (row number, cells); rows count from 1."""
        start = 0
        while True:
            frame, _ = self._read_part(start, _CHUNK, names)
            columns = [_render_column(frame[name], has_letters=name in self._coded) for name in frame.columns]
            yield from enumerate(map(list, zip(*columns, strict=True)), start=start + 1)
            start += len(frame)
            if len(frame) < _CHUNK:
                return

    def _read_part(self, start: int, count: int, names: Sequence[str] | None) -> tuple[pd.DataFrame, Any]:
        tried = [self.encoding, *(encoding for encoding in _ENCODINGS if encoding != self.encoding)]
        problem = ""
        for encoding in tried:
            try:
                frame, meta = self._read(
                    str(self._path),
                    user_missing=True,
                    encoding=encoding,
                    row_offset=start,
                    row_limit=count,
                    usecols=None if names is None else list(names),
                )
            except Exception as error:  # noqa: BLE001 (pyreadstat raises bare ReadstatError, and others for odd dates)
                problem = problem or str(error).rstrip(".")
                if "convert string" not in str(error):
                    break
            else:
                if encoding != self.encoding:
                    self.encoding = encoding
                    self.notes = (f"按声明的编码读不出文字，改用 {encoding}",)
                return frame, meta
        nature = _NATURES[self._container]
        raise UnreadableFile(f"{self._path} 是 {nature}，但读不出来：{problem}；请在 SPSS 里另存，或导出为 CSV、XLSX")

    def _is_chinese(self, frame: pd.DataFrame) -> bool:
        """Whether texts declared to be Latin are Chinese: their bytes, read as GB18030, give everyday hanzi."""
        if not _LATIN.fullmatch(self.meta.file_encoding or ""):
            return False
        labels = [label for label in self.meta.column_labels if label]
        labels += [str(label) for known in self.meta.variable_value_labels.values() for label in known.values()]
        cells = [cell for name in frame.columns for cell in frame[name] if isinstance(cell, str)]
        text = "\n".join((*labels, *map(str, self.meta.column_names), *cells))
        if not _FOREIGN.search(text):
            return False
        try:
            decoded = text.encode("cp1252").decode("gb18030")
        except UnicodeError:
            return False
        wide = re.findall(r"[^\x00-\x7f]", decoded)
        common = sum(character.encode("gb2312", "ignore")[:1] in _LEVEL_1 for character in wide)
        return common >= _MIN_COMMON * len(wide)


_LEVEL_1 = frozenset(bytes([lead]) for lead in (*range(0xA1, 0xA4), *range(0xB0, 0xD8)))


def _import_reader(path: Path, container: str) -> Any:
    try:
        import pyreadstat
    except ImportError:
        raise UnreadableFile(
            f"{path} 的内容是 {_NATURES[container]}，读取它需要 pyreadstat：pip install 'feedback-engine[spss]'；"
            "或先导出为 CSV、XLSX"
        ) from None
    return pyreadstat.read_sav if container == "sav" else pyreadstat.read_dta


def _describe(meta: Any, container: str) -> Dictionary:
    labels = dict(zip(meta.column_names, meta.column_labels, strict=True))
    variables = tuple(_describe_variable(meta, name, labels[name] or "", container) for name in meta.column_names)
    sets = tuple(_describe_set(name, found, meta.column_names) for name, found in (meta.mr_sets or {}).items())
    return Dictionary(variables, tuple(found for found in sets if found.variables), meta.file_label or "")


def _describe_variable(meta: Any, name: str, label: str, container: str) -> Variable:
    labels = meta.variable_value_labels.get(name, {})
    known = {_render_code(code, container): str(text) for code, text in labels.items()}
    codes = {_render_code(code, container) for code in meta.missing_user_values.get(name, ())}
    ranges: list[tuple[float, float]] = []
    for found in meta.missing_ranges.get(name, ()):
        if isinstance(found["lo"], str):
            codes.add(found["lo"].rstrip())
        else:
            ranges.append((float(found["lo"]), float(found["hi"])))
    is_text = meta.readstat_variable_types.get(name) == "string"
    form = meta.original_variable_types.get(name) or ""
    is_moment = not is_text and _MOMENT.fullmatch(form) is not None
    return Variable(name, label.strip(), known, frozenset(codes), tuple(ranges), is_text, is_moment)


def _describe_set(name: str, found: dict[str, Any], names: Sequence[str]) -> ResponseSet:
    """Return the set; names in it may be written in another case than those of the variables."""
    known = {own.casefold(): own for own in names}
    members = tuple(known[own.casefold()] for own in found.get("variable_list", ()) if own.casefold() in known)
    is_dichotomy = found.get("is_dichotomy", found.get("type") == "D")
    counted = _render(found.get("counted_value")) if is_dichotomy else None
    return ResponseSet(name.lstrip("$"), (found.get("label") or "").strip(), members, counted)


def _render_code(code: Any, container: str) -> str:
    """Return a code as it stands in the cells; Stata's extended missing values are letters."""
    return f".{code}" if container == "dta" and isinstance(code, str) and len(code) == 1 else _render(code)


def _render_column(cells: pd.Series[Any], *, has_letters: bool) -> list[str]:
    """Return the cells as text; with `has_letters` a lone letter is one of Stata's missing values."""
    if has_letters:
        return [f".{value}" if isinstance(value, str) else _render(value) for value in cells]
    return [_render(value) for value in cells.tolist()]


def _render(value: Any) -> str:
    """Return a value as text: whole numbers without a point, moments as ISO, nothing for no value."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value).rstrip()
