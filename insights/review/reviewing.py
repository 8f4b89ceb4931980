"""Holding a weekly review: opening it, deciding, carrying over, closing. Each step is one transaction, audited.

Decisions are only ever added; a later one stands behind the earlier and counts. A review closes only when every item was
decided on or carried over in so many words, and what was carried over opens the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from ingest.feedback import Speaker
from insights.counting.counted import counted
from insights.counting.counts import tallies_of
from insights.counting.filters import Filter
from insights.counting.packing import NOTES
from insights.counting.weeks import calendar
from insights.delivery import outbox
from insights.listening import decisions
from insights.listening.decisions import InReview, Resolution
from insights.review.agenda import Reason, agenda, all_changes, moved
from insights.review.carry_over import ANSWERED, answered, carried, past, stands
from insights.review.frozen import Evidence, figures, freeze, keep_words, words
from insights.review.of_theme import take_wishes
from insights.review.reviews import DECIDING, Verdict, frozen
from insights.store import Store, StoreError
from insights.tables import LedgerRow, ReviewDecisionRow, ReviewItemRow, ReviewRow
from insights.trust import audit, people
from insights.trust.people import Person

UNREASONED = (Verdict.SEEN, Verdict.CARRY)
TOLD = {
    Verdict.ACT: Resolution.ACT, Verdict.TRY: Resolution.TRY, Verdict.WAIT: Resolution.WAIT, Verdict.DECLINE: Resolution.DECLINE,
}  # fmt: skip
"""What is decided of a theme, and goes to the ledger and to the authors of its notes."""


class ReviewError(StoreError):
    """The step makes no sense as the review stands; nothing was changed. The message names the mend."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be decided: by whom it is done, until when, and one sentence that says why."""

    verdict: Verdict
    reason: str = ""
    owner: str = ""
    due: date | None = None
    answer_id: int | None = None


def open_week(store: Store, *, by: Person, at: datetime) -> int:
    """Open the review of the week, or bring the agenda of the open one up to date; return its id.

    Raises NotAllowed, ReviewError when an earlier one is still open or this week's is closed, StoreError.
    """
    week = calendar(at.date()).running
    try:
        with store.begin() as connection:
            asking = people.allowed(connection, by.id, *DECIDING)
            last = _last(connection)
            if last is not None and last.week > week:
                raise ReviewError(f"there is a review of a later week, {last.week}, already")
            if last is not None and last.closed_at is None and last.week < week:
                raise ReviewError(f"the review of the week of {last.week} is still open; close that one first")
            if last is not None and last.week == week:
                if last.closed_at is not None:
                    opens = week + timedelta(weeks=1)
                    raise ReviewError(f"the review of this week is closed; the next can be opened from {opens} on")
                review_id, since = last.id, last.since
            else:
                since = last.closed_at if last is not None else at - timedelta(weeks=1)
                row = {"week": week, "since": since, "opened_at": at, "opened_by": asking.name, "closed_by": ""}
                review_id = connection.execute(insert(ReviewRow).values(row).returning(ReviewRow.id)).scalar_one()
                told = {"week": week.isoformat()}
                audit.add(connection, asking.name, "review opened", f"review:{review_id}", None, told, at)
            _fill(connection, store, review_id, since, at)
            return int(review_id)
    except IntegrityError:
        raise ReviewError("somebody else is opening this review; look again") from None


def decide(store: Store, item_id: int, choice: Choice, *, by: Person, at: datetime) -> int:
    """Record a decision on an item with the evidence as it stands now; return its id.

    Raises NotAllowed, ReviewError when the review is closed or something is missing, StoreError.
    """
    reason, owner = " ".join(choice.reason.split()), " ".join(choice.owner.split())
    theme_id, kind = _of(store, item_id)
    if choice.verdict not in UNREASONED and not reason:
        raise ReviewError("a decision needs a reason: one sentence that the agents will read")
    if choice.verdict in (Verdict.ACT, Verdict.TRY) and not owner:
        raise ReviewError("say who does it: a decision to act needs an owner")
    if choice.verdict is Verdict.WAIT and choice.due is None:
        raise ReviewError("say by when to look again: waiting needs a day")
    if choice.verdict is Verdict.SEEN and kind not in (Reason.FADED, Reason.ANSWERED):
        raise ReviewError("only what faded or was answered can be marked as seen; decide, or carry it over")
    evidence = _look(store, theme_id, at.date())
    with store.begin() as connection:
        asking = people.allowed(connection, by.id, *DECIDING)
        review_id = _open_review_of(connection, item_id)
        given = replace(choice, reason=reason, owner=owner)
        return _record(connection, review_id, item_id, given, evidence, asking.name, at)


