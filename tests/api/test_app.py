"""Protects what other programs read: the board's own answers, behind a token, and never more than its person may see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from insights.board.ranking import ThemeQuery, themes
from insights.tables import SegmentRow, SignalRow
from insights.trust import people, tokens
from insights.trust.people import Role
from insights.trust.tokens import Scope
from tests.api.conftest import Read


def everything(read: Read, path: str, token: str, **asked: Any) -> list[dict[str, Any]]:
    """Read all pages of a list."""
    items: list[dict[str, Any]] = []
    while True:
        status, page = read.get(path, token, **asked)
        assert status == 200, page
        items += page["items"]  # type: ignore[arg-type]
        if not page["next"] or not page["items"]:
            return items
        asked["cursor"] = page["next"]


def test_the_list_is_the_boards(read: Read) -> None:
    token = read.token()
    board = themes(read.store, ThemeQuery(page_size=200), date.today()).rows
    paged = everything(read, "/themes", token, limit=3)
    assert [(one["id"], one["name"], one["notes"], one["customers"], tuple(one["weeks"])) for one in paged] == [
        (row.id, row.name, row.notes, row.customers, row.weeks) for row in board
    ]
    bikes = everything(read, "/themes", token, product="Bikes", kind="pain")
    assert {one["id"] for one in bikes} == {
        row.id for row in themes(read.store, ThemeQuery(kind="pain", products=("Bikes",)), date.today()).rows
    }


def test_another_page_size_half_way_is_refused(read: Read) -> None:
    token = read.token()
    _, page = read.get("/themes", token, limit=3)
    status, trouble = read.get("/themes", token, limit=2, cursor=page["next"])
    assert (status, "cursor" in str(trouble["error"])) == (400, True)


def test_one_theme_also_by_an_id_that_was_merged(read: Read) -> None:
    token = read.token()
    status, found = read.get(f"/themes/{read.planted.merged_away}", token)
    assert status == 200
    assert found["redirected_from"] == read.planted.merged_away
    assert found["id"] == read.planted.ids["Bike does not unlock although it is paid"]
    assert any(step["event"] == "merged" for step in found["lineage"])  # type: ignore[union-attr]
    assert read.get("/themes/99999", token)[0] == 404


def test_quotes_and_signals_prove_themselves(read: Read) -> None:
    token = read.token()
    theme = read.planted.ids["Refund is promised but does not arrive"]
    with read.store.connect() as connection:
        own = set(connection.execute(select(SignalRow.id).where(SignalRow.theme_id == theme)).scalars())
        said = {(row.feedback_id, row.position): row.text for row in connection.execute(select(SegmentRow.__table__))}
    signals = everything(read, f"/themes/{theme}/signals", token, limit=7)
    assert [int(one["id"]) for one in signals] == list(dict.fromkeys(int(one["id"]) for one in signals))
    assert {int(one["id"]) for one in signals} == own
    assert all(said[one["feedback_id"], one["segment"]][one["start"] : one["end"]] == one["text"] for one in signals)
    quotes = everything(read, f"/themes/{theme}/quotes", token, limit=7)
    assert {one["feedback_id"] for one in quotes} == {one["feedback_id"] for one in signals}


def test_keeping_up_meets_every_signal_once_and_later_only_what_came_since(read: Read) -> None:
    token, met, cursor = read.token(), [], ""
    while True:
        _, page = read.get("/signals", token, limit=50, cursor=cursor)
        cursor = page["next"]
        if not page["items"]:
            break
        met += [int(one["id"]) for one in page["items"]]  # type: ignore[union-attr]
    with read.store.connect() as connection:
        assert len(met) == len(set(met)) == connection.execute(select(func.count(SignalRow.id))).scalar_one()
    from tests.dashboard.planted import add_note

    add_note(read.store, "new", "{pain|The bell fell off} today.", datetime.now(UTC))
    _, page = read.get("/signals", token, cursor=cursor)
    assert [one["text"] for one in page["items"]] == ["The bell fell off"]  # type: ignore[union-attr]


def test_beyond_the_care_team_nothing_shows_that_too_few_customers_said(read: Read) -> None:
    few = read.planted.ids["Code by text message comes too late to sign in"]
    with read.store.begin() as connection:
        own = select(SignalRow.feedback_id).where(SignalRow.theme_id == few)
        from insights.tables import FeedbackRow

        connection.execute(update(FeedbackRow).where(FeedbackRow.id.in_(own)).values(customer_key="one-customer"))
        connection.execute(update(SignalRow).where(SignalRow.theme_id == few).values(customer="one-customer"))
    care, beyond = read.token(Role.AGENT), read.token(Role.PRODUCT_OWNER)
    assert few in {one["id"] for one in everything(read, "/themes", care)}
    _, page = read.get("/themes", beyond)
    assert few not in {one["id"] for one in page["items"]}  # type: ignore[union-attr]
    assert (page["withheld"], page["least_customers"]) == (1, 5)
    for path in (f"/themes/{few}", f"/themes/{few}/quotes", f"/themes/{few}/signals"):
        assert read.get(path, care)[0] == 200
        status, trouble = read.get(path, beyond)
        assert (status, "5 customers" in str(trouble["error"])) == (403, True)
    assert all(one["theme_id"] not in (few, None) for one in everything(read, "/signals", beyond, limit=200))


def test_searching_finds_the_words_and_withholds_what_too_few_said(read: Read) -> None:
    care, beyond = read.token(Role.AGENT), read.token(Role.PRODUCT_OWNER)
    found = everything(read, "/search", care, q='"no refund"', limit=4)
    assert found
    assert all("no refund" in one["text"] for one in found)
    with read.store.begin() as connection:
        from insights.tables import FeedbackRow

        notes = [one["feedback_id"] for one in found]
        connection.execute(update(FeedbackRow).where(FeedbackRow.id.in_(notes)).values(customer_key="one-customer"))
    _, page = read.get("/search", beyond, q='"no refund"')
    assert (page["items"], page["withheld"]) == ([], True)
    assert read.get("/search", care, q="")[0] == 422


def test_a_token_opens_what_its_scopes_say(read: Read) -> None:
    only = read.token(Role.ADMIN, Scope.LEDGER)
    assert read.get("/ledger", only)[0] == read.get("/teams", only)[0] == 200
    for path in ("/themes", "/signals", "/reviews", "/themes/1/quotes"):
        status, trouble = read.get(path, only)
        assert (status, "--scope" in str(trouble["error"])) == (403, True)


def test_without_a_token_or_with_one_that_is_over_nothing_opens(read: Read) -> None:
    admin, at = read.people[Role.ADMIN], datetime.now(UTC)
    assert read.client.get("/api/v1/themes").status_code == 401
    assert read.get("/themes", "earshot_guess")[0] == 403
    revoked = read.token()
    assert read.get("/themes", revoked)[0] == 200
    tokens.revoke(read.store, tokens.all(read.store)[0].id, by=admin, at=at)
    assert read.get("/themes", revoked)[0] == 403
    _, over = tokens.issue(
        read.store,
        admin.id,
        "old",
        [Scope.THEMES],
        by=admin,
        at=at - timedelta(days=2),
        expires_at=at - timedelta(days=1),
    )
    assert read.get("/themes", over)[0] == 403
    theirs = read.token(Role.VIEWER)
    people.deactivate(read.store, read.people[Role.VIEWER].id, by=admin, at=at)
    assert read.get("/themes", theirs)[0] == 403


def test_the_secret_is_kept_nowhere(read: Read) -> None:
    secret = read.token()
    with read.store.begin() as connection:
        from sqlalchemy import text

        rows = (
            connection.execute(text("SELECT * FROM token")).all()
            + connection.execute(text("SELECT * FROM audit")).all()
        )
    assert secret not in str(rows)
    assert "token made" in str(rows)


@pytest.mark.parametrize("path", ["/api/v1/docs", "/docs", "/redoc"])
def test_no_page_of_it_loads_scripts_from_elsewhere(read: Read, path: str) -> None:
    assert read.client.get(path).status_code == 404
