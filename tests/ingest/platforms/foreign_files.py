"""Files of survey platforms from abroad and of statistics packages, read with every survey platform at hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import survey_files
from survey_files import Survey

from feedback_engine.ingest.platforms.formbricks import Formbricks
from feedback_engine.ingest.platforms.limesurvey import LimeSurvey
from feedback_engine.ingest.platforms.qualtrics import Qualtrics
from feedback_engine.ingest.platforms.spss import Spss
from feedback_engine.ingest.platforms.stata import Stata
from feedback_engine.ingest.platforms.surveymonkey import SurveyMonkey
from feedback_engine.ingest.platforms.typeform import Typeform

FOREIGN = (Qualtrics(), SurveyMonkey(), LimeSurvey(), Typeform(), Formbricks(), Spss(), Stata())
SAMPLES = Path(__file__).parents[4] / "shared" / "formats" / "samples"

survey_files.PLATFORMS.update({platform.name: platform for platform in FOREIGN})


def read(path: Path, **settings: Any) -> Survey:
    return survey_files.read_survey(path, **settings)


def save(path: Path, rows: Sequence[Sequence[str]], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path
