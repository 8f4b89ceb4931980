"""Bring what is counted and searched along with what was written, in the same transaction.

Triggers note every signal and note that anybody writes. Before a transaction commits, the records of these are taken out
of their blocks and put in anew. One transaction at a time may do so, held by the lock on the revision; a reader asks for
blocks of a later revision than it has.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, exists, func, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from insights.columns import table
from insights.counting.packing import FACETS, NOTES, NOWHERE, RECORD, Records, hashed, place_of, told_of_note, unpack
from insights.counting.wording import index_words
from insights.tables import CountBlockRow, CountRevisionRow, CountTouchedRow, FacetValueRow, FeedbackRow, SignalRow
from nlp.signals import Attribution

AT_ONCE = 5_000
"""Touched rows taken up in one go."""
PARAMETERS = 500
FULL = 512
"""Records in one block: what a write must rewrite at most."""
OTHERS = 65_535
"""The code of a value beyond the first 65,534 of its field."""

Cell = tuple[int, date]
TOUCHED, BLOCK, FACET = table(CountTouchedRow), table(CountBlockRow), table(FacetValueRow)


def settle(connection: Connection) -> None:
    """Take up everything that was touched. Cheap when nothing was."""
    if not connection.execute(select(exists(select(TOUCHED.c.sequence)))).scalar_one():
        return
    revision = _next_revision(connection)
    while rows := _take(connection):
        signals: dict[int, set[Cell]] = defaultdict(set)
        notes: dict[str, set[Cell]] = defaultdict(set)
        for row in rows:
            before = (
                set()
                if row.week is None
                else {(NOTES if row.signal_id is None else place_of(row.theme_id, row.kind), row.week)}
            )
            if row.signal_id is None:
                notes[row.feedback_id] |= before
            else:
                signals[row.signal_id] |= before
        gone: dict[Cell, set[int]] = defaultdict(set)
        for signal, cells in signals.items():
            for cell in cells:
                gone[cell].add(signal)
        for note, cells in notes.items():
            for cell in cells:
                gone[cell].add(hashed(note))
        _remove(connection, {cell: ids for cell, ids in gone.items() if cell[0] != NOWHERE}, revision)
        facets = _Facets(connection)
        _append(connection, _signal_records(connection, sorted(signals), facets), revision)
        _append(connection, _note_records(connection, sorted(notes), facets), revision)
        index_words(connection, sorted(notes))


def touch_everything(connection: Connection) -> None:
    """Forget every block and count anew what is there."""
    for row in (CountBlockRow, CountTouchedRow):
        connection.execute(delete(row))
    connection.execute(insert(TOUCHED).from_select(["feedback_id"], select(FeedbackRow.id)))
    connection.execute(insert(TOUCHED).from_select(["signal_id"], select(SignalRow.id)))
    connection.execute(update(CountRevisionRow).values(epoch=uuid.uuid4().hex))


def _next_revision(connection: Connection) -> int:
    """Count one up and hold the lock until the transaction ends."""
    row = table(CountRevisionRow)
    up = update(row).values(revision=row.c.revision + 1).returning(row.c.revision)
    found = connection.execute(up).scalar_one_or_none()
    if found is not None:
        return int(found)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    first = {"id": 1, "epoch": uuid.uuid4().hex, "revision": 0}
    connection.execute(dialect.insert(row).values(first).on_conflict_do_nothing())
    return int(connection.execute(up).scalar_one())


def _take(connection: Connection) -> Sequence[Any]:
    some = select(TOUCHED.c.sequence).order_by(TOUCHED.c.sequence).limit(AT_ONCE)
    columns = (TOUCHED.c.signal_id, TOUCHED.c.feedback_id, TOUCHED.c.theme_id, TOUCHED.c.kind, TOUCHED.c.week)
    return connection.execute(delete(TOUCHED).where(TOUCHED.c.sequence.in_(some)).returning(*columns)).all()


def _remove(connection: Connection, gone: Mapping[Cell, set[int]], revision: int) -> None:
    columns = (BLOCK.c.place, BLOCK.c.week, BLOCK.c.number, BLOCK.c.data)
    for cells in _in_parts(sorted(gone)):
        wanted = select(*columns).where(tuple_(BLOCK.c.place, BLOCK.c.week).in_(cells), BLOCK.c.records > 0)
        for block in connection.execute(wanted).all():
            records = unpack(block.data)
            stays = records[~np.isin(records["id"], list(gone[block.place, block.week]))]
            if len(stays) < len(records):
                _rewrite(connection, (block.place, block.week, block.number), stays, revision)


def _append(connection: Connection, records: Mapping[Cell, Records], revision: int) -> None:
    """Put records at the end of their cells: into the last block while it has room, then into new ones."""
    fresh: list[dict[str, Any]] = []
    for cells in _in_parts(sorted(records)):
        inner = BLOCK.alias()
        newest = (
            select(func.max(inner.c.number)).where(inner.c.place == BLOCK.c.place, inner.c.week == BLOCK.c.week)
        ).scalar_subquery()
        wanted = select(BLOCK).where(tuple_(BLOCK.c.place, BLOCK.c.week).in_(cells), BLOCK.c.number == newest)
        last = {(block.place, block.week): block for block in connection.execute(wanted)}
        for cell in cells:
            more, number = records[cell], 0
            if (block := last.get(cell)) is not None:
                number = block.number + 1
                if room := max(0, FULL - block.records):
                    whole = np.concatenate([unpack(block.data), more[:room]])
                    _rewrite(connection, (*cell, block.number), whole, revision)
                    more = more[room:]
            for start in range(0, len(more), FULL):
                some = more[start : start + FULL]
                fresh.append(_row((*cell, number), some, revision))
                number += 1
    if fresh:
        connection.execute(insert(BLOCK), fresh)


def _rewrite(connection: Connection, key: tuple[int, date, int], records: Records, revision: int) -> None:
    row = _row(key, records, revision)
    here = (BLOCK.c.place == key[0], BLOCK.c.week == key[1], BLOCK.c.number == key[2])
    connection.execute(update(BLOCK).where(*here), {name: row[name] for name in ("records", "revision", "data")})


def _row(key: tuple[int, date, int], records: Records, revision: int) -> dict[str, Any]:
    place, week, number = key
    return {
        "place": place,
        "week": week,
        "number": number,
        "records": len(records),
        "revision": revision,
        "data": records.tobytes(),
    }


class _Facets:
    """The codes of values; a value met for the first time gets the next."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        rows = connection.execute(select(FACET.c.field, FACET.c.value, FACET.c.code))
        self._codes: dict[tuple[str, str], int] = {(row.field, row.value): row.code for row in rows}
        self._last: dict[str, int] = defaultdict(int)
        for (field, _), code in self._codes.items():
            self._last[field] = max(self._last[field], code)

    def code(self, field: str, value: str) -> int:
        if not value:
            return 0
        if (found := self._codes.get((field, value))) is not None:
            return found
        if self._last[field] >= OTHERS - 1:
            return OTHERS
        self._last[field] += 1
        self._codes[field, value] = self._last[field]
        row = {"field": field, "code": self._last[field], "value": value}
        self._connection.execute(insert(FACET), row)
        return self._last[field]


