"""Whatever comes in: a figure, or an error of ours; never a warning of numpy's or a traceback."""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_engine import scoring
from feedback_engine.errors import StatisticsError, StatisticsWarning
from feedback_engine.scoring import drivers
from feedback_engine.stats import (
    ahp,
    change,
    claims,
    classifier,
    components,
    control,
    correlation,
    delphi,
    descriptives,
    design,
    fuzzy,
    importance,
    intervals,
    isotonic,
    kano,
    lifetime,
    mediation,
    multiple,
    normalise,
    pls,
    raking,
    reliability,
    replication,
    resampling,
    topsis,
    weights,
)

NICE = st.one_of(
    st.integers(1, 5),
    st.sampled_from([0.0, 1.0, 0.1 + 0.2, 0.3, -2.5, 100.0]),
    st.floats(-100, 100, allow_nan=False).map(lambda x: round(x, 3)),
)
UGLY = st.one_of(
    st.sampled_from([None, "好", "5", "", b"5", True, 1j, math.nan, math.inf, -math.inf, 10**400, [], {}, object()]),
    st.floats(),
    st.integers(),
    st.sampled_from([np.datetime64("2026-01-01"), pd.NaT, pd.NA, np.float64("nan"), np.int64(3)]),
)
SMALL = st.sampled_from([0, 1, 0.5, 2, 3, 0.05, 0.95, 10, -1])
SCALAR = st.one_of(SMALL, SMALL, SMALL, NICE, UGLY)
SIZE = st.sampled_from([0, 1, 2, 3, 4, 6, 9])


def dress(table: list[Any]) -> st.SearchStrategy[Any]:
    """Return the same values in any of the forms in which people pass them."""
    forms: list[Callable[[Any], Any]] = [lambda t: t, tuple, lambda t: np.array(t, dtype=object), lambda t: _frame(t)]
    return st.sampled_from(forms).map(lambda form: form(table))


def _frame(table: list[Any]) -> Any:
    index = [f"r{10 - place}" for place in range(len(table))]
    if table and isinstance(table[0], list) and len({len(row) for row in table if isinstance(row, list)}) == 1:
        try:
            return pd.DataFrame(table, index=index)
        except (ValueError, TypeError, OverflowError):
            return table
    return pd.Series(table, index=index, dtype=object)


@st.composite
def vectors(draw: Any, size: int | None = None) -> Any:
    size = draw(SIZE) if size is None else size
    values = draw(st.lists(NICE, min_size=size, max_size=size))
    if values and draw(st.integers(0, 7)) == 0:
        values[draw(st.integers(0, size - 1))] = draw(UGLY)
    if draw(st.integers(0, 9)) == 0:
        values = values[:-1]
    if draw(st.integers(0, 9)) == 0:
        values = [draw(NICE)] * size
    return draw(dress(values))


@st.composite
def matrices(draw: Any, rows: int | None = None, columns: int | None = None) -> Any:
    rows = draw(SIZE) if rows is None else rows
    columns = draw(st.sampled_from([0, 1, 2, 3, 4])) if columns is None else columns
    table = [draw(st.lists(NICE, min_size=columns, max_size=columns)) for _ in range(rows)]
    if rows and columns and draw(st.integers(0, 7)) == 0:
        table[draw(st.integers(0, rows - 1))][draw(st.integers(0, columns - 1))] = draw(UGLY)
    if rows and columns > 1 and draw(st.integers(0, 5)) == 0:
        for row in table:
            row[0] = row[-1]
    if rows and draw(st.integers(0, 12)) == 0:
        table[-1] = table[-1][:-1]
    return draw(dress(table))


@st.composite
def judgements(draw: Any) -> Any:
    size = draw(st.sampled_from([1, 2, 3, 4, 5]))
    table = [[1.0] * size for _ in range(size)]
    for row in range(size):
        for column in range(row):
            value = draw(st.sampled_from([1, 2, 3, 5, 9, 1 / 3, 1 / 9, math.nan, 1e-9, 1e9]))
            table[row][column], table[column][row] = value, 1 / value
    if draw(st.integers(0, 4)) == 0:
        table[0][-1] = draw(UGLY)
    return draw(dress(table))


