"""The weekly digest: for each role what changed since the last one, and only that; two minutes to read at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from textwrap import shorten

from insights import facts
from insights.listening import asking, decisions, ledger
from insights.listening.cases import Ask, Promise, fold
from insights.listening.echo_words import day
from insights.listening.ledger import AnswerKind, Entry
from insights.listening.teams import Team
from insights.listening.teams import all as all_teams
from insights.store import Store
from insights.trust.people import Role

WEEK = timedelta(days=7)
LINES = 6
"""Lines of one part at most; fewer where they are long."""
WORDS = 440
"""A digest has no more words than this: two minutes at 220 a minute. The rest is counted as "and 3 more"."""
LONGEST = 120
"""Characters of what somebody wrote that a line quotes."""

READERS = (Role.AGENT, Role.PRODUCT_OWNER, Role.TEAM_OWNER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that changed: the theme's name and what happened to it. ``theme_id`` is for the link."""

    theme_id: int
    theme: str
    what: str


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of one sort; ``more`` were left out."""

    title: str
    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What one role should hear of. Without parts nothing changed, and nothing needs to be sent."""

    role: Role
    since: datetime
    until: datetime
    parts: tuple[Part, ...]


def digest(store: Store, role: Role, now: datetime) -> Digest:
    """Return what changed for a role since its last digest, or in the last week before the first. Raises StoreError."""
    kept = facts.recall(store, _key(role))
    since = datetime.fromisoformat(kept) if kept else now - WEEK
    with store.connect() as connection:
        entries = ledger.entries(connection)
    teams = {team.id: team for team in all_teams(store, active_only=False)}
    reviewed = decisions.standing(entries, since, now + timedelta.resolution)
    events = _Events(fold(entries), reviewed, asking.names(store), teams, since, now)
    sorts = {
        Role.AGENT: (events.answered, events.decided, events.shipped, events.ended),
        Role.PRODUCT_OWNER: (events.asked, events.answered, events.decided, events.shipped, events.late),
        Role.TEAM_OWNER: (events.asked, events.decided, events.due_soon, events.late, events.broken),
    }
    chosen = sorts.get(role, (events.asked, events.answered, events.late, events.broken))
    parts = [part for part in (sort() for sort in chosen) if part.lines]
    return Digest(role, since, now, _short(parts))


def sent(store: Store, done: Digest) -> None:
    """Note that a digest is out: the next one begins where it ended. Raises StoreError."""
    facts.keep(store, _key(done.role), done.until.isoformat())


def markdown(of: Digest, board: str = "") -> str:
    """Return the digest as Markdown; ``board`` is the board's address, for links."""
    lines = [f"# {_title(of)}", "", _span(of), ""]
    for part in of.parts:
        lines += [f"## {part.title}", ""]
        lines += [f"- {_linked_md(line, board)}: {_md(line.what)}" for line in part.lines]
        lines += [f"- and {part.more} more"] if part.more else []
        lines += [""]
    return "\n".join(lines if of.parts else [*lines, "Nothing changed.", ""])


def html(of: Digest, board: str = "") -> str:
    """Return the digest as one HTML page that needs nothing else; every word in it is escaped."""
    body = "".join(
        f"<h2>{escape(part.title)}</h2><ul>{''.join(_item(line, board) for line in part.lines)}"
        f"{f'<li>and {part.more} more</li>' if part.more else ''}</ul>"
        for part in of.parts
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(_title(of))}</title>'
        '<body style="font:15px/1.5 system-ui,sans-serif;max-width:40em;margin:2em auto;padding:0 1em">'
        f"<h1>{escape(_title(of))}</h1><p>{escape(_span(of))}</p>{body or '<p>Nothing changed.</p>'}</body></html>\n"
    )


