"""Invented conversations that every format's sample is written from: what a reader must find again, whoever's shape it is in."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

PRODUCTS = ("Finch Mail", "Finch Drive", "Finch Notes")
SUBJECTS = ("Export stays empty", "Charged twice in March", "Can't sign in", "Größe der Anhänge", "App freezes 🥶")
CUSTOMER = (
    "The export has been empty since Monday.\nI need it for the tax office & the auditors.",
    "I was charged twice, 12,50 € each time.",
    "Signing in fails with <code 403> every morning ☀️.",
    "Please let me sort notes by date; I keep a copy in a spreadsheet to do that.",
    "Mein Anhang ist größer als 10 MB und geht nicht raus.",
    "Naïve question: why does the 📱 app freeze when I rotate it? 👩🏽‍💻",
)
AGENT = (
    "Thanks for writing. We are looking into it.",
    "I've given you 5 € as a goodwill credit.",
    "Could you send us the date & time of the last try?",
)
NOTE = ("Third contact about this in two weeks.", "Sees it on Android only; engineering says it's known.")
BOT = ("Hi! While you wait, have you seen our help page?",)
TEN_MEGABYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Turn:
    """One message: ``empty`` ones hold only a file of ten megabytes."""

    id: int
    speaker: str
    at: datetime
    text: str
    edited: datetime | None = None
    attached: bool = False


@dataclass(frozen=True)
class Case:
    """One conversation. A customer of 0 is a deleted user; ``merged_into`` is the case this one was merged into."""

    id: int
    subject: str
    product: str
    customer: int
    agent: int
    turns: tuple[Turn, ...]
    tags: tuple[str, ...]
    rating: int | None
    remark: str
    merged_into: int | None
    deleted: bool
    zone: timezone

    @property
    def created(self) -> datetime:
        return self.turns[0].at

    @property
    def updated(self) -> datetime:
        return max(turn.edited or turn.at for turn in self.turns) + timedelta(minutes=5)


def cases(number: int) -> list[Case]:
    """Return that many conversations; the same ones at every call. The first one is plain."""
    return [_case(one) for one in range(1, number + 1)]


def _case(number: int) -> Case:
    luck = random.Random(number)
    at = datetime(2026, 1, 5, 8, 0, tzinfo=UTC) + timedelta(hours=7 * number, minutes=luck.randrange(60))
    turns: list[Turn] = []
    for index in range(luck.randint(2, 5)):
        speaker = "customer" if index == 0 else luck.choice(("agent", "customer", "note", "bot"))
        words = luck.choice({"customer": CUSTOMER, "agent": AGENT, "note": NOTE, "bot": BOT}[speaker])
        only_file = index > 0 and speaker == "customer" and luck.random() < 0.3
        edited = at + timedelta(minutes=3) if index and luck.random() < 0.2 else None
        attached = only_file or luck.random() < 0.1
        turns.append(Turn(number * 100 + index, speaker, at, "" if only_file else words, edited, attached))
        at += timedelta(hours=luck.randrange(1, 30), seconds=luck.randrange(60))
    rating = luck.choice((None, None, 1, 5))
    return Case(
        id=number,
        subject=luck.choice(SUBJECTS),
        product=luck.choice(PRODUCTS),
        customer=0 if number % 17 == 0 else 5000 + number % 40,
        agent=9000 + number % 5,
        turns=tuple(turns),
        tags=("vip", "größe") if number % 3 == 0 else ("billing",) if number % 3 == 1 else (),
        rating=rating,
        remark="Quick answer, thank you!" if rating == 5 else "Nobody solved it." if rating == 1 and number % 2 else "",
        merged_into=number - 1 if number % 13 == 0 else None,
        deleted=number % 19 == 0,
        zone=timezone(timedelta(hours=(number % 24) - 11, minutes=30 * (number % 2))),
    )