FRAME_NAMES = ["q1", "q2", "q3", "s1"]


@st.composite
def frames(draw: Any) -> Any:
    rows = draw(st.sampled_from([0, 1, 2, 5, 12]))
    columns = {name: draw(vectors(rows)) for name in FRAME_NAMES}
    try:
        return pd.DataFrame(columns)
    except (ValueError, TypeError, OverflowError):
        return columns


BLOCKS = st.sampled_from(
    [
        {"a": ["q1", "q2"], "b": ["q3", "s1"]},
        {"a": ["q1"], "b": ["q2"], "c": ["q3", "s1"]},
        {"a": "q1", "b": ["q2"]},
        {"a": [], "b": ["q1"]},
        {"a": ["q9"], "b": ["q1"]},
        {},
        None,
    ]
)
PATHS = st.sampled_from(
    [[("a", "b")], [("a", "b"), ("b", "c")], [("a", "c"), ("b", "c")], [("a", "b"), ("b", "a")], ["ab"], [], None, [1]]
)
MARGINS = st.sampled_from(
    [
        {"g": {"x": 0.5, "y": 0.5}},
        {"g": {"x": 3, "y": 1}, "h": {1: 0.25, 2: 0.75}},
        {"g": {"x": 3, "y": 1}, "h": {1: 2, 2: 3}},
        {"g": {"x": 0.9, "y": 0.2}},
        {"g": pd.Series({"x": 1, "y": 0})},
        {"g": {"x": math.nan, "y": 1}},
        {"g": {"x": "3", "y": 1}},
        {"g": {}},
        {"z": {"x": 1}},
        {},
        None,
        5,
    ]
)


@st.composite
def samples(draw: Any) -> Any:
    rows = draw(SIZE)
    labels = draw(st.lists(st.sampled_from(["x", "y", "y", "y"]), min_size=rows, max_size=rows))
    codes = draw(st.lists(st.sampled_from([1, 2]), min_size=rows, max_size=rows))
    frame = {"g": labels, "h": codes}
    return draw(st.sampled_from([frame, pd.DataFrame(frame, index=range(5, 5 + rows))]))


V, M, S = vectors(), matrices(), SCALAR
SAME = st.sampled_from([3, 6, 9])
PAIR = SAME.flatmap(lambda n: st.tuples(vectors(n), vectors(n)))
TRIPLE = SAME.flatmap(lambda n: st.tuples(vectors(n), vectors(n), vectors(n)))
TABLE = SAME.flatmap(lambda n: st.tuples(matrices(n, 3), vectors(n)))
TABLE_W = SAME.flatmap(lambda n: st.tuples(matrices(n, 2), vectors(n), st.one_of(st.none(), vectors(n))))
ONE = V.map(lambda x: (x,))
GRID = M.map(lambda x: (x,))
ANSWERS = st.lists(st.one_of(st.integers(1, 5), st.sampled_from([*kano.LEVELS, None, 6, np.int64(2)])), max_size=6)
COUNTS = st.one_of(
    vectors(3),
    vectors(11),
    st.dictionaries(st.integers(-1, 11), SCALAR, max_size=11),
    st.dictionaries(st.sampled_from(["promoters", "passives", "detractors", "推荐者", "x"]), SCALAR),
)
NAMES = st.sampled_from([None, ["a", "b"], ["a", "a"], ["a"], "ab", 5, ("a", "b", "c"), {"a": "d"}, {"1": "d"}])
TREE = st.recursive(
    st.sampled_from(["a", "b", 1]),
    lambda child: st.fixed_dictionaries(
        {"children": st.lists(child, max_size=3)},
        optional={"matrix": judgements(), "weights": vectors(2)},
    ),
    max_leaves=5,
)


