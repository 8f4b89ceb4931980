"""What stands beside a theme: who it affects, what happened to it, what is close by, what the same notes speak of."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import narrowing, session
from dashboard.components.history import history
from dashboard.components.marks import affected_row, kind_badge
from dashboard.components.page import heading
from dashboard.components.text import escape, plain
from dashboard.words import counted, number
from insights.board.theme import ThemeDetail

FIELDS = (
    ("product", "Products", "product"),
    ("plan", "Plans", "plan"),
    ("region", "Regions", "region"),
    ("channel", "Channels", "channel"),
)
"""Field of a note, how it is called, and the filter that a link to its notes needs."""
EACH = 5


def show_affected(found: ThemeDetail) -> None:
    """Each value's share of all its customers, against the share of everyone; none stands too."""
    if not found.affected:
        return
    whole = found.customers / found.customers_heard if found.customers_heard else 0.0
    said = f"of all {counted(found.customers_heard, 'customer')} heard, {_percent(whole)} speak of it (the line)"
    st.html(heading("Who is affected, and who is not", said))
    top = max([whole, *(one.high for one in found.affected if one.everyone >= 8)], default=1.0) or 1.0
    with st.container(key="affected", gap=None):
        for field, title, key in FIELDS:
            values = [one for one in found.affected if one.field == field]
            spoken = [one for one in values if one.customers][:EACH]
            shown = [*spoken, *[one for one in values if not one.customers][: max(1, EACH - len(spoken))]]
            if not shown:
                continue
            st.html(f'<p class="lab">{title}</p>')
            for at, one in enumerate(shown):
                if not one.customers:
                    st.html(affected_row(one, whole, top))
                    continue
                with st.container(key=f"row-aff-{key}-{at}", gap=None):
                    st.html(affected_row(one, whole, top))
                    label = f"{one.value}: {counted(one.customers, 'customer')}, open their notes"
                    query = {"theme": str(found.id), narrowing.ONLY + key: [one.value]}
                    st.page_link(session.NOTES, label=plain(label), query_params=query)


def show_history(found: ThemeDetail, today: date) -> None:
    """What happened to the theme, newest on top."""
    st.html(heading("What happened so far"))
    st.html(history(found.lineage, today))


def show_near(found: ThemeDetail) -> None:
    """Themes that sound alike, and the words that tell them apart."""
    if not found.neighbours:
        return
    st.html(heading("Close by", "and what tells them apart"))
    with st.container(gap=None, key="near"):
        for near in found.neighbours:
            apart = ", ".join(f"“{word}”" for word in near.theirs)
            ours = ", ".join(f"“{word}”" for word in near.ours)
            small = " · ".join(
                part for part in (f"there {apart}" if apart else "", f"here {ours}" if ours else "") if part
            )
            _row(f"near-{near.id}", f"{escape(near.name)}<small>{escape(small)}</small>", near.name, near.id)


def show_linked(found: ThemeDetail) -> None:
    """Themes of other kinds in the same notes: the job it stands in the way of, what is asked for, what is praised."""
    if not found.linked:
        return
    st.html(heading("In the same notes", "jobs it stands in the way of, wishes, praise"))
    with st.container(gap=None, key="linked"):
        for one in found.linked:
            shown = (
                f"{kind_badge(one.kind)} {escape(one.name)}<small>{counted(one.notes, 'note')} speak of both</small>"
            )
            _row(f"linked-{one.id}", shown, one.name, one.id)


def show_below(found: ThemeDetail) -> None:
    """The themes under a parent."""
    if not found.below:
        return
    st.html(heading("Its themes", number(len(found.below))))
    with st.container(gap=None, key="below"):
        for theme_id, name in found.below:
            _row(f"below-{theme_id}", escape(name), name, theme_id)
    with st.container(key="link-below"):
        st.page_link(session.NOTES, label="Read all their notes", query_params={"parent": str(found.id)})


def _row(key: str, shown: str, label: str, theme_id: int) -> None:
    """A line that opens a theme; ``shown`` is HTML from other components."""
    with st.container(key=f"row-{key}", gap=None):
        st.html(f'<div class="near">{shown}</div>')
        st.page_link(session.THEME, label=plain(label), query_params={"id": str(theme_id)})


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"
