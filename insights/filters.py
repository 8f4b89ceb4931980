"""What a reader may narrow the board to, and the same as conditions on notes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select

from insights.tables import FeedbackRow, SignalRow


class Rank(StrEnum):
    """How themes are ordered."""

    CUSTOMERS = "customers"
    NOTES = "notes"
    SEVERITY = "severity"
    GROWTH = "growth"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class ThemeQuery:
    """What the reader asked for. Empty strings and tuples mean "any"."""

    kind: str = ""
    text: str = ""
    rank: Rank = Rank.CUSTOMERS
    products: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    app_versions: tuple[str, ...] = ()
    customer_kind: str = ""
    page: int = 1
    page_size: int = 25


def conditions(query: ThemeQuery) -> list[ColumnElement[bool]]:
    """Return the conditions on feedback; an empty list when the reader narrowed nothing."""
    chosen = (
        (FeedbackRow.product, query.products),
        (FeedbackRow.plan, query.plans),
        (FeedbackRow.region, query.regions),
        (FeedbackRow.detected_language, query.languages),
        (FeedbackRow.channel, query.channels),
        (FeedbackRow.app_version, query.app_versions),
        (FeedbackRow.customer_kind, (query.customer_kind,) if query.customer_kind else ()),
    )
    return [column.in_(values) for column, values in chosen if values]


def filtered(statement: Select[*tuple[Any, ...]], query: ThemeQuery) -> Select[*tuple[Any, ...]]:
    """Narrow a statement on signals to the notes the reader asked for; without filters it never touches feedback."""
    narrowed = conditions(query)
    if not narrowed:
        return statement
    return statement.join(FeedbackRow, FeedbackRow.id == SignalRow.feedback_id).where(*narrowed)
