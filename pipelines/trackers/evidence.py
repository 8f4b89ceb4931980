"""What a tracker is told of a theme: how much there is behind it, and words that prove it. Nothing that too few said."""

from __future__ import annotations

from datetime import date

from insights.board.quotes import QuoteOrder
from insights.board.theme import quotes, theme
from insights.listening.ledger import Entry, Event
from insights.listening.tracked import TrackError
from insights.review.minutes import plain_markdown
from insights.store import Store
from pipelines.trackers.tracker import OURS

QUOTES = 3
SAID = {Event.SHIPPED: "out", Event.CLOSED: "closed"}


def title_and_body(store: Store, theme_id: int, today: date, board: str) -> tuple[str, str]:
    """Return an issue's title and its Markdown; ``store`` is as somebody outside the care team may see it.

    Raises TrackError when there is no such theme, or too few customers speak of it.
    """
    found = theme(store, theme_id, today)
    if found is None:
        raise TrackError(f"there is no theme {theme_id}")
    if found.fewer_than:
        raise TrackError(
            f"fewer than {found.fewer_than} customers speak of theme {theme_id}; it is not told outside yet"
        )
    lines = [
        f"{found.customers:,} customers in {found.notes:,} notes, first heard {_day(found.first_heard.date())}, "
        f"last {_day(found.last_heard.date())}.",
        "",
    ]
    for one in quotes(store, found.id, QuoteOrder.TYPICAL, today=today, limit=QUOTES):
        lines += [f"> {plain_markdown(one.text)}", ""]
    if board:
        lines += [f"{board.rstrip('/')}/theme?id={found.id}", ""]
    return found.name, "\n".join([*lines, OURS])


def news(entry: Entry) -> str:
    """Return a comment about an entry of the ledger."""
    what = SAID.get(entry.event, entry.answer)
    lines = [f"**Earshot: {what}.** {plain_markdown(entry.reason)}"]
    if entry.change and entry.due:
        lines += [f"Promised: {plain_markdown(entry.change)}, by {_day(entry.due)}."]
    return "\n\n".join([*lines, f"{OURS}, entry {entry.number} of the ledger"])


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"
