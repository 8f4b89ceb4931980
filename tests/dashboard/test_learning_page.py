"""Protects the page of what was learnt: it names the model that hears, and every trial with its figures."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard import session
from insights.desk import models
from insights.store import Store
from tests.dashboard.conftest import Open, PlantedStore
from tests.dashboard.test_pages import words

AT = datetime(2026, 10, 1, tzinfo=UTC)


def test_trials_are_told_with_their_figures(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, session.LEARNING)
    assert "Nothing was tried yet" in words(app)
    assert "The model that ships with Earshot hears now" in words(app)
    with Store(planted.url) as store:
        for data, macro in ((None, 0.51), (b"model", 0.61)):
            models.record(
                store,
                at=AT,
                who="Ana",
                reason=f"macro {macro}",
                recipe_id="x",
                learnt_from=200,
                held_back=50,
                old={"pain": 0.5},
                new={"pain": macro},
                data=data,
            )
    told = words(page(planted.url, session.LEARNING))
    assert "A model learnt from 200 texts hears now" in told
    assert "Not taken" in told
    assert "Taken into use" in told
    assert "0.61" in told
    assert "+0.11" in told
