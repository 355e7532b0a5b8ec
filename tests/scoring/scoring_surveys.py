"""The two real surveys of ../shared as scoring data; tests that use them skip where they are absent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scoring_builders import key

from feedback_engine.scoring.data import ScoringData
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.feedback import CASES, FEEDBACK, RATINGS

SURVEYS = Path(__file__).parents[2].parent / "shared" / "data" / "surveys"


def wide_data(
    answers: pd.DataFrame, attributes: pd.DataFrame, scale: tuple[float, float] = (1, 10), at: Sequence[str] = ()
) -> ScoringData:
    """Return a frame of answers (respondents × indicators, NaN = blank) as the tables that ingestion would make."""
    ids = [key(f"r{number}") for number in range(len(answers))]
    moments = list(at) or ["2022-06-15T02:00:00Z"] * len(ids)
    told = [json.dumps(row, ensure_ascii=False) for row in attributes.fillna("").astype(str).to_dict("records")]
    feedback = FEEDBACK.build(
        [(i, i, i, "调查", "questionnaire", "", None, None, moment, "main", "", 1.0, text, key("f"), n)
         for n, (i, text, moment) in enumerate(zip(ids, told, moments, strict=True), start=2)]
    )  # fmt: skip
    long = answers.set_axis(pd.Index(ids, name="feedback_id"), axis=0).stack(future_stack=True).reset_index()
    long.columns = ["feedback_id", "indicator", "rating"]
    ratings = RATINGS.conform(
        long.assign(state=np.where(long["rating"].isna(), "blank", "answered"), scale_min=scale[0], scale_max=scale[1])
    )
    return ScoringData(feedback, ratings, CASES.build([]), ANNOTATIONS.build([]), "Asia/Shanghai")


def read_survey(name: str, sheet: int = 0) -> pd.DataFrame:
    path = SURVEYS / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return pd.read_excel(path, sheet_name=sheet, engine="calamine")


def mobile_internet() -> ScoringData:
    """7,020 users of Beijing Mobile: overall and three touchpoints on 1-10, branch as attribute."""
    answers: Mapping[str, str] = {
        "手机上网整体满意度": "overall_satisfaction",
        "网络覆盖与信号强度": "coverage",
        "手机上网速度": "speed",
        "手机上网稳定性": "stability",
    }
    frame = read_survey("mobile_internet.xlsx")
    ratings = frame[list(answers)].apply(pd.to_numeric).rename(columns=answers).astype(float)
    return wide_data(ratings, frame[["当月高频通信分公司", "性别"]])


def electric_vehicle() -> ScoringData:
    """1,964 prospective buyers: eight touchpoints on 0-100, brand as attribute; 753 on that scale is no answer."""
    frame = read_survey("electric_vehicle.xlsx")
    items = [f"a{number}" for number in range(1, 9)]
    ratings = frame[items].apply(pd.to_numeric, errors="coerce")
    ratings = ratings.where(ratings.le(100))
    ratings["purchase"] = 100.0 * frame["购买意愿"]
    return wide_data(ratings, frame[["品牌类型"]], (0, 100))
