"""A store with a known content, written and curated by the real parts: what a care desk heard in thirteen weeks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from ingest.feedback import Feedback, Origin, Reason, Rejected, Segment, Speaker
from ingest.sources import Progress
from insights.board.atlas import draw_map
from insights.delivery.rows import WAITING
from insights.delivery.writer import write
from insights.store import Store
from insights.themes import curation
from insights.themes.curation import MACHINE, Decision
from insights.themes.known import signals_of
from nlp.analyzer import Analysis
from nlp.annotated import parse
from nlp.signals import Attribution, Signal, SignalKind

ENCODER = "planted-4"
HOSTILE = "<img src=x onerror=alert(1)> :material/home: [link](http://example.org) $x$ **bold** `code`"


@dataclass(frozen=True, slots=True)
class Subject:
    """One theme to be: its notes a week, the running week last, and what is said about it."""

    name: str
    kind: str
    group: str
    product: str
    weeks: tuple[int, ...]
    severity: int
    said: tuple[str, ...]
    terms: tuple[str, ...]


SUBJECTS = (
    Subject(
        "Bike does not unlock although it is paid", "pain", "Riding", "Bikes",
        (6, 7, 6, 8, 7, 9, 8, 9, 12, 15, 19, 26, 11), 5,
        ("I stood in the rain and {pain|the lock stayed shut after I had paid}. Third time this month.",
         "{pain|The bike would not open} and the app took 3 euros. {suggestion|Please give it back by itself}.",
         "Paid, green light, {pain|no click, no ride}. I walked to work. {job|I need to be at the station by seven}."),
        ("unlock", "paid", "lock"),
    ),
    Subject(
        "Ride goes on being charged after the bike is parked", "pain", "Paying", "Bikes",
        (9, 8, 9, 10, 9, 8, 9, 10, 9, 9, 8, 9, 4), 4,
        ("{pain|You charged me for eleven hours} while the bike stood in the rack.",
         "The ride never ended in the app, {pain|I paid 24 euros for ten minutes}. {praise|Nora sorted it out at once}.",
         "Locked it properly and {pain|the meter kept running all night}."),
        ("parked", "charged", "hours"),
    ),
    Subject(
        "Refund is promised but does not arrive", "pain", "Paying", "Plans",
        (8, 9, 7, 8, 9, 8, 7, 6, 6, 5, 5, 4, 2), 4,
        ("In May you wrote that the money was on its way. {pain|It is still not here}.",
         "{pain|Four weeks and no refund}, and every agent tells me something else."),
        ("refund", "waiting", "weeks"),
    ),
    Subject(
        "Let me pause my pass over the winter", "suggestion", "Plans", "Plans",
        (1, 1, 2, 2, 2, 3, 4, 5, 6, 7, 9, 11, 6), 0,
        ("{suggestion|I would like to pause the pass from December to March} instead of cancelling.",
         "Why can I not {suggestion|freeze my subscription while there is snow}?"),
        ("pause", "winter", "pass"),
    ),
    Subject(
        "Show which racks have a free place", "suggestion", "Riding", "App",
        (0, 0, 0, 0, 0, 0, 0, 0, 3, 5, 8, 9, 4), 0,
        ("{suggestion|The map should say whether the rack is full} before I get there.",
         "Cycled round for twenty minutes. {suggestion|Show free places like you show free bikes}."),
        ("rack", "full", "map"),
    ),
    Subject(
        "Get to the train on time without a car", "job", "Riding", "Bikes",
        (4, 5, 4, 5, 6, 5, 5, 6, 5, 6, 5, 6, 3), 0,
        ("{job|I only want to reach the 7:12 without thinking about it}.",
         "We sold the second car, {job|the bike has to get me to the station every morning}."),
        ("train", "morning", "station"),
    ),
    Subject(
        "Someone at care calls back and stays with it", "praise", "Service", "Care",
        (2, 3, 2, 4, 3, 3, 2, 3, 4, 3, 3, 4, 2), 0,
        ("{praise|Your colleague rang me back twice until it worked}. Rare these days.",
         "{praise|Jonas did not let go until I had my money}. Thank you."),
        ("called", "back", "thank"),
    ),
    Subject(
        "Code by text message comes too late to sign in", "pain", "Signing in", "App",
        (2, 1, 2, 2, 1, 2, 2, 3, 2, 4, 6, 9, 5), 3,
        ("{pain|The code arrives when it has already expired}, every single time.",
         "Waited ten minutes for the text, {pain|then it said the code was too old}."),
        ("code", "expired", "text"),
    ),
    Subject(
        HOSTILE, "pain", "Signing in", "App", (1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1), 2,
        ("<script>document.title='owned'</script> {pain|it says <b>error</b> & \"oops\"} https://example.org/?a=1&b=2",),
        ("<b>error</b>", "*oops*"),
    ),
)  # fmt: skip
PLANS, REGIONS, CHANNELS = ("Day", "Month", "Year"), ("North", "South", "Harbour"), ("chat", "phone", "e-mail")
MERGED_NAME = "Lock stays shut after paying"


@dataclass(frozen=True, slots=True)
class Planted:
    """Where to find what was planted: theme ids by name, the id that was merged away, and how many notes there are."""

    ids: dict[str, int]
    merged_away: int
    notes: int


def plant(store: Store, now: datetime | None = None) -> Planted:
    """Fill an empty migrated store; ``now`` is the clock (UTC)."""
    now = now or datetime.now(UTC)
    analyses = list(_notes(now))
    homes = [[WAITING] * len(one.signals) for one in analyses]
    aside = [
        Rejected(Reason.BAD_VALUE, "occurred_at: the year 1899 is before 1970", b"{}", Origin("old.csv", -1, 17)),
        Rejected(Reason.NOT_JSON, "Expecting value: line 1 column 1", b"<xml>", Origin("earshot.feedback", 2, 917)),
    ]
    progress = [Progress("planted", "earshot.feedback", "t1", part, 0, 200 + part, 203 + part) for part in range(3)]
    write(store, analyses, homes, aside, progress, received_at=now - timedelta(minutes=2))
    ids = dict(_themes(store, now))
    first = SUBJECTS[0].name
    merged = curation.merge(
        store, ids.pop(MERGED_NAME), ids[first], Decision(MACHINE, "they say the same", now - timedelta(days=16))
    )
    draw_map(store, ENCODER)
    return Planted(ids, merged.theme_id, len(analyses))


def add_note(store: Store, name: str, text: str, at: datetime) -> None:
    """Let one more note arrive."""
    found = _analysis(name, text, at, severity=1, kind="pain", product="Bikes", number=999)
    write(store, [found], [[WAITING] * len(found.signals)], received_at=at)


def _notes(now: datetime) -> Iterator[Analysis]:
    monday = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())
    number = 0
    for subject in SUBJECTS:
        for week, count in enumerate(subject.weeks):
            start = monday - timedelta(weeks=len(subject.weeks) - 1 - week)
            span = min(timedelta(days=7), now - start)
            for place in range(count):
                at = start + span * (place + 0.5) / count
                text = subject.said[(week + place) % len(subject.said)]
                yield _analysis(
                    f"{number}",
                    text,
                    at,
                    severity=subject.severity,
                    kind=subject.kind,
                    product=subject.product,
                    number=number,
                )
                number += 1


def _analysis(
    external_id: str, marked: str, at: datetime, *, severity: int, kind: str, product: str, number: int
) -> Analysis:
    text, marks = parse(marked)
    speaker = Speaker.NOTE if number % 9 == 4 else Speaker.CUSTOMER
    signals = tuple(
        Signal(
            SignalKind(mark.label), 0, mark.start, mark.end, text[mark.start : mark.end], 0.9, "planted",
            Attribution.CUSTOMER if speaker is Speaker.CUSTOMER else Attribution.REPORTED,
            severity if mark.label == kind == "pain" else 1 if mark.label == "pain" else 0,
        )
        for mark in marks
    )  # fmt: skip
    note = Feedback(
        source="planted",
        external_id=external_id,
        occurred_at=at,
        segments=(Segment(speaker, text),),
        channel=CHANNELS[number % 3],
        customer_key=f"customer-{number * number % 307}",
        product=product,
        plan=PLANS[number % 5 % 3],
        region=REGIONS[number % 7 % 3],
        language="en",
    )
    vectors = np.zeros((len(signals), 4), np.float32)
    vectors[:, number % 4] = 1
    return Analysis(note, signals, vectors, ENCODER, "en", unread=False)


def _themes(store: Store, now: datetime) -> Iterator[tuple[str, int]]:
    decision = Decision(MACHINE, "", now - timedelta(days=60))
    groups: dict[tuple[str, str], dict[int, None]] = {}
    for kind in ("pain", "suggestion", "job", "praise"):
        found = signals_of(store, kind, ENCODER)
        for subject in (one for one in SUBJECTS if one.kind == kind):
            words = {said[mark.start : mark.end] for said, mark in _spans(subject, kind)}
            members = [int(id_) for id_, text in zip(found.ids, found.texts, strict=True) if text in words]
            split = len(members) // 3 if subject is SUBJECTS[0] else 0
            step = curation.create(store, kind, subject.name, members[split:], decision, terms=subject.terms)
            yield subject.name, step.theme_id
            groups.setdefault((subject.group, kind), {})[step.theme_id] = None
            if split:
                yield MERGED_NAME, curation.create(store, kind, MERGED_NAME, members[:split], decision).theme_id
    parents: dict[int, int] = {}
    for (group, kind), children in groups.items():
        parent = curation.create(store, kind, group, (), decision).theme_id
        parents |= dict.fromkeys(children, parent)
    curation.arrange(store, parents)


def _spans(subject: Subject, kind: str) -> Iterator[tuple[str, object]]:
    for marked in subject.said:
        text, marks = parse(marked)
        yield from ((text, mark) for mark in marks if mark.label == kind)


def members(store: Store, kind: str) -> Sequence[str]:
    """The words of every signal of a kind, for tests that count for themselves."""
    return signals_of(store, kind, ENCODER).texts