CALLS: dict[str, tuple[Callable[..., Any], st.SearchStrategy[Any]]] = {
    "ahp_weights": (ahp.ahp_weights, st.tuples(judgements())),
    "ahp_weights of anything": (ahp.ahp_weights, GRID),
    "ahp_weights with its own table": (ahp.ahp_weights, st.tuples(judgements(), st.one_of(vectors(), SCALAR))),
    "complete_matrix": (ahp.complete_matrix, st.tuples(judgements())),
    "group_judgements": (ahp.group_judgements, st.tuples(st.lists(judgements(), max_size=3), st.none() | V)),
    "hierarchy_weights": (ahp.hierarchy_weights, st.tuples(TREE)),
    "hierarchy_consistency": (ahp.hierarchy_consistency, st.tuples(TREE)),
    "entropy_weights": (weights.entropy_weights, GRID),
    "entropy_weights minmax": (lambda x, c: weights.entropy_weights(x, "minmax", cost=c), st.tuples(M, V | st.none())),
    "critic_weights": (weights.critic_weights, st.tuples(M, st.none() | vectors(3))),
    "variation_weights": (weights.variation_weights, GRID),
    "pca_weights": (weights.pca_weights, st.tuples(M, st.sampled_from([*weights.PCA_METHODS, "x"]))),
    "combine": (weights.combine, st.tuples(V, V, st.sampled_from([*weights.COMBINATIONS, "x"]), S)),
    "game_coefficients": (weights.game_coefficients, st.tuples(st.lists(V, max_size=3))),
    "normalise_columns": (
        lambda x, how: normalise.normalise_columns(np.array(x, dtype=float), how),
        st.tuples(st.just([[1, 2], [3, 4]]), st.sampled_from([*normalise.NORMALISATIONS, 3])),
    ),
    "lmg": (importance.lmg, TABLE_W),
    "johnson": (importance.johnson, TABLE_W),
    "pratt": (importance.pratt, TABLE_W),
    "standardised_betas": (importance.standardised_betas, TABLE_W),
    "find_suppressed": (importance.find_suppressed, TABLE),
    "first": (importance.first, TABLE),
    "last": (importance.last, TABLE),
    "bootstrap_shares": (lambda x, y: resampling.bootstrap_shares(x, y, repeats=5), TABLE),
    "vif": (correlation.vif, GRID),
    "group_collinear": (correlation.group_collinear, GRID),
    "fit_pls": (
        lambda frame, blocks, paths, scheme, mode, bootstrap: pls.fit_pls(
            frame, blocks, paths, scheme, mode, bootstrap
        ),
        st.tuples(
            st.one_of(frames(), matrices()),
            BLOCKS,
            PATHS,
            st.sampled_from(["centroid", "factorial", "path", "x"]),
            st.sampled_from([None, "B", {"a": "B"}, {"a": "C"}, 3]),
            st.sampled_from([0, 3, -1, "x", None]),
        ),
    ),
    "cronbach_alpha": (reliability.cronbach_alpha, st.tuples(M, S)),
    "cronbach_alpha pairwise": (lambda x: reliability.cronbach_alpha(x, missing="pairwise"), GRID),
    "cronbach_alpha standardised": (lambda x: reliability.cronbach_alpha(x, standardised=True), GRID),
    "item_statistics": (reliability.item_statistics, GRID),
    "composite_reliability": (reliability.composite_reliability, ONE),
    "average_variance_extracted": (reliability.average_variance_extracted, ONE),
    "dillon_goldstein": (reliability.dillon_goldstein, GRID),
    "kmo": (reliability.kmo, GRID),
    "bartlett": (reliability.bartlett, GRID),
    "htmt": (reliability.htmt, st.tuples(M, st.sampled_from([{"a": [0, 1], "b": [2]}, {"a": [9]}, {"a": []}, {}, 1]))),
    "wilson": (intervals.wilson, st.tuples(S, S, S)),
    "newcombe": (intervals.newcombe, st.tuples(S, S, S, S)),
    "paired_difference": (intervals.paired_difference, st.tuples(S, S, S, S)),
    "poisson_rate": (intervals.poisson_rate, st.tuples(S, S, S, S)),
    "wilson of columns": (intervals.wilson, st.tuples(V | S, V | S)),
    "newcombe of columns": (intervals.newcombe, st.tuples(V | S, V | S, V | S, V | S)),
    "poisson_rate of columns": (intervals.poisson_rate, st.tuples(V | S, V | S)),
    "weighted_mean": (intervals.weighted_mean, PAIR),
    "weighted_mean of a design": (
        lambda x, w, s, c, n: intervals.weighted_mean(x, w, strata=s, psu=c, population=n),
        SAME.flatmap(lambda n: st.tuples(vectors(n), vectors(n), vectors(n), vectors(n), st.none() | SCALAR)),
    ),
    "nps": (intervals.nps, st.tuples(COUNTS, S, st.none() | S)),
    "nps_from_answers": (intervals.nps_from_answers, PAIR),
    "rake": (raking.rake, st.tuples(samples(), MARGINS, st.sampled_from([None, 5, 1.5, (0.5, 2), 0, "x", (2, 1), []]))),
    "rake from base weights": (
        lambda frame, margins, w: raking.rake(frame, margins, None, w),
        st.tuples(samples(), MARGINS, V),
    ),
    "post_stratify": (raking.post_stratify, st.tuples(samples(), st.just("g"), st.just({"x": 0.5, "y": 0.5}))),
    "raked_mean": (
        lambda y: raking.raked_mean(y, raking.rake({"g": list("xyyx")}, {"g": {"x": 0.3, "y": 0.7}})),
        vectors(4).map(lambda x: (x,)),
    ),
    "raked_jackknife_error": (
        lambda y, units: replication.raked_jackknife_error(
            y, {"g": list("xyxyxy")}, {"g": {"x": 0.3, "y": 0.7}}, units
        ),
        st.tuples(vectors(6), vectors(6)),
    ),
    "benjamini_hochberg": (multiple.benjamini_hochberg, st.tuples(V | st.lists(st.floats(0, 1), max_size=9), S)),
    "holm": (multiple.holm, st.tuples(V | st.lists(st.floats(0, 1), max_size=9), S)),
    "individuals": (control.individuals, st.tuples(V, st.none() | S | M, S)),
    "individuals of a baseline": (control.individuals, st.tuples(vectors(9), st.none() | S | vectors(9))),
    "proportions": (control.proportions, st.tuples(V, V | S, st.none() | S | V, st.booleans(), S)),
    "proportions of nine": (control.proportions, st.tuples(st.lists(st.integers(0, 9), min_size=9), S | vectors(9))),
    "rates": (control.rates, st.tuples(st.lists(st.integers(0, 9), min_size=9), S | vectors(9))),
    "evaluate": (
        fuzzy.evaluate,
        st.sampled_from([2, 3]).flatmap(
            lambda n: st.tuples(
                vectors(n), matrices(n, 3), st.sampled_from([*fuzzy.OPERATORS, "x"]), st.none(), st.none() | vectors(3)
            )
        ),
    ),
    "topsis": (topsis.topsis, st.tuples(matrices(None, 3), st.none() | vectors(3), st.none() | vectors(3))),
    "kano": (kano.classify, st.tuples(ANSWERS, ANSWERS, st.none() | V, st.sampled_from([1, 5, 2]))),
    "kano counts": (kano.classify, st.tuples(st.dictionaries(st.sampled_from([*"AOMIRQX"]), SCALAR))),
    "welch": (change.welch, PAIR),
    "paired": (change.paired, TRIPLE),
    "overlapping": (
        change.overlapping,
        SAME.flatmap(lambda n: st.tuples(vectors(n), vectors(n), vectors(n), vectors(n))),
    ),
    "compare_estimates": (change.compare_estimates, st.tuples(st.tuples(S, S, S), st.tuples(S, S, S), S)),
    "check_claim": (claims.check_claim, st.tuples(S, S, S, st.none() | S)),
    "rogan_gladen": (classifier.rogan_gladen, st.tuples(S, S, S, S, st.none() | S, st.none() | S, S)),
    "principal_components": (components.principal_components, GRID),
    "describe": (descriptives.describe, ONE),
    "correlate": (descriptives.correlate, st.tuples(V, V, st.sampled_from(["pearson", "spearman", "x"]))),
    "regress": (descriptives.regress, TABLE),
    "summarise_round": (delphi.summarise_round, st.tuples(M, st.none() | V)),
    "kendall_w": (delphi.kendall_w, GRID),
    "check_convergence": (delphi.check_convergence, st.tuples(st.lists(matrices(3, 3), max_size=3))),
    "effective_base": (design.effective_base, ONE),
    "linearised_error": (lambda u, s, c: design.linearised_error(u, strata=s, psu=c), TRIPLE),
    "isotonic_fit": (isotonic.isotonic_fit, PAIR),
    "mediate": (lambda x, m, y: mediation.mediate(x, m, y, repeats=20), TRIPLE),
    "ipa": (
        lambda y, x, names, lines: drivers.ipa(y, x, names=names, lines=lines),
        st.tuples(
            V | M, V | M, NAMES, st.sampled_from(["mean", "median", "x", None, 3, (1, 2), ("a", 2), [math.nan, 1]])
        ),
    ),
    "ipa with intervals": (
        lambda y, x, bounds, confidence: drivers.ipa(y, x, performance_intervals=bounds, confidence=confidence),
        SAME.flatmap(lambda n: st.tuples(vectors(n), vectors(n), matrices(n, 2), S)),
    ),
    "gap": (
        lambda e, p, names, dimensions: scoring.gap(e, p, names=names, dimensions=dimensions),
        SAME.flatmap(lambda n: st.tuples(matrices(n, 2), matrices(n, 2), NAMES, NAMES)),
    ),
    "gap with weights": (
        lambda e, p, w, by, c: scoring.gap(e, p, weights=w, dimensions=["d", "f"], dimension_weights=by, confidence=c),
        SAME.flatmap(
            lambda n: st.tuples(
                matrices(n, 2),
                matrices(n, 2),
                st.none() | vectors(n),
                st.sampled_from([None, {"d": 1, "f": 2}, {"d": 0, "f": 0}, {"d": 1}, {"d": "x", "f": 1}, 5]),
                S,
            )
        ),
    ),
    "fit_bgnbd": (lifetime.fit_bgnbd, TRIPLE),
    "fit_gamma_gamma": (lifetime.fit_gamma_gamma, PAIR),
}

