"""Search: notes that say the words, newest first, then notes that mean much the same.

A word of four letters or more finds every word that begins with it; words in quotation marks must stand together. What
is looked through is bounded: where words are common, the newest REACH notes that say them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, bindparam, column, func, literal, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from insights.board.meaning import Meaning, near_notes, near_themes
from insights.board.quotes import Highlight, Quote, quoted, spoken
from insights.counting.counted import Columns, counted
from insights.counting.filters import ThemeQuery
from insights.counting.packing import NOTES, hashed
from insights.counting.weeks import calendar, start_of
from insights.counting.wording import folded
from insights.store import Store
from insights.tables import FeedbackRow, SearchNoteRow, SegmentRow, ThemeRow
from insights.trust.anonymity import fewer_than

SHOWN = 200
"""Notes found by words that are shown at most."""
WINDOW, REACH, RARE = 20_000, 10_000, 50
PREFIX = 4
HIT = "hit"
_PART = re.compile(r'"([^"]*)"|(\S+)')
_LETTERS = re.compile(r"\w+")
WORDS = table("search_words", column("rowid"))


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. ``by_words`` and ``by_meaning`` count notes; ``more``: there are more by words than shown.

    ``quotes`` come first by words, newest first, then by meaning, closest first; these say so in ``why``.
    ``fewer_than``: 0, or how many customers there had to be: notes of fewer, by words or by meaning, are left out.
    """

    quotes: tuple[Quote, ...]
    by_words: int
    by_meaning: int
    more: bool
    themes: tuple[tuple[int, str, str], ...]
    fewer_than: int = 0


