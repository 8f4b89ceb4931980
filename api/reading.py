"""The questions other programs may ask, with what their token opens and what too few customers stand behind.

The interface and the assistant's tools both ask here, so neither can show more than the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from api import cursor, shapes
from insights.board import quotes as words
from insights.board import ranking, signals
from insights.board import search as searching
from insights.board.behind import Behind
from insights.board.quotes import QuoteOrder
from insights.board.theme import ThemeDetail, theme
from insights.counting.counted import counted
from insights.counting.filters import ThemeQuery
from insights.listening import cases, heard
from insights.listening.ledger import AnswerKind
from insights.review import reviews
from insights.store import Store
from insights.trust.anonymity import least_customers
from insights.trust.tokens import Reader, Scope


class NotThere(LookupError):
    """There is no such thing; the message says what was asked for."""


class TooFew(PermissionError):
    """Fewer customers stand behind it than may be shown to this reader; the message says how many are needed."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks, at which moment, and the store as they may see it (`insights.trust.anonymity`)."""

    store: Store
    reader: Reader
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def least(self) -> int:
        return self.store.least_customers


def session(store: Store, reader: Reader, k: int, now: datetime) -> Session:
    """Return the session of a reader; ``k`` customers at least stand behind what is told beyond the care team."""
    return Session(store.seen_by(least_customers(reader.person, k)), reader, now)


def themes(session: Session, query: ThemeQuery, at: str) -> shapes.Themes:
    """Return a page of ranked themes. Raises TokenRefused, BadCursor, StoreError."""
    session.reader.needs(Scope.THEMES)
    offset = cursor.offset_of(at)
    found = ranking.themes(session.store, _paged(query, offset), session.today)
    end = offset + len(found.rows)
    return shapes.Themes(
        items=tuple(shapes.Theme.model_validate(row) for row in found.rows),
        matching=found.matching,
        withheld=found.left_out,
        least_customers=session.least,
        next=cursor.of_offset(end) if found.rows and end < found.matching else None,
    )


def one_theme(session: Session, theme_id: int) -> shapes.OneTheme:
    """Return a theme; an id that was merged leads on. Raises TokenRefused, NotThere, TooFew, StoreError."""
    session.reader.needs(Scope.THEMES)
    found = _seen(session, theme_id)
    plain = {name: getattr(found, name) for name in shapes.OneTheme.model_fields if name not in ("weeks", "lineage")}
    return shapes.OneTheme(
        **plain | {"change": shapes.Change.model_validate(found.change)},
        weeks=tuple(shapes.Week(monday=monday, notes=number) for monday, number in found.weeks),
        lineage=tuple(shapes.Step.model_validate(step) for step in found.lineage),
    )


def quotes(session: Session, theme_id: int, order: QuoteOrder, limit: int, at: str) -> shapes.Quotes:
    """Return quotes of a theme. Raises TokenRefused, BadCursor, NotThere, TooFew, StoreError."""
    session.reader.needs(Scope.QUOTES)
    offset = cursor.offset_of(at)
    found = _seen(session, theme_id)
    page = words.notes(session.store, Behind(theme=found.id), order, session.today, limit=limit, offset=offset)
    return shapes.Quotes(
        items=tuple(_quote(one) for one in page.quotes),
        notes=page.notes,
        customers=page.customers,
        next=cursor.of_offset(offset + limit) if offset + limit < page.notes else None,
    )


def search(session: Session, said: str, limit: int, at: str) -> shapes.Quotes:
    """Return notes that say some words, newest first. Raises TokenRefused, BadCursor, StoreError."""
    session.reader.needs(Scope.QUOTES)
    offset = cursor.offset_of(at)
    found = searching.search(session.store, said, ThemeQuery(), session.today, None, limit=limit, offset=offset)
    return shapes.Quotes(
        items=tuple(_quote(one) for one in found.quotes),
        notes=found.by_words,
        customers=None,
        withheld=bool(found.fewer_than),
        next=cursor.of_offset(offset + limit) if offset + limit < found.by_words else None,
    )


def signals_of(session: Session, theme_id: int, limit: int, at: str) -> shapes.Signals:
    """Return the signals of a theme, newest first. Raises TokenRefused, BadCursor, NotThere, TooFew, StoreError."""
    session.reader.needs(Scope.QUOTES)
    before = cursor.place_of(at)
    found = _seen(session, theme_id)
    page = signals.of_theme(session.store, found.id, before=before, limit=limit)
    end = cursor.of_place(page[-1].occurred_at, page[-1].id) if len(page) == limit else None
    items = tuple(_signal(one) for one in page)
    return shapes.Signals(items=items, withheld=0, least_customers=session.least, next=end)


def received(session: Session, kind: str, limit: int, at: str) -> shapes.Signals:
    """Return signals as they were received, oldest first, to keep another system up to date.

    Raises TokenRefused, BadCursor, StoreError.
    """
    session.reader.needs(Scope.QUOTES)
    page = signals.received(session.store, kind=kind, after=cursor.place_of(at), limit=limit)
    shown = _of_enough(session, page)
    end = cursor.of_place(page[-1].received_at, page[-1].id) if page else at or None
    items = tuple(_signal(one) for one in shown)
    return shapes.Signals(items=items, withheld=len(page) - len(shown), least_customers=session.least, next=end)


