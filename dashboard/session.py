"""What every page needs of the process it runs in: the store, the clock, the reader's theme."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import streamlit as st

from dashboard.settings import settings
from insights.board.meaning import Meaning, open_meaning
from insights.delivery import pipeline
from insights.delivery.pipeline import PipelineStatus
from insights.store import Store
from insights.trust.anonymity import least_customers
from insights.trust.people import Person
from nlp.settings import LanguageSettings

THEMES, THEME, NOTES, PIPELINE = "views/themes.py", "views/theme.py", "views/notes.py", "views/pipeline.py"
LEARNING = "views/learning.py"
DESK, MY_NOTES = "views/desk.py", "views/my_notes.py"
JOBS = "views/jobs.py"
EXPLORE = "views/explore.py"
REVIEW, TREE = "views/review.py", "views/tree.py"
ADMIN = "views/admin.py"
LISTENING, LITMUS, OWNERS = "views/listening.py", "views/litmus.py", "views/owners.py"
LEDGER, STAFF = "views/ledger.py", "views/staff.py"
MOVERS, WORTH = "views/movers.py", "views/worth.py"
HERE = Path(__file__).parent
SQLITE = "sqlite:///"
_LEAST = "least_customers"


def store() -> Store:
    """Return this process's read-only store, as the person looking may see it.

    Until `look_as` has said who that is, nothing is shown that fewer customers said than the settings ask for.
    Raises StoreError when the store is missing, unmigrated or gone.
    """
    least = st.session_state.get(_LEAST)
    return whole().seen_by(least if isinstance(least, int) else settings().min_customers)


def look_as(person: Person) -> None:
    """Remember for this run who is looking: the care team reads single notes, others do not."""
    st.session_state[_LEAST] = least_customers(person, settings().min_customers)


def whole() -> Store:
    """Return the same store without regard to who looks: for figures of the machine, never for customers' words."""
    url = settings().url
    return _open(url, _identity(url))


def writer() -> Store:
    """Return this process's store for what people write; raises StoreError. Services get it, pages read `store`."""
    url = settings().url
    return _open_to_write(url, _identity(url))


def close() -> None:
    """Let go of the store; the next page opens it again."""
    if _open.cache_info().currsize:
        whole().close()
    if _open_to_write.cache_info().currsize:
        writer().close()
    _open.cache_clear()
    _open_to_write.cache_clear()
    _pulse.clear()


def answers() -> None:
    """Return when the store answers; raises what keeps it from answering."""
    whole().check_migrated()


def pulse() -> PipelineStatus:
    """Return the state of the pipeline, at most two seconds old, asked once for all readers."""
    url = settings().url
    return _pulse(url, _identity(url))


def version(status: PipelineStatus) -> tuple[object, ...]:
    """Return what changes when, and only when, the board would show something else."""
    return (status.notes, status.signals, status.unassigned, status.set_aside, status.themes_version)


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().date()


def dark() -> bool:
    """True when the reader's browser shows the dark theme."""
    return bool(st.context.theme.type == "dark")


def _identity(url: str) -> tuple[int, int]:
    """Return which file a SQLite store is in now: one that was moved or restored must not be read on unnoticed."""
    if not url.startswith(SQLITE):
        return (0, 0)
    try:
        found = os.stat(url.removeprefix(SQLITE))
    except OSError:
        return (-1, -1)
    return (found.st_dev, found.st_ino)


@st.cache_resource(show_spinner=False, max_entries=1)
def meaning(_store: Store, encoder: str) -> Meaning | None:  # noqa: ARG001 - its change empties the cache
    """Return what turns a search into a vector, loaded at the first search; ``encoder`` is which the store lives by."""
    return open_meaning(_store, LanguageSettings())


@lru_cache(maxsize=1)
def _open(url: str, _file: tuple[int, int]) -> Store:
    opened = Store(url, read_only=True)
    opened.check_migrated()
    return opened


@lru_cache(maxsize=1)
def _open_to_write(url: str, file: tuple[int, int]) -> Store:
    if file == (-1, -1):
        # A writer would make the file that is missing; the reader says what to do instead.
        _open(url, file)
    opened = Store(url)
    opened.check_migrated()
    return opened


@st.cache_data(ttl=2, max_entries=2, show_spinner=False)
def _pulse(url: str, file: tuple[int, int]) -> PipelineStatus:
    return pipeline.status(_open(url, file), now())
