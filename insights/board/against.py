"""What speaks against a theme: the same people content later, and the opposite kind said of much the same thing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from insights.counting.counted import Columns, Counted, joined
from insights.counting.evidence import is_evidence
from insights.counting.packing import WAITING
from insights.tables import SignalRow, ThemeRow, VectorRow
from insights.themes.known import unpack
from insights.themes.status import STANDING
from nlp.signals import SignalKind

OPPOSITE = {
    SignalKind.PAIN.value: SignalKind.PRAISE.value,
    SignalKind.SUGGESTION.value: SignalKind.PRAISE.value,
    SignalKind.PRAISE.value: SignalKind.PAIN.value,
}
NEAR_THEMES, NEWEST, CLOSE = 3, 200, 0.45
BITS = 18
LATER, NEAR = "the same customer, later", "close in meaning"


def against(connection: Connection, known: Counted, theme_id: int, limit: int) -> dict[int, str]:
    """Return signals that speak against a theme, each with why, the strongest first."""
    theme = connection.execute(select(ThemeRow.__table__).where(ThemeRow.id == theme_id)).one_or_none()
    if theme is None or theme.kind not in OPPOSITE:
        return {}
    opposite = OPPOSITE[theme.kind]
    themes = select(ThemeRow.id, VectorRow.encoder_id, VectorRow.data)
    themes = themes.outerjoin(VectorRow, VectorRow.signal_id == ThemeRow.exemplar_signal_id)
    rows = connection.execute(themes.where(ThemeRow.kind == opposite, ThemeRow.status.in_(STANDING))).all()
    found = dict.fromkeys(
        _later(known, known.at(theme_id), [WAITING[opposite], *(row.id for row in rows)], limit), LATER
    )
    own = None
    if theme.exemplar_signal_id is not None:
        vectors = select(VectorRow.encoder_id, VectorRow.data)
        own = connection.execute(vectors.where(VectorRow.signal_id == theme.exemplar_signal_id)).first()
    if own is not None:
        vector = unpack([own.data])[0]
        comparable = [row for row in rows if row.encoder_id == own.encoder_id]
        likeness = unpack([row.data for row in comparable]) @ vector if comparable else np.zeros(0)
        nearest = [comparable[at].id for at in np.argsort(-likeness, kind="stable")[:NEAR_THEMES]]
        for signal in _close(connection, opposite, own.encoder_id, vector, nearest):
            found.setdefault(signal, NEAR)
    return dict(list(found.items())[:limit])


def _later(known: Counted, theme: Columns, places: list[int], limit: int) -> list[int]:
    """Signals at these places by customers of the theme, said after they last spoke of it, newest first."""
    if not len(theme):
        return []
    order = np.argsort(theme.customer)
    ordered = theme.customer[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    customers, last = ordered[starts], np.maximum.reduceat(theme.moment[order], starts)
    some = ((columns, _after(columns, customers, last)) for columns in map(known.at, places))
    later = joined([columns.pick(at) for columns, at in some if len(at)])
    newest = np.lexsort((later.id, -later.moment))[:limit]
    return [int(one) for one in later.id[newest]]


def _after(columns: Columns, customers: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where the records of these customers stand that were said after each one's last moment.

    Few customers have spoken of both: their last bits tell most of the others apart before anything is looked up.
    """
    marked = np.zeros(2**BITS, np.bool_)
    marked[customers & (2**BITS - 1)] = True
    some = np.flatnonzero(marked[columns.customer & (2**BITS - 1)])
    people = columns.customer[some]
    at = np.minimum(np.searchsorted(customers, people), len(customers) - 1)
    found: NDArray[np.intp] = some[(customers[at] == people) & (columns.moment[some] > last[at])]
    return found


def _close(connection: Connection, kind: str, encoder_id: str, vector: np.ndarray, themes: list[int]) -> list[int]:
    """The newest signals of these themes, and of those that wait, that are close to a vector, the closest first."""
    near: list[tuple[float, int]] = []
    for theme in (*themes, None):
        wanted = (
            select(SignalRow.id, VectorRow.data)
            .join(VectorRow, VectorRow.signal_id == SignalRow.id)
            .where(
                SignalRow.theme_id == theme, SignalRow.kind == kind, VectorRow.encoder_id == encoder_id, is_evidence()
            )
            .order_by(SignalRow.occurred_at.desc())
            .limit(NEWEST)
        )
        rows = connection.execute(wanted).all()
        if rows:
            likeness = unpack([row.data for row in rows]) @ vector
            near += [(float(one), row.id) for one, row in zip(likeness, rows, strict=True) if one >= CLOSE]
    return [signal for _, signal in sorted(near, key=lambda one: (-one[0], one[1]))]
