"""X4 on the board: who is let in, which pages are there for whom, and that a role taken away ends with the next click."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import asgi, run, session, who
from dashboard.run import OpenToOthers, allowed_hosts, check_door
from dashboard.settings import BoardSettings
from insights.store import Store
from insights.trust import people
from insights.trust.people import Person, Role
from tests.dashboard.conftest import APP, PlantedStore
from tests.insights.notes import NOW

SIGN_IN = {
    "EARSHOT_OIDC_METADATA_URL": "https://id.example.com/.well-known/openid-configuration",
    "EARSHOT_OIDC_CLIENT_ID": "earshot",
    "EARSHOT_OIDC_CLIENT_SECRET": "canary-client-secret",
    "EARSHOT_OIDC_COOKIE_SECRET": "canary-cookie-secret-of-32-characters",
    "EARSHOT_BOARD_URL": "https://earshot.example.com/",
}
ALL_PAGES = sorted(value for name, value in vars(session).items() if name.isupper() and str(value).startswith("views/"))


@pytest.fixture
def staff(planted: PlantedStore) -> dict[Role, Person]:
    with Store(planted.url) as store:
        admin = people.local(store, at=NOW)
        return {
            role: people.add(
                store, f"The {role}", f"{role.value.replace(' ', '.')}@example.com", role, by=admin, at=NOW
            )
            for role in Role
        }


@pytest.fixture
def signed_in(
    planted: PlantedStore, monkeypatch: pytest.MonkeyPatch, forget: Callable[[], None]
) -> Callable[..., AppTest]:
    """Open the board as somebody the provider vouches for: ``signed_in("anna@example.com")``."""
    for name, value in (SIGN_IN | {"EARSHOT_DATABASE_URL": planted.url}).items():
        monkeypatch.setenv(name, value)
    forget()

    def _open(email: str = "", path: str = session.THEMES, **claims: Any) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.secrets["auth"] = asgi.sign_in()["auth"]
        known = {"email": email, "is_logged_in": True, "iat": session.now().timestamp()}
        app.user = {"is_logged_in": False} if not email else known | claims
        if path != session.THEMES:
            app.switch_page(path)
        return app.run()

    return _open


def who_is(planted: PlantedStore) -> Person:
    with Store(planted.url) as store:
        return people.local(store)


def words(app: AppTest) -> str:
    assert not app.exception, app.exception
    return unescape(re.sub(r"<[^>]*>", " ", "\n".join(one.proto.body for one in app.get("html"))))


def test_every_page_says_for_whom_it_is() -> None:
    """Seen to fail with a view that PAGES does not name: it would be for admins only, unnoticed."""
    views = {f"views/{file.name}" for file in (APP.parent / "views").glob("*.py") if file.name != "__init__.py"}
    assert views == set(who.PAGES) == set(ALL_PAGES)


def test_nobody_sees_a_page_before_signing_in(signed_in: Callable[..., AppTest]) -> None:
    for path in ALL_PAGES:
        app = signed_in(path=path)
        assert "Sign in to go on" in words(app)
        assert "notes from" not in words(app)
        assert app.button(key="sign-in")


@pytest.mark.parametrize("role", Role)
def test_x4_each_role_finds_its_pages_and_no_other(
    signed_in: Callable[..., AppTest], staff: dict[Role, Person], role: Role
) -> None:
    """Seen to fail when all pages are registered for everybody."""
    for path in ALL_PAGES:
        app = signed_in(staff[role].email, path)
        assert f"{staff[role].name}, {role}" in words(app)
        if role not in who.PAGES[path]:
            assert _title(app) == _title(signed_in(staff[role].email)), "the first page instead"


def _title(app: AppTest) -> str:
    found = re.search(r"<h1[^>]*>([^<]*)", "\n".join(one.proto.body for one in app.get("html")))
    return found[1] if found else ""


def test_x4_a_role_taken_away_ends_with_the_next_click(
    signed_in: Callable[..., AppTest], staff: dict[Role, Person], planted: PlantedStore
) -> None:
    """The browser's session still holds the provider's word. Seen to fail when the person is kept in the session."""
    app = signed_in(staff[Role.AGENT].email)
    assert "notes from" in words(app)
    with Store(planted.url) as store:
        people.deactivate(store, staff[Role.AGENT].id, by=staff[Role.ADMIN], at=NOW)
    after = words(app.run())
    assert "This account is not let in" in after
    assert "notes from" not in after


@pytest.mark.parametrize(
    ("email", "claims", "told"),
    [
        ("stranger@example.com", {}, "ask an admin to add you"),
        ("agent@example.com", {"email_verified": False}, "has not confirmed"),
        ("agent@example.com", {"iat": 0}, "Sign in to go on"),
        ("agent@example.com", {"iat": None}, "Sign in to go on"),
        ("agent@example.com", {"iat": 9e12}, "Sign in to go on"),
    ],
)
def test_x4_strangers_and_old_sessions_are_not_let_in(
    signed_in: Callable[..., AppTest], staff: dict[Role, Person], email: str, claims: dict[str, Any], told: str
) -> None:
    assert staff
    found = words(signed_in(email, **claims))
    assert told in found
    assert "notes from" not in found


def test_local_mode_says_so_and_lets_one_choose_who_is_working(
    page: Callable[..., AppTest], planted: PlantedStore, staff: dict[Role, Person]
) -> None:
    app = page(planted.url)
    assert "Local mode: no sign-in, this machine only" in words(app)
    assert app.selectbox(key="working_as").value == who_is(planted).id, "nobody becomes another by looking"
    app.selectbox(key="working_as").set_value(staff[Role.VIEWER].id).run()
    assert app.selectbox(key="working_as").value == staff[Role.VIEWER].id
    assert "notes from" in words(app)
    with Store(planted.url) as store:
        people.deactivate(store, staff[Role.VIEWER].id, by=staff[Role.ADMIN], at=NOW)
    assert f"{people.LOCAL}, admin" in str(app.run().selectbox(key="working_as").options)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "earshot.example.com"])
def test_local_mode_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(OpenToOthers, match="EARSHOT_OIDC_METADATA_URL"):
        check_door(host, BoardSettings())
    check_door(host, BoardSettings(board_trust_network=True))
    check_door(host, BoardSettings(**{key.removeprefix("EARSHOT_").lower(): value for key, value in SIGN_IN.items()}))  # type: ignore[arg-type]
    for here in ("127.0.0.1", "127.0.0.9", "::1", "[::1]", "localhost"):
        check_door(here, BoardSettings())


def test_sign_in_in_part_is_refused_and_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_OIDC_CLIENT_SECRET", "canary-client-secret")
    with pytest.raises(ValueError, match="EARSHOT_OIDC_METADATA_URL, EARSHOT_OIDC_CLIENT_ID") as told:
        BoardSettings()
    assert "canary" not in str(told.value)


def test_x8_secrets_are_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (SIGN_IN | {"EARSHOT_DATABASE_URL": "postgresql://anna:canary-password@db/x"}).items():
        monkeypatch.setenv(name, value)
    assert "canary" not in repr(BoardSettings())
    assert "canary" not in str(BoardSettings())
    monkeypatch.setenv("EARSHOT_OIDC_COOKIE_SECRET", "canary-short")
    with pytest.raises(ValueError, match="shorter than 32") as told:
        BoardSettings()
    assert "canary" not in str(told.value)


def test_the_names_the_board_may_be_opened_under() -> None:
    board = BoardSettings(board_url="https://earshot.example.com:8443/x", board_hosts="care.example.com, ,ears")
    assert allowed_hosts(board) == (*run.HERE, "earshot.example.com", "care.example.com", "ears")
    assert run.command("127.0.0.1", 1, ("a", "b"))[-2:] == ["--server.allowedHosts=a", "--server.allowedHosts=b"]
