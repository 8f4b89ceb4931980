"""What was answered with 202 is there after any crash, goes on until it is stored, and leaves no trace of an erased customer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ingest.feedback import Origin, Reason, Rejected
from ingest.intake.delivery import Delivery, read
from ingest.pseudonyms import Pseudonyms
from ingest.wire import Decoder, encode
from insights.delivery import dead_letters, intake
from insights.delivery.writer import Home, write
from insights.store import Overtaken, Store
from insights.tables import DeliveryRow
from insights.trust import people
from insights.trust.erasure import erase
from tests.insights.notes import NOW, analysis

WEEK = timedelta(days=7)
DECODER = Decoder(Pseudonyms(b"0123456789abcdef"))


def post(id: str, *, version: int = 0, customer: str = "u1", text: str = "It broke.") -> Delivery:
    event = {
        "external_id": id,
        "version": version,
        "occurred_at": NOW.isoformat(),
        "customer_id": customer,
        "segments": [{"speaker": "customer", "text": text}],
    }
    return read(event, None, "helpdesk", DECODER, encode(event))


def store_note(store: Store, delivery: Delivery) -> None:
    feedback = DECODER.from_event(delivery.arrivals[0].event)
    write(store, [analysis(feedback)], [[Home(None, 0.0)]], received_at=NOW)


def keep(store: Store, *deliveries: Delivery, at: timedelta = timedelta()) -> list[bool]:
    return intake.keep(store, deliveries, NOW + at, remember=WEEK)


def waiting(store: Store, after: timedelta = timedelta()) -> list[str]:
    return [str(one.event["external_id"]) for one in intake.due(store, NOW + after)]


def test_the_same_bytes_are_kept_once_for_as_long_as_they_are_remembered(store: Store) -> None:
    assert keep(store, post("1"), post("2"), post("1")) == [True, True, False]
    assert keep(store, post("2"), post("3")) == [False, True]
    assert waiting(store) == ["1", "2", "3"]
    assert keep(store, post("1"), at=timedelta(days=8)) == [True]
    with store.connect() as connection:
        assert len(connection.execute(select(DeliveryRow.digest)).all()) == 1, "the old ones are forgotten"


def test_an_event_is_sent_again_ever_more_seldom_until_it_is_stored(store: Store) -> None:
    keep(store, post("1"))
    first = intake.due(store, NOW)
    intake.sent(store, first, NOW)
    assert waiting(store, timedelta(seconds=29)) == []
    second = intake.due(store, NOW + timedelta(seconds=30))
    assert [one.tries for one in second] == [1]
    intake.sent(store, second, NOW + timedelta(seconds=30))
    assert waiting(store, timedelta(seconds=89)) == []
    assert waiting(store, timedelta(seconds=90)) == ["1"]
    assert intake.settle(store) == 0
    store_note(store, post("1"))
    assert intake.settle(store) == 1
    assert intake.backlog(store) == 0


def test_an_edit_waits_until_the_edit_is_stored(store: Store) -> None:
    store_note(store, post("1", version=1))
    keep(store, post("1", version=2, text="It broke again."))
    intake.sent(store, intake.due(store, NOW), NOW)
    assert intake.settle(store) == 0
    store_note(store, post("1", version=2, text="It broke again."))
    assert intake.settle(store) == 1


def test_what_is_set_aside_is_not_sent_for_ever(store: Store) -> None:
    delivery = post("1")
    keep(store, delivery)
    intake.sent(store, intake.due(store, NOW), NOW)
    letter = Rejected(Reason.ANALYSIS_FAILED, "x", encode(delivery.arrivals[0].event), Origin("t", 0, 0))
    write(store, [], [], [letter], received_at=NOW)
    assert intake.settle(store) == 1


def test_an_erased_customers_words_go_and_stay_gone(store: Store) -> None:
    admin = people.local(store, "Ada")
    keep(store, post("1", customer="u1"), post("2", customer="u2"))
    key = DECODER.from_event(post("1").arrivals[0].event).customer_key
    receipt = erase(store, key, by=admin, at=NOW)
    assert receipt.counts["intake"] == 1
    assert waiting(store) == ["2"]
    keep(store, post("9", customer="u1"))
    intake.sent(store, intake.due(store, NOW), NOW)
    assert intake.settle(store) == 1, "it will never be stored, so it is not sent for ever"


def test_a_page_and_its_cursor_are_kept_together_or_not_at_all(store: Store) -> None:
    first = intake.keep_page(store, post("1"), {"after": "a"}, NOW, before=None)
    with pytest.raises(Exception, match="JSON serializable"):
        intake.keep_page(store, post("2"), {"after": object()}, NOW, before=first)
    assert intake.pulled(store, "helpdesk") == first == intake.Pulled({"after": "a"}, 1)
    assert waiting(store) == ["1"]
    second = intake.keep_page(store, post("1"), {"after": "b"}, NOW, before=first)
    assert second == intake.Pulled({"after": "b"}, 2)
    assert waiting(store) == ["1"], "the records of the page's edge come twice and wait once"


def test_of_two_pulls_of_one_source_the_second_ends(store: Store) -> None:
    first = intake.keep_page(store, post("1"), {"after": "a"}, NOW, before=None)
    intake.keep_page(store, post("2"), {"after": "b"}, NOW, before=first)
    for before in (first, None):
        with pytest.raises(Overtaken):
            intake.keep_page(store, post("3"), {"after": "c"}, NOW, before=before)
    assert waiting(store) == ["1", "2"]


def test_what_cannot_be_read_in_a_page_is_set_aside_with_it(store: Store) -> None:
    letter = Rejected(Reason.BAD_VALUE, "created_at", b"{}", Origin("pull helpdesk"))
    intake.keep_page(store, post("1"), {}, NOW, before=None, rejected=[letter])
    assert dead_letters.counts(store) == (("bad_value", 1),)
