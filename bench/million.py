"""A million notes: make a store of them, and time every question the board asks.

python -m bench.million make sqlite:////tmp/million.db --notes 1000000
python -m bench.million measure sqlite:////tmp/million.db
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import insert, select, text, update

from ingest.feedback import feedback_id
from insights import migrate
from insights.board.atlas import draw_map
from insights.columns import table
from insights.counting.counted import EPOCH, days
from insights.counting.packing import FACETS, NOTES, RECORD, hashed, place_of
from insights.counting.settling import FULL
from insights.delivery.rows import signal_id, week_of
from insights.store import Store
from insights.tables import FeedbackRow, SignalRow, ThemeRow
from nlp.signals import Attribution, Signal, SignalKind
from nlp.static_encoder import StaticEncoder

ENCODER = f"{StaticEncoder.encoder_id}+product"
THEMES, PARENTS, CUSTOMERS, WEEKS, AT_ONCE = 200, 20, 300_000, 104, 10_000
KINDS = [SignalKind.PAIN] * 5 + [SignalKind.SUGGESTION] * 3 + [SignalKind.JOB] + [SignalKind.PRAISE]
CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
FIELDS = {
    "product": [f"Product {one}" for one in "ABCDEFGH"],
    "plan": ["Free", "Basic", "Team", "Business", "Enterprise"],
    "region": [f"Region {one}" for one in range(12)],
    "language": ["en", "de", "fr", "es", "it", "nl"],
    "channel": ["chat", "phone", "e-mail", "review", "survey", "shop"],
    "app_version": [f"{one // 10}.{one % 10}" for one in range(30)],
    "customer_kind": ["external"] * 9 + ["internal"],
    "currency": ["EUR"],
}

FIELD_OF = {"detected_language": "language"}
EMPTY: dict[str, object] = {
    "version": 0, "refund": None, "credit": None, "csat": None, "clock_clamped": False,
    "attributes": "{}", "extra": "{}", "unread": False,
}  # fmt: skip
Load = Callable[[str, Sequence[tuple[object, ...]]], None]


def words(chance: random.Random, number: int) -> list[str]:
    """Made-up words that can be said."""
    made: set[str] = set()
    while len(made) < number:
        made.add("".join(chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(chance.randint(2, 4))))
    return sorted(made)


def make(url: str, notes: int, now: datetime) -> None:
    """Fill an empty database in bulk: rows as the stream would write them, and the counts that settling would give.

    ``earshot db recount`` finds nothing amiss afterwards.
    """
    migrate.upgrade(url)
    chance = random.Random(7)
    vocabulary = words(chance, 4_000)
    told = [chance.sample(vocabulary, 12) for _ in range(THEMES)]
    said = [[" ".join(chance.sample(one, 4) + chance.choices(vocabulary, k=4)) for _ in range(60)] for one in told]
    fillers = [" ".join(chance.choices(vocabulary, k=9)) for _ in range(5_000)]
    with Store(url) as store:
        _themes(store, told, now)
        zone = "" if store.dialect == "sqlite" else "+00"
        blocks: list[np.ndarray] = []
        started = time.monotonic()
        with bulk(store) as load:
            for start in range(0, notes, AT_ONCE):
                numbers = range(start, min(notes, start + AT_ONCE))
                blocks.append(_rows(numbers, notes, said, fillers, now, load, zone))
                done = numbers.stop
                print(f"\r{done:,} notes, {done / (time.monotonic() - started):,.0f} a second", end="", flush=True)
            _blocks(np.concatenate(blocks), load)
            load("facet_value", [(name, at + 1, value) for name, at, value in _facets()])
            load("count_revision", [(1, "made", 1)])
        with store.begin() as connection:
            exemplar = select(SignalRow.id).where(SignalRow.theme_id == ThemeRow.id).limit(1).scalar_subquery()
            connection.execute(update(ThemeRow).values(exemplar_signal_id=exemplar))
            if store.dialect == "postgresql":
                connection.execute(text("ANALYZE"))
        print()
        print(f"{draw_map(store, ENCODER):,} points on the map")


def _themes(store: Store, told: Sequence[Sequence[str]], now: datetime) -> None:
    rows = []
    for at in range(THEMES + PARENTS):
        child = at >= PARENTS
        terms = list(told[at - PARENTS][:3]) if child else []
        kind = KINDS[(at - PARENTS) % len(KINDS)] if child else KINDS[at % len(KINDS)]
        rows.append(
            {
                "id": at + 1, "kind": kind.value, "name": " ".join(terms).capitalize() if child else f"Family {at}",
                "named_by": "machine", "terms": terms, "exemplar_signal_id": None,
                "parent_id": (at - PARENTS) % PARENTS + 1 if child else None, "status": "live", "merged_into": None,
                "created_at": now - timedelta(weeks=WEEKS),
            }
        )  # fmt: skip
    with store.begin() as connection:
        connection.execute(insert(table(ThemeRow)), rows[:PARENTS])
        connection.execute(insert(table(ThemeRow)), rows[PARENTS:])


def _rows(
    numbers: range, of: int, said: Sequence[Sequence[str]], fillers: Sequence[str], now: datetime, load: Load, zone: str
) -> np.ndarray:
    """Load some notes; return their records with the place and week of each."""
    chance, dice = np.random.default_rng(numbers.start), random.Random(numbers.start)
    noise = chance.standard_normal((4_000, StaticEncoder.dimensions), np.float32)
    centres = np.random.default_rng(7).normal(size=(THEMES, StaticEncoder.dimensions)).astype(np.float32)
    records: list[tuple[object, ...]] = []
    rows: dict[str, list[tuple[object, ...]]] = {
        name: [] for name in ("feedback", "segment", "signal", "vector", "search_note")
    }
    uneven = np.minimum(THEMES - 1, chance.pareto(0.6, len(numbers)).astype(int))
    themes = np.where(chance.random(len(numbers)) < 0.5, uneven, chance.integers(0, THEMES, len(numbers)))
    drawn = {name: chance.integers(0, len(values), len(numbers)) for name, values in FIELDS.items()}
    for at, number in enumerate(numbers):
        theme, other = int(themes[at]), dice.randrange(THEMES)
        first, middle, last = (
            dice.choice(fillers),
            dice.choice(said[theme]),
            dice.choice(fillers),
        )
        words_said = f"{first}. {middle}. {last}."
        identity = feedback_id("made", str(number))
        when = now - timedelta(weeks=WEEKS) * (1 - number / of)
        when = when.replace(microsecond=0)
        customer = f"c{dice.randrange(CUSTOMERS)}"
        values = {name: FIELDS[name][drawn[name][at]] for name in FIELDS}
        codes = tuple(int(drawn[FIELD_OF.get(name, name)][at]) + 1 for name in FACETS)
        week, moment, minutes = week_of(when), int(when.timestamp()), 3.0 + number % 12
        of_note = (hashed(identity), 0, minutes, 0.0, *codes)
        said_at, of_week = f"{when:%Y-%m-%d %H:%M:%S}.000000{zone}", week.isoformat()
        known = {
            "id": identity, "source": "made", "external_id": str(number), "occurred_at": said_at, "received_at": said_at,
            "week": of_week, "customer_key": customer, "agent_key": f"a{number % 500}", "detected_language": values["language"],
            "content_hash": identity, "handle_minutes": minutes, **values,
        }  # fmt: skip
        rows["feedback"].append(tuple(known.get(name, EMPTY.get(name, "")) for name in _columns("feedback")))
        rows["segment"].append((identity, 0, "customer", words_said))
        rows["search_note"].append((number + 1, identity, hashed(identity), words_said.replace(".", "")))
        records.append((NOTES, days(week), hashed(identity), hashed(identity), hashed(customer), moment, 0, *of_note))
        spans = [(theme, len(first) + 2, middle, None if dice.random() < 0.1 else PARENTS + 1 + theme)]
        if dice.random() < 0.3:
            spans.append((other, 0, first, PARENTS + 1 + other))
        for about, begins, span, home in spans:
            kind = KINDS[about % len(KINDS)]
            severity = dice.randint(1, 5) if kind is SignalKind.PAIN else 0
            made = Signal(kind, 0, begins, begins + len(span), span, 0.9, "made", Attribution.CUSTOMER, severity)
            signal = signal_id(identity, made)
            vector = (0.06 * (centres[about] + dice.choice(noise))).astype(np.float16)
            rows["signal"].append(
                (
                    signal, identity, 0, kind.value, begins, begins + len(span), span, 0.9, "made", "customer", severity,
                    "[]", home, 0.8 if home else 0.0, False, said_at, of_week, customer, values["product"],
                )
            )  # fmt: skip
            rows["vector"].append((signal, ENCODER, vector.tobytes()))
            place = place_of(home, kind.value)
            records.append((place, days(week), signal, hashed(identity), hashed(customer), moment, severity, *of_note))
    for name, some in rows.items():
        load(name, some)
    return np.array(
        records, dtype=[("place", "<i4"), ("week", "<i4"), *((name, RECORD[name]) for name in RECORD.names or ())]
    )


def _blocks(records: np.ndarray, load: Load) -> None:
    records = records[np.lexsort((records["week"], records["place"]))]
    plain = records[list(RECORD.names or ())].astype(RECORD)
    cells = np.flatnonzero(np.diff(records["place"], prepend=-999) | np.diff(records["week"], prepend=-999))
    rows = []
    for start, end in zip(cells, [*cells[1:], len(records)], strict=True):
        week = (EPOCH + timedelta(days=int(records["week"][start]))).isoformat()
        for number, at in enumerate(range(start, end, FULL)):
            some = plain[at : min(end, at + FULL)]
            rows.append((int(records["place"][start]), week, number, len(some), 1, some.tobytes()))
    load("count_block", rows)


def _facets() -> Iterator[tuple[str, int, str]]:
    for name in FACETS:
        yield from ((name, at, value) for at, value in enumerate(FIELDS[FIELD_OF.get(name, name)]))


def _columns(name: str) -> list[str]:
    return [column.name for column in FeedbackRow.metadata.tables[name].columns]


@contextmanager
def bulk(store: Store) -> Iterator[Load]:
    """Open a loader that writes rows of a table past the triggers: COPY on PostgreSQL, one statement on SQLite."""
    with store.begin(counted=False) as connection:
        driver = connection.connection.driver_connection
        if store.dialect == "sqlite":
            triggers = driver.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'count_%'"
            ).fetchall()
            for name, _ in triggers:
                driver.execute(f"DROP TRIGGER {name}")

            def load(name: str, rows: Sequence[tuple[object, ...]]) -> None:
                marks = ", ".join("?" for _ in _columns(name))
                driver.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608

            yield load
            for _, made in triggers:
                driver.execute(made)
            return
        driver.execute("SET LOCAL session_replication_role = replica")
        driver.execute("SET LOCAL statement_timeout = 0")
        driver.execute("SET LOCAL idle_in_transaction_session_timeout = 0")

        def copy(name: str, rows: Sequence[tuple[object, ...]]) -> None:
            columns = ", ".join(f'"{one}"' for one in _columns(name))
            into = name
            if name == "search_note":
                into = "folded"
                driver.execute(
                    "CREATE TEMP TABLE IF NOT EXISTS folded (number bigint, feedback_id text, note bigint, words text)"
                )
                driver.execute("TRUNCATE folded")
            with driver.cursor().copy(f"COPY {into} ({columns}) FROM STDIN") as pipe:
                for row in rows:
                    pipe.write_row(row)
            if name == "search_note":
                driver.execute(
                    "INSERT INTO search_note SELECT number, feedback_id, note, to_tsvector('simple', words) FROM folded"
                )

        yield copy


def measure(url: str, times: int, today: date, *, cpu: bool) -> dict[str, tuple[float, float, float]]:
    """Ask every question with filters drawn by chance; return milliseconds by name: half, 95 %, the first.

    ``cpu``: only the time that this process and, on PostgreSQL, its servers spent on it.
    """
    from bench.questions import questions

    found = {}
    with Store(url, read_only=True) as store:
        for name, ask in questions(store, today):
            found[name] = _timed(ask, times, processors(store) if cpu else time.perf_counter)
            half, most, first = found[name]
            print(f"{name:44} {half:8.1f} ms  p95 {most:8.1f} ms  first {first:8.1f} ms", flush=True)
    return found


def processors(store: Store) -> Callable[[], float]:
    """Return a clock of the seconds that processors worked on this store: ours, and those of PostgreSQL's servers."""
    if store.dialect == "sqlite":
        return time.process_time
    with store.connect() as connection:
        pids = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        books = [Path(f"/proc/{pid}/schedstat") for pid in connection.execute(pids).scalars()]

    def worked() -> float:
        return time.process_time() + sum(int(book.read_text().split()[0]) for book in books) / 1e9

    return worked


def _timed(
    ask: Callable[[random.Random], object], times: int, clock: Callable[[], float]
) -> tuple[float, float, float]:
    chance = random.Random(11)
    took = []
    for _ in range(times + 1):
        began = clock()
        ask(chance)
        took.append((clock() - began) * 1000)
    first, rest = took[0], sorted(took[1:])
    return rest[len(rest) // 2], rest[int(0.95 * len(rest))], first


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("make", "measure"))
    parser.add_argument("url")
    parser.add_argument("--notes", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--cpu", action="store_true", help="count the time of processors only: for a busy machine")
    asked = parser.parse_args()
    now = datetime.now(UTC).replace(microsecond=0)
    if asked.what == "make":
        make(asked.url, asked.notes, now)
    else:
        measure(asked.url, asked.times, now.date(), cpu=asked.cpu)


if __name__ == "__main__":
    main()
