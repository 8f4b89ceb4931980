"""What is known of a theme at one moment, and the same frozen, so that a decision can be read on what it was taken on.

The figures are kept with the decision for good. The words are kept apart, each under its note: who has a note erased has
these erased with it, by the database itself. So is the name of the theme, which an erasure may have to take.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from insights.board.quotes import Highlight, Quote, QuoteOrder, quoted, quotes
from insights.counting.counted import Counted, moment
from insights.counting.counts import changes_of, severity_of, trend_of
from insights.counting.filters import Filter
from insights.counting.weeks import Change, calendar, change
from insights.store import Store
from insights.tables import FeedbackRow, ReviewItemRow, ReviewQuoteRow, ReviewRow, SignalRow, ThemeRow
from insights.themes.lineage import resolve

QUOTES = 3
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Said:
    """A quote, and which of its signals belong to the theme."""

    quote: Quote
    signal_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A theme as it was on ``day``. ``weeks``: notes in the 12 full weeks before it, oldest first, with their Mondays.

    ``quoted``: how many quotes were frozen; fewer in ``quotes`` means that the others were erased since.
    ``fewer_than``: 0, or how many customers there had to be for figures and words to be shown to who reads.
    """

    theme_id: int
    name: str
    kind: str
    status: str
    day: date
    notes: int
    customers: int
    severity: int
    first_heard: date
    last_heard: date
    weeks: tuple[tuple[date, int], ...]
    change: Change
    quotes: tuple[Said, ...] = ()
    quoted: int = 0
    fewer_than: int = 0

    @property
    def erased(self) -> int:
        return max(0, self.quoted - len(self.quotes))


def figures(connection: Connection, known: Counted, theme_id: int, today: date) -> Evidence:
    """Return the figures of a theme as it stands, without words. ``today`` is a UTC day."""
    row = connection.execute(select(ThemeRow.__table__).where(ThemeRow.id == theme_id)).one()
    weeks, own = calendar(today), known.at(theme_id)
    heard = (moment(own.moment.min()), moment(own.moment.max())) if len(own) else (row.created_at, row.created_at)
    return Evidence(
        theme_id=theme_id,
        name=row.name,
        kind=row.kind,
        status=row.status,
        day=today,
        notes=own.notes(),
        customers=own.customers(),
        severity=math.floor(severity_of(own) + 0.5),
        first_heard=heard[0].date(),
        last_heard=heard[1].date(),
        weeks=tuple(zip(weeks.full, trend_of(known, Filter({}), weeks.full, theme_id), strict=True)),
        change=changes_of(known, Filter({}), weeks, [theme_id]).get(theme_id, change(0, 0)),
    )


def words(store: Store, theme_id: int, today: date) -> tuple[Said, ...]:
    """Return the words a theme is shown by: its most typical signal's, then the newest that say more. Raises StoreError."""
    newest = quotes(store, theme_id, QuoteOrder.NEWEST, today=today, limit=2 * QUOTES)
    with store.connect() as connection:
        exemplar = select(ThemeRow.exemplar_signal_id).where(ThemeRow.id == theme_id).scalar_subquery()
        typical = select(SignalRow.feedback_id, SignalRow.segment).where(
            SignalRow.id == exemplar, SignalRow.theme_id == theme_id
        )
        first = quoted(connection, [(row.feedback_id, row.segment) for row in connection.execute(typical)])
        chosen = _varied((*first, *newest))[:QUOTES]
        mine = select(SignalRow.id, SignalRow.feedback_id, SignalRow.start, SignalRow.text).where(
            SignalRow.theme_id == theme_id, SignalRow.feedback_id.in_([one.feedback_id for one in chosen])
        )
        rows = connection.execute(mine.order_by(SignalRow.id)).all()
    return tuple(
        Said(
            one,
            tuple(
                row.id
                for row in rows
                if row.feedback_id == one.feedback_id and one.text[row.start : row.start + len(row.text)] == row.text
            ),
        )
        for one in chosen
    )


def _varied(found: Sequence[Quote]) -> list[Quote]:
    """Every quote once, those that say in the same words what was quoted already behind the others."""
    once = list(dict.fromkeys(found))
    first = {one.text: one for one in reversed(once)}
    return sorted(once, key=lambda one: first[one.text] is not one)


