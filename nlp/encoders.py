"""Texts to vectors. Encoders are frozen: a vector made today can be compared with one made next year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
EncoderKind = Literal["static", "semantic"]


class EncoderMissing(RuntimeError):
    """The chosen encoder's weights are not on this machine; the message names the command that fetches them."""


class Encoder(Protocol):
    """Maps texts to unit vectors. ``encoder_id`` names the weights; vectors of two ids are never compared."""

    encoder_id: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of unit length per text, shape (n, dimensions), float32; an empty text gives zeros."""
        ...


def open_encoder(kind: EncoderKind, model_dir: Path | None = None) -> Encoder:
    """Load an encoder. ``static`` ships with Earshot; ``semantic`` reads its weights from ``model_dir``.

    Raises EncoderMissing when the weights are not there.
    """
    if kind == "static":
        from nlp.static_encoder import StaticEncoder

        return StaticEncoder()
    from nlp.semantic_encoder import SemanticEncoder

    if model_dir is None:
        raise EncoderMissing("no model folder is named: set EARSHOT_MODEL_DIR, then run `earshot models pull`")
    return SemanticEncoder(model_dir)


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Scale each row to length 1; rows of zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled
