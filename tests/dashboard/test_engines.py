"""Every page is drawn on either engine, with the same words."""

from __future__ import annotations

import pytest

from dashboard import session
from insights import migrate
from insights.store import Store
from tests.dashboard.conftest import Open
from tests.dashboard.planted import SUBJECTS, plant


def test_every_page_is_drawn(page: Open, database_url: str) -> None:
    migrate.upgrade(database_url)
    with Store(database_url) as store:
        planted = plant(store)
    lock = str(planted.ids[SUBJECTS[0].name])
    for path, asked, words in (
        (session.THEMES, {}, f"{planted.notes} notes from"),
        (session.THEME, {"id": lock}, SUBJECTS[0].name),
        (session.NOTES, {"theme": lock}, f"All {sum(SUBJECTS[0].weeks)} notes"),
        (session.PIPELINE, {}, f"{planted.notes} notes stored"),
    ):
        app = page(database_url, path, **asked)
        assert not app.exception
        assert any(words in one.proto.body for one in app.get("html")), path


@pytest.mark.parametrize("url", ["postgresql://nobody:hunter2@127.0.0.1:9/none"])
def test_a_server_that_is_not_there_is_told_without_its_password(page: Open, url: str) -> None:
    app = page(url)
    shown = " ".join(one.proto.body for one in app.get("html"))
    assert "The board cannot reach its store" in shown
    assert "hunter2" not in shown
