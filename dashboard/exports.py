"""Taking a table away: CSV, Excel or Markdown of what the page shows, all of it and not only one screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard import narrowing, session
from dashboard.components.change import change_words, interval_words
from dashboard.words import kind_word
from insights.board import ranking
from insights.board.behind import Behind
from insights.board.export import Sheet, as_csv, as_markdown, as_xlsx
from insights.board.quotes import QuoteOrder, notes
from insights.board.ranking import ThemeQuery
from insights.store import Store

MOST_THEMES, MOST_NOTES = 5_000, 5_000
FORMATS: tuple[tuple[str, str, str, Callable[[Sheet], bytes]], ...] = (
    ("CSV", "csv", "text/csv", as_csv),
    ("Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    ("Markdown", "md", "text/markdown", as_markdown),
)


def themes_menu(query: ThemeQuery) -> None:
    """Offer every theme that the filters leave in."""
    said = "; ".join(
        [
            narrowing.in_words(narrowing.active()),
            *(f"kind: {query.kind}",) * bool(query.kind),
            *(f"words: {query.text}",) * bool(query.text),
        ]
    )
    link, store = _link(), session.store()
    _menu("themes", lambda: theme_sheet(store, query, f"{said}; by {query.rank.value}", link))


def notes_menu(behind: Behind, title: str) -> None:
    """Offer the notes behind a number, the newest MOST_NOTES."""
    said, link, store = narrowing.in_words(narrowing.asked()), _link(), session.store()
    _menu("notes", lambda: note_sheet(store, behind, title, said, link))


def _menu(name: str, made: Callable[[], Sheet]) -> None:
    today = session.today()
    with st.popover("Export", key="export"):
        for label, ending, kind, written in FORMATS:
            st.download_button(
                label,
                data=partial(_written, written, made),
                file_name=f"earshot-{name}-{today.isoformat()}.{ending}",
                mime=kind,
                on_click="ignore",
                key=f"export-{ending}",
            )


def _written(written: Callable[[Sheet], bytes], made: Callable[[], Sheet]) -> bytes:
    return written(made())


def theme_sheet(store: Store, query: ThemeQuery, asked: str, link: str) -> Sheet:
    """Return every theme that the filters leave in, and that whoever reads this store may see. Raises StoreError."""
    page = ranking.themes(store, replace(query, page=1, page_size=MOST_THEMES), session.today())
    columns = (
        "Theme", "Id", "Kind", "Group", "Product", "Customers", "Notes", "Change in 4 weeks", "Likely", "Severity",
        "First heard",
    )  # fmt: skip
    rows = tuple(
        (
            row.name, row.id, kind_word(row.kind), row.parent, row.product, row.customers, row.notes,
            change_words(row.change), interval_words(row.change), row.severity, row.first_heard.isoformat(),
        )
        for row in page.rows
    )  # fmt: skip
    return Sheet("Themes", columns, rows, asked, link, session.now())


def note_sheet(store: Store, behind: Behind, title: str, asked: str, link: str) -> Sheet:
    """Return the newest notes behind a number as a table; none when too few customers said them. Raises StoreError."""
    found = notes(store, behind, QuoteOrder.NEWEST, session.today(), limit=MOST_NOTES)
    columns = ("When", "Who speaks", "Words", "Channel", "Product", "Plan", "Region", "Note")
    rows = tuple(
        (
            f"{one.occurred_at:%Y-%m-%d %H:%M}", one.speaker, one.text, one.channel, one.product, one.plan, one.region,
            one.feedback_id,
        )
        for one in found.quotes
    )  # fmt: skip
    return Sheet(title, columns, rows, asked, link, session.now())


def _link() -> str:
    return str(st.context.url or "")
