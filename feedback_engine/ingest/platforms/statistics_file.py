"""Data files of SPSS and Stata: what labels, declared missing values and response sets say of the questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean, fold
from feedback_engine.ingest.detect import Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.answer_sheet import Sheet
from feedback_engine.ingest.platforms.answering import DURATION, Clock
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.non_answers import find_non_answer
from feedback_engine.ingest.platforms.spans import CROSSES, TICKS, UNKNOWN, Part, Shape, Span, share_prefix, tidy
from feedback_engine.ingest.platforms.survey_layout import digest_stems
from feedback_engine.ingest.readers.dictionary import Dictionary, ResponseSet, Variable
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.readers.spss import has_unique_values
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.scales import recognise_scale

_STATA_MISSING = re.compile(r"\.[a-z]")
#: Q5_1, Q5_2; q5a, q5b have no certain base.
_NUMBERED = re.compile(r"(.+?)[_.#](\d+)")
_SHARED_STEM = 4
_SHOWN = 8
#: What parts stem and option, and how many characters options may begin with in common: 渠道:线上, 渠道:线下.
_PARTING, _SHARED_OPTION = "-—–:：_", 3
#: What the scale lexicon calls a closed question.
_CLOSED = "单选"
_EDGES = " -—–:：_(（[【"
_CLOSING = {"(": ")", "（": "）", "[": "]", "【": "】"}


def adapt_statistics(rows: Rows, source: SourceConfig) -> Adapted:
    """Return the answers of a data file; raises MappingError if it comes without its dictionary."""
    dictionary = rows.dictionary
    if dictionary is None:
        raise MappingError(f"来源 {source.name}：不是 SPSS 或 Stata 的数据文件；请去掉 format，或换成 .sav、.dta 文件")
    sample, rows = peek(rows, source.name)
    readers = [_reader_of(variable) for variable in dictionary.variables]
    notes = _describe_missing(dictionary, sample)
    sample, rows = peek(replace(rows, records=_rewrite(rows, readers)), source.name)
    sheet = Sheet(sample)
    taken = _add_meta(sheet, dictionary, rows)
    sets = [*dictionary.sets, *_guess_sets(sheet, dictionary, taken)]
    members = {name: found for found in sets for name in found.variables}
    done: set[str] = set()
    for at, variable in enumerate(dictionary.variables):
        found = members.get(variable.name)
        if found is None and variable.name not in taken:
            _add_variable(sheet, variable, at)
        elif found is not None and found.name not in done:
            done.add(found.name)
            _add_set(sheet, found, dictionary)
    sheet.survey.warnings += notes
    return sheet.survey.adapt(rows, scope=digest_stems(v.name + v.label for v in dictionary.variables))


def _rewrite(rows: Rows, readers: Sequence[Callable[[str], str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with every value that is declared no answer in the words of MISSING."""
    known: list[dict[str, str]] = [{} for _ in readers]
    for number, cells in rows:
        for at, cell in enumerate(cells):
            memory = known[at]
            if cell in memory:
                cells[at] = memory[cell]
            else:
                cells[at] = readers[at](cell)
                if len(memory) < 1000:
                    memory[cell] = cells[at]
        yield number, cells


def _reader_of(variable: Variable) -> Callable[[str], str]:
    """Return what reads a cell: declared missing values by what their labels say, else as unknown."""

    def read(cell: str) -> str:
        text = clean(cell)
        if variable.is_missing(text) or (not variable.is_text and _STATA_MISSING.fullmatch(text)):
            return find_non_answer(variable.value_labels.get(text, "")) or UNKNOWN
        return text

    return read


