"""Further examples from the literature, small enough to be typed: what they print is what comes out."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.ahp import ahp_weights, hierarchy_weights
from feedback_engine.stats.descriptives import regress
from feedback_engine.stats.importance import johnson, lmg
from feedback_engine.stats.intervals import poisson_rate
from feedback_engine.stats.reliability import bartlett, cronbach_alpha, item_statistics, kmo
from feedback_engine.stats.topsis import topsis
from feedback_engine.stats.weights import critic_weights, entropy, entropy_weights


def judged(text: str) -> list[list[Fraction]]:
    return [[Fraction(cell) for cell in line.split()] for line in text.strip().splitlines()]


# Saaty (1990) Eur. J. Oper. Res. 48:9-26, buying a house by eight criteria.
HOUSE = judged("""
    1   5   3   7 6 6 1/3 1/4
    1/5 1   1/3 5 3 3 1/5 1/7
    1/3 3   1   6 3 4 6   1/5
    1/7 1/5 1/6 1 1/3 1/4 1/7 1/8
    1/6 1/3 1/3 3 1 1/2 1/5 1/6
    1/6 1/3 1/4 4 2 1 1/5 1/6
    3   5   1/6 7 5 5 1 1/2
    4   7   5   8 6 6 2 1
""")
# Saaty (1977) J. Math. Psychol. 15:234-281: wealth of seven nations; distances of six cities from Philadelphia;
# brightness of four chairs, judged twice.
WEALTH = judged("""
    1   4   9 6   6   5   5
    1/4 1   7 5   5   3   4
    1/9 1/7 1 1/5 1/5 1/7 1/5
    1/6 1/5 5 1   1   1/3 1/3
    1/6 1/5 5 1   1   1/3 1/3
    1/5 1/3 7 3   3   1   2
    1/5 1/4 5 3   3   1/2 1
""")
DISTANCE = judged("""
    1   1/3 8   3   3   7
    3   1   9   3   3   9
    1/8 1/9 1   1/6 1/5 2
    1/3 1/3 6   1   1/3 6
    1/3 1/3 5   3   1   6
    1/7 1/9 1/2 1/6 1/6 1
