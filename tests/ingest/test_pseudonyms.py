"""People are known by keyed hashes: equal stays equal, customers and agents stay apart, the key stays private."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pseudonyms import Pseudonyms, privacy_key

ONE, OTHER = Pseudonyms(b"the key of a test"), Pseudonyms(b"another key of it")


@given(st.text(st.characters(), min_size=1))
def test_a_person_is_the_same_under_one_key_only(raw: str) -> None:
    assert ONE.customer(raw) == ONE.customer(raw)
    assert len({ONE.customer(raw), OTHER.customer(raw), ONE.agent(raw)}) == 3
    assert len(ONE.customer(raw)) == 32


def test_nobody_stays_nobody() -> None:
    assert ONE.customer("") == ONE.agent("") == ""


def test_a_key_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="EARSHOT_PRIVACY_KEY"):
        Pseudonyms(b"short")


def test_the_key_is_made_once_for_all_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    with ThreadPoolExecutor(8) as workers:
        keys = set(workers.map(lambda _: privacy_key("", folder), range(32)))
    assert len(keys) == 1, "two workers that start together must agree"
    assert len(keys.pop()) >= 32
    assert stat.S_IMODE((folder / "privacy.key").stat().st_mode) == 0o600


def test_a_given_key_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    assert privacy_key("from the settings", tmp_path) == b"from the settings"
    assert not list(tmp_path.iterdir())
