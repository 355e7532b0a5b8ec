"""Google Forms, as its sheet is saved: Timestamp first, grids as `question [row]`, checkboxes joined by ", "."""

from __future__ import annotations

import re

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import fold_fixed, read_fixed_columns
from feedback_engine.ingest.platforms.dayforms import decide_days, looks_dated
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.survey_columns import Grammar, Head, add_heads
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout, digest_stems, shorten
from feedback_engine.ingest.platforms.survey_sample import column_cells, is_index
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.survey import QuestionType
from feedback_engine.resources import once_per_lexicons

_GRID = re.compile(r"(.+?)\s*\[([^\[\]]+)\]", re.DOTALL)
_ZONE = re.compile(r"\s*(?:GMT|UTC)\s*([+\-−])(\d{1,2})(?::?(\d{2}))?$")
_JOINER = ", "
_MACHINE = re.compile(r"\d{4}-\d{2}-\d{2}.*")
#: What a heading has that asks something; names of fields are single words.
_QUESTION = re.compile(r"[?？\s\[]|[^\x00-\x7f]")
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


class GoogleForms:
    """Google Forms."""

    name = "google_forms"
    rank = 90

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim: a first column called Timestamp that holds moments, and questions after it."""
        at = _find_stamp(sample)
        if at is None:
            return None
        moments = [_part_zone(cell)[0] for cell in sample.column(at)[:200]]
        if moments and not looks_dated(moments):
            return None
        # A log of events begins with a Timestamp too, but writes it as machines do and asks nothing.
        is_log = not any(map(_QUESTION.search, sample.header[at + 1 :])) or _are_figures(sample, at + 1)
        if all(map(_MACHINE.fullmatch, moments)) and is_log:
            return None
        return Match(2, (f"第一列是 Google 表单的“{clean(sample.header[at])}”，其后每列一题",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the respondents; they have no id, so that content tells them apart."""
        sample, rows = peek(rows, rows.path.name if rows.path else "")
        header = [clean(heading) for heading in sample.header]
        cells = column_cells(sample)
        survey = SurveyLayout()
        stamp = _find_stamp(sample) or 0
        days = decide_days(_part_zone(cell)[0] for cell in cells[stamp])
        survey.warnings += days.warnings

        def convert(cell: str) -> str:
            moment, zone = _part_zone(cell)
            return f"{days.convert(moment)}{zone}"

        survey.add_field("received_at", header[stamp], take(stamp, convert))
        known = _metas()
        for position, heading in enumerate(header):
            meaning = known.get(fold_fixed(heading))
            if meaning == "email":
                survey.add_field("customer_id", heading, take(position))
            elif meaning == "score":
                survey.add_meta(heading, take(position))
        heads = [
            _read_head(at, text)
            for at, text in enumerate(header)
            if text and fold_fixed(text) not in known and not is_index(text)
        ]
        add_heads(survey, heads, cells, Grammar(joiners=(_JOINER,)))
        _warn_of_commas(survey)
        return survey.adapt(rows, scope=digest_stems(head.whole for head in heads))


def _are_figures(sample: Sample, start: int) -> bool:
    """Whether all columns from there hold numbers, and some of them fractions: temp [C], wind [m/s]."""
    cells = [clean(cell) for at in range(start, len(sample.header)) for cell in sample.column(at)]
    return bool(cells) and all(map(_FIGURE.fullmatch, cells)) and any("." in cell for cell in cells)


@once_per_lexicons
def _metas() -> dict[str, str]:
    """Return folded heading → what it is for."""
    return read_fixed_columns("google_forms_meta")


def _find_stamp(sample: Sample) -> int | None:
    """Return the position of the moments: the first column, but for an index that other software has put before it."""
    header = [clean(heading) for heading in sample.header]
    first = next((at for at, heading in enumerate(header) if not is_index(heading)), None)
    if first is None or first > 1 or len(header) < first + 2 or _metas().get(fold_fixed(header[first])) != "stamp":
        return None
    return first


def _part_zone(cell: str) -> tuple[str, str]:
    """Return the moment, and its zone as ISO writes it: GMT+8 is +08:00."""
    text = clean(cell)
    match = _ZONE.search(text)
    if match is None:
        return text, ""
    sign = "+" if match[1] == "+" else "-"
    return text[: match.start()], f"{sign}{int(match[2]):02}:{match[3] or '00'}"


def _read_head(position: int, heading: str) -> Head:
    match = _GRID.fullmatch(heading)
    stem, part = (clean(match[1]), clean(match[2])) if match else (heading, "")
    return Head(position, stem, part, whole=heading)


def _warn_of_commas(survey: SurveyLayout) -> None:
    """Warn of checkboxes: an option that holds ", " itself has been cut."""
    several = [question for question in survey.questions if question.type is QuestionType.MULTI]
    if several:
        names = "、".join(f"{question.code}（{shorten(question.stem)}）" for question in several)
        survey.warnings.append(f"多选题 {names} 按“, ”拆开；选项本身若含“, ”会被拆成几个，请核对选项")