""")
CHAIRS = [
    judged("1 5 6 7\n1/5 1 4 6\n1/6 1/4 1 4\n1/7 1/6 1/4 1"),
    judged("1 4 6 7\n1/4 1 3 4\n1/6 1/3 1 2\n1/7 1/4 1/2 1"),
]


@pytest.mark.parametrize(
    ("matrix", "weights", "lambda_max", "index", "ratio", "digits"),
    [
        (HOUSE, [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333], 9.669, 0.238, 0.169, 5.1e-4),
        (WEALTH, [0.427, 0.230, 0.021, 0.052, 0.052, 0.123, 0.094], 7.61, 0.10, 0.08, 5.1e-3),
        (DISTANCE, [0.263, 0.397, 0.033, 0.116, 0.164, 0.027], 6.45, 0.09, 0.07, 5.1e-3),
        (CHAIRS[0], [0.62, 0.23, 0.10, 0.05], 4.39, 0.13, 0.14, 5.5e-3),
        (CHAIRS[1], [0.62, 0.22, 0.10, 0.06], 4.1, 0.03, 0.04, 5.1e-3),
    ],
)
def test_eigenvector_weights_and_consistency_print_saaty(
    matrix, weights: list[float], lambda_max: float, index: float, ratio: float, digits: float
) -> None:
    result = ahp_weights(matrix)
    assert result.weights == pytest.approx(weights, abs=digits)
    assert (result.lambda_max, result.consistency_index, result.consistency_ratio) == pytest.approx(
        (lambda_max, index, ratio), abs=digits
    )
    assert ahp_weights(np.array(matrix, dtype=float)).weights == pytest.approx(result.weights)


# Saaty (1980) The Analytic Hierarchy Process: three schools by six criteria. Beside these weights the book prints
# λmax = 7.49 and CR = .24, which its matrix does not have: every row of it gives 7.42 with its own eigenvector.
def test_three_schools_print_saaty() -> None:
    criteria = judged("""
        1   4   3 1   3   4
        1/4 1   7 3   1/5 1
        1/3 1/7 1 1/5 1/5 1/6
        1   1/3 5 1   1   1/3
        1/3 5   5 1   1   3
        1/4 1   6 3   1/3 1
    """)
    schools = [
        judged("1 1/3 1/2\n3 1 3\n2 1/3 1"),
        judged("1 1 1\n1 1 1\n1 1 1"),
        judged("1 5 1\n1/5 1 1/5\n1 5 1"),
        judged("1 9 7\n1/9 1 1/5\n1/7 5 1"),
        judged("1 1/2 1\n2 1 2\n1 1/2 1"),
        judged("1 6 4\n1/6 1 1/3\n1/4 3 1"),
    ]
    result = ahp_weights(criteria)
    assert result.weights == pytest.approx([0.32, 0.14, 0.03, 0.13, 0.24, 0.14], abs=5.1e-3)
    assert criteria @ result.weights / result.weights == pytest.approx(np.full(6, result.lambda_max))
    assert (result.lambda_max, result.consistency_ratio) == pytest.approx((7.42, 0.23), abs=5.1e-3)
    tree = {"matrix": criteria, "children": [{"matrix": school, "children": ["A", "B", "C"]} for school in schools]}
    assert hierarchy_weights(tree) == pytest.approx({"A": 0.37, "B": 0.38, "C": 0.25}, abs=5.1e-3)


# 姜启源等《数学模型》: three places to travel to by view, cost, lodging, food and way; printed from the sums of
# normalised columns, which differ from the eigenvector by less than .002.
def test_places_to_travel_to_print_jiang() -> None:
    criteria = judged("""
        1   1/2 4 3   3
        2   1   7 5   5
        1/4 1/7 1 1/2 1/3
        1/3 1/5 2 1   1
        1/3 1/5 3 1   1
    """)
    places = {
        "1 2 5\n1/2 1 2\n1/5 1/2 1": ([0.595, 0.277, 0.129], 3.005),
        "1 1/3 1/8\n3 1 1/3\n8 3 1": ([0.082, 0.236, 0.682], 3.002),
        "1 1 3\n1 1 3\n1/3 1/3 1": ([0.429, 0.429, 0.142], 3.0),
        "1 3 4\n1/3 1 1\n1/4 1 1": ([0.633, 0.193, 0.175], 3.009),
        "1 1 1/4\n1 1 1/4\n4 4 1": ([0.166, 0.166, 0.668], 3.0),
    }
    for matrix, (weights, largest) in places.items():
        result = ahp_weights(judged(matrix))
        assert result.weights == pytest.approx(weights, abs=2e-3)
        assert result.lambda_max == pytest.approx(largest, abs=1.1e-3)
    result = ahp_weights(criteria)
    assert result.weights == pytest.approx([0.263, 0.475, 0.055, 0.099, 0.110], abs=2e-3)
    assert (result.lambda_max, result.consistency_index) == pytest.approx((5.073, 0.018), abs=1.1e-3)
    children = [{"matrix": judged(matrix), "children": ["苏杭", "北戴河", "桂林"]} for matrix in places]
    found = hierarchy_weights({"matrix": criteria, "children": children})
    assert found == pytest.approx({"苏杭": 0.300, "北戴河": 0.246, "桂林": 0.456}, abs=2e-3)


# Hwang & Yoon (1981) Multiple Attribute Decision Making: four fighter aircraft by six attributes, the fourth a cost.
AIRCRAFT = [
    [2.0, 1500, 20000, 5.5, 5, 9],
    [2.5, 2700, 18000, 6.5, 3, 5],
    [1.8, 2000, 21000, 4.5, 7, 7],
    [2.2, 1800, 20000, 5.0, 5, 5],
]


def test_closeness_of_the_aircraft_prints_hwang_and_yoon() -> None:
    result = topsis(AIRCRAFT, [0.2, 0.1, 0.1, 0.1, 0.2, 0.3], [1, 1, 1, -1, 1, 1])
    assert result.closeness == pytest.approx([0.643, 0.268, 0.613, 0.312], abs=6e-4)
    assert result.ranks.tolist() == [1, 4, 2, 3]


def test_entropies_of_the_aircraft_print_hwang_and_yoon() -> None:
    # The book carries four digits along: the printed weights are the shares of the rounded 1 - E.
    printed = np.array([0.9946, 0.9829, 0.9989, 0.9931, 0.9703, 0.9770])
    assert entropy(AIRCRAFT) == pytest.approx(printed, abs=2.1e-4)
    weights = [0.0649, 0.2055, 0.0133, 0.0829, 0.3570, 0.2764]
    assert (1 - printed) / (1 - printed).sum() == pytest.approx(weights, abs=1e-3)
    assert entropy_weights(AIRCRAFT) == pytest.approx(weights, abs=2e-3)


# Diakoulaki, Mavrotas & Papayannakis (1995) Comput. Oper. Res. 22:763-770: eight drug makers by three ratios; the
# weights to eight digits as scikit-criteria tests them.
def test_critic_weights_of_the_drug_makers_agree_with_scikit_criteria() -> None:
    firms = [
        [61, 1.08, 4.33], [20.7, 0.26, 4.34], [16.3, 1.98, 2.53], [9, 3.29, 1.65],
        [5.4, 2.77, 2.33], [4, 4.12, 1.21], [-6.1, 3.52, 2.10], [-34.6, 3.31, 0.98],
    ]  # fmt: skip
    assert critic_weights(firms) == pytest.approx([0.20222554, 0.48090173, 0.31687273], abs=5e-9)


# Garwood (1936) Biometrika 28:437-442, 95 % limits of a Poisson count.
def test_limits_of_counts_print_garwood() -> None:
    table = {
        0: (0, 3.689), 1: (0.0253, 5.572), 2: (0.2422, 7.225), 3: (0.6187, 8.767), 4: (1.090, 10.242),
        5: (1.623, 11.668), 6: (2.202, 13.059), 7: (2.814, 14.423), 8: (3.454, 15.763), 9: (4.115, 17.085),
        10: (4.795, 18.390), 20: (12.217, 30.888),
    }  # fmt: skip
    found = poisson_rate(list(table))
    assert found.lower == pytest.approx([low for low, _ in table.values()], abs=6e-4)
    assert found.upper == pytest.approx([high for _, high in table.values()], abs=6e-4)


# Chatterjee & Price, employees' ratings of their supervisors (R: datasets::attitude).
_ROWS = """
    43 51 30 39 61 92 45  63 64 51 54 63 73 47  71 70 68 69 76 86 48  61 63 45 47 54 84 35  81 78 56 66 71 83 47
    43 55 49 44 54 49 34  58 67 42 56 66 68 35  71 75 50 55 70 66 41  72 82 72 67 71 83 31  67 61 45 47 62 80 41
    64 53 53 58 58 67 34  67 60 47 39 59 74 41  69 62 57 42 55 63 25  68 83 83 45 59 77 35  77 77 54 72 79 77 46
    81 90 50 72 60 54 36  74 85 64 69 79 79 63  65 60 65 75 55 80 60  65 70 46 57 75 85 46  50 58 68 54 64 78 52
    50 40 33 34 43 64 33  64 61 52 62 66 80 41  53 66 52 50 63 80 37  40 37 42 58 50 57 49  63 54 42 48 66 75 33
    66 77 66 63 88 76 72  78 75 58 74 80 78 49  48 57 44 45 51 83 38  85 85 71 71 77 74 55  82 82 39 59 64 78 39
