"""Protects the desk's parts without a browser: words that are never markup, marks in their place, pages for their people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard import session
from dashboard.components.conversation import conversation_words, fit_words, queue_item, rule_words, tag_card, tag_line
from dashboard.components.job_story import job_story, promise
from dashboard.components.own_note import agreement_line, own_note
from dashboard.mark_words import snapped, words_of
from dashboard.presence import STALE, Presence
from insights.board.jobs import Job
from insights.board.stories import Slot
from insights.delivery.written import State
from insights.desk.agreement import Agreement
from insights.desk.conversation import Conversation, Near, Suggestion, Turn
from insights.desk.inbox import QueueItem
from insights.desk.own_notes import Fate, OwnNote
from insights.store import Store
from insights.trust import people
from insights.trust.people import Role
from tests.dashboard.conftest import Open, PlantedStore

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
EVIL = "<script>x</script> <b>no</b>"


def suggestion(text: str, start: int, **fields: object) -> Suggestion:
    values: dict[str, object] = {
        "signal_id": 1, "segment": 0, "kind": "pain", "rule": "pain", "confidence": 0.9, "similarity": 0.9, "theme_id": 7,
        "theme_name": EVIL, "near": (Near("n", EVIL, NOW),), "customers": 12,
    }  # fmt: skip
    return Suggestion(text=text, start=start, end=start + len(text), **(values | fields))  # type: ignore[arg-type]


def conversation(text: str, tag: Suggestion) -> Conversation:
    return Conversation("f", "s", "1", "chat", "", "", "", "", NOW, (Turn(0, "customer", text, "h"),), (tag,), False)


def test_words_are_marked_in_their_place_and_escaped() -> None:
    text = f"So {EVIL} it broke"
    html = conversation_words(conversation(text, suggestion("it broke", text.index("it"))), 0)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert '<mark class="m-pain on"><span class="vh">pain: </span><sup>1</sup>it broke' in html
    rejected = suggestion("it broke", text.index("it"), verdict="rejected")
    assert "<mark" not in conversation_words(conversation(text, rejected), 0)


def test_no_part_lets_a_customers_text_become_markup() -> None:
    tag = suggestion(EVIL, 0, who=EVIL, verdict="accepted")
    fate = Fate("pain", EVIL, 1, EVIL, "live")
    job = Job(1, EVIL, 2, 2, Slot(EVIL, 1), Slot(EVIL, 2), None, ())
    parts = (
        tag_card(tag, 1, 1, on=True), tag_line(tag, 1, "me"), queue_item(QueueItem("f", EVIL, EVIL, EVIL, NOW, 1), NOW, on=True),
        own_note(OwnNote("f", NOW, State.HEARD, EVIL, EVIL, EVIL, (fate,), True), NOW), job_story(job), promise(EVIL, job, tied=True),
    )  # fmt: skip
    for html in parts:
        assert "<script" not in html
        assert "<b>no" not in html


@pytest.mark.parametrize(
    ("confidence", "similarity", "words"),
    [(0.9, 0.9, "Fits well."), (0.7, 0.9, "Could fit."), (0.4, 0.9, "A guess."), (0.9, 0.1, "Could fit.")],
)
def test_sureness_is_told_in_words(confidence: float, similarity: float, words: str) -> None:
    assert fit_words(suggestion("x", 0, confidence=confidence, similarity=similarity))[0] == words


def test_every_rule_has_plain_words() -> None:
    for kind, rule in (
        ("pain", "pain"),
        ("suggestion", "tip"),
        ("job", "want.to"),
        ("job", "purpose.for"),
        ("pain", "person"),
        ("pain", "new"),
    ):
        said = rule_words(kind, rule)
        assert said.endswith(".")
        assert "_" not in said


def test_a_slip_of_the_mouse_cuts_no_word() -> None:
    text = "The lock, it stays shut!"
    assert [text[start:end] for start, end in words_of(text)] == ["The", "lock", "it", "stays", "shut"]
    assert snapped(text, 6, 12) == (4, 12)
    assert snapped(text, 8, 10) is None
    assert snapped(text, 0, len(text)) == (0, len(text) - 1)


def test_presence_tells_of_others_and_forgets() -> None:
    moment = [NOW]
    desk = Presence(lambda: moment[0])
    desk.opened("Mira", "n1")
    assert desk.elsewhere("Mira") == {}
    assert desk.elsewhere("Tom") == {"n1": ("Mira", NOW)}
    desk.opened("Mira", "n2")
    assert set(desk.elsewhere("Tom")) == {"n2"}
    moment[0] += STALE + timedelta(seconds=1)
    assert desk.elsewhere("Tom") == {}


def test_agreement_is_told_only_from_enough_words_on() -> None:
    assert agreement_line(Agreement("pain", 5, 1, 1, 3, 0.4, 0.1, 0.7))[3].startswith("told from 20")
    assert agreement_line(Agreement("pain", 30, 1, 1, 8, 0.85, 0.7, 1.0))[2:] == (
        "0.85 (0.70 to 1.00)",
        "almost always the same",
    )


def test_pages_of_care_are_drawn_and_not_for_readers(page: Open, planted: PlantedStore) -> None:
    for path, title in ((session.DESK, "Desk"), (session.MY_NOTES, "My notes"), (session.JOBS, "Jobs")):
        app = page(planted.url, path)
        assert not app.exception
        assert f'<h1 class="h1">{title}</h1>' in "".join(one.body for one in app.get("html"))
    with Store(planted.url) as store:
        ada = people.local(store)
        people.add(store, "Vera", "", Role.VIEWER, by=ada, at=datetime.now(UTC))
    app = page(planted.url)
    box = app.selectbox(key="working_as")
    box.select(next(one.id for one in people.all(Store(planted.url, read_only=True)) if one.name == "Vera")).run()
    with pytest.raises(ValueError, match="desk"):
        app.switch_page(session.DESK).run()


def test_the_desk_of_an_empty_store_says_so(page: Open, tmp_path: object) -> None:
    from insights import migrate

    url = f"sqlite:///{tmp_path}/empty.db"
    migrate.upgrade(url)
    app = page(url, session.DESK)
    assert not app.exception
    assert "Nothing waits for you" in "".join(one.body for one in app.get("html"))
