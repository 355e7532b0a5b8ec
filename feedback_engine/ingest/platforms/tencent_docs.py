"""腾讯文档收集表: 提交时间（自动） and 提交者（自动） first or last, required questions marked （必填）."""

from __future__ import annotations

import re

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.dayforms import decide_days
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.survey_columns import Grammar, Head, add_heads
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout, digest_stems
from feedback_engine.ingest.platforms.survey_sample import column_cells
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.survey import JOINER

_SUBMITTED = re.compile(r"提交时间[（(]自动[)）]")
_AUTOMATIC = re.compile(r".*[（(]自动[)）]")
_REQUIRED = re.compile(r"\s*[（(](?:必填|选填)[)）]\s*$")
_NUMBER = re.compile(r"\d{1,3}[.．、]\s*")
#: What may join several answers: nothing is documented, so that only parts that come back count.
_JOINERS = (JOINER, ";", "；", "\n", ",", "，", "、")


class TencentDocs:
    """腾讯文档收集表."""

    name = "tencent_docs"
    rank = 60

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim: a column 提交时间（自动） and a question."""
        header = [clean(heading) for heading in sample.header]
        own = [heading for heading in header if _AUTOMATIC.fullmatch(heading)]
        if not any(map(_SUBMITTED.fullmatch, own)) or not set(header) - set(own) - {""}:
            return None
        return Match(len(own), (f"有腾讯文档收集表的列：{'、'.join(own)}",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the respondents, without the names of who submitted; they have no id, so content tells them apart."""
        sample, rows = peek(rows, rows.path.name if rows.path else "")
        header = [clean(heading) for heading in sample.header]
        cells = column_cells(sample)
        survey = SurveyLayout()
        submitted = next(at for at, heading in enumerate(header) if _SUBMITTED.fullmatch(heading))
        days = decide_days(cells[submitted])
        survey.warnings += days.warnings
        survey.add_field("received_at", header[submitted], take(submitted, days.convert))
        heads = [_read_head(at, text) for at, text in enumerate(header) if text and not _AUTOMATIC.fullmatch(text)]
        add_heads(survey, heads, cells, Grammar(joiners=_JOINERS))
        return survey.adapt(rows, scope=digest_stems(head.stem for head in heads))


def _read_head(position: int, heading: str) -> Head:
    stem = _REQUIRED.sub("", heading)
    number = _NUMBER.match(stem)
    stem = stem[number.end() :] if number and number.end() < len(stem) else stem
    return Head(position, stem, is_required="必填" in heading[len(stem) - 1 :], whole=stem)
