"""Protects the pages of the loop: what they say is what the services say, and what people do on them is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from insights import migrate
from insights.listening import answers, asking, echo, ledger, notices, ownership, questions, say, teams
from insights.listening.cases import State, cases
from insights.listening.ledger import AnswerKind
from insights.listening.notices import Quiet, Rhythm, Wish
from insights.listening.ownership import Offering
from insights.listening.teams import Team, Terms
from insights.store import Store
from tests.insights.loop import KEY, Company, found, told

Open = Callable[..., AppTest]
NOW = datetime.now(UTC)
HOSTILE = "<img src=x onerror=alert(1)> :material/home: [link](http://example.org)"


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Payments was asked about two themes and has answered one; nobody owns the scooter."""
    monkeypatch.setenv("EARSHOT_PRIVACY_KEY", KEY.decode())
    url = f"sqlite:///{tmp_path / 'earshot.db'}"
    migrate.upgrade(url)
    store = Store(url)
    made = found(store)
    asked = NOW - timedelta(days=20)
    charged = told(store, "charged twice", ["Ada", "Ada", "Ben", "Cleo"], at=NOW - timedelta(days=30))
    told(store, HOSTILE, ["Ada"] * 5, at=NOW - timedelta(days=30))
    told(store, "the scooter beeps", ["Ada"] * 11, product="Scooter", at=NOW - timedelta(days=30))
    asking.ask_due(store, asked)
    lead = made.lead("Payments")
    answers.answer(
        store, charged, AnswerKind.ACCEPTED, "It hurts many riders", by=lead, at=NOW - timedelta(days=2),
        change="one charge only", due=(NOW + timedelta(days=9)).date(),
    )  # fmt: skip
    return made


def words(app: AppTest) -> str:
    assert not app.exception, [one.message for one in app.exception]
    return " ".join(str(one.body) for one in app.get("html"))


def as_person(app: AppTest, company: Company, name: str) -> AppTest:
    app.session_state["working_as"] = company.people[name].id
    return app.run()


def url_of(company: Company) -> str:
    return str(company.store._url)


def test_listening_says_what_the_services_say(page: Open, company: Company) -> None:
    said = words(page(url_of(company), session.LISTENING))
    assert "Of <b>2</b> themes that asked for an answer, <b>0</b> were heard in time" in said
    assert "<b>1</b> answer is overdue, and <b>1</b> theme that weighs enough to ask belongs to nobody" in said
    assert "13 days late" in said
    assert "shown from 3 raters on" in said
    assert "1 accepted" in said
    assert "the scooter beeps" in said
    assert HOSTILE not in said
    assert "&lt;img src=x" in said
    for name in ("Ada", "Ben", "key-of"):
        assert name not in said


@pytest.mark.parametrize("view", [session.LISTENING, session.OWNERS, session.LITMUS, session.STAFF])
def test_pages_open_without_a_team_and_for_everybody(page: Open, tmp_path: Path, view: str) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    migrate.upgrade(url)
    assert "<h1" in words(page(url, view))


def test_every_litmus_figure_opens_its_rows(page: Open, company: Company) -> None:
    for figure in range(9):
        said = words(page(url_of(company), session.LITMUS, figure=str(figure)))
        assert "Could be gamed" in said
    assert "<h1" in words(page(url_of(company), session.LITMUS, figure="99"))


def test_a_team_answers_on_the_page_and_others_cannot(page: Open, company: Company) -> None:
    store = company.store
    late = next(ask for ask in cases(store) if ask.standing is None)
    app = as_person(page(url_of(company), session.LEDGER, id=str(late.theme_id)), company, "Payments lead")
    assert "13 days late" in words(app)
    app.text_input(key="answer-reason").set_value("no").run()
    _press(app, "Record answer")
    assert "Nothing was recorded: give a reason the agents can read" in words(app)
    app.segmented_control(key="answer-kind").set_value("Decline")
    app.text_input(key="answer-reason").set_value("It would cost more than it saves")
    _press(app, "Record answer")
    assert "Recorded. The authors of its notes have been told." in words(app)
    assert {ask.theme_id: ask.state(NOW.date()) for ask in cases(store)}[late.theme_id] is State.DECLINED
    assert len(echo.of_person(store, company.people["Ada"])) == 2
    before = ledger.check(store).entries
    app = as_person(page(url_of(company), session.LEDGER, id=str(late.theme_id)), company, "Riding lead")
    app.text_input(key="answer-reason").set_value("We say something else")
    app.segmented_control(key="answer-kind").set_value("Decline")
    _press(app, "Record answer")
    assert "only members and deputies of Payments answer" in words(app)
    app = as_person(page(url_of(company), session.LEDGER, id=str(late.theme_id)), company, "Ada")
    assert not app.text_input
    assert ledger.check(store).entries == before


