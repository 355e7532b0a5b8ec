"""What the analyses around the index say: drivers, importance and performance, gaps, Kano, reliability and the rest."""

from __future__ import annotations

from feedback_engine.domain import Flag
from feedback_engine.tables.schema import Column, Kind, TableSchema

_CODE = Column("code", Kind.TEXT, "Code of the touchpoint or indicator.", is_key=True)
_NAME = Column("name", Kind.TEXT, "Name for people.")
_BASE = Column("base", Kind.INTEGER, "Unweighted number of respondents.", minimum=0)
_NOTE = Column("note", Kind.TEXT, "What should be known of it; why, where a figure is refused.")


def _number(name: str, description: str) -> Column:
    return Column(name, Kind.NUMBER, description, is_nullable=True)


DRIVERS = TableSchema(
    "drivers",
    "What goes with overall satisfaction: shares of R² with bootstrap intervals. An association, not proof of a cause.",
    (
        _CODE,
        _NAME,
        _number("share", "LMG share of R² (Johnson's beyond 12 drivers); that of its group, where it is grouped."),
        _number("lower", "Lower end of the bootstrap interval of the share."),
        _number("upper", "Upper end."),
        Column("band", Kind.INTEGER, "Band of ranks that cannot be told apart, 1 = top; 0 = refused.", minimum=0),
        _number("rank_stability", "How often the rank held over the resamples, 0-1."),
        _number("johnson", "Johnson's relative weight, as a check of the share."),
        _number("centred", "Johnson's share after each respondent's own mean is taken out: without a halo."),
        _number("r", "Correlation with overall satisfaction, over those who have both."),
        _number("vif", "Variance inflation factor; over 5 is flagged, over 10 is grouped."),
        Column("group", Kind.TEXT, "Drivers that cannot be told apart and share one figure; empty = alone."),
        _number("score", "Mean on 0-100."),
        _number("incidence", "Share of respondents who rated it, 0-1."),
        _number(
            "priority", "share × incidence × (100 - score) / 100: what improving it could give; equal parts in a group."
        ),
        _BASE,
        _NOTE,
    ),
)

IPA = TableSchema(
    "importance_performance",
    "Importance against performance: the quadrant of every touchpoint, and whether its intervals cross a line.",
    (
        _CODE,
        _NAME,
        _number("importance", "Stated weight, or derived share of R²; of a group of drivers an equal part."),
        _number("importance_lower", "Lower end of its interval, 0 in a group; empty for stated weights."),
        _number("importance_upper", "Upper end."),
        _number("performance", "Score on 0-100."),
        _number("performance_lower", "Lower end of its interval."),
        _number("performance_upper", "Upper end."),
        Column("quadrant", Kind.TEXT, "keep_up, concentrate_here, low_priority, possible_overkill."),
        Column("is_borderline", Kind.BOOLEAN, "True: an interval reaches over a dividing line."),
        Column("importance_kind", Kind.TEXT, "stated or derived.", allowed=("stated", "derived")),
    ),
)

GAPS = TableSchema(
    "gaps",
    "Experience less expectation, respondent by respondent; the rows of a dimension average its items.",
    (
        Column("dimension", Kind.TEXT, "Dimension, or empty.", is_key=True),
        Column("item", Kind.TEXT, "Name of the pair of questions; `overall` for a dimension, or for everything.",
               is_key=True),
        _number("expectation", "Mean expectation, 0-100."),
        _number("experience", "Mean experience, 0-100."),
        _number("gap", "Experience - expectation; negative = short of what was expected."),
        _number("lower", "Lower end of its interval."),
        _number("upper", "Upper end."),
        _number("p_value", "Paired t test of no gap, two-sided."),
        _number("above", "Share of those who got more than they expected, 0-1."),
        _number("met", "Share of those who got just that."),
        _number("below", "Share of those who got less."),
        _BASE,
    ),
)  # fmt: skip

KANO = TableSchema(
    "kano",
    "The Kano category of every attribute asked in a pair of questions.",
    (
        Column("name", Kind.TEXT, "Name of the attribute.", is_key=True),
        *(Column(letter, Kind.NUMBER, f"Weighted answers of category {letter}.", minimum=0) for letter in "MOAIRQ"),
        Column("category", Kind.TEXT, "M must-be, O one-dimensional, A attractive, I indifferent, R, Q."),
        _number("better", "(A+O)/(A+O+M+I)."),
        _number("worse", "-(O+M)/(A+O+M+I)."),
        Column("is_significant", Kind.BOOLEAN, "Fong's test: the category differs from the next one."),
        _BASE,
        _NOTE,
    ),
)

