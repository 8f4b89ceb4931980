"""Protects a change of encoder: nothing is lost on the way, themes keep their ids, and there is a way back."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from insights import facts
from insights.store import Store
from insights.themes import vectors
from insights.themes.known import live_themes, signals_of
from nlp.encoders import open_encoder
from nlp.settings import LanguageSettings
from nlp.signal_vectors import SignalEncoder
from pipelines import published as publishing
from pipelines import reencode, refresh
from pipelines.homes import ThemeIndex
from pipelines.published import Published, published, published_settings, settle
from tests.insights.notes import analysis, feedback
from tests.pipelines.subjects import ENCODER, NOW, hear, homes

FIVE = [at % 5 for at in range(60)]
LANGUAGE = LanguageSettings()
ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def target() -> Published:
    return reencode.configured(LANGUAGE)


def refreshed(store: Store) -> refresh.Report:
    return refresh.refresh(store, LANGUAGE, clock=lambda: NOW + timedelta(hours=1))


def test_there_and_back_with_every_id_kept(store: Store, target: Published) -> None:
    hear(store, FIVE, tag="first")
    refreshed(store)
    before, ids = homes(store), [theme.id for theme in live_themes(store)]
    assert published(store, LANGUAGE) == Published(ENCODER, "semantic")
    assert published_settings(store, LANGUAGE).encoder == "semantic", "workers keep to what is published"
    assert reencode.to_do(store, target) == 60
    with pytest.raises(reencode.NotPrepared, match="60 signals"):
        reencode.publish_prepared(store, LANGUAGE, target)
    report = reencode.prepare(store, LANGUAGE, target)
    assert vectors.held(store) == {ENCODER: 60, target.encoder_id: 60}
    assert homes(store) == before
    assert published(store, LANGUAGE).encoder_id == ENCODER, "nothing switches by itself"
    assert [kept.theme_id for kept in report.themes] == ids
    assert report.together == 1.0, "five plain subjects are the same five for every encoder"
    assert (report.pairs, report.moving) == (1.0, 0.0)
    assert facts.recall(store, "encoder:report")["themes"][0]["together"] == 1.0
    reencode.publish_prepared(store, LANGUAGE, target)
    assert published(store, LANGUAGE) == target
    refreshed(store)
    assert homes(store) == before
    assert [theme.id for theme in live_themes(store)] == ids
    assert reencode.roll_back(store).encoder_id == ENCODER
    refreshed(store)
    assert homes(store) == before


@ON_SQLITE
def test_signals_of_both_encoders_find_their_theme(store: Store, target: Published) -> None:
    said = hear(store, FIVE, tag="first")
    refreshed(store)
    reencode.prepare(store, LANGUAGE, target)
    old, new = signals_of(store, "pain", ENCODER), signals_of(store, "pain", target.encoder_id)
    assert old.vectors.shape[1] != new.vectors.shape[1]
    index = ThemeIndex(store)
    for found, encoder_id in ((old, ENCODER), (new, target.encoder_id)):
        row = found.ids.tolist().index(said[0])
        note = analysis(feedback("x"), vectors=[found.vectors[row].tolist()], encoder_id=encoder_id)
        assert index.homes([note])[0][0].theme_id == homes(store)[said[0]]


@ON_SQLITE
def test_encoding_stops_and_goes_on_where_it_was(
    store: Store, target: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear(store, FIVE, tag="first")
    monkeypatch.setattr(publishing, "CHUNK", 25)
    encoder = SignalEncoder(open_encoder("static"))

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publishing.embed(store, encoder, progress=stop)
    assert vectors.held(store)[target.encoder_id] == 25
    seen: list[int] = []
    assert publishing.embed(store, encoder, progress=seen.append) == 35
    assert seen == [25, 35]
    found = signals_of(store, "pain", target.encoder_id)
    expected = encoder.encode(found.texts, [""] * 60)
    np.testing.assert_allclose(found.vectors, expected, atol=2e-3)
    assert publishing.embed(store, encoder) == 0


@ON_SQLITE
def test_a_signal_that_goes_while_it_is_encoded_is_passed_over(store: Store, target: Published) -> None:
    said = hear(store, FIVE, tag="first")
    rows = np.ones((2, 4), dtype=np.float32)
    assert vectors.add(store, target.encoder_id, [said[0], 12345], rows) == 1
    assert vectors.add(store, target.encoder_id, [said[0], 12345], rows) == 0


@ON_SQLITE
def test_a_worker_with_other_settings_is_caught_up_with(store: Store, target: Published) -> None:
    hear(store, FIVE, tag="first")
    reencode.prepare(store, LANGUAGE, target)
    reencode.publish_prepared(store, LANGUAGE, target)
    refreshed(store)
    assert settle(store, LANGUAGE) == target
    late = hear(store, [0, 1], tag="late")
    assert reencode.to_do(store, target) == 2
    refreshed(store)
    assert set(late) <= set(signals_of(store, "pain", target.encoder_id).ids.tolist())


@ON_SQLITE
def test_there_is_no_way_back_before_the_first_switch(store: Store) -> None:
    hear(store, FIVE, tag="first")
    with pytest.raises(RuntimeError, match="nothing to return to"):
        reencode.roll_back(store)
    refreshed(store)
    with pytest.raises(RuntimeError, match="nothing to return to"):
        reencode.roll_back(store)


@ON_SQLITE
def test_the_report_says_what_a_torn_theme_loses(store: Store, target: Published) -> None:
    hear(store, FIVE, tag="first")
    refreshed(store)
    report = reencode.prepare(store, LANGUAGE, target)
    torn = reencode.Identity(
        "new", "old", 60, 0.9, 0.8, 0.05, (reencode.Kept(7, "pain", "Torn", 12, 0.5, 0.4), *report.themes)
    )
    lines = list(torn.lines())
    assert "90% of the signals" in lines[1]
    assert "5.0%" in lines[1]
    assert "theme 7 “Torn”" in lines[2]
    assert "50% of    12 signals" in lines[2]
    assert reencode._shares(np.array([0, 0, 1, -1])) == (0.5, pytest.approx(1 / 6))
    assert reencode._shares(np.array([-1, -1])) == (0.5, 0.0)
