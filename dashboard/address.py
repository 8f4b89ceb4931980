"""The address of the page, where Streamlit leaves it behind."""

from __future__ import annotations

import streamlit as st


def follow() -> None:
    """Write what the link asked for into the address. Streamlit does so by itself only when the link leads to another page.

    The browser takes no note of what it has already, so nothing piles up in its history.
    """
    st.query_params.from_dict(st.query_params.to_dict())