def _short(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Leave out the last lines of each part until the whole is read in two minutes."""
    for lines in range(LINES, 1, -1):
        cut = tuple(Part(part.title, part.lines[:lines], part.more + len(part.lines[lines:])) for part in parts)
        words = " ".join(f"{part.title} {line.theme} {line.what}" for part in cut for line in part.lines)
        if len(words.split()) <= WORDS:
            break
    return cut if parts else ()


@dataclass(frozen=True, slots=True)
class _Events:
    """What happened to asks between two moments, in lines."""

    asks: Sequence[Ask]
    reviewed: Sequence[Entry]
    names: Mapping[int, str]
    teams: Mapping[int, Team]
    since: datetime
    until: datetime

    def asked(self) -> Part:
        """Themes that began to ask for an answer."""
        found = [ask for ask in self.asks if self._new(ask.entry.at) and not ask.unasked]
        return self._part(
            "Now waiting for an answer", ((ask, f"{self._team(ask)}, by {self._day(ask.due)}") for ask in found)
        )

    def answered(self) -> Part:
        """Answers given, a later one on the same theme too."""
        found = [(ask, one.entry) for ask in self.asks for one in ask.answers if self._new(one.entry.at)]
        return self._part(
            "Answered",
            (
                (ask, f"{entry.answer} by {self._team(ask)}{self._until(entry.due)}. “{_quoted(entry.reason)}”")
                for ask, entry in found
            ),
        )

    def decided(self) -> Part:
        """What weekly reviews decided."""
        found = [entry for entry in self.reviewed if self._new(entry.at)]
        lines = (
            (entry.theme_id, f"{entry.answer}{self._until(entry.due)}. “{_quoted(entry.reason)}”") for entry in found
        )
        return self._lines("Decided in the weekly review", lines)

    def shipped(self) -> Part:
        """Promised changes that came out."""
        found = [(ask, one.shipped) for ask in self.asks for one in ask.answers if one.shipped is not None]
        return self._part(
            "Out now",
            ((ask, f"{_quoted(entry.reason)} ({self._team(ask)})") for ask, entry in found if self._new(entry.at)),
        )

    def ended(self) -> Part:
        """Themes that were closed or joined another."""
        found = [(ask, ask.ended) for ask in self.asks if ask.ended is not None]
        return self._part(
            "Closed or joined",
            ((ask, _quoted(entry.reason) or entry.event.value) for ask, entry in found if self._new(entry.at)),
        )

    def due_soon(self) -> Part:
        """First answers whose day came within a week since the last digest."""
        since, until = self.since.date() + WEEK, self.until.date() + WEEK
        found = [ask for ask in self.asks if ask.ended is None and not ask.answers and since < ask.due <= until]
        return self._part("Due within a week", ((ask, f"{self._team(ask)}, by {self._day(ask.due)}") for ask in found))

    def late(self) -> Part:
        """Answers whose day passed since the last digest."""
        found = ((ask, ask.late_since(self.until.date())) for ask in self.asks)
        return self._part(
            "Became overdue",
            ((ask, f"{self._team(ask)}, was due {self._day(due)}") for ask, due in found if due and self._passed(due)),
        )  # fmt: skip

    def broken(self) -> Part:
        """Promises whose day passed since the last digest without the change."""
        found = (
            (ask, one) for ask in self.asks for one in ask.answers if one.promise(self.until.date()) is Promise.BROKEN
        )
        return self._part(
            "Promised and not out",
            (
                (ask, f"{self._team(ask)}: {_quoted(one.entry.change)}, by {self._day(one.entry.due)}")
                for ask, one in found
                if one.kind is AnswerKind.ACCEPTED and one.entry.due and self._passed(one.entry.due)
            ),
        )

    def _new(self, at: datetime) -> bool:
        return self.since < at <= self.until

    def _passed(self, due: date) -> bool:
        return self.since.date() <= due < self.until.date()

    def _team(self, ask: Ask) -> str:
        team = self.teams.get(ask.team_id or 0)
        return team.name if team else "nobody yet"

    def _day(self, value: date | None) -> str:
        return day(value, self.until.date()) if value else ""

    def _until(self, due: date | None) -> str:
        return f", by {self._day(due)}" if due else ""

    def _part(self, title: str, found: Iterable[tuple[Ask, str]]) -> Part:
        return self._lines(title, ((ask.theme_id, what) for ask, what in found))

    def _lines(self, title: str, found: Iterable[tuple[int, str]]) -> Part:
        lines = [Line(theme, _quoted(self.names.get(theme, f"Theme {theme}")), what) for theme, what in found]
        return Part(title, tuple(lines[:LINES]), max(0, len(lines) - LINES))


def _quoted(words: str) -> str:
    return shorten(words, LONGEST, placeholder="…")


def _key(role: Role) -> str:
    return f"digest:{role.value}"


def _title(of: Digest) -> str:
    return f"Earshot for every {of.role.value}: what changed"


def _span(of: Digest) -> str:
    return f"From {day(of.since.date(), of.until.date())} to {day(of.until.date(), of.until.date())}."


def _md(text: str) -> str:
    """Make a text plain for Markdown: customers' words must not become links or headings."""
    return "".join(f"\\{one}" if one in "\\`*_{}[]()<>#+!|~" else one for one in " ".join(text.split()))


def _linked_md(line: Line, board: str) -> str:
    name = _md(line.theme)
    return f"[{name}]({board.rstrip('/')}/theme?id={line.theme_id})" if board else name


def _item(line: Line, board: str) -> str:
    name = escape(line.theme)
    if board:
        name = f'<a href="{escape(board.rstrip("/"))}/theme?id={line.theme_id}">{name}</a>'
    return f"<li>{name}: {escape(line.what)}</li>"
