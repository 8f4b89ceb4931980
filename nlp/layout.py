"""Places on a map: groups that mean much the same lie near each other, and their members around them.

Groups are laid out by the cosine of their means: classical scaling first, then pushed apart until none covers another.
Members stand around their group as they differ from its mean. The same vectors give the same map.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ROUNDS = 120
ROOM = 1.35
"""Space between the circles of two groups, as a part of their radii."""

Points = NDArray[np.float64]


def layout(vectors: NDArray[np.float32], groups: NDArray[np.int64]) -> Points:
    """Return a place for each vector, float64[n, 2] between 0 and 1; ``groups`` is int64[n], the group of each."""
    if not len(vectors):
        return np.zeros((0, 2))
    ids, of = np.unique(groups, return_inverse=True)
    sizes = np.bincount(of)
    means = np.zeros((len(ids), vectors.shape[1]))
    np.add.at(means, of, vectors)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    radii = np.sqrt(sizes / sizes.sum()) * 0.5
    centres = _apart(_scaled(means), radii)
    points = np.zeros((len(vectors), 2))
    for group in range(len(ids)):
        here = of == group
        points[here] = centres[group] + radii[group] * _around(vectors[here] - vectors[here].mean(axis=0))
    low, high = points.min(axis=0), points.max(axis=0)
    return np.asarray((points - low) / np.maximum(high - low, 1e-9))


def _scaled(means: Points) -> Points:
    """Classical scaling of the means to two dimensions, spread evenly by rank."""
    if len(means) == 1:
        return np.zeros((1, 2))
    centred = means - means.mean(axis=0)
    left, strengths, _ = np.linalg.svd(centred, full_matrices=False)
    flat = _signed(left[:, :2] * strengths[:2])
    if flat.shape[1] < 2:
        flat = np.pad(flat, ((0, 0), (0, 1)))
    ranks = flat.argsort(axis=0).argsort(axis=0) / max(1, len(flat) - 1)
    spread = np.ptp(flat, axis=0)
    return np.asarray(0.5 * ranks + 0.5 * (flat - flat.min(axis=0)) / np.maximum(spread, 1e-9))


def _apart(centres: Points, radii: NDArray[np.float64]) -> Points:
    """Push groups apart until their circles no longer overlap, the small ones more than the large."""
    places = centres.copy()
    need = ROOM * (radii[:, None] + radii[None, :])
    weight = radii[None, :] / (radii[:, None] + radii[None, :])
    for _ in range(ROUNDS):
        away = places[:, None, :] - places[None, :, :]
        far = np.sqrt((away**2).sum(axis=2)) + 1e-9
        short = np.maximum(0.0, need - far)
        np.fill_diagonal(short, 0.0)
        if not short.any():
            break
        places += ((0.5 * weight * short / far)[:, :, None] * away).sum(axis=1)
    return places


def _around(rest: Points) -> Points:
    """Where members stand in a circle of radius 1 around their group."""
    if len(rest) < 3:
        angles = np.arange(len(rest)) * np.pi
        return (
            np.asarray(0.5 * np.stack([np.cos(angles), np.sin(angles)], axis=1)) if len(rest) > 1 else np.zeros((1, 2))
        )
    _, axes = np.linalg.eigh(rest.T @ rest)
    flat = _signed(rest @ axes[:, -1:-3:-1])
    angles = np.arctan2(flat[:, 1], flat[:, 0])
    # By rank of distance, so that a group fills its circle evenly however its members are spread.
    reach = np.sqrt((np.hypot(flat[:, 0], flat[:, 1]).argsort().argsort() + 0.5) / len(flat))
    return np.asarray(np.stack([reach * np.cos(angles), reach * np.sin(angles)], axis=1))


def _signed(columns: Points) -> Points:
    """Turn each axis so that its largest value is positive: a decomposition may give either sign."""
    largest = np.abs(columns).argmax(axis=0)
    signs = np.sign(columns[largest, np.arange(columns.shape[1])])
    return np.asarray(columns * np.where(signs == 0, 1, signs))
