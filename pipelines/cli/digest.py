"""`earshot digest` and `earshot notify`: what changed, to a folder or to a channel; echoes, to those who wished for them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from insights.trust.people import Role
from pipelines.cli.screen import console


def digest(
    folder: Annotated[Path, typer.Option(help="Where the digests are written, as Markdown and HTML.")] = Path(
        "var/digest"
    ),
    role: Annotated[Role | None, typer.Option(help="Only for this role; all of them otherwise.")] = None,
    board: Annotated[str, typer.Option(help="The board's address, for links.")] = "",
    channel: Annotated[str, typer.Option(help="Also send it by this channel of EARSHOT_NOTICE_CHANNELS.")] = "",
    peek: Annotated[
        bool, typer.Option(help="Do not count this as sent: the next one begins at the same moment.")
    ] = False,
) -> None:
    """Write what changed since the last digest, for each role; under two minutes to read."""
    from insights.listening.digest import READERS
    from insights.settings import NoticeSettings
    from pipelines import bootstrap
    from pipelines.digesting import write_digest

    addresses = NoticeSettings().addresses if channel else {}
    with bootstrap.store() as store:
        for reader in (role,) if role else READERS:
            done = write_digest(
                store, reader, folder, datetime.now(UTC), board=board, channel=channel, channels=addresses, peek=peek
            )
            told = f"{done}.md and .html" if done else "nothing changed"
            console.print(f"{reader.value}: {told}", markup=False)


def notify() -> None:
    """Send the echoes that are due, by the channels people chose. What fails waits for the next time."""
    from insights.settings import NoticeSettings
    from pipelines import bootstrap
    from pipelines.notify import deliver

    with bootstrap.store() as store:
        done = deliver(store, NoticeSettings().addresses, datetime.now(UTC))
    console.print(f"{done.sent:,} notices sent, {done.waiting:,} wait.")
