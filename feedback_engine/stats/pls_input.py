"""What a PLS fit needs from the data: complete item values, and their covariances, per resample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_matrix, as_vector, as_weights, refuse_constant
from feedback_engine.stats.labels import rows_alike
from feedback_engine.stats.pls_model import PathModel


@dataclass(frozen=True, slots=True)
class ItemData:
    """Complete rows of the model's items, their weights, and which rows of the frame they are."""

    values: Floats
    weights: Floats
    rows: np.ndarray
    dropped: int


@rows_alike("frame", "weights")
def read_items(frame: Values, model: PathModel, weights: Values) -> ItemData:
    """Return the complete rows (listwise); a missing column, text, a constant or a collinear item raise by name."""
    if not (hasattr(frame, "columns") or isinstance(frame, Mapping)):
        frame = dict(enumerate(as_matrix(frame, "数据", allow_missing=True).T))
    absent = [str(item) for item in model.items if item not in frame]
    if absent:
        raise StatisticsError(f"数据里没有题项 {'、'.join(absent)};请核对 blocks 的列名")
    columns = [as_vector(frame[item], str(item), minimum=0, allow_missing=True) for item in model.items]
    if len({column.size for column in columns}) > 1:
        raise StatisticsError(f"数据各列长短不一:{[column.size for column in columns]}")
    table = np.column_stack(columns)
    shares = as_weights(weights, table.shape[0])
    complete = ~np.isnan(table).any(axis=1) & (shares > 0)
    data = ItemData(table[complete], shares[complete], np.flatnonzero(complete), int((~complete).sum()))
    _check_size(data, model)
    refuse_constant(data.values, "数据", [str(item) for item in model.items])
    _check_formative(data, model)
    return data


def covariance_of(values: Floats, weights: Floats, scaled: bool) -> Floats:
    """Return the (weighted) covariance matrix, or the correlation matrix when `scaled`."""
    shares = weights / weights.sum()
    centred = values - shares @ values
    covariance: Floats = (centred * shares[:, None]).T @ centred
    if not scaled:
        return covariance
    spread = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(spread, spread))


def resampled_covariances(data: ItemData, scaled: bool, count: int, generator: np.random.Generator) -> Floats:
    """Return the covariances of `count` resamples of the rows, without those where an item lost its variation."""
    found = []
    # Centring once keeps the digits when each resample is centred by its own means.
    values = data.values - data.values.mean(axis=0)
    for _ in range(count):
        drawn = generator.integers(0, values.shape[0], values.shape[0])
        chosen = values[drawn]
        if (np.ptp(chosen, axis=0) > 0).all():
            found.append(covariance_of(chosen, data.weights[drawn], scaled))
    size = values.shape[1]
    return np.stack(found) if found else np.empty((0, size, size))


def _check_size(data: ItemData, model: PathModel) -> None:
    rows = data.values.shape[0]
    causes = max(sum(end == latent for _, end in model.paths) for latent in model.latents)
    needed = max(3, causes + 2)
    if rows < needed:
        raise StatisticsError(f"完整作答只有 {rows} 行(剔除 {data.dropped} 行),至少需要 {needed} 行")
    for latent, mode in model.modes.items():
        if mode == "B" and rows <= len(model.blocks[latent]):
            raise StatisticsError(
                f"{latent} 为形成型(B)有 {len(model.blocks[latent])} 个题项,完整作答只有 {rows} 行:行数必须更多"
            )


def _check_formative(data: ItemData, model: PathModel) -> None:
    correlation = covariance_of(data.values, data.weights, scaled=True)
    for column, latent in enumerate(model.latents):
        if model.modes[latent] == "B":
            rows = np.flatnonzero(model.membership[:, column])
            values, vectors = np.linalg.eigh(correlation[np.ix_(rows, rows)])
            if values[0] < 1e-10:
                named = "、".join(
                    str(model.items[rows[place]]) for place in np.flatnonzero(np.abs(vectors[:, 0]) > 1e-4)
                )
                raise StatisticsError(f"{latent} 为形成型(B),题项 {named} 完全共线,权重无法确定;请去掉其一")
