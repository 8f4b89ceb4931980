"""Protects: encoders give unit vectors that do not depend on the order of texts, and say what to do when weights are missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlp.encoders import Encoder, EncoderMissing, open_encoder

TEXTS = [
    "the app does not unlock the bike",
    "",
    "refund has not arrived",
    "  ",
    "bike stays locked",
    "refund has not arrived",
]


@pytest.fixture(params=["static", "semantic"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "static":
        return open_encoder("static")
    shared: Path = request.getfixturevalue("shared")
    return open_encoder("semantic", shared / "models" / "all-MiniLM-L6-v2-int8")


def test_rows_are_unit_vectors_and_blank_texts_are_zeros(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1, 0, 1, 1], atol=1e-5)
    np.testing.assert_array_equal(vectors[2], vectors[5])
    assert encoder.encode([]).shape == (0, encoder.dimensions)


def test_order_does_not_matter_and_meaning_does(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    np.testing.assert_allclose(encoder.encode(TEXTS[::-1])[::-1], vectors, atol=1e-6)
    assert vectors[0] @ vectors[4] > vectors[0] @ vectors[2]


def test_missing_weights_name_the_command(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="earshot models pull"):
        open_encoder("semantic", tmp_path)
    with pytest.raises(EncoderMissing, match="EARSHOT_MODEL_DIR"):
        open_encoder("semantic")
