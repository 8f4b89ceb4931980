"""Job stories: what one note says of a job, slot by slot, in the customer's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, select

from insights.counting.counted import Columns
from insights.tables import SegmentRow, SignalRow
from nlp.signals import SignalKind

READ = 60
"""The newest signals of a job that its story is told from."""
SLOTS = ("situation", "want", "purpose")


@dataclass(frozen=True, slots=True)
class Slot:
    """One part of a job story in a customer's own words, and in how many notes that part was heard."""

    words: str
    notes: int


@dataclass(frozen=True, slots=True)
class Told:
    """What one note says of a job: its own words (``core``), and the slots of all jobs in it by name."""

    core: str
    slots: Mapping[str, str]


def told_of(connection: Connection, records: Mapping[int, Columns]) -> dict[int, list[Told]]:
    """What the newest notes of each job say, slot by slot: the job's own words first, then others of the same note."""
    newest = {theme: own.id[np.argsort(-own.moment, kind="stable")][:READ] for theme, own in records.items()}
    ids = [int(one) for some in newest.values() for one in some]
    heard = SignalRow
    own = connection.execute(select(heard.id, heard.theme_id, heard.feedback_id).where(heard.id.in_(ids))).all()
    wanted = (
        select(heard.theme_id, heard.feedback_id, heard.slots, SegmentRow.text)
        .join(SegmentRow, (SegmentRow.feedback_id == heard.feedback_id) & (SegmentRow.position == heard.segment))
        .where(heard.feedback_id.in_({row.feedback_id for row in own}), heard.kind == SignalKind.JOB.value)
        .order_by(heard.feedback_id, heard.segment, heard.start)
    )
    said: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(wanted):
        said.setdefault(row.feedback_id, []).append(row)
    told: dict[int, list[Told]] = {}
    for theme, note in dict.fromkeys((row.theme_id, row.feedback_id) for row in own):
        ordered = sorted(said.get(note, ()), key=lambda row: row.theme_id != theme)
        slots: dict[str, str] = {}
        for row in ordered:
            for name, start, end in row.slots:
                if words := " ".join(row.text[start:end].split()):
                    slots.setdefault(name, words)
        core = next(
            (" ".join(row.text[start:end].split()) for row in ordered[:1] for _, start, end in row.slots[:1]), ""
        )
        told.setdefault(theme, []).append(Told(core, slots))
    return told


def story(told: Sequence[Told], theme_words: str) -> dict[str, Slot]:
    """The story of one note, never pieced together from several: near to the theme's name, and saying most.

    Each slot also tells in how many of the notes that part was said.
    """
    if not told:
        return {}
    own = set(theme_words.casefold().split())

    def order(one: Told) -> tuple[int, int, int, str]:
        return (-len(own & set(one.core.casefold().split())), -len(one.slots), len(one.core), one.core)

    best = min(told, key=order)
    return {
        name: Slot(words, sum(name in one.slots for one in told)) for name, words in best.slots.items() if name in SLOTS
    }
