"""The past notes nearest to a signal: why it was put where it is. The cost is bounded, however large a theme is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from insights.counting.evidence import is_evidence
from insights.tables import SignalRow, VectorRow
from insights.themes.known import unpack

COMPARED = 200
"""The newest signals of the theme (or waiting ones of the kind) among which the nearest are sought."""
COUNTED = 1_000
SHOWN = 2


@dataclass(frozen=True, slots=True)
class Near:
    """What somebody said before, in another note."""

    feedback_id: str
    text: str
    occurred_at: datetime


def nearest(connection: Connection, signal: Mapping[str, Any]) -> tuple[tuple[Near, ...], int, bool]:
    """Return the nearest past notes, the customers of the signal's theme, and whether there are more than counted."""
    own = connection.execute(
        select(VectorRow.encoder_id, VectorRow.data).where(VectorRow.signal_id == signal["id"]).limit(1)
    ).one_or_none()
    heard = SignalRow
    inside = heard.theme_id == signal["theme_id"]
    if signal["theme_id"] is None:
        inside = heard.theme_id.is_(None) & (heard.kind == signal["kind"])
        customers, many = 0, False
    else:
        some = select(heard.customer).where(inside, is_evidence()).limit(COUNTED).subquery()
        counted = select(func.count(some.c.customer.distinct()), func.count()).select_from(some)
        customers, rows = connection.execute(counted).one()
        many = rows == COUNTED
    if own is None:
        return (), customers, many
    newest = (
        select(heard.id)
        .where(inside, heard.feedback_id != signal["feedback_id"], is_evidence())
        .order_by(heard.occurred_at.desc())
        .limit(COMPARED)
        .subquery()
    )
    wanted = (
        select(heard.feedback_id, heard.text, heard.occurred_at, VectorRow.data)
        .join(newest, newest.c.id == heard.id)
        .join(VectorRow, (VectorRow.signal_id == heard.id) & (VectorRow.encoder_id == own.encoder_id))
    )
    found = connection.execute(wanted).all()
    if not found:
        return (), customers, many
    likeness = unpack([row.data for row in found]) @ unpack([own.data])[0]
    chosen: dict[str, Near] = {}
    for at in np.argsort(-likeness, kind="stable").tolist():
        row = found[at]
        words = " ".join(row.text.split())
        chosen.setdefault(words.casefold(), Near(row.feedback_id, words, row.occurred_at))
        if len(chosen) == SHOWN:
            break
    return tuple(chosen.values()), customers, many
