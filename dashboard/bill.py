"""What customers paid for a theme beside the price, for its page of asked and answered."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.page import empty, heading
from dashboard.components.table import table
from dashboard.components.text import plain
from dashboard.words import counted, few
from insights.listening.paid import Paid


def show(bill: Paid | None) -> None:
    """The bill of one theme, and the way to its notes; None when there is nothing that may be shown."""
    st.html(heading("What customers paid", "beside the price"))
    if bill is None:
        text = "Its notes were erased or moved to another theme, or too few customers speak of it to be shown."
        st.html(empty("No note to count", text))
        return
    given = " and ".join(
        f"{currency} {amount:,.0f} {word}"
        for sums, word in ((bill.refunds, "refunded"), (bill.credits, "credited"))
        for currency, amount in sorted(sums.items())
    )
    rows = [
        (
            "Came back with it",
            f"{few(bill.came_back, session.store().least_customers)} of {counted(bill.customers, 'customer')}",
        ),
        ("People told the story", f"{bill.people_told:.1f} on average"),
        ("Hand-offs", counted(len(bill.handoffs), "note")),
        ("“Not our department”", counted(len(bill.disclaimers), "note")),
        ("Workarounds", counted(len(bill.workarounds), "note")),
        ("Made good", given or counted(len(bill.compensations), "note")),
        ("As an exception", counted(len(bill.exceptions), "note")),
        ("Time with care", f"{bill.minutes:,.0f} minutes"),
    ]
    st.html(table("What customers paid", ("What", "How much"), rows))
    with st.container(key="link-paid"):
        st.page_link(
            session.NOTES, label=plain("Read the notes behind this"), query_params={"theme": str(bill.theme_id)}
        )
