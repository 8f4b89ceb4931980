"""The minutes of a review, written by themselves: as Markdown, and as a page of HTML that prints.

Customers' words and all that people wrote stay words: nothing in them becomes a link, a picture or markup. Both carry
what was asked and when it was taken, so that a copy on paper can be placed years later.
"""

from __future__ import annotations

import html as escaping
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from insights.counting.weeks import Change
from insights.review.agenda import Reason
from insights.review.reviews import Item, Review, Verdict

TITLES = {
    Reason.GROWN: "Grown",
    Reason.NEW: "New",
    Reason.FADED: "Faded",
    Reason.ANSWERED: "Answered",
    Reason.WISHED: "Asked for",
    Reason.CARRIED: "Carried over",
}
VERDICTS = {
    Verdict.ACT: "Act",
    Verdict.TRY: "Try it out",
    Verdict.WAIT: "Wait for evidence",
    Verdict.DECLINE: "Decline",
    Verdict.SEEN: "Seen",
    Verdict.CARRY: "Carried over to the next review",
}
COMPARED = "customers in the last four full weeks against the four before, 95% interval"
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;color:#1b1d21;max-width:760px;margin:32px auto;padding:0 16px}"
    "h1{font-size:24px}h2{font-size:16px;margin:28px 0 8px;border-bottom:1px solid #d3d2cc}h3{font-size:15px;margin:18px 0 2px}"
    "p{margin:2px 0}small,.facts{color:#545a63;font-size:13px}blockquote{margin:8px 0;padding-left:12px;border-left:2px solid #d3d2cc}"
    ".decision{margin-top:6px;padding-left:12px;border-left:2px solid #14583a}article{break-inside:avoid}"
)
_MARKED = str.maketrans({letter: "\\" + letter for letter in string.punctuation if letter not in "<>&,.;:?!'\"%/"})

_NUMBERED = re.compile(r"^(\d+)([.)])")


@dataclass(frozen=True, slots=True)
class _Quote:
    words: str
    who: str


def markdown(review: Review, at: datetime) -> str:
    """Return the review as Markdown (CommonMark), taken at a moment."""
    lines = [f"# {_title(review)}", "", *(f"{plain_markdown(fact)}  " for fact in _facts(review, at))]
    for reason, items in _sections(review):
        lines += ["", f"## {TITLES[reason]}"]
        for item in items:
            lines += [
                "",
                f"### {plain_markdown(item.evidence.name)}",
                "",
                *(f"{plain_markdown(fact)}  " for fact in _figures(item)),
            ]
            for said in _quotes(item):
                lines += [
                    "",
                    *(f"> {plain_markdown(line)}" for line in said.words.splitlines() or [""]),
                    f"> — {plain_markdown(said.who)}",
                ]
            lines += ["", *_bold_first([plain_markdown(line) for line in _decision(item)])]
    return "\n".join(lines) + "\n"


def html(review: Review, at: datetime) -> str:
    """Return the review as one page of HTML that needs nothing else, taken at a moment."""
    title = _html(_title(review))
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<style>{STYLE}</style></head><body><h1>{title}</h1>",
        _paragraphs("facts", _facts(review, at)),
    ]
    for reason, items in _sections(review):
        parts.append(f"<h2>{TITLES[reason]}</h2>")
        for item in items:
            parts += [f"<article><h3>{_html(item.evidence.name)}</h3>", _paragraphs("facts", _figures(item))]
            parts += [
                f'<blockquote dir="auto">{_html(said.words)}<br><small>{_html(said.who)}</small></blockquote>'
                for said in _quotes(item)
            ]
            first, *rest = [_html(line) for line in _decision(item)]
            parts.append(
                f'<div class="decision"><b>{first}</b>{"".join(f"<p>{line}</p>" for line in rest)}</div></article>'
            )
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _title(review: Review) -> str:
    return f"Review, week of {_day(review.week)}"


def _facts(review: Review, at: datetime) -> Iterator[str]:
    decided = len(review.items) - len(review.undecided)
    yield f"What is new, grown, faded, answered or carried over since {_day(review.since.date())}: {COMPARED}."
    yield f"{len(review.items)} on the agenda, {decided} decided. Opened by {review.opened_by} on {_moment(review.opened_at)}."
    if review.closed_at is not None:
        yield f"Closed by {review.closed_by} on {_moment(review.closed_at)}; figures and words are those seen then."
    else:
        yield "Still open: what is not decided is shown as it is known now."
    moved = review.moved
    yield f"{moved.last:,} notes in the week of {_day(moved.week)}, {moved.before:,} in the week before."
    yield f"Taken on {_moment(at)} from Earshot."