def ledger(session: Session, team_id: int | None, limit: int, at: str) -> shapes.Ledger:
    """Return asks and how they stand, newest first. Raises TokenRefused, BadCursor, StoreError."""
    session.reader.needs(Scope.LEDGER)
    offset = cursor.offset_of(at)
    asks = [ask for ask in reversed(cases.cases(session.store)) if team_id in (None, ask.team_id)]
    shown = asks[offset : offset + limit]
    more = offset + limit < len(asks)
    items = tuple(_ask(ask, session.today) for ask in shown)
    return shapes.Ledger(items=items, next=cursor.of_offset(offset + limit) if more else None)


def teams(session: Session) -> shapes.Teams:
    """Return how each team listens. Raises TokenRefused, StoreError."""
    session.reader.needs(Scope.LEDGER)
    return shapes.Teams(
        items=tuple(
            shapes.Team(
                id=one.team_id,
                name=one.team,
                asked=one.asked,
                heard_in_time=one.heard,
                median_days_unheard=one.half_heard_days,
                overdue=len(one.overdue),
            )
            for one in heard.listening(session.store, session.now)
        )
    )


def all_reviews(session: Session) -> shapes.Reviews:
    """Return every weekly review. Raises TokenRefused, StoreError."""
    session.reader.needs(Scope.REVIEWS)
    return shapes.Reviews(
        items=tuple(shapes.ReviewSummary.model_validate(one) for one in reviews.summaries(session.store))
    )


def one_review(session: Session, week: date) -> shapes.Review:
    """Return the decisions of the review of a week. Raises TokenRefused, NotThere, StoreError."""
    session.reader.needs(Scope.REVIEWS)
    found = reviews.review(session.store, week, session.today)
    if found is None:
        raise NotThere(f"there was no review in the week of {week}")
    return shapes.Review(
        week=found.week,
        opened_at=found.opened_at,
        closed_at=found.closed_at,
        decisions=tuple(
            shapes.Decision(
                theme_id=item.theme_id,
                theme=taken.evidence.name,
                verdict=taken.verdict.value,
                owner=taken.owner,
                due=taken.due,
                reason=taken.reason,
                at=taken.at,
                notes_then=taken.evidence.notes,
                customers_then=taken.evidence.customers,
            )
            for item in found.items
            if (taken := item.decision) is not None
        ),
    )


def _paged(query: ThemeQuery, offset: int) -> ThemeQuery:
    """The page of the list that begins at an offset. Raises BadCursor when the pages before had another size."""
    if offset % query.page_size:
        raise cursor.BadCursor
    return replace(query, page=offset // query.page_size + 1)


def _seen(session: Session, theme_id: int) -> ThemeDetail:
    found = theme(session.store, theme_id, session.today)
    if found is None:
        raise NotThere(f"there is no theme {theme_id}")
    if found.fewer_than:
        raise TooFew(
            f"fewer than {session.least} customers stand behind theme {theme_id}; one of them could be recognised"
        )
    return found


def _of_enough(session: Session, page: tuple[signals.Heard, ...]) -> tuple[signals.Heard, ...]:
    """The signals of themes that enough customers stand behind; what waits for a theme is one customer's."""
    if session.least <= 1:
        return page
    with session.store.connect() as connection:
        known = counted(session.store, connection)
        enough = {
            place: known.at(place).customers() >= session.least for place in {one.theme_id for one in page} if place
        }
    return tuple(one for one in page if one.theme_id and enough[one.theme_id])


def _signal(one: signals.Heard) -> shapes.Signal:
    plain = {name: getattr(one, name) for name in shapes.Signal.model_fields if name not in ("id", "slots")}
    slots = tuple(shapes.Slot(name=name, start=start, end=end) for name, start, end in one.slots)
    return shapes.Signal(id=str(one.id), slots=slots, **plain)


def _quote(one: words.Quote) -> shapes.Quote:
    return shapes.Quote(
        feedback_id=one.feedback_id,
        speaker=one.speaker,
        text=one.text,
        marks=tuple(shapes.Mark.model_validate(mark) for mark in one.highlights),
        product=one.product,
        channel=one.channel,
        occurred_at=one.occurred_at,
    )


def _ask(ask: cases.Ask, today: date) -> shapes.Ask:
    stands = ask.standing
    accepted = stands is not None and stands.kind is AnswerKind.ACCEPTED
    return shapes.Ask(
        number=ask.number,
        theme_id=ask.theme_id,
        team_id=ask.team_id,
        since=ask.since,
        due=ask.due,
        state=ask.state(today).value,
        answer=stands.kind.value if stands else "",
        reason=stands.entry.reason if stands else "",
        change=stands.entry.change if stands else "",
        promised_by=stands.entry.due if stands and accepted else None,
    )
