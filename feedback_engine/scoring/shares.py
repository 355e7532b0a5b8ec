"""Shares of texts, by polarity and by touchpoint, corrected for the errors of the tagger that counted them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.domain import OVERALL, Period, Polarity
from feedback_engine.errors import StatisticsError
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.figures import effective_base
from feedback_engine.scoring.index import Cell, build_cells
from feedback_engine.scoring.model import IndexModel
from feedback_engine.scoring.samples import TOLERANCE, Sample
from feedback_engine.scoring.suppression import FEW
from feedback_engine.tables.analysis import TEXT_SHARES

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.stats.estimates import Estimate

_DIRECTIONS = {Polarity.POSITIVE: 1.0, Polarity.NEGATIVE: -1.0}
#: `polarity` of the rows that tell how many of all texts mention the touchpoint.
MENTIONED = "mentioned"
#: `polarity` of the row that tells how many of the texts outside complaint logs were found to be complaints.
COMPLAINING = "complaint"
#: `polarity` of the row that tells the text index, as a share of its 100.
INDEX_SHARE = "text_index"
_UNFIT = "这组灵敏度与特异度不合这些文本，不校正"
_UNKNOWN = "模型卡没有灵敏度与特异度，未校正"
_UNDECLARED = "没有在 scoring.complaint_errors 声明投诉识别的灵敏度与特异度，未校正"


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """How well the tagger finds a polarity, from a model card: on how many labelled texts with it, and without it."""

    sensitivity: float
    specificity: float
    with_it: int | None = None
    without_it: int | None = None


def build_text_shares(
    data: ScoringData,
    model: IndexModel,
    rates: Mapping[str, ErrorRates],
    *,
    mention_rates: Mapping[str, ErrorRates] | None = None,
    touchpoint_rates: Mapping[str, ErrorRates] | None = None,
    complaint_rates: ErrorRates | None = None,
    period: Period | None = None,
) -> pd.DataFrame:
    """Return TEXT_SHARES: positive and negative as counted, corrected where `rates` has the polarity.

    Whole texts are corrected by `rates`, what they say of a touchpoint by `mention_rates` (default: the same), and the
    share of texts that mention a touchpoint by `touchpoint_rates` (by touchpoint code). The correction widens the
    interval by what the model card does not know. A tagger no better than chance leaves the corrected share empty and
    says so; so do error rates that cannot be those of the texts, and a base under `suppress_below`. Neutral texts are
    in the base. `text_index` is that of INDEX as a share of its 100, and the same by the corrected shares. Complaints
    found among texts that no complaint log holds are corrected by `complaint_rates`, and the note tells what that makes
    of the complaint rate, which counts them as they were found.
    """
    cell = next(iter(build_cells(data, model, periods=[period])))
    everything = cell.measured.texts[OVERALL]
    rows: list[tuple[object, ...]] = []
    for code in (OVERALL, *(t.code for t in model.touchpoints if t.labels)):
        votes = cell.measured.texts[code]
        known = rates if code == OVERALL or mention_rates is None else mention_rates
        if len(votes):
            rows += [_polarity_row(code, polarity, votes, known.get(polarity.value), model) for polarity in _DIRECTIONS]
            rows.append(_index_row(code, votes, [known.get(polarity.value) for polarity in _DIRECTIONS], model))
        if code != OVERALL and len(everything):
            share = min(1.0, float(votes.weights.sum() / everything.weights.sum()))
            rows.append(_row(code, MENTIONED, share, everything, (touchpoint_rates or {}).get(code), model))
    rows += _complaint_rows(cell, complaint_rates, model)
    return TEXT_SHARES.build(rows)


def _complaint_rows(cell: Cell, rates: ErrorRates | None, model: IndexModel) -> Iterator[tuple[object, ...]]:
    found = cell.measured.classified
    if not len(found):
        return
    share = min(1.0, float((found.weights * found.values).sum() / found.weights.sum()))
    *figures, note = _row(OVERALL, COMPLAINING, share, found, rates, model)
    told = _tell_rate(cell, share, figures[3:6])
    yield *figures, _UNDECLARED if note == _UNKNOWN else "；".join(filter(None, (str(note), told)))


def _tell_rate(cell: Cell, share: float, corrected: Sequence[object]) -> str:
    """Return the complaint rate with the found complaints scaled by what correction makes of their share."""
    found = np.unique(cell.measured.classified.rows[cell.measured.classified.values > 0])
    counted = len(cell.measured.complaints[OVERALL])
    shares = [float(each) for each in corrected if isinstance(each, float)]
    if cell.exposure <= 0 or share <= 0 or len(shares) < 3:
        return ""
    estimate, lower, upper = (1000.0 * (counted - len(found) * (1 - s / share)) / cell.exposure for s in shares)
    raw = 1000.0 * counted / cell.exposure
    return f"投诉率每千 {raw:.1f}，校正后 {estimate:.1f}（{lower:.1f}–{upper:.1f}，不计登记投诉的波动）"


def _polarity_row(
    code: str, polarity: Polarity, votes: Sample, rates: ErrorRates | None, model: IndexModel
) -> tuple[object, ...]:
    return _row(code, polarity.value, _share(votes, polarity), votes, rates, model)


def _index_row(code: str, votes: Sample, rates: Sequence[ErrorRates | None], model: IndexModel) -> tuple[object, ...]:
    """Return ½ (1 + positive - negative) as counted and of the corrected shares, with the delta interval."""
    from feedback_engine.stats.quantiles import normal_quantile

    known = [each for each in rates if each is not None]
    shares = [_share(votes, polarity) for polarity in _DIRECTIONS]
    counted, kish = (1.0 + shares[0] - shares[1]) / 2, effective_base(votes.weights)
    is_small = min(len(votes), kish) < model.suppress_below
    if is_small or len(known) < len(rates):
        note = FEW if is_small else _UNKNOWN
        return code, INDEX_SHARE, None if is_small else counted, None, None, None, len(votes), note
    try:
        found = [_correct(share, kish, each, model) for share, each in zip(shares, known, strict=True)]
    except StatisticsError as refusal:
        return code, INDEX_SHARE, counted, None, None, None, len(votes), str(refusal)
    # A text is not both: the two shares go against each other.
    powers = [each.sensitivity + each.specificity - 1.0 for each in known]
    together = shares[0] * shares[1] / (kish * powers[0] * powers[1])
    error = np.sqrt(found[0].standard_error ** 2 + found[1].standard_error ** 2 + 2 * together) / 2
    value, half = (1.0 + found[0].estimate - found[1].estimate) / 2, normal_quantile(model.confidence) * float(error)
    bounds = max(0.0, value - half), min(1.0, value + half)
    return code, INDEX_SHARE, counted, value, *bounds, len(votes), "由校正后的正面与负面占比算得"


def _share(votes: Sample, polarity: Polarity) -> float:
    is_meant = votes.values == _DIRECTIONS[polarity]
    return min(1.0, float(votes.weights[is_meant].sum() / votes.weights.sum()))


def _correct(share: float, kish: float, rates: ErrorRates, model: IndexModel) -> Estimate:
    """Return the corrected share; a share that these rates cannot give, whatever the truth, is a StatisticsError."""
    from feedback_engine.stats.classifier import rogan_gladen

    found = rogan_gladen(
        share, kish, rates.sensitivity, rates.specificity, rates.with_it, rates.without_it, model.confidence
    )
    if share < (wrong := 1.0 - rates.specificity) - TOLERANCE:
        raise StatisticsError(f"计数 {share:.1%} 少于误报率 {wrong:.1%}（1 − 特异度）：{_UNFIT}")
    if share > rates.sensitivity + TOLERANCE:
        raise StatisticsError(f"计数 {share:.1%} 多于灵敏度 {rates.sensitivity:.1%}：{_UNFIT}")
    return found


def _row(
    code: str, counted: str, share: float, votes: Sample, rates: ErrorRates | None, model: IndexModel
) -> tuple[object, ...]:
    kish = effective_base(votes.weights)
    if min(len(votes), kish) < model.suppress_below:
        return code, counted, None, None, None, None, len(votes), FEW
    if rates is None:
        return code, counted, share, None, None, None, len(votes), _UNKNOWN
    try:
        found = _correct(share, kish, rates, model)
    except StatisticsError as refusal:
        return code, counted, share, None, None, None, len(votes), str(refusal)
    note = f"灵敏度 {rates.sensitivity:.3f}，特异度 {rates.specificity:.3f}"
    return code, counted, share, found.estimate, found.lower, found.upper, len(votes), note
