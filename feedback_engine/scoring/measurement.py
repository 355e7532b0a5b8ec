"""Everything that the data say about the model's touchpoints, as samples; cut by period and segment without a new look.

What a text or a record says of a touchpoint, where it says more than one thing:

- A text counts once a touchpoint: +1 if more of its mentions are positive than negative, -1 if more are negative,
  else 0. Neutral and mixed mentions weigh nothing on either side.
- A text without content, which the tagger marks by a sentiment of confidence 0, is no text.
- A record is a complaint if its source is a complaint log, or if a text of it is annotated as a complaint.
- A complaint touches a touchpoint that it mentions other than positively: 物流很快但客服太差 complains of the hotline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import OVERALL, RECOMMEND_SCALE, Polarity
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.design import Design, find_design
from feedback_engine.scoring.items import RatingTable, read_ratings
from feedback_engine.scoring.model import (
    GROUP,
    HANDLING_HOURS,
    REPLY_HOURS,
    HoursScale,
    IndexModel,
    Indicator,
    Touchpoint,
    equalise,
)
from feedback_engine.scoring.records import Records, find_positions
from feedback_engine.scoring.samples import (
    Floats,
    Ints,
    Sample,
    Slicing,
    average_by_record,
    drop_weightless,
    mean_by_record,
)
from feedback_engine.tables.annotations import COMPLAINT, SENTIMENT, TOUCHPOINT

if TYPE_CHECKING:
    import pandas as pd


#: About as many times the ratings are gone through.
_GROUPS = 8


@dataclass(frozen=True, slots=True)
class Measurement:
    """The samples of a set of records: by indicator code (`items`), else by touchpoint code or `overall`.

    `respondents` holds each respondent's touchpoint score, and under `overall` his mean over touchpoints. `records` is
    every source row. `classified` says of each text outside complaint logs whether it was found a complaint (1) or not
    (0). `alike` holds the respondents' scores under equal weights of the touchpoints where these differ.
    `is_tagged`: there are annotations at all, so that the lack of a mention means something.
    """

    items: Mapping[str, Sample]
    respondents: Mapping[str, Sample]
    alike: Mapping[str, Sample]
    texts: Mapping[str, Sample]
    complaints: Mapping[str, Sample]
    records: Sample
    classified: Sample
    is_tagged: bool
    logs_complaints: bool

    def split(self, slicing: Slicing) -> list[Measurement]:
        """Return what the period's records say, then each segment's."""
        groups = (self.items, self.respondents, self.alike, self.texts, self.complaints)
        # A touchpoint of one question is the same sample as the question.
        distinct = {id(sample): sample for group in groups for sample in group.values()}
        cuts = {key: slicing.split(sample) for key, sample in distinct.items()}
        cut = [{code: cuts[id(sample)] for code, sample in group.items()} for group in groups]
        parts = []
        whole = zip(slicing.split(self.records), slicing.split(self.classified), strict=True)
        for place, (records, classified) in enumerate(whole):
            items, respondents, alike, texts, complaints = (
                {code: samples[place] for code, samples in group.items()} for group in cut
            )
            parts.append(
                replace(
                    self, items=items, respondents=respondents, alike=alike, texts=texts, complaints=complaints,
                    records=records, classified=classified,
                )
            )  # fmt: skip
        return parts

    @property
    def equalised(self) -> Measurement:
        """The same with the respondents' scores under equal weights."""
        return replace(self, respondents={**self.respondents, **self.alike})


def measure(data: ScoringData, records: Records, model: IndexModel) -> Measurement:
    """Return the samples of all records, whatever their day."""
    source = _Source(data, records, model, find_design(data.raked, records))
    return source.rate(source.listen(), read_ratings(data.ratings, records))


def measure_slices(
    data: ScoringData, records: Records, model: IndexModel, slicings: Sequence[Slicing]
) -> Iterator[list[Measurement]]:
    """Yield of each slicing what its records say, then each of its segments.

    The scores of some slicings at a time are in memory, of about a part in eight of the ratings.
    """
    source = _Source(data, records, model, find_design(data.raked, records))
    said, ratings = source.listen(), read_ratings(data.ratings, records)
    for group in _group(slicings, len(records.ids) / _GROUPS):
        start, end = min(each.start for each in group), max(each.end for each in group)
        yield from _split_all(source.rate(said, ratings.within(start, end)), group)


def _split_all(measured: Measurement, slicings: Sequence[Slicing]) -> Iterator[list[Measurement]]:
    for slicing in slicings:
        yield measured.split(slicing)


