"""Protects the map and saved searches: like themes lie together, filters leave the same notes as anywhere."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from insights.board.atlas import atlas, draw_map
from insights.board.saved import NotSaved, forget_search, save_search, saved_searches
from insights.counting.filters import ThemeQuery
from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.themes import curation
from insights.themes.curation import Decision
from nlp.layout import layout
from tests.insights.notes import ENCODER, NOW, analysis, feedback

TODAY = date(2026, 9, 30)
BY = Decision("anna", "", NOW)


def test_like_groups_lie_near_each_other_and_none_covers_another() -> None:
    chance = np.random.default_rng(3)
    centres = np.eye(6, 16)
    centres[1] = centres[0] + 0.3 * centres[1]
    groups = np.repeat(np.arange(6), 40)
    vectors = (centres[groups] + 0.05 * chance.normal(size=(240, 16))).astype(np.float32)
    places = layout(vectors, groups)
    assert places.shape == (240, 2)
    assert places.min() >= 0
    assert places.max() <= 1
    assert (layout(vectors, groups) == places).all()
    middles = np.array([places[groups == group].mean(axis=0) for group in range(6)])
    apart = np.linalg.norm(middles[:, None] - middles[None, :], axis=2)
    assert apart[0, 1] == np.min(apart[0, 1:])
    reach = max(np.linalg.norm(places[groups == group] - middles[group], axis=1).max() for group in range(6))
    assert apart[np.triu_indices(6, 1)].min() > reach


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_few_notes_have_places_too(number: int) -> None:
    places = layout(np.ones((number, 4), np.float32), np.zeros(number, np.int64))
    assert places.shape == (number, 2)
    assert np.isfinite(places).all()


def test_the_map_shows_what_the_filters_leave(store: Store) -> None:
    notes = [analysis(feedback(f"n{at}", product=("App", "Bike")[at % 2])) for at in range(12)]
    write(store, notes, [[Home(None, 0.0)]] * 12, received_at=NOW)
    ids = [signal_id(note.feedback.id, note.signals[0]) for note in notes]
    first = curation.create(store, "pain", "First", ids[:5], BY).theme_id
    curation.create(store, "pain", "Second", ids[5:10], BY)
    assert atlas(store, ThemeQuery(), TODAY).points == 0
    assert draw_map(store, ENCODER) == 10
    found = atlas(store, ThemeQuery(), TODAY)
    assert (found.drawn, found.points, [region.name for region in found.regions]) == (10, 10, ["First", "Second"])
    narrowed = atlas(store, ThemeQuery(products=("App",)), TODAY)
    assert {int(one) for region in narrowed.regions for one in region.ids} == set(ids[:10:2])
    assert atlas(store, ThemeQuery(kind="job"), TODAY).regions == ()
    curation.split(store, first, ids[:2], BY, name="Third")
    assert [region.name for region in atlas(store, ThemeQuery(), TODAY).regions] == ["Second", "First", "Third"]


def test_a_search_is_saved_replaced_and_forgotten(store: Store) -> None:
    first = save_search(store, " Late  refunds ", "q=refund", "anna", NOW)
    assert first.name == "Late refunds"
    second = save_search(store, "Late refunds", "q=refund&product=App", "ben", NOW)
    assert [(one.link, one.who) for one in saved_searches(store)] == [("q=refund&product=App", "ben")]
    assert forget_search(store, second.id, "anna", NOW)
    assert not forget_search(store, second.id, "anna", NOW)
    assert saved_searches(store) == ()
    for name, link in (("", "q=a"), ("x", ""), ("x", "q=" + "a" * 3_000)):
        with pytest.raises(NotSaved):
            save_search(store, name, link, "anna", NOW)