def test_shipping_closing_and_asking_on_the_page(page: Open, company: Company) -> None:
    store = company.store
    theme = next(ask.theme_id for ask in cases(store) if ask.standing is not None)
    app = as_person(page(url_of(company), session.LEDGER, id=str(theme)), company, "Payments lead")
    app.text_input(key="ask-words").set_value("Which card was it?")
    app.text_input(key="ask-choices").set_value("Visa, Other")
    _press(app, "Ask")
    assert questions.of_theme(store, theme)[0].choices == ("Visa", "Other")
    app.text_input(key="ship-words").set_value("one charge only now")
    _press(app, "The change is out")
    assert cases(store)[0].state(NOW.date()) is State.SHIPPED
    app.text_input(key="close-words").set_value("it works for everybody")
    _press(app, "Close this")
    assert cases(store)[0].state(NOW.date()) is State.CLOSED


def test_an_admin_adds_a_team_and_gives_it_the_scooter(page: Open, company: Company) -> None:
    app = as_person(page(url_of(company), session.OWNERS), company, "Admin")
    app.text_input(key="team-name").set_value("Scooters")
    _press(app, "Add")
    assert "Scooters is a team now." in words(app)
    team = max(one.id for one in company.teams.values()) + 1
    app = as_person(page(url_of(company), session.OWNERS, team=str(team)), company, "Admin")
    app.selectbox(key="own-product").set_value("Scooter")
    _press(app, "Give it to the team")
    assert "Scooters owns it now." in words(app)
    assert asking.nobodys_land(company.store, NOW) == ()
    app.number_input(key="terms-customers").set_value(25)
    app.checkbox(key="terms-growth").set_value(False)
    _press(app, "Set")
    assert "A theme asks from 25 customers on, from severity 4 of 5 on; the team has 14 days to answer." in words(app)
    app.selectbox(key="team-person").set_value("Riding lead")
    _press(app, "Let them answer")
    assert teams.named(company.store, "Scooters").members[0].name == "Riding lead"
    _press(app, "Take them out")
    assert teams.named(company.store, "Scooters") == Team(team, "Scooters", Terms(25, 4, False, 14), ())
    assert app.selectbox(key="disown-what").options == ["Scooter"]
    _press(app, "Take it away")
    assert len(asking.nobodys_land(company.store, NOW)) == 1


def test_who_causes_a_theme_and_who_pays_is_said_on_its_page_and_shown_with_the_teams(
    page: Open, company: Company
) -> None:
    store, scooter = company.store, asking.nobodys_land(company.store, NOW)[0].weight.theme_id
    app = as_person(page(url_of(company), session.LEDGER, id=str(scooter)), company, "Payments lead")
    assert "place-team" not in {one.key for one in app.selectbox}, "only an admin gives a theme to a team"
    app.selectbox(key="place-part").set_value("policy")
    app.selectbox(key="place-cause").set_value("Payments")
    app.selectbox(key="place-pays").set_value("Riding")
    _press(app, "Keep")
    assert "caused by Payments" in words(app)
    said = ownership.offering(store, scooter)
    assert said == Offering("policy", company.teams["Payments"].id, company.teams["Riding"].id)
    app = as_person(page(url_of(company), session.LEDGER, id=str(scooter)), company, "Admin")
    assert app.selectbox(key="place-cause").value == "Payments"
    app.selectbox(key="place-team").set_value("Mobile")
    _press(app, "Give")
    assert "owned by Mobile" in words(app)
    assert "paid for by Riding" in words(app)
    app = as_person(page(url_of(company), session.OWNERS, team=str(company.teams["Riding"].id)), company, "Ada")
    assert "What it pays for" in words(app)
    assert not app.number_input
    app = as_person(page(url_of(company), session.LEDGER, id=str(scooter)), company, "Ada")
    assert "place-part" not in {one.key for one in app.selectbox}


