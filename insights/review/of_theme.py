"""Weekly reviews as one theme meets them: where it was on the agenda, what was decided, and a wish that it be on the next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from insights.review.agenda import Reason
from insights.review.reviews import DECIDING, Decided, decisions_of
from insights.store import Store, StoreError
from insights.tables import ReviewItemRow, ReviewRow, SettingRow, ThemeRow
from insights.themes.lineage import live_theme, resolve
from insights.trust import audit, people
from insights.trust.people import Person

WISHES = "review:wish:"
LONGEST = 200


class NotWished(StoreError):
    """The theme was not put on an agenda; the message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """One review that had the theme on its agenda, and what it decided; ``decision`` is None while it is undecided."""

    week: date
    closed: bool
    decision: Decided | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The reviews of a theme, newest first; ``wish``: why it waits for the next agenda, empty when it does not."""

    places: tuple[Place, ...]
    wish: str

    @property
    def waits(self) -> bool:
        """True when it is on an open agenda, or waits for the next."""
        return bool(self.wish) or any(not one.closed and one.decision is None for one in self.places)


def reviewed(store: Store, theme_id: int) -> Reviewed:
    """Return what reviews had to do with a theme and those that joined it. Raises StoreError."""
    with store.connect() as connection:
        wanted = (
            select(ReviewItemRow.id, ReviewItemRow.name, ReviewRow.week, ReviewRow.closed_at)
            .join(ReviewRow, ReviewRow.id == ReviewItemRow.review_id)
            .where(ReviewItemRow.theme_id.in_(_joined(connection, theme_id)))
            .order_by(ReviewRow.week.desc(), ReviewItemRow.id)
        )
        rows = connection.execute(wanted).all()
        decided = decisions_of(connection, {row.id: row.name for row in rows})
        wish = connection.execute(select(SettingRow.value).where(SettingRow.key == f"{WISHES}{theme_id}"))
        told = wish.scalar_one_or_none()
    places = (Place(row.week, row.closed_at is not None, (decided.get(row.id) or (None,))[-1]) for row in rows)
    return Reviewed(tuple(places), json.loads(told)["why"] if told else "")


def wish(store: Store, theme_id: int, why: str, *, by: Person, at: datetime) -> None:
    """Put a theme on the agenda of the open review, or of the next one when none is open.

    Raises NotAllowed, NotWished when it says nothing or is there already, CurationError for a theme that is gone, StoreError.
    """
    said = " ".join(why.split())[:LONGEST]
    if not said:
        raise NotWished("say why it belongs on the agenda")
    with store.begin() as connection:
        asking = people.allowed(connection, by.id, *DECIDING)
        theme = live_theme(connection, theme_id).id
        last = select(ReviewRow.id, ReviewRow.closed_at).order_by(ReviewRow.week.desc()).limit(1)
        newest = connection.execute(last.with_for_update()).one_or_none()
        if newest is not None and newest.closed_at is None:
            there = select(ReviewItemRow.id).where(
                ReviewItemRow.review_id == newest.id, ReviewItemRow.theme_id == theme
            )
            if connection.execute(there).first() is not None:
                raise NotWished("it is on the agenda of the open review already")
            row = {**_row(theme, said), "review_id": newest.id, "name": "", "at": at}
            connection.execute(insert(ReviewItemRow), [row])
        else:
            key = f"{WISHES}{theme}"
            connection.execute(delete(SettingRow).where(SettingRow.key == key))
            value = json.dumps({"why": said, "who": asking.name, "at": at.isoformat()})
            connection.execute(insert(SettingRow).values(key=key, value=value))
        audit.add(connection, asking.name, "review wished", f"theme:{theme}", None, {"why": said}, at)


def take_wishes(connection: Connection) -> dict[int, dict[str, Any]]:
    """Return the agenda's rows of all wishes, by the theme each leads to now, and forget the wishes."""
    row = SettingRow
    found = connection.execute(select(row.key, row.value).where(row.key.startswith(WISHES)).order_by(row.key)).all()
    connection.execute(delete(row).where(row.key.startswith(WISHES)))
    themes = ((resolve(connection, int(one.key.removeprefix(WISHES))), json.loads(one.value)["why"]) for one in found)
    return {theme: _row(theme, why) for theme, why in themes if theme is not None}


def _row(theme: int, why: str) -> dict[str, Any]:
    return {"theme_id": theme, "reason": Reason.WISHED.value, "why": why, "times": 1, "carried_from": None}


def _joined(connection: Connection, theme_id: int) -> list[int]:
    """The theme and all that were merged into it, whenever."""
    found, fresh = [theme_id], [theme_id]
    while fresh:
        wanted = select(ThemeRow.id).where(ThemeRow.merged_into.in_(fresh), ThemeRow.id.not_in(found))
        fresh = list(connection.execute(wanted).scalars())
        found += fresh
    return found
