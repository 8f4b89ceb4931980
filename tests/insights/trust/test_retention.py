"""X8: retention deletes exactly what is older than promised, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from ingest.feedback import Origin, Reason, Rejected
from insights.delivery import outbox
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.tables import DeadLetterRow, FeedbackRow, OutboxRow
from insights.trust import audit, retention
from insights.trust.retention import Keep
from tests.insights.notes import NOW, analysis, feedback

DAY = timedelta(days=1)


def fill(store: Store) -> None:
    """A thousand and two hundred notes, one a quarter of a day back in time; letters and events alike, one a day."""
    notes = [analysis(feedback(str(at), occurred_at=NOW - at * DAY / 4)) for at in range(1_200)]
    write(store, notes, [[Home(None, 0.0)]] * len(notes), received_at=NOW)
    for at in range(10):
        letter = Rejected(Reason.EMPTY, "no", b"", Origin("notes", 0, at))
        write(store, [], [], [letter], received_at=NOW - at * DAY)
        with store.begin() as connection:
            outbox.add(connection, "theme", str(at), "theme.created", {}, NOW - at * DAY)
    with store.connect() as connection:
        events = connection.execute(select(OutboxRow.id, OutboxRow.created_at)).all()
    for event in events[:8]:
        outbox.mark_published(store, [event.id], event.created_at)


def test_x8_exactly_what_is_past_its_days_goes(store: Store) -> None:
    fill(store)
    gone = retention.purge(store, Keep(notes=100, dead_letters=3, events=5), who="machine", at=NOW)
    with store.connect() as connection:
        oldest = connection.execute(select(FeedbackRow.occurred_at).order_by(FeedbackRow.occurred_at)).scalars().all()
        letters = connection.execute(select(DeadLetterRow.at)).scalars().all()
        events = connection.execute(select(OutboxRow.aggregateid, OutboxRow.published_at)).all()
    assert len(oldest) == 401
    assert oldest[0] == NOW - 100 * DAY
    assert sorted(letters) == [NOW - at * DAY for at in (3, 2, 1, 0)]
    assert {int(row.aggregateid) for row in events} == {0, 1, 2, 3, 4, 5, 8, 9}, "what nobody was told yet stays"
    assert (gone["feedback"], gone["signal"], gone["dead_letter"], gone["outbox"]) == (799, 799, 6, 2)
    assert audit.entries(store, action="retention")[0].after == gone


def test_nothing_goes_when_nothing_is_promised(store: Store) -> None:
    fill(store)
    assert retention.purge(store, Keep(0, 0, 0), who="machine", at=NOW + 9_999 * DAY) == {}
    assert audit.entries(store) == ()
