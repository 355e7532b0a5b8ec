"""The drawing behind a PLS path model: blocks of items, arrows between latents, and what makes it impossible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import show

Path = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PathModel:
    """A checked model: latents, their items (each in one block), arrows, and the mode of each block."""

    latents: tuple[str, ...]
    blocks: dict[str, tuple[str, ...]]
    paths: tuple[Path, ...]
    modes: dict[str, str]

    @property
    def items(self) -> tuple[str, ...]:
        """All items, block after block."""
        return tuple(item for latent in self.latents for item in self.blocks[latent])

    @property
    def membership(self) -> NDArray[np.bool_]:
        """Items × latents: which item belongs to which block."""
        owner = np.repeat(np.arange(len(self.latents)), [len(self.blocks[latent]) for latent in self.latents])
        return np.asarray(owner[:, None] == np.arange(len(self.latents)))

    @property
    def arrows(self) -> NDArray[np.bool_]:
        """Latents × latents: true where an arrow leads from the row's latent to the column's."""
        arrows = np.zeros((len(self.latents), len(self.latents)), dtype=bool)
        for start, end in self.paths:
            arrows[self.latents.index(start), self.latents.index(end)] = True
        return arrows


def draw_model(
    blocks: Mapping[str, Sequence[str]], paths: Iterable[Path], modes: Mapping[str, str] | str | None
) -> PathModel:
    """Return the checked model; items in two blocks, unknown or lonely latents and cycles raise."""
    if not isinstance(blocks, Mapping) or not blocks:
        raise StatisticsError(f"blocks 为空或不是 {{潜变量: [题项, …]}}:至少需要两个潜变量,收到 {show(blocks)}")
    checked = {str(latent): _list_items(items) for latent, items in blocks.items()}
    arrows = _list_arrows(paths)
    _check_blocks(checked)
    _check_paths(tuple(checked), arrows)
    return PathModel(tuple(checked), checked, arrows, _read_modes(checked, modes))


def ecsi_paths() -> tuple[Path, ...]:
    """Return the arrows of the European index (Tenenhaus et al. 2005), with Image."""
    return (
        ("Image", "Expectation"),
        ("Expectation", "Quality"),
        ("Expectation", "Value"),
        ("Quality", "Value"),
        ("Image", "Satisfaction"),
        ("Expectation", "Satisfaction"),
        ("Quality", "Satisfaction"),
        ("Value", "Satisfaction"),
        ("Satisfaction", "Complaints"),
        ("Image", "Loyalty"),
        ("Satisfaction", "Loyalty"),
        ("Complaints", "Loyalty"),
    )


def acsi_paths() -> tuple[Path, ...]:
    """Return the arrows of the American index (Fornell et al. 1996)."""
    return (
        ("Expectation", "Quality"),
        ("Expectation", "Value"),
        ("Quality", "Value"),
        ("Expectation", "Satisfaction"),
        ("Quality", "Satisfaction"),
        ("Value", "Satisfaction"),
        ("Satisfaction", "Complaints"),
        ("Satisfaction", "Loyalty"),
        ("Complaints", "Loyalty"),
    )


def _list_items(items: Any) -> tuple[str, ...]:
    # One item needs no list; a string is not its letters.
    return (items,) if isinstance(items, str) or not np.iterable(items) else tuple(items)


def _list_arrows(paths: Any) -> tuple[Path, ...]:
    arrows: list[Any] = list(paths) if np.iterable(paths) else []
    wrong = [arrow for arrow in arrows if isinstance(arrow, str) or not np.iterable(arrow) or len(tuple(arrow)) != 2]
    if wrong or not arrows:
        raise StatisticsError(f"paths 应为 [(从, 到), …],收到 {show(wrong[0] if wrong else paths)}")
    return tuple((str(start), str(end)) for start, end in arrows)


def _check_blocks(blocks: Mapping[str, tuple[str, ...]]) -> None:
    owner: dict[str, str] = {}
    for latent, items in blocks.items():
        if not items:
            raise StatisticsError(f"潜变量 {latent} 没有任何题项")
        for item in items:
            if item in owner:
                raise StatisticsError(f"题项 {item} 同时属于 {owner[item]} 和 {latent}:每个题项只能在一个块里")
            owner[item] = latent


def _check_paths(latents: tuple[str, ...], paths: tuple[Path, ...]) -> None:
    for path in paths:
        unknown = [end for end in path if end not in latents]
        if unknown:
            raise StatisticsError(f"路径 {path[0]}→{path[1]} 里的 {unknown[0]} 不在 blocks 中;有:{'、'.join(latents)}")
        if paths.count(path) > 1:
            raise StatisticsError(f"路径 {path[0]}→{path[1]} 重复")
    lonely = [latent for latent in latents if not any(latent in path for path in paths)]
    if lonely:
        raise StatisticsError(f"潜变量 {lonely[0]} 没有任何路径:无法估计,请连上或去掉")
    graph: dict[str, set[str]] = {latent: set() for latent in latents}
    for start, end in paths:
        graph[end].add(start)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib lists each node after its successor.
        raise StatisticsError(f"路径成环:{'→'.join(reversed(error.args[1]))};PLS 只接受无环的路径图") from error


def _read_modes(blocks: Mapping[str, object], modes: Mapping[str, str] | str | None) -> dict[str, str]:
    if not isinstance(modes, str | Mapping | None):
        raise StatisticsError(f'modes 应为 {{潜变量: "A" 或 "B"}},收到 {show(modes)}')
    given = dict.fromkeys(blocks, modes or "A") if isinstance(modes, str | None) else dict(modes)
    for latent, mode in given.items():
        if latent not in blocks:
            raise StatisticsError(f"modes 里的 {latent} 不在 blocks 中")
        if mode not in ("A", "B"):
            raise StatisticsError(f"modes[{latent}] 为 {show(mode)};可选:A(反映型)、B(形成型)")
    return {latent: given.get(latent, "A") for latent in blocks}
