"""Key drivers of overall satisfaction: LMG shares with bootstrap intervals, bands of ranks, collinearity, gaps filled.

An association in answers given at one moment, not proof of a cause. Skipped answers: few are dropped listwise, more are
imputed several times with the outcome included (never by the mean); the intervals pool resamples over the imputations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.config.scoring import DriversConfig
from feedback_engine.scoring.answers import Answers
from feedback_engine.scoring.derived import MOST_LMG_DRIVERS
from feedback_engine.scoring.imputation import impute
from feedback_engine.scoring.samples import Floats
from feedback_engine.tables.analysis import DRIVERS

if TYPE_CHECKING:
    import pandas as pd

#: Variance inflation from which a driver is flagged.
HIGH_VIF = 5.0
#: Stands between the codes of a group; no code has it.
_JOINT = "+"
_DEFAULTS = DriversConfig()

Groups = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class KeyDrivers:
    """Shares of R² by group of drivers (most are alone), with bootstrap intervals; `refusal` says why there are none.

    `band` 1 holds the top drivers, those of one band cannot be told apart; `rank_stability` is how often a rank held.
    """

    codes: tuple[str, ...]
    groups: Groups
    share: Floats
    lower: Floats
    upper: Floats
    band: tuple[int, ...]
    rank_stability: Floats
    johnson: Floats
    #: Johnson's shares once every respondent's own mean is taken out of his answers: without a halo.
    centred: Floats
    correlations: Floats
    vif: Floats
    r_squared: float
    base: int
    complete: int
    method: str
    notes: tuple[str, ...] = ()
    refusal: str = ""


def find_key_drivers(
    x: pd.DataFrame,
    y: Floats,
    *,
    weights: Floats | None = None,
    config: DriversConfig = _DEFAULTS,
    min_base: int = 100,
    min_r_squared: float = 0.2,
    confidence: float = 0.95,
) -> KeyDrivers:
    """Return the drivers (columns of `x`) of `y`, NaN = no answer.

    Fewer complete answers than max(min_base, 10 p), or R² under `min_r_squared`: refused, with correlations only.
    Drivers with VIF > 10 or |r| > .9 are grouped and share one figure. Raises StatisticsError where the answers allow
    no figure at all: no outcome, a column without variation.
    """
    outcome = np.asarray(y, dtype=np.float64)
    kept = ~np.isnan(outcome)
    table, outcome = x.to_numpy(dtype=np.float64)[kept], outcome[kept]
    given = np.ones(len(x))[kept] if weights is None else np.asarray(weights, dtype=np.float64)[kept]
    complete = np.all(np.isfinite(table), axis=1)
    codes = tuple(str(column) for column in x.columns)
    least = max(min_base, 10 * len(codes))
    correlations = _correlate(table, outcome, given, codes)
    if complete.sum() < least:
        refusal = f"至少需要 {least} 份完整答卷（{len(codes)} 个因素），现有 {int(complete.sum())} 份；只列相关系数"
        return _refused(codes, correlations, len(outcome), int(complete.sum()), refusal)
    lost = 1.0 - complete.mean()
    notes = [f"{lost:.1%} 的答卷不全：整份不计"] if lost > 0 else []
    sets = [(table[complete], outcome[complete], given[complete])]
    if lost > config.max_listwise:
        notes = [f"{lost:.1%} 的答卷不全：多重插补 {config.imputations} 次"]
        filled = impute(np.column_stack([table, outcome]), count=config.imputations, seed=config.seed)
        sets = [(each[:, :-1], outcome, given) for each in filled]
    found = _estimate(sets, codes, config, confidence, correlations, int(complete.sum()), notes)
    if found.r_squared < min_r_squared:
        refusal = f"R² = {found.r_squared:.3f}，低于 {min_r_squared:g}：这些因素解释不了总体满意度；只列相关系数"
        return _refused(codes, correlations, found.base, found.complete, refusal)
    return found


def _correlate(table: Floats, outcome: Floats, weights: Floats, codes: Sequence[str]) -> Floats:
    from feedback_engine.stats.correlation import weighted_correlation

    result = np.full(len(codes), np.nan)
    for place, column in enumerate(table.T):
        known = ~np.isnan(column)
        if known.sum() > 2 and np.ptp(column[known]) > 0 and np.ptp(outcome[known]) > 0:
            pair = np.column_stack([column[known], outcome[known]])
            result[place] = weighted_correlation(pair, weights[known])[0, 1]
    return result


def _refused(codes: tuple[str, ...], r: Floats, base: int, complete: int, refusal: str) -> KeyDrivers:
    nothing = np.full(len(codes), np.nan)
    alone = tuple((place,) for place in range(len(codes)))
    bands = (0,) * len(codes)
    return KeyDrivers(
        codes, alone, nothing, nothing, nothing, bands, nothing, nothing, nothing, r, nothing, float("nan"), base,
        complete, "", refusal=refusal,
    )  # fmt: skip


def _estimate(
    sets: list[tuple[Floats, Floats, Floats]],
    codes: tuple[str, ...],
    config: DriversConfig,
    confidence: float,
    correlations: Floats,
    complete: int,
    notes: list[str],
) -> KeyDrivers:
    from feedback_engine.stats.correlation import group_collinear, vif
    from feedback_engine.stats.importance import johnson
    from feedback_engine.stats.resampling import band_shares, rank_shares

    first = sets[0]
    alone: Groups = tuple((place,) for place in range(len(codes)))
    groups: Groups = group_collinear(first[0], weights=first[2])
    if len(groups) == 1 < len(codes):
        groups, notes = alone, [*notes, "全部因素彼此高度相关，分不开：名次仅供参考"]
    is_lmg = len(groups) <= MOST_LMG_DRIVERS
    groups = groups if is_lmg else alone
    whole = [_share(*each, groups, is_lmg) for each in sets]
    share = np.mean([each for each, _ in whole], axis=0)
    drawn = _resample(sets, groups, is_lmg, config)
    tail = (1.0 - confidence) / 2
    lower, upper = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    ranks = rank_shares(drawn)
    checks = [johnson(*each).share for each in sets]
    return KeyDrivers(
        codes=codes,
        groups=groups,
        share=share,
        lower=lower,
        upper=upper,
        band=band_shares(share, lower, upper),
        rank_stability=(ranks == rank_shares(share)).mean(axis=0),
        johnson=np.mean(checks, axis=0),
        centred=np.mean([_share_centred(*each) for each in sets], axis=0),
        correlations=correlations,
        vif=np.mean([vif(x, w) for x, _, w in sets], axis=0),
        r_squared=float(np.mean([r_squared for _, r_squared in whole])),
        base=len(first[1]),
        complete=complete,
        method="lmg" if is_lmg else "johnson",
        notes=tuple(notes),
    )


def _share(x: Floats, y: Floats, weights: Floats, groups: Groups, is_lmg: bool) -> tuple[Floats, float]:
    from feedback_engine.stats.importance import johnson, lmg

    found = lmg(x, y, weights, groups=groups) if is_lmg else johnson(x, y, weights)
    return found.share, found.r_squared


def _share_centred(x: Floats, y: Floats, weights: Floats) -> Floats:
    """Return Johnson's shares of answers less each respondent's mean; NaN where that leaves no variation."""
    from feedback_engine.stats.importance import johnson

    mean = x.mean(axis=1)
    centred, outcome = x - mean[:, np.newaxis], y - mean
    if x.shape[1] < 2 or np.ptp(centred, axis=0).min() <= 0 or np.ptp(outcome) <= 0:
        return np.full(x.shape[1], np.nan)
    return johnson(centred, outcome, weights).share


def _resample(sets: list[tuple[Floats, Floats, Floats]], groups: Groups, is_lmg: bool, config: DriversConfig) -> Floats:
    """Return the shares of `bootstrap` resamples, spread over the imputed sets."""
    from feedback_engine.stats.resampling import resample_shares

    generator = np.random.default_rng(config.seed)
    counts = [len(part) for part in np.array_split(np.arange(config.bootstrap), len(sets))]
    drawn = [
        resample_shares(x, y, weights, count, generator, is_lmg=is_lmg, groups=groups if is_lmg else None)
        for (x, y, weights), count in zip(sets, counts, strict=True)
        if count
    ]
    return np.concatenate(drawn)


def build_drivers(found: KeyDrivers, answers: Answers, *, concerned: float | None = None) -> pd.DataFrame:
    """Return DRIVERS, the strongest first; every member of a group has the group's figures.

    Where `answers` are only of those who met a driver, `concerned` is their share of all.
    """
    groups = enumerate(found.groups)
    rows = [_row(found, answers, place, number, concerned) for number, group in groups for place in group]
    return DRIVERS.build(sorted(rows, key=lambda row: (-(row[2] if row[2] == row[2] else -1.0), row[0])))


def _row(found: KeyDrivers, answers: Answers, place: int, group: int, concerned: float | None) -> tuple[object, ...]:
    code = found.codes[place]
    column = answers.table[code].to_numpy(dtype=np.float64)
    known = ~np.isnan(column)
    weights = answers.weights
    score = float(np.average(column[known], weights=weights[known])) if known.any() else float("nan")
    incidence = concerned
    if incidence is None:
        incidence = float(weights[known].sum() / weights.sum()) if len(weights) else float("nan")
    members = found.groups[group]
    label = _JOINT.join(found.codes[member] for member in members) if len(members) > 1 else ""
    notes = [] if concerned is None else [f"只在接触过的 {len(known)} 人里估计"]
    notes += [found.refusal, *found.notes] if found.refusal else found.notes
    if label:
        others = "、".join(answers.names.get(each, each) for at in members if (each := found.codes[at]) != code)
        notes.append(f"与{others}高度相关，合为一组：份额是整组的，优先度按均分")
    elif found.vif[place] > HIGH_VIF:
        notes.append(f"VIF = {found.vif[place]:.1f}，与其他因素重叠")
    share = float(found.share[group])
    # What improving it could give: of a group, an equal part.
    priority = share / len(members) * incidence * (100.0 - score) / 100.0
    return (
        code, answers.names.get(code, code), share, float(found.lower[group]), float(found.upper[group]),
        found.band[group], float(found.rank_stability[group]), float(found.johnson[place]), float(found.centred[place]),
        float(found.correlations[place]), float(found.vif[place]), label, score, incidence,
        priority, int(known.sum()), "；".join(notes),
    )  # fmt: skip


def share_alone(drivers: pd.DataFrame) -> pd.DataFrame:
    """Return `share`, `lower` and `upper` that each driver of DRIVERS has of its own.

    Of a group that is an equal part, and may be anything from nothing to the whole: the answers do not tell.
    """
    own = drivers[["share", "lower", "upper"]].copy()
    sizes = drivers["group"].map(lambda group: len(str(group).split(_JOINT)))
    own["share"] /= sizes
    own.loc[sizes > 1, "lower"] = 0.0
    return own


def rank_drivers(
    answers: Answers,
    y: Floats,
    experienced: pd.DataFrame,
    *,
    config: DriversConfig = _DEFAULTS,
    min_base: int = 100,
    min_r_squared: float = 0.2,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return DRIVERS where not everybody met every touchpoint: `experienced` as from `read_experience`.

    Drivers that nearly all met (all but `max_listwise`) are fitted together on everybody. Each other driver is fitted
    beside them among those who met it, since nothing can be imputed for the rest: its share and band are of that fit,
    its `priority` counts how many it concerns.
    """
    import pandas as pd

    codes = [str(code) for code in answers.table.columns]
    met = experienced.to_numpy(dtype=np.bool_)
    is_common = met.mean(axis=0) >= 1.0 - config.max_listwise
    common = [code for code, each in zip(codes, is_common, strict=True) if each]
    tables = []
    for place, code in enumerate(codes):
        if is_common[place] and code != common[0]:
            continue
        users = np.ones(len(met), dtype=np.bool_) if is_common[place] else met[:, place]
        members = common if is_common[place] else [*common, code]
        own = Answers(answers.table.loc[users, members], answers.weights[users], answers.names)
        found = find_key_drivers(
            own.table, y[users], weights=own.weights, config=config, min_base=min_base,
            min_r_squared=min_r_squared, confidence=confidence,
        )  # fmt: skip
        concerned = None if is_common[place] else float(own.weights.sum() / answers.weights.sum())
        rows = build_drivers(found, own, concerned=concerned)
        tables.append(rows if is_common[place] else rows[rows["code"] == code])
    if not tables:
        return DRIVERS.build()
    table = pd.concat(tables).sort_values(["share", "code"], ascending=[False, True], na_position="last")
    return DRIVERS.conform(table)
