"""Delphi rounds: how far experts agree on the importance of indicators, and whether to stop asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_matrix, as_weights
from feedback_engine.stats.labels import rows_alike


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W (0…1, corrected for ties) with its χ² test on items - 1 degrees of freedom."""

    w: float
    chi_square: float
    degrees_of_freedom: int
    p_value: float


@dataclass(frozen=True, slots=True)
class DelphiRound:
    """One round: per item the mean, standard deviation, coefficient of variation, median and quartile range."""

    means: Floats
    deviations: Floats
    variation: Floats
    medians: Floats
    quartile_ranges: Floats
    # The means scaled to sum 1.
    weights: Floats
    concordance: Concordance


@dataclass(frozen=True, slots=True)
class Convergence:
    """Whether the last round suffices, and if not, the positions of the items that experts still dispute."""

    is_converged: bool
    disputed: tuple[int, ...]
    # Largest relative shift of an item's mean since the round before; NaN with one round.
    largest_shift: float


@rows_alike("ratings", "expert_weights")
def summarise_round(ratings: Values, expert_weights: Values = None) -> DelphiRound:
    """Return the figures of one round from ratings (experts × items); spread with n-1, unweighted."""
    table = as_matrix(ratings, "专家评分", minimum_rows=2)
    shares = as_weights(expert_weights, table.shape[0], "expert_weights")
    means = np.average(table, axis=0, weights=shares)
    if (means <= 0).any():
        raise StatisticsError(f"第 {int(np.argmax(means <= 0)) + 1} 个指标的平均评分不大于 0,变异系数没有意义")
    deviations = table.std(axis=0, ddof=1)
    lower, medians, upper = np.quantile(table, [0.25, 0.5, 0.75], axis=0)
    return DelphiRound(
        means, deviations, deviations / means, medians, upper - lower, means / means.sum(), kendall_w(table)
    )


def kendall_w(ratings: Values) -> Concordance:
    """Return Kendall's coefficient of concordance of experts (rows) over items (columns), W = 12S/(m²(n³-n) - mΣT)."""
    table = as_matrix(ratings, "专家评分", minimum_rows=2)
    experts, items = table.shape
    if items < 2:
        raise StatisticsError("Kendall W 至少需要 2 个指标")
    ranks = stats.rankdata(table, axis=1)
    deviation = ((ranks.sum(axis=0) - experts * (items + 1) / 2) ** 2).sum()
    ties = sum(float((counts**3 - counts).sum()) for counts in (np.unique(row, return_counts=True)[1] for row in table))
    largest = experts**2 * (items**3 - items) - experts * ties
    if largest <= 0:
        raise StatisticsError("每位专家都给所有指标打了同样的分:Kendall W 没有定义")
    w = float(12 * deviation / largest)
    chi = experts * (items - 1) * w
    return Concordance(w, chi, items - 1, float(stats.chi2.sf(chi, items - 1)))


def check_convergence(
    rounds: Sequence[Values], variation_max: float = 0.25, shift_max: float = 0.15, alpha: float = 0.05
) -> Convergence:
    """Return whether the last of `rounds` (each experts × items) converged.

    It did when every item's coefficient of variation is at most `variation_max`, Kendall's W is significant at `alpha`,
    and no mean moved by more than `shift_max` of itself since the round before.
    """
    if len(rounds) == 0:
        raise StatisticsError("没有任何一轮评分")
    summaries = [summarise_round(ratings) for ratings in rounds[-2:]]
    last = summaries[-1]
    shift = float("nan")
    if len(summaries) == 2:
        if summaries[0].means.size != last.means.size:
            raise StatisticsError(f"两轮指标数不同:{summaries[0].means.size} 与 {last.means.size}")
        shift = float(np.max(np.abs(last.means - summaries[0].means) / summaries[0].means))
    disputed = tuple(int(place) for place in np.flatnonzero(last.variation > variation_max))
    settled = not disputed and last.concordance.p_value < alpha and not shift > shift_max
    return Convergence(settled, disputed, shift)
