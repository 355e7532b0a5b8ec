"""An explanation told step by step: figure, formula, weights, indicators, records, verbatims, rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedback_engine.domain import OVERALL, AnswerState, Flag, Measure
from feedback_engine.scoring.explanation import (
    METHODS,
    Answers,
    Beside,
    Contribution,
    Explanation,
    TextCounts,
    Verbatim,
    round_to_total,
)
from feedback_engine.tables.annotations import POLARITY_NAMES

_FLAGS = {
    Flag.OK: "可用",
    Flag.SMALL_BASE: "样本偏少，仅供参考",
    Flag.SUPPRESSED: "样本不足，不显示",
    Flag.LOW_COVERAGE: "覆盖不足，不公布",
    Flag.NO_DATA: "没有数据",
}
_MEASURES = {
    Measure.SCORE: "满意度指数",
    Measure.EQUAL_SCORE: "等权指数",
    Measure.SATISFIED_SHARE: "满意率",
    Measure.TEXT_INDEX: "文本指数",
    Measure.COMPLAINT_RATE: "每千条投诉",
    Measure.NET_PROMOTER: "净推荐值 NPS",
}
_READS = {"rating": "打分", "text": "文本", "complaints": "投诉", "index": "触点", "group": "指标组"}
_READS |= {"reply_hours": "首次回复时长", "handling_hours": "办结时长"}
_STATES = {
    AnswerState.ANSWERED.value: "已答",
    AnswerState.BLANK.value: "空白",
    AnswerState.NOT_SHOWN.value: "未显示",
    AnswerState.REFUSED.value: "拒答或未体验",
    AnswerState.UNKNOWN_MISSING.value: "缺失（原因不明）",
}
_TEXT_SHOWN, _SPAN_SHOWN = 120, 20
#: Pieces of evidence told of a tag: what names the touchpoint, then the heaviest.
_EVIDENCE_SHOWN = 5
#: Ratings that a reader still adds up; a slider's hundred values are summed up instead.
_MOST_LEVELS = 11
#: What rounding to two decimals may hide.
_CENT = 0.005


def narrate(e: Explanation) -> Iterator[str]:
    """Yield the lines, each step under its heading."""
    whole = "" if e.segment == "all" else f" · {e.segment}"
    yield f"{e.name}（{e.touchpoint}） · {'全部数据' if e.period == 'all' else e.period}{whole}"
    yield f"一、数字：{_MEASURES[e.measure]} {_headline(e)}"
    yield from _tell_formula(e)
    yield from _tell_weights(e)
    yield from _tell_answers(e)
    yield from _tell_records(e)
    if e.verbatims:
        yield f"六、原声与规则（{e.verbatim_rule}）："
        for verbatim in e.verbatims:
            yield from _tell_verbatim(verbatim)


def _headline(e: Explanation) -> str:
    base = f"基数 {e.base:,}，有效基数 {e.effective_base:,.1f}，{_FLAGS[e.flag]}"
    if e.score is None:
        return f"—（{base}）"
    if e.lower is None or e.upper is None:
        return f"{e.score:.2f}（无区间；{base}）"
    return f"{e.score:.2f}（{e.confidence:.0%} 区间 {e.lower:.2f} 至 {e.upper:.2f}；{base}）"


def _tell_formula(e: Explanation) -> Iterator[str]:
    counted = [member for member in e.contributions if member.mean is not None]
    if e.score is None or not counted:
        yield f"二、算法：{e.formula}"
        return
    if len(counted) == 1 and abs(counted[0].share - 1) < _CENT / 100:
        member = counted[0]
        yield f"二、算法：只有{member.name}（{member.code}）一项计入，权重为 1，它的均分就是得分：{e.score:.2f}"
    else:
        yield f"二、算法：{_say_formula(e)}"
        yield from _list_products(counted, "  ")
    for member in e.contributions:
        if member.mean is None:
            yield f"  未计入：{member.name}（{member.code}，{_reads(member)}）{_why_not(member)}"
    for group in e.groups:
        members = [member for member in group.contributions if member.mean is not None]
        yield f"  其中指标组 {group.name}（{group.code}）{group.score:.2f}："
        yield from _list_products(members, "    ")


def _say_formula(e: Explanation) -> str:
    if e.measure is Measure.TEXT_INDEX:
        return "50×(1+(P−N)/(P+N+U))：正面记 100，中性记 50，负面记 0，按条数平均"
    if e.touchpoint == OVERALL:
        return "总指数 = Σ 有效权重 × 触点得分（有效权重：在公布得分的触点之间归一）"
    return "触点得分 = Σ 有效权重 × 指标均分（缺答者的权重转给其已答的指标）"


def _list_products(members: Sequence[Contribution], indent: str) -> Iterator[str]:
    """Yield a line a member, `share × mean = what it adds`, and the sum, which holds as printed."""
    shown = round_to_total([member.contribution for member in members])
    is_shifted = False
    for member, adds in zip(members, shown, strict=True):
        mean = member.mean or 0.0
        is_shifted |= abs(round(round(member.share, 4) * round(mean, 2), 2) - adds) > _CENT
        line = (
            f"{indent}{member.share:.4f} × {mean:6.2f} = {adds:5.2f}  {member.name}（{member.code}，{_reads(member)}）"
        )
        yield line + _own(member, mean)
    note = "（末位按最大余数分摊，使各项相加恰为合计）" if is_shifted else ""
    yield f"{indent}合计 {' + '.join(f'{adds:.2f}' for adds in shown)} = {sum(shown):.2f}{note}"


def _own(member: Contribution, mean: float) -> str:
    """Say the member's own figure where it is not the one that counts here, and what stands in its way."""
    notes = [f"基数 {member.base:,}"]
    if member.score is not None and abs(member.score - mean) > _CENT:
        notes.append(f"全部答者的均分 {member.score:.2f}")
    if member.flag is not Flag.OK:
        notes.append(_FLAGS[member.flag])
    return f"：{'，'.join(notes)}"


