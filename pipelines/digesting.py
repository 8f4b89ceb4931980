"""Digests leave the house: two files each, and a message where a channel is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import apprise

from insights.listening import digest
from insights.store import Store
from insights.trust.people import Role


class NotSent(RuntimeError):
    """The digest was written and did not go out; it will be in the next one too."""


def write_digest(
    store: Store,
    role: Role,
    folder: Path,
    now: datetime,
    *,
    board: str = "",
    channel: str = "",
    channels: Mapping[str, str] | None = None,
    peek: bool = False,
) -> Path | None:
    """Write (and send) one role's digest; return the files' path without ending, or None when nothing changed.

    It counts as sent only after all of that. Raises NotSent, OSError, StoreError.
    """
    made = digest.digest(store, role, now)
    if not made.parts:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y-%m-%d}-{role.value.replace(' ', '-')}"
    text = digest.markdown(made, board)
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    path.with_suffix(".html").write_text(digest.html(made, board), encoding="utf-8")
    if channel:
        _send(channel, channels or {}, role, digest.html(made, board))
    if not peek:
        digest.sent(store, made)
    return path


def _send(channel: str, channels: Mapping[str, str], role: Role, page: str) -> None:
    sender = apprise.Apprise()
    address = channels.get(channel)
    if address is None or not sender.add(address):
        raise NotSent(f"no usable channel is called {channel!r}; name it in EARSHOT_NOTICE_CHANNELS")
    title = f"Earshot for every {role.value}"
    if not sender.notify(body=page, title=title, body_format=apprise.NotifyFormat.HTML):
        raise NotSent(f"{channel!r} did not take the digest; it will be in the next one too")
