"""Structural satisfaction models (PLS path modelling): index, effects and reliability from blocks of questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.config.scoring import StructuralConfig
from feedback_engine.domain import Period
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.answers import read_answers
from feedback_engine.scoring.data import ScoringData
from feedback_engine.tables.analysis import STRUCTURAL

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.stats.pls_result import Interval, PlsResult

Path = tuple[str, str]
Row = tuple[object, ...]

#: Six latents and eleven arrows in the manner of the Chinese index. Which eleven arrows the official model has is not
#: published where we could read it: this is ours, and `paths` replaces it.
_CCSI_STYLE: tuple[Path, ...] = (
    *(("Image", end) for end in ("Expectation", "Quality", "Value", "Satisfaction", "Loyalty")),
    ("Expectation", "Quality"),
    ("Expectation", "Value"),
    ("Quality", "Value"),
    ("Quality", "Satisfaction"),
    ("Value", "Satisfaction"),
    ("Satisfaction", "Loyalty"),
)


def find_paths(config: StructuralConfig) -> tuple[Path, ...]:
    """Return the arrows: those of the configuration, else the preset's; a preset's latent without a block raises."""
    from feedback_engine.stats.pls_model import acsi_paths, ecsi_paths

    if config.preset is None:
        return config.paths
    paths = {"acsi": acsi_paths(), "ecsi": ecsi_paths(), "ccsi_style": _CCSI_STYLE}[config.preset]
    latents = tuple(dict.fromkeys(end for path in paths for end in path))
    missing = [latent for latent in latents if latent not in config.blocks]
    if missing:
        raise ConfigError(
            f"scoring.structural：preset {config.preset} 需要 blocks：{'、'.join(latents)}；缺少 {'、'.join(missing)}。"
            "没有问到的潜变量，请改写 paths"
        )
    return paths


def check_structural(config: StructuralConfig) -> None:
    """Raise ConfigError for what is wrong with the model as drawn, before there are data."""
    from feedback_engine.stats.pls_model import draw_model

    if not config.blocks:
        return
    try:
        draw_model(config.blocks, find_paths(config), config.modes)
    except StatisticsError as error:
        raise ConfigError(f"scoring.structural：{error}") from error
    if config.satisfaction not in config.blocks:
        raise ConfigError(
            f"scoring.structural.satisfaction {config.satisfaction!r} 不在 blocks 里；有 {'、'.join(config.blocks)}"
        )


def fit_structural(data: ScoringData, config: StructuralConfig, *, period: Period | None = None) -> PlsResult:
    """Return the PLS model fitted to complete answers on 0-100 (reversed scales already turned round).

    Refusals name the item or latent at fault: a question nobody was asked, a cycle (ConfigError), a constant item, too
    few complete answers (StatisticsError).
    """
    from feedback_engine.stats.pls import fit_pls

    if not config.blocks:
        raise ConfigError("没有结构模型：请在 scoring.structural.blocks 里写明每个潜变量由哪些题测量")
    check_structural(config)
    paths = find_paths(config)
    items = [item for block in config.blocks.values() for item in block]
    answers = read_answers(data, items, period=period)
    return fit_pls(
        answers.table,
        config.blocks,
        paths,
        scheme=config.scheme,
        modes=config.modes,
        bootstrap=config.bootstrap,
        seed=config.seed,
        weights=answers.weights,
    )


def build_structural(
    data: ScoringData,
    config: StructuralConfig,
    *,
    period: Period | None = None,
    names: Mapping[str, str] | None = None,
    least: float = 1,
) -> pd.DataFrame:
    """Return STRUCTURAL: the 0-100 index of every latent, R², reliability, paths, total effects, loadings.

    The index of the satisfaction latent refuses a negative outer weight (StatisticsError naming the item); that of any
    other latent is left empty with the reason. Fewer than `least` complete answers raise, too.
    """
    fit = fit_structural(data, config, period=period)
    if fit.base < least:
        raise StatisticsError(f"完整答卷只有 {fit.base} 份，结构模型至少需要 {least:g} 份")
    items = list(fit.item_means)
    table = read_answers(data, items, period=period).table.dropna()
    rows = [
        *_list_indices(fit, config),
        *_list_reliability(fit, table, dict(names or {})),
        *_list_effects(fit),
        *_list_items(fit, dict(names or {})),
        ("goodness_of_fit", "", "", fit.goodness_of_fit, None, None, None, fit.base, _describe(fit)),
    ]
    return STRUCTURAL.build(rows)


def _describe(fit: PlsResult) -> str:
    converged = f"{fit.iterations} 次迭代收敛" if fit.is_converged else f"{fit.iterations} 次迭代仍未收敛，数字不可靠"
    return f"{converged}；{fit.dropped} 份不全的答卷未计入"


def _list_indices(fit: PlsResult, config: StructuralConfig) -> Iterator[Row]:
    from feedback_engine.stats.pls_result import latent_index

    for latent in fit.blocks:
        try:
            value, note = latent_index(fit, 0.0, 100.0, [latent])[latent], ""
        except StatisticsError as refusal:
            if latent == config.satisfaction:
                raise
            value, note = float("nan"), str(refusal)
        yield "index", latent, "", value, None, None, None, fit.base, note


def _list_reliability(fit: PlsResult, table: pd.DataFrame, names: Mapping[str, str]) -> Iterator[Row]:
    from feedback_engine.stats.reliability import composite_reliability, cronbach_alpha, htmt

    for latent, block in fit.blocks.items():
        if latent in fit.r_squared:
            yield "r_squared", latent, "", fit.r_squared[latent], *_bounds(fit, "r_squared", latent), None, fit.base, ""
        if len(block) < 2:
            continue
        loadings = np.array([fit.loadings[item] for item in block])
        reliability = composite_reliability(loadings)
        ave = fit.average_variance_extracted.get(latent, float(np.mean(loadings**2)))
        alpha = cronbach_alpha(table[list(block)])
        turned = "、".join(names.get(item, item) for item in alpha.reversed_items)
        note = f"反向题：{turned}" if turned else ""
        yield "alpha", latent, "", alpha.value, alpha.lower, alpha.upper, None, fit.base, note or _low(alpha.value, 0.7)
        yield "composite_reliability", latent, "", reliability, None, None, None, fit.base, _low(reliability, 0.7)
        yield "ave", latent, "", ave, None, None, None, fit.base, _low(ave, 0.5)
    several = {latent: list(block) for latent, block in fit.blocks.items() if len(block) > 1}
    if len(several) > 1:
        for (first, second), value in htmt(table, several).items():
            note = "" if value < 0.85 else "两个潜变量难以区分（≥ 0.85）"
            yield "htmt", first, second, value, None, None, None, fit.base, note


def _low(value: float, threshold: float) -> str:
    return "" if value >= threshold else f"低于 {threshold:g}"


def _bounds(fit: PlsResult, kind: str, key: object) -> tuple[float | None, float | None]:
    if fit.intervals is None:
        return None, None
    found: Interval | None = getattr(fit.intervals, kind).get(key)
    return (None, None) if found is None else (found.lower, found.upper)


def _list_effects(fit: PlsResult) -> Iterator[Row]:
    for path, value in fit.paths.items():
        p = fit.path_tests[path].p_value
        yield "path", *path, value, *_bounds(fit, "paths", path), p, fit.base, ""
    for path, value in fit.total_effects.items():
        yield "total_effect", *path, value, *_bounds(fit, "total_effects", path), None, fit.base, ""


def _list_items(fit: PlsResult, names: Mapping[str, str]) -> Iterator[Row]:
    for latent, block in fit.blocks.items():
        for item in block:
            name = names.get(item, "")
            yield "loading", item, latent, fit.loadings[item], *_bounds(fit, "loadings", item), None, fit.base, name
            yield "weight", item, latent, fit.weights[item], *_bounds(fit, "weights", item), None, fit.base, name
