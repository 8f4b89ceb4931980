"""Erasing one customer: everything that holds their words or bytes, a tombstone against their return, and a receipt.

What stays are numbers to which at least `REMAIN` other customers contribute, ids that mean nothing any more, and the
receipt in the audit log. Records that the broker still keeps are refused when they come again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, distinct, func, or_, select, update

from insights.delivery.intake import forget_customer
from insights.review import frozen
from insights.store import Store, StoreError
from insights.tables import (
    FeedbackRow,
    LineageRow,
    OutboxRow,
    ProofCaseRow,
    ProposalRow,
    SignalRow,
    ThemeRow,
    TrackerLinkRow,
)
from insights.trust import audit, backup
from insights.trust.mentions import ERASED, blank_answers, remove_events, remove_letters, remove_searches
from insights.trust.people import Person, Role, allowed
from insights.trust.removal import remove_notes
from insights.trust.tombstones import Erased, bury

REMAIN = 5


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
        traces = [trace for trace in traces if trace]
        themes = _themes_of(connection, ids)
        answers = blank_answers(connection, ids)
        counts = remove_notes(connection, ids)
        counts["question"] = answers
        counts["dead_letter"] += remove_letters(connection, traces, at)
        counts["outbox"] += remove_events(connection, traces)
        counts["saved_search"] += remove_searches(connection, traces)
        counts["intake"] += forget_customer(connection, customer_key)
        counts["theme"] += _namings(connection, themes)
        bury(connection, Erased.CUSTOMER, [customer_key], at)
        bury(connection, Erased.NOTE, ids, at)
        told = {name: counts[name] for name in sorted(counts) if counts[name]}
        number = audit.add(connection, asking.name, "customer erased", f"customer:{customer_key[:8]}", None, told, at)
        return Receipt(number, at, asking.name, told)


def erase_for_good(
    store: Store, customer_key: str, *, raw_id: str = "", by: Person, at: datetime
) -> tuple[Receipt, str]:
    """Erase a customer, then overwrite what the deleted rows leave in the file; return the receipt, and what is left to do.

    The second is empty when nothing is left. The rows are gone either way. Raises as `erase`.
    """
    receipt = erase(store, customer_key, raw_id=raw_id, by=by, at=at)
    try:
        backup.scrub(store)
    except StoreError as error:
        return receipt, f"the rows are gone, their bytes not yet: {error}"
    return receipt, ""


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
        for table, column in ((ProofCaseRow, ProofCaseRow.name), (TrackerLinkRow, TrackerLinkRow.title)):
            named = update(table).where(table.theme_id == theme)
            connection.execute(named.values({column: func.replace(column, name, blank)}))
        connection.execute(
            delete(OutboxRow).where(OutboxRow.aggregatetype == "theme", OutboxRow.aggregateid == str(theme))
        )
        changed += 1
    return changed


def _without_terms(before: object) -> object:
    if isinstance(before, dict):
        return {key: [] if key == "terms" else _without_terms(value) for key, value in before.items()}
    return [_without_terms(value) for value in before] if isinstance(before, list) else before
