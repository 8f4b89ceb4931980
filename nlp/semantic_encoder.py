"""The semantic encoder: a sentence transformer run by ONNX Runtime from a local folder. No PyTorch, no network."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType

from nlp.encoders import EncoderMissing, Vectors, unit

MODEL = "sentence-transformers/all-MiniLM-L6-v2"
WEIGHTS = "model.onnx"
FILES = (WEIGHTS, "config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
BATCH = 64


class SemanticEncoder:
    """all-MiniLM-L6-v2, or any mean-pooled transformer in a folder of the same shape.

    ``encoder_id`` carries a hash of the weights, so vectors of a re-quantised or exchanged model are never mixed.
    """

    def __init__(self, model_dir: Path) -> None:
        absent = [name for name in FILES if not (model_dir / name).is_file()]
        if absent:
            raise EncoderMissing(f"{model_dir} has no {', '.join(absent)}: run `earshot models pull`")
        digest = blake2b((model_dir / WEIGHTS).read_bytes(), digest_size=4).hexdigest()
        self.dimensions = int(json.loads((model_dir / "config.json").read_text())["hidden_size"])
        self.encoder_id = f"{model_dir.resolve().name}-{digest}"
        _register(self.encoder_id, self.dimensions)
        self._model = TextEmbedding(self.encoder_id, specific_model_path=str(model_dir))

    def encode(self, texts: Sequence[str]) -> Vectors:
        # Padding costs as much as words do: batches of like length are up to twice as fast. Repeats are encoded once.
        distinct = sorted({text for text in texts if text.strip()}, key=lambda text: (len(text), text))
        row = {text: number for number, text in enumerate(distinct)}
        table = np.zeros((len(distinct) + 1, self.dimensions), dtype=np.float32)
        if distinct:
            table[:-1] = unit(np.stack(list(self._model.embed(distinct, batch_size=BATCH))))
        return table[[row.get(text, len(distinct)) for text in texts]]


def pull(model_dir: Path) -> Path:
    """Fetch all-MiniLM-L6-v2 into ``model_dir`` and return that folder.

    Raises EncoderMissing when it cannot be fetched; the message names the files to copy in by hand.
    """
    model_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=model_dir) as cache:
        try:
            TextEmbedding(MODEL, cache_dir=cache)
        except Exception as error:
            raise EncoderMissing(
                f"{MODEL} could not be fetched ({error}). On a machine without the network, "
                f"copy {', '.join(FILES)} of an ONNX export of it into {model_dir}."
            ) from error
        for name in FILES:
            found = sorted(Path(cache).rglob(name))
            if not found:
                raise EncoderMissing(f"the download of {MODEL} has no {name}; copy it into {model_dir} by hand")
            shutil.copyfile(found[0], model_dir / name)
    return model_dir


def _register(name: str, dimensions: int) -> None:
    if any(model["model"].lower() == name.lower() for model in TextEmbedding.list_supported_models()):
        return
    TextEmbedding.add_custom_model(
        name,
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(url="https://localhost"),
        dim=dimensions,
        model_file=WEIGHTS,
    )
