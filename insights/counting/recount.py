"""Count anew from notes and signals, and compare with what is kept: the two must be equal at any moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from insights.counting.packing import FACETS, HEAD, NOTES, NOWHERE, hashed, place_of, told_of_note, unpack
from insights.counting.settling import OF_NOTE, settle, touch_everything
from insights.store import Store
from insights.tables import CountBlockRow, CountTouchedRow, FacetValueRow, FeedbackRow, SearchNoteRow, SignalRow
from nlp.signals import Attribution

_STREAMED = 5_000


@dataclass(frozen=True, slots=True)
class Recount:
    """How many records are kept, how many of them nothing stands behind, and how many are missing; notes without words."""

    records: int
    surplus: int
    missing: int
    unsearchable: int

    @property
    def right(self) -> bool:
        return not (self.surplus or self.missing or self.unsearchable)


def recount(store: Store) -> Recount:
    """Compare everything counted with a count from the raw rows. Reads the whole store. Raises StoreError."""
    with store.connect() as connection:
        kept, true = _kept(connection), _true(connection)
        searchable = connection.execute(select(func.count()).select_from(SearchNoteRow)).scalar_one()
        notes = connection.execute(select(func.count()).select_from(FeedbackRow)).scalar_one()
        waiting = connection.execute(select(func.count()).select_from(CountTouchedRow)).scalar_one()
    return Recount(
        records=kept.total(),
        surplus=(kept - true).total(),
        missing=(true - kept).total() + waiting,
        unsearchable=abs(notes - searchable),
    )


def repair(store: Store) -> None:
    """Forget what is counted and count anew. Raises StoreError."""
    with store.begin() as connection:
        touch_everything(connection)
        settle(connection)


def _kept(connection: Connection) -> Counter[tuple[object, ...]]:
    values = {
        (row.field, row.code): row.value
        for row in connection.execute(select(FacetValueRow.field, FacetValueRow.code, FacetValueRow.value))
    }
    found: Counter[tuple[object, ...]] = Counter()
    columns = (CountBlockRow.place, CountBlockRow.week, CountBlockRow.data)
    for block in connection.execute(select(*columns), execution_options={"yield_per": _STREAMED}):
        for record in unpack(block.data).tolist():
            said = tuple(values.get((name, code), "") for name, code in zip(FACETS, record[len(HEAD) :], strict=True))
            found[(block.place, block.week, *record[: len(HEAD)], *said)] += 1
    return found


def _true(connection: Connection) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    signals = (
        select(
            SignalRow.id, SignalRow.feedback_id, SignalRow.customer, SignalRow.occurred_at, SignalRow.severity,
            SignalRow.theme_id, SignalRow.kind, SignalRow.week, *OF_NOTE,
        )
        .join(FeedbackRow, FeedbackRow.id == SignalRow.feedback_id)
        .where(SignalRow.attribution != Attribution.AGENT.value)
    )  # fmt: skip
    for row in connection.execute(signals, execution_options={"yield_per": _STREAMED}):
        place = place_of(row.theme_id, row.kind)
        if place != NOWHERE:
            head = (row.id, hashed(row.feedback_id), hashed(row.customer), int(row.occurred_at.timestamp()))
            found[(place, row.week, *head, row.severity, *told_of_note(row), *_said(row))] += 1
    notes = select(FeedbackRow.id, FeedbackRow.customer_key, FeedbackRow.occurred_at, FeedbackRow.week, *OF_NOTE)
    for row in connection.execute(notes, execution_options={"yield_per": _STREAMED}):
        number = hashed(row.id)
        head = (number, number, hashed(row.customer_key or row.id), int(row.occurred_at.timestamp()))
        found[(NOTES, row.week, *head, 0, *told_of_note(row), *_said(row))] += 1
    return found


def _said(row: Row[Any]) -> tuple[str, ...]:
    return tuple(getattr(row, name) for name in FACETS)
