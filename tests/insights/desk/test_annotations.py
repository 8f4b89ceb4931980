"""Protects people's judgements: they change what counts, two on one note are told of each other, nothing is ever lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from insights.board.theme import QuoteOrder, quotes, theme
from insights.delivery import outbox
from insights.delivery.writer import Home, write
from insights.desk.annotations import AnnotationError, Judgement, Verdict, annotate, judgements, undo, words_hash
from insights.store import Store
from insights.tables import AnnotationRow, FeedbackRow, SignalRow, ThemeRow, VectorRow
from insights.themes import curation
from insights.themes.decisions import decisions
from insights.themes.lineage import Decision
from insights.themes.vectors import lacking
from insights.trust import audit, people
from insights.trust.people import NotAllowed, Person, Role
from nlp.signals import SignalKind
from tests.insights.notes import ENCODER, NOW, analysis, feedback, signal

TEXT = "The lock stays shut. Please add a torch."
PAIN, IDEA = "The lock stays shut", "Please add a torch"


@pytest.fixture
def admin(store: Store) -> Person:
    return people.local(store, "Ada", at=NOW)


@pytest.fixture
def mira(store: Store, admin: Person) -> Person:
    return people.add(store, "Mira", "", Role.AGENT, by=admin, at=NOW)


@pytest.fixture
def tom(store: Store, admin: Person) -> Person:
    return people.add(store, "Tom", "", Role.AGENT, by=admin, at=NOW)


def hear(store: Store, number: str = "1", text: str = TEXT, **fields: Any) -> list[int]:
    """One note with a pain (its theme is given, or it waits) and a suggestion; returns their ids."""
    found = feedback(number, text, **fields)
    marks = [signal(PAIN), signal(IDEA, SignalKind.SUGGESTION, TEXT.index(IDEA))]
    write(store, [analysis(found, marks)], [[Home(None, 0.0)] * 2], received_at=NOW)
    with store.connect() as connection:
        wanted = select(SignalRow.id).where(SignalRow.feedback_id == found.id).order_by(SignalRow.start)
        return list(connection.execute(wanted).scalars())


@pytest.fixture
def pain(store: Store) -> tuple[int, int]:
    """A pain in a theme of two notes: (signal, theme)."""
    first, second = hear(store)[0], hear(store, "2")[0]
    made = curation.create(store, "pain", "Locks", [first, second], Decision("machine", "", NOW))
    return first, made.theme_id


NOTE = feedback("1", TEXT).id


def rows(store: Store, *columns: Any) -> list[Any]:
    with store.connect() as connection:
        return sorted((tuple(row) for row in connection.execute(select(*columns))), key=str)


def held(store: Store, theme_id: int) -> int:
    found = theme(store, theme_id, NOW.date())
    assert found is not None
    return found.notes


def test_a_rejected_signal_counts_nowhere_and_an_undo_brings_it_back_with_its_vector(
    store: Store, mira: Person, pain: tuple[int, int]
) -> None:
    number, theme_id = pain
    before = rows(store, *SignalRow.__table__.c[:3], SignalRow.theme_id, SignalRow.confidence)
    vectors = rows(store, VectorRow.signal_id, VectorRow.data)
    done = annotate(store, Judgement(Verdict.REJECTED, NOTE, number), by=mira, at=NOW)
    assert (done.applied, done.signal_id, done.told) == (True, None, None)
    assert held(store, theme_id) == 1
    assert all(one.feedback_id != NOTE for one in quotes(store, theme_id, QuoteOrder.NEWEST))
    undo(store, done.annotation_id, by=mira, at=NOW)
    assert held(store, theme_id) == 2
    assert rows(store, *SignalRow.__table__.c[:3], SignalRow.theme_id, SignalRow.confidence) == before
    assert rows(store, VectorRow.signal_id, VectorRow.data) == vectors
    with pytest.raises(AnnotationError, match="already"):
        undo(store, done.annotation_id, by=mira, at=NOW)


def test_accepting_changes_nothing_but_is_kept_audited_and_told(
    store: Store, mira: Person, pain: tuple[int, int]
) -> None:
    number, theme_id = pain
    before = rows(store, *SignalRow.__table__.c)
    events = len(outbox.waiting(store))
    done = annotate(store, Judgement(Verdict.ACCEPTED, NOTE, number, seconds=2.5), by=mira, at=NOW)
    assert (done.signal_id, done.theme_id) == (number, theme_id)
    assert rows(store, *SignalRow.__table__.c) == before
    (entry,) = audit.entries(store, subject=f"note:{NOTE}")
    assert (entry.who, entry.action) == ("Mira", "signal accepted")
    assert [event.type for event in outbox.waiting(store)][events:] == ["signal.accepted"]
    assert PAIN not in str(entry) + str(outbox.waiting(store)[-1].payload)
    (judged,) = judgements(store)
    assert (judged.text, judged.verdict, judged.who) == (TEXT, Verdict.ACCEPTED, "Mira")


def test_a_correction_of_kind_and_words_stands_in_place_of_what_was_heard(
    store: Store, mira: Person, pain: tuple[int, int]
) -> None:
    number, theme_id = pain
    said = Judgement(Verdict.CORRECTED, NOTE, number, kind="pain", start=4, end=len(PAIN), words_hash=words_hash(TEXT))
    done = annotate(store, said, by=mira, at=NOW)
    assert done.signal_id not in (None, number)
    assert done.theme_id == theme_id
    found = select(SignalRow.text, SignalRow.rule, SignalRow.theme_id).where(SignalRow.id == done.signal_id)
    with store.connect() as connection:
        assert tuple(connection.execute(found).one()) == ("lock stays shut", "person", theme_id)
    assert [words.signal_id for words in lacking(store, ENCODER)] == [done.signal_id]
    undo(store, done.annotation_id, by=mira, at=NOW)
    assert number in [row[0] for row in rows(store, SignalRow.id)]
    assert lacking(store, ENCODER) == ()
    wrong_kind = Judgement(Verdict.CORRECTED, NOTE, number, kind="handoff", start=0, end=len(PAIN))
    assert annotate(store, wrong_kind, by=mira, at=NOW).theme_id is None
    assert held(store, theme_id) == 1


def test_a_chosen_theme_is_pinned_and_one_that_was_refused_is_not_joined_again(
    store: Store, mira: Person, pain: tuple[int, int]
) -> None:
    number, theme_id = pain
    other = curation.create(store, "pain", "Other", (), Decision("machine", "", NOW)).theme_id
    there = {"kind": "pain", "start": 0, "end": len(PAIN), "placed": True}
    annotate(store, Judgement(Verdict.CORRECTED, NOTE, number, theme_id=other, **there), by=mira, at=NOW)
    with store.connect() as connection:
        found = select(SignalRow.theme_id, SignalRow.pinned).where(SignalRow.id == number)
        assert tuple(connection.execute(found).one()) == (other, True)
    assert theme_id in decisions(store, "pain").refused[number]
    idea = hear(store, "3")[1]
    place = {"kind": "suggestion", "start": TEXT.index(IDEA), "end": len(TEXT) - 1, "placed": True}
    said = Judgement(Verdict.CORRECTED, feedback("3").id, idea, theme_id=other, **place)
    with pytest.raises(AnnotationError, match="another kind"):
        annotate(store, said, by=mira, at=NOW)


def test_words_nobody_marked_become_a_signal_and_a_new_subject_a_theme(store: Store, mira: Person) -> None:
    hear(store)
    said = Judgement(Verdict.ADDED, NOTE, kind="job", start=4, end=8, new_subject="Open  a lock")
    done = annotate(store, said, by=mira, at=NOW)
    assert done.theme_id is not None
    with store.connect() as connection:
        made = select(ThemeRow.name, ThemeRow.status, ThemeRow.kind, ThemeRow.named_by)
        assert tuple(connection.execute(made).one()) == ("Open a lock", "emerging", "job", "Mira")
    assert held(store, done.theme_id) == 1
    undo(store, done.annotation_id, by=mira, at=NOW)
    assert rows(store, ThemeRow.status) == [("retired",)]
    assert len(rows(store, SignalRow.id)) == 2


def test_who_comes_second_is_told_who_and_when_and_nothing_is_lost(
    store: Store, mira: Person, tom: Person, pain: tuple[int, int]
) -> None:
    number, theme_id = pain
    first = annotate(store, Judgement(Verdict.REJECTED, NOTE, number), by=tom, at=NOW)
    late = annotate(store, Judgement(Verdict.ACCEPTED, NOTE, number), by=mira, at=NOW + timedelta(seconds=3))
    assert late.told is not None
    assert (late.told.who, late.told.at, late.told.verdict) == ("Tom", NOW, Verdict.REJECTED)
    assert not late.applied
    assert held(store, theme_id) == 1
    assert {judged.who for judged in judgements(store)} == {"Mira", "Tom"}
    informed = Judgement(Verdict.ACCEPTED, NOTE, number, seen=first.annotation_id)
    again = annotate(store, informed, by=mira, at=NOW + timedelta(seconds=9))
    assert again.applied
    assert held(store, theme_id) == 2
    with pytest.raises(AnnotationError, match="Mira has judged"):
        undo(store, first.annotation_id, by=tom, at=NOW)
    with pytest.raises(AnnotationError, match="your own"):
        undo(store, again.annotation_id, by=tom, at=NOW)
    assert len(judgements(store)) == 2


def deliver(store: Store, text: str, version: int, *, hears_pain: bool = True) -> None:
    marks = [signal(PAIN)] if hears_pain else []
    found = analysis(feedback("1", text, version=version), marks)
    write(store, [found], [[Home(None, 0.0)] * len(marks)], received_at=NOW)


def test_a_note_delivered_again_keeps_what_people_said_while_its_words_are_the_same(
    store: Store, mira: Person, pain: tuple[int, int]
) -> None:
    number, _ = pain
    annotate(store, Judgement(Verdict.REJECTED, NOTE, number), by=mira, at=NOW)
    added = annotate(store, Judgement(Verdict.ADDED, NOTE, kind="pain", start=4, end=8), by=mira, at=NOW)
    deliver(store, TEXT, 1)
    with store.connect() as connection:
        ids = connection.execute(select(SignalRow.id).where(SignalRow.feedback_id == NOTE)).scalars().all()
    assert ids == [added.signal_id]
    deliver(store, "Still shut, this lock.", 2, hears_pain=False)
    deliver(store, PAIN, 3)
    with store.connect() as connection:
        ids = connection.execute(select(SignalRow.id).where(SignalRow.feedback_id == NOTE)).scalars().all()
    assert ids == [number]
    assert judgements(store) == ()
    assert len(rows(store, AnnotationRow.id)) == 2


def test_a_note_that_went_or_changed_and_strangers_are_refused_in_plain_words(
    store: Store, mira: Person, admin: Person, pain: tuple[int, int]
) -> None:
    number, _ = pain
    reader = people.add(store, "Vera", "", Role.VIEWER, by=admin, at=NOW)
    with pytest.raises(NotAllowed, match="role"):
        annotate(store, Judgement(Verdict.ACCEPTED, NOTE, number), by=reader, at=NOW)
    with pytest.raises(AnnotationError, match="gone"):
        annotate(store, Judgement(Verdict.ACCEPTED, "no such note", number), by=mira, at=NOW)
    with pytest.raises(AnnotationError, match="changed by its sender"):
        annotate(store, Judgement(Verdict.ACCEPTED, NOTE, 1), by=mira, at=NOW)
    read = {"kind": "pain", "start": 0, "end": 3, "words_hash": words_hash("other words")}
    with pytest.raises(AnnotationError, match="words of this note"):
        annotate(store, Judgement(Verdict.CORRECTED, NOTE, number, **read), by=mira, at=NOW)
    for start, end in ((3, 3), (-1, 4), (0, 400), (3, 4)):
        with pytest.raises(AnnotationError, match="at least one word"):
            annotate(store, Judgement(Verdict.ADDED, NOTE, kind="pain", start=start, end=end), by=mira, at=NOW)
    with pytest.raises(AnnotationError, match="no kind"):
        annotate(store, Judgement(Verdict.ADDED, NOTE, kind="rumour", start=0, end=3), by=mira, at=NOW)
    assert rows(store, AnnotationRow.id) == []


def test_an_erased_note_takes_its_judgements_along(store: Store, mira: Person, pain: tuple[int, int]) -> None:
    annotate(store, Judgement(Verdict.REJECTED, NOTE, pain[0]), by=mira, at=NOW)
    with store.begin() as connection:
        connection.execute(FeedbackRow.__table__.delete().where(FeedbackRow.id == NOTE))
    assert rows(store, AnnotationRow.id) == []
