"""Listening: is the organisation listening to those who listen to customers?"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.components.listening import litmus_row, team_row, teams_head, theme_line
from dashboard.components.page import empty, head, heading, line
from dashboard.components.text import plain
from dashboard.words import counted, few_customers, long_day
from insights.listening import asking
from insights.listening.asking import Ownerless
from insights.listening.cases import cases
from insights.listening.heard import Listening, listening, overdue
from insights.listening.litmus import litmus

SHOWN = 8


def main() -> None:
    st.html(session.HERE / "listening.css")
    store, now = session.store(), session.now()
    st.html(head("Listening", ("Is the organisation listening to those who listen to customers?",)))
    teams = listening(store, now)
    land = asking.nobodys_land(store, now)
    if not teams:
        st.html(empty("No team answers for anything yet", "An admin adds teams and what they own on the page Owners."))
        _link(session.OWNERS, "Add teams and say what they own", "owners")
    _headline(teams, land)
    _teams(teams)
    names = asking.names(store)
    left, right = st.columns(2, gap="large")
    with left:
        _overdue(names, {one.team_id: one.team for one in teams})
    with right:
        _land(land, now)
    _litmus(now)
    st.html(line(("Nothing on this page names an agent. Groups under three people are not shown.",)))
    _link(session.STAFF, "What is recorded about staff, and what is not", "staff")


def _headline(teams: tuple[Listening, ...], land: tuple[Ownerless, ...]) -> None:
    asked, heard = sum(one.asked for one in teams), sum(one.heard for one in teams)
    late, nobody = sum(len(one.overdue) for one in teams), sum(one.would_ask for one in land)
    st.html(
        f'<p class="sayline">Of <b>{asked}</b> themes that asked for an answer, <b>{heard}</b> were heard in time. '
        f"<b>{late}</b> {'answer is' if late == 1 else 'answers are'} overdue, and <b>{nobody}</b> "
        f"{'theme that weighs enough to ask belongs' if nobody == 1 else 'themes that weigh enough to ask belong'} to nobody.</p>"
    )


def _teams(teams: tuple[Listening, ...]) -> None:
    if not teams:
        return
    st.html(heading("Owner teams", "sorted by name; a team’s bar counts its own themes only"))
    with st.container(gap=None, key="teams"):
        st.html(teams_head())
        for one in teams:
            with st.container(key=f"row-team-{one.team_id}", gap=None):
                st.html(team_row(one))
                label = plain(f"{one.team}: what it owns and what it was asked")
                st.page_link(session.OWNERS, label=label, query_params={"team": str(one.team_id)})


def _overdue(names: dict[int, str], teams: dict[int, str]) -> None:
    today = session.today()
    late = overdue(cases(session.store()), today)
    st.html(heading("Overdue answers", f"longest first, {len(late)} in all" if len(late) > SHOWN else "longest first"))
    if not late:
        st.html(empty("No answer is overdue", "Every theme that asked was answered, or has time left."))
    with st.container(gap=None, key="over"):
        for one in late[:SHOWN]:
            name = names.get(one.theme_id, f"Theme {one.theme_id}")
            with st.container(key=f"row-over-{one.theme_id}", gap=None):
                days = f"{counted(one.days_late, 'day')} late"
                st.html(theme_line(name, teams.get(one.team_id or 0, "nobody"), days, late=True))
                st.page_link(session.LEDGER, label=plain(name), query_params={"id": str(one.theme_id)})


def _land(land: tuple[Ownerless, ...], now: datetime) -> None:
    st.html(heading("Nobody’s land", "no team owns these; the oldest stays on top"))
    if not land:
        st.html(empty("Every theme has an owner", "A theme without one would stand here and grow old."))
    with st.container(gap=None, key="land"):
        for one in land[:SHOWN]:
            with st.container(key=f"row-land-{one.weight.theme_id}", gap=None):
                heard = few_customers(one.weight.customers, session.store().least_customers)
                facts = heard + (" · asks nobody" if one.would_ask else "")
                st.html(theme_line(one.weight.name, facts, counted((now - one.since).days, "day")))
                query = {"id": str(one.weight.theme_id)}
                st.page_link(session.LEDGER, label=plain(one.weight.name), query_params=query)
    if len(land) > SHOWN:
        _link(session.OWNERS, f"All {len(land)} themes in nobody’s land", "land")


def _litmus(now: datetime) -> None:
    found = litmus(session.store(), now)
    span = (
        f"{long_day(found.since.date(), now.date())} to today ● against the quarter before ○; each line opens its rows"
    )
    st.html(heading("Litmus: cost centre, or part of discovery?", span))
    with st.container(gap=None, key="litmus"):
        for at, (one, before) in enumerate(zip(found.now, found.before, strict=True)):
            with st.container(key=f"row-litmus-{at}", gap=None):
                st.html(litmus_row(one, before))
                label = plain(f"Open the rows behind: {one.name}")
                st.page_link(session.LITMUS, label=label, query_params={"figure": str(at)})


def _link(page: str, label: str, key: str) -> None:
    with st.container(key=f"link-{key}"):
        st.page_link(page, label=label)


main()
