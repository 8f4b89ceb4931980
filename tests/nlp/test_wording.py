"""Protects: words stand beside meaning with their agreed share, equal texts have equal rows, and texts without words stay zeros."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfTransformer

from nlp import wording
from nlp.encoders import unit
from nlp.wording import WEIGHT, with_words

TEXTS = [
    "the lock will not open",
    "the lock does not open",
    "my refund is late",
    "my refund is late",
    "a map of stations",
]


def meaning(n: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return unit(np.random.default_rng(0).normal(size=(n, 16)))


def test_shared_words_bring_texts_nearer() -> None:
    rows = with_words(np.full((5, 4), 0.5, np.float32), TEXTS)
    cosines = rows @ rows.T
    assert cosines[0, 1] > cosines[0, 2]
    np.testing.assert_array_equal(rows[2], rows[3])


def test_meaning_keeps_its_share() -> None:
    rows = with_words(meaning(5), TEXTS)
    np.testing.assert_allclose((rows[:, :16] ** 2).sum(axis=1), 1 - WEIGHT, atol=1e-5)
    np.testing.assert_allclose((rows[:, 16:] ** 2).sum(axis=1), WEIGHT, atol=1e-5)


def test_the_projection_keeps_the_cosines_of_words() -> None:
    texts = [f"{a} {b} {c}" for a in ("red", "blue", "green") for b in ("lock", "key", "map") for c in ("now", "late")]
    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(wording._counter().transform(texts))
    exact = (weighed @ weighed.T).toarray()
    rows = unit(np.asarray((weighed @ wording._projection()).toarray()))
    assert np.corrcoef((rows @ rows.T).ravel(), exact.ravel())[0, 1] > 0.97


def test_a_crowd_goes_by_its_vectors_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "AT_MOST", 4)
    vectors = meaning(5)
    np.testing.assert_array_equal(with_words(vectors, TEXTS), vectors)


@given(st.lists(st.text(max_size=30), max_size=12))
@settings(max_examples=25, deadline=None)
def test_any_text_is_taken(texts: list[str]) -> None:
    vectors = meaning(max(1, len(texts)))[: len(texts)]
    if len(vectors):
        vectors[0] = 0
    rows = with_words(vectors, texts)
    assert len(rows) == len(texts)
    assert np.isfinite(rows).all()
    assert not rows[:1].any()


def test_every_vector_needs_its_text() -> None:
    with pytest.raises(ValueError, match="every vector its text"):
        with_words(meaning(2), TEXTS)
