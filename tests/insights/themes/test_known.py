"""Protects what discovery and assignment are given: the right signals, their own vectors, live themes only."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.themes import curation, known
from insights.themes.curation import Decision
from insights.themes.known import live_themes, signals_of, theme_vectors
from nlp.signals import Attribution, SignalKind
from tests.insights.notes import ENCODER, NOW, analysis, feedback, signal

BY = Decision("machine", "", NOW)


def plant(store: Store, number: int) -> tuple[list[int], np.ndarray[tuple[int, int], np.dtype[np.float32]]]:
    vectors = np.random.default_rng(0).normal(size=(number, 4)).astype(np.float32)
    notes = [
        analysis(
            feedback(str(at), f"Pain {at}.", occurred_at=NOW - timedelta(hours=number - at)),
            vectors=[vectors[at].tolist()],
        )
        for at in range(number)
    ]
    write(store, notes, [[Home(None, 0.0)]] * number, received_at=NOW)
    return [signal_id(note.feedback.id, note.signals[0]) for note in notes], vectors


def test_signals_come_oldest_first_each_with_its_own_vector(store: Store) -> None:
    ids, vectors = plant(store, 9)
    others = [
        analysis(feedback("s"), [signal("Do this.", SignalKind.SUGGESTION)]),
        analysis(feedback("a"), [signal("Guess.", attribution=Attribution.AGENT)]),
        analysis(feedback("e"), encoder_id="other"),
    ]
    write(store, others, [[Home(None, 0.0)]] * 3, received_at=NOW)
    made = curation.create(store, "pain", "A", ids[:2], BY).theme_id
    found = signals_of(store, "pain", ENCODER)
    assert found.ids.tolist() == ids
    assert found.texts == tuple(f"Pain {at}." for at in range(9))
    np.testing.assert_allclose(found.vectors, vectors, atol=2e-3)
    assert found.theme_ids.tolist() == [made, made] + [-1] * 7
    assert (found.vectors.dtype, found.theme_ids.dtype, found.pinned.dtype) == (np.float32, np.int64, np.bool_)
    assert found.occurred == tuple(sorted(found.occurred))
    assert len(signals_of(store, "job", ENCODER).ids) == 0


def test_assignment_is_given_the_newest_of_each_live_theme(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ids, vectors = plant(store, 9)
    first = curation.create(store, "pain", "A", ids[:5], BY).theme_id
    second = curation.create(store, "pain", "B", ids[5:7], BY).theme_id
    third = curation.create(store, "pain", "C", ids[7:], BY).theme_id
    curation.retire(store, third, BY)
    monkeypatch.setattr(known, "AT_MOST", 3)
    found = theme_vectors(store, ENCODER, "pain")
    assert found.theme_ids.tolist() == [first] * 3 + [second] * 2
    np.testing.assert_allclose(found.vectors, vectors[[4, 3, 2, 6, 5]], atol=2e-3)
    assert len(theme_vectors(store, ENCODER).theme_ids) == 5
    assert len(theme_vectors(store, ENCODER, "job").theme_ids) == 0
    assert theme_vectors(store, "other").vectors.shape == (0, 0)
    assert [(theme.id, theme.size) for theme in live_themes(store, "pain")] == [(first, 5), (second, 2)]