def close(store: Store, review_id: int, *, by: Person, at: datetime, carry_rest: bool = False) -> None:
    """Close a review; ``carry_rest`` carries over all that is undecided. What moved is frozen with it.

    Raises NotAllowed, ReviewError when items are undecided or the review is closed, StoreError.
    """
    waiting = _undecided(store, review_id)
    seen = {item: _look(store, theme, at.date()) for item, theme in waiting.items()} if carry_rest else {}
    with store.begin() as connection:
        asking = people.allowed(connection, by.id, *DECIDING)
        row = _locked(connection, review_id)
        rest = _undecided_in(connection, review_id)
        if rest and not carry_rest:
            raise ReviewError(f"{len(rest)} of the agenda still need a decision; decide, or carry them over")
        if set(rest) - set(seen):
            raise ReviewError("the agenda has just become longer; look again")
        for item in rest:
            _record(connection, review_id, item, Choice(Verdict.CARRY), seen[item], asking.name, at)
        known = counted(store, connection)
        moves = moved(known, tallies_of(connection, known, Filter({})), calendar(at.date()), NOTES)
        done = {"closed_at": at, "closed_by": asking.name, "moved": frozen(moves)}
        connection.execute(update(ReviewRow).where(ReviewRow.id == review_id).values(done))
        carried = len(rest)
        audit.add(connection, asking.name, "review closed", f"review:{review_id}", None, {"carried over": carried}, at)
        told = {"review": review_id, "week": row.week.isoformat(), "who": asking.name}
        outbox.add(connection, "review", str(review_id), "review.closed", told, at)


def _fill(connection: Connection, store: Store, review_id: int, since: datetime, at: datetime) -> None:
    """Put on the agenda what belongs there and is not on it yet: what was carried over first."""
    weeks, known = calendar(at.date()), counted(store, connection)
    items = connection.execute(select(ReviewItemRow.review_id, ReviewItemRow.theme_id)).all()
    there = {stands(connection, item.theme_id) for item in items if item.review_id == review_id}
    seen = {stands(connection, item.theme_id) for item in items if item.review_id != review_id}
    rows = take_wishes(connection) | carried(connection, review_id, at.date())
    fresh = [one for one in tallies_of(connection, known, Filter({})) if one.id not in rows]
    changes = all_changes(known, fresh, weeks)
    for point in agenda(fresh, changes, weeks, past(connection), seen, answered(connection, since)):
        words_of_it = {"theme_id": point.theme_id, "reason": point.reason.value, "why": point.why}
        rows.setdefault(point.theme_id, {**words_of_it, "times": 1, "carried_from": None})
    new = [{**row, "review_id": review_id, "name": "", "at": at} for theme, row in rows.items() if theme not in there]
    if new:
        connection.execute(insert(ReviewItemRow), new)


