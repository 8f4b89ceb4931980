"""Notices go out through Apprise: e-mail, Slack, Teams, a webhook, whatever the settings name; at least once, with an id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import apprise

from insights.listening import notices
from insights.listening.echo_words import sentence
from insights.listening.notices import Notice
from insights.store import Store


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a round did: notices made, sent, and those that stay waiting."""

    made: int
    sent: int
    waiting: int


def deliver(store: Store, channels: Mapping[str, str], now: datetime) -> Delivered:
    """Gather what is due and send what waits. A crash between sending and noting sends the same id again.

    Raises StoreError. A channel that fails leaves its notices waiting, with what went wrong.
    """
    made, out, left = notices.gather(store, now), 0, 0
    for notice in notices.waiting(store, now=now):
        trouble = _send(notice, channels, now)
        if trouble:
            notices.failed(store, notice.id, trouble)
            left += 1
            continue
        notices.sent(store, notice.id, now)
        out += 1
    return Delivered(made, out, left)


def _send(notice: Notice, channels: Mapping[str, str], now: datetime) -> str:
    """Send one notice; return what went wrong, without the address."""
    address = channels.get(notice.channel)
    if address is None:
        return f"no channel is called {notice.channel!r} in EARSHOT_NOTICE_CHANNELS"
    if "{email}" in address and not notice.email:
        return "the person has no e-mail address"
    sender = apprise.Apprise()
    if not sender.add(address.replace("{email}", quote(notice.email))):
        return f"the address of {notice.channel!r} is none that Apprise knows"
    number = len(notice.echoes)
    title = "What became of your notes" if number == 1 else f"What became of your notes: {number} news"
    done = sender.notify(body=body(notice, now), title=title, body_format=apprise.NotifyFormat.TEXT)
    return "" if done else f"{notice.channel!r} did not take the message"


def body(notice: Notice, now: datetime) -> str:
    """Return the message in plain text. The last line is the id by which a repeated one can be told."""
    lines = []
    for echo in notice.echoes:
        lines += [f"{echo.theme}", sentence(echo, now.date())]
        lines += [f"“{echo.reason}”"] if echo.reason else []
        lines += [""]
    return "\n".join([*lines, f"Notice {notice.id}"])
