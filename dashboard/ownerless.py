"""What nobody owns, and the rules that cost more than they save."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.listening import theme_line
from dashboard.components.page import heading
from dashboard.components.text import plain
from dashboard.words import counted, few_customers
from insights.listening import asking, paid


def show_land() -> None:
    """Themes without an owner, the oldest on top."""
    now = session.now()
    land = asking.nobodys_land(session.store(), now)
    st.html(heading("Nobody’s land", f"{counted(len(land), 'theme')} without an owner; the oldest stays on top"))
    with st.container(gap=None, key="land"):
        for one in land[:100]:
            with st.container(key=f"row-land-{one.weight.theme_id}", gap=None):
                heard = few_customers(one.weight.customers, session.store().least_customers)
                facts = heard + (" · asks nobody" if one.would_ask else "")
                st.html(theme_line(one.weight.name, facts, counted((now - one.since).days, "day")))
                query = {"id": str(one.weight.theme_id)}
                st.page_link(session.LEDGER, label=plain(one.weight.name), query_params=query)


def show_rules() -> None:
    """Themes for which care keeps granting exceptions, and what these cost."""
    found = paid.rules_to_remove(session.store())
    if not found:
        return
    st.html(heading("Rules to remove", f"care granted exceptions to {paid.RECURRING} customers or more"))
    with st.container(gap=None, key="exceptions"):
        for one in found:
            with st.container(key=f"row-rule-{one.theme_id}", gap=None):
                cost = ", ".join(f"{currency} {amount:,.0f}" for currency, amount in sorted(one.cost.items()))
                facts = f"{counted(len(one.exceptions), 'exception')} for {counted(one.customers, 'customer')}"
                st.html(theme_line(one.name, facts, cost or "no amount given"))
                st.page_link(session.LEDGER, label=plain(one.name), query_params={"id": str(one.theme_id)})