def _sections(review: Review) -> Iterator[tuple[Reason, list[Item]]]:
    for reason in TITLES:
        if items := [item for item in review.items if item.reason is reason]:
            yield reason, items


def _figures(item: Item) -> Iterator[str]:
    seen = item.evidence
    if seen.fewer_than:
        yield f"{seen.kind.capitalize()}, theme {seen.theme_id}: {item.why}; fewer than {seen.fewer_than} customers"
        return
    severity = f", severity {seen.severity} of 5" if seen.severity else ""
    yield f"{seen.kind.capitalize()}, theme {seen.theme_id}: {item.why}" + (
        f" ({_ordinal(item.times)} time on the agenda)" if item.times > 1 else ""
    )
    yield f"{_counted(seen.customers, 'customer')}, {_counted(seen.notes, 'note')}{severity}; {change_words(seen.change)}"
    yield f"first heard {_day(seen.first_heard)}, last heard {_day(seen.last_heard)}, as of {_day(seen.day)}"


def _quotes(item: Item) -> Iterator[_Quote]:
    for said in item.evidence.quotes:
        one = said.quote
        speaker = {"customer": "Customer", "note": "Agent's note", "agent": "Agent, not the customer's words"}
        facts = (speaker.get(one.speaker, one.speaker), one.channel, one.plan, one.region, _day(one.occurred_at.date()))
        yield _Quote(one.text, ", ".join(fact for fact in facts if fact))
    if item.evidence.erased:
        yield _Quote(f"({_counted(item.evidence.erased, 'quote')} erased since)", "on request")


def _decision(item: Item) -> list[str]:
    made = item.decision
    if made is None:
        return ["Not decided yet"]
    due = f", by {_day(made.due)}" if made.due else ""
    owner = f": {made.owner}" if made.owner else ""
    answer = f" (answer {made.answer_id})" if made.answer_id is not None else ""
    lines = [f"{VERDICTS[made.verdict]}{owner}{due}{answer}"]
    lines += [f"“{made.reason}”"] if made.reason else []
    lines.append(f"{made.who}, {_moment(made.at)}")
    before = [f"{VERDICTS[one.verdict]} ({one.who}, {_moment(one.at)})" for one in item.decisions[:-1]]
    return lines + ([f"Before that: {'; '.join(before)}"] if before else [])


def change_words(change: Change) -> str:
    """Return a change in words: a direction only when the interval leaves out "no change"."""
    if not change.recent and not change.before:
        return "not heard in eight weeks"
    way = ("up" if change.low > 1 else "down") if change.clear else "no clear change"
    likely = f", likely ×{change.low:.1f} to ×{change.high:.1f}" if change.before else ""
    people = "customer" if change.recent == 1 and not change.fewer_than else "customers"
    return f"{way} from {_few(change.before, change)} to {_few(change.recent, change)} {people}{likely}"


def _few(customers: int, change: Change) -> str:
    return f"fewer than {change.fewer_than}" if 0 < customers < change.fewer_than else f"{customers:,}"


def _paragraphs(css: str, facts: Iterator[str]) -> str:
    return "".join(f'<p class="{css}">{_html(fact)}</p>' for fact in facts)


def _bold_first(lines: list[str]) -> list[str]:
    return [f"**{lines[0]}**  ", *(f"{line}  " for line in lines[1:])]


def _html(text: str) -> str:
    return escaping.escape(text, quote=True)


def plain_markdown(text: str) -> str:
    """One line of text in which nothing is Markdown or HTML any more, at its beginning neither.

    Addresses are cut by a word joiner, for some readers link whatever looks like one.
    """
    words = _NUMBERED.sub(r"\1\\\2", " ".join(text.split()).translate(_MARKED))
    words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return words.replace("://", ":\u2060//").replace("www.", "www\u2060.")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(number, f"{number}th")


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _moment(value: datetime) -> str:
    return f"{_day(value.date())}, {value:%H:%M} UTC"


Export = Callable[[Review, datetime], str]
FORMATS: dict[str, tuple[str, Export]] = {"md": ("text/markdown", markdown), "html": ("text/html", html)}
"""By the ending of the file: its media type, and what writes it."""
