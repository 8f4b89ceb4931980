"""A quarter at Finchwheel ends in the numbers worked out by hand from its notes.

By hand, from the 1,275 notes and their marks (a theme exists from five signals, asks from ten distinct customers, Mondays
are days -77, -70, ... 0, Wednesdays two days later):

Payments (Billing) is asked ten times and answers each on the second day. charged-after-cancel asks on day -63 with 12
customers, is promised for day -33, ships on -40, and asks again on -35 with 29: declined. deposit-refund-late asks on -49
with 11, is promised for -26, ships on -12 (late), and asks again on -7 with 34: promised once more. pause-subscription
asks on -28: evidence, then on -12 a promise. Declined: price-rise-surprise, cannot-cancel-online, invoice-wrong-company,
student-proof-rejected, charged-twice.

Repairs (Workshop) is asked on -63, -56, -28, -28 and 0, and is silent: 56, 49, 21 and 21 days late; the last is not due yet.

Riding is asked on -63 twice, -49 twice, -42, -35, -28, -21, -14 twice and 0. It answers the first two on day -51, five
days late: battery-range is promised for day -30 and never comes, brake-squeal was tried before; with twice the customers
brake-squeal asks again. From then on it is silent.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from insights import migrate
from insights.delivery import outbox
from insights.listening import asking, digest, echo, ledger, litmus, questions
from insights.listening.cases import Promise, State, cases
from insights.listening.heard import Listening, listening
from insights.listening.ledger import AnswerKind
from insights.listening.say import Say
from insights.store import Store
from insights.trust.people import Role
from pipelines.cli.app import app
from pipelines.digesting import write_digest
from tests.insights.tampering import without_triggers
from tests.pipelines.litmus_sql import by_sql
from tests.pipelines.quarter import END, TERMS, Quarter, play

AUTHORS = {
    "accepted": 12 + 12 + 12 + 10 + 12,
    "declined": 12 + 12 + 10 + 9 + 6 + 12,
    "need evidence": 8,
    "shipped": 12 + 12,
    "tried before": 9,
}
"""The distinct authors of the notes behind each theme, from each change until the next one."""


@pytest.fixture
def played(store: Store) -> Quarter:
    return play(store)


def test_the_quarter_ends_in_the_numbers_worked_out_by_hand(played: Quarter, tmp_path: Path) -> None:
    store = played.store
    payments, repairs, riding = listening(store, END)
    _teams_are_heard(payments, repairs, riding)
    _themes_stand(played)
    _authors_heard_once(store)
    _the_question_was_answered(played)
    _litmus(store)
    _digests(store, tmp_path)
    verdict = ledger.check(store)
    # 26 asks, 11 + 2 answers, 2 changes shipped, 1 answer of an agent
    assert (verdict.entries, verdict.whole) == (42, True)


def _teams_are_heard(payments: Listening, repairs: Listening, riding: Listening) -> None:
    assert [(one.asked, one.heard, one.half_heard_days) for one in (payments, repairs, riding)] == [
        (10, 10, 2.0),
        (4, 0, 28.0),
        (10, 0, 21.0),
    ]
    assert payments.answers == {AnswerKind.ACCEPTED: 4, AnswerKind.DECLINED: 6}
    assert riding.answers == {AnswerKind.ACCEPTED: 1, AnswerKind.TRIED_BEFORE: 1}
    assert repairs.answers == {}
    assert payments.promises == {Promise.KEPT: 1, Promise.LATE: 1, Promise.OPEN: 2}
    assert riding.promises == {Promise.BROKEN: 1}
    assert [late.days_late for late in repairs.overdue] == [56, 49, 21, 21]
    assert [late.days_late for late in riding.overdue] == [42, 42, 35, 28, 21, 14, 7, 7]
    assert payments.overdue == ()
    # Votes are shown by threes. Accepted: 3 of 5, 3 of 5, 6, 3 of 4 raters say 5; the rest, 24, say 2.
    assert payments.say.raters == 39
    assert payments.say.mean == pytest.approx((15 * 5 + 24 * 2) / 39)
    assert (riding.say.raters, riding.say.mean) == (9, pytest.approx((6 * 5 + 3 * 2) / 9))
    assert repairs.say == Say(0, None)
    # Fates older than a week: six of twelve agents never look.
    assert (payments.reach.sent, riding.reach.sent, repairs.reach.sent) == (114, 21, None)
    assert (payments.reach.unread, riding.reach.unread) == (57, 11)


def _themes_stand(played: Quarter) -> None:
    store, today = played.store, END.date()
    last = {played.subjects[ask.theme_id]: ask.state(today) for ask in cases(store)}
    assert Counter(last.values()) == {
        State.ACCEPTED: 3, State.DECLINED: 6, State.OVERDUE: 12, State.OPEN: 2,
    }  # fmt: skip
    assert last["battery-range"] is State.ACCEPTED
    land = asking.nobodys_land(store, END, TERMS)
    assert (len(land), sum(one.would_ask for one in land)) == (19, 15)
    assert land[0].since == min(one.since for one in land)


def _authors_heard_once(store: Store) -> None:
    with store.connect() as connection:
        rows = connection.execute(text("SELECT event, count(*) AS number FROM echo GROUP BY event")).all()
        pairs = connection.execute(
            text("SELECT count(*) FROM (SELECT DISTINCT author, entry FROM echo) AS one")
        ).scalar()
    assert {row.event: row.number for row in rows} == AUTHORS
    assert pairs == sum(AUTHORS.values()) == 160
    assert echo.missing(store) == 0
    assert echo.catch_up(store, END) == echo.catch_up(store, END) == 0
    told = Counter(event.aggregatetype for event in outbox.waiting(store, 10_000))
    assert (told["echo"], told["ledger"]) == (160, 42)


def _the_question_was_answered(played: Quarter) -> None:
    (one,) = questions.of_theme(played.store, played.themes["pause-subscription"])
    assert (one.state, one.answer) == (questions.State.ANSWERED, "two months in winter")
    with played.store.connect() as connection:
        wanted = text("SELECT occurred_at, external_id FROM feedback WHERE id = :id")
        assert connection.execute(wanted, {"id": one.feedback_id}).one().external_id == NEXT_TO_SAY_PAUSE


NEXT_TO_SAY_PAUSE = "FW-2166"
"""The first note about pausing after the question of day -26, on day -25: by hand, from notes.jsonl."""


def _litmus(store: Store) -> None:
    """Of 52 subjects with five signals one is found on the last Monday, 33 have an owner; 23 were asked about, 15 are nobody's."""
    found = litmus.litmus(store, END)
    figures = [(one.part, one.whole, one.days) for one in found.now]
    assert figures == [
        (13, 13, None),
        (None, 51, 24.0),
        (None, 33, 26.0),
        (None, 10, 35.0),
        (None, 2, 58.0),
        (12, 12, None),
        (12, 13, None),
        (0, 0, None),
        (5, 5, None),
        (15, 38, None),
    ]
    assert all(one.gamed and one.counts for one in found.now)
    assert all(len(one.rows) == len(set(one.rows)) >= one.counting for one in found.now)
    assert figures[:-1] == by_sql(store, END - litmus.QUARTER, END)


