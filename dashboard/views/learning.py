"""Learning: what the heads learnt from agents' annotations, what was tried, and which model hears now."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.page import empty, head, heading, line
from dashboard.components.table import table
from dashboard.words import ago, counted
from insights.desk import annotated, models
from insights.desk.models import Outcome, Trial

SAID = {
    Outcome.SWITCHED: "Taken into use",
    Outcome.KEPT: "Not taken",
    Outcome.RETURNED: "Gone back",
}


def main() -> None:
    store, now = session.store(), session.now()
    trials = models.history(store)
    texts = annotated.count(store)
    st.html(head("Learning", (f"{counted(texts, 'stretch', 'stretches')} of text judged by agents",)))
    st.html(line((_in_use(trials),)))
    if not trials:
        st.html(
            empty(
                "Nothing was tried yet",
                "When agents have judged about 200 stretches of text, “earshot train --from-annotations” learns from them.",
            )
        )
        return
    st.html(
        heading("What was tried", "newest first; a model is taken only for a gain that texts it never saw bear out")
    )
    rows = [(ago(one.at, now), one.who, SAID[one.outcome], one.reason, "now" if one.in_use else "") for one in trials]
    st.html(table("What was tried, newest first", ("When", "Who", "Outcome", "Why", "In use"), rows))
    last = next((one for one in trials if one.new), None)
    if last is not None:
        st.html(heading("The last trial by kind", f"share of right answers (F1) on {last.held_back} texts held back"))
        figures = [
            (kind, f"{before:.2f}", f"{last.new[kind]:.2f}", f"{last.new[kind] - before:+.2f}")
            for kind, before in last.old.items()
        ]
        names = ("Kind", "Model before", "Model tried", "Change")
        st.html(table("The last trial by kind", names, figures, right=frozenset({1, 2, 3})))


def _in_use(trials: tuple[Trial, ...]) -> str:
    one = next((trial for trial in trials if trial.in_use), None)
    if one is None:
        return "The model that ships with Earshot hears now"
    return f"A model learnt from {counted(one.learnt_from, 'text')} hears now; “earshot train --rollback” goes back"


main()