def _reads(member: Contribution) -> str:
    return _READS.get(member.reads, member.reads)


def _why_not(member: Contribution) -> str:
    own = "" if member.score is None else f"，自身 {member.score:.2f}（基数 {member.base:,}）"
    reason = "权重为 0，只在旁边列出" if member.weight <= 0 else _FLAGS[member.flag]
    return f"：{reason}{own}"


def _tell_weights(e: Explanation) -> Iterator[str]:
    weighed = [member for member in e.contributions if member.method != "share" and member.weight > 0]
    methods = {METHODS.get(member.method, member.method) for member in weighed}
    is_plain = len(methods) == 1 and all(abs(member.share - member.weight) < _CENT / 100 for member in weighed)
    told = f"；上列各项的权重均为{methods.pop()}，合计 1" if is_plain and len(weighed) > 1 else ""
    if e.touchpoint != OVERALL:
        method = f"，{METHODS[e.method]}" if e.method in METHODS else ""
        yield f"三、权重：占总指数 {e.weight:.4f}{method}；若各触点等权为 {e.equal_weight:.4f}{told}"
    else:
        yield f"三、权重：总指数为 1{told}"
    if len(weighed) > 1 and not told:
        yield from map(_tell_weight, weighed)
    if e.origin:
        yield f"  由来：{e.origin}"


def _tell_weight(member: Contribution) -> str:
    moved = "" if abs(member.share - member.weight) < _CENT / 100 else f"，本期有效 {member.share:.4f}"
    return f"  {member.weight:.4f}  {member.name}（{METHODS.get(member.method, member.method)}{moved}）"


def _tell_answers(e: Explanation) -> Iterator[str]:
    if e.answers:
        yield "四、指标："
        yield from map(_say_answers, e.answers)


def _say_answers(a: Answers) -> str:
    head = f"  {a.name}（{a.indicator}）"
    if a.is_withheld:
        return f"{head}：样本不足，不显示"
    if not a.levels or a.score is None:
        return f"{head}：无回答"
    return f"{head} {a.score:.2f} = {_sum_levels(a)}"


