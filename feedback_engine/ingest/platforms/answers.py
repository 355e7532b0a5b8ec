"""What kind of question a column of answers belongs to; and cells that hold several answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from feedback_engine.ingest.cells import DEFAULT_MISSING
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.scales import ScaleFinding, recognise_scale
from feedback_engine.ingest.survey import JOINER, MISSING, Question, QuestionType

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?%?", re.ASCII)
_DATE = re.compile(
    r"(?:\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?|月)?|\d{1,2}/\d{1,2}/\d{4})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?", re.ASCII
)
_SENTENCE = re.compile(r"[，。！？；、,!?;\n]")
#: Below this many answers a share says nothing.
_FEW = 10
_SHORT, _LONG = 8, 14
#: Answers that it takes to see that they come back.
_REPEATED = 4
#: Share of answers off the scale that a scale can have: typing mistakes, an old version of the options. One may be a
#: larger share where so many answered.
_STRAY, _ONE_STRAY_OF = 0.02, 20
#: Different answers above which nothing is a scale, strays included.
MOST_VALUES = 1000
#: Distinct answers above which those to an open question were written, however often some come back.
_WRITTEN = 20
#: One answer to a multiple choice in this many, at least, has more than one option.
_RARELY = 10
#: How often two parts have to come together, and never alone, to be one option.
_TOGETHER = 5
#: Options that are worth showing.
_MAX_OPTIONS = 200
#: Kinds of cue that decide what a question is, the strongest first.
_DECLARED = (
    ("file", QuestionType.FILE),
    ("rank", QuestionType.RANK),
    ("multi", QuestionType.MULTI),
    ("fill", QuestionType.TEXT),
)

Split = Callable[[str], list[str]]


def is_missing(cell: str) -> bool:
    """Whether a cell holds no answer."""
    return not cell or cell in MISSING or DEFAULT_MISSING.get(cell) in (MISSING["(空)"], MISSING["(跳过)"])


def answered(cells: Sequence[str]) -> list[str]:
    """Return the cells that hold an answer."""
    return [cell for cell in cells if not is_missing(cell)]


def judge_type(stem: str, declared: str, cells: Sequence[str]) -> QuestionType:
    """Return what a column that is no rating holds: by the declared type, then the cells, then the head."""
    words = load_scale_words()
    given = answered(cells)
    for kind, found in _DECLARED:
        if words.has_cue(kind, declared):
            return _number_or(found, given)
    if words.has_cue("choice", declared):
        return QuestionType.SINGLE
    if words.has_cue("location", stem) and not all(map(_NUMBER.fullmatch, given)):
        return QuestionType.LOCATION
    if _are_figures(given):
        return QuestionType.NUMBER
    if words.asks_for_words(stem):
        return QuestionType.TEXT
    return QuestionType.TEXT if _reads_like_text(given, words.has_cue("text", stem)) else QuestionType.SINGLE


def _number_or(found: QuestionType, given: Sequence[str]) -> QuestionType:
    return QuestionType.NUMBER if found is QuestionType.TEXT and _are_figures(given) else found


def _are_figures(given: Sequence[str]) -> bool:
    """Whether answers are numbers, or else dates: there are no words to read in either."""
    return bool(given) and any(all(map(form.fullmatch, given)) for form in (_NUMBER, _DATE))


def _reads_like_text(given: Sequence[str], is_asked_for: bool) -> bool:
    """Whether answers are people's own words: hardly any twice, or long, or sentences."""
    if not given:
        return is_asked_for
    variety = len(set(given)) / len(given)
    length = sum(map(len, given)) / len(given)
    has_sentences = sum(bool(_SENTENCE.search(cell)) for cell in given) * 3 > len(given)
    if is_asked_for:
        return variety > 0.5 or length > _SHORT or has_sentences or len(set(given)) > _WRITTEN
    if len(given) < _FEW:
        return variety > 0.8 and length > _LONG
    return variety > 0.5 and (length > _SHORT or has_sentences)


def is_personal(stem: str, type_: QuestionType, cells: Sequence[str] = ()) -> bool:
    """Whether the answers would say who the person is.

    Answers that keep coming back do not where they say yes or no, or the question offers options: 是否愿意留下电话. But
    names come back too.
    """
    words, given = load_scale_words(), answered(cells)
    is_repeated = len(given) >= _REPEATED and len(set(given)) * 2 <= len(given)
    is_choice = is_repeated and (all(map(words.is_yes_or_no, given)) or words.has_cue("offer", stem))
    is_open = type_ in (QuestionType.TEXT, QuestionType.NUMBER) or (type_ is QuestionType.SINGLE and not is_choice)
    return is_open and words.has_cue("personal", stem)


def describe_question(
    code: str,
    stem: str,
    declared: str,
    cells: Sequence[str],
    *,
    columns: tuple[int, ...],
    values: Collection[str] | None = None,
    group: str = "",
    row_label: str = "",
    is_required: bool = False,
    value_labels: Mapping[str, str] | None = None,
) -> tuple[Question, ScaleFinding | None]:
    """Return a question with a single column of answers, and its scale if these are ratings.

    `values` are the different ones of all rows of a matrix, perhaps counted, and `value_labels` what codes mean;
    positions in `columns` count from 1. Single answers off the scale do not keep a column from being one: they
    become rejects.
    """
    words = load_scale_words()
    is_worded = any(words.has_cue(kind, declared) for kind in ("fill", "multi", "rank", "file"))
    given = dict.fromkeys(answered(cells))
    finding = None
    if not is_worded:
        asked = f"{stem} {row_label}".strip()
        shown = Counter(cells) if values is None else values
        finding = _recognise(asked, shown, declared, value_labels)
    type_ = judge_type(stem, declared, cells) if finding is None else finding.type
    if finding is not None and group:
        type_ = QuestionType.MATRIX_ROW
    is_closed = type_ in (QuestionType.SINGLE, QuestionType.SCALE, QuestionType.NPS, QuestionType.MATRIX_ROW)
    question = Question(
        code,
        stem,
        type_,
        columns,
        finding.scale if finding else None,
        finding.evidence if finding else "",
        group,
        row_label,
        tuple(given)[:_MAX_OPTIONS] if is_closed else (),
        is_required,
    )
    return question, finding


