"""Texts to vectors. Encoders are frozen: a vector made today can be compared with one made next year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class EncoderMissing(RuntimeError):
    """The chosen encoder's weights are not on this machine; the message names the command that fetches them."""


class Encoder(Protocol):
    """Maps texts to unit vectors. ``encoder_id`` names the weights; vectors of two ids are never compared."""

    encoder_id: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of unit length per text, shape (n, dimensions), float32; an empty text gives zeros."""
        ...
