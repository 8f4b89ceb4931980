"""A person's own note and what became of it."""

from __future__ import annotations

from datetime import datetime

from dashboard.components.marks import kind_badge
from dashboard.components.text import escape
from dashboard.words import ago, kind_word
from insights.delivery.written import State
from insights.desk.agreement import Agreement
from insights.desk.own_notes import Fate, OwnNote

STATES = {
    State.WAITING: ("Kept, waiting to be heard", "It is safe here. A worker takes it in as soon as one runs."),
    State.SET_ASIDE: ("Set aside", "It could not be read; the Pipeline page says why."),
}
FEWEST = 20
"""Words judged twice below which no agreement is told."""


def own_note(note: OwnNote, now: datetime) -> str:
    """The words, and under them each thing that was heard and where it counts. Links to themes stand beside it."""
    where = " · ".join(escape(part) for part in (note.channel.capitalize(), note.product, ago(note.at, now)) if part)
    if note.state is not State.HEARD:
        title, more = STATES[note.state]
        became = f'<li class="wait"><b>{title}</b> {more}</li>'
    elif not note.fates:
        became = "<li>Heard, and nothing in it speaks of a pain, a wish, a job or praise. Press M on the desk to mark words.</li>"
    else:
        became = "".join(_fate(one) for one in note.fates)
    state = (
        ""
        if note.state is not State.HEARD
        else f"<small>{'Judged by a person' if note.judged else 'Not judged yet'}</small>"
    )
    return (
        f'<article class="own"><blockquote dir="auto">{escape(note.words)}</blockquote><p class="m">{where}</p>'
        f'<ul class="fates">{became}</ul>{state}</article>'
    )


def agreement_line(found: Agreement) -> tuple[str, str, str, str]:
    """Return a row of the table of agreement: kind, words judged twice, kappa, and what that means."""
    heard = found.both + found.first_only + found.second_only
    if found.kappa is None or found.items < FEWEST:
        return kind_word(found.kind), f"{heard} of {found.items}", "–", f"told from {FEWEST} judged twice on"
    interval = f"{found.kappa:.2f} ({found.low:.2f} to {found.high:.2f})".replace("-", "−")
    return kind_word(found.kind), f"{heard} of {found.items}", interval, _meaning(found.kappa)


def _meaning(kappa: float) -> str:
    """The words of Landis and Koch (Biometrics 33, 1977), made plain."""
    steps = (
        (0.8, "almost always the same"),
        (0.6, "mostly the same"),
        (0.4, "often the same"),
        (0.2, "seldom the same"),
    )
    return next((words for least, words in steps if kappa > least), "hardly better than chance")


def _fate(fate: Fate) -> str:
    theme = "waits for a theme: nothing near enough was said before"
    if fate.theme_id is not None:
        theme = f"counted in “{escape(fate.theme_name)}”"
        if fate.theme_status == "emerging":
            theme += ", which is just emerging"
    return f"<li>{kind_badge(fate.kind)} “{escape(fate.text)}” <span>{theme}</span></li>"
