"""Protects the way from a theme to the reviews that decided about it, and onto the next agenda."""

from __future__ import annotations

import pytest

from insights.review import reviewing, reviews
from insights.review.agenda import Reason
from insights.review.of_theme import NotWished, reviewed, wish
from insights.review.reviewing import Choice
from insights.review.reviews import Verdict
from insights.store import Store
from insights.themes import curation
from insights.themes.lineage import Decision
from insights.trust import people
from insights.trust.people import NotAllowed, Person, Role
from tests.insights.notes import NOW
from tests.insights.review.test_reviewing import WEEK, ada, item, look, mira, themes

__all__ = ["ada", "mira", "themes"]


def test_a_theme_tells_what_was_decided_about_it_and_about_those_that_joined_it(
    store: Store, mira: Person, themes: dict[str, int]
) -> None:
    reviewing.open_week(store, by=mira, at=NOW)
    assert [one.decision for one in reviewed(store, themes["Locks"]).places] == [None]
    assert reviewed(store, themes["Locks"]).waits
    reviewing.decide(store, item(store, "Locks").id, Choice(Verdict.ACT, "we mend it", "Bikes"), by=mira, at=NOW)
    assert reviewed(store, themes["Codes"]).places == ()
    (place,) = reviewed(store, themes["Locks"]).places
    assert place.decision is not None
    assert (place.decision.verdict, place.decision.reason, place.decision.who) == (Verdict.ACT, "we mend it", "Mira")
    assert not reviewed(store, themes["Locks"]).waits
    curation.merge(store, themes["Locks"], themes["Codes"], Decision("machine", "the same", NOW))
    assert reviewed(store, themes["Codes"]).places == (place,)


def test_a_wish_waits_for_the_next_agenda_and_is_there_once(store: Store, mira: Person, themes: dict[str, int]) -> None:
    with pytest.raises(NotWished, match="say why"):
        wish(store, themes["Codes"], "  ", by=mira, at=NOW)
    wish(store, themes["Codes"], "Care asks about it every day", by=mira, at=NOW)
    assert reviewed(store, themes["Codes"]).wish == "Care asks about it every day"
    reviewing.open_week(store, by=mira, at=NOW)
    asked = item(store, "Codes")
    assert (asked.reason, asked.why) == (Reason.WISHED, "Care asks about it every day")
    assert reviewed(store, themes["Codes"]).wish == ""
    with pytest.raises(NotWished, match="already"):
        wish(store, themes["Codes"], "again", by=mira, at=NOW)
    reviewing.close(store, look(store).id, by=mira, at=NOW, carry_rest=True)
    reviewing.open_week(store, by=mira, at=NOW + WEEK)
    again = [one for one in look(store, NOW + WEEK).items if one.theme_id == themes["Codes"]]
    assert [one.reason for one in again] == [Reason.CARRIED]


def test_a_wish_goes_straight_onto_an_open_agenda(store: Store, mira: Person, themes: dict[str, int]) -> None:
    reviewing.open_week(store, by=mira, at=NOW)
    assert themes["Codes"] not in {one.theme_id for one in look(store).items}
    wish(store, themes["Codes"], "it costs us calls", by=mira, at=NOW)
    assert item(store, "Codes").reason is Reason.WISHED
    reviewing.open_week(store, by=mira, at=NOW)
    assert [one.theme_id for one in look(store).items].count(themes["Codes"]) == 1


def test_only_those_who_decide_may_wish(store: Store, ada: Person, themes: dict[str, int]) -> None:
    agent = people.add(store, "Tom", "", Role.AGENT, by=ada, at=NOW)
    with pytest.raises(NotAllowed):
        wish(store, themes["Codes"], "please", by=agent, at=NOW)
    assert reviews.summaries(store) == ()
    assert reviewed(store, themes["Codes"]).wish == ""
