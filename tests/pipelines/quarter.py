"""A quarter at Finchwheel, played: its shipped notes week by week, three teams of which one listens, twelve agents.

What the notes say is read from the truth file, so that every number can be worked out by hand; everything after that is
the product: writer, themes, ledger, echoes, say, questions. Mondays at six the week's notes are in, themes are found, and
those past their team's threshold ask.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from typing import Any

import numpy as np
from sqlalchemy import select

from ingest.feedback import Feedback, Segment, Speaker
from insights.delivery.writer import Home, write
from insights.listening import answers, asking, echo, ownership, questions, say, teams
from insights.listening.cases import Ask, cases
from insights.listening.ledger import AnswerKind, Value
from insights.listening.teams import Team, Terms
from insights.store import Store
from insights.tables import SignalRow
from insights.themes import curation
from insights.themes.curation import Decision
from insights.trust import people
from insights.trust.people import Person, Role
from nlp.analyzer import Analysis
from nlp.signals import Attribution, Signal, SignalKind

END = datetime(2026, 9, 28, 6, tzinfo=UTC)
"""The Monday after the last week."""
WEEKS = 12
DAY = timedelta(days=1)
TERMS = Terms(ask_customers=10, ask_severity=5, ask_growth=False, answer_days=7)
OWNS = {"Payments": ("Billing",), "Repairs": ("Workshop",), "Riding": ("Battery", "City bike", "Cargo bike")}
READERS = ("A01", "A02", "A03", "A04", "A05", "A06")
"""The agents who read their echoes and vote; the other six never look."""
KEY = b"the privacy key of Finchwheel"
KINDS = {"pain": SignalKind.PAIN, "suggestion": SignalKind.SUGGESTION}
GIVEN = {"compensation": SignalKind.COMPENSATION, "handoff": SignalKind.HANDOFF}
ATTRIBUTION = {
    Speaker.CUSTOMER: Attribution.CUSTOMER, Speaker.NOTE: Attribution.REPORTED, Speaker.AGENT: Attribution.AGENT,
}  # fmt: skip
FOUND_FROM = 5
"""A subject becomes a theme on the first Monday on which so many of its signals wait."""


@dataclass
class Quarter:
    """The company at play. ``themes`` by subject; ``said``: the subject of a signal's words; ``promises``: what to ship when."""

    store: Store
    people: dict[str, Person]
    teams: dict[str, Team]
    themes: dict[str, int] = field(default_factory=dict)
    promises: list[tuple[datetime, int]] = field(default_factory=list)
    second_looks: list[tuple[datetime, int]] = field(default_factory=list)
    question: int = 0
    said: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def subjects(self) -> dict[int, str]:
        return {theme: subject for subject, theme in self.themes.items()}

    def lead(self, team: str) -> Person:
        return self.people[f"{team} lead"]


def play(store: Store) -> Quarter:
    """Play the twelve weeks and the Monday after."""
    company = _found(store)
    weeks = _notes()
    for week in range(WEEKS):
        monday = END - (WEEKS - 1 - week) * 7 * DAY
        _hear(company, weeks[week], monday)
        asking.ask_due(store, monday)
        echo.catch_up(store, monday)
        for hours in range(0, 7 * 24, 24):
            if monday + timedelta(hours=hours) < END:
                _day(company, monday + timedelta(hours=hours))
    return company


def _found(store: Store) -> Quarter:
    at = END - 91 * DAY
    admin = people.local(store, "Admin", at=at)
    known = {"Admin": admin}
    for number in range(1, 13):
        name = f"A{number:02}"
        known[name] = people.add(store, f"Agent {name}", "", Role.AGENT, by=admin, at=at, agent_key=name)
    made = {}
    for name, products in OWNS.items():
        made[name] = teams.add(store, name, by=admin, at=at, terms=TERMS)
        lead = known[f"{name} lead"] = people.add(store, f"{name} lead", "", Role.TEAM_OWNER, by=admin, at=at)
        teams.join(store, made[name].id, lead.id, by=admin, at=at)
        for product in products:
            ownership.own(store, made[name].id, by=admin, at=at, product=product)
    return Quarter(store, known, made)


