"""The parts of a review: an item of the agenda, what was decided about it, what moved."""

from __future__ import annotations

from datetime import date

from dashboard.components.change import change_chip
from dashboard.components.marks import kind_badge, severity, spark
from dashboard.components.page import too_few
from dashboard.components.quote import quote
from dashboard.components.text import escape
from dashboard.words import counted, day, number
from insights.review.agenda import Moved
from insights.review.frozen import Evidence
from insights.review.minutes import VERDICTS
from insights.review.reviews import Decided, Item, Verdict

TIMES = {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}
MARKS = {Verdict.ACT: "act", Verdict.TRY: "try", Verdict.WAIT: "wait", Verdict.DECLINE: "no", Verdict.CARRY: "carry"}

PRINTING = (
    '<style>[data-testid="stSidebar"], [data-testid="stHeader"] { display: none !important }</style>'
    '<p class="sub screen">Print it with Ctrl and P; on a Mac with Command and P.</p>'
)
"""What the print view is besides the agenda: no frame, and how to print."""


def item_head(item: Item) -> str:
    """Name, kind and why it is on the agenda; customers, twelve weeks, change."""
    seen = item.evidence
    again = f"{TIMES.get(item.times, f'{item.times}th')} time on the agenda" if item.times > 1 else ""
    facts = '<span class="dotsep">·</span>'.join(f"<span>{escape(fact)}</span>" for fact in (item.why, again) if fact)
    return (
        f'<div class="row it"><div class="t1"><h3 class="t">{escape(seen.name)}</h3>'
        f'<div class="m">{kind_badge(seen.kind)}{facts}'
        f'<span class="mob num">{_customers(seen)}</span></div></div>'
        f'<div class="n rt">{_numbers(seen)}</div>'
        f'<div class="sp">{spark([notes for _, notes in seen.weeks])}</div><div class="cg">{change_chip(seen.change)}</div>'
        f'<div class="sv">{severity(seen.severity)}</div></div>'
    )


def _customers(seen: Evidence) -> str:
    return f"fewer than {seen.fewer_than} customers" if seen.fewer_than else counted(seen.customers, "customer")


def _numbers(seen: Evidence) -> str:
    if seen.fewer_than:
        return f"<b>&lt; {seen.fewer_than}</b><small>customers</small>"
    return f"<b>{number(seen.customers)}</b><small>{counted(seen.notes, 'note')}</small>"


def item_words(item: Item, today: date, *, shown: int) -> str:
    """The quotes an item is decided on, and how many are gone because their notes were erased."""
    words = "".join(quote(said.quote, today) for said in item.evidence.quotes[:shown])
    gone = item.evidence.erased
    if gone:
        words += f'<p class="sub">{counted(gone, "quote")} of the evidence {"was" if gone == 1 else "were"} erased since.</p>'
    if item.evidence.fewer_than:
        return too_few(item.evidence.fewer_than, "speak of it")
    return words or '<p class="sub">No words to show: its notes were erased.</p>'


def decided(item: Item, today: date) -> str:
    """What counts now, and under it what it stands in front of."""
    if item.decision is None:
        return ""
    before = "".join(f"<small>Before that: {escape(told(one, today))}</small>" for one in reversed(item.decisions[:-1]))
    return _box(item.decision, today, before)


def told(one: Decided, today: date) -> str:
    """Return a decision as one line of text."""
    return f"{VERDICTS[one.verdict]}, {one.who}, {day(one.at.date(), today)}"


def moved_bars(moves: Moved) -> str:
    """More and fewer notes than the week before, left and right of nought, the number beside each."""
    widest = max((abs(step) for _, _, step in moves.themes), default=1)
    return "".join(
        f'<div class="mv{" less" if step < 0 else ""}"><span>{escape(name)}</span>'
        f'<span class="tr" aria-hidden="true"><u style="width:{max(2.0, 50 * abs(step) / widest):.1f}%"></u></span>'
        f"<small>{step:+d}</small></div>".replace(">-", ">−")
        for _, name, step in moves.themes
    )


def _box(one: Decided, today: date, before: str) -> str:
    due = f"by {day(one.due, today)}" if one.due else ""
    answer = f"answer {one.answer_id} in the ledger" if one.answer_id is not None else ""
    facts = " · ".join(escape(fact) for fact in (one.owner, due, answer) if fact)
    reason = f"“{escape(one.reason)}” " if one.reason else ""
    who = escape(f"{one.who}, {day(one.at.date(), today)}, {one.at:%H:%M} UTC")
    return (
        f'<div class="done d-{MARKS.get(one.verdict, "seen")}"><p><b>{escape(VERDICTS[one.verdict])}</b>{facts}</p>'
        f"<small>{reason}{who}</small>{before}</div>"
    )
