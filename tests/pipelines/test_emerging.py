"""Protects what is new this minute: three customers make an emerging theme, a refresh keeps its id or lets it go."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from insights.board.quotes import QuoteOrder, quotes
from insights.board.ranking import ThemeQuery
from insights.board.ranking import themes as board
from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.themes import curation, standing
from insights.themes.curation import CurationError, Decision
from insights.themes.known import live_themes, theme_vectors
from insights.themes.lineage import resolve
from insights.themes.status import Status
from nlp.encoders import open_encoder
from nlp.settings import LanguageSettings
from nlp.signal_vectors import SignalEncoder
from pipelines import refresh
from pipelines.emerging import Watch, gathered
from pipelines.homes import ThemeIndex
from tests.insights.notes import analysis, feedback, signal
from tests.pipelines.subjects import ENCODER, NOW, SAID, hear, homes

FIVE = [at % 5 for at in range(60)]
LANGUAGE = LanguageSettings()
ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
ANNA = Decision("anna", "", NOW)


def known(store: Store) -> Watch:
    """Five themes, and a watch that begins after them."""
    hear(store, FIVE, tag="first", at=NOW - timedelta(days=1))
    refreshed(store, NOW - timedelta(days=1))
    return Watch(store, LANGUAGE, seconds=0, clock=lambda: NOW)


def refreshed(store: Store, at: datetime) -> refresh.Report:
    return refresh.refresh(store, LANGUAGE, clock=lambda: at)


def emerging(store: Store) -> list[int]:
    return [theme.id for theme in live_themes(store) if theme.status is Status.EMERGING]


def test_three_customers_that_say_the_same_new_thing_are_an_emerging_theme(store: Store) -> None:
    watch = known(store)
    assert watch.look() == ()
    hear(store, [7, 7], tag="two")
    assert watch.look() == ()
    said = hear(store, [7], tag="third", at=NOW + timedelta(seconds=5))
    (change,) = watch.look()
    assert (change.action, change.moved) == ("emerge", 3)
    assert homes(store)[said[0]] == change.theme_id
    page = board(store, ThemeQuery(), NOW.date())
    row = next(row for row in page.rows if row.id == change.theme_id)
    assert row.emerging
    assert (row.notes, row.customers) == (3, 3)
    assert "password" in row.name.lower()
    assert sum(row.emerging for row in page.rows) == 1
    assert len(quotes(store, change.theme_id, QuoteOrder.TYPICAL)) == 3
    assert watch.look() == ()


@ON_SQLITE
def test_one_loud_customer_is_no_theme_and_what_is_known_is_none_either(store: Store) -> None:
    watch = known(store)
    hear(store, [7, 7, 7, 7], tag="loud", customers=["c1", "c1", "c2", "c2"])
    hear(store, [1, 1, 1, 1], tag="known", at=NOW + timedelta(seconds=1))
    hear(store, [5, 6, 8, 9], tag="apart", at=NOW + timedelta(seconds=2))
    assert watch.look() == ()
    assert emerging(store) == []


@ON_SQLITE
def test_what_gathered_long_before_the_stream_is_left_to_the_refresh(store: Store) -> None:
    known(store)
    hear(store, [7, 7, 7], tag="old", at=NOW - timedelta(hours=1))
    hear(store, [8], tag="last", at=NOW)
    watch = Watch(store, LANGUAGE, seconds=0, clock=lambda: NOW + timedelta(hours=1))
    hear(store, [8], tag="new", at=NOW + timedelta(hours=1))
    assert watch.look() == ()


@ON_SQLITE
def test_a_watch_minds_its_pace(store: Store) -> None:
    known(store)
    watch = Watch(store, LANGUAGE, seconds=60, clock=lambda: NOW)
    assert watch.look() == ()
    hear(store, [7, 7, 7], tag="new")
    assert watch.look() == ()
    assert emerging(store) == []


def test_a_refresh_confirms_an_emerging_theme_under_its_id(store: Store) -> None:
    watch = known(store)
    hear(store, [7, 7, 7], tag="new")
    (change,) = watch.look()
    said = hear(store, [7, 7], tag="more", at=NOW + timedelta(minutes=5))
    assert [(found.action, found.theme_id, found.moved) for found in watch.look()] == [("grow", change.theme_id, 2)]
    assert homes(store)[said[0]] == change.theme_id
    name = next(theme.name for theme in live_themes(store) if theme.id == change.theme_id)
    report = refreshed(store, NOW + timedelta(hours=1))
    assert [(found.action, found.theme_id) for found in report.changes] == [("confirm", change.theme_id)]
    theme = next(theme for theme in live_themes(store) if theme.id == change.theme_id)
    assert (theme.status, theme.size, theme.name) == (Status.LIVE, 5, name)
    for step in report.changes[0].steps:
        curation.undo(store, step, ANNA)
    assert emerging(store) == [change.theme_id]


@ON_SQLITE
def test_an_emerging_theme_that_turns_out_to_be_a_known_one_leads_there(store: Store) -> None:
    watch = known(store)
    said = hear(store, [1, 1, 1], tag="like one")
    step = standing.emerge(store, "pain", "Not new at all", said, Decision("machine", "", NOW))
    first = homes(store)
    refreshed(store, NOW + timedelta(hours=1))
    with store.connect() as connection:
        end = resolve(connection, step.theme_id)
    assert end is not None
    assert end != step.theme_id
    assert homes(store)[said[0]] == end
    assert end in set(first.values())
    assert watch.look() == ()


@ON_SQLITE
def test_an_emerging_theme_that_does_not_hold_retires_and_its_signals_wait(store: Store) -> None:
    known(store)
    said = hear(store, [0, 1, 2, 3], tag="mixed")
    step = standing.emerge(store, "pain", "Nothing in common", said, Decision("machine", "", NOW))
    refreshed(store, NOW + timedelta(hours=1))
    assert step.theme_id not in {theme.id for theme in live_themes(store)}
    assert {homes(store)[signal] for signal in said} == {None}
    with pytest.raises(CurationError):
        standing.dissolve(store, step.theme_id, ANNA)


@ON_SQLITE
def test_an_emerging_theme_that_a_person_named_stays(store: Store) -> None:
    known(store)
    said = hear(store, [6, 7, 8, 9], tag="mixed")
    step = standing.emerge(store, "pain", "Nothing in common", said, Decision("machine", "", NOW))
    curation.rename(store, step.theme_id, "I see it", ANNA)
    refreshed(store, NOW + timedelta(weeks=5))
    theme = next(theme for theme in live_themes(store) if theme.id == step.theme_id)
    assert (theme.name, theme.status) == ("I see it", Status.LIVE)


@ON_SQLITE
def test_new_notes_join_an_emerging_theme_as_they_are_stored(store: Store) -> None:
    watch = known(store)
    said = hear(store, [7] * 8, tag="new")
    watch.look()
    found = theme_vectors(store, ENCODER, "pain")
    like = found.vectors[found.theme_ids == homes(store)[said[0]]].mean(axis=0)
    ((home,),) = ThemeIndex(store).homes([analysis(feedback("x"), vectors=[like.tolist()], encoder_id=ENCODER)])
    assert home.theme_id == homes(store)[said[0]]


def test_groups_are_tight_of_three_customers_and_never_share_a_row() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 24)).astype(np.float32)
    rows[:6] = rows[0] + rng.normal(scale=0.05, size=(6, 24))
    rows[6:9] = rows[6] + rng.normal(scale=0.05, size=(3, 24))
    rows[9] = 0
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    customers = [f"c{at}" for at in range(40)]
    new = np.ones(40, dtype=np.bool_)
    reach = np.full(40, 0.8, dtype=np.float32)
    groups = gathered(rows, customers, new, reach)
    assert [group.tolist() for group in groups] == [[0, 1, 2, 3, 4, 5], [6, 7, 8]]
    assert gathered(rows, customers, ~new, reach) == []
    assert [group.tolist() for group in gathered(rows, ["one"] * 9 + customers[9:], new, reach)] == []
    reach[6:9] = 0.999
    assert len(gathered(rows, customers, new, reach)) == 1, "what is nearer to something known is not new"


@ON_SQLITE
def test_a_database_that_is_away_does_not_stop_the_stream(store: Store) -> None:
    watch = known(store)
    hear(store, [7, 7, 7], tag="new")
    with store.begin():
        path = store._url.database
    hidden = f"{path}.hidden"
    store.close()
    os.rename(str(path), hidden)
    Path(str(path)).mkdir()
    assert watch.look() == ()
    Path(str(path)).rmdir()
    os.rename(hidden, str(path))
    assert [change.action for change in watch.look()] == ["emerge"]


@ON_SQLITE
def test_real_words_gather_as_they_come(store: Store) -> None:
    """The shipped encoder, words we wrote: five ways to miss a code gather; as many unlike complaints do not."""
    encoder = SignalEncoder(open_encoder("static"))
    before = [f"{said} {when}" for said in SAID for when in ("again", "since Monday", "every single day")]
    tell(store, encoder, before, NOW - timedelta(days=2), "before")
    refreshed(store, NOW - timedelta(days=1))
    watch = Watch(store, LANGUAGE, seconds=0, clock=lambda: NOW)
    unlike = ["the gate at the depot is shut", "my neighbour is loud", "prices went up", "the newsletter is long"]
    tell(store, encoder, unlike, NOW, "unlike")
    assert watch.look() == ()
    codes = [
        "the verification sms with the code never arrives",
        "I never get the sms code to verify my phone",
        "no text message with the code comes through",
        "sms code does not arrive so I cannot verify",
        "waiting for the verification code by sms, nothing comes",
    ]
    said = tell(store, encoder, codes, NOW + timedelta(minutes=1), "codes")
    (change,) = watch.look()
    assert change.action == "emerge"
    assert [homes(store)[signal] for signal in said].count(change.theme_id) >= 4
    (row,) = [row for row in board(store, ThemeQuery(), NOW.date()).rows if row.emerging]
    assert "code" in row.name.lower()


def tell(store: Store, encoder: SignalEncoder, texts: list[str], at: datetime, tag: str) -> list[int]:
    rows = encoder.encode(texts, [""] * len(texts))
    notes = [
        analysis(
            feedback(f"{tag}-{place}", text, occurred_at=at, customer_key=f"{tag}-{place}"),
            [signal(text)],
            vectors=[row.tolist()],
            encoder_id=encoder.encoder_id,
        )
        for place, (text, row) in enumerate(zip(texts, rows, strict=True))
    ]
    write(store, notes, [[Home(None, 0.0)]] * len(notes), received_at=at)
    return [signal_id(note.feedback.id, note.signals[0]) for note in notes]
