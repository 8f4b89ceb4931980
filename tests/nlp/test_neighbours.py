"""Protects: neighbours are the nearest ones, exact or through cells, and the graph is symmetric with sound weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import neighbours
from nlp.encoders import Vectors, unit
from nlp.neighbours import centred, graph, nearest


def crowd(n: int, middles: int, seed: int) -> Vectors:
    rng = np.random.default_rng(seed)
    homes = rng.normal(size=(middles, 24))
    return unit(homes[rng.integers(middles, size=n)] + 0.4 * rng.normal(size=(n, 24)))


def test_the_exact_search_agrees_with_all_cosines() -> None:
    vectors = crowd(300, 12, 0)
    found = nearest(vectors, 7)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    expected = np.sort(cosines, axis=1)[:, ::-1][:, :7]
    np.testing.assert_allclose(found.cosines, expected, atol=1e-6)
    assert not (found.rows == np.arange(300)[:, None]).any()


def test_cells_find_nearly_all_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = crowd(2000, 40, 1)
    exact = nearest(vectors, 10)
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 100)
    monkeypatch.setattr(neighbours, "_CELL", 50)
    through_cells = nearest(vectors, 10, seed=3)
    shared = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact.rows, through_cells.rows, strict=True)])
    assert shared > 0.95
    np.testing.assert_array_equal(through_cells.rows, nearest(vectors, 10, seed=3).rows)


@given(st.integers(8, 60), st.integers(1, 6), st.integers(0, 2**16))
@settings(max_examples=40, deadline=None)
def test_the_graph_is_symmetric_and_no_weight_exceeds_one(n: int, k: int, seed: int) -> None:
    vectors = centred(crowd(n, 3, seed))
    weights = graph(nearest(vectors, k)).toarray()
    np.testing.assert_allclose(weights, weights.T)
    assert weights.min() >= 0
    assert weights.max() <= 1 + 1e-6
    assert (np.diag(weights) == 0).all()
    assert ((weights > 0).sum(axis=1) >= k).all()


def test_the_weight_is_cosine_times_jaccard_of_the_lists() -> None:
    vectors = crowd(30, 3, 5)
    found = nearest(vectors, 4)
    weights = graph(found).toarray()
    first, second = 0, int(found.rows[0, 0])
    a, b = {0, *found.rows[0].tolist()}, {second, *found.rows[second].tolist()}
    expected = float(vectors[first] @ vectors[second]) * len(a & b) / len(a | b)
    assert weights[first, second] == pytest.approx(max(expected, 0), abs=1e-6)


def test_too_many_neighbours_are_refused() -> None:
    with pytest.raises(ValueError, match="between 1 and 4"):
        nearest(crowd(5, 2, 0), 5)


def test_lists_among_some_rows_are_their_nearest() -> None:
    vectors = crowd(300, 12, 4)
    rows = np.sort(np.random.default_rng(1).choice(300, size=240, replace=False))
    wide = neighbours.among(nearest(vectors, 60), rows, 10)
    np.testing.assert_array_equal(wide.rows, nearest(vectors[rows], 10).rows)


def test_a_list_too_short_names_the_row_itself_and_weighs_no_more_for_it() -> None:
    found = neighbours.among(nearest(crowd(60, 3, 5), 6), np.arange(0, 60, 4), 5)
    assert (found.cosines[found.rows == np.arange(15)[:, None]] == 0).all()
    weights = graph(found)
    assert np.isfinite(weights.data).all()
    assert weights.data.max() <= 1
