"""Owners: which team answers for what, who is in it, when themes ask it, and what nobody owns."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard import ownerless, owning, session
from dashboard.components.figure import figure
from dashboard.components.listening import answer_chip, owner_square, promise_words, reach_words, theme_line
from dashboard.components.owners import members_words, owned_words
from dashboard.components.page import empty, head, heading, line
from dashboard.components.text import escape, plain
from dashboard.who import who
from dashboard.words import counted, day
from insights.listening import asking, ownership, teams
from insights.listening.cases import cases
from insights.listening.heard import listening
from insights.listening.ownership import Rule
from insights.listening.teams import Team
from insights.trust.people import Role


def main() -> None:
    st.html(session.HERE / "listening.css")
    store, person = session.store(), who()
    known, rules, names = teams.all(store), ownership.rules(store), asking.names(store)
    st.html(head("Owners", (counted(len(known), "team"), "each theme has exactly one owner, or is nobody’s")))
    owning.said()
    chosen = st.query_params.get("team", "")
    one = next((team for team in known if str(team.id) == chosen), None)
    if one is not None:
        _one(one, [owned_words(rule, names) for rule in rules if rule.team_id == one.id], names)
    else:
        _all(known, rules, names)
    if person.role is Role.ADMIN:
        mine = {owned_words(rule, names): rule.id for rule in rules if one is not None and rule.team_id == one.id}
        owning.forms(one, mine, person)
    if one is None:
        ownerless.show_land()
        ownerless.show_rules()


def _all(known: tuple[Team, ...], rules: tuple[Rule, ...], names: Mapping[int, str]) -> None:
    if not known:
        st.html(
            empty(
                "No team yet", "A team owns products, or parts of the offering such as policies, and answers for them."
            )
        )
        return
    st.html(heading("Teams", "by name"))
    with st.container(gap=None, key="teams"):
        for team in known:
            owned = ", ".join(owned_words(one, names) for one in rules if one.team_id == team.id) or "nothing yet"
            with st.container(key=f"row-owner-{team.id}", gap=None):
                st.html(theme_line(team.name, f"owns {owned}", members_words(team)))
                st.page_link(session.OWNERS, label=plain(team.name), query_params={"team": str(team.id)})


def _one(team: Team, owned: list[str], names: Mapping[int, str]) -> None:
    today = session.today()
    with st.container(horizontal=True, gap="xsmall", key="crumb"):
        st.page_link(session.OWNERS, label="All owners")
        st.page_link(session.LISTENING, label="Listening")
    terms = team.terms
    growth = ", or when it clearly grows" if terms.ask_growth else ""
    st.html(
        f'<div class="owed"><b>{owner_square(team.name)} {escape(team.name)}</b><br>{escape(members_words(team))}'
        f"<small>Owns {escape(', '.join(owned) or 'nothing yet')}. A theme asks from "
        f"{counted(terms.ask_customers, 'customer')} on, from severity {terms.ask_severity} of 5 on{growth}; the team has "
        f"{counted(terms.answer_days, 'day')} to answer.</small></div>"
    )
    heard = next(one for one in listening(session.store(), session.now()) if one.team_id == team.id)
    with st.container(key="stats", horizontal=True, gap=None):
        st.html(figure(f"{heard.heard} of {heard.asked}" if heard.asked else "–", "heard in time"), width="content")
        days = "–" if heard.half_heard_days is None else counted(round(heard.half_heard_days), "day")
        st.html(figure(days, "half heard within"), width="content")
        mean = "–" if heard.say.mean is None else f"{heard.say.mean:.1f} of 5"
        st.html(figure(mean, f"agents’ say, {counted(heard.say.raters, 'rater')}"), width="content")
        st.html(figure(str(len(heard.overdue)), "overdue"), width="content")
    st.html(line((promise_words(heard) or "no promises yet", f"answers to agents: {reach_words(heard)}")))
    asks = [ask for ask in reversed(cases(session.store())) if ask.team_id == team.id]
    st.html(heading("What it was asked", counted(len(asks), "theme")))
    if not asks:
        st.html(line(("Nothing yet",)))
    with st.container(gap=None, key="asked"):
        for ask in asks:
            name = names.get(ask.theme_id, f"Theme {ask.theme_id}")
            with st.container(key=f"row-ask-{ask.number}", gap=None):
                late = ask.late_since(today)
                when = (
                    f"{counted((today - late).days, 'day')} late" if late else f"asked {day(ask.since.date(), today)}"
                )
                chip = answer_chip(ask.state(today))
                st.html(theme_line(name, ask.entry.reason, when, late=bool(late), chip=chip))
                st.page_link(session.LEDGER, label=plain(name), query_params={"id": str(ask.theme_id)})
    causes, pays = ownership.tied(session.store(), team.id)
    for title, themes, key in (("What it causes", causes, "causes"), ("What it pays for", pays, "pays")):
        if themes:
            st.html(heading(title, counted(len(themes), "theme")))
            with st.container(gap=None, key=f"tied-{key}"):
                for theme in themes:
                    name = names.get(theme, f"Theme {theme}")
                    with st.container(key=f"row-{key}-{theme}", gap=None):
                        st.html(theme_line(name, f"theme {theme}", ""))
                        st.page_link(session.LEDGER, label=plain(name), query_params={"id": str(theme)})


main()