FUZZY = TableSchema(
    "fuzzy",
    "Fuzzy comprehensive evaluation (模糊综合评价): memberships of the grades by touchpoint and overall.",
    (
        _CODE,
        _NAME,
        Column("grade", Kind.TEXT, "Level of the scale.", is_key=True),
        Column("membership", Kind.NUMBER, "Its membership, 0-1.", minimum=0, maximum=1),
        Column("is_grade", Kind.BOOLEAN, "True for the grade of the largest membership."),
        _number("score", "Σ membership × the grade's score on 0-100."),
        _BASE,
    ),
)

RANKING = TableSchema(
    "ranking",
    "Objects (branches, regions) ranked by their closeness to the ideal (TOPSIS).",
    (
        Column("object", Kind.TEXT, "Value of the attribute.", is_key=True),
        Column("closeness", Kind.NUMBER, "d⁻/(d⁺+d⁻), 1 = ideal.", minimum=0, maximum=1),
        Column("rank", Kind.INTEGER, "1 = best; ties share the better rank.", minimum=1),
        _BASE,
    ),
)

DESCRIPTIVES = TableSchema(
    "descriptives",
    "Descriptive statistics of the answers on 0-100.",
    (
        _CODE,
        _NAME,
        _BASE,
        Column("missing", Kind.INTEGER, "Those whom the question concerned and who did not answer it.", minimum=0),
        *(
            _number(name, text)
            for name, text in (
                ("mean", "Mean."), ("deviation", "Standard deviation (n-1)."), ("minimum", "Smallest."),
                ("lower_quartile", "Lower quartile."), ("median", "Median."), ("upper_quartile", "Upper quartile."),
                ("maximum", "Largest."), ("skewness", "Skewness."), ("kurtosis", "Excess kurtosis."),
            )
        ),
    ),
)  # fmt: skip

CORRELATIONS = TableSchema(
    "correlations",
    "Pearson correlations of the answers, each pair over the respondents who have both.",
    (
        Column("first", Kind.TEXT, "Code.", is_key=True),
        Column("second", Kind.TEXT, "Code.", is_key=True),
        _number("r", "Correlation."),
        _number("lower", "Lower end of its interval (Fisher's z)."),
        _number("upper", "Upper end."),
        _number("p_value", "Two-sided test that it is 0."),
        _BASE,
        _NOTE,
    ),
)

REGRESSION = TableSchema(
    "regression",
    "Least-squares regression of the overall item on the others; the row `R²` holds the fit.",
    (
        Column("term", Kind.TEXT, "Code, `intercept` or `R²`.", is_key=True),
        _number("estimate", "Coefficient in points per point."),
        _number("standard_error", "Standard error."),
        _number("lower", "Lower end of the interval."),
        _number("upper", "Upper end."),
        _number("p_value", "Two-sided; of F in the row `R²`."),
        _BASE,
    ),
)

STRUCTURAL = TableSchema(
    "structural",
    "A structural model (PLS) in figures: index and reliability per latent, paths, total effects, loadings.",
    (
        Column("kind", Kind.TEXT, "What the figure is.", is_key=True,
               allowed=("index", "r_squared", "alpha", "composite_reliability", "ave", "path", "total_effect",
                        "loading", "weight", "htmt", "goodness_of_fit")),
        Column("first", Kind.TEXT, "Latent or item; where a path starts.", is_key=True),
        Column("second", Kind.TEXT, "Where a path ends; the latent of an item; else empty.", is_key=True),
        _number("estimate", "The figure; the index on 0-100, all others standardised."),
        _number("lower", "Lower end of the bootstrap interval; empty without bootstrap."),
        _number("upper", "Upper end."),
        _number("p_value", "Least-squares test of a path."),
        _BASE,
        _NOTE,
    ),
)  # fmt: skip

DESIGN = TableSchema(
    "design",
    "What weighting the respondents to known margins costs, by period.",
    (
        Column("period", Kind.TEXT, "Period, or `all`.", is_key=True),
        Column("margins", Kind.TEXT, "The attributes that were raked to."),
        _BASE,
        _number("effective_base", "Kish's (sum w)^2 / sum w^2."),
        _number("design_effect", "base / effective base."),
        Column("trimmed", Kind.INTEGER, "Weights that were held at a bound.", minimum=0),
        _number("largest_weight", "Largest weight over the mean weight."),
        Column("unstated", Kind.INTEGER, "Respondents who lack an attribute: they keep the mean weight.", minimum=0),
        _NOTE,
    ),
)

TEXT_SHARES = TableSchema(
    "text_shares",
    "Share of texts of a polarity, or that mention a touchpoint, as counted and corrected for the tagger's errors.",
    (
        Column("touchpoint", Kind.TEXT, "Touchpoint code, or `overall`.", is_key=True),
        Column(
            "polarity",
            Kind.TEXT,
            "Polarity counted; `text_index`: the index / 100; `mentioned`: share of all texts; `complaint`: of those "
            "in no complaint log.",
            is_key=True,
        ),
        Column(
            "counted",
            Kind.NUMBER,
            "Share as counted, 0-1; empty when withheld.",
            minimum=0,
            maximum=1,
            is_nullable=True,
        ),
        _number("corrected", "(q + sp - 1)/(se + sp - 1), within 0-1 (Rogan & Gladen 1978)."),
        _number("lower", "Lower end of its interval, which holds the uncertainty of the model card."),
        _number("upper", "Upper end."),
        _BASE,
        _NOTE,
    ),
)

