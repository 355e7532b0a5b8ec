"""SPSS data files."""

from __future__ import annotations

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.detect import Match, Sample
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.statistics_file import adapt_statistics
from feedback_engine.ingest.readers.rows import Rows


class Spss:
    """Files with the first bytes of SPSS."""

    name = "spss"
    rank = 10

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file that is SPSS by its first bytes."""
        return Match(1, ("文件头是 SPSS 的数据文件",)) if sample.container == "sav" else None

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the answers, by the file's own dictionary."""
        return adapt_statistics(rows, source)