def _group(slicings: Sequence[Slicing], limit: float) -> Iterator[list[Slicing]]:
    """Yield the slicings in their order, together as long as they stretch over no more than `limit` records."""
    group: list[Slicing] = []
    for slicing in slicings:
        both = [*group, slicing]
        if group and max(each.end for each in both) - min(each.start for each in both) > limit:
            yield group
            both = [slicing]
        group = both
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class _Source:
    """What is measured, and by which model."""

    data: ScoringData
    records: Records
    model: IndexModel
    design: Design | None

    def listen(self) -> Measurement:
        """Return what texts and complaints say, without ratings."""
        records, model = self.records, self.model
        tags = _Tags.read(self.data.annotations, records)
        mentions = _mentions(tags, model)
        everyone = np.arange(len(records.ids), dtype=np.int64)
        return Measurement(
            items={},
            respondents={},
            alike={},
            texts=_weigh(_votes(tags, mentions, records, model), self.design, {}),
            complaints=_complaints(tags, mentions, records, model),
            records=Sample(everyone, np.broadcast_to(1.0, len(everyone)), records.weights),
            classified=_classify(tags, records),
            is_tagged=bool(len(tags.kinds)),
            logs_complaints=bool(records.is_logged_complaint.any()),
        )

    def rate(self, said: Measurement, ratings: RatingTable) -> Measurement:
        """Return what these ratings, and all cases, say beside `said`."""
        model = self.model
        if model.recommend_item is not None:
            ratings.refuse_other_scale(model.recommend_item, RECOMMEND_SCALE)
        answers = ratings.score(model.asked_codes)
        hours = _score_hours(self.data.cases, self.records, model)
        items = {**answers, **_score_groups(answers, model), **hours}
        respondents = {t.code: average_members(items, t.rated, model) for t in model.touchpoints}
        of_touchpoints = [respondents[t.code] for t in model.touchpoints]
        overall = mean_by_record(of_touchpoints, [t.weight for t in model.touchpoints], model.min_answered)
        known: dict[int, Sample] = {}
        return replace(
            said,
            items=_weigh(items, self.design, known),
            respondents=_weigh({**respondents, OVERALL: overall}, self.design, known),
            alike=_weigh(_score_alike(answers, model), self.design, known),
        )


def _weigh(samples: Mapping[str, Sample], design: Design | None, known: dict[int, Sample]) -> Mapping[str, Sample]:
    """Return the samples with their design; what is one sample, by `known`, stays one."""
    if design is None:
        return samples
    return {code: known.setdefault(id(each), replace(each, design=design)) for code, each in samples.items()}


def average_members(
    samples: Mapping[str, Sample], members: Sequence[Indicator | Touchpoint], model: IndexModel
) -> Sample:
    """Return each respondent's weighted mean over the members, if he answered `min_answered` of their weight."""
    return average_by_record([samples[m.code] for m in members], [m.weight for m in members], model.min_answered)


def _score_groups(answers: Mapping[str, Sample], model: IndexModel) -> dict[str, Sample]:
    """Return the respondents' scores of every group, the deepest ones first."""
    scored = dict(answers)
    groups = [i for touchpoint in model.touchpoints for i in reversed(touchpoint.tree) if i.reads == GROUP]
    for group in groups:
        scored[group.code] = average_members(scored, group.members, model)
    return {group.code: scored[group.code] for group in groups}


def _score_alike(answers: Mapping[str, Sample], model: IndexModel) -> dict[str, Sample]:
    """Return the respondents' scores under equal weights, of the touchpoints whose own weights are not equal."""
    changed = [
        (own, alike)
        for own, alike in zip(model.touchpoints, equalise(model).touchpoints, strict=True)
        if own.rated and not own.is_alike
    ]
    items = {**answers, **_score_groups(answers, equalise(model))} if changed else {}
    return {own.code: average_members(items, alike.rated, model) for own, alike in changed}


def _score_hours(cases: pd.DataFrame, records: Records, model: IndexModel) -> dict[str, Sample]:
    """Return the cases' scores of every operational indicator; a case without both moments has none."""
    ends = {REPLY_HOURS: "replied_at", HANDLING_HOURS: "closed_at"}
    found: dict[str, Sample] = {}
    for indicator in (i for touchpoint in model.touchpoints for i in touchpoint.indicators):
        if indicator.hours_scale is not None and indicator.reads in ends:
            hours = (cases[ends[indicator.reads]] - cases["opened_at"]).dt.total_seconds().to_numpy(float) / 3600
            found[indicator.code] = _hours_sample(hours, cases, records, indicator.hours_scale)
    return found