CONTROL = TableSchema(
    "control",
    "Control charts of the touchpoints over months, with limits frozen at the baseline.",
    (
        Column("touchpoint", Kind.TEXT, "Touchpoint code, or `overall`.", is_key=True),
        Column("measure", Kind.TEXT, "As in the INDEX.", is_key=True),
        Column("period", Kind.TEXT, "Month.", is_key=True),
        _number("value", "The figure; empty where it is not published."),
        _number("centre", "Mean of the baseline."),
        _number("lower", "Lower limit."),
        _number("upper", "Upper limit."),
        Column("is_baseline", Kind.BOOLEAN, "True: the month made the limits."),
        Column("base", Kind.INTEGER, "As in the INDEX.", minimum=0),
        Column("flag", Kind.TEXT, "As in the INDEX; a month on a small base is not judged.", allowed=tuple(Flag)),
        Column("signal", Kind.TEXT, "The rules that the month breaks, in words; empty = within what is usual."),
        _NOTE,
    ),
)

SEGMENTS = TableSchema(
    "segments",
    "The segments of an attribute against the whole that they are part of, tested as one family.",
    (
        Column("attribute", Kind.TEXT, "What the respondents are divided by.", is_key=True),
        Column("segment", Kind.TEXT, "Value of the attribute.", is_key=True),
        Column("touchpoint", Kind.TEXT, "Touchpoint code, or `overall`.", is_key=True),
        Column("measure", Kind.TEXT, "As in the INDEX.", is_key=True),
        _number("score", "Figure of the segment; empty where it is withheld."),
        _number("lower", "Lower end of its interval."),
        _number("upper", "Upper end."),
        Column("base", Kind.INTEGER, "Base of the segment's figure.", minimum=0),
        Column("flag", Kind.TEXT, "How far it may be trusted, as in the INDEX."),
        _number("whole", "The same figure of all segments together."),
        _number("points", "score - whole."),
        _number("p_value", "Two-sided test of no difference; empty where a base is small."),
        _number("q_value", "p adjusted over the whole table (Benjamini-Hochberg)."),
        Column("is_notable", Kind.BOOLEAN, "q < alpha and the difference is at least min_effect points."),
    ),
)

CLAIMS = TableSchema(
    "claims",
    "Statements of growth in texts, checked against the figures that stand beside them.",
    (
        Column("place", Kind.INTEGER, "Position of the sentence among the sentences read.", is_key=True, minimum=0),
        Column("sentence", Kind.TEXT, "The sentence."),
        _number("before", "Figure before."),
        _number("after", "Figure after."),
        _number("stated", "Growth as stated, in percent or points; negative = less."),
        _number("points", "after - before."),
        _number("relative", "100 (after - before) / |before|."),
        Column("verdict", Kind.TEXT, "holds, does_not_hold, no_claim (figures, but nothing stated) or no_figures."),
        Column("finding", Kind.TEXT, "The finding in words."),
    ),
)

REVIEW = TableSchema(
    "review",
    "Is the indicator system still sound: reliability, validity, drift of weights, touchpoints without data.",
    (
        Column("kind", Kind.TEXT, "What was looked at.", is_key=True,
               allowed=("alpha", "item", "adequacy", "criterion", "drift", "coverage")),
        Column("touchpoint", Kind.TEXT, "Touchpoint code, or `overall`.", is_key=True),
        Column("indicator", Kind.TEXT, "Indicator code, or `overall`.", is_key=True),
        _number("value", "alpha; alpha without the item; KMO; correlation; change of weight; answers and texts."),
        _number("lower", "Lower end of its interval, where it has one."),
        _number("upper", "Upper end."),
        _BASE,
        Column("is_issue", Kind.BOOLEAN, "True: somebody should look at it."),
        Column("finding", Kind.TEXT, "The finding in words."),
    ),
)  # fmt: skip

VERSIONS = TableSchema(
    "versions",
    "Two versions of the model side by side, the change of the index split into scores and weights.",
    (
        Column("touchpoint", Kind.TEXT, "Touchpoint code, or `overall`.", is_key=True),
        _NAME,
        _number("old_weight", "Effective weight in the old version and earlier period."),
        _number("new_weight", "Effective weight in the new version and later period."),
        _number("old_score", "Score in the earlier period by the old version."),
        _number("new_score", "Score in the later period by the new version."),
        _number("change", "What it adds to the change of the overall index; for `overall` the change itself."),
        _number("by_scores", "Mean of both weights × the change of the score."),
        _number("by_weights", "Mean of both scores × the change of the weight."),
    ),
)