def _digests(store: Store, folder: Path) -> None:
    for role in digest.READERS:
        made = digest.digest(store, role, END)
        assert len(digest.markdown(made).split()) < 480, "two minutes at 240 words a minute"
    path = write_digest(store, Role.TEAM_OWNER, folder, END, board="https://earshot.example.com/")
    assert path is not None
    written = path.with_suffix(".md").read_text("utf-8")
    assert "book\\-repair\\-in\\-app" in written or "book-repair-in-app" in written
    assert "Due within a week" in written
    assert "/theme?id=" in path.with_suffix(".html").read_text("utf-8")
    assert write_digest(store, Role.TEAM_OWNER, folder, END + timedelta(seconds=1)) is None


def test_verify_names_the_row_that_somebody_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'earshot.db'}"
    migrate.upgrade(url)
    monkeypatch.setenv("EARSHOT_DATABASE_URL", url)
    run = CliRunner()
    with Store(url) as store:
        play(store)
        whole = run.invoke(app, ["ledger", "verify"])
        assert (whole.exit_code, whole.output.split()[0]) == (0, "42")
        without_triggers(store, "ledger", "UPDATE ledger SET reason = 'we always listened' WHERE number = 17")
    broken = run.invoke(app, ["ledger", "verify"])
    assert broken.exit_code == 1
    assert "Entry 17 " in " ".join(broken.output.split())
