"""Erasing one customer: everything that holds their words or bytes, a tombstone against their return, and a receipt.

What stays are numbers to which at least `REMAIN` other customers contribute, ids that mean nothing any more, and the
receipt in the audit log. Records that the broker still keeps are refused when they come again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, cast, delete, distinct, func, or_, select, update

from insights.delivery.intake import forget_customer
from insights.review import frozen
from insights.store import Store
from insights.tables import DeadLetterRow, FeedbackRow, LineageRow, OutboxRow, ProposalRow, SignalRow, ThemeRow
from insights.trust import audit
from insights.trust.people import Person, Role, allowed
from insights.trust.removal import remove_notes
from insights.trust.tombstones import Erased, bury

REMAIN = 5
ERASED = "(erased)"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of an erasure: the number of its row in the audit log, and how many rows went from each table."""

    number: int
    at: datetime
    by: str
    counts: Mapping[str, int]


def erase(store: Store, customer_key: str, *, raw_id: str = "", by: Person, at: datetime) -> Receipt:
    """Erase a customer, given by keyed hash; ``raw_id`` finds them in records that were never read.

    Everything in one transaction. Erasing again is harmless. Raises NotAllowed unless ``by`` is an admin, ValueError
    for an empty key, StoreError.
    """
    if not customer_key:
        raise ValueError("a customer without an id cannot be told from others; erase their notes by hand")
    with store.begin() as connection:
        asking = allowed(connection, by.id, Role.ADMIN)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        notes = select(FeedbackRow.id, FeedbackRow.external_id).where(FeedbackRow.customer_key == customer_key)
        found = connection.execute(notes).all()
        ids = [row.id for row in found]
        traces = [raw_id, customer_key, *ids, *(row.external_id for row in found if len(row.external_id) >= 6)]
        themes = _themes_of(connection, ids)
        counts = remove_notes(connection, ids)
        counts["dead_letter"] += _letters(connection, [trace for trace in traces if trace], at)
        counts["outbox"] += _events(connection, [trace for trace in traces if trace])
        counts["intake"] += forget_customer(connection, customer_key)
        counts["theme"] += _namings(connection, themes)
        bury(connection, Erased.CUSTOMER, [customer_key], at)
        bury(connection, Erased.NOTE, ids, at)
        told = {name: counts[name] for name in sorted(counts) if counts[name]}
        number = audit.add(connection, asking.name, "customer erased", f"customer:{customer_key[:8]}", None, told, at)
        return Receipt(number, at, asking.name, told)


def receipts(store: Store, limit: int = 100) -> tuple[Receipt, ...]:
    """Return the receipts of erasures, newest first. Raises StoreError."""
    return tuple(
        Receipt(entry.number, entry.at, entry.who, {name: int(count) for name, count in (entry.after or {}).items()})
        for entry in audit.entries(store, action="customer erased", limit=limit)
    )


def _themes_of(connection: Connection, ids: Sequence[str]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        wanted = (
            select(SignalRow.theme_id)
            .distinct()
            .where(SignalRow.feedback_id.in_(ids[start : start + 500]), SignalRow.theme_id.is_not(None))
        )
        found.update(int(theme) for theme in connection.execute(wanted).scalars() if theme is not None)
    return found


def _letters(connection: Connection, traces: Sequence[str], at: datetime) -> int:
    """Delete records set aside that speak of the customer, and keep their bytes from being set aside again."""
    speaks = [_pattern(trace) for trace in traces]
    gone: list[int] = []
    digests: list[str] = []
    columns = (DeadLetterRow.id, DeadLetterRow.payload, DeadLetterRow.headers, DeadLetterRow.digest)
    after = 0
    while rows := connection.execute(
        select(*columns).where(DeadLetterRow.id > after).order_by(DeadLetterRow.id).limit(200)
    ).all():
        after = rows[-1].id
        for row in rows:
            texts = [*_readings(bytes(row.payload)), str(row.headers)]
            if any(speak.search(text) for speak in speaks for text in texts):
                gone.append(row.id)
                digests.append(row.digest)
    for start in range(0, len(gone), 500):
        connection.execute(delete(DeadLetterRow).where(DeadLetterRow.id.in_(gone[start : start + 500])))
    bury(connection, Erased.PAYLOAD, digests, at)
    return len(gone)


def _events(connection: Connection, traces: Sequence[str]) -> int:
    """Delete events, told or not, that speak of the customer or of their notes."""
    removed = 0
    payload = cast(OutboxRow.payload, String)
    for trace in traces:
        written = json.dumps(trace)[1:-1]
        speaks = or_(OutboxRow.aggregateid == trace, payload.contains(trace), payload.contains(written))
        removed += connection.execute(delete(OutboxRow).where(speaks)).rowcount
    return removed


def _namings(connection: Connection, themes: set[int]) -> int:
    """Take the names from themes too small to hide one customer in: the words may be theirs."""
    changed = 0
    for theme in sorted(themes):
        customers = select(func.count(distinct(SignalRow.customer))).where(SignalRow.theme_id == theme)
        if connection.execute(customers).scalar_one() >= REMAIN:
            continue
        name = connection.execute(select(ThemeRow.name).where(ThemeRow.id == theme)).scalar_one()
        blank = f"Theme {theme}"
        connection.execute(update(ThemeRow).where(ThemeRow.id == theme).values(name=blank, terms=[]))
        touched = or_(LineageRow.theme_id == theme, LineageRow.other_theme_id == theme)
        for step in connection.execute(select(LineageRow.id, LineageRow.before, LineageRow.why).where(touched)).all():
            before = json.loads(json.dumps(step.before).replace(json.dumps(name)[1:-1], blank))
            values = {"before": _without_terms(before), "why": step.why.replace(name, ERASED)}
            connection.execute(update(LineageRow).where(LineageRow.id == step.id).values(values))
        about = or_(ProposalRow.theme_id == theme, ProposalRow.target_id == theme)
        connection.execute(update(ProposalRow).where(about).values(name=blank, terms=[]))
        frozen.unname(connection, theme, blank)
        connection.execute(
            delete(OutboxRow).where(OutboxRow.aggregatetype == "theme", OutboxRow.aggregateid == str(theme))
        )
        changed += 1
    return changed


def _without_terms(before: object) -> object:
    if isinstance(before, dict):
        return {key: [] if key == "terms" else _without_terms(value) for key, value in before.items()}
    return [_without_terms(value) for value in before] if isinstance(before, list) else before


def _pattern(trace: str) -> re.Pattern[str]:
    """The trace standing alone, not as a part of a longer id."""
    return re.compile(rf"(?<![0-9A-Za-z]){re.escape(trace)}(?![0-9A-Za-z])")


def _readings(payload: bytes) -> list[str]:
    """The ways in which bytes that nobody could read may spell an id."""
    texts = [payload.decode("utf-8", "replace"), payload.decode("latin-1")]
    texts += [payload[shift:].decode(code, "replace") for code in ("utf-16-le", "utf-16-be") for shift in (0, 1)]
    if b"\\u" in payload:
        texts.append(re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), texts[0]))
    return texts
