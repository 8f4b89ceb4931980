"""Every question the board asks, with filters drawn by chance; for timing and for looking at the plans."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from bench.million import FIELDS, PARENTS, THEMES
from insights.board import atlas, quotes, ranking
from insights.board.behind import Behind
from insights.board.meaning import open_meaning
from insights.board.quotes import QuoteOrder
from insights.board.ranking import Rank, ThemeQuery
from insights.board.search import search
from insights.board.theme import theme
from insights.delivery.pipeline import status
from insights.store import Store
from nlp.settings import LanguageSettings

QUERIED = {
    "product": "products", "plan": "plans", "region": "regions", "language": "languages", "channel": "channels",
    "app_version": "app_versions",
}  # fmt: skip
Ask = Callable[[random.Random], object]


def drawn(chance: random.Random, **more: object) -> ThemeQuery:
    """One to three filters by chance."""
    chosen: dict[str, object] = {
        QUERIED[name]: tuple(chance.sample(FIELDS[name], chance.randint(1, 2)))
        for name in chance.sample(sorted(QUERIED), chance.randint(1, 3))
    }
    if chance.random() < 0.3:
        chosen["weeks"] = chance.choice([4, 12, 26, 52])
    return ThemeQuery(**{**chosen, **more})  # type: ignore[arg-type]


def questions(store: Store, today: date) -> Iterator[tuple[str, Ask]]:
    """Yield each question by name."""
    meaning = open_meaning(store, LanguageSettings(encoder="static"))
    words = [row.name.split()[0].lower() for row in ranking.themes(store, ThemeQuery(page_size=150), today).rows]
    monday = today - timedelta(days=today.weekday())

    def some(chance: random.Random) -> int:
        return PARENTS + 1 + chance.randrange(THEMES)

    yield "themes, everything", lambda chance: ranking.themes(store, ThemeQuery(page=chance.randint(1, 5)), today)
    yield "themes, filtered", lambda chance: ranking.themes(store, drawn(chance), today)
    yield "themes, one broad filter", lambda _: ranking.themes(store, ThemeQuery(customer_kind="external"), today)
    yield "themes, filtered, by growth", lambda chance: ranking.themes(store, drawn(chance, rank=Rank.GROWTH), today)
    yield "themes, filtered, grouped", lambda chance: ranking.themes(store, drawn(chance, grouped=True), today)
    yield "choices of the filters", lambda _: ranking.choices(store)
    yield "a theme", lambda chance: theme(store, some(chance), today)
    yield "the largest theme", lambda _: theme(store, PARENTS + 1, today)
    for order in QuoteOrder:
        yield f"quotes, {order.value}", lambda chance, order=order: quotes.quotes(store, some(chance), order, limit=6)
    yield "what speaks against a theme", lambda chance: quotes.opposed(store, some(chance), limit=6)
    yield (
        "notes behind a filtered number",
        lambda chance: quotes.notes(store, Behind(theme=some(chance), query=drawn(chance)), QuoteOrder.NEWEST, today),
    )
    yield "notes of one week", lambda chance: quotes.notes(
        store, Behind(first=(first := monday - timedelta(weeks=chance.randint(1, 90))), end=first + timedelta(weeks=1)), QuoteOrder.NEWEST, today
    )  # fmt: skip
    yield (
        "all notes, page by page",
        lambda chance: quotes.notes(store, Behind(), QuoteOrder.NEWEST, today, offset=20 * chance.randrange(2_000)),
    )
    yield "the pulse, every two seconds", lambda _: status(store, datetime.now(UTC))
    yield "the map", lambda _: atlas.atlas(store, ThemeQuery(), today)
    yield "the map, filtered", lambda chance: atlas.atlas(store, drawn(chance), today)
    yield "search, one word", lambda chance: search(store, chance.choice(words), ThemeQuery(), today, None)
    yield "search, one word, filtered", lambda chance: search(store, chance.choice(words), drawn(chance), today, None)
    yield (
        "search, two words",
        lambda chance: search(store, " ".join(chance.sample(words, 2)), ThemeQuery(), today, None),
    )
    yield "search, a common word", lambda _: search(store, f"{max(words, key=words.count)} ", ThemeQuery(), today, None)
    yield (
        "search, words and meaning",
        lambda chance: search(store, " ".join(chance.sample(words, 3)), ThemeQuery(), today, meaning),
    )
