"""Proof: what became of a theme after a promised change was out, against themes that were left alone; kept as a case.

Twelve full weeks before the week of the change, that week left out, then up to twelve full ones after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select

from insights.board.quotes import QuoteOrder, quotes
from insights.columns import table
from insights.counting.counted import Counted, counted
from insights.counting.counts import tallies_of
from insights.counting.filters import Filter
from insights.counting.weeks import calendar
from insights.delivery import outbox
from insights.listening.cases import Answer, fold
from insights.listening.ledger import AnswerKind, entries
from insights.numbers.costs import cost
from insights.numbers.effects import FEWEST_WEEKS, Effect, effect
from insights.numbers.weekly import Stretch, by_theme
from insights.store import Store, StoreError
from insights.tables import ProofCaseRow, ProofQuoteRow, ThemeRow
from insights.themes.lineage import live_theme
from insights.trust import audit
from insights.trust.people import Person, Role, allowed

BEFORE, MOST_AFTER, QUOTES = 12, 12, 5
CASE, QUOTE = table(ProofCaseRow), table(ProofQuoteRow)


class ProofError(StoreError):
    """Nothing can be shown yet; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Said:
    """A quote of a case."""

    text: str
    channel: str
    plan: str
    day: str


@dataclass(frozen=True, slots=True)
class Case:
    """One before and after, as it stood when it was kept. ``cost_low`` to ``cost_high``: what a quarter of the theme cost then.

    ``controls`` are theme ids; ``weeks`` the contacts of the theme a week, the week of the change left out.
    """

    id: int
    theme_id: int
    theme: str
    answer: int
    change: str
    changed_on: date
    effect: Effect
    weeks: tuple[int, ...]
    weeks_after: int
    controls: tuple[int, ...]
    currency: str
    cost_low: float
    cost_high: float
    who: str
    at: datetime
    quotes: tuple[Said, ...] = ()
    quoted: int = 0


def prove(store: Store, theme_id: int, *, by: Person, at: datetime) -> int:
    """Estimate what the shipped change of a theme did, and keep it as a case; return its id.

    Raises ProofError, NotAllowed, CurationError for a theme that is gone, StoreError.
    """
    today = at.date()
    with store.connect() as connection:
        theme = live_theme(connection, theme_id).id
        known = counted(store, connection)
        answer = _shipped(connection, theme)
        assert answer.shipped is not None
        changed_on = answer.shipped.at.date()
        controls = _controls(connection, known, theme)
    found, weeks, after = before_and_after(known, theme, controls, changed_on, calendar(today).running)
    spent = cost(store, theme, today)
    said = quotes(store, theme, QuoteOrder.TYPICAL, limit=QUOTES)
    figures = {
        "effect": asdict(found), "weeks": weeks, "weeks_after": after, "controls": list(controls), "currency": spent.currency,
        "cost_low": spent.sum.low, "cost_high": spent.sum.high, "quoted": len(said),
    }  # fmt: skip
    number = answer.entry.number
    with store.begin() as connection:
        who = allowed(connection, by.id, Role.PRODUCT_OWNER, Role.TEAM_OWNER)
        row = {
            "theme_id": theme,
            "answer": number,
            "changed_on": changed_on,
            "name": answer.entry.change,
            "figures": figures,
        }
        made: int = connection.execute(
            insert(CASE).values(row | {"who": who.name, "at": at}).returning(CASE.c.id)
        ).scalar_one()
        for position, one in enumerate(said):
            words = {
                "text": one.text,
                "channel": one.channel,
                "plan": one.plan,
                "day": one.occurred_at.date().isoformat(),
            }
            connection.execute(
                insert(QUOTE).values(case_id=made, position=position, feedback_id=one.feedback_id, quote=words)
            )
        after_ = {"theme": theme, "answer": number, "ratio": found.ratio}
        audit.add(connection, who.name, "case kept", f"proof_case:{made}", None, after_, at)
        outbox.add(connection, "proof", str(made), "proof.kept", {"case": made} | after_, at)
    return made


def before_and_after(
    known: Counted, theme: int, controls: tuple[int, ...], changed_on: date, running: date
) -> tuple[Effect, list[int], int]:
    """Return the effect, the theme's contacts a week, and how many of these weeks are after. Raises ProofError."""
    monday = changed_on - timedelta(days=changed_on.weekday())
    after = min(MOST_AFTER, (running - monday).days // 7 - 1)
    if after < FEWEST_WEEKS:
        ready = monday + timedelta(weeks=FEWEST_WEEKS + 1)
        raise ProofError(f"the change is too young: three full weeks after it are over on {ready}")
    if not controls:
        raise ProofError("there is no other theme to compare with")
    over = Stretch(monday - timedelta(weeks=BEFORE), BEFORE + 1 + after, after)
    counts = by_theme([known.at(one) for one in (theme, *controls)], Filter({}), over)
    counts = np.delete(counts, BEFORE, axis=1)
    marked = np.arange(BEFORE + after) >= BEFORE
    found = effect(counts[0], counts[1:].sum(axis=0), marked)
    if found is None:
        raise ProofError("too few contacts spoke of it, or of the themes to compare with, to say anything")
    return found, [int(one) for one in counts[0]], after


def cases(store: Store, words: str = "") -> tuple[Case, ...]:
    """Return kept cases whose theme or change has all the words, the newest first. Raises StoreError."""
    wanted = (
        select(CASE, ThemeRow.name.label("theme"))
        .join(ThemeRow, ThemeRow.id == CASE.c.theme_id)
        .order_by(CASE.c.id.desc())
    )
    with store.connect() as connection:
        known = counted(store, connection)
        said: dict[int, list[Said]] = {}
        for row in connection.execute(select(QUOTE).order_by(QUOTE.c.case_id, QUOTE.c.position)):
            said.setdefault(row.case_id, []).append(Said(**row.quote))
        found = [_case(row._mapping, tuple(said.get(row.id, ()))) for row in connection.execute(wanted)]
    sought = words.casefold().split()
    return tuple(
        one
        for one in found
        if known.at(one.theme_id).everybody >= store.least_customers
        and all(word in f"{one.theme} {one.change}".casefold() for word in sought)
    )


def _case(row: Mapping[Any, Any], said: tuple[Said, ...]) -> Case:
    figures = row["figures"]
    return Case(
        row["id"], row["theme_id"], row["theme"], row["answer"], row["name"], row["changed_on"], Effect(**figures["effect"]),
        tuple(figures["weeks"]), figures["weeks_after"], tuple(figures["controls"]), figures["currency"], figures["cost_low"],
        figures["cost_high"], row["who"], row["at"], said, figures["quoted"],
    )  # fmt: skip


def _shipped(connection: Connection, theme: int) -> Answer:
    answers = [one for ask in fold(entries(connection, themes=[theme])) for one in ask.answers]
    shipped = [one for one in answers if one.kind is AnswerKind.ACCEPTED and one.shipped is not None]
    if not shipped:
        raise ProofError(
            f"theme {theme} has no accepted answer whose change is out; `earshot ledger ship` says that it is"
        )
    return shipped[-1]


def _controls(connection: Connection, known: Counted, theme: int) -> tuple[int, ...]:
    """The other standing themes of the same kind for which nothing was shipped: the change did not touch them."""
    kinds = {row.id: row.kind for row in connection.execute(select(ThemeRow.id, ThemeRow.kind))}
    touched = {ask.theme_id for ask in fold(entries(connection)) for one in ask.answers if one.shipped is not None}
    same = [one.id for one in tallies_of(connection, known, Filter({})) if one.kind == kinds[theme]]
    return tuple(one for one in same if one != theme and one not in touched)
