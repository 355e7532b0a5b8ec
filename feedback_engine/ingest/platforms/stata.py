"""Stata data files."""

from __future__ import annotations

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.detect import Match, Sample
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.statistics_file import adapt_statistics
from feedback_engine.ingest.readers.rows import Rows


class Stata:
    """Files with the first bytes of Stata."""

    name = "stata"
    rank = 10

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file that is Stata by its first bytes."""
        return Match(1, ("文件头是 Stata 的数据文件",)) if sample.container == "dta" else None

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the answers, by the file's own dictionary."""
        return adapt_statistics(rows, source)
