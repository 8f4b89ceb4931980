"""What it costs: themes by what they cost a quarter, who causes that and who pays; and one theme with all its inputs."""

from __future__ import annotations

import streamlit as st

from dashboard import costing, filters, links, narrowing, session
from dashboard.components.marks import kind_badge
from dashboard.components.money import amount
from dashboard.components.page import empty, head, heading, line
from dashboard.components.table import table
from dashboard.components.text import escape, plain
from dashboard.words import counted, number
from insights.board import ranking
from insights.board import theme as question
from insights.numbers.booked import Booked, bills, booked

COLUMNS = ("Theme", "A quarter, likely", "Caused by", "Paid for by", "Customers")
MOST = 50


def main() -> None:
    st.html(session.HERE / "numbers.css")
    asked = links.theme_id("id")
    found = question.theme(session.store(), asked, session.today()) if asked is not None else None
    if found is not None:
        costing.show(found)
        return
    if asked is not None:
        links.no_such_theme()
        return
    top = st.container()
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="bar"):
        kind = st.segmented_control(
            "Kind", list(filters.KINDS), default="Pains", required=True, key="cost-kind", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        narrowing.popover(ranking.choices(session.store()))
    narrowing.chips()
    currency, rows = booked(
        session.store(), narrowing.narrowed(kind=filters.KINDS[str(kind or "Pains")]), session.today()
    )
    with top:
        whole = amount(sum(row.likely for row in rows), currency)
        facts = (
            f"{counted(len(rows), 'theme')}, together likely {whole} in the last 13 full weeks",
            "notes of several themes are shared among them",
        )
        st.html(head("What it costs", facts))
    if not rows:
        st.html(empty("Nothing to reckon yet", "Costs need a full week of notes in themes."))
        return
    _rows(rows, currency)
    _teams(rows, currency)
    st.html(line(("Open a theme for its range, its inputs and where each comes from",)))


def _rows(rows: tuple[Booked, ...], currency: str) -> None:
    with st.container(gap=None, key="cost-rows"):
        st.html(f'<div class="hdr co">{"".join(f"<span>{name}</span>" for name in COLUMNS)}</div>')
        for row in rows[:MOST]:
            with st.container(key=f"row-co-{row.id}", gap=None):
                st.html(
                    f'<div class="row co"><div class="t1"><div class="t">{escape(row.name)}</div><div class="m">{kind_badge(row.kind)}'
                    f"</div></div><div><b>{escape(amount(row.likely, currency))}</b></div><div>{escape(row.causing or 'nobody yet')}</div>"
                    f"<div>{escape(row.paying or 'nobody named')}</div><div>{number(row.customers)}</div></div>"
                )
                st.page_link(session.WORTH, label=plain(row.name), query_params={"id": str(row.id)})


def _teams(rows: tuple[Booked, ...], currency: str) -> None:
    st.html(heading("Who causes it and who pays", "teams by name; the causing team is the one named, else the owner"))
    told = [
        (bill.team or "Nobody", amount(bill.causes, currency), amount(bill.pays, currency), amount(bill.paid_for_others, currency))
        for bill in bills(rows)
    ]  # fmt: skip
    columns = ("Team", "Causes", "Pays", "Pays for what others cause")
    st.html(table("Costs by team", columns, told, right=frozenset({1, 2, 3})))


main()
