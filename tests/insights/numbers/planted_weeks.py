"""Notes planted by theme and week, for questions about numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from insights.delivery.writer import Home, write
from insights.store import Store
from insights.tables import SignalRow, ThemeRow
from insights.themes import curation
from insights.themes.curation import Decision
from nlp.analyzer import Analysis
from tests.insights.notes import NOW, analysis, feedback, signal

MONDAY = datetime(2026, 9, 28, tzinfo=NOW.tzinfo)
"""The running week of NOW."""


def note(name: str, about: str, at: datetime, **fields: Any) -> Analysis:
    """A note that speaks of one theme, or of none."""
    said = feedback(name, f"{about or 'nothing'} | {name}", occurred_at=at, **fields)
    return analysis(said, [signal(said.segments[0].text)] if about else [])


def put(
    store: Store, notes: Iterable[Analysis], themes: Mapping[str, int], received_at: datetime | None = None
) -> None:
    """Store notes; what speaks of a theme by its name joins it."""
    found = list(notes)
    homes = [[Home(themes[one.text.split(" | ")[0]], 0.9) for one in note.signals] for note in found]
    write(store, found, homes, received_at=received_at or NOW)


def themes(store: Store, names: Sequence[str]) -> dict[str, int]:
    """Make themes, each with the one signal it needs to be, of long ago."""
    long_ago = NOW - timedelta(weeks=200)
    write(
        store,
        [note(f"first-{name}", name, long_ago) for name in names],
        [[Home(None, 0.0)]] * len(names),
        received_at=long_ago,
    )
    by = Decision("machine", "", long_ago)
    with store.connect() as connection:
        ids = {row.text: row.id for row in connection.execute(select(SignalRow.id, SignalRow.text))}
    for name in names:
        curation.create(store, "pain", name, [ids[f"{name} | first-{name}"]], by)
    with store.connect() as connection:
        return {row.name: row.id for row in connection.execute(select(ThemeRow.name, ThemeRow.id))}


def weekly(counts: Mapping[str, Sequence[int]], *, others: int = 0, **fields: Any) -> list[Analysis]:
    """Notes of full weeks before MONDAY, the last week last; ``others`` notes a week that speak of nothing."""
    made = []
    for name, weeks in {**counts, "": [others] * max(map(len, counts.values()))}.items():
        for back, count in enumerate(reversed(weeks), start=1):
            for number in range(count):
                at = MONDAY - timedelta(weeks=back) + timedelta(hours=1 + number % 160)
                key = f"{name}{back}-{number}"
                made.append(note(key, name, at, **{"customer_key": f"customer {key}"} | fields))
    return made
