"""The review and the outcome tree over a real store: what is decided is what the store holds, for those who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.settings import settings
from insights import migrate
from insights.review import opportunities, reviewing, reviews
from insights.review import opportunity_edits as edits
from insights.review.agenda import Reason
from insights.review.opportunities import NodeKind, State
from insights.review.reviewing import Choice
from insights.review.reviews import Review, Verdict
from insights.store import Store
from insights.trust import people
from insights.trust.people import Person, Role
from tests.dashboard.conftest import Open, PlantedStore
from tests.dashboard.planted import HOSTILE, SUBJECTS, plant
from tests.dashboard.test_pages import html, words

LOCK = SUBJECTS[0].name
NOW = datetime.now(UTC)
ago = timedelta(weeks=1)


def held(planted: PlantedStore, at: datetime = NOW) -> Review:
    with Store(planted.url, read_only=True) as store:
        found = reviews.review(store, at.date(), at.date())
    assert found is not None
    return found


def ada(store: Store) -> Person:
    return people.local(store, settings().local_user)


def opened(planted: PlantedStore, at: datetime = NOW) -> Review:
    with Store(planted.url) as store:
        reviewing.open_week(store, by=ada(store), at=at)
    return held(planted, at)


def item_of(found: Review, name: str) -> int:
    return next(item.id for item in found.items if item.evidence.name == name)


def fill(app: AppTest, item: int, verdict: str, owner: str, reason: str) -> AppTest:
    app.button_group(key=f"verdict-{item}-0").set_value([verdict])
    app.selectbox(key=f"owner-{item}-0").set_value(owner)
    app.text_input(key=f"reason-{item}-0").set_value(reason)
    return app.button(key=f"record-{item}").click().run()


def test_from_an_empty_page_to_a_closed_review(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, session.REVIEW)
    assert "No review yet" in words(app)
    app.button(key="open-review").click().run()
    found = held(planted)
    assert f"{len(found.items)} items" in words(app)
    assert {item.reason for item in found.items} >= {Reason.GROWN, Reason.NEW}
    first = found.items[0]
    app = fill(app, first.id, "Act", "nobody yet", "It must open")
    assert "Not recorded: say who does it" in words(app)
    app = fill(app, first.id, "Act", "Local user", "It must open, <b>always</b>")
    assert "Recorded for" in words(app)
    assert "“It must open, <b>always</b>”" in words(app)
    made = held(planted).items[0].decision
    assert made is not None
    assert (made.verdict, made.owner, made.who) == (Verdict.ACT, "Local user", "Local user")
    app.button(key="close-carry").click().run()
    assert held(planted).closed_at is not None
    assert "Nothing here can be changed" in words(app)
    assert not [one for one in app.button if str(one.key).startswith(("record", "decide", "close"))]


def test_only_the_open_item_has_a_form_and_another_can_be_opened(page: Open, planted: PlantedStore) -> None:
    found = opened(planted)
    app = page(planted.url, session.REVIEW)
    forms = [one.key for one in app.button if str(one.key).startswith("record-")]
    assert forms == [f"record-{found.items[0].id}"]
    last = found.items[-1].id
    app.button(key=f"decide-{last}-button").click().run()
    assert [one.key for one in app.button if str(one.key).startswith("record-")] == [f"record-{last}"]


def test_last_week_is_shown_as_it_was_seen(page: Open, planted: PlantedStore) -> None:
    found = opened(planted, NOW - ago)
    with Store(planted.url) as store:
        lock = item_of(found, LOCK)
        reviewing.decide(store, lock, Choice(Verdict.DECLINE, "Not ours"), by=ada(store), at=NOW - ago)
        reviewing.close(store, found.id, by=ada(store), at=NOW - ago, carry_rest=True)
    opened(planted)
    then = held(planted, NOW - ago)
    week = then.week.isoformat()
    app = page(planted.url, session.REVIEW, week=week)
    assert "As it was seen on" in words(app)
    assert "“Not ours”" in words(app)
    now = page(planted.url, session.REVIEW)
    assert "Carried over" in words(now)
    assert "second time on the agenda" in words(now)
    assert [one.proto.query_string for one in now.get("page_link") if one.proto.query_string.startswith("week=")][
        -1
    ] == f"week={week}"
    printed = page(planted.url, session.REVIEW, week=week, print="1")
    assert [str(one.key) for one in printed.button] == []
    assert "Back to the review" in [one.proto.label for one in printed.get("page_link")]


@pytest.mark.parametrize(
    "link", [{"week": "2001-01-01"}, {"week": "soon"}, {"week": "9999-12-31"}, {"print": "x"}], ids=str
)
def test_a_bad_link_is_answered_plainly(page: Open, planted: PlantedStore, link: dict[str, str]) -> None:
    opened(planted)
    app = page(planted.url, session.REVIEW, **link)
    assert ("No review was held in this week" in words(app)) == (link.get("week") == "2001-01-01")
    assert "Nothing in the tree yet" in words(page(planted.url, session.TREE, node="9" * 30))


def test_who_only_reads_is_offered_nothing_to_change(page: Open, planted: PlantedStore) -> None:
    opened(planted)
    with Store(planted.url) as store:
        tom = people.add(store, "Tom", "", Role.VIEWER, by=ada(store), at=NOW)
    app = page(planted.url, session.REVIEW)
    app.selectbox(key="working_as").set_value(tom.id).run()
    assert "items" in words(app)
    assert [str(one.key) for one in app.button] == []


def test_an_empty_store_has_an_empty_agenda(page: Open, tmp_path_factory: pytest.TempPathFactory) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'earshot.db'}"
    migrate.upgrade(url)
    app = page(url, session.REVIEW)
    app.button(key="open-review").click().run()
    assert "Nothing on the agenda" in words(app)


def test_the_tree_grows_on_its_page(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, session.TREE)
    app.text_input(key="title-outcome-None").set_value("Fewer calls about <i>locks</i>")
    app.button(key="add-outcome-None-button").click().run()
    assert "Fewer calls about <i>locks</i>" in words(app)
    assert "<i>locks" not in html(app)
    app.query_params["node"] = "1"
    app.run()
    app.selectbox(key="pick-theme-1").set_value(planted.id(HOSTILE))
    app.button(key="add-theme-1-button").click().run()
    app.query_params["node"] = "2"
    app.run()
    app.text_input(key="title-solution-2").set_value("A better lock")
    app.selectbox(key="owner-solution-2").set_value("Local user")
    app.button(key="add-solution-2-button").click().run()
    app.query_params["node"] = "3"
    app.run()
    app.selectbox(key="new-state-3").set_value(State.RUNNING)
    app.button(key="change-3-button").click().run()
    with Store(planted.url, read_only=True) as store:
        found = opportunities.tree(store)
    assert [(depth, node.kind, node.title) for depth, node in found.walk()] == [
        (0, NodeKind.OUTCOME, "Fewer calls about <i>locks</i>"),
        (1, NodeKind.THEME, HOSTILE),
        (2, NodeKind.SOLUTION, "A better lock"),
    ]
    assert found.nodes[3].state is State.RUNNING
    with Store(planted.url) as store:
        person = ada(store)
        other = edits.add(store, NodeKind.THEME, under=1, theme_id=planted.id(LOCK), by=person, at=NOW)
    app.run()
    app.selectbox(key="place-of-3").set_value(other)
    app.button(key="hang-3").click().run()
    app.button(key="unhang-3-2").click().run()
    assert "No longer under “<img src=x" in words(app)
    with Store(planted.url, read_only=True) as store:
        assert [one.id for one in opportunities.tree(store).above(3)] == [other]
    app.button(key="remove-3").click().run()
    assert "Taken out: A better lock" in words(app)
    opened(planted)
    assert f"Fewer calls about <i>locks</i> {HOSTILE}" in " ".join(words(page(planted.url, session.REVIEW)).split())


def test_the_pages_are_drawn_on_either_engine(page: Open, database_url: str) -> None:
    migrate.upgrade(database_url)
    with Store(database_url) as store:
        plant(store)
        reviewing.open_week(store, by=ada(store), at=NOW)
        edits.add(store, NodeKind.OUTCOME, "Fewer calls", by=ada(store), at=NOW)
    app = page(database_url, session.REVIEW)
    assert LOCK in words(app)
    assert "Fewer calls" in words(app)
    assert "1 outcome" in words(page(database_url, session.TREE))
