"""Survey files written by the tests, and what is read from them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from batch_frames import to_frames
from openpyxl import Workbook

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.importer import Reading, open_source
from feedback_engine.ingest.platforms.google_forms import GoogleForms
from feedback_engine.ingest.platforms.microsoft_forms import MicrosoftForms
from feedback_engine.ingest.platforms.tencent_docs import TencentDocs
from feedback_engine.ingest.platforms.tencent_survey import TencentSurvey
from feedback_engine.ingest.platforms.wenjuan import Wenjuan
from feedback_engine.ingest.platforms.wjx import Wjx
from feedback_engine.ingest.survey import Question

PLATFORMS = {
    platform.name: platform
    for platform in (Wjx(), TencentSurvey(), TencentDocs(), Wenjuan(), GoogleForms(), MicrosoftForms())
}


@dataclass
class Survey:
    """A file as read: its reading and all batches as one table of each kind."""

    reading: Reading
    feedback: pd.DataFrame
    ratings: pd.DataFrame
    rejects: pd.DataFrame
    row_count: int

    @property
    def platform(self) -> str:
        return self.reading.facts.platform

    @property
    def scope(self) -> str:
        return self.reading.adapted.scope

    @property
    def warnings(self) -> str:
        return "\n".join(self.reading.notes)

    @property
    def questions(self) -> dict[str, Question]:
        return {question.code: question for question in self.reading.adapted.questions}

    @property
    def types(self) -> dict[str, str]:
        return {code: str(question.type) for code, question in self.questions.items()}

    @property
    def mains(self) -> pd.DataFrame:
        return self.feedback[self.feedback["role"] == "main"]

    @property
    def attributes(self) -> list[dict[str, str]]:
        return [json.loads(cell) for cell in self.mains["attributes"]]

    def texts(self, role: str) -> list[str]:
        return self.feedback.loc[self.feedback["role"] == role, "text"].tolist()

    def answers(self, code: str) -> list[Any]:
        """The ratings of a question by row; the state where there is none."""
        rows = self.ratings[self.ratings["indicator"] == code]
        return [r if s == "answered" else s for r, s in zip(rows["rating"], rows["state"], strict=True)]


def read_survey(path: Path, batch_rows: int = 5000, **settings: Any) -> Survey:
    source = SourceConfig.model_validate({"name": "x", "path": str(path), **settings})
    reading = open_source(path, source, PLATFORMS, timezone="Asia/Shanghai", batch_rows=batch_rows, is_unnamed=True)
    found = to_frames(reading)
    return Survey(reading, found.feedback, found.ratings, found.rejects, found.row_count)


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    workbook.save(path)
    return path
