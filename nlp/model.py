"""The model in use: built once for the current sentences, patterns and settings, then read from its folder."""

from __future__ import annotations

from pathlib import Path

from nlp import examples, training
from nlp.encoders import Encoder
from nlp.heads import HeadsModel, UnreadableModel
from nlp.static_encoder import StaticEncoder

__all__ = ["HeadsModel", "UnreadableModel", "open_model"]


def open_model(folder: Path, encoder: Encoder | None = None) -> HeadsModel:
    """Return the model of the current recipe from ``folder``, training it there first when it is not built yet.

    A model whose files are broken is trained anew. Takes under a minute when it trains, milliseconds otherwise.
    """
    reader = encoder or StaticEncoder()
    try:
        return HeadsModel.load(_path(folder, reader))
    except UnreadableModel:
        build(folder, reader)
        return HeadsModel.load(_path(folder, reader))


def build(folder: Path, encoder: Encoder | None = None) -> Path:
    """Train the model of the current recipe, in under a minute, and return the path its two files share."""
    reader = encoder or StaticEncoder()
    path = _path(folder, reader)
    training.train(encoder=reader).save(path)
    return path


def _path(folder: Path, encoder: Encoder) -> Path:
    return folder / f"heads-{training.recipe_id(examples.shipped(), encoder.encoder_id)}"
