"""A conversation on the desk: the queue, the words with what was heard in them, and the card of each suggestion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboard.components.marks import kind_badge
from dashboard.components.quote import pieces
from dashboard.components.text import escape
from dashboard.words import KINDS, SPEAKERS, ago, counted, day, kind_word
from insights.board.theme import Highlight
from insights.desk.conversation import Conversation, Suggestion, Turn
from insights.desk.inbox import QueueItem

VERDICTS = {"accepted": "✓ Accepted", "corrected": "✎ Corrected", "rejected": "✕ Rejected", "added": "＋ Marked"}
SURE, LIKELY = 0.8, 0.6
NEAR = 0.55
_QUOTED = 90


def queue_item(item: QueueItem, now: datetime, *, on: bool) -> str:
    """One line of the queue: what it is about, where it came in, how many tags wait."""
    where = item.channel.capitalize() or "Note"
    kind = '<i class="second">Second opinion</i>' if item.blind else ""
    return (
        f'<div class="qi{" on" if on else ""}"><b>{escape(item.title or "Nothing was heard")}</b>'
        f"<small>{kind}{escape(where)} · {escape(ago(item.occurred_at, now))}</small><em>{item.signals}</em></div>"
    )


def conversation_head(note: Conversation, now: datetime) -> str:
    """What the note is and what it carries."""
    title = " ".join(part for part in (note.channel.capitalize() or "Note", _short(note.external_id)) if part)
    carried = [note.product, f"{note.plan} plan" if note.plan else "", note.region]
    carried += [f"app {note.app_version}" if note.app_version else "", day(note.occurred_at.date(), now.date())]
    return (
        f'<div class="ch"><h2>{escape(title)}</h2>'
        f"<small>{' · '.join(escape(one) for one in carried if one)}</small></div>"
    )


def conversation_words(note: Conversation, active: int) -> str:
    """All turns, the customer's words largest; each suggestion is marked and carries the number of its card."""
    return f'<div class="conv">{"".join(_turn(turn, note.suggestions, active) for turn in note.turns)}</div>'


def tag_line(tag: Suggestion, number: int, me: str) -> str:
    """A tag that was decided, in one line."""
    by = "" if tag.who == me else f" by {tag.who}"
    name = f"“{_clipped(tag.text, 60)}”" if tag.verdict == "rejected" else tag.theme_name or _clipped(tag.text, 60)
    return (
        f'<div class="sg done v-{escape(tag.verdict)}"><span>{number} &nbsp;{kind_badge(tag.kind)} {escape(name)}</span>'
        f"<small>{escape(VERDICTS.get(tag.verdict, tag.verdict) + by)}</small></div>"
    )


def tag_card(tag: Suggestion, number: int, total: int, *, on: bool) -> str:
    """A tag to decide on: its words, the theme it would join, and, for the one in hand, why."""
    theme = escape(tag.theme_name) if tag.theme_name else '<span class="none">In no theme yet</span>'
    why = f'<p class="why">{why_words(tag)}</p>' if on else ""
    return (
        f'<div class="sg{" on" if on else ""}"><div class="top"><span><b>{number}</b>{kind_badge(tag.kind)}</span>'
        f'<small>{number} of {total}</small></div><p class="w">“{escape(_clipped(tag.text, 160))}”</p>'
        f'<p class="th">{theme}</p>{why}</div>'
    )


def why_words(tag: Suggestion) -> str:
    """Return why it was suggested: how sure, by what, who else said so, and the two nearest past notes."""
    sure, css = fit_words(tag)
    parts = [f'<b class="{css}">{sure}</b>', escape(rule_words(tag.kind, tag.rule))]
    if tag.customers > 1:
        number = f"More than {counted(tag.customers, 'customer')}" if tag.many else counted(tag.customers, "customer")
        parts.append(f"{number} said the same.")
    if tag.near:
        said = ", ".join(f"“{escape(_clipped(near.text, _QUOTED))}”" for near in tag.near)
        parts.append(f"Nearest: {said}.")
    return " ".join(parts)


def fit_words(tag: Suggestion) -> tuple[str, str]:
    """Return how well a suggestion fits, in words, never as a percentage."""
    if tag.confidence >= SURE and (tag.theme_id is None or tag.similarity >= NEAR):
        return "Fits well.", "f-well"
    return ("Could fit.", "f-could") if tag.confidence >= LIKELY else ("A guess.", "f-guess")


def rule_words(kind: str, rule: str) -> str:
    """Return in plain words what made the machine think so."""
    if rule == "person":
        return "Marked by a person."
    head, _, trigger = rule.partition(".")
    if kind == "job" and trigger:
        named = {"want": "what they want to get done", "purpose": "what they do it for"}.get(head, "a job")
        return f"It reads like {named} (the word “{_TRIGGERS.get(trigger, trigger)}” leads to it)."
    return _HEADS.get(head) or _HEADS.get(kind, "Nothing is known of why.")


_HEADS = {
    "pain": "It reads like something that went wrong.",
    "suggestion": "It reads like a wish for a change.",
    "job": "It reads like something to get done.",
    "tip": "It reads like advice to others.",
    "praise": "It reads like thanks or praise.",
    "compensation": "It reads like something given to make up for it.",
    "handoff": "It reads like being passed on to somebody else.",
}
_TRIGGERS = {
    "modal": "can I",
    "can": "I can",
    "cannot": "cannot",
    "want": "want",
    "lets": "lets me",
    "so": "so that",
    "use": "I use",
}


def _turn(turn: Turn, tags: Sequence[Suggestion], active: int) -> str:
    css = {"agent": " ag", "note": " nt"}.get(turn.speaker, "")
    told = any(tag.segment == turn.position and tag.verdict != "rejected" for tag in tags)
    hint = "told by the agent, counted as what the customer reported" if told else "not counted as the customer’s words"
    aside = f'<span class="hint">{hint}</span>' if turn.speaker == "note" else ""
    return (
        f'<div class="tn{css}"><small>{escape(SPEAKERS.get(turn.speaker, turn.speaker.capitalize()))}</small>'
        f'<p dir="auto">{_marked(turn, tags, active)}{aside}</p></div>'
    )


def _marked(turn: Turn, tags: Sequence[Suggestion], active: int) -> str:
    """Cut the raw words at the tags, then escape each piece. A rejected tag is no longer marked."""
    shown = [
        Highlight(f"{at} {tag.kind}", tag.start, tag.end)
        for at, tag in enumerate(tags)
        if tag.segment == turn.position and tag.verdict != "rejected"
    ]
    html = ""
    for piece, label in pieces(turn.text, shown):
        if not label:
            html += escape(piece)
            continue
        at, _, kind = label.partition(" ")
        css = f"m-{kind}" if kind in KINDS else "m-other"
        on = " on" if int(at) == active else ""
        html += (
            f'<mark class="{css}{on}"><span class="vh">{escape(kind_word(kind).lower())}: </span>'
            f'<sup>{int(at) + 1}</sup>{escape(piece)}<span class="vh"> (end)</span></mark>'
        )
    return html


def _clipped(text: str, length: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= length else f"{words[: length - 1].rstrip()}…"


def _short(external_id: str) -> str:
    return external_id if len(external_id) <= 20 else ""
