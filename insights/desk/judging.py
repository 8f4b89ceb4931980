"""Letting signals and themes be as a person says, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from insights.desk import judged_signals
from insights.desk.judged_signals import snapshot, standing_theme
from insights.desk.judgement import AnnotationError, Judgement
from insights.desk.verdicts import Verdict
from insights.themes import lineage
from insights.themes.lineage import Decision, Event
from insights.themes.status import Status
from insights.trust.people import Person
from nlp.signals import SignalKind


def apply(
    connection: Connection,
    said: Judgement,
    person: Person,
    at: datetime,
    note: Row[Any],
    segment: Row[Any],
    known: Mapping[str, Any],
    *,
    present: bool,
) -> dict[str, Any]:
    """Let the signal be as the person says; return what became of it."""
    number = said.signal_id
    theme = standing_theme(connection, said.theme_id if said.placed else known.get("theme_id"))
    if said.verdict is Verdict.REJECTED:
        assert number is not None
        judged_signals.remove(connection, number)
        return {"became": None, "theme_after": None}
    if number is not None and not present:  # taken away by an earlier judgement, and wanted back
        judged_signals.bring_back(connection, known)
    kind, start, end = known.get("kind"), known.get("start"), known.get("end")
    if said.verdict is not Verdict.ACCEPTED and (kind, start, end) != (said.kind, said.start, said.end):
        if number is not None:
            judged_signals.remove(connection, number)
        if not said.placed and kind != said.kind:
            theme = None
        pinned = said.placed and theme is not None
        number = judged_signals.stand(
            connection, note, segment, SignalKind(said.kind), said.start, said.end, theme_id=theme, pinned=pinned
        )
    assert number is not None
    _check_theme(connection, theme, said.kind or kind or "")
    if said.new_subject:
        theme = _new_subject(connection, number, said, known.get("theme_id"), Decision(person.name, "", at))
    elif said.placed:
        judged_signals.place(connection, number, theme, pinned=theme is not None)
    return {"became": number, "theme_after": theme}


def _check_theme(connection: Connection, theme_id: int | None, kind: str) -> None:
    if theme_id is not None and lineage.theme_row(connection, theme_id).kind != kind:
        raise AnnotationError(f"theme {theme_id} gathers another kind than {kind}")


def _new_subject(connection: Connection, number: int, said: Judgement, left: int | None, decision: Decision) -> int:
    """Make an emerging theme of one signal; named by a person, it is confirmed by the next refresh."""
    name = " ".join(said.new_subject.split())
    if not name or len(name) > 120:
        raise AnnotationError("a subject needs a name of at most 120 characters")
    kind = snapshot(connection, number)["kind"]
    theme = lineage.new_theme(
        connection,
        status=Status.EMERGING,
        kind=kind,
        name=name,
        named_by=decision.who,
        terms=[],
        exemplar_signal_id=number,
        parent_id=None,
        created_at=decision.at,
    )
    judged_signals.place(connection, number, theme, pinned=True)
    lineage.record(connection, Event.EMERGED, theme, decision, moves={number: (left, theme)})
    return theme


def take_back(connection: Connection, row: Row[Any], decision: Decision) -> None:
    if row.became is not None and row.became != row.before.get("id"):
        judged_signals.remove(connection, row.became)
    if row.before and row.verdict != Verdict.ACCEPTED:
        judged_signals.bring_back(connection, row.before)
    made = row.theme_after if row.placed and row.theme_after != row.theme_before else None
    if made is None:
        return
    theme = lineage.theme_row(connection, made)
    mine = theme.status == Status.EMERGING and theme.named_by == decision.who
    if mine and theme.created_at == row.at and not lineage.signals_in(connection, made):
        lineage.change_theme(connection, made, status=Status.RETIRED.value)
        lineage.record(connection, Event.RETIRED, made, decision, before={"status": theme.status})
