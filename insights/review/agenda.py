"""What belongs on the agenda of a weekly review: what is new, grown, faded or answered since the last one.

A theme is called grown or faded only when the interval of its change leaves out "no change", and it comes back for the
same reason only when it has clearly gone on since it was last decided on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from insights.counting.counted import Counted
from insights.counting.counts import Tally, changes_of, trend_of
from insights.counting.filters import Filter
from insights.counting.weeks import COMPARED, Calendar, Change, change
from insights.themes.status import Status

AT_LEAST = 2
"""One customer alone makes no agenda."""
MOST = 5
"""So many themes a review take for each reason; the others come up the week after."""
MOVERS = 4


class Reason(StrEnum):
    """Why a theme is on the agenda, in the order they are told. The values are stored; never rename one."""

    GROWN = "grown"
    NEW = "new"
    FADED = "faded"
    ANSWERED = "answered"
    WISHED = "asked for"
    CARRIED = "carried over"


@dataclass(frozen=True, slots=True)
class Point:
    """A theme that belongs on the agenda, and why, in words."""

    theme_id: int
    reason: Reason
    why: str


@dataclass(frozen=True, slots=True)
class Past:
    """What reviews know of a theme: the customers in four weeks, and its status, when it was last decided on."""

    recent: int
    status: str


def agenda(
    tallies: list[Tally],
    changes: Mapping[int, Change],
    weeks: Calendar,
    decided: Mapping[int, Past],
    seen: Set[int],
    answered: Mapping[int, str],
) -> list[Point]:
    """Return what belongs on the agenda, each theme once, ``MOST`` for each reason but answers, the weightiest first.

    ``decided``: by theme, what was last decided on; ``seen``: themes that ever were on an agenda; ``answered``: by theme,
    the answer given since the last review, in words.
    """
    points = [Point(theme, Reason.ANSWERED, words) for theme, words in sorted(answered.items())]
    ranked: dict[Reason, list[tuple[float, Point]]] = {reason: [] for reason in Reason}
    for tally in tallies:
        if tally.id in answered or tally.customers < AT_LEAST:
            continue
        for weight, point in _reasons(tally, changes[tally.id], weeks, decided.get(tally.id), tally.id in seen):
            ranked[point.reason].append((weight, point))
            break
    for found in ranked.values():
        found.sort(key=lambda one: (-one[0], one[1].theme_id))
        points += [point for _, point in found[:MOST]]
    return points


def _reasons(
    tally: Tally, now: Change, weeks: Calendar, past: Past | None, seen: bool
) -> Iterator[tuple[float, Point]]:
    """Why this theme belongs on the agenda, with the weight among those of the same reason."""
    since = None if past is None else change(now.recent, past.recent)
    if tally.first_heard >= weeks.new_since and not seen:
        yield tally.customers, Point(tally.id, Reason.NEW, _first_heard(tally, weeks))
    if now.low > 1 and (since is None or since.low > 1):
        yield now.low, Point(tally.id, Reason.GROWN, _against(now))
    if now.high < 1 and (since is None or since.high < 1):
        yield -now.high, Point(tally.id, Reason.FADED, _against(now))
    elif tally.status is Status.FADED and (past is None or past.status != Status.FADED):
        yield 0.0, Point(tally.id, Reason.FADED, "not heard of for long")


def _first_heard(tally: Tally, weeks: Calendar) -> str:
    back = (weeks.running - tally.first_heard).days // 7 + 1
    return "first heard this week" if back <= 0 else f"first heard {back} week{'' if back == 1 else 's'} ago"


def _against(now: Change) -> str:
    return f"from {now.before} to {now.recent} customers in {COMPARED} weeks"


@dataclass(frozen=True, slots=True)
class Moved:
    """Notes in the last full week and the one before, and the themes that moved most: (theme, name, more or fewer)."""

    week: date
    before: int
    last: int
    themes: tuple[tuple[int, str, int], ...]


def moved(known: Counted, tallies: list[Tally], weeks: Calendar, everything: int) -> Moved:
    """Return what moved from one full week to the next; ``everything`` is the place of all notes."""
    two = weeks.full[-2:]
    counts = {tally.id: trend_of(known, Filter({}), two, tally.id) for tally in tallies}
    steps = sorted((tally.id, tally.name, counts[tally.id][1] - counts[tally.id][0]) for tally in tallies)
    up = sorted((one for one in steps if one[2] > 0), key=lambda one: -one[2])[:MOVERS]
    down = sorted((one for one in steps if one[2] < 0), key=lambda one: one[2])[:MOVERS]
    before, last = trend_of(known, Filter({}), two, everything)
    return Moved(two[-1], before, last, (*up, *reversed(down)))


def all_changes(known: Counted, tallies: list[Tally], weeks: Calendar) -> dict[int, Change]:
    """Return the change of every theme, whatever is asked for later."""
    return changes_of(known, Filter({}), weeks, [tally.id for tally in tallies])