def search(
    store: Store,
    words: str,
    query: ThemeQuery,
    today: date,
    meaning: Meaning | None,
    *,
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """Return notes that say or mean the words and pass the filters; ``query.kind`` narrows themes. Raises StoreError."""
    phrases = phrases_of(words)
    if not phrases:
        return Found((), 0, 0, False, ())
    with store.connect() as connection:
        said = _said(connection, phrases, query, today)
        themes: list[int] = []
        close: dict[int, tuple[str, int]] = {}
        if meaning is not None:
            vector = meaning.of(words)
            themes = near_themes(connection, vector, meaning.encoder_id, query.kind)
            known = counted(store, connection)
            close = near_notes(connection, known, vector, meaning.encoder_id, themes, query, today)
            close = {note: place for note, place in close.items() if note not in said}
            themes = [theme for theme in themes if known.at(theme).customers() >= store.least_customers]
        hidden = 0
        if store.least_customers > 1:
            everybody = counted(store, connection).at(NOTES)
            too_few = [some for some in (said, close) if some and fewer_than(store, _people(everybody, some))]
            hidden = store.least_customers if too_few else 0
            for some in too_few:
                some.clear()
        numbers = [*said, *close][offset : offset + limit]
        places = _places(connection, [note for note in numbers if note in said], phrases)
        places += [close[note] for note in numbers if note in close]
        quotes = tuple(_told(one, phrases, close) for one in quoted(connection, places))
        return Found(quotes, len(said), len(close), len(said) == SHOWN, _names(connection, themes), hidden)


def phrases_of(words: str) -> list[tuple[str, ...]]:
    """Return what must be found: single words, and runs of words that stood in quotation marks."""
    phrases: list[tuple[str, ...]] = []
    for quotation, single in _PART.findall(words):
        if quotation:
            phrases.append(tuple(folded(quotation).split()))
        else:
            phrases += [(one,) for one in folded(single).split()]
    return [phrase for phrase in phrases if phrase][:20]


def hits(text_: str, phrases: Sequence[tuple[str, ...]]) -> tuple[Highlight, ...]:
    """Return where a text says the words."""
    letters = [(found.start(), found.end(), folded(found.group())) for found in _LETTERS.finditer(text_)]
    found: set[tuple[int, int]] = set()
    for phrase in phrases:
        for at in range(len(letters) - len(phrase) + 1):
            run = letters[at : at + len(phrase)]
            if len(phrase) == 1:
                met = run[0][2] == phrase[0] or (len(phrase[0]) >= PREFIX and run[0][2].startswith(phrase[0]))
            else:
                met = all(one[2] == word for one, word in zip(run, phrase, strict=True))
            if met:
                found.add((run[0][0], run[-1][1]))
    return tuple(Highlight(HIT, start, end) for start, end in sorted(found))


def _said(
    connection: Connection, phrases: Sequence[tuple[str, ...]], query: ThemeQuery, today: date
) -> dict[int, None]:
    """The numbers of notes that say the words and pass the filters, newest first."""
    newest = connection.execute(select(func.max(SearchNoteRow.number))).scalar_one() or 0
    window = _matching(connection, select(SearchNoteRow.number), phrases, newest - WINDOW).limit(WINDOW).subquery()
    common = connection.execute(select(func.count()).select_from(window)).scalar_one()
    reach = newest if common < RARE else WINDOW * REACH // common
    wanted = _matching(connection, select(SearchNoteRow.number), phrases, newest - reach)
    if narrowing := _conditions(query, today):
        wanted = wanted.join(FeedbackRow, FeedbackRow.id == SearchNoteRow.feedback_id).where(*narrowing)
    latest = wanted.order_by(SearchNoteRow.number.desc()).limit(SHOWN).subquery()
    said = (
        select(SearchNoteRow.note)
        .join(FeedbackRow, FeedbackRow.id == SearchNoteRow.feedback_id)
        .where(SearchNoteRow.number.in_(select(latest.c.number)))
        .order_by(FeedbackRow.occurred_at.desc(), FeedbackRow.id)
    )
    return dict.fromkeys(connection.execute(said).scalars())


def _matching(
    connection: Connection, wanted: Select[int], phrases: Sequence[tuple[str, ...]], floor: int
) -> Select[int]:
    if connection.dialect.name == "postgresql":
        asked = literal(" & ".join(_tsquery(phrase) for phrase in phrases))
        matches = SearchNoteRow.words.op("@@")(func.to_tsquery("simple", asked, type_=TSQUERY()))
        return wanted.where(matches, SearchNoteRow.number > floor)
    fts = text("search_words MATCH :words").bindparams(bindparam("words", " ".join(_fts(phrase) for phrase in phrases)))
    return wanted.join(WORDS, WORDS.c.rowid == SearchNoteRow.number).where(fts, WORDS.c.rowid > floor)


def _fts(phrase: tuple[str, ...]) -> str:
    begins = "*" if len(phrase) == 1 and len(phrase[0]) >= PREFIX else ""
    return f'"{" ".join(phrase)}"{begins}'


def _tsquery(phrase: tuple[str, ...]) -> str:
    if len(phrase) == 1:
        return f"'{phrase[0]}'" + (":*" if len(phrase[0]) >= PREFIX else "")
    return "(" + " <-> ".join(f"'{word}'" for word in phrase) + ")"


def _conditions(query: ThemeQuery, today: date) -> list[ColumnElement[bool]]:
    chosen = (
        (FeedbackRow.product, query.products),
        (FeedbackRow.plan, query.plans),
        (FeedbackRow.region, query.regions),
        (FeedbackRow.detected_language, query.languages),
        (FeedbackRow.channel, query.channels),
        (FeedbackRow.app_version, query.app_versions),
        (FeedbackRow.customer_kind, (query.customer_kind,) if query.customer_kind else ()),
    )
    found: list[ColumnElement[bool]] = [one.in_(values) for one, values in chosen if values]
    if query.weeks > 0:
        since = calendar(today).running - timedelta(weeks=query.weeks)
        found.append(FeedbackRow.occurred_at >= start_of(since))
    return found


def _places(connection: Connection, notes: Sequence[int], phrases: Sequence[tuple[str, ...]]) -> list[tuple[str, int]]:
    """Where each note says most of the words; where the customer begins when the words are spread."""
    wanted = (
        select(SegmentRow.feedback_id, SegmentRow.position, SegmentRow.text)
        .join(SearchNoteRow, SearchNoteRow.feedback_id == SegmentRow.feedback_id)
        .where(SearchNoteRow.note.in_(notes))
        .order_by(SegmentRow.feedback_id, SegmentRow.position)
    )
    best: dict[int, tuple[int, tuple[str, int]]] = {}
    for row in connection.execute(wanted):
        number, met = hashed(row.feedback_id), len(hits(row.text, phrases))
        if met and (number not in best or met > best[number][0]):
            best[number] = (met, (row.feedback_id, row.position))
    spread = {hashed(place[0]): place for place in spoken(connection, [note for note in notes if note not in best])}
    return [best[note][1] if note in best else spread[note] for note in notes if note in best or note in spread]


def _told(quote: Quote, phrases: Sequence[tuple[str, ...]], close: dict[int, tuple[str, int]]) -> Quote:
    """A quote with its hits marked; one found by meaning keeps the marks of its signals."""
    if hashed(quote.feedback_id) in close:
        return replace(quote, why="close in meaning")
    return replace(quote, highlights=hits(quote.text, phrases))


def _people(everybody: Columns, notes: Iterable[int]) -> int:
    """Return how many distinct customers stand behind some notes."""
    return everybody.customers(np.flatnonzero(np.isin(everybody.note, list(notes))))


def _names(connection: Connection, themes: Sequence[int]) -> tuple[tuple[int, str, str], ...]:
    wanted = select(ThemeRow.id, ThemeRow.kind, ThemeRow.name).where(ThemeRow.id.in_(themes))
    named = {row.id: (row.id, row.kind, row.name) for row in connection.execute(wanted)}
    return tuple(named[theme] for theme in themes)
