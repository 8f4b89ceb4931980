"""Protects: a pull goes on where it was killed, loses nothing and doubles nothing, whatever the vendor's server does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.pull import client
from ingest.pull.client import PullFailed
from ingest.pull.settings import PullSettings
from ingest.wire import Decoder
from insights.delivery import intake
from insights.store import Overtaken, Store
from pipelines.pulling import PullTally, pull
from tests.ingest.pull.stand_in import BEGAN, StandIn, ids, standing
from tests.pipelines.killing import pulled_with_kills

VENDORS = ("zendesk", "intercom", "freshdesk", "github")
SEVERAL, KILLS = 330, 5


def sources(server: StandIn, token: str = "right") -> dict[str, dict[str, str]]:
    given = {"address": server.address, "token": token, "user": "ann@finch.example"}
    return {name: given | ({"repository": "finch/mail"} if name == "github" else {}) for name in VENDORS}


def kept(store: Store) -> list[str]:
    events = intake.due(store, datetime.now(UTC), limit=1_000_000)
    return sorted(str(one.event["external_id"]) for one in events)


@pytest.fixture
def store(_sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """SQLite only: how pages are kept is held on both engines by tests/insights/delivery/test_intake.py."""
    shutil.copy(_sqlite_template, tmp_path / "earshot.db")
    with Store(f"sqlite:///{tmp_path / 'earshot.db'}") as found:
        yield found


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIRST_WAIT", 0.001)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("vendor", VENDORS)
def test_everything_is_pulled_once_and_the_next_pull_brings_what_is_new(
    vendor: str, store: Store, decoder: Decoder
) -> None:
    with standing(SEVERAL) as server:
        settings = PullSettings(pull_sources=sources(server))
        done = pull(store, settings, vendor, decoder, since=BEGAN)
        assert kept(store) == sorted(ids(vendor, SEVERAL))
        assert done.set_aside == 0
        assert server.said[429] > 0
        server.count += 40
        pull(store, settings, vendor, decoder)
        assert kept(store) == sorted(ids(vendor, SEVERAL + 40))


@pytest.mark.usefixtures("at_once")
def test_speakers_come_through(store: Store, decoder: Decoder) -> None:
    with standing(10, faults=False) as server:
        pull(store, PullSettings(pull_sources=sources(server)), "zendesk", decoder, since=BEGAN)
    said = {
        one.event["external_id"]: one.event["segments"][0]["speaker"] for one in intake.due(store, datetime.now(UTC))
    }
    assert [said["5"], said["5-51"], said["5-52"], said["5-53"]] == ["customer", "agent", "customer", "note"]


@pytest.mark.usefixtures("at_once")
def test_a_second_pull_at_the_same_time_ends(store: Store, decoder: Decoder) -> None:
    with standing(300, faults=False) as server:
        settings = PullSettings(pull_sources=sources(server))

        def meanwhile(tally: PullTally) -> None:
            if tally.pages == 1:
                pull(store, settings, "zendesk", decoder)

        with pytest.raises(Overtaken, match="another"):
            pull(store, settings, "zendesk", decoder, since=BEGAN, on_page=meanwhile)
    assert kept(store) == sorted(ids("zendesk", 300))


def test_what_is_wrong_is_said(store: Store, decoder: Decoder) -> None:
    with standing(3, faults=False) as server:
        wrong = PullSettings(
            pull_sources={**sources(server, "wrong"), "odd": {"kind": "fax"}, "bare": {"kind": "zendesk"}}
        )
        for name, said in (("nobody", "names no source"), ("odd", "nothing to pull 'fax'"), ("bare", "https://")):
            with pytest.raises(PullFailed, match=said):
                pull(store, wrong, name, decoder, since=BEGAN)
        with pytest.raises(PullFailed, match="user or token"):
            pull(store, wrong, "github", decoder, since=BEGAN)
        with pytest.raises(PullFailed, match="--since"):
            pull(store, wrong, "github", decoder)
    assert "wrong" not in repr(wrong)
    assert intake.pulled(store, "github") is None


def test_killed_five_times_nothing_is_lost_or_doubled(store: Store, tmp_path: Path) -> None:
    """A tenth of what `bench/pull.py` does."""
    count = 5_000
    url = f"sqlite:///{tmp_path}/earshot.db"
    with standing(count) as server:
        killed = pulled_with_kills(store, url, sources(server), "zendesk", len(ids("zendesk", count)), KILLS)
    assert killed == KILLS
    assert kept(store) == sorted(ids("zendesk", count))
