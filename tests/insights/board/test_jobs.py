"""Protects the jobs: stories of one note only, obstacles whose counts open exactly their notes, promises of owners alone."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from ingest.feedback import Feedback, Segment, Speaker
from insights.board import jobs, offers
from insights.board.behind import Behind
from insights.board.offers import NotAnOffer, Offer
from insights.board.quotes import QuoteOrder, notes
from insights.counting.filters import ThemeQuery
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.tables import SignalRow
from insights.themes import curation
from insights.themes.lineage import Decision
from insights.trust import audit, people
from insights.trust.people import NotAllowed, Role
from nlp.signals import Signal, SignalKind, Slot
from tests.insights.notes import NOW, analysis

STORY = "When it rains I want to get to work dry so that I can teach at nine. The lock is stuck."
PLAIN = "I want to get to work. The lock is stuck."
JUST = "I want to get to work dry."


def heard(text: str, words: str, kind: SignalKind, *slots: tuple[str, str]) -> Signal:
    start = text.index(words)
    found = tuple(Slot(name, text.index(part), text.index(part) + len(part)) for name, part in slots)
    return Signal(kind, 0, start, start + len(words), words, 0.9, "want.to", slots=found)


@pytest.fixture
def themes(store: Store) -> tuple[int, int]:
    """A job in five notes of two products, and a pain in three of them and in another note of the fourth's customer."""
    texts = [
        (STORY, "Bikes", "a"),
        (PLAIN, "Bikes", "b"),
        (PLAIN, "App", "c"),
        (JUST, "Bikes", "d"),
        (JUST, "Bikes", "e"),
    ]
    texts.append(("The lock is stuck.", "Bikes", "d"))
    for number, (text, product, customer) in enumerate(texts):
        signals = []
        if "work" in text:
            want = "get to work dry" if "dry" in text else "get to work"
            slots = [("want", want)]
            if "rains" in text:
                slots += [("situation", "When it rains"), ("purpose", "I can teach at nine")]
            signals.append(heard(text, want, SignalKind.JOB, *slots))
        if "lock" in text:
            signals.append(heard(text, "The lock is stuck", SignalKind.PAIN))
        found = Feedback(
            "desk",
            str(number),
            NOW - timedelta(hours=number),
            (Segment(Speaker.CUSTOMER, text),),
            product=product,
            customer_key=customer,
        )
        vectors = np.eye(4)[: len(signals)].tolist()
        write(store, [analysis(found, signals, vectors)], [[Home(None, 0.0)] * len(signals)], received_at=NOW)
    made = []
    for kind, name in (("job", "Get to work dry"), ("pain", "Lock is stuck")):
        with store.connect() as connection:
            members = connection.execute(select(SignalRow.id).where(SignalRow.kind == kind)).scalars().all()
        made.append(curation.create(store, kind, name, list(members), Decision("machine", "", NOW)).theme_id)
    return made[0], made[1]


def test_a_story_is_that_of_one_note_and_leaves_out_what_nobody_said(store: Store, themes: tuple[int, int]) -> None:
    (job,) = jobs.jobs(store).jobs
    assert (job.theme_id, job.notes, job.customers) == (themes[0], 5, 5)
    assert job.situation is not None
    assert job.want is not None
    assert job.purpose is not None
    assert (job.situation.words, job.want.words, job.purpose.words) == (
        "When it rains",
        "get to work dry",
        "I can teach at nine",
    )
    assert (job.situation.notes, job.want.notes, job.purpose.notes) == (1, 5, 1)
    (plain,) = jobs.jobs(store, "App").jobs
    assert (plain.situation, plain.purpose) == (None, None)
    assert plain.want is not None
    assert plain.want.words == "get to work"


def test_obstacles_are_counted_by_note_and_by_customer_and_open_exactly_those(
    store: Store, themes: tuple[int, int]
) -> None:
    (job,) = jobs.jobs(store).jobs
    (obstacle,) = job.obstacles
    assert (obstacle.theme_id, obstacle.notes, obstacle.customers) == (themes[1], 3, 4)
    today = NOW.date()
    beside = notes(store, Behind(theme=themes[1], beside=themes[0]), QuoteOrder.NEWEST, today)
    shared = notes(store, Behind(theme=themes[1], shared=themes[0]), QuoteOrder.NEWEST, today)
    assert (beside.notes, shared.customers) == (3, 4)
    (of_bikes,) = jobs.jobs(store, "Bikes").jobs
    assert (of_bikes.customers, of_bikes.obstacles[0].notes, of_bikes.obstacles[0].customers) == (4, 2, 3)
    bikes = ThemeQuery(products=("Bikes",))
    narrowed = notes(store, Behind(theme=themes[1], shared=themes[0], query=bikes), QuoteOrder.NEWEST, today)
    assert narrowed.customers == 3


@pytest.mark.usefixtures("themes")
def test_products_come_by_their_notes_and_an_unknown_one_has_no_job(store: Store) -> None:
    assert jobs.products(store) == ("Bikes", "App")
    assert jobs.jobs(store, "Boats").jobs == ()
    assert jobs.jobs(store, shown=0).more == 1


def test_what_a_product_is_sold_for_is_written_by_its_owner_and_audited(store: Store, themes: tuple[int, int]) -> None:
    ada = people.local(store, "Ada", at=NOW)
    olga = people.add(store, "Olga", "", Role.PRODUCT_OWNER, by=ada, at=NOW)
    mira = people.add(store, "Mira", "", Role.AGENT, by=ada, at=NOW)
    said = [Offer("  Dry   to work ", themes[0]), Offer(""), Offer("A status symbol")]
    offers.state(store, "Bikes", said, by=olga, at=NOW)
    assert offers.offers(store, "Bikes") == (Offer("Dry to work", themes[0]), Offer("A status symbol"))
    assert offers.offers(store, "App") == ()
    offers.state(store, "Bikes", said[:1], by=olga, at=NOW)
    changed = audit.entries(store, subject="product:Bikes")
    assert [entry.who for entry in changed] == ["Olga", "Olga"]
    with pytest.raises(NotAllowed):
        offers.state(store, "Bikes", said, by=mira, at=NOW)
    with pytest.raises(NotAnOffer, match="160"):
        offers.state(store, "Bikes", [Offer("x" * 161)], by=olga, at=NOW)
    assert len(offers.offers(store, "Bikes")) == 1
