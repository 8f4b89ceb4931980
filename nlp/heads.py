"""What the heads have learned: arrays and settings in one .npz and one .json, never a pickle."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.network import Network

HEADS = ("pain", "suggestion", "tip", "praise", "compensation", "handoff")
FORMAT = 3
Floats = NDArray[np.float32]


class UnreadableModel(RuntimeError):
    """The files of a model are missing, broken or of another format; the message names the mend."""


@dataclass(frozen=True, slots=True)
class HeadsModel:
    """The learned weights. ``hashed`` and ``dense`` are (columns, heads) and judge a clause, ``around_...`` its sentence;
    ``idf`` is one weight per hashed column.

    ``networks`` judge words. ``combine`` (evidence, heads) and its bias join all that into a calibrated probability,
    ``thresholds`` (speakers, heads) is the least probability at which the head speaks. ``starts`` judges job candidates
    (columns, 2 kinds) and ``job_combine`` joins that with the networks, ``job_thresholds`` is (speakers, 2 kinds), ``stops``
    judges where a job ends.
    """

    recipe_id: str
    encoder_id: str
    hashed: Floats
    dense: Floats
    bias: Floats
    around_hashed: Floats
    around_dense: Floats
    around_bias: Floats
    idf: Floats
    combine: Floats
    combine_bias: Floats
    thresholds: Floats
    starts: Floats
    starts_bias: Floats
    job_combine: Floats
    job_combine_bias: Floats
    job_thresholds: Floats
    stops: Floats
    stops_bias: Floats
    stop_combine: Floats
    networks: tuple[Network, ...]

    def save(self, path: Path) -> None:
        """Write ``path``.npz and ``path``.json; a reader never sees half of them."""
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays = {name: value for name, value in _items(self) if isinstance(value, np.ndarray)}
        for number, network in enumerate(self.networks):
            arrays |= {f"network{number}.{name}": array for name, array in network.arrays().items()}
        texts = {name: value for name, value in _items(self) if isinstance(value, str)}
        waiting = path.with_name(f"{path.name}.{os.getpid()}.npz")
        np.savez_compressed(waiting, **arrays)  # type: ignore[arg-type]
        os.replace(waiting, path.with_name(path.name + ".npz"))
        waiting = path.with_name(f"{path.name}.{os.getpid()}.json")
        waiting.write_text(json.dumps({"format": FORMAT, "heads": HEADS, **texts}, indent=1), encoding="utf-8")
        os.replace(waiting, path.with_name(path.name + ".json"))

    @classmethod
    def load(cls, path: Path) -> HeadsModel:
        """Read what ``save`` wrote. Raises UnreadableModel."""
        try:
            texts = json.loads(path.with_name(path.name + ".json").read_text(encoding="utf-8"))
            if texts.pop("format") != FORMAT or tuple(texts.pop("heads")) != HEADS:
                raise UnreadableModel(f"{path}: made by another version; train again with `earshot train`")
            with np.load(path.with_name(path.name + ".npz"), allow_pickle=False) as arrays:
                own = {name: arrays[name] for name in arrays.files if "." not in name}
                networks: dict[str, dict[str, NDArray[np.float32]]] = {}
                for name in sorted(set(arrays.files) - own.keys()):
                    network, _, array = name.partition(".")
                    networks.setdefault(network, {})[array] = arrays[name]
                return cls(**texts, **own, networks=tuple(Network(**network) for network in networks.values()))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnreadableModel(f"{path}: {error}; train again with `earshot train`") from error


def _items(model: HeadsModel) -> list[tuple[str, object]]:
    return [(field.name, getattr(model, field.name)) for field in fields(model)]
