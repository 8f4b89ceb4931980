"""What the reader asked for. Every control is bound to the address, so a copied link shows the same."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.components.text import plain
from insights.board import Choices, Rank, ThemeQuery
from insights.theme import QuoteOrder

KINDS = {"All": "", "Pains": "pain", "Suggestions": "suggestion", "Jobs": "job", "Praise": "praise"}
RANKS = {
    "Most customers": Rank.CUSTOMERS,
    "Most notes": Rank.NOTES,
    "Most severe": Rank.SEVERITY,
    "Fastest growth": Rank.GROWTH,
    "Newest": Rank.NEWEST,
}
QUOTE_ORDERS = {
    "Newest": QuoteOrder.NEWEST,
    "Most typical": QuoteOrder.TYPICAL,
    "Most different": QuoteOrder.DIFFERENT,
}
VIEWS = ("List", "Table", "Map")
PAGE_SIZES = {"List": 25, "Table": 100, "Map": 40}
LISTS: dict[str, tuple[str, Callable[[Choices], tuple[str, ...]]]] = {
    "product": ("Product", lambda choices: choices.products),
    "plan": ("Plan", lambda choices: choices.plans),
    "region": ("Region", lambda choices: choices.regions),
    "language": ("Language", lambda choices: choices.languages),
    "channel": ("Channel", lambda choices: choices.channels),
    "version": ("App version", lambda choices: choices.app_versions),
}
WHO = {"Everyone": "", "Customers": "external", "Colleagues": "internal"}


def bar(choices: Choices) -> tuple[ThemeQuery, str]:
    """Draw the filter bar; return the question it asks, and the view the answer is wanted in."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="bar"):
        kind = st.segmented_control(
            "Kind", list(KINDS), default="All", required=True, key="kind", bind="query-params", persist_state="session",
            on_change=_first_page, label_visibility="collapsed",
        )  # fmt: skip
        text = st.text_input(
            "Find a theme", placeholder="Find a theme", type="search", key="q", bind="query-params", persist_state="session", max_chars=100,
            on_change=_first_page, label_visibility="collapsed", width=220,
        )  # fmt: skip
        rank = st.selectbox(
            "Ranked by", list(RANKS), key="rank", bind="query-params", persist_state="session",
            on_change=_first_page, label_visibility="collapsed", width=170,
        )  # fmt: skip
        on = len(active())
        with st.popover(f"Filters · {on}" if on else "Filters", key="filters"):
            chosen = {key: _choice(key, title, values(choices)) for key, (title, values) in LISTS.items()}
            who = st.segmented_control(
                "Who", list(WHO), default="Everyone", required=True, key="who", bind="query-params", persist_state="session",
                on_change=_first_page,
            )  # fmt: skip
        st.space("stretch")
        view = st.segmented_control(
            "View", VIEWS, default="List", required=True, key="view", bind="query-params", persist_state="session",
            on_change=_first_page, label_visibility="collapsed",
        )  # fmt: skip
    view = str(view or "List")
    query = ThemeQuery(
        kind=KINDS[str(kind or "All")],
        text=" ".join((text or "").split()),
        rank=RANKS[str(rank or "Most customers")],
        products=chosen["product"],
        plans=chosen["plan"],
        regions=chosen["region"],
        languages=chosen["language"],
        channels=chosen["channel"],
        app_versions=chosen["version"],
        customer_kind=WHO[str(who or "Everyone")],
        page=page_asked(),
        page_size=PAGE_SIZES[view],
    )
    return query, view


def chips() -> None:
    """Draw one chip per filter that is on; pressing it takes the filter off."""
    on = active()
    if not on:
        return
    with st.container(horizontal=True, gap="xsmall", key="chips"):
        for key, value in on:
            st.button(
                plain(value if key == "who" else f"{LISTS[key][0]}: {value}"),
                key=f"chip-{key}-{value}",
                on_click=remove,
                args=(key, value),
            )


def active() -> list[tuple[str, str]]:
    """Return (key, value) of every filter of the popover that is on."""
    on = [(key, value) for key in LISTS for value in _given(key)]
    who = _given("who")
    return on + [("who", value) for value in who if WHO.get(value)]


def narrowed() -> int:
    """Return how many things, search and kind included, keep themes from the page."""
    kind, text = _given("kind"), _given("q")
    return len(active()) + (1 if kind and kind[0] != "All" else 0) + (1 if text and text[0].strip() else 0)


def remove(key: str, value: str) -> None:
    """Take one filter off."""
    st.session_state[key] = [kept for kept in _given(key) if kept != value] if key in LISTS else "Everyone"
    _first_page()


def remove_all() -> None:
    """Take every filter off; the rank and the view stay."""
    for key in LISTS:
        st.session_state[key] = []
    st.session_state.update(who="Everyone", kind="All", q="")
    _first_page()


def page_asked(key: str = "page") -> int:
    """Return the page of a list: the one pressed, else the one in the link, else the first."""
    asked = st.session_state.get(key, st.query_params.get(key, "1"))
    text = str(asked)
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _choice(key: str, title: str, values: tuple[str, ...]) -> tuple[str, ...]:
    chosen = st.multiselect(
        title,
        values,
        key=key,
        bind="query-params",
        persist_state="session",
        on_change=_first_page,
        placeholder="Any",
        select_all=False,
        disabled=not values,
    )
    return tuple(chosen)


def _given(key: str) -> list[str]:
    """Values of a control that may not be drawn yet in this run: from the session, else from the link."""
    if key not in st.session_state:
        return st.query_params.get_all(key)
    value = st.session_state[key]
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)] if value else []


def _first_page() -> None:
    st.session_state["page"] = 1
