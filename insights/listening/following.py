"""When themes join, part or retire, what was asked and promised about them goes along, in the transaction of that step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from insights.listening import echo, ledger
from insights.listening.cases import Ask, fold
from insights.listening.ledger import Entry, Event
from insights.tables import LedgerRow, ThemeOwnerRow, ThemeRow
from insights.themes.status import Status


class ReasonMissing(ValueError):
    """A theme that was asked about cannot be closed without a reason."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step in the life of themes, as it was recorded."""

    lineage_id: int
    theme_id: int
    other: int | None
    who: str
    why: str
    at: datetime


def follow(connection: Connection, event: str, step: Taken, *, undid: int | None = None) -> None:
    """Bring the ledger along with a step; ``event`` is a value of ``insights.lineage.Event``. Raises ReasonMissing."""
    if event == "merged" and step.other is not None:
        _merge(connection, step.theme_id, step.other, step)
    elif event == "retired":
        _end(connection, step, step.why)
    elif event == "undone":
        if undid is not None:
            _part(connection, step, undid)
        if _status(connection, step.theme_id) == Status.RETIRED:
            _end(connection, step, step.why or "the theme was taken apart again")
        if step.other is not None and _status(connection, step.other) == Status.MERGED:
            _merge(connection, step.other, step.theme_id, step)


def _merge(connection: Connection, theme_id: int, into: int, step: Taken) -> None:
    """Let what was asked about a theme live on in the one it joined; an open ask keeps its day."""
    ask = _living(connection, theme_id)
    if ask is None:
        return
    facts = {"into": into, "lineage": step.lineage_id}
    entry = Entry(
        Event.MERGED, theme_id, ask.team_id, step.who, step.at, reason=step.why, about=ask.number, facts=facts
    )
    number = ledger.add(connection, entry)
    echo.spread(connection, entry, number, echo.authors_moved(connection, step.lineage_id))
    if ask.standing is not None or _living(connection, into) is not None:
        return
    owner = select(ThemeOwnerRow.team_id).where(ThemeOwnerRow.theme_id == into)
    team = connection.execute(owner).scalar_one_or_none() or ask.team_id
    carried = dict(ask.entry.facts) | {"since": ask.since.isoformat(), "carried": ask.number, "unasked": ask.unasked}
    ledger.add(
        connection,
        Entry(Event.ASKED, into, team, step.who, step.at, reason=ask.entry.reason, due=ask.due, facts=carried),
    )


def _part(connection: Connection, step: Taken, undid: int) -> None:
    """A step was taken back: the ask that it ended stands again, and the one that was carried over ends."""
    themes = [step.theme_id] if step.other is None else [step.theme_id, step.other]
    if not _asked(connection, themes):
        return
    asks = fold(ledger.entries(connection, themes=themes))
    back = {ask.number for ask in asks if ask.ended is not None and ask.ended.facts.get("lineage") == undid}
    for ask in asks:
        carried = ask.ended is None and ask.entry.facts.get("carried") in back and ask.standing is None
        if carried or ask.number in back:
            part = Entry(
                Event.PARTED, ask.theme_id, ask.team_id, step.who, step.at, reason=step.why, about=ask.number
            )  # fmt: skip
            ledger.add(connection, part)


def _end(connection: Connection, step: Taken, why: str) -> None:
    """End what was asked about a theme that is taken off the board."""
    ask = _living(connection, step.theme_id)
    if ask is None:
        return
    if not why.strip():
        raise ReasonMissing(f"theme {step.theme_id} was asked about; say why it is closed")
    entry = Entry(
        Event.CLOSED, step.theme_id, ask.team_id, step.who, step.at, reason=why, about=ask.number,
        facts={"lineage": step.lineage_id},
    )  # fmt: skip
    echo.spread(connection, entry, ledger.add(connection, entry))


def _living(connection: Connection, theme_id: int) -> Ask | None:
    """The ask about a theme that has not ended."""
    if not _asked(connection, [theme_id]):
        return None
    asks = fold(ledger.entries(connection, themes=[theme_id]))
    return next((ask for ask in reversed(asks) if ask.ended is None), None)


def _asked(connection: Connection, themes: list[int]) -> bool:
    """Most steps are of themes that never asked: those need no lock."""
    found = select(LedgerRow.number).where(LedgerRow.theme_id.in_(themes)).limit(1)
    if connection.execute(found).first() is None:
        return False
    ledger.hold(connection)
    return True


def _status(connection: Connection, theme_id: int) -> str:
    return connection.execute(select(ThemeRow.status).where(ThemeRow.id == theme_id)).scalar_one()
