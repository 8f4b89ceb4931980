"""Protects: discovery finds what is plainly there, is the same for a seed, and does not run away with copies."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import silhouette_score

from nlp.discovery import discover
from nlp.encoders import Vectors, unit
from nlp.granularity import RESOLUTIONS, Labels, silhouette
from nlp.louvain import partitions
from nlp.measures import ari
from nlp.neighbours import graph, nearest


def subjects(sizes: list[int], spread: float, seed: int) -> tuple[Vectors, Labels]:
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    homes = unit(rng.normal(size=(len(sizes), 48)))
    return unit(homes[truth] + spread * rng.normal(size=(len(truth), 48)) / np.sqrt(48)), truth


def test_plain_subjects_are_found_without_their_number() -> None:
    vectors, truth = subjects([60] * 12 + [15] * 6, 0.7, 0)
    found = discover(vectors)
    assert ari(truth, found.labels) > 0.95
    assert (found.labels >= 0).mean() > 0.97


def test_fifty_notes_give_themes() -> None:
    vectors, truth = subjects([14, 12, 10, 8, 6], 0.7, 1)
    found = discover(vectors)
    assert 3 <= found.count <= 8
    assert ari(truth, found.labels) > 0.8


def test_the_same_seed_gives_the_same_themes() -> None:
    vectors, _ = subjects([25] * 8, 1.2, 2)
    first, second = discover(vectors, seed=5), discover(vectors, seed=5)
    np.testing.assert_array_equal(first.labels, second.labels)
    assert first.parents == second.parents


def test_copies_do_not_make_themes_finer() -> None:
    vectors, truth = subjects([40] * 10, 0.8, 3)
    once = discover(vectors)
    often = discover(np.concatenate([vectors, vectors, vectors]))
    assert often.count == once.count
    np.testing.assert_array_equal(often.labels[: len(vectors)], often.labels[len(vectors) : 2 * len(vectors)])
    assert ari(truth, often.labels[: len(vectors)]) > 0.95


def test_a_large_set_is_as_coarse_as_a_sample_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.discovery.CHOOSE_ON", 600)
    vectors, truth = subjects([100] * 16, 0.9, 4)
    found = discover(vectors)
    assert 12 <= found.count <= 22
    assert ari(truth, found.labels) > 0.9


def test_texts_without_words_stay_unassigned() -> None:
    vectors, _ = subjects([20] * 4, 0.7, 5)
    vectors[::10] = 0
    labels = discover(vectors).labels
    assert (labels[::10] == -1).all()
    assert (labels[1::10] >= 0).any()


@given(st.integers(0, 40), st.integers(0, 2**16))
@settings(max_examples=12, deadline=None)
def test_any_handful_of_notes_is_taken(n: int, seed: int) -> None:
    vectors = unit(np.random.default_rng(seed).normal(size=(n, 16)))
    found = discover(vectors, seed=seed)
    assert found.labels.shape == (n,)
    assert set(found.labels.tolist()) - {-1} == set(range(found.count))
    sizes = np.bincount(found.labels[found.labels >= 0], minlength=found.count)
    assert (np.diff(sizes) <= 0).all()


def test_the_two_levels_are_a_tree() -> None:
    vectors, _ = subjects([25] * 24, 0.8, 6)
    found = discover(vectors)
    groups: dict[int, set[int]] = {}
    for theme, group in found.parents.items():
        groups.setdefault(group, set()).add(theme)
    assert all(len(themes) > 1 for themes in groups.values())
    assert set(found.parents) <= set(range(found.count))


def test_the_silhouette_is_rousseeuws() -> None:
    vectors, truth = subjects([30, 20, 25, 1], 1.0, 7)
    assert silhouette(vectors, truth) == pytest.approx(silhouette_score(vectors, truth, metric="cosine"), abs=1e-5)


def test_partitions_nest_and_coarsen() -> None:
    vectors, _ = subjects([25] * 24, 0.9, 8)
    found = partitions(graph(nearest(vectors, 15)), RESOLUTIONS)
    coarse_to_fine = [found[resolution] for resolution in sorted(found)]
    for coarse, fine in pairwise(coarse_to_fine):
        assert coarse.max() <= fine.max()
        assert len(set(zip(fine.tolist(), coarse.tolist(), strict=True))) == fine.max() + 1


def test_where_nothing_stands_apart_themes_are_as_many_as_a_reader_can_use() -> None:
    vectors = unit(np.random.default_rng(9).normal(size=(900, 48)))
    assert 15 <= discover(vectors).count <= 60