def as_seen(evidence: Evidence, least: int) -> Evidence:
    """Return evidence as it is shown to somebody to whom nothing is shown that fewer than ``least`` customers said."""
    if evidence.customers >= least:
        return evidence if least == 1 else replace(evidence, change=replace(evidence.change, fewer_than=least))
    return replace(
        evidence, fewer_than=least, notes=0, customers=0, severity=0, change=change(0, 0), quotes=(), quoted=0,
        weeks=tuple((monday, 0) for monday, _ in evidence.weeks),
    )  # fmt: skip


def freeze(evidence: Evidence) -> dict[str, Any]:
    """Return the figures as JSON holds them, without any words: not the name either."""
    plain = asdict(replace(evidence, quotes=()))
    plain |= {name: getattr(evidence, name).isoformat() for name in ("day", "first_heard", "last_heard")}
    plain["weeks"] = [[monday.isoformat(), notes] for monday, notes in evidence.weeks]
    plain["quoted"] = len(evidence.quotes)
    del plain["quotes"], plain["name"], plain["fewer_than"], plain["change"]["fewer_than"]
    return plain


def thaw(plain: Mapping[str, Any], name: str, said: Sequence[Said] = ()) -> Evidence:
    """Return frozen figures, the name and the words as evidence again."""
    days = {name: date.fromisoformat(plain[name]) for name in ("day", "first_heard", "last_heard")}
    weeks = tuple((date.fromisoformat(monday), notes) for monday, notes in plain["weeks"])
    shaped = {**plain, **days, "name": name, "weeks": weeks, "change": Change(**plain["change"]), "quotes": tuple(said)}
    return Evidence(**shaped)


def keep_words(connection: Connection, decision_id: int, said: Sequence[Said]) -> None:
    """Keep the words of a decision, each under its note; a note that was erased a moment ago is left out."""
    notes = [one.quote.feedback_id for one in said]
    there = set(connection.execute(select(FeedbackRow.id).where(FeedbackRow.id.in_(notes))).scalars())
    rows = [
        {
            "decision_id": decision_id,
            "position": position,
            "feedback_id": one.quote.feedback_id,
            "signal_ids": list(one.signal_ids),
            "quote": asdict(one.quote) | {"occurred_at": one.quote.occurred_at.isoformat()},
        }
        for position, one in enumerate(said)
        if one.quote.feedback_id in there
    ]
    if rows:
        connection.execute(insert(ReviewQuoteRow), rows)


def words_of(connection: Connection, decisions: Sequence[int]) -> dict[int, list[Said]]:
    """Return the words that are still there, by decision."""
    found: dict[int, list[Said]] = {}
    for start in range(0, len(decisions), _AT_ONCE):
        wanted = select(ReviewQuoteRow.__table__).where(
            ReviewQuoteRow.decision_id.in_(decisions[start : start + _AT_ONCE])
        )
        for row in connection.execute(wanted.order_by(ReviewQuoteRow.decision_id, ReviewQuoteRow.position)):
            quote = dict(row.quote)
            quote["occurred_at"] = datetime.fromisoformat(quote["occurred_at"])
            quote["highlights"] = tuple(Highlight(**mark) for mark in quote["highlights"])
            found.setdefault(row.decision_id, []).append(Said(Quote(**quote), tuple(row.signal_ids)))
    return found


def erase(connection: Connection, notes: Sequence[str]) -> int:
    """Take the frozen words of these notes away; return how many quotes went. Deleting a note does the same."""
    gone = 0
    for start in range(0, len(notes), _AT_ONCE):
        some = ReviewQuoteRow.feedback_id.in_(notes[start : start + _AT_ONCE])
        gone += connection.execute(delete(ReviewQuoteRow).where(some)).rowcount
    return gone


def unname(connection: Connection, theme_id: int, blank: str) -> None:
    """Take the name of a theme, and of those merged into it, from every review: an erasure found it too telling."""
    themes = set(connection.execute(select(ReviewItemRow.theme_id).distinct()).scalars())
    meant = {theme_id, *(one for one in themes if resolve(connection, one) == theme_id)}
    named = (ReviewItemRow.theme_id.in_(meant), ReviewItemRow.name != "")
    connection.execute(update(ReviewItemRow).where(*named).values(name=blank))
    for row in connection.execute(select(ReviewRow.id, ReviewRow.moved).where(ReviewRow.moved.is_not(None))).all():
        moved = dict(row.moved)
        moved["themes"] = [[theme, blank if theme in meant else name, step] for theme, name, step in moved["themes"]]
        connection.execute(update(ReviewRow).where(ReviewRow.id == row.id).values(moved=moved))