# Where NaN or infinity is the documented answer to a question without one.
UNDEFINED: dict[str, tuple[str, ...]] = {
    "weighted_mean": ("lower", "upper", "standard_error"),
    "weighted_mean of a design": ("lower", "upper", "standard_error", "design_effect"),
    "nps_from_answers": ("lower", "upper", "standard_error"),
    "raked_mean": ("lower", "upper", "standard_error"),
    "linearised_error": ("0",),
    "item_statistics": ("alpha_if_deleted",),
    "kano": ("better", "worse"),
    "kano counts": ("better", "worse"),
    "evaluate": ("score",),
    "vif": ("",),
    "describe": ("deviation", "skewness", "kurtosis"),
    "check_convergence": ("largest_shift",),
    "check_claim": ("relative",),
    "regress": ("t", "f"),
    "mediate": ("t", "f", "share"),
    "welch": ("t",),
    "paired": ("t",),
    "overlapping": ("t",),
    "compare_estimates": ("t",),
    "fit_pls": ("t",),
}


def not_finite(value: Any, place: str = "") -> list[str]:
    """Return the names of the fields that hold something else than a finite number."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [
            bad for field in dataclasses.fields(value) for bad in not_finite(getattr(value, field.name), field.name)
        ]
    if isinstance(value, pd.DataFrame):
        value = value.to_numpy()
    if isinstance(value, Mapping):
        return [bad for part in value.values() for bad in not_finite(part, place)]
    if isinstance(value, tuple | list):
        return [bad for number, part in enumerate(value) for bad in not_finite(part, place or str(number))]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return [] if np.isfinite(value).all() else [place]
    if isinstance(value, float):
        return [] if math.isfinite(value) else [place]
    return []


@pytest.mark.parametrize("name", CALLS)
@given(st.data())
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_any_input_gives_finite_figures_or_an_error_of_ours(name: str, data: st.DataObject) -> None:
    function, arguments = CALLS[name]
    given_arguments = data.draw(arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticsWarning)
        try:
            result = function(*given_arguments)
        except StatisticsError as error:
            assert "\n" not in str(error)
            return
    assert set(not_finite(result)) <= set(UNDEFINED.get(name, ()))