def _add_meta(sheet: Sheet, dictionary: Dictionary, rows: Rows) -> set[str]:
    """Add id, moment and duration; return the names of the variables so used."""
    table = AliasTable.load("statistics_variables")
    taken: set[str] = set()
    for at, variable in enumerate(dictionary.variables):
        alias = table.find(variable.name) or table.find(variable.label)
        if alias is None or not any(cell for cell in sheet.sample.column(at)):
            continue
        if alias.field == "id" and "id" not in sheet.survey.layout.columns:
            if rows.path is not None and has_unique_values(rows.path, rows.container, variable.name, rows.encoding):
                sheet.survey.add_field("id", variable.name, take(at))
                taken.add(variable.name)
            else:
                sheet.warn(f"变量 {variable.name} 像编号，但有重复或空缺；改按内容识别每一行")
        elif alias.field == "moment" and "received_at" not in sheet.survey.layout.columns:
            clock = Clock.decide(sheet.sample.column(at))
            sheet.survey.warnings += clock.warnings
            sheet.survey.add_field("received_at", variable.name, take(at, clock.convert))
            taken.add(variable.name)
        elif alias.field == "duration" and not taken & {DURATION}:
            sheet.survey.add_meta(DURATION, take(at))
            taken |= {variable.name, DURATION}
    return taken | _add_only_moment(sheet, dictionary, taken)


def _add_only_moment(sheet: Sheet, dictionary: Dictionary, taken: set[str]) -> set[str]:
    """Take the only date of the file for the day of the answer, where no name says which one it is."""
    filled = [(at, variable) for at, variable in enumerate(dictionary.variables) if any(sheet.sample.column(at))]
    moments = [(at, variable) for at, variable in filled if variable.is_moment and variable.name not in taken]
    if "received_at" in sheet.survey.layout.columns or len(moments) != 1:
        return set()
    at, variable = moments[0]
    if load_scale_words().has_cue("birth", f"{variable.name} {variable.label}"):
        return set()
    sheet.survey.add_field("received_at", variable.name, take(at, Clock.decide(sheet.sample.column(at)).convert))
    sheet.warn(f"变量 {variable.name}（{variable.label}）是文件里唯一的日期，当作答题时间；若不是请用映射文件")
    return {variable.name}


def _add_variable(sheet: Sheet, variable: Variable, position: int) -> None:
    """Add one variable: by its labels if it has any, else by its values and wording."""
    labels = {
        code: label
        for code, label in variable.value_labels.items()
        if not variable.is_missing(code) and not _STATA_MISSING.fullmatch(code)
    }
    words = {code: literal for code, label in labels.items() if (literal := find_non_answer(label))}
    stem = tidy(variable.label) or variable.name
    rest = {code: label for code, label in labels.items() if code not in words}
    span = Span(variable.name, stem, (Part(position),), Shape.ROWS)
    values = set(sheet.values(position))
    if variable.is_moment:
        sheet.survey.add_meta(stem, take(position))
    elif not labels:
        # Numbers that nobody labelled are a scale only if the wording asks for a rating.
        replace(sheet, is_coded=not variable.is_text).add(span)
    elif _are_steps(stem, values, labels, words):
        sheet.add(replace(span, value_labels=labels))
    elif words and _is_rated(stem, values - set(words), rest):
        replace(sheet, read=_renamed(words)).add(replace(span, value_labels=rest))
    else:
        replace(sheet, read=_renamed(labels)).add(replace(span, declared=_CLOSED))


def _is_rated(stem: str, values: set[str], labels: Mapping[str, str]) -> bool:
    """Whether labels and values form a scale."""
    return recognise_scale(stem, values, value_labels=labels) is not None


def _are_steps(stem: str, values: set[str], labels: Mapping[str, str], words: Collection[str]) -> bool:
    """Whether labels and values form a scale on which every word, 不了解 say, has a place.

    It has none beside a scale that is one without it: 0 完全不可能, 10 非常可能, 99 跳过.
    """
    found = recognise_scale(stem, values, value_labels=labels)
    if found is None or not words:
        return found is not None
    rest = {code: label for code, label in labels.items() if code not in words}
    is_whole = found.scale.max - found.scale.min + 1 == len(labels) or not _is_rated(stem, values - set(words), rest)
    return is_whole and all(labels[code] in found.scale.label_ratings for code in words)


def _renamed(names: Mapping[str, str]) -> Callable[[str], str]:
    """Return what reads a cell and says its code in words."""
    return lambda cell: names.get(text := clean(cell), text)


