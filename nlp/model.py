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
    path = folder / f"heads-{training.recipe_id(examples.shipped(), reader.encoder_id)}"
    try:
        return HeadsModel.load(path)
    except UnreadableModel:
        model = training.train(encoder=reader)
        model.save(path)
        return model