OF_NOTE = (
    FeedbackRow.id.label("note_id"), FeedbackRow.week.label("note_week"), FeedbackRow.received_at, FeedbackRow.source,
    FeedbackRow.conversation_id, FeedbackRow.handle_minutes, FeedbackRow.refund, FeedbackRow.credit,
    *(getattr(FeedbackRow, name) for name in FACETS),
)  # fmt: skip
"""What a record repeats of its note."""


def _signal_records(connection: Connection, ids: Sequence[int], facets: _Facets) -> dict[Cell, Records]:
    columns = (
        SignalRow.id,
        SignalRow.feedback_id,
        SignalRow.customer,
        SignalRow.occurred_at,
        SignalRow.severity,
        SignalRow.theme_id,
        SignalRow.kind,
        SignalRow.week,
    )
    rows: dict[Cell, list[tuple[Any, ...]]] = defaultdict(list)
    for some in _in_parts(ids):
        wanted = select(*columns, *OF_NOTE).join(FeedbackRow, FeedbackRow.id == SignalRow.feedback_id)
        wanted = wanted.where(SignalRow.id.in_(some), SignalRow.attribution != Attribution.AGENT.value)
        for row in connection.execute(wanted):
            place = place_of(row.theme_id, row.kind)
            if place != NOWHERE:
                head = (row.id, hashed(row.feedback_id), hashed(row.customer), int(row.occurred_at.timestamp()))
                rows[place, row.week].append((*head, row.severity, *told_of_note(row), *_codes(row, facets)))
    return _packed(rows)


def _note_records(connection: Connection, ids: Sequence[str], facets: _Facets) -> dict[Cell, Records]:
    columns = (FeedbackRow.id, FeedbackRow.customer_key, FeedbackRow.occurred_at, FeedbackRow.week)
    rows: dict[Cell, list[tuple[Any, ...]]] = defaultdict(list)
    for some in _in_parts(ids):
        for row in connection.execute(select(*columns, *OF_NOTE).where(FeedbackRow.id.in_(some))):
            number = hashed(row.id)
            head = (number, number, hashed(row.customer_key or row.id), int(row.occurred_at.timestamp()))
            rows[NOTES, row.week].append((*head, 0, *told_of_note(row), *_codes(row, facets)))
    return _packed(rows)


def _codes(row: Any, facets: _Facets) -> tuple[int, ...]:
    return tuple(facets.code(name, getattr(row, name)) for name in FACETS)


def _packed(rows: Mapping[Cell, list[tuple[Any, ...]]]) -> dict[Cell, Records]:
    return {cell: np.array(found, dtype=RECORD) for cell, found in rows.items()}


def _in_parts(values: Iterable[Any]) -> Iterable[Sequence[Any]]:
    listed = list(values)
    return (listed[start : start + PARAMETERS] for start in range(0, len(listed), PARAMETERS))