def _add_set(sheet: Sheet, found: ResponseSet, dictionary: Dictionary) -> None:
    """Add a question with several answers: of yes-or-no variables those that count, else the labels of the values."""
    known = {variable.name: (at, variable) for at, variable in enumerate(dictionary.variables)}
    members = [known[name] for name in found.variables]
    shared = _shared_stem([member.label for _, member in members])
    stem = tidy(found.label) or shared or found.name
    if found.counted is not None:
        parts = tuple(Part(at, _own_label(shared, member)) for at, member in members)
        replace(sheet, counted=fold(found.counted)).add(Span(found.name, stem, parts, Shape.OPTIONS))
        return
    labels = {code: label for _, member in members for code, label in member.value_labels.items()}
    parts = tuple(Part(at) for at, _ in members)
    replace(sheet, read=_renamed(labels)).add(Span(found.name, stem, parts, Shape.ENTRIES))


def _own_label(stem: str, member: Variable) -> str:
    """Return what a variable's label says beside the stem."""
    label = tidy(member.label)
    rest = label.removeprefix(stem).strip(_EDGES + "".join(_CLOSING.values())) if stem and label != stem else label
    return rest or label or member.name


def _shared_stem(labels: Sequence[str]) -> str:
    """Return the beginning that all labels share, up to a mark between stem and option."""
    shared = share_prefix(labels)
    cut = max(shared.rfind(mark) for mark in _PARTING)
    if len(shared) - cut - 1 <= _SHARED_OPTION and cut >= _SHARED_STEM:
        shared = shared[:cut]
    shared = shared.rstrip(_EDGES)
    return shared if len(shared) >= _SHARED_STEM else ""


def _guess_sets(sheet: Sheet, dictionary: Dictionary, taken: set[str]) -> list[ResponseSet]:
    """Return runs of numbered yes-or-no variables whose labels share a stem; nothing else proves several answers."""
    known = {name for found in dictionary.sets for name in found.variables}
    places = {variable.name: at for at, variable in enumerate(dictionary.variables)}
    free = [variable for variable in dictionary.variables if variable.name not in known | taken]
    sets = []
    for base, found in groupby(free, key=lambda variable: _base_of(variable.name)):
        run = list(found)
        if not base or len(run) < 2 or not _shared_stem([variable.label for variable in run]):
            continue
        if all(_is_tick(variable, sheet.values(places[variable.name])) for variable in run):
            stem = _shared_stem([variable.label for variable in run])
            sets.append(ResponseSet(base, stem, tuple(variable.name for variable in run), "1"))
    return sets


def _base_of(name: str) -> str:
    match = _NUMBERED.fullmatch(name)
    return match[1] if match else ""


def _is_tick(variable: Variable, values: Sequence[str]) -> bool:
    """Whether a variable holds 1 for chosen and 0 for not, and its labels, if any, do not say otherwise."""
    labels = {code: fold(label) for code, label in variable.value_labels.items()}
    no, yes = labels.get("0", ""), labels.get("1", "")
    is_no = not no or no in CROSSES or "未" in no or "not" in no
    is_yes = not yes or yes in TICKS or yes in fold(variable.label) or "选" in yes or "selected" in yes
    return "1" in values and set(values) <= {"0", "1"} and is_no and is_yes


def _describe_missing(dictionary: Dictionary, sample: Sample) -> list[str]:
    """Return how declared missing values are understood."""
    found: dict[str, None] = {}
    for at, variable in enumerate(dictionary.variables):
        read = _reader_of(variable)
        for text in dict.fromkeys(map(clean, sample.column(at))):
            if (literal := read(text)) != text:
                label = variable.value_labels.get(text, "")
                found[f"{text}{f'（{label}）' if label else ''}→{literal}"] = None
    if not found:
        return []
    shown = "、".join(list(found)[:_SHOWN])
    return [f"文件声明的缺失值按标签理解：{shown}；标签没有说明原因的计为缺失"]
