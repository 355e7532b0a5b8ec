"""A mapping drafted for a table that no platform claims: a proposal for the user to check, never used by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import yaml

from feedback_engine.config.model import COLUMNS, MappingConfig, RatingConfig, ScaleConfig, TextConfig
from feedback_engine.domain import SourceKind
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.draft_table import Table, has_draft_cue, is_category, read_table, says_arrival
from feedback_engine.ingest.platforms.scale_guesses import asks_for_rating, may_rate
from feedback_engine.ingest.privacy import mask
from feedback_engine.ingest.survey import Question, QuestionType

#: Fields that a complaint is handled by.
_HANDLING = frozenset({"opened_at", "replied_at", "closed_at", "department", "status"})
_SHOWN_ANSWERS, _SHOWN_ANSWER = 5, 20
_SHOWN_COLUMNS = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed mapping, with what each closed question seems to be."""

    kind: SourceKind
    mapping: MappingConfig
    questions: tuple[Question, ...]
    warnings: tuple[str, ...]

    def to_yaml(self) -> str:
        """Return the text of a mapping file."""
        settings = self.mapping.model_dump(mode="json", exclude_defaults=True)
        body = yaml.safe_dump({"kind": str(self.kind), **settings}, allow_unicode=True, sort_keys=False)
        notes = "".join(f"# 注意：{warning}\n" for warning in self.warnings)
        return f"# 由 feedback-engine inspect 起草，请逐列核对后再用 --mapping 导入。\n{notes}{body}"


def draft_mapping(sample: Sample) -> Draft:
    """Return the mapping that the headings and the first rows suggest."""
    table = read_table(sample)
    kind = _guess_kind(table)
    columns = {field: table.names[at] for field, at in _fit_fields(table, kind).items()}
    texts = table.asked or list(table.free) if kind is SourceKind.QUESTIONNAIRE else []
    if kind is SourceKind.QUESTIONNAIRE and "text" in table.fields:
        texts = sorted({*texts, table.fields["text"]})
    used = {*columns.values(), *(table.names[at] for at in [*table.scales, *texts, *table.private])}
    mapping = MappingConfig(
        kind=kind,
        columns=columns,
        ratings=tuple(
            RatingConfig(
                column=table.names[at], indicator=table.codes[at], scale=_shorten(found.scale, sample.column(at))
            )
            for at, found in table.scales.items()
        ),
        texts=tuple(TextConfig(column=table.names[at], role=table.codes[at]) for at in texts),
        attributes=tuple(
            name for at, name in enumerate(table.names) if name not in used and is_category(sample.column(at))
        ),
    )
    return Draft(kind, mapping, _describe(table, texts), _warn(table, mapping, kind))


def _guess_kind(table: Table) -> SourceKind:
    handling = len(_HANDLING & set(table.fields))
    is_complaint = any(has_draft_cue("complaint", heading) for heading in table.sample.header)
    if table.text is not None and not table.asked and (handling >= 2 or is_complaint):
        return SourceKind.COMPLAINTS
    if table.text is not None and not table.asked and has_draft_cue("review", table.sample.header[table.text]):
        return SourceKind.REVIEWS
    if len(table.scales) >= 2 or (table.scales and (table.text is None or table.asked)):
        return SourceKind.QUESTIONNAIRE
    if table.asked and len(table.asked) == len({*table.free, *table.asked}):
        return SourceKind.QUESTIONNAIRE
    return SourceKind.REVIEWS


def _fit_fields(table: Table, kind: SourceKind) -> dict[str, int]:
    """Return the fields that this kind of source knows, with the moment and text it needs under its own names."""
    fields = dict(table.fields)
    required, optional = COLUMNS[kind]
    if kind is SourceKind.COMPLAINTS and "received_at" in fields:
        fields.setdefault("opened_at", fields["received_at"])
    if "text" in required and table.text is not None:
        fields["text"] = table.text
    return {field: fields[field] for field in (*required, *optional) if field in fields}