def test_an_agent_chooses_how_and_when_to_hear_of_their_notes(
    page: Open, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = company.people["Ada"]
    app = as_person(page(url_of(company), session.MY_NOTES), company, "Ada")
    assert "EARSHOT_NOTICE_CHANNELS" in words(app)
    monkeypatch.setenv("EARSHOT_NOTICE_CHANNELS", '{"E-mail": "mailtos://u:s3cr3t@host?to={email}"}')
    app = as_person(page(url_of(company), session.MY_NOTES), company, "Ada")
    app.segmented_control(key="rhythm-often").set_value("Once a week")
    app.selectbox(key="rhythm-from").set_value("18:00")
    _press(app, "Keep")
    assert "You hear of your notes once a week, by E-mail." in words(app)
    assert "s3cr3t" not in words(app)
    assert notices.wish_of(company.store, ada) == Wish(Rhythm.WEEKLY, "E-mail", Quiet(18, 7, "UTC"))
    app.segmented_control(key="rhythm-often").set_value("Here only")
    _press(app, "Keep")
    assert notices.wish_of(company.store, ada).rhythm is Rhythm.DESK


def test_the_panel_of_an_agent_shows_echoes_takes_the_say_and_the_answer(company: Company, page: Open) -> None:
    store, ada = company.store, company.people["Ada"]
    page(url_of(company))
    theme = next(ask.theme_id for ask in cases(store) if ask.standing is not None)
    asked = questions.ask(store, theme, "Which card?", by=company.lead("Payments"), at=NOW, choices=["Visa"])
    told(store, "charged twice", ["Ada"], theme=theme, tag="next", at=NOW + timedelta(seconds=1))
    note = questions.of_theme(store, theme)[0].feedback_id
    app = AppTest.from_function(_panel, args=(ada, note)).run(timeout=30)
    said = words(app)
    assert "Your 2 notes: accepted by Payments, change due" in said
    assert "Payments lead asks: Which card?" in said
    app.button(key=f"q-{asked}-0").click().run()
    assert questions.of_theme(store, theme)[0].answer == "Visa"
    (mine,) = echo.of_person(store, ada)
    app.get("segmented_control")[0].set_value("Hardly").run()
    assert mine.about is not None
    assert say.mine(store, mine.about, by=ada, key=KEY) == (2, "")
    app.text_input(key=f"why-{mine.id}").set_value("They still wait, mail ada@example.com")
    _press(app, "Keep")
    assert say.mine(store, mine.about, by=ada, key=KEY) == (2, "They still wait, mail [EMAIL]")
    app.button(key="echoes-read").click().run()
    assert echo.of_person(store, ada)[0].read


def _panel(person: object, note: str) -> None:
    from dashboard.echo_panel import show_echoes, show_question

    show_echoes(person)
    show_question(person, note)


def _press(app: AppTest, label: str) -> None:
    next(one for one in app.button if one.label == label).click().run()


def test_the_page_of_a_theme_can_say_whose_it_is_and_how_its_answer_stands(company: Company, page: Open) -> None:
    page(url_of(company))
    accepted, late = (ask.theme_id for ask in sorted(cases(company.store), key=lambda one: one.standing is None))
    nobodys = asking.nobodys_land(company.store, NOW)[0].weight.theme_id
    for theme, told_of in (
        (accepted, "“It hurts many riders”"),
        (late, "13 days late"),
        (nobodys, "In nobody’s land for 30 days"),
    ):
        app = AppTest.from_function(_owner, args=(theme,)).run(timeout=30)
        assert told_of in " ".join(str(one.body) for one in app.get("html"))


def _owner(theme: int) -> None:
    from dashboard.owner_panel import show_owner

    show_owner(theme)
