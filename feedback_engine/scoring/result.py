"""What `engine.score()` hands back: the INDEX, and every analysis around it, each made when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from feedback_engine.domain import Measure
from feedback_engine.errors import ConfigError, FeedbackEngineError, InputError
from feedback_engine.scoring.basis import Basis, Periods
from feedback_engine.scoring.records import ALL

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.explain import Explanation


class IndexResult:
    """The INDEX of a period (`table`), the WEIGHTS that made it, and the analyses around it.

    Each analysis is a table of `feedback_engine.tables`, computed when first asked for and then kept. One that the
    configuration or the data do not bear raises ConfigError or StatisticsError, which say what would be needed.
    """

    def __init__(self, table: pd.DataFrame, weights: pd.DataFrame, basis: Basis) -> None:
        self.table = table
        self.weights = weights
        self._basis = basis

    def __repr__(self) -> str:
        whole = self.table[(self.table["segment"] == ALL) & (self.table["measure"] == Measure.SCORE)].head(1)
        told = ", ".join(f"{name}={whole[name].iloc[0]!r}" for name in ("period", "score", "base") if len(whole))
        return f"IndexResult({told}; {len(self.table)} rows in .table)"

    def _repr_html_(self) -> str:
        """Return the INDEX as a notebook shows it."""
        return str(self.table.to_html(max_rows=20, index=False))

    def __reduce__(self) -> Any:
        """Raise InputError: what has not been computed yet is read from the database of this engine."""
        raise InputError("结果连着数据库，不能复制、保存或送到别的进程；请用它的表，如 index.table、index.changes")

    @property
    def names(self) -> Mapping[str, str]:
        """Code → words of every touchpoint and question."""
        return self._basis.names

    def explain(self, touchpoint: str) -> Explanation:
        """Return how the figure of a touchpoint (code or name), or of `overall`, came about."""
        return self._basis.explain(touchpoint)

    def compute(self, periods: Periods) -> pd.DataFrame:
        """Return the INDEX of other periods of the project, segmented alike."""
        return self._basis.compute(periods)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """CHANGE: every figure against the previous period and the same period last year, tested as one family."""
        from feedback_engine.scoring.change import compute_changes, find_compared_periods

        basis = self._basis
        if basis.period is None:
            raise ConfigError("全部数据没有上期可比；请给出期间，如 2026-10")
        periods = [basis.period, *find_compared_periods(basis.period).values()]
        index, data = basis.compute(periods), basis.load(periods)
        return compute_changes(index, data, basis.model, basis.scoring.change, period=basis.period, by=basis.by)

    @cached_property
    def segments(self) -> pd.DataFrame:
        """SEGMENTS: the values of the segmenting attributes against all respondents."""
        from feedback_engine.scoring.segments import compare_segments

        basis = self._basis
        attributes = (basis.by,) if basis.by else basis.attributes
        if not attributes:
            raise ConfigError("没有细分属性；请在 report.segment_by 里写明，或用 score(by=…)")
        return compare_segments(
            basis.data, basis.model, basis.scoring.change, period=basis.period, attributes=attributes
        )

    @cached_property
    def importance(self) -> pd.DataFrame:
        """IPA: importance against performance; importance derived from the drivers where they hold, else stated."""
        from feedback_engine.scoring.drivers import build_ipa

        try:
            drivers: pd.DataFrame | None = self.drivers
        except FeedbackEngineError:
            drivers = None
        return build_ipa(self.table, drivers=drivers, names=dict(self._basis.names))

    @cached_property
    def drivers(self) -> pd.DataFrame:
        """DRIVERS: what goes with overall satisfaction; needs `scoring.weighting.overall_item`."""
        from feedback_engine.scoring.answers import read_experience
        from feedback_engine.scoring.key_drivers import rank_drivers

        basis = self._basis
        answers, outcome = basis.touchpoints
        weighting = basis.scoring.weighting
        return rank_drivers(
            answers,
            outcome,
            read_experience(basis.data, basis.model, answers),
            config=basis.scoring.drivers,
            min_base=weighting.min_base,
            min_r_squared=weighting.min_r_squared,
            confidence=basis.scoring.confidence,
        )

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """GAPS: experience less expectation, of the pairs in `scoring.gaps`; without any, empty with a note."""
        from feedback_engine.scoring.gaps import build_gaps

        basis, scoring = self._basis, self._basis.scoring
        table = build_gaps(
            basis.data, scoring.gaps, period=basis.period, confidence=scoring.confidence, least=basis.least
        )
        return _note_absence(table, "scoring.gaps 里没有成对的期望题与体验题", is_set=bool(scoring.gaps))

    @cached_property
    def kano(self) -> pd.DataFrame:
        """KANO: the category of every attribute in `scoring.kano`; empty without any, `attrs["note"]` says so."""
        from feedback_engine.scoring.sheets import classify_kano

        basis = self._basis
        table = classify_kano(basis.data, basis.scoring.kano, period=basis.period, least=basis.least)
        return _note_absence(table, "scoring.kano 里没有成对的 Kano 题", is_set=bool(basis.scoring.kano))

    @cached_property
    def history(self) -> pd.DataFrame:
        """INDEX of the months that the control charts show, oldest first."""
        import pandas as pd

        from feedback_engine.scoring.control import find_history
        from feedback_engine.tables.index import INDEX

        basis = self._basis
        months = find_history(basis.scoring.control, basis.months, basis.period)
        if not months:
            return INDEX.build()
        order = {month.label: place for place, month in enumerate(months)}
        index = basis.compute(months)
        kept = index[index["period"].isin(order)]
        return pd.DataFrame(kept.sort_values("period", key=lambda labels: labels.map(order), kind="stable"))

    @cached_property
    def control(self) -> pd.DataFrame:
        """CONTROL: scores, text indices, complaint rates and NPS over months, limits frozen at the baseline."""
        import pandas as pd

        from feedback_engine.scoring.control import build_control, find_baseline
        from feedback_engine.tables.analysis import CONTROL

        basis = self._basis
        baseline = [m.label for m in find_baseline(basis.scoring.control, basis.months, basis.period)]
        charts = [
            build_control(
                self.history,
                baseline=baseline,
                measure=measure,
                exposure=basis.model.exposure,
                confidence=basis.scoring.confidence,
            )
            for measure in (Measure.SCORE, Measure.TEXT_INDEX, Measure.COMPLAINT_RATE, Measure.NET_PROMOTER)
        ]
        return CONTROL.conform(pd.concat(charts, ignore_index=True))

    @cached_property
    def weightings(self) -> pd.DataFrame:
        """WEIGHTINGS: the index by each method, side by side; a method that refuses says why."""
        from feedback_engine.scoring.weighting import DATA_METHODS
        from feedback_engine.scoring.weightings import ALWAYS, compare_weightings

        basis = self._basis
        if not any(touchpoint.rated for touchpoint in basis.model.touchpoints):
            raise ConfigError("没有一个触点有打分，各种权重方法无从比较")
        weighting = basis.scoring.weighting
        judged = [name for name, given in (("ahp", weighting.ahp.judgements), ("delphi", weighting.delphi)) if given]
        combined = ["combine"] if basis.scoring.weights == "combine" else []
        methods = (*ALWAYS, *judged, *DATA_METHODS, *combined)
        return compare_weightings(basis.data, basis.declared, basis.scoring, period=basis.period, methods=methods)

    @cached_property
    def structural(self) -> pd.DataFrame:
        """STRUCTURAL: the model of `scoring.structural`; refusals name the item at fault."""
        from feedback_engine.scoring.structural import build_structural

        basis = self._basis
        return build_structural(
            basis.data, basis.scoring.structural, period=basis.period, names=basis.names, least=basis.least
        )

    @cached_property
    def descriptives(self) -> pd.DataFrame:
        """DESCRIPTIVES of every rated question."""
        from feedback_engine.scoring.answers import count_concerned
        from feedback_engine.scoring.sheets import describe_answers

        basis = self._basis
        concerned = count_concerned(basis.data, list(basis.questions.table.columns), period=basis.period)
        return describe_answers(basis.questions, concerned, least=basis.least)

    @cached_property
    def correlations(self) -> pd.DataFrame:
        """CORRELATIONS of the rated questions, pair by pair."""
        from feedback_engine.scoring.sheets import correlate_answers

        basis = self._basis
        return correlate_answers(basis.questions, confidence=basis.scoring.confidence, least=basis.least)

    @cached_property
    def regression(self) -> pd.DataFrame:
        """REGRESSION of overall satisfaction on the touchpoints; needs `scoring.weighting.overall_item`."""
        from feedback_engine.scoring.sheets import regress_answers

        basis = self._basis
        answers, outcome = basis.touchpoints
        return regress_answers(answers, outcome, confidence=basis.scoring.confidence, least=basis.least)

    @cached_property
    def review(self) -> pd.DataFrame:
        """REVIEW: reliability, validity, drift of weights and coverage of the indicator system."""
        from feedback_engine.scoring.review import review_model

        basis = self._basis
        return review_model(basis.data, basis.model, basis.scoring, period=basis.period, frozen=basis.frozen)

    @cached_property
    def versions(self) -> pd.DataFrame:
        """VERSIONS: the index then and now, its change split into scores and weights.

        Then: the previous period, by `report.compare_model` where that is given. Without a period both are all data.
        """
        from feedback_engine.scoring.review import compare_versions

        basis = self._basis
        before = basis.period.previous() if basis.period else None
        data = basis.load([basis.period, before]) if before else basis.data
        return compare_versions(data, basis.earlier or basis.model, basis.model, before=before, after=basis.period)

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """RANKING of branches, regions … (`scoring.weighting.objects`, else `by`) by TOPSIS over the touchpoints."""
        from feedback_engine.scoring.grading import rank_objects

        basis = self._basis
        by = basis.scoring.weighting.objects or basis.by
        if by is None:
            raise ConfigError("没有可排名的对象；请在 scoring.weighting.objects 里写明对象（门店、地区）所在的属性")
        return rank_objects(basis.data, basis.model, by=by, period=basis.period)

    @cached_property
    def fuzzy(self) -> pd.DataFrame:
        """FUZZY: memberships of the grades (模糊综合评价) by touchpoint and overall."""
        from feedback_engine.scoring.grading import evaluate_fuzzy

        basis = self._basis
        return evaluate_fuzzy(basis.data, basis.model, period=basis.period)

    @cached_property
    def design(self) -> pd.DataFrame:
        """DESIGN: what weighting to `scoring.population` costs; without margins, empty with a note."""
        basis = self._basis
        is_set = bool(basis.scoring.population.margins)
        return _note_absence(basis.design(), "scoring.population.margins 里没有总体的边际", is_set=is_set)

    @cached_property
    def text_shares(self) -> pd.DataFrame:
        """TEXT_SHARES: shares of texts as counted, and corrected for the tagger's own errors."""
        return self._basis.text_shares()


def _note_absence(table: pd.DataFrame, missing: str, *, is_set: bool) -> pd.DataFrame:
    """Return the table; an empty one says in `attrs["note"]` which setting it lacks, or that the period has no data."""
    if table.empty:
        table.attrs["note"] = "本期没有这些题的回答" if is_set else f"{missing}；请在配置里写明"
    return table