"""
ATTITUDE = pd.DataFrame(
    np.array(_ROWS.split(), dtype=float).reshape(30, 7),
    columns=["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"],
)


# R psych: alpha(attitude).
def test_alpha_of_the_attitude_survey_prints_psych() -> None:
    assert cronbach_alpha(ATTITUDE).value == pytest.approx(0.84, abs=5e-3)
    assert cronbach_alpha(ATTITUDE, standardised=True).value == pytest.approx(0.84, abs=5e-3)
    dropped = [item.alpha_if_deleted for item in item_statistics(ATTITUDE)]
    assert dropped == pytest.approx([0.81, 0.80, 0.83, 0.80, 0.80, 0.86, 0.84], abs=5.1e-3)


# R: summary(lm(rating ~ ., attitude)).
def test_regression_on_the_attitude_survey_prints_r() -> None:
    x, y = ATTITUDE.drop(columns="rating"), ATTITUDE["rating"]
    fit = regress(x, y)
    assert (fit.r_squared, fit.adjusted_r_squared) == pytest.approx((0.7326, 0.6628), abs=5.1e-5)
    assert (fit.residual_error, fit.f) == pytest.approx((7.068, 10.5), abs=5.1e-3)
    printed = [10.78708, 0.61319, -0.07305, 0.32033, 0.08173, 0.03838, -0.21706]
    assert [each.estimate for each in fit.coefficients] == pytest.approx(printed, abs=5.1e-6)
    assert lmg(x, y).importance.sum() == pytest.approx(0.7326, abs=5.1e-5)


# R rwa: rwa(mtcars, "mpg", c("cyl", "disp", "hp", "gear")), Johnson's relative weights of Motor Trend's 32 cars.
_CARS = """
    21.0 6 160 110 4  21.0 6 160 110 4  22.8 4 108 93 4  21.4 6 258 110 3  18.7 8 360 175 3  18.1 6 225 105 3
    14.3 8 360 245 3  24.4 4 146.7 62 4  22.8 4 140.8 95 4  19.2 6 167.6 123 4  17.8 6 167.6 123 4  16.4 8 275.8 180 3
    17.3 8 275.8 180 3  15.2 8 275.8 180 3  10.4 8 472 205 3  10.4 8 460 215 3  14.7 8 440 230 3  32.4 4 78.7 66 4
    30.4 4 75.7 52 4  33.9 4 71.1 65 4  21.5 4 120.1 97 3  15.5 8 318 150 3  15.2 8 304 150 3  13.3 8 350 245 3
    19.2 8 400 175 3  27.3 4 79 66 4  26.0 4 120.3 91 5  30.4 4 95.1 113 5  15.8 8 351 264 5  19.7 6 145 175 5
    15.0 8 301 335 5  21.4 4 121 109 4