def _notes() -> dict[int, list[tuple[dict[str, Any], list[dict[str, Any]]]]]:
    """The shipped notes with their marks, by week."""
    folder = files("pipelines").joinpath("finchwheel")
    lines = [folder.joinpath(name).read_text("utf-8").splitlines() for name in ("notes.jsonl", "truth.jsonl")]
    marks = {truth["external_id"]: truth["marks"] for truth in map(json.loads, lines[1])}
    weeks = defaultdict(list)
    for note in map(json.loads, lines[0]):
        weeks[(note["day"] + 84) // 7].append((note, marks.get(note["external_id"], [])))
    return weeks


def _hear(company: Quarter, week: list[tuple[dict[str, Any], list[dict[str, Any]]]], monday: datetime) -> None:
    """Store a week's notes: what is said of a known theme joins it, the rest waits; then find themes."""
    analyses, homes = [], []
    for note, marks in week:
        analysis, said = _heard(note, marks)
        analyses.append(analysis)
        homes.append([Home(company.themes.get(subject), 0.9) for subject in said])
        for signal, subject in zip(analysis.signals, said, strict=True):
            company.said[analysis.feedback.id, signal.text] = subject
    write(company.store, analyses, homes, received_at=monday)
    waiting: dict[tuple[str, str], list[int]] = defaultdict(list)
    row = SignalRow
    with company.store.connect() as connection:
        wanted = select(row.id, row.kind, row.text, row.feedback_id).where(
            row.theme_id.is_(None), row.kind.in_(KINDS), row.attribution != "agent"
        )
        found = connection.execute(wanted.order_by(row.id)).all()
    for one in found:
        waiting[one.kind, company.said[one.feedback_id, one.text]].append(one.id)
    for (kind, subject), ids in sorted(waiting.items()):
        if len(ids) >= FOUND_FROM:
            step = curation.create(company.store, kind, subject, ids, Decision("machine", "", monday))
            company.themes[subject] = step.theme_id


def _heard(note: dict[str, Any], marks: list[dict[str, Any]]) -> tuple[Analysis, list[str]]:
    day = END.date() + note["day"] * DAY
    feedback = Feedback(
        source="finchwheel", external_id=note["external_id"], channel=note["channel"], product=note["product"],
        occurred_at=datetime.combine(day, time.fromisoformat(note["time"]), tzinfo=UTC),
        segments=tuple(Segment(Speaker(one["speaker"]), one["text"]) for one in note["segments"]),
        customer_key=note.get("customer_id", ""), agent_key=note.get("agent_id", ""),
        handle_minutes=note.get("handle_minutes"), refund=note.get("refund"), credit=note.get("credit"),
        currency=note.get("currency", ""),
    )  # fmt: skip
    signals, said = [], []
    for mark in marks:
        kind = (KINDS | GIVEN).get(mark["label"])
        if kind is None:
            continue
        who = ATTRIBUTION[feedback.segments[mark["segment"]].speaker]
        start, end = mark["start"], mark["end"]
        severity = 2 if kind is SignalKind.PAIN else 0
        signals.append(Signal(kind, mark["segment"], start, end, mark["text"], 1.0, "truth", who, severity, ()))
        said.append(mark.get("subject", ""))
    vectors = np.ones((len(signals), 4), np.float32) / 2
    return Analysis(feedback, tuple(signals), vectors, "truth-4", "en", unread=False), said


def _day(company: Quarter, now: datetime) -> None:
    """What people do on a day: teams by their nature, agents on Fridays."""
    for ask in [one for one in cases(company.store) if one.ended is None and one.standing is None]:
        team = next(name for name, found in company.teams.items() if found.id == ask.team_id)
        days = (now.date() - ask.entry.at.date()).days
        if team == "Payments" and days == 2:
            _listen(company, ask, now)
        elif team == "Riding" and days == 12 and now < END - 42 * DAY:
            _half_listen(company, ask, now)
    for when, number in list(company.promises):
        if now >= when:
            answers.ship(company.store, number, "It is out for everybody", by=company.lead("Payments"), at=now)
            company.promises.remove((when, number))
    for when, theme in list(company.second_looks):
        if now >= when:
            _accept(company, "Payments", theme, now, 28)
            company.second_looks.remove((when, theme))
    _ask_and_hear(company, now)
    if now.weekday() == 4:
        _friday(company, now)


def _listen(company: Quarter, ask: Ask, now: datetime) -> None:
    """Payments answers on the second day; keeps one promise, keeps one late, looks a second time at one."""
    subject = company.subjects[ask.theme_id]
    if subject == "charged-after-cancel" and not ask.entry.facts["customers"] >= 20:
        company.promises.append((now + 21 * DAY, _accept(company, "Payments", ask.theme_id, now, 28)))
    elif subject == "deposit-refund-late":
        company.promises.append((now + 35 * DAY, _accept(company, "Payments", ask.theme_id, now, 21)))
    elif subject == "pause-subscription":
        lead = company.lead("Payments")
        answers.answer(
            company.store, ask.theme_id, AnswerKind.NEED_EVIDENCE, "We do not know for how long", by=lead, at=now,
            due=now.date() + 21 * DAY,
        )  # fmt: skip
        company.question = questions.ask(company.store, ask.theme_id, "For how many months?", by=lead, at=now)
        company.second_looks.append((now + 14 * DAY, ask.theme_id))
    else:
        reason = "It would cost more than it saves"
        lead = company.lead("Payments")
        answers.answer(company.store, ask.theme_id, AnswerKind.DECLINED, reason, by=lead, at=now)


def _half_listen(company: Quarter, ask: Ask, now: datetime) -> None:
    """Riding answers five days late, in the first half; it promises a better range and does nothing."""
    if company.subjects[ask.theme_id] == "battery-range":
        _accept(company, "Riding", ask.theme_id, now, 21)
        return
    lead = company.lead("Riding")
    answers.answer(company.store, ask.theme_id, AnswerKind.TRIED_BEFORE, "We tried it last year", by=lead, at=now)


def _accept(company: Quarter, team: str, theme: int, now: datetime, days: int) -> int:
    return answers.answer(
        company.store, theme, AnswerKind.ACCEPTED, "It hurts too many riders", by=company.lead(team), at=now,
        change="It works as people expect", due=now.date() + days * DAY, value=Value.GIVING,
    )  # fmt: skip


def _ask_and_hear(company: Quarter, now: datetime) -> None:
    """The question reaches an agent with the next matching conversation; they answer it the same day."""
    if not company.question:
        return
    theme = company.themes["pause-subscription"]
    for one in questions.of_theme(company.store, theme):
        if one.state is questions.State.GIVEN:
            questions.answer(company.store, one.id, "two months in winter", by=company.people["A01"], at=now)


def _friday(company: Quarter, now: datetime) -> None:
    """Six agents read what became of their notes, and vote: five for what was accepted, two for the rest."""
    for name in READERS:
        person = company.people[name]
        news = echo.of_person(company.store, person, unread_only=True)
        echo.read(company.store, [one.id for one in news], by=person, at=now)
        for one in news:
            if one.about is not None and one.event != "shipped" and say.open_to(company.store, one.about, person, now):
                fits = 5 if one.event == "accepted" else 2
                say.cast(company.store, one.about, fits, by=person, key=KEY, at=now)
