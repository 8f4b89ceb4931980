"""A small convolutional network over words: for each word, whether a signal holds it or begins there; for each sentence, whether it says one.

Three layers look at five words, then at two neighbours two and four words away; what the whole sentence shows is added to every word.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.reading import Reading, pieces, vectors
from nlp.words import TABLE

LABELS = ("pain", "suggestion", "tip", "praise", "compensation", "handoff", "want", "purpose")
LAYERS = ((-2, -1, 0, 1, 2), (-2, 0, 2), (-4, 0, 4))
INPUT, HIDDEN = 64, 48
Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Network:
    """The weights of one network, each (inputs, outputs). ``static``, ``table`` and ``marks`` make a word's input of its vector,
    its pieces and what was found there; ``layer0`` to ``layer2`` are the layers, ``whole`` reads the sentence,
    ``word`` and ``sentence`` give the answers: inside and begins for each label, and says for each label.
    """

    static: Array
    table: Array
    marks: Array
    layer0: Array
    layer0_bias: Array
    layer1: Array
    layer1_bias: Array
    layer2: Array
    layer2_bias: Array
    whole: Array
    whole_bias: Array
    join: Array
    join_bias: Array
    word: Array
    word_bias: Array
    sentence: Array
    sentence_bias: Array

    @classmethod
    def begun(cls, dimensions: int, marks: int, seed: int) -> Network:
        """Return an untrained network in single precision."""
        chance = np.random.default_rng(seed)

        def random(rows: int, columns: int, size: float) -> Array:
            return (chance.standard_normal((rows, columns)) * size).astype(np.float32)

        def layer(rows: int, columns: int, size: float) -> Array:
            return random(rows, columns, size * (2 / rows) ** 0.5)

        def level(count: int, value: float = 0.0) -> Array:
            return np.full(count, value, dtype=np.float32)

        near, far = (len(LAYERS[0]) * INPUT, len(LAYERS[1]) * HIDDEN)
        return cls(
            static=layer(dimensions, INPUT, 0.7),
            table=random(TABLE, INPUT, 0.1),
            marks=random(marks, INPUT, 0.1),
            layer0=layer(near, HIDDEN, 1.0),
            layer0_bias=level(HIDDEN),
            layer1=layer(far, HIDDEN, 0.7),
            layer1_bias=level(HIDDEN),
            layer2=layer(far, HIDDEN, 0.7),
            layer2_bias=level(HIDDEN),
            whole=layer(2 * HIDDEN, HIDDEN, 1.0),
            whole_bias=level(HIDDEN),
            join=layer(HIDDEN, HIDDEN, 1.0),
            join_bias=level(HIDDEN),
            word=layer(HIDDEN, 2 * len(LABELS), 0.3),
            word_bias=level(2 * len(LABELS), -2.0),
            sentence=layer(HIDDEN, len(LABELS), 0.3),
            sentence_bias=level(len(LABELS), -1.5),
        )

    def arrays(self) -> dict[str, Array]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def exact(self) -> Network:
        """Return the same network in doubles: a product of floats differs in its last digits with the number of rows."""
        return Network(**{name: array.astype(np.float64) for name, array in self.arrays().items()})


@dataclass(slots=True)
class Pass:
    """What one forward pass computed: the answers in ``words`` (places, 16) and ``sentences`` (sentences, 8), as log-odds, and
    the steps that lead there, from the rows' ``vectors`` and ``pieces`` on. A gate is 0 where a neuron is silent or dropped."""

    words: Array
    sentences: Array
    vectors: Array
    pieces: sparse.csr_matrix
    shown: list[Array]
    gates: list[Array]
    kept: Array
    hidden: Array
    highest: Array
    pooled: Array
    whole: Array
    whole_gate: Array
    joined: Array
    joined_gate: Array
    pooled_gate: Array


def forward(
    network: Network,
    read: Reading,
    chance: np.random.Generator | None = None,
    dropped: float = 0.0,
    forgotten: float = 0.0,
) -> Pass:
    """Return the answers for ``read``. With ``chance``, as training needs, the share ``dropped`` of the neurons is silent, and of
    the share ``forgotten`` of the rows only the word's vector is known, not its pieces: so the network learns to read words it
    never met.
    """
    opens = read.opens()
    lengths = np.diff(np.append(opens, len(read.word)))[:, None]
    place = np.repeat(np.arange(len(opens)), lengths[:, 0])

    def mask(array: Array, share: float) -> Array:
        if chance is None:
            return np.ones((1, 1), array.dtype)
        return (chance.random(array.shape, dtype=np.float32) >= share) * np.float32(1 / (1 - share))

    def gate(array: Array) -> Array:
        return (array > 0).astype(array.dtype) * mask(array, dropped)

    one = network.static.dtype
    given = vectors(read.lexicon, read.number).astype(one)
    held = pieces(read.lexicon, read.number).astype(one)
    if chance is not None and forgotten:
        known = (chance.random(held.shape[0], dtype=np.float32) >= forgotten).astype(one)
        held.data *= np.repeat(known, np.diff(held.indptr))
    entered = given @ network.static + held @ network.table + read.marks.astype(one) @ network.marks
    at = np.asarray(entered)[read.word]
    kept = mask(at, dropped)
    at = at * kept
    shown, gates = [], []
    weights = (
        (network.layer0, network.layer0_bias),
        (network.layer1, network.layer1_bias),
        (network.layer2, network.layer2_bias),
    )
    for number, (offsets, (weight, bias)) in enumerate(zip(LAYERS, weights, strict=True)):
        near = windows(at, read, offsets)
        raised = near @ weight + bias
        open_ = gate(raised)
        at = raised * open_ if number == 0 else at + raised * open_
        shown.append(near)
        gates.append(open_)
    highest = np.maximum.reduceat(at, opens, axis=0)
    pooled = np.hstack([highest, np.add.reduceat(at, opens, axis=0) / lengths.astype(one)])
    pooled_gate = mask(pooled, dropped)
    pooled = pooled * pooled_gate
    raised = pooled @ network.whole + network.whole_bias
    whole_gate = (raised > 0).astype(one)
    whole = raised * whole_gate
    raised = at @ network.join + network.join_bias + whole[place]
    joined_gate = gate(raised)
    joined = raised * joined_gate
    return Pass(
        words=joined @ network.word + network.word_bias,
        sentences=whole @ network.sentence + network.sentence_bias,
        vectors=given,
        pieces=held,
        shown=shown,
        gates=gates,
        kept=kept,
        hidden=at,
        highest=highest,
        pooled=pooled,
        whole=whole,
        whole_gate=whole_gate,
        joined=joined,
        joined_gate=joined_gate,
        pooled_gate=pooled_gate,
    )


def windows(at: Array, read: Reading, offsets: tuple[int, ...]) -> Array:
    """Return for each place what stands at it and around it, zeros outside its sentence: (places, offsets x columns)."""
    padded = np.vstack([at, np.zeros((1, at.shape[1]), at.dtype)])
    return np.hstack([padded[read.neighbour(offset)] if offset else at for offset in offsets])
