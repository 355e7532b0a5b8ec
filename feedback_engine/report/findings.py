"""One-line findings, each computed from the figures; what the figures do not say is not said."""

from __future__ import annotations

from feedback_engine.domain import OVERALL, Flag, Measure, Polarity
from feedback_engine.report.changes import AGAINST, PREVIOUS, YEAR_BEFORE, Change
from feedback_engine.report.facts import OPEN_TYPES, Facts
from feedback_engine.report.figures import NAMES, UNITS, Figure, of_touchpoint, overall, say

#: Mentions below which a touchpoint's net sentiment is not worth a sentence.
LEAST_MENTIONS = 5
#: Touchpoints named in one sentence.
MOST_NAMED = 5


def find_all(facts: Facts) -> list[str]:
    """Return the findings, most important first; each ends with the sheet that shows it."""
    found = [_headline(facts, facts.lead_measure), _moved(facts), _worst(facts), _complaints(facts), _sentiment(facts)]
    found += [_headline(facts, Measure.NET_PROMOTER), _coverage(facts)]
    return [text for text in found if text] or ["本期没有可用的数据。（见 数据质量）"]


def _headline(facts: Facts, measure: Measure) -> str:
    sheet = "触点得分" if measure is facts.lead_measure else "总览"
    now = overall(facts.figures, measure)
    if now is None or now.score is None:
        return "" if now is None else f"{say(now, measure)}，n={now.base:,}。（见 {sheet}）"
    change = facts.change(OVERALL, measure)
    if change.points is None:
        return f"{say(now, measure)}；没有上期可比。（见 {sheet}）"
    relative = "" if change.relative is None else f"（相对 {change.relative:+.1%}）"
    step = f"环比 {change.points:+.1f} {UNITS[measure]}{relative}"
    return f"{say(now, measure)}，{step}，{_judge(facts, change)}。（见 变化）"


def _judge(facts: Facts, change: Change) -> str:
    """Return in words whether a change is more than chance and more than little."""
    if change.q is None:
        return "样本偏少，未作检验"
    if change.is_notable:
        return f"变化显著（q = {change.q:.3f}）" if change.q >= 0.001 else "变化显著（q < 0.001）"
    if change.q < facts.inputs.thresholds.alpha:
        return f"变化虽能与抽样波动区分（q = {change.q:.3f}），但不到 {facts.inputs.thresholds.min_effect:g} 点"
    return f"还不能与抽样波动区分（q = {change.q:.2f}）"


def _moved(facts: Facts) -> str:
    measure = facts.lead_measure
    told = [text for against in (PREVIOUS, YEAR_BEFORE) if (text := _list_moved(facts, measure, against))]
    if told:
        return f"{'；'.join(told)}。（见 变化）"
    tested = sum(facts.change(code, measure).is_tested for code in facts.touchpoints)
    return f"与上期比，{tested} 个可检验的触点没有一个变化显著。（见 变化）" if tested else ""


def _list_moved(facts: Facts, measure: Measure, against: str) -> str:
    """Return the touchpoints whose change is notable, the largest first."""
    changes = {code: facts.change(code, measure, against) for code in facts.touchpoints}
    moved = {code: each.points for code, each in changes.items() if each.is_notable and each.points is not None}
    if not moved:
        return ""
    order = sorted(moved, key=lambda code: -abs(moved[code]))
    parts = "、".join(f"{facts.name(code)} {moved[code]:+.1f}" for code in order[:MOST_NAMED])
    rest = f" 等 {len(moved)} 个" if len(moved) > MOST_NAMED else ""
    return f"{AGAINST[against]}{NAMES[measure]}变化显著的触点：{parts}{rest}"


def _worst(facts: Facts) -> str:
    measure, ranked = facts.lead_measure, facts.sorted_by_score()[: facts.count_scored()]
    total = overall(facts.figures, measure)
    if len(ranked) < 2:
        return ""
    worst, best = (of_touchpoint(facts.figures, code, measure) for code in (ranked[-1], ranked[0]))
    if worst is None or best is None or worst.score is None or best.score is None:
        return ""
    gap = ""
    if total is not None and total.score is not None:
        gap = f"，比总体低 {total.score - worst.score:.1f} 分" if worst.score < total.score else ""
    share = f"，占总指数权重 {worst.weight:.1%}" if worst.weight else ""
    return (
        f"得分最低的触点是{facts.name(ranked[-1])}{_show(worst.score, worst)}{gap}{share}；"
        f"最高的是{facts.name(ranked[0])}{_show(best.score, best)}。（见 触点得分）"
    )


def _show(score: float, figure: Figure) -> str:
    small = "，样本偏少、仅供参考" if figure.flag is Flag.SMALL_BASE else ""
    return f"（{score:.1f}，n={figure.base:,}{small}）"


def _complaints(facts: Facts) -> str:
    if facts.complaints.empty:
        return ""
    counts = facts.complaints["type"].value_counts()
    total = facts.count_complaints()
    typed = sorted(
        ((int(count), str(code)) for code, count in counts.items() if code not in OPEN_TYPES),
        key=lambda pair: (-pair[0], pair[1]),
    )
    rate = overall(facts.figures, Measure.COMPLAINT_RATE)
    words = "" if rate is None or rate.score is None else f"（{rate.score:.1f} {UNITS[Measure.COMPLAINT_RATE]}）"
    if not typed:
        return f"投诉 {total:,} 件{words}，都没有识别出类型。（见 投诉分析）"
    count, code = typed[0]
    return (
        f"投诉 {total:,} 件{words}，最多的类型是{facts.type_name(code)}：{count:,} 件，"
        f"占类型判断的 {count / counts.sum():.1%}。（见 投诉分析）"
    )


def _sentiment(facts: Facts) -> str:
    if facts.mentions.empty:
        return ""
    table = facts.mentions.groupby(["touchpoint", "polarity"], observed=True).size().unstack(fill_value=0)
    negative = table.get(Polarity.NEGATIVE)
    totals = table.sum(axis=1)
    if negative is None or not (frequent := totals[(totals >= LEAST_MENTIONS) & (negative > 0)].index.tolist()):
        return ""
    code = min(frequent, key=lambda code: (-negative[code], code))
    part = f"{int(negative[code]):,} 条负面，占其提及的 {negative[code] / totals[code]:.1%}"
    return f"负面提及最多的触点是{facts.name(str(code))}：{part}。（见 情感与主题）"


def _coverage(facts: Facts) -> str:
    texts = len(facts.texts)
    if not texts:
        return ""
    tagged = facts.texts["feedback_id"].isin(facts.mentions["feedback_id"]).sum()
    silent = [code for code in _counted(facts) if not any(f.base for key, f in facts.figures.items() if key[0] == code)]
    missing = f"；{len(silent)} 个计入指数的触点没有任何数据" if silent else ""
    untagged = f"中有 {texts - tagged:,} 段（{1 - tagged / texts:.1%}）没有提到任何触点"
    return f"{texts:,} 段文本{untagged if tagged < texts else '都提到了触点'}{missing}。（见 数据质量）"


def _counted(facts: Facts) -> list[str]:
    """Return the touchpoints with a weight: the others of the pack are only listened for."""
    weights = facts.inputs.weights
    counted = set(weights[(weights["indicator"] == OVERALL) & (weights["weight"] > 0)]["touchpoint"])
    return [code for code in facts.touchpoints if code in counted - {OVERALL}]
