"""What the answers look like. These are promises to other programs: fields are added, never taken away or renamed in v1."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from insights.counting import weeks

Kind = Literal["pain", "suggestion", "job", "praise", "compensation", "handoff"]


class Shape(BaseModel):
    """A shape is read off the answer of a question of the board."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Change(Shape):
    """Distinct customers of the last 4 full weeks against the 4 before, as a ratio with its 95 % interval.

    ``recent`` and ``before`` are null where one customer could be recognised by them.
    """

    recent: int | None
    before: int | None
    ratio: float
    low: float
    high: float

    @model_validator(mode="before")
    @classmethod
    def _of_enough(cls, found: Any) -> Any:
        """Leave out a count that is told as "fewer than"."""
        if not isinstance(found, weeks.Change):
            return found
        told = {
            name: None if 0 < getattr(found, name) < found.fewer_than else getattr(found, name)
            for name in ("recent", "before")
        }
        return {"ratio": found.ratio, "low": found.low, "high": found.high, **told}


class Theme(Shape):
    """One theme as the list shows it. ``weeks``: notes in the last 12 full weeks, oldest first."""

    id: int
    kind: str
    name: str
    parent_id: int | None
    parent: str
    product: str
    notes: int
    customers: int
    severity: int
    weeks: tuple[int, ...]
    change: Change
    first_heard: date
    is_new: bool
    emerging: bool
    faded: bool


class Themes(Shape):
    """A page of themes. ``withheld``: themes left out because fewer than ``least_customers`` customers stand behind them."""

    items: tuple[Theme, ...]
    matching: int
    withheld: int
    least_customers: int
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class Week(Shape):
    """Notes in the full week that begins on a Monday."""

    monday: date
    notes: int


class Step(Shape):
    """One step of a theme's recorded life."""

    id: int
    at: datetime
    event: str
    other_theme: int | None
    other_name: str
    moved: int
    why: str
    undone: bool


class OneTheme(Shape):
    """Everything about one theme but its quotes. ``redirected_from``: the id asked for, when it was merged into this one."""

    id: int
    kind: str
    name: str
    status: str
    parent_id: int | None
    parent: str
    terms: tuple[str, ...]
    notes: int
    customers: int
    came_back: int
    severity: int
    first_heard: datetime
    last_heard: datetime
    weeks: tuple[Week, ...]
    running_week: int
    change: Change
    lineage: tuple[Step, ...]
    redirected_from: int | None


class Mark(Shape):
    """A signal inside a quote: offsets into its text."""

    kind: str
    start: int
    end: int


class Quote(Shape):
    """Redacted words of one note, with every signal in them marked. ``feedback_id`` is the evidence."""

    feedback_id: str
    speaker: str
    text: str
    marks: tuple[Mark, ...]
    product: str
    channel: str
    occurred_at: datetime


class Quotes(Shape):
    """A page of quotes of the notes behind a theme or a search."""

    items: tuple[Quote, ...]
    notes: int
    customers: int | None = Field(description="Distinct customers behind all of them; null for a search.")
    withheld: bool = Field(default=False, description="True: fewer customers said it than may be shown.")
    next: str | None


class Slot(Shape):
    """A named part of a signal: offsets into its segment."""

    name: str
    start: int
    end: int


class Signal(Shape):
    """A signal with the words that prove it."""

    id: str
    feedback_id: str
    segment: int
    kind: str
    text: str
    start: int
    end: int
    confidence: float
    severity: int
    attribution: str
    slots: tuple[Slot, ...]
    theme_id: int | None
    occurred_at: datetime
    received_at: datetime
    product: str
    channel: str


class Signals(Shape):
    """A page of signals. ``withheld``: signals of this page that too few customers stand behind."""

    items: tuple[Signal, ...]
    withheld: int
    least_customers: int
    next: str | None


class Ask(Shape):
    """One demand for an answer, and the answer that counts now."""

    number: int
    theme_id: int
    team_id: int | None
    since: datetime
    due: date
    state: str
    answer: str
    reason: str
    change: str
    promised_by: date | None


class Ledger(Shape):
    """A page of asks, newest first."""

    items: tuple[Ask, ...]
    next: str | None


class Team(Shape):
    """How one team listens. Nothing here is about a single person."""

    id: int
    name: str
    asked: int
    heard_in_time: int
    median_days_unheard: float | None
    overdue: int


class Teams(Shape):
    """Every team."""

    items: tuple[Team, ...]


class ReviewSummary(Shape):
    """One weekly review."""

    week: date
    opened_at: datetime
    closed_at: datetime | None
    items: int
    decided: int


class Reviews(Shape):
    """Every weekly review, newest first."""

    items: tuple[ReviewSummary, ...]


class Decision(Shape):
    """A decision of a review and the figures it was taken on."""

    theme_id: int
    theme: str
    verdict: str
    owner: str
    due: date | None
    reason: str
    at: datetime
    notes_then: int
    customers_then: int


class Review(Shape):
    """The decisions of one weekly review."""

    week: date
    opened_at: datetime
    closed_at: datetime | None
    decisions: tuple[Decision, ...]


class Trouble(Shape):
    """What is wrong, and what to do about it."""

    error: str