def _recognise(
    asked: str, shown: Collection[str], declared: str, value_labels: Mapping[str, str] | None
) -> ScaleFinding | None:
    """Return the scale of all values, or else of all but the strays."""
    if len(shown) > MOST_VALUES:
        return None
    distinct = [value for value in shown if not is_missing(value)]
    finding = recognise_scale(asked, distinct, declared=declared, value_labels=value_labels)
    strays = [] if finding is not None else _find_strays(shown if isinstance(shown, Counter) else Counter(shown))
    if not strays:
        return finding
    rest = [value for value in distinct if value not in strays]
    finding = recognise_scale(asked, rest, declared=declared, value_labels=value_labels)
    if finding is None:
        return None
    return replace(finding, evidence=f"{finding.evidence}；个别答案不在量表上，不计分（如“{strays[0]}”）")


def _find_strays(shown: Counter[str]) -> list[str]:
    """Return the rarest values that together make up at most _STRAY of the answers, or one answer; the rarest first."""
    counts = Counter({value: count for value, count in shown.items() if not is_missing(value)})
    left = max(counts.total() * _STRAY, counts.total() >= _ONE_STRAY_OF)
    strays = []
    for value, count in reversed(counts.most_common()):
        left -= count
        if left < 0:
            break
        strays.append(value)
    return strays


def fold_cell(split: Split, joiner: str = JOINER) -> Callable[[str], str]:
    """Return what rewrites a cell with several answers to one joined by JOINER; one without stays as it is."""
    return lambda cell: cell if is_missing(cell) else joiner.join(split(cell))


def list_options(cells: Sequence[str], split: Split) -> tuple[str, ...]:
    """Return the distinct options in cells with several answers, in order of appearance."""
    return tuple(dict.fromkeys(option for cell in answered(cells) for option in split(cell)))[:_MAX_OPTIONS]


def share_options(cells: Sequence[str], split: Split) -> bool:
    """Whether these cells are combinations of a few options: parts come back, which free text's do not.

    And they come back in other company: 每周一次，或更多 is one option, however many choose it.
    """
    parts = [split(cell) for cell in answered(cells)]
    counts = Counter(part for cell in parts for part in cell)
    combinations = {tuple(cell) for cell in parts if len(cell) > 1}
    if not combinations:
        return False
    company = Counter(part for cell in {tuple(cell) for cell in parts} for part in set(cell))
    joined = {part for cell in combinations for part in cell}
    mixed = sum(company[part] > 1 for part in joined)
    shared = sum(count for count in counts.values() if count > 1)
    return shared * 5 >= counts.total() * 4 and mixed * 2 >= len(joined) and len(counts) <= _MAX_OPTIONS


def glue_options(cells: Sequence[str], split: Split, joiner: str) -> Split:
    """Return the split that keeps together what never came apart: an option that holds the joiner itself.

    Reports, charts is one option if nobody chose one of the two alone, and some chose neither.
    """
    parts = [split(cell) for cell in answered(cells)]
    counts = Counter(part for cell in parts for part in cell)
    pairs = Counter(pair for cell in parts for pair in pairwise(cell))
    glued = {
        (one, other)
        for (one, other), count in pairs.items()
        if _TOGETHER <= count < len(parts) and counts[one] == counts[other] == count
    }

    def join(cell: str) -> list[str]:
        options: list[str] = []
        before = ""
        for part in split(cell):
            if (before, part) in glued:
                options[-1] = f"{options[-1]}{joiner}{part}"
            else:
                options.append(part)
            before = part
        return options

    return join if glued else split


def are_rankings(cells: Sequence[str], split: Split) -> bool:
    """Whether every answer holds the same options, in orders that differ: who chooses leaves some out."""
    orders = {tuple(split(cell)) for cell in answered(cells)}
    return len(orders) > 1 and len({frozenset(order) for order in orders}) == 1 and min(map(len, orders)) > 1


def hold_several(cells: Sequence[str], joiner: str, split: Split, *, is_open: bool) -> bool:
    """Whether cells with this joiner hold several options; in answers to an open question it may be but a character."""
    given = answered(cells)
    joined = sum(joiner in cell for cell in given)
    if not joined:
        return False
    if is_open:
        return joined * 2 > len(given) and share_options(given, split)
    is_usual = joined * 2 > len(given) or (joined * _RARELY >= len(given) and not _reads_like_text(given, False))
    return is_usual or share_options(given, split)


def split_outside_brackets(cell: str, separator: str) -> list[str]:
    """Return the parts of a cell between separators that stand outside all brackets, stripped, without empty ones."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(cell):
        if character in "(（[【〖":
            depth += 1
        elif character in ")）]】〗":
            depth = max(depth - 1, 0)
        elif depth == 0 and cell.startswith(separator, at) and at >= start:
            parts.append(cell[start:at])
            start = at + len(separator)
    return [part.strip() for part in (*parts, cell[start:]) if part.strip()]
