"""One theme in money: how far it reaches, what it costs, which input matters most, and every input with its source."""

from __future__ import annotations

import streamlit as st

from dashboard import session, who
from dashboard.components.figure import figure, figure_label
from dashboard.components.marks import kind_badge
from dashboard.components.money import NAMES, cost_sentence, input_row, part_rows, tornado
from dashboard.components.page import head, heading, line, notice
from dashboard.components.table import table
from dashboard.components.text import escape, plain
from dashboard.words import counted, number
from insights.board.theme import ThemeDetail
from insights.counting.filters import ThemeQuery
from insights.numbers import assumptions
from insights.numbers.assumptions import Range
from insights.numbers.costs import Cost, cost
from insights.numbers.reach import Part, Weight, parts, reach
from insights.store import StoreError
from insights.trust.people import NotAllowed, Role

FIELDS = {"Plan": "plan", "Product": "product", "Region": "region", "Channel": "channel", "App version": "app_version"}
WEIGHTS = {"By people": Weight.PEOPLE, "By revenue": Weight.REVENUE, "By effort": Weight.EFFORT}
UNITS = {Weight.PEOPLE: "customers", Weight.REVENUE: "a month", Weight.EFFORT: "minutes"}
SHOWN = 12
_SAID = "assumed-said"


def show(found: ThemeDetail) -> None:
    """The page of one theme."""
    with st.container(horizontal=True, gap="xsmall", key="crumb"):
        st.page_link(session.WORTH, label="What it costs ›")
        st.page_link(session.THEME, label=plain(found.name), query_params={"id": str(found.id)})
    st.html(head(found.name, ("what it costs a quarter, and whom it reaches",), kind_badge(found.kind)))
    if said := st.session_state.pop(_SAID, ""):
        st.html(notice(said))
    _reach(found)
    reckoned = cost(session.store(), found.id, session.today())
    st.html(heading("What it costs", "the last 13 full weeks"))
    st.html(cost_sentence(reckoned))
    st.html(
        table(
            "Parts of the sum", ("Part", "Range", "Likely", "What it is"), part_rows(reckoned), right=frozenset({1, 2})
        )
    )
    if reckoned.basis.foreign:
        st.html(line((f"Left out, for want of a rate: money in {', '.join(reckoned.basis.foreign)}",)))
    st.html(
        heading("Which input matters most", "where the sum would end with one input at its low and at its high end")
    )
    st.html(tornado(reckoned))
    _parts(found)
    _inputs(reckoned, found)


def _reach(found: ThemeDetail) -> None:
    here = reach(session.store(), found.id, ThemeQuery(), session.today())
    with st.container(key="stats", horizontal=True, gap=None):
        with st.container(key="stat-customers", width="content"):
            span = f"{number(here.low)}–{number(here.high)}" if here.low < here.high else number(here.likely)
            words = f"customers, likely {number(here.likely)}" if here.low < here.high else "customers"
            st.page_link(session.NOTES, label=figure_label(span, words), query_params={"theme": str(found.id)})
        st.html(figure(number(here.cases), f"cases in {counted(here.notes, 'note')}"), width="content")
        percent = f"{100 * here.share:.1f} %"
        likely = (
            f"of all {number(here.contacts)} cases, likely {100 * here.share_low:.1f}–{100 * here.share_high:.1f} %"
        )
        st.html(figure(percent, likely), width="content")
        if here.nameless:
            st.html(figure(number(here.nameless), "cases without a customer’s id"), width="content")


def _parts(found: ThemeDetail) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="qbar"):
        st.html(heading("Whom it weighs on"), width="content")
        field = st.segmented_control(
            "By field",
            list(FIELDS),
            default="Plan",
            required=True,
            key="by",
            bind="query-params",
            label_visibility="collapsed",
        )
        chosen = st.segmented_control(
            "Weight",
            list(WEIGHTS),
            default="By people",
            required=True,
            key="weight",
            bind="query-params",
            label_visibility="collapsed",
        )
    weight = WEIGHTS[str(chosen or "By people")]
    rows = parts(session.store(), found.id, FIELDS[str(field or "Plan")], weight, ThemeQuery(), session.today())
    st.html("".join(_part(one, weight) for one in rows[:SHOWN]))
    if weight is Weight.REVENUE:
        st.html(
            line(
                (
                    "Revenue is what the plan of each customer brings a month, by the prices below; 1 where nobody put one in",
                )
            )
        )


def _part(one: Part, weight: Weight) -> str:
    return (
        f'<div class="bars" style="--zero:0%"><span>{escape(one.value or "not given")}</span>'
        f'<span class="tr" aria-hidden="true"><u class="clear" style="left:0;width:{100 * one.share:.1f}%"></u>'
        f'<s style="left:{100 * one.share_of_all:.1f}%"></s></span>'
        f"<small><b>{number(round(one.weight))}</b> {UNITS[weight]}, {100 * one.share:.0f} %; of all {100 * one.share_of_all:.0f} %</small></div>"
    )


def _inputs(reckoned: Cost, found: ThemeDetail) -> None:
    known = assumptions.assumptions(session.store(), found.id)
    st.html(heading("The inputs", "low · likely · high; nothing is overwritten, the newest counts"))
    rows = [input_row(one) for one in known.values()]
    st.html(table("Inputs of the reckoning", ("Input", "Range", "Unit", "Where it comes from", "Who put it in"), rows))
    with st.expander("How this is reckoned", key="method"):
        basis = reckoned.basis
        st.html(
            f'<p class="formula"><b>Counted:</b> {number(basis.notes)} notes in 13 full weeks; {basis.minutes:,.0f} minutes of first cases and '
            f"{basis.minutes_again:,.0f} of further ones are noted; {basis.silent + basis.silent_again:.1f} notes say nothing and take the "
            "assumed minutes. A note of several themes is shared among them.<br><b>Sum:</b> minutes × wage × part that would go + refunds and "
            "credits + customers × added chance to leave × what one brings in a year.<br><b>Range:</b> 4,000 draws from triangles between low, "
            "likely and high, always the same draws; nine in ten lie inside.</p>"
        )
    if who.who().role in (Role.PRODUCT_OWNER, Role.TEAM_OWNER, Role.ADMIN):
        _form(list(known), found)


def _form(names: list[str], found: ThemeDetail) -> None:
    with st.expander("Put in a number of your own", key="assume"), st.form("assume-form", border=False):
        name = st.selectbox("Input", names, format_func=lambda one: NAMES.get(one, one), key="assume-name")
        with st.container(horizontal=True, gap="small"):
            low, likely, high = (
                st.number_input(word, 0.0, value=0.0, key=f"assume-{word}") for word in ("Low", "Likely", "High")
            )
        source = st.text_input("Where it comes from", key="assume-source", max_chars=200)
        whose = st.selectbox("Counts for", ("Every theme", "This theme only"), key="assume-whose")
        if st.form_submit_button("Put it in"):
            theme = found.id if whose == "This theme only" else assumptions.EVERY_THEME
            try:
                given = Range(low, likely, high)
                assumptions.assume(
                    session.writer(), name, given, source, by=who.who(), at=session.now(), theme_id=theme
                )
                st.session_state[_SAID] = "Put in; the reckoning uses it from now on."
            except (StoreError, NotAllowed) as error:
                st.session_state[_SAID] = f"Nothing was changed: {error}."
            st.rerun()