def _record(
    connection: Connection, review_id: int, item_id: int, choice: Choice, seen: Evidence, who: str, at: datetime
) -> int:
    before = select(ReviewDecisionRow.verdict).where(ReviewDecisionRow.item_id == item_id)
    last = connection.execute(before.order_by(ReviewDecisionRow.id.desc()).limit(1)).scalar_one_or_none()
    row = {
        "item_id": item_id,
        "verdict": choice.verdict.value,
        "owner": choice.owner,
        "due": choice.due,
        "reason": choice.reason,
        "who": who,
        "at": at,
        "answer_id": choice.answer_id if choice.answer_id is not None else _answer(connection, seen.theme_id),
        "evidence": freeze(seen),
    }
    made: int = connection.execute(insert(ReviewDecisionRow).values(row).returning(ReviewDecisionRow.id)).scalar_one()
    if choice.verdict in TOLD:
        week = connection.execute(select(ReviewRow.week).where(ReviewRow.id == review_id)).scalar_one()
        own = sum(said.quote.speaker == Speaker.NOTE.value for said in seen.quotes)
        taken = InReview(
            TOLD[choice.verdict], choice.reason, choice.owner, choice.due, review_id, week, item_id, made, own
        )
        decisions.record(connection, stands(connection, seen.theme_id), taken, who, at)
    keep_words(connection, made, seen.quotes)
    connection.execute(update(ReviewItemRow).where(ReviewItemRow.id == item_id).values(name=seen.name))
    told = {"theme": seen.theme_id, "verdict": choice.verdict.value, "owner": choice.owner}
    told["due"] = choice.due.isoformat() if choice.due else ""
    audit.add(
        connection, who, "review decided", f"review_item:{item_id}", {"verdict": last} if last else None, told, at
    )
    payload = {"review": review_id, "name": seen.name, "reason": choice.reason, "who": who, "decision": made, **told}
    outbox.add(connection, "theme", str(seen.theme_id), "theme.decided", payload, at)
    return made


def _answer(connection: Connection, theme_id: int) -> int | None:
    """The last answer in the ledger to a theme."""
    wanted = select(LedgerRow.number).where(LedgerRow.event == ANSWERED, LedgerRow.theme_id == theme_id)
    return connection.execute(wanted.order_by(LedgerRow.number.desc()).limit(1)).scalar_one_or_none()


def _look(store: Store, theme_id: int, today: date) -> Evidence:
    with store.connect() as connection:
        found = figures(connection, counted(store, connection), theme_id, today)
    said = words(store, theme_id, today)
    return replace(found, quotes=said, quoted=len(said))


def _of(store: Store, item_id: int) -> tuple[int, Reason]:
    with store.connect() as connection:
        wanted = select(ReviewItemRow.theme_id, ReviewItemRow.reason).where(ReviewItemRow.id == item_id)
        row = connection.execute(wanted).one_or_none()
        if row is None:
            raise ReviewError(f"there is no item {item_id} on any agenda")
        return row.theme_id, Reason(row.reason)


def _open_review_of(connection: Connection, item_id: int) -> int:
    wanted = select(ReviewItemRow.review_id).where(ReviewItemRow.id == item_id)
    return int(_locked(connection, connection.execute(wanted).scalar_one()).id)


def _locked(connection: Connection, review_id: int) -> Row[Any]:
    """Hold an open review until the transaction ends, so that nobody closes it between two steps."""
    row = connection.execute(select(ReviewRow.__table__).where(ReviewRow.id == review_id).with_for_update())
    found = row.one_or_none()
    if found is None:
        raise ReviewError(f"there is no review {review_id}")
    if found.closed_at is not None:
        raise ReviewError(f"the review of the week of {found.week} is closed; what it decided stays as it is")
    return found


def _last(connection: Connection) -> Row[Any] | None:
    wanted = select(ReviewRow.__table__).order_by(ReviewRow.week.desc()).limit(1).with_for_update()
    return connection.execute(wanted).one_or_none()


def _undecided(store: Store, review_id: int) -> Mapping[int, int]:
    with store.connect() as connection:
        return _undecided_in(connection, review_id)


def _undecided_in(connection: Connection, review_id: int) -> Mapping[int, int]:
    """Items of a review without a decision: item to theme."""
    decided = select(ReviewDecisionRow.id).where(ReviewDecisionRow.item_id == ReviewItemRow.id).exists()
    wanted = select(ReviewItemRow.id, ReviewItemRow.theme_id).where(ReviewItemRow.review_id == review_id, ~decided)
    return {row.id: row.theme_id for row in connection.execute(wanted.order_by(ReviewItemRow.id))}
