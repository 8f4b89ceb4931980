"""What earlier reviews leave to the next one: items carried over, waits that are over, and what was seen when deciding."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from insights.review.agenda import Past, Reason
from insights.review.reviews import Verdict
from insights.tables import LedgerRow, ReviewDecisionRow, ReviewItemRow
from insights.themes.lineage import resolve

ANSWERED = "answered"
"""The entry of the ledger that is an answer."""


def carried(connection: Connection, review_id: int, today: date) -> dict[int, dict[str, Any]]:
    """What earlier reviews left over, by the theme it leads to now: carried over, or waiting until a day that has come.

    Only the last review a theme was in counts; of two themes that were merged since, the one left over.
    """
    items = select(ReviewItemRow.__table__).where(ReviewItemRow.review_id != review_id).order_by(ReviewItemRow.id)
    decided = connection.execute(select(ReviewDecisionRow.__table__).order_by(ReviewDecisionRow.id))
    said = {row.item_id: row for row in decided}
    lasts: dict[int, list[Row[Any]]] = {}
    for item in connection.execute(items):
        theme = stands(connection, item.theme_id)
        together = lasts.get(theme, [])
        lasts[theme] = [*(one for one in together if one.review_id == item.review_id), item]
    left: dict[int, dict[str, Any]] = {}
    for theme, last in lasts.items():
        for item in last:
            why = _left_over(said[item.id], today)
            if why and left.get(theme, {"times": 0})["times"] <= item.times:
                row = {"theme_id": theme, "reason": Reason.CARRIED.value, "why": why, "times": item.times + 1}
                left[theme] = row | {"carried_from": item.id}
    return left


def _left_over(last: Row[Any], today: date) -> str:
    """Why an item comes back, by what was decided about it last; empty when it does not."""
    if last.verdict == Verdict.CARRY:
        return str(last.reason) or "not decided last time"
    if last.verdict == Verdict.WAIT and last.due is not None and last.due <= today:
        return "the evidence waited for should be there by now"
    return ""


def past(connection: Connection) -> dict[int, Past]:
    """What each theme looked like when it was last decided on."""
    wanted = (
        select(ReviewItemRow.theme_id, ReviewDecisionRow.evidence)
        .join(ReviewDecisionRow, ReviewDecisionRow.item_id == ReviewItemRow.id)
        .order_by(ReviewDecisionRow.id)
    )
    return {
        stands(connection, row.theme_id): Past(row.evidence["change"]["recent"], row.evidence["status"])
        for row in connection.execute(wanted)
    }


def answered(connection: Connection, since: datetime) -> dict[int, str]:
    """Themes that their owners answered since, with the answer in words."""
    entry = LedgerRow
    wanted = select(entry.theme_id, entry.answer, entry.due).where(entry.event == ANSWERED, entry.at > since)
    found: dict[int, str] = {}
    for row in connection.execute(wanted.order_by(entry.number)):
        theme = resolve(connection, row.theme_id)
        if theme is not None:
            found[theme] = row.answer
    return found


def stands(connection: Connection, theme_id: int) -> int:
    """Return the theme an id leads to now."""
    return resolve(connection, theme_id) or theme_id