def _sum_levels(a: Answers) -> str:
    total = sum(level.weight for level in a.levels)
    whole = sum(level.score * level.weight for level in a.levels)
    is_weighted = any(abs(level.weight - level.count) > _CENT for level in a.levels)
    people = "加权人数" if is_weighted else "人数"
    if len(a.levels) > _MOST_LEVELS:
        low, high = a.levels[0].score, a.levels[-1].score
        return f"{sum(level.count for level in a.levels):,} 个回答的均值（{low:.2f} 至 {high:.2f}）"
    form = ".2f" if is_weighted else ".0f"
    terms = " + ".join(f"{level.score + 0.0:.4g}×{level.weight:{form}}" for level in a.levels)
    worth = "、".join(f"{level.rating:g} 分记 {level.score + 0.0:.4g}" for level in a.levels)
    return f"({terms}) ÷ {total:{form}} = {whole:.2f} ÷ {total:{form}}（得分 × {people}；{worth}）"


def _tell_records(e: Explanation) -> Iterator[str]:
    lines = [f"  {a.name}（{a.indicator}）：{_say_states(a)}" for a in e.answers]
    if e.texts:
        lines.append(f"  文本 {e.texts.texts:,} 条：{_say_texts(e.texts)}")
    if e.complaints:
        c = e.complaints
        lines.append(f"  投诉 {c.complaints:,} 件 ÷ {c.exposure:,g} × 1000 = {c.per_thousand:.2f} 件/千条")
    lines += map(_say_beside, e.beside)
    if lines:
        yield "五、记录："
        yield from lines


def _say_beside(b: Beside) -> str:
    if b.measure is Measure.SATISFIED_SHARE:
        return f"  满意的答卷 {b.counted[0]:,.10g} ÷ {b.whole:,.10g} × 100 = 满意率 {b.score:.2f}%"
    if b.measure is Measure.NET_PROMOTER:
        promoters, detractors = b.counted
        net = f"(推荐者 {promoters:,.10g} − 贬损者 {detractors:,.10g}) ÷ {b.whole:,.10g} × 100"
        return f"  {net} = {_MEASURES[b.measure]} {b.score:.2f}"
    return f"  各触点、各指标都等权时的指数：{b.score:.2f}"


def _say_states(a: Answers) -> str:
    return "、".join(f"{_STATES.get(state, state)} {count:,}" for state, count in a.states) or "没有这道题"


def _say_texts(t: TextCounts) -> str:
    counted = f"正面 {t.positive:,}，中性 {t.neutral:,}，负面 {t.negative:,}"
    if t.score is None or not t.texts:
        return counted
    if abs(50.0 * (1.0 + (t.positive - t.negative) / t.texts) - t.score) > _CENT:
        return f"{counted}；按权重的文本指数 {t.score:.2f}"
    return f"{counted}；文本指数 50 × (1 + ({t.positive:,} − {t.negative:,}) ÷ {t.texts:,}) = {t.score:.2f}"


def _tell_verbatim(v: Verbatim) -> Iterator[str]:
    """Yield the words with their place, what the tag says of them, and the pieces that it rests on in their order."""
    text = "（原文已清除）" if v.text is None else " ".join(v.text.split())
    cut = text if len(text) <= _TEXT_SHOWN else f"{text[:_TEXT_SHOWN]}…"
    yield f"  {v.source} 第 {v.row_number} 行 [{v.feedback_id[:12]}] {cut}"
    tag = f"{POLARITY_NAMES.get(v.polarity, v.polarity)} {v.score:+.2f}，置信度 {v.confidence:.2f}"
    span = "全文" if v.span == v.text else _say_span(v.start, v.end, v.span)
    yield f"    {span}：{tag}" + ("" if v.evidence else f"；规则：{v.rule}")
    heaviest = sorted(v.evidence, key=lambda piece: (piece.weight != 0, -abs(piece.weight)))[:_EVIDENCE_SHOWN]
    for piece in sorted(heaviest, key=lambda piece: (piece.weight != 0, piece.start)):
        weight = f" {piece.weight:+.2f}" if piece.weight else ""
        yield f"      {_say_span(piece.start, piece.end, piece.text)}{weight}：{piece.rule}"
    if rest := len(v.evidence) - len(heaviest):
        yield f"      另有 {rest} 处较轻的依据（--json 列出全部）"


def _say_span(start: int, end: int, words: str) -> str:
    shown = words if len(words) <= _SPAN_SHOWN else f"{words[:_SPAN_SHOWN]}…"
    return f"第 {start + 1}–{end} 字「{shown}」"
