"""Erasing one customer: the form that asks twice, and the receipts of those that were."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboard import session, staffing, who
from dashboard.components.page import heading, line
from dashboard.components.table import table
from dashboard.words import ago, counted, number
from insights.store import Store
from insights.trust import erasure


def show_form() -> None:
    """Erase a customer whose id is given twice."""
    st.html(heading("Erase a customer", "for good: words, signals, vectors, search, records set aside, events"))
    with st.form("erase", border=False, clear_on_submit=True):
        customer = st.text_input("Customer id, as the sending system knows it", key="customer", max_chars=500)
        again = st.text_input("The same id again", key="customer-again", max_chars=500)
        if st.form_submit_button("Erase for good"):
            if not customer.strip() or customer != again:
                st.session_state[staffing.FAILED] = "The two ids differ. Nothing was erased."
            else:
                staffing.tried(lambda: _erased(customer.strip()), "")
            st.rerun()


def show_receipts(store: Store, now: datetime) -> None:
    """What was erased, when, by whom, and what erasing does not reach."""
    receipts = [
        (str(one.number), ago(one.at, now), one.by, ", ".join(f"{number(count)} × {name}" for name, count in one.counts.items()) or "nothing found")
        for one in erasure.receipts(store, limit=10)
    ]  # fmt: skip
    if receipts:
        st.html(table("Receipts of erasures", ("Receipt", "When", "By", "What went"), receipts))
    st.html(
        line(
            (
                "Backups and exports made before still hold it, the topic until its retention ends; what is read again "
                "is refused.",
            )
        )
    )


def _erased(customer: str) -> None:
    key = staffing.pseudonyms().customer(customer)
    receipt, left = erasure.erase_for_good(session.writer(), key, raw_id=customer, by=who.who(), at=session.now())
    st.cache_data.clear()
    gone = sum(receipt.counts.values())
    st.session_state[staffing.SAID] = f"Receipt {receipt.number}: {counted(gone, 'row')} erased."
    if left:
        st.session_state[staffing.FAILED] = f"{left[:1].upper()}{left[1:]}."