def _shorten(scale: ScaleConfig, cells: Iterable[str]) -> ScaleConfig:
    """Return the scale with the labels that occur, and for each step that does not the words it may yet come in.

    That is those in the characters of the answers shown (★☆☆☆☆ where ★★★★☆ is), else the first.
    """
    shown = {*cells}
    labels = {label: rating for label, rating in scale.label_ratings.items() if label in shown}
    characters = set("".join(labels))
    unseen: dict[float, list[str]] = {}
    for label, rating in scale.label_ratings.items():
        if rating not in labels.values():
            unseen.setdefault(rating, []).append(label)
    for rating, words in unseen.items():
        alike = [word for word in words if characters.issuperset(word)]
        labels |= dict.fromkeys(alike or words[:1], rating)
    return scale.model_copy(update={"labels": dict(sorted(labels.items(), key=lambda pair: pair[1]))})


def _describe(table: Table, texts: Sequence[int]) -> tuple[Question, ...]:
    header, codes = table.sample.header, table.codes
    questions = [
        Question(codes[at], header[at] or table.names[at], found.type, (at + 1,), found.scale, found.evidence)
        for at, found in table.scales.items()
    ]
    questions += [Question(codes[at], header[at], QuestionType.TEXT, (at + 1,)) for at in texts]
    return tuple(sorted(questions, key=lambda question: question.columns))


def _warn(table: Table, mapping: MappingConfig, kind: SourceKind) -> tuple[str, ...]:
    warnings = list(mapping.problems_for(kind))
    moment = "opened_at" if kind is SourceKind.COMPLAINTS else "received_at"
    if moment not in mapping.columns:
        warnings.append(f"没有找到日期列（{moment}）；没有日期的行只计入全部期间，也可在来源里写 received_on")
    elif not says_arrival(table.sample.header[_fit_fields(table, kind)[moment]]):
        column = mapping.columns[moment]
        warnings.append(
            f"标题没有写明是作答、发布或受理的时间，暂用 {column} 分月；若是别的时间（如开户、出生），请换一列或去掉"
        )
    if kind is not SourceKind.QUESTIONNAIRE and "text" not in table.fields and "text" in mapping.columns:
        warnings.append(f"没有标题写明是正文，按内容把 {mapping.columns['text']} 当作正文，请核对")
    if table.private:
        shown = "、".join(table.names[at] for at in sorted(table.private))
        warnings.append(f"像个人信息的列没有写进映射：{shown}")
    warnings += _warn_of_unread_scales(table)
    warnings += [
        f"{table.names[at]} 的量表 {found.scale.min:g}–{found.scale.max:g} 不确定：{found.evidence}"
        for at, found in table.scales.items()
        if not found.is_certain
    ]
    warnings += _warn_of_left(table, mapping)
    # A heading may be of several lines; a sentence is of one.
    return tuple(" ".join(clean(warning).split()) for warning in warnings)


def _warn_of_left(table: Table, mapping: MappingConfig) -> list[str]:
    """Return a sentence that names the columns with cells of which the draft does not speak."""
    asked = [*(rating.column for rating in mapping.ratings), *(text.column for text in mapping.texts)]
    used = {*mapping.columns.values(), *asked, *mapping.attributes, *(table.names[at] for at in table.private)}
    left = [name for at, name in enumerate(table.names) if name not in used and table.sample.column(at)]
    if not left:
        return []
    more = f" 等 {len(left)} 列" if len(left) > _SHOWN_COLUMNS else ""
    shown = f"{'、'.join(left[:_SHOWN_COLUMNS])}{more}"
    return [f"没有写进映射的列（不认识，也不像分组用的类别）：{shown}；其中若有打分题，请自己写进 ratings 并声明量表"]


def _warn_of_unread_scales(table: Table) -> list[str]:
    """Return a sentence for each column whose heading asks for a rating and whose answers are none that is known."""
    taken = {*table.fields.values(), *table.scales, *table.free, *table.private}
    asked = [at for at, head in enumerate(table.sample.header) if at not in taken and asks_for_rating(head)]
    answers = {at: dict.fromkeys(table.sample.column(at)) for at in asked}
    return [
        f"{table.names[at]} 像打分题，而答案（{_show(found)}）连不成量表，没有写进 ratings；"
        "请统一答案的写法，或自己写明 scale 和 labels"
        for at, found in answers.items()
        if found and may_rate(found)
    ]


def _show(answers: Iterable[str]) -> str:
    return mask("、".join(answer[:_SHOWN_ANSWER] for answer in islice(answers, _SHOWN_ANSWERS))).text
