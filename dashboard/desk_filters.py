"""What somebody wants to judge: kinds, products and channels, kept in the link."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.words import KINDS
from insights.board import ranking
from insights.desk.inbox import DeskQuery

ANY = "Anything"
NAMES = {ANY: "", **{title: kind for kind, (title, _, _) in KINDS.items()}}


def desk_filters() -> DeskQuery:
    """Draw the filters in a popover that says how many are on; return what they ask for."""
    on = sum(bool(_given(key)) for key in ("deskkind", "deskproduct", "deskchannel"))
    with st.popover(f"Filters · {on}" if on else "Filters", key="deskfilters"):
        kind = st.selectbox("Something heard in it", list(NAMES), key="deskkind", bind="query-params")
        choices = ranking.choices(session.store())
        products = _chosen("Product", "deskproduct", choices.products)
        channels = _chosen("Channel", "deskchannel", choices.channels)
    return DeskQuery(kind=NAMES.get(str(kind), ""), products=products, channels=channels)


def _chosen(title: str, key: str, values: tuple[str, ...]) -> tuple[str, ...]:
    chosen = st.multiselect(
        title, values, key=key, bind="query-params", placeholder="Any", select_all=False, disabled=not values
    )
    return tuple(chosen)


def _given(key: str) -> bool:
    value = st.session_state.get(key, st.query_params.get_all(key))
    return bool(value) and value != ANY
