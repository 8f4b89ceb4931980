"""Learning from people's annotations, and the model that workers hear with."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from insights.desk import annotated, models
from insights.store import Store

if TYPE_CHECKING:  # the language libraries take seconds to load
    from nlp.examples import Example
    from nlp.heads import HeadsModel
    from nlp.learning import Comparison

log = structlog.get_logger(__name__)


def learn(store: Store, folder: Path, who: str) -> Comparison:
    """Train on our sentences and on what people annotated, compare with the model in use, and switch if it is better.

    ``folder`` holds built models. Every trial is kept in the store. Raises TooFewAnnotations, StoreError.
    """
    from nlp import examples, learning, training
    from nlp.static_encoder import StaticEncoder

    sentences = examples.shipped()
    encoder = StaticEncoder()
    texts = judged_texts(store)
    base = training.recipe_id(sentences, encoder.encoder_id)
    name = f"{base}-{_fingerprint(texts)}"
    new, found = learning.learn(examples.read(sentences), texts, heads(store, folder), encoder, name)
    models.record(
        store,
        at=datetime.now(UTC),
        who=who,
        reason=found.reason,
        recipe_id=name,
        learnt_from=found.learnt_from,
        held_back=found.held_back,
        old=found.old,
        new=found.new,
        data=_packed(new, folder / f"heads-{name}") if found.better else None,
    )
    return found


def heads(store: Store, folder: Path) -> HeadsModel:
    """Return the model in use: one learnt from annotations, or the one that ships. Raises StoreError."""
    from nlp.heads import HeadsModel
    from nlp.model import open_model

    name = prepared(store, folder)
    return HeadsModel.load(folder / f"heads-{name}") if name else open_model(folder)


def prepared(store: Store, folder: Path) -> str:
    """Put the files of the model in use into ``folder``; return its name, "" for the one that ships. Raises StoreError.

    A learnt model belongs to the sentences and features it was trained with; after an upgrade of Earshot that changed
    them the shipped one serves until somebody trains again.
    """
    found = models.in_use(store)
    if found is None:
        return ""
    from nlp import examples, training
    from nlp.static_encoder import StaticEncoder

    name, data = found
    if name.split("-")[0] != training.recipe_id(examples.shipped(), StaticEncoder.encoder_id):
        log.warning("learnt model is of another Earshot", mend="earshot train --from-annotations")
        return ""
    if not (folder / f"heads-{name}.npz").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for suffix in (".json", ".npz"):
                (folder / f"heads-{name}{suffix}").write_bytes(archive.read(f"heads{suffix}"))
    return name


def judged_texts(store: Store) -> list[Example]:
    """Return the segments that people judged to the end, as examples; a whole note goes to one fold. Raises StoreError."""
    from nlp.annotated import Mark
    from nlp.examples import Example
    from nlp.learning import fold_of

    return [
        Example(
            speaker={"customer": "c", "agent": "a", "note": "n"}[one.speaker],
            style=one.source,
            industry="",
            text=one.text,
            marks=tuple(Mark(label, start, end) for label, start, end in one.marks),
            fold=fold_of(one.feedback_id),
            place=f"{one.feedback_id}:{one.segment}",
        )
        for one in annotated.segments(store)
    ]


def _fingerprint(texts: list[Example]) -> str:
    digest = blake2b(digest_size=8)
    for one in texts:
        digest.update(repr((one.place, one.text, one.marks)).encode())
    return digest.hexdigest()


def _packed(model: HeadsModel, path: Path) -> bytes:
    model.save(path)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for suffix in (".json", ".npz"):
            archive.write(path.with_name(path.name + suffix), f"heads{suffix}")
    return packed.getvalue()
