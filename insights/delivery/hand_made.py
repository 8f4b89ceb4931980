"""Signals that people made, and that have no vector yet: the board has no encoder, the workers do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from insights.counting.evidence import GATHERED, is_evidence
from insights.desk.verdicts import PERSON
from insights.store import Store
from insights.tables import AnnotationRow, SignalRow, VectorRow

AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class HandMade:
    """What a vector is made of. ``free``: the person left it to the machine to find its theme."""

    signal_id: int
    kind: str
    text: str
    product: str
    free: bool


def without_vector(store: Store, encoder_id: str, since: datetime) -> tuple[HandMade, ...]:
    """Return the signals people made since a moment that lack a vector of this encoder. Raises StoreError.

    The cost is that of the judgements since then, not of the signals there are.
    """
    said, heard = AnnotationRow, SignalRow
    has = select(VectorRow.signal_id).where(VectorRow.signal_id == heard.id, VectorRow.encoder_id == encoder_id)
    wanted = (
        select(heard.id, heard.kind, heard.text, heard.product, heard.theme_id, said.placed)
        .join(heard, heard.id == said.became)
        .where(said.at >= since, said.applied, said.undone_by.is_(None), heard.rule == PERSON)
        .where(~has.exists(), is_evidence(), heard.kind.in_([kind.value for kind in GATHERED]))
        .order_by(said.id)
        .limit(AT_MOST)
    )
    with store.connect() as connection:
        found = {
            row.id: HandMade(row.id, row.kind, row.text, row.product, row.theme_id is None and not row.placed)
            for row in connection.execute(wanted)
        }
    return tuple(found.values())
