"""The address of the page, where Streamlit leaves it behind."""

from __future__ import annotations

import streamlit as st


def follow(*keys: str) -> None:
    """Write what the link asked for into the address. Streamlit does so by itself only when the link leads to another page.

    One of these keys is written and carries the whole address along: what belongs to a control no page may write. The
    browser takes no note of what it has already, so nothing piles up in its history.
    """
    for key in keys:
        if key in st.query_params:
            st.query_params[key] = st.query_params.get_all(key)
            return
    if not len(st.query_params):
        st.query_params.clear()
