"""X3: what somebody types is data. 30 payloads in every field that is asked with, on both engines.

Ought to fail, not tried yet: when a filter's value is written into the SQL of `search._conditions` instead of being bound.
"""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from insights.board import ranking, search
from insights.board.behind import Behind
from insights.board.quotes import QuoteOrder, notes
from insights.board.saved import save_search, saved_searches
from insights.counting.filters import ThemeQuery
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.tables import FeedbackRow
from insights.trust import people
from insights.trust.people import NoSuchPerson, Role
from tests.insights.notes import NOW, analysis, feedback

PAYLOADS = (
    "'", '"', "';", "' OR 1=1 --", "\" OR \"\"=\"", "'; DROP TABLE feedback; --", "1; DELETE FROM feedback", "') OR ('1'='1",
    "' UNION SELECT key, value FROM setting --", "admin'--", "' AND sleep(5) --", "'||(SELECT 1)||'", "%", "_", "%' --",
    "\\", "\\'", "*", "NOT *", "NEAR(a b)", "a AND (", "^a", "a:b", "feedback_id:x", "\" NEAR \"", "$$; DROP TABLE theme; $$",
    ":name", "?", "{0}", "\u02bc OR 1=1",
)  # fmt: skip
FIELDS = ("products", "plans", "regions", "languages", "channels", "app_versions")
TODAY = NOW.date()


@pytest.fixture
def filled(store: Store) -> Store:
    written = [analysis(feedback(str(at), "the lock stays shut", product="Bikes")) for at in range(4)]
    write(store, written, [[Home(None, 0.0)]] * 4, received_at=NOW)
    return store


def stored(store: Store) -> int:
    with store.connect() as connection:
        return connection.execute(select(func.count()).select_from(FeedbackRow)).scalar_one()


def test_x3_a_payload_is_a_value_like_any_other(filled: Store) -> None:
    assert len(PAYLOADS) == 30
    nothing = ranking.themes(filled, ThemeQuery(products=("Nowhere",)), TODAY)
    for evil in PAYLOADS:
        for field in FIELDS:
            query = ThemeQuery(**{field: (evil,)})  # type: ignore[arg-type]
            assert ranking.themes(filled, query, TODAY) == nothing, (field, evil)
            assert notes(filled, Behind(query=query), QuoteOrder.NEWEST, TODAY).notes == 0, (field, evil)
            assert search.search(filled, "lock", query, TODAY, None).by_words == 0, (field, evil)
        assert ranking.themes(filled, ThemeQuery(text=evil), TODAY).rows == ()
        assert search.search(filled, evil, ThemeQuery(), TODAY, None).by_words == 0, evil
    assert stored(filled) == 4
    assert search.search(filled, "lock", ThemeQuery(), TODAY, None).by_words == 4


def test_x3_a_payload_is_stored_as_it_was_written(filled: Store) -> None:
    admin = people.local(filled, at=NOW)
    for evil in PAYLOADS:
        save_search(filled, f"x{evil}", f"find={evil}", admin.name, NOW)
        added = people.add(filled, f"x{evil}", "", Role.VIEWER, by=admin, at=NOW)
        assert people.get(filled, added.id) == added
        with pytest.raises(NoSuchPerson):
            people.add(filled, f"x{evil}", "", Role.VIEWER, by=admin, at=NOW)
        assert people.by_email(filled, evil) is None
    assert {one.link for one in saved_searches(filled)} == {f"find={evil}" for evil in PAYLOADS}
    assert stored(filled) == 4
