"""The filters that themes, notes and Explore share: their controls, their chips, and the same read from a link."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.components.page import DOT
from dashboard.components.text import escape, plain
from insights.board.ranking import Choices, ThemeQuery

LISTS: dict[str, tuple[str, Callable[[Choices], tuple[str, ...]]]] = {
    "product": ("Product", lambda choices: choices.products),
    "plan": ("Plan", lambda choices: choices.plans),
    "region": ("Region", lambda choices: choices.regions),
    "language": ("Language", lambda choices: choices.languages),
    "channel": ("Channel", lambda choices: choices.channels),
    "version": ("App version", lambda choices: choices.app_versions),
}
WHO = {"Everyone": "", "Customers": "external", "Colleagues": "internal"}
TIMES = {"All time": 0, "Last 4 weeks": 4, "Last 12 weeks": 12, "Last 26 weeks": 26, "Last 52 weeks": 52}
ONLY = "only-"
"""Before a filter's name in the address of pages without its control: Streamlit takes names of controls off there."""
ELSEWHERE = {"id", "theme", "parent", "all", "waiting", "again", "span", "week"}
"""What other pages' addresses ask."""
SINGLE: dict[str, tuple[str, dict[str, object]]] = {
    "who": ("Everyone", dict(WHO)),
    "time": ("All time", dict(TIMES)),
}
"""Filters of one value: the one that lets everything pass, and all of them."""


def popover(choices: Choices) -> None:
    """Draw the filters in a popover whose label says how many are on."""
    on = len(active())
    with st.popover(f"Filters · {on}" if on else "Filters", key="filters"):
        st.selectbox(
            "Time", list(TIMES), key="time", bind="query-params", persist_state="session", on_change=first_page,
        )  # fmt: skip
        for key, (title, values) in LISTS.items():
            offered = values(choices)
            st.multiselect(
                title, offered, key=key, bind="query-params", persist_state="session", on_change=first_page,
                placeholder="Any", select_all=False, disabled=not offered,
            )  # fmt: skip
        st.segmented_control(
            "Who", list(WHO), default="Everyone", required=True, key="who", bind="query-params", persist_state="session",
            on_change=first_page,
        )  # fmt: skip


def chips(*, fixed: bool = False) -> None:
    """Draw one chip per filter that is on; pressing it takes the filter off. ``fixed``: of the link, only told."""
    on = asked() if fixed else active()
    if not on:
        return
    if fixed:
        st.html(f'<p class="sub">{_told(on)}</p>')
        return
    with st.container(horizontal=True, gap="xsmall", key="chips"):
        for key, value in on:
            st.button(plain(_name(key, value)), key=f"chip-{key}-{value}", on_click=remove, args=(key, value))


def narrowed(**more: object) -> ThemeQuery:
    """Return the question the controls ask, which must be drawn already."""
    return _query(lambda key: [str(one) for one in st.session_state.get(key) or ()], _chosen, more)


def narrowed_by_link(**more: object) -> ThemeQuery:
    """Return the question a link asks, whatever the controls of other pages hold."""
    return _query(
        lambda key: st.query_params.get_all(ONLY + key), lambda key: st.query_params.get(ONLY + key, ""), more
    )


def active() -> list[tuple[str, str]]:
    """Return (key, value) of every filter that is on."""
    on = [(key, value) for key in LISTS for value in given(key)]
    return on + [(key, value) for key, (_, known) in SINGLE.items() for value in given(key) if known.get(value)]


def asked() -> list[tuple[str, str]]:
    """Return (key, value) of every filter in the link of a page without the controls."""
    on = [(key, value) for key in LISTS for value in st.query_params.get_all(ONLY + key)]
    single = ((key, st.query_params.get(ONLY + key, ""), known) for key, (_, known) in SINGLE.items())
    return on + [(key, value) for key, value, known in single if known.get(value)]


def kept(on: list[tuple[str, str]] | None = None) -> dict[str, list[str]]:
    """Return the filters that are on as part of a link, so that a number opens what it counted."""
    link: dict[str, list[str]] = {}
    for key, value in active() if on is None else on:
        link.setdefault(ONLY + key, []).append(value)
    return link


def come_back() -> None:
    """After the browser's Back the address asks what the page left was asked; what the list was asked the session has."""
    if ELSEWHERE & set(st.query_params) or any(name.startswith(ONLY) for name in st.query_params):
        st.query_params.clear()
        st.rerun()


def remove(key: str, value: str) -> None:
    """Take one filter off."""
    st.session_state[key] = SINGLE[key][0] if key in SINGLE else [one for one in given(key) if one != value]
    first_page()


def remove_all() -> None:
    """Take every filter off."""
    for key in LISTS:
        st.session_state[key] = []
    st.session_state.update({key: default for key, (default, _) in SINGLE.items()})
    first_page()


def given(key: str) -> list[str]:
    """Values of a control that may not be drawn yet in this run: from the session, else from the link."""
    if key not in st.session_state:
        return st.query_params.get_all(key)
    value = st.session_state[key]
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)] if value else []


def first_page() -> None:
    """Go back to the first page of whatever list the control narrows."""
    st.session_state.update(page=1, n=1)


def in_words(on: list[tuple[str, str]]) -> str:
    """Return filters as a sentence says them."""
    return "; ".join(_name(key, value) for key, value in on) or "everything"


def _name(key: str, value: str) -> str:
    return value if key in SINGLE else f"{LISTS[key][0]}: {value}"


def _told(on: list[tuple[str, str]]) -> str:
    return "Only " + DOT.join(escape(_name(key, value)) for key, value in on)


def _chosen(key: str) -> str:
    return str(st.session_state.get(key) or SINGLE[key][0])


def _query(many: Callable[[str], list[str]], one: Callable[[str], str], more: dict[str, object]) -> ThemeQuery:
    return ThemeQuery(
        products=tuple(many("product")),
        plans=tuple(many("plan")),
        regions=tuple(many("region")),
        languages=tuple(many("language")),
        channels=tuple(many("channel")),
        app_versions=tuple(many("version")),
        customer_kind=WHO.get(one("who"), ""),
        weeks=TIMES.get(one("time"), 0),
        **more,  # type: ignore[arg-type]
    )
