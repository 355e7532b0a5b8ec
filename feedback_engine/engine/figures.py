"""Store → figures: which rows a period needs, and what is computed from them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from functools import cached_property, partial
from zoneinfo import ZoneInfo

import pandas as pd

from feedback_engine.config.loader import load_config
from feedback_engine.config.model import Config
from feedback_engine.config.scoring import ComplaintErrorsConfig
from feedback_engine.domain import Period
from feedback_engine.engine.calendar import Calendar
from feedback_engine.engine.questions import Asked, tell_apart
from feedback_engine.engine.source import Source
from feedback_engine.errors import ConfigError, StoreLocked, StoreReadOnly
from feedback_engine.lexicon.model import Label, Pack
from feedback_engine.nlp.cards import read_label_errors
from feedback_engine.nlp.facts import OF_TEXTS
from feedback_engine.nlp.judge import find_judge
from feedback_engine.nlp.mention_facts import OF_MENTIONS
from feedback_engine.nlp.tagged import UNSURE, UNSURE_NAME
from feedback_engine.nlp.themes import ThemeFinder
from feedback_engine.registry import unknown_name
from feedback_engine.resources import find_lexicons
from feedback_engine.scoring.basis import Basis
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.explain import Explanation, explain
from feedback_engine.scoring.frozen import FrozenWeights, apply_weights, read_frozen
from feedback_engine.scoring.model import IndexModel, build_model
from feedback_engine.scoring.quality import exclude_flagged, find_quality_flags
from feedback_engine.scoring.respondents import weight_respondents
from feedback_engine.scoring.result import IndexResult
from feedback_engine.scoring.settled import Settled, reweight, settle_weights
from feedback_engine.scoring.shares import ErrorRates, build_text_shares
from feedback_engine.scoring.verbatims import quote
from feedback_engine.scoring.weightings import chain_link
from feedback_engine.scoring.weights import build_weights
from feedback_engine.store.connection import Database
from feedback_engine.store.loading import FeedbackReader, FigureStore
from feedback_engine.store.texts import TextReader
from feedback_engine.tables.analysis import DESIGN
from feedback_engine.tables.annotations import ANNOTATIONS

logger = logging.getLogger(__name__)


class Figures:
    """Computes figures from a project's database, as they stand at the end of the day `as_of` (None = now)."""

    def __init__(
        self,
        config: Config,
        database: Database,
        packs: Mapping[str, Pack],
        *,
        as_of: date | None,
        now: datetime,
        fingerprints: Mapping[str, str],
        detail_names: Mapping[tuple[str, str], str],
        make_theme_finder: Callable[[], ThemeFinder],
    ) -> None:
        self.config = config
        self.packs = packs
        self.fingerprints = fingerprints
        #: (kind, code) → name of what is told of complaints beside their type.
        self.detail_names = detail_names
        self.make_theme_finder = make_theme_finder
        self.reader = FeedbackReader(database)
        self._database = database
        self._store = FigureStore(database)
        self._is_unkept = False
        self.as_of = as_of
        #: The moment that the report bears: pinned to the end of `as_of`, so that the same inputs give the same bytes.
        zone = ZoneInfo(config.project.timezone)
        self.created_at = datetime.combine(as_of, time(23, 59, 59), zone) if as_of else now
        self.calendar = Calendar(self.reader, config.project.timezone, as_of, self.created_at.astimezone(zone).date())

    @property
    def model(self) -> IndexModel:
        """The indicator system of the project, with the weights in force."""
        return self._settled.model

    @property
    def frozen(self) -> FrozenWeights | None:
        """The computed weights in force, None where they are as declared."""
        return self._settled.frozen

    @cached_property
    def _settled(self) -> Settled:
        settled = settle_weights(
            self._declared,
            self.config.scoring,
            stored=read_frozen(self._store.load_frozen()),
            load=lambda period: self.load_weighed([period]),
            first=next(iter(self.calendar.months_until(None)), None),
        )
        if settled.is_new and settled.frozen is not None:
            self._keep(partial(self._store.save_frozen, settled.frozen.to_table()))
        return settled

    def _keep(self, save: Callable[[], None]) -> None:
        """Save what has been computed; where the store may only be read, or is being written, say that it is not."""
        try:
            save()
        except (StoreReadOnly, StoreLocked) as error:
            if not self._is_unkept:
                logger.warning("指数照常给出，但没有存回数据库：%s", error)
            self._is_unkept = True

    def reweight(self) -> pd.DataFrame:
        """Freeze weights anew from the base period's data; return LINKED, the index chained across the change."""
        months = self.calendar.months_until(None)
        if not months:
            raise ConfigError("还没有带日期的数据，无法重新冻结权重")
        old = self.model
        frozen = reweight(self._declared, self.config.scoring, load=lambda p: self.load([p]), first=months[-1])
        new = apply_weights(self._declared, frozen)
        linked = chain_link(self.load(list(months)), old, new, periods=months, overlap=months[-1])
        self._store.save_frozen(frozen.to_table())
        return linked

    @cached_property
    def _declared(self) -> IndexModel:
        return self._build_model(self.config)

    @cached_property
    def _earlier(self) -> IndexModel | None:
        """The indicator system of the earlier configuration that `report.compare_model` names."""
        path = self.config.report.compare_model
        return self._build_model(load_config(self.config.resolve(path))) if path else None

    def _build_model(self, config: Config) -> IndexModel:
        labels = {label.code for pack in self.packs.values() for label in pack.touchpoints}
        own = names_of(self.packs[self.config.project.pack].touchpoints)
        return build_model(config, own, self._asked.names, labels=labels)

    @cached_property
    def _asked(self) -> Asked:
        """The rated questions of recognised questionnaires, as indicators."""
        return tell_apart(self.reader.load_questions(), self.config)

    def score(self, period: Period | None, by: str | None, *, ahead: Sequence[Period | None] = ()) -> IndexResult:
        """Return the index of a period, None = all that is stored, and keep it in the store.

        The periods `ahead` are read along with it, since they will be asked for.
        """
        source = Source(self, by)
        index = source.compute(list(dict.fromkeys([period, *ahead])))
        self._tell_unheard(index)
        table = index[index["period"] == (period.label if period else "all")].reset_index(drop=True)
        weights = build_weights(self.model)
        self._keep(partial(self._store.save, table, weights, by or ""))

        def explain_touchpoint(touchpoint: str) -> Explanation:
            data = source.load([period])
            found = explain(table, weights, self.model, touchpoint, data, by=by, frozen=self.frozen)
            return quote(found, self.read_texts(period))

        basis = Basis(
            model=self.model,
            declared=self._declared,
            scoring=self.config.scoring,
            period=period,
            by=by,
            load=source.load,
            compute=source.compute,
            months=self.calendar.months_until(period),
            explain=explain_touchpoint,
            design=lambda: self._cost_of_weighing(period),
            text_shares=lambda: self._share_texts(source.load([period]), period),
            frozen=self.frozen,
            earlier=self._earlier,
            attributes=self.config.report.attributes,
            names=self.names,
        )
        return IndexResult(table, weights, basis)

    def _tell_unheard(self, index: pd.DataFrame) -> None:
        """Warn of indicators of the model that no source asks for and no data answer: a code mistyped, as a rule."""
        mapped = {rating.indicator for source in self.config.sources for rating in source.mapping.ratings}
        answered = set(index.loc[index["base"] > 0, "indicator"])
        known = mapped | set(self._asked.names)
        for touchpoint in self.model.touchpoints:
            for code in (i.code for i in touchpoint.questions if known and i.code not in known | answered):
                logger.warning("触点 %s：%s", touchpoint.code, unknown_name("打分指标", code, tuple(known)))

    @property
    def has_margins(self) -> bool:
        """Whether respondents are weighted to the margins of a population, period by period."""
        return bool(self.config.scoring.population.margins)

    def load_weighed(self, periods: Sequence[Period | None]) -> ScoringData:
        """Return the data of periods that do not overlap, respondents weighted to the declared margins."""
        return self._weigh(self.load(periods), periods)[0]

    def _cost_of_weighing(self, period: Period | None) -> pd.DataFrame:
        """Return DESIGN of the period."""
        return self._weigh(self.load([period]), [period])[1] if self.has_margins else DESIGN.build()

    def _weigh(self, data: ScoringData, periods: Sequence[Period | None]) -> tuple[ScoringData, pd.DataFrame]:
        return weight_respondents(data, self.config.scoring.population, periods=periods)

    def load(self, periods: Sequence[Period | None]) -> ScoringData:
        """Return all that is needed to score these periods, without texts and without respondents to be excluded."""
        data = self._load_all(periods)
        if not self.config.quality.exclude:
            return data
        return exclude_flagged(data, find_quality_flags(data, self.config.quality), self.config.quality)

    def _load_all(self, periods: Sequence[Period | None]) -> ScoringData:
        bounds = self.calendar.span(periods)
        feedback = self.reader.load_feedback(bounds)
        return ScoringData(
            feedback=feedback,
            ratings=self._asked.rename(self.reader.load_ratings(bounds), feedback),
            cases=self.reader.load_cases(bounds),
            annotations=self.reader.load_annotations(bounds, without=["evidence"]),
            timezone=self.config.project.timezone,
        )

    def find_quality_flags(self, period: Period | None, feedback: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
        """Return QUALITY of the period, whose FEEDBACK and CASES are given."""
        ratings = self._asked.rename(self.reader.load_ratings(self.calendar.bounds(period)), feedback)
        data = ScoringData(feedback, ratings, cases, ANNOTATIONS.build(), self.config.project.timezone)
        return find_quality_flags(data, self.config.quality)

    def read_texts(self, period: Period | None) -> TextReader:
        """Return what reads the texts of the period."""
        return TextReader(self._database, self.calendar.bounds(period))

    def text_shares(self, period: Period | None) -> pd.DataFrame:
        """Return TEXT_SHARES of the period, corrected by the model cards where learned weights scored the texts."""
        return self._share_texts(self.load_weighed([period]), period)

    def _share_texts(self, data: ScoringData, period: Period | None) -> pd.DataFrame:
        errors = _read_errors() if self.config.tagging.scorer == "learned" else {}
        codes = {label: code for code, label in names_of(self.packs[self.config.project.pack].touchpoints).items()}
        of_pack = errors.get(self.config.project.pack, {})
        return build_text_shares(
            data,
            self.model,
            errors.get("judge", {}),
            # in a pack with weights of its own for them, touchpoints are not judged by all that is known
            mention_rates=errors.get("clauses" if self.packs[self.config.project.pack].has_heads else "mentions", {}),
            touchpoint_rates={codes[label]: rates for label, rates in of_pack.items() if label in codes},
            complaint_rates=_read_complaint_errors(self.config.scoring.complaint_errors),
            period=period,
        )

    def fingerprint(self) -> str:
        """Return the digest of all settings that decide the figures."""
        settings = self.config.model_dump_json(exclude={"base", "store"})
        return hashlib.sha256(settings.encode()).hexdigest()

    @property
    def touchpoint_names(self) -> dict[str, str]:
        """Code → name of every touchpoint, of the model and of the packs."""
        of_packs = {code: name for pack in self.packs.values() for code, name in names_of(pack.touchpoints).items()}
        return {**of_packs, **{touchpoint.code: touchpoint.name for touchpoint in self.model.touchpoints}}

    @property
    def names(self) -> dict[str, str]:
        """Code → words of every touchpoint and of every question, in the model or not."""
        mapped = {r.indicator: r.column for source in self.config.sources for r in source.mapping.ratings}
        return {**self._asked.names, **mapped, **self.touchpoint_names, **self.indicator_names}

    @property
    def indicator_names(self) -> dict[str, str]:
        """Code → name of every indicator."""
        return {indicator.code: indicator.name for t in self.model.touchpoints for indicator in t.indicators}

    @property
    def complaint_type_names(self) -> dict[str, str]:
        """Code → name of every complaint type of the packs."""
        of_packs = {code: name for pack in self.packs.values() for code, name in names_of(pack.complaint_types).items()}
        return {**of_packs, UNSURE: UNSURE_NAME}

    @property
    def touchpoint_labels(self) -> dict[str, str]:
        """Text label → code of the touchpoint in the model that it belongs to."""
        return {label: touchpoint.code for touchpoint in self.model.touchpoints for label in touchpoint.labels}


def _read_complaint_errors(given: ComplaintErrorsConfig | None) -> ErrorRates | None:
    return None if given is None else ErrorRates(given.sensitivity, given.specificity, given.complaints, given.others)


def _read_errors() -> dict[str, dict[str, ErrorRates]]:
    """Return the error rates of every shipped model and of the judges, by its name and label."""
    models = find_lexicons() / "models"
    return {
        path.stem: {
            label: ErrorRates(one.sensitivity, one.specificity, one.with_it, one.without_it)
            for label, one in read_label_errors(path).items()
        }
        for path in sorted([*models.glob("*.npz"), find_judge(models, OF_TEXTS), find_judge(models, OF_MENTIONS)])
    }


def names_of(labels: Sequence[Label]) -> dict[str, str]:
    """Return code → name."""
    return {label.code: label.name for label in labels}
