"""Protects the way from an agent's key press to a better model: judged on the desk, learnt, in use, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from ingest.feedback import Feedback, Segment, Speaker
from ingest.sources import ListSource
from insights.desk import annotated, annotations, models
from insights.desk.annotations import Judgement
from insights.desk.verdicts import Verdict
from insights.store import Store
from insights.tables import SignalRow
from insights.trust import people
from insights.trust.people import Role
from nlp.learning import TooFewAnnotations
from nlp.settings import LanguageSettings
from pipelines import bootstrap, learning
from pipelines.analysis_process import AnalysisPool
from pipelines.process import Processor
from pipelines.run import drain

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
THINGS = ("pump", "unit", "gate", "meter", "lift", "valve", "crane", "belt")
DAYS = ("monday", "tuesday", "this morning", "since easter", "after lunch", "at night", "twice", "last week")


@pytest.fixture
def notes() -> list[Feedback]:
    """Notes in a jargon that no sentence of ours holds."""
    return [
        Feedback(
            external_id=str(number),
            source="shop floor",
            occurred_at=NOW + timedelta(minutes=number),
            segments=(Segment(Speaker.NOTE, f"{THINGS[number % 8]} {number // 64} grips {DAYS[number // 8 % 8]}"),),
        )
        for number in range(280)
    ]


def test_what_agents_mark_is_learnt_put_to_use_and_taken_back(
    fresh_store: Store, pool: AnalysisPool, notes: list[Feedback], data_dir: Path, tmp_path: Path
) -> None:
    store = fresh_store
    drain(ListSource(notes), Processor(store, pool))
    agent = people.add(store, "Ana", "", Role.AGENT, by=people.local(store), at=NOW)
    with pytest.raises(TooFewAnnotations):
        learning.learn(store, data_dir / "models", "Ben")
    _judge(store, notes, agent)
    assert len(annotated.segments(store)) == len(notes)

    found = learning.learn(store, data_dir / "models", "Ben")
    assert found.better, found.reason
    assert found.new["pain"] > max(0.9, found.old["pain"])
    assert models.history(store)[0].in_use

    name = learning.prepared(store, tmp_path)  # as on a machine that never trained
    assert (tmp_path / f"heads-{name}.npz").exists()
    unseen = Feedback(
        external_id="unseen",
        source="shop floor",
        occurred_at=NOW,
        segments=(Segment(Speaker.NOTE, "mixer 9 grips since noon"),),
    )
    with AnalysisPool(partial(bootstrap.analyzer, LanguageSettings(), data_dir, name)) as learnt:
        drain(ListSource([unseen]), Processor(store, learnt))
    assert [kind for (kind,) in _signals(store, unseen.id)] == ["pain"]

    assert models.roll_back(store, at=NOW, who="Ben", why="only a test") is None
    assert learning.prepared(store, tmp_path) == ""


def _judge(store: Store, notes: list[Feedback], agent: people.Person) -> None:
    """The agent lets nothing stand but one pain over the whole note."""
    for note in notes:
        whole = len(note.segments[0].text)
        with store.connect() as connection:
            row = SignalRow
            present = connection.execute(
                select(row.id, row.kind, row.start, row.end).where(row.feedback_id == note.id)
            ).all()
        right = False
        for one in present:
            same = (one.kind, one.start, one.end) == ("pain", 0, whole)
            right |= same
            verdict = Verdict.ACCEPTED if same else Verdict.REJECTED
            annotations.annotate(store, Judgement(verdict, note.id, one.id), by=agent, at=NOW)
        if not right:
            added = Judgement(Verdict.ADDED, note.id, kind="pain", segment=0, start=0, end=whole)
            annotations.annotate(store, added, by=agent, at=NOW)


def _signals(store: Store, note: str) -> list[tuple[str]]:
    with store.connect() as connection:
        return [(kind,) for (kind,) in connection.execute(select(SignalRow.kind).where(SignalRow.feedback_id == note))]
