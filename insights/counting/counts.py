"""How much evidence stands behind themes: notes, distinct customers, weeks and products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import Connection, and_, select
from sqlalchemy.orm import aliased

from insights.counting.counted import NOTHING, Columns, Counted, Mask, days, distinct, moment
from insights.counting.filters import Filter
from insights.counting.weeks import Calendar, Change, change
from insights.tables import ThemeRow as ThemeTable
from insights.themes.status import STANDING, Status


@dataclass(frozen=True, slots=True)
class Tally:
    """What one theme amounts to under the filters. ``severity`` is the mean of the severities known, 0.0 when none is."""

    id: int
    kind: str
    name: str
    parent_id: int | None
    parent: str
    words: str
    notes: int
    customers: int
    severity: float
    first_heard: date
    status: Status


def tallies_of(connection: Connection, counted: Counted, narrowed: Filter) -> list[Tally]:
    """Every standing theme that has evidence under the filters, by id."""
    parent = aliased(ThemeTable)
    columns = (ThemeTable.id, ThemeTable.kind, ThemeTable.name, ThemeTable.terms, ThemeTable.status)
    standing = (
        select(*columns, parent.id.label("parent_id"), parent.name.label("parent"))
        .outerjoin(parent, and_(parent.id == ThemeTable.parent_id, parent.status.in_(STANDING)))
        .where(ThemeTable.status.in_(STANDING))
        .order_by(ThemeTable.id)
    )
    tallies = []
    for theme in connection.execute(standing):
        columns_of = counted.at(theme.id)
        mask = narrowed.mask(columns_of)
        if not len(columns_of) or (mask is not None and not len(mask)):
            continue
        tallies.append(
            Tally(
                id=theme.id,
                kind=theme.kind,
                name=theme.name,
                parent_id=theme.parent_id,
                parent=theme.parent or "",
                words=" ".join([theme.name, *theme.terms]).casefold(),
                notes=columns_of.notes(mask),
                customers=columns_of.customers(mask),
                severity=severity_of(columns_of, mask),
                first_heard=moment((columns_of.moment if mask is None else columns_of.moment[mask]).min()).date(),
                status=Status(theme.status),
            )
        )
    return tallies


def severity_of(columns: Columns, mask: Mask = None) -> float:
    """Return the mean of the severities that are known; 0.0 when none is."""
    known = columns.severity if mask is None else columns.severity[mask]
    severe = int(np.count_nonzero(known))
    return int(known.sum(dtype=np.int64)) / severe if severe else 0.0


def together(counted: Counted, narrowed: Filter, places: Sequence[int]) -> tuple[int, int]:
    """Return the distinct notes and the distinct customers of several places taken as one."""
    chosen = [(columns, narrowed.mask(columns)) for columns in map(counted.at, places)]
    notes = [columns.note if mask is None else columns.note[mask] for columns, mask in chosen]
    customers = [columns.customer if mask is None else columns.customer[mask] for columns, mask in chosen]
    return distinct(np.concatenate([NOTHING.note, *notes])), distinct(np.concatenate([NOTHING.customer, *customers]))


def changes_of(counted: Counted, narrowed: Filter, weeks: Calendar, ids: Sequence[int]) -> dict[int, Change]:
    """Distinct customers of the last four full weeks against the four before, of each theme."""
    lately = narrowed.between(weeks.before, weeks.running)
    middle = days(weeks.recent)
    found = {}
    for theme in ids:
        columns = counted.at(theme)
        at = lately.places(columns)
        people, late = columns.customer[at], columns.week[at] >= middle
        found[theme] = change(distinct(people[late]), distinct(people[~late]))
    return found


def trend_of(counted: Counted, narrowed: Filter, weeks: Sequence[date], theme: int) -> tuple[int, ...]:
    """Return the distinct notes of a theme in each of some consecutive weeks."""
    columns = counted.at(theme)
    mask = narrowed.between(weeks[0], weeks[-1] + timedelta(weeks=1)).mask(columns)
    place = (columns.of_notes(columns.week, mask) - days(weeks[0])) // 7
    return tuple(int(number) for number in np.bincount(place, minlength=len(weeks)))


def values_of(counted: Counted, narrowed: Filter, place: int, field: str) -> list[tuple[str, int]]:
    """Return the values of a field at a place with their distinct notes, most frequent first, "not given" left out."""
    columns = counted.at(place)
    numbers = np.bincount(columns.of_notes(columns.facets[field], narrowed.mask(columns)), minlength=1)
    known = counted.values.get(field, {})
    found = [(known[int(code)], int(numbers[code])) for code in np.flatnonzero(numbers) if int(code) in known]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def products_of(counted: Counted, narrowed: Filter, ids: Sequence[int]) -> Mapping[int, str]:
    """The product that most notes of each theme name; none when no note does."""
    named = ((theme, values_of(counted, narrowed, theme, "product")) for theme in ids)
    return {theme: values[0][0] for theme, values in named if values}
