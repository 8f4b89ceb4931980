"""Protects: the measures do not depend on the order of rows or the names of labels, and score known cases as known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from nlp.measures import accuracy, alone, ari, nmi, numbered

pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 5)), min_size=2, max_size=40)


@given(pairs)
@settings(max_examples=40, deadline=None)
def test_order_and_names_do_not_matter(rows: list[tuple[int, int]]) -> None:
    truth, found = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    order = np.random.default_rng(len(rows)).permutation(len(rows))
    renamed = np.array([10, 7, 8, 3, 5, 4, 9])[found + 1]
    for measure in (accuracy, ari, nmi):
        value = measure(truth, found)
        assert measure(truth[order], found[order]) == pytest.approx(value)
        assert measure(truth, renamed) == pytest.approx(value)
        assert value <= 1 + 1e-9


def test_accuracy_matches_each_theme_with_one_subject() -> None:
    truth = numbered(["a", "a", "a", "b", "b", "c"])
    assert accuracy(truth, np.array([5, 5, 6, 7, 7, 7])) == pytest.approx(4 / 6)


def test_left_out_rows_can_stand_alone() -> None:
    np.testing.assert_array_equal(alone(np.array([0, -1, 1, -1])), [0, 2, 1, 3])


@given(pairs)
@settings(deadline=None)
def test_ari_is_the_published_one(rows: list[tuple[int, int]]) -> None:
    truth, found = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    assert ari(truth, found) == pytest.approx(adjusted_rand_score(truth, found))
