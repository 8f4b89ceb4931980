"""What a page shows of few customers, to each role: not their words, not by filters, not by a direct link, not exported.

Ought to fail, not tried yet: for viewer, product owner and team owner when `session.store` forgets who is looking (`seen_by` left out),
and on the export when it is made with the whole store.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import exports, narrowing, session
from insights.board.behind import Behind
from insights.board.export import Sheet, as_csv, as_markdown
from insights.board.ranking import ThemeQuery
from insights.delivery.rows import WAITING, signal_id
from insights.delivery.writer import write
from insights.store import Store
from insights.themes import curation
from insights.themes.curation import MACHINE, Decision
from insights.trust import people
from insights.trust.anonymity import CARE_TEAM
from insights.trust.people import Role
from tests.dashboard.conftest import Open, PlantedStore
from tests.dashboard.planted import SUBJECTS
from tests.insights.notes import analysis, feedback, signal

ALONE, AMONG = "quokkadrome", "wallabyhouse"
"""A word that one customer says, in a theme of their own; and one of theirs in a theme of many."""
UNLOCK = SUBJECTS[0].name


@pytest.fixture
def lonely(planted: PlantedStore) -> int:
    """One customer more, the only one of the Atoll, with a theme of their own; return its id."""
    now = datetime.now(UTC)
    texts = [f"the {ALONE} wobbles", f"I am late for the {AMONG}"]
    notes = [
        analysis(
            feedback(f"alone-{at}", text, customer_key="alone", region="Atoll", occurred_at=now - timedelta(days=9)),
            [signal(text)],
        )
        for at, text in enumerate(texts)
    ]
    with Store(planted.url) as store:
        write(store, notes, [[WAITING]] * 2, received_at=now)
        heard = [signal_id(one.feedback.id, one.signals[0]) for one in notes]
        decision = Decision(MACHINE, "", now)
        curation.grow(store, planted.id(UNLOCK), heard[1:], decision)
        return curation.create(store, "pain", "Wobbling", heard[:1], decision, exemplar=heard[0]).theme_id


@pytest.fixture
def shown(page: Open, planted: PlantedStore, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page as somebody of a role, in local mode."""
    with Store(planted.url) as store:
        admin = people.local(store)
        for role in Role:
            people.add(store, f"The {role}", "", role, by=admin, at=datetime.now(UTC))

    def _open(role: Role, path: str, **asked: str | list[str]) -> AppTest:
        monkeypatch.setenv("EARSHOT_LOCAL_USER", f"The {role}")
        return page(planted.url, path, **asked)

    return _open


def everything(app: AppTest) -> str:
    """All that the page sends to the browser, marks between words left out."""
    assert not app.exception, app.exception
    return unescape(re.sub(r"<[^>]*>", "", "\n".join(str(getattr(one, "proto", "")) for one in app)))


def ways_to(lonely: int, many: int) -> Iterator[tuple[str, dict[str, str | list[str]], str]]:
    """Pages and links that lead to what one customer said, with the word that must not be there."""
    atoll = {f"{narrowing.ONLY}region": ["Atoll"]}
    yield session.THEME, {"id": str(lonely)}, ALONE
    yield session.NOTES, {"theme": str(lonely)}, ALONE
    yield session.NOTES, {"theme": str(many), **atoll}, AMONG
    yield session.NOTES, {"all": "1", **atoll}, ALONE
    yield session.EXPLORE, {"find": f"late {AMONG}"}, "I am"


@pytest.mark.parametrize("role", Role)
def test_only_the_care_team_reads_what_one_customer_said(
    shown: Open, planted: PlantedStore, lonely: int, role: Role
) -> None:
    for path, asked, word in ways_to(lonely, planted.id(UNLOCK)):
        found = everything(shown(role, path, **asked))
        assert (word in found) is (role in CARE_TEAM), (role, path, asked)
        assert ("Fewer than 5 customers" in found) is (role not in CARE_TEAM), (role, path, asked)


@pytest.mark.usefixtures("lonely")
@pytest.mark.parametrize("role", [Role.PRODUCT_OWNER, Role.AGENT])
def test_the_list_leaves_out_what_one_customer_said_and_says_so(shown: Open, role: Role) -> None:
    themes = everything(shown(role, session.THEMES))
    assert ("Wobbling" in themes) is (role in CARE_TEAM)
    assert ("1 theme that fewer than 5 customers speak of not shown" in themes) is (role not in CARE_TEAM)
    regions = next(one.proto.options for one in shown(role, session.EXPLORE).multiselect if one.key == "region")
    assert ("Atoll" in regions) is (role in CARE_TEAM)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.TEAM_OWNER, Role.AGENT])
def test_an_export_holds_what_its_reader_may_see(shown: Open, planted: PlantedStore, lonely: int, role: Role) -> None:
    shown(role, session.THEMES)
    with Store(planted.url) as store:
        person = next(one for one in people.all(store) if one.name == f"The {role}")
        session_store = store.seen_by(1 if person.role in CARE_TEAM else 5)
        sheets: list[Sheet] = [
            exports.note_sheet(session_store, Behind(theme=lonely), "Wobbling", "everything", ""),
            exports.note_sheet(session_store, Behind(query=ThemeQuery(regions=("Atoll",))), "Notes", "Atoll", ""),
            exports.theme_sheet(session_store, ThemeQuery(regions=("Atoll",)), "Atoll", ""),
        ]
    written = "".join(as_csv(sheet).decode("utf-8-sig") + as_markdown(sheet).decode() for sheet in sheets[:2])
    assert (ALONE in written) is (role in CARE_TEAM)
    assert bool(sheets[2].rows) is (role in CARE_TEAM)


def test_until_it_is_known_who_looks_nothing_of_few_is_shown(page: Open, planted: PlantedStore) -> None:
    """A page drawn outside the frame of the board, or a file built after the page, is no way round."""
    page(planted.url)
    assert session.store().least_customers == 5
    assert session.whole().least_customers == 1