"""


def test_relative_weights_of_the_cars_print_rwa() -> None:
    cars = np.array(_CARS.split(), dtype=float).reshape(32, 5)
    result = johnson(cars[:, 1:], cars[:, 0])
    assert result.importance == pytest.approx([0.2284797, 0.2221469, 0.2321744, 0.0963886], abs=5.1e-8)
    assert 100 * result.share == pytest.approx([29.32274, 28.50999, 29.79691, 12.37037], abs=5.1e-6)
    assert result.r_squared == pytest.approx(0.7791896, abs=5.1e-8)


# Thurstone's nine ability tests (R psych: Thurstone), of 213 persons.
THURSTONE = """
    .828
    .776 .779
    .439 .493 .460
    .432 .464 .425 .674
    .447 .489 .443 .590 .541
    .447 .432 .401 .381 .402 .288
    .541 .537 .534 .350 .367 .320 .555
    .380 .358 .359 .424 .446 .325 .598 .452
"""


# R psych: KMO(Thurstone).
def test_sampling_adequacy_of_thurstones_tests_prints_psych() -> None:
    r = np.eye(9)
    for row, line in enumerate(THURSTONE.strip().splitlines(), 1):
        r[row, :row] = r[:row, row] = [float(cell) for cell in line.split()]
    # Scores of 213 persons with exactly these correlations.
    scores = np.linalg.qr(np.column_stack([np.ones(213), np.random.default_rng(0).normal(size=(213, 9))]))[0][:, 1:]
    items = scores @ np.linalg.cholesky(r).T
    for adequacy in (kmo(items), kmo(r), kmo(pd.DataFrame(r))):
        assert adequacy.value == pytest.approx(0.88, abs=5e-3)
        assert adequacy.items == pytest.approx(kmo(items).items)
    for test in (bartlett(items), bartlett(r, 213)):
        assert test.degrees_of_freedom == 36
        assert test.value == pytest.approx(-np.log(np.linalg.det(r)) * (213 - 1 - 23 / 6))
    with pytest.raises(StatisticsError, match="相关矩阵:Bartlett"):
        bartlett(r)
