"""How teams listen, in rows: heard in time, answers, the say, what is overdue, and the litmus figures."""

from __future__ import annotations

from dashboard.components.text import escape
from dashboard.words import counted
from insights.listening.cases import Promise, State
from insights.listening.heard import Listening
from insights.listening.ledger import AnswerKind
from insights.listening.litmus import Figure

COLUMNS = ("Team", "Heard in time", "Half heard within", "Answers", "Agents’ say", "Overdue")
ANSWERS = {
    AnswerKind.ACCEPTED: ("accepted", "accepted"),
    AnswerKind.DECLINED: ("declined", "declined"),
    AnswerKind.NEED_EVIDENCE: ("evidence", "asked for evidence"),
    AnswerKind.TRIED_BEFORE: ("tried", "tried before"),
}
STATES = {
    State.OPEN: ("due", "Answer due"),
    State.OVERDUE: ("overdue", "Answer overdue"),
    State.ACCEPTED: ("accepted", "Accepted"),
    State.DECLINED: ("declined", "Declined"),
    State.NEED_EVIDENCE: ("evidence", "Needs evidence"),
    State.TRIED_BEFORE: ("tried", "Tried before"),
    State.SHIPPED: ("shipped", "Changed"),
    State.CLOSED: ("declined", "Closed"),
    State.JOINED: ("due", "Joined another theme"),
}
ABOUT_SAME = 0.1
LOWER_IS_BETTER = ("Days from", "Themes in nobody")


def teams_head() -> str:
    """The names of the columns."""
    return f'<div class="hdr lt">{"".join(f"<span>{name}</span>" for name in COLUMNS)}</div>'


def team_row(one: Listening) -> str:
    """One team; its bar counts its own themes only."""
    share = 100 * one.heard / one.asked if one.asked else 0
    heard = f"<small><b>{one.heard}</b> of {one.asked}</small>" if one.asked else "<small>nothing was due yet</small>"
    bar = f'<span class="tr" aria-hidden="true"><u style="width:{share:.0f}%"></u></span>' if one.asked else ""
    days = "–" if one.half_heard_days is None else counted(round(one.half_heard_days), "day")
    words = ", ".join(f"{one.answers[kind]} {word}" for kind, (_, word) in ANSWERS.items() if kind in one.answers)
    stack = "".join(
        f'<u class="{css}" style="flex:{one.answers[kind]}"></u>'
        for kind, (css, _) in ANSWERS.items()
        if kind in one.answers
    )
    stacked = f'<span class="stk" aria-hidden="true">{stack}</span>' if stack else ""
    late = f'<b class="od">{len(one.overdue)}</b>' if one.overdue else "<small>none</small>"
    return (
        f'<div class="row lt"><div class="team">{owner_square(one.team)}{escape(one.team)}</div>'
        f'<div class="frac" data-l="Heard in time">{bar}{heard}</div>'
        f'<div class="n" data-l="Half heard within"><b>{days}</b></div>'
        f"<div>{stacked}<small>{words or 'none yet'}</small><small>{promise_words(one)}</small></div>"
        f'<div class="n" data-l="Agents’ say">{say_cell(one.say.raters, one.say.mean)}</div>'
        f'<div class="n" data-l="Overdue">{late}</div></div>'
    )


def say_cell(raters: int, mean: float | None) -> str:
    """What agents say of a team's answers, from three raters on."""
    if mean is None:
        return "<small>shown from 3 raters on</small>"
    return f"<b>{mean:.1f}</b><small>of 5 · {counted(raters, 'rater')}</small>"


def owner_square(name: str) -> str:
    """Two letters in a square; dashed when nobody owns it."""
    if not name:
        return '<span class="sq no" aria-hidden="true"></span>'
    return f'<span class="sq" aria-hidden="true">{escape(name[:2])}</span>'


def answer_chip(state: State | None) -> str:
    """How a theme's answer stands, as ring and word."""
    css, word = ("nobody", "Nobody asked yet") if state is None else STATES[state]
    return f'<span class="ans {css}"><i></i>{word}</span>'


def promise_words(one: Listening) -> str:
    """What became of a team's promises: "promises: 1 kept, 1 kept late, 2 open"."""
    told = ", ".join(f"{one.promises[kind]} {kind.value}" for kind in Promise if kind in one.promises)
    return f"promises: {told}" if told else ""


def reach_words(one: Listening) -> str:
    """How many of a team's answers, older than a week, their authors have not read; from three authors on."""
    if one.reach.sent is None or one.reach.unread is None:
        return "shown from 3 authors on"
    return f"{one.reach.unread} of {one.reach.sent} not read a week later"


def theme_line(name: str, facts: str, right: str, *, late: bool = False, chip: str = "") -> str:
    """A theme in a short list: its name, a grey line, and how long. ``chip`` is HTML from ``answer_chip``."""
    css = "due late" if late else "due"
    right = escape(right)
    return f'<div class="lnk"><span>{escape(name)}<small>{escape(facts)}</small></span><span class="{css}">{chip} {right}</span></div>'


def figure_words(one: Figure) -> str:
    """The figure as the page says it; a dash when there is too little to show."""
    if one.days is not None:
        return f"{one.days:g} days"
    return "–" if one.part is None or not one.whole else f"{one.part} of {one.whole}"


def litmus_row(now: Figure, before: Figure) -> str:
    """One figure now and before, and how it could be gamed."""
    marks = ""
    size, was = _size(now, before), _size(before, now)
    if size is not None:
        old = "" if was is None else f'<s style="left:{was:.0f}%"></s>'
        marks = f'{old}<u style="left:{size:.0f}%"></u>'
    said = (
        "nothing to compare with"
        if was is None or size is None
        else f"was {figure_words(before)}{_trend(now, size, was)}"
    )
    return (
        f'<div class="lrow"><span class="t2">{escape(now.name)}</span><span class="n"><b>{figure_words(now)}</b></span>'
        f'<span class="dumb" aria-hidden="true">{marks}</span><small class="was">{said}</small>'
        f'<small class="g">Could be gamed {escape(now.gamed)}.</small></div>'
    )


def _size(one: Figure, other: Figure) -> float | None:
    """Where the figure stands on its line, in percent: shares from none to all, days from zero to the larger of both."""
    if one.days is not None:
        return None if other.days is None else 100 * one.days / (max(one.days, other.days) or 1.0)
    return None if one.part is None or not one.whole else 100 * one.part / one.whole


def _trend(now: Figure, size: float | None, was: float) -> str:
    if size is None:
        return ""
    if abs(size - was) <= ABOUT_SAME * max(size, was):
        return " · about the same"
    better = (size < was) == now.name.startswith(LOWER_IS_BETTER)
    return " · better" if better else " · worse"
