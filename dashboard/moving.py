"""One theme that moved: its figures, what drove the change, what came in late, and how all this was reckoned."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import narrowing, session
from dashboard.components.change import interval_words
from dashboard.components.figure import figure, figure_label
from dashboard.components.marks import kind_badge
from dashboard.components.movers import (
    FIELDS,
    chance_words,
    change_of,
    driver_row,
    rate_words,
    restated_rows,
    signed,
    times_words,
)
from dashboard.components.page import head, heading, line
from dashboard.components.table import table
from dashboard.components.text import escape, plain
from dashboard.words import counted, number
from insights.numbers.drivers import drivers
from insights.numbers.movers import Mover, Movers

EACH = 5
SPAN_OF = {1: "Last week"}


def span_link(recent: int) -> dict[str, str]:
    """Return what a link says about the weeks compared; nothing for four."""
    return {"weeks": SPAN_OF[recent]} if recent in SPAN_OF else {}


def show_mover(one: Mover, found: Movers, top: DeltaGenerator) -> None:
    """The change of one theme, opened."""
    recent = found.over.recent
    with top:
        with st.container(horizontal=True, gap="xsmall", key="crumb"):
            st.page_link(session.MOVERS, label="Movers ›", query_params=span_link(recent))
            st.page_link(session.THEME, label=plain(one.name), query_params={"id": str(one.id)})
        verdict = (
            "changed beyond noise"
            if one.moved
            else "could be noise"
            if one.adjusted is not None
            else "too few contacts to tell"
        )
        st.html(head(one.name, (verdict,), kind_badge(one.kind)))
    _figures(one, found)
    _drivers(one, recent)
    _restated(one, found)
    show_method(found, one)


def _figures(one: Mover, found: Movers) -> None:
    recent = found.over.recent
    kept = narrowing.kept()
    with st.container(key="stats", horizontal=True, gap=None):
        for key, value, words in (
            (f"last{recent}", one.recent, f"contacts in the last {counted(recent, 'week')}"),
            (f"base{recent}", one.before, "in the 12 before"),
        ):
            with st.container(key=f"stat-{key}", width="content"):
                query = {"theme": str(one.id), "span": key, **kept}
                st.page_link(session.NOTES, label=figure_label(number(value), words), query_params=query)
        st.html(figure(rate_words(one.rate), f"of 1,000 contacts, was {rate_words(one.rate_before)}"), width="content")
        st.html(
            figure(times_words(one.ratio), f"likely {interval_words(change_of(one)) or 'anything'}"), width="content"
        )
        if one.adjusted is not None:
            st.html(figure("No" if one.moved else "Could be", f"noise? {chance_words(one.adjusted)}"), width="content")
        if one.year_ago is not None:
            st.html(figure(times_words(one.year_ago), "the same weeks a year ago"), width="content")


def _drivers(one: Mover, recent: int) -> None:
    found = drivers(session.store(), one.id, narrowing.narrowed(), recent, session.today())
    if not found.fields:
        return
    said = f"{signed(found.change)} per 1,000 contacts; each list adds up to it"
    st.html(heading("Where the change comes from", said))
    largest = found.largest()
    if largest is not None:
        what = FIELDS[largest.field].lower()
        st.html(f'<p class="lead">Mostly from “{escape(largest.value)}” among {what}.</p>')
    top = max(abs(driver.part) for _, some in found.fields for driver in some) or 1.0
    columns = st.columns(2, gap="large")
    for at, (field, some) in enumerate(found.fields):
        with columns[at % 2]:
            st.html(f'<p class="lab">{FIELDS[field]}</p>' + "".join(driver_row(driver, top) for driver in some[:EACH]))


def _restated(one: Mover, found: Movers) -> None:
    rows = restated_rows(one, found.over.mondays, session.today())
    said = (
        f"{counted(one.restated, 'contact')} of this theme came in after their week was over"
        if rows
        else "nothing came in late"
    )
    st.html(heading("As seen then, as seen now", said))
    if rows:
        st.html(table("Weeks that grew later", ("Week of", "Then", "Now", ""), rows, right=frozenset({1, 2})))


def show_method(found: Movers, one: Mover | None = None) -> None:
    """Formula and inputs."""
    with st.expander("How this is reckoned", key="method"):
        now = sum(found.heard[-found.over.recent :])
        before = sum(found.heard) - now
        late = sum(found.heard) - sum(found.then)
        own = ""
        if one is not None:
            own = (
                f"<br><b>This theme:</b> {one.recent} of {number(now)} against {one.before} of {number(before)}. Its weeks vary "
                f"{one.dispersion:.2f} times as much as by chance; p = {one.p:.2g}"
                + (
                    f", after correction {one.adjusted:.2g}."
                    if one.adjusted is not None
                    else ", not corrected: too few."
                )
            )
        st.html(
            '<p class="formula"><b>A contact</b> is a customer who was in touch in a week, however many messages they sent. '
            "<b>The rate</b> is contacts that speak of the theme, of 1,000 contacts. <b>The change</b> is the rate in the last weeks over "
            "the rate in the twelve before; full weeks, Monday to Sunday, by when it was said. <b>Noise:</b> given their sum, the two counts "
            "are compared by the exact test of two rates, widened by how much the weeks themselves vary, and corrected over all "
            f"{number(found.tested)} themes (Benjamini and Hochberg): of the themes named, at most 5 in 100 are false."
            f"<br><b>Inputs:</b> {number(now)} contacts in the last weeks, {number(before)} before; {number(late)} of them came in "
            f"late.{own}</p>"
        )
        st.html(line(("docs/methods-numbers.md has the formula and the tests",)))
