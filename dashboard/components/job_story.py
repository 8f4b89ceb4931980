"""A job as a story, with only the parts that somebody said."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.marks import kind_badge
from dashboard.components.text import escape
from dashboard.words import counted
from insights.board.jobs import Job
from insights.board.obstacles import Obstacle
from insights.board.stories import Slot


def job_story(job: Job) -> str:
    """The name, then "When …, I want to …, so that …" in customers' words; what nobody said is not made up."""
    wanted = _part("I want" if job.want else "", job.want) or _part("hired for", job.purpose)
    purpose = _part("what for:", job.purpose) if job.want else ""
    parts = [part for part in (_part("When", job.situation), wanted, purpose) if part]
    story = ", ".join(parts)
    missing = "" if parts else '<span class="none">Nobody has put it in one sentence yet.</span>'
    return (
        f'<div class="job"><div class="t">{kind_badge("job")} {escape(job.name)}</div>'
        f'<p class="story" dir="auto">{story[:1].upper() + story[1:]}{missing}</p></div>'
    )


def obstacle_row(one: Obstacle) -> str:
    """A pain or suggestion in the way of a job."""
    return f'<div class="ob">{kind_badge(one.kind)} <span>{escape(one.name)}</span></div>'


def promise(text: str, job: Job | None, *, tied: bool) -> str:
    """A promise, and whether customers were heard to want it."""
    if job is not None:
        heard = f'<b class="f-well">Hired for it:</b> {counted(job.customers, "customer")}, “{escape(job.name)}”'
    elif tied:
        heard = "Its job was not heard of this product."
    else:
        heard = "Not heard from customers as a job."
    return f'<li><span dir="auto">{escape(text)}</span><small>{heard}</small></li>'


def unsold(jobs: Sequence[Job]) -> str:
    """What customers hire the product for, and nobody sells it for."""
    return "".join(
        f"<li><span>{escape(job.name)}</span><small>{counted(job.customers, 'customer')}; not among what it is sold for</small></li>"
        for job in jobs
    )


def _part(word: str, slot: Slot | None) -> str:
    if slot is None:
        return ""
    lead, told = word, slot.words
    if word == "When" and told.casefold().split(" ")[0] in (
        "when",
        "whenever",
        "while",
        "during",
        "if",
        "after",
        "before",
        "every",
        "on",
    ):
        lead = ""
    return f"{lead} <q>{escape(told)}</q> <small>({counted(slot.notes, 'note')})</small>".strip()
