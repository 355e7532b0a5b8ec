"""Lohmöller's algorithm on covariance matrices, a whole stack of resamples at once.

Scores are linear in the items, so every step needs only their covariances: an iteration costs the same for 250 rows
and for 100,000. Shapes: S (b, items, items), W (b, items, latents), C (b, latents, latents).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_engine.stats.arrays import Floats
from feedback_engine.stats.pls_model import PathModel

SCHEMES = ("centroid", "factorial", "path")
SIGN_RULES = ("majority", "first", "none")


@dataclass(frozen=True, slots=True)
class OuterSolution:
    """Outer weights of a stack (scores with variance 1), how many iterations each took, and which converged."""

    weights: Floats
    iterations: NDArray[np.intp]
    is_converged: NDArray[np.bool_]


def solve_outer(
    covariance: Floats, model: PathModel, scheme: str, tolerance: float, max_iterations: int
) -> OuterSolution:
    """Return the outer weights of every covariance matrix in the stack; stops at max |Δ|w|| < tolerance."""
    membership, arrows = model.membership, model.arrows
    inverses = _mode_b_inverses(covariance, model)
    weights = _standardise(
        np.broadcast_to(membership.astype(float), (*covariance.shape[:2], len(model.latents))), covariance
    )
    iterations = np.zeros(covariance.shape[0], dtype=np.intp)
    active = np.arange(covariance.shape[0])
    for _ in range(max_iterations):
        current, s = weights[active], covariance[active]
        cross = s @ current
        inner = _inner_weights(np.swapaxes(current, 1, 2) @ cross, arrows, scheme)
        fresh = np.where(membership, cross @ inner, 0.0)
        for rows, inverse in inverses:
            fresh[:, rows] = inverse[active] @ fresh[:, rows]
        fresh = _standardise(fresh, s, current)
        weights[active] = fresh
        iterations[active] += 1
        active = active[np.abs(np.abs(fresh) - np.abs(current)).max(axis=(1, 2)) >= tolerance]
        if active.size == 0:
            break
    return OuterSolution(weights, iterations, ~np.isin(np.arange(covariance.shape[0]), active))


def loadings_of(covariance: Floats, weights: Floats) -> Floats:
    """Return the correlations of every item with every latent's scores, (b, items, latents)."""
    spread = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    return np.asarray((covariance @ weights) / spread[:, :, None])


def orient(covariance: Floats, weights: Floats, membership: NDArray[np.bool_], rule: str) -> Floats:
    """Return the weights with each latent's sign settled.

    "majority": most loadings of the block positive, a tie goes to its first item; "first": the first item's loading
    positive; "none": as the algorithm left it.
    """
    if rule == "none":
        return weights
    own = np.where(membership, np.sign(np.round(loadings_of(covariance, weights), 12)), 0.0)
    first = own[:, membership.argmax(axis=0), np.arange(membership.shape[1])]
    votes = own.sum(axis=1) if rule == "majority" else first
    votes = np.where(votes == 0, first, votes)
    return np.asarray(weights * np.where(votes < 0, -1.0, 1.0)[:, None, :])


def align(covariance: Floats, weights: Floats, reference: Floats, membership: NDArray[np.bool_]) -> Floats:
    """Return resampled weights with the sign under which each block's loadings resemble the reference loadings."""
    likeness = np.where(membership, loadings_of(covariance, weights) * reference, 0.0).sum(axis=1)
    return np.asarray(weights * np.where(likeness < 0, -1.0, 1.0)[:, None, :])


def regress_inner(correlation: Floats, arrows: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the path coefficients (b, from, to) and R² (b, latents) from the latents' correlations."""
    betas = np.zeros_like(correlation)
    for end in np.flatnonzero(arrows.any(axis=0)):
        starts = np.flatnonzero(arrows[:, end])
        betas[:, starts, end] = _solve(correlation, starts, correlation[:, starts, end])
    return betas, np.asarray((betas * correlation).sum(axis=1))


def total_effects_of(betas: Floats) -> Floats:
    """Return direct plus indirect effects, (I-B)⁻¹ - I; the graph has no cycles, so the sum of powers ends."""
    total, power = betas.copy(), betas
    for _ in range(betas.shape[1] - 2):
        power = power @ betas
        total = total + power
    return total


def _inner_weights(correlation: Floats, arrows: NDArray[np.bool_], scheme: str) -> Floats:
    linked = arrows | arrows.T
    if scheme == "centroid":
        return np.where(linked, np.sign(correlation), 0.0)
    if scheme == "factorial":
        return np.where(linked, correlation, 0.0)
    # Path scheme: a latent listens to its causes by regression, to its effects by correlation.
    return regress_inner(correlation, arrows)[0] + np.where(arrows.T, correlation, 0.0)


def _solve(correlation: Floats, starts: NDArray[np.intp], target: Floats) -> Floats:
    among = correlation[:, starts[:, None], starts[None, :]]
    try:
        return np.asarray(np.linalg.solve(among, target[..., None])[..., 0])
    except np.linalg.LinAlgError:
        # One resample without full rank must not cost the others; the fit itself is checked by name.
        return np.asarray((np.linalg.pinv(among, hermitian=True) @ target[..., None])[..., 0])


def _mode_b_inverses(covariance: Floats, model: PathModel) -> list[tuple[NDArray[np.intp], Floats]]:
    membership = model.membership
    found: list[tuple[NDArray[np.intp], Floats]] = []
    for column, latent in enumerate(model.latents):
        if model.modes[latent] == "B":
            rows = np.flatnonzero(membership[:, column])
            block = covariance[:, rows[:, None], rows[None, :]]
            found.append((rows, np.asarray(np.linalg.pinv(block, rcond=1e-12, hermitian=True))))
    return found


def _standardise(weights: Floats, covariance: Floats, fallback: Floats | None = None) -> Floats:
    variance = np.einsum("bil,bil->bl", weights, covariance @ weights)[:, None, :]
    # A latent exactly uncorrelated with its neighbours learns nothing from them and keeps its weights.
    silent = variance <= 1e-24
    scaled = weights / np.sqrt(np.where(silent, 1.0, variance))
    return np.asarray(scaled if fallback is None else np.where(silent, fallback, scaled))