def _hours_sample(hours: Floats, cases: pd.DataFrame, records: Records, scale: HoursScale) -> Sample:
    rows = find_positions(records.ids, cases["feedback_id"])
    # A reply before the complaint is a mistake in the log (see QUALITY), not a fast reply.
    places = np.flatnonzero((rows >= 0) & (hours >= 0))
    places = places[np.argsort(rows[places], kind="stable")]
    scores = np.clip(100.0 * (scale.worst - hours[places]) / (scale.worst - scale.target), 0.0, 100.0)
    return drop_weightless(Sample(rows[places], scores, records.weights[rows[places]]))


@dataclass(frozen=True, slots=True)
class _Tags:
    """The annotations of known texts with content: kind, label, direction (+1, -1, else 0), position of the text."""

    kinds: NDArray[Any]
    labels: NDArray[Any]
    directions: Floats
    texts: Ints

    @classmethod
    def read(cls, annotations: pd.DataFrame, records: Records) -> _Tags:
        texts = find_positions(records.texts, annotations["feedback_id"])
        is_empty = annotations["kind"].eq(SENTIMENT) & annotations["confidence"].le(0)
        is_counted = (texts >= 0) & ~is_empty.to_numpy(dtype=np.bool_)
        known = annotations[is_counted]
        polarity = known["polarity"].to_numpy(dtype=object)
        directions = (polarity == Polarity.POSITIVE).astype(np.float64) - (polarity == Polarity.NEGATIVE)
        kinds, labels = (known[name].to_numpy(dtype=object) for name in ("kind", "label"))
        return cls(kinds, labels, directions, texts[is_counted])


def _mentions(tags: _Tags, model: IndexModel) -> Ints:
    """Return the position of the touchpoint that each annotation mentions, -1 for none of the model's."""
    import pandas as pd

    positions = pd.Series(tags.labels, dtype="object").map(model.label_positions).fillna(-1).to_numpy(dtype=np.int64)
    return np.where(tags.kinds == TOUCHPOINT, positions, -1)


def _votes(tags: _Tags, mentions: Ints, records: Records, model: IndexModel) -> dict[str, Sample]:
    """Return what each text says of each touchpoint, and as a whole: +1, 0 or -1."""
    votes = {
        touchpoint.code: _vote(tags, mentions == place, records)
        for place, touchpoint in enumerate(model.touchpoints)
        if touchpoint.labels
    }
    return {**votes, OVERALL: _vote(tags, tags.kinds == SENTIMENT, records)}


def _vote(tags: _Tags, is_counted: NDArray[np.bool_], records: Records) -> Sample:
    texts, inverse = np.unique(tags.texts[is_counted], return_inverse=True)
    balance = np.bincount(inverse.reshape(-1), weights=tags.directions[is_counted], minlength=len(texts))
    rows = records.record_of_text[texts]
    by_record = np.argsort(rows, kind="stable")
    texts = texts[by_record]
    return drop_weightless(Sample(rows[by_record], np.sign(balance[by_record]), records.weight_of_text[texts]))


def _complaints(tags: _Tags, mentions: Ints, records: Records, model: IndexModel) -> dict[str, Sample]:
    """Return the complaints that touch each touchpoint, and all of them."""
    record_of_tag = records.record_of_text[tags.texts]
    is_complaint = records.is_logged_complaint.copy()
    is_complaint[record_of_tag[tags.kinds == COMPLAINT]] = True
    touches = is_complaint[record_of_tag] & (tags.directions <= 0)
    found = {
        touchpoint.code: _ones(np.unique(record_of_tag[touches & (mentions == place)]))
        for place, touchpoint in enumerate(model.touchpoints)
        if touchpoint.labels
    }
    return {**found, OVERALL: _ones(np.flatnonzero(is_complaint).astype(np.int64))}


def _classify(tags: _Tags, records: Records) -> Sample:
    """Return whether each text with content, but for those of complaint logs, was found to be a complaint."""
    texts = np.unique(tags.texts[tags.kinds == SENTIMENT])
    rows = records.record_of_text[texts]
    texts = texts[~records.is_logged_complaint[rows]]
    texts = texts[np.argsort(records.record_of_text[texts], kind="stable")]
    is_complaint = np.isin(texts, tags.texts[tags.kinds == COMPLAINT])
    rows, weights = records.record_of_text[texts], records.weight_of_text[texts]
    return drop_weightless(Sample(rows, is_complaint.astype(np.float64), weights))


def _ones(rows: Ints) -> Sample:
    return Sample(rows, np.ones(len(rows)), np.ones(len(rows)))
