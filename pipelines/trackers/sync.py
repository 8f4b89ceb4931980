"""A round with every tracker: hear what became of the issues, tell what the ledger recorded. Safe to repeat at any moment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

from ingest.web import OutsideError
from insights.listening import tracked
from insights.listening.tracked import Link
from insights.store import Store
from pipelines.settings import TrackerAddress
from pipelines.trackers.evidence import news
from pipelines.trackers.tracker import Tracker, open_tracker


@dataclass
class Round:
    """What a round did: issues looked at, those that changed, comments made, and what went wrong, in words."""

    looked_at: int = 0
    changed: int = 0
    told: int = 0
    troubles: list[str] = field(default_factory=list)


def sync(store: Store, known: Mapping[str, TrackerAddress], now: datetime) -> Round:
    """Go through all links. A tracker that fails is named, and the others go on. Raises StoreError.

    A comment is noted as told after it was made: a crash in between makes it once more, with the same entry's number.
    """
    done = Round()
    with ExitStack() as stack:
        trackers: dict[str, Tracker] = {}
        for name, given in known.items():
            trackers[name], outside = open_tracker(name, given)
            stack.enter_context(outside)
        for link in tracked.links(store):
            tracker = trackers.get(link.tracker)
            if tracker is None:
                done.troubles.append(f"no tracker is called {link.tracker!r} in EARSHOT_TRACKERS")
                continue
            try:
                _one(store, tracker, link, now, done)
            except OutsideError as error:
                done.troubles.append(f"{link.issue.key}: {error}")
    return done


def _one(store: Store, tracker: Tracker, link: Link, now: datetime, done: Round) -> None:
    issue = tracker.read(link.issue.key)
    done.looked_at += 1
    after = tracked.heard(store, link, issue, now)
    done.changed += after.issue != link.issue
    if after.trouble:
        done.troubles.append(after.trouble)
    for entry in tracked.untold(store, after):
        tracker.comment(link.issue.key, news(entry))
        tracked.told(store, link, entry.number)
        done.told += 1
