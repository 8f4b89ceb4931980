"""What counts as evidence for a theme."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from insights.tables import SignalRow
from nlp.signals import Attribution, SignalKind

GATHERED = (SignalKind.PAIN, SignalKind.SUGGESTION, SignalKind.JOB, SignalKind.PRAISE)
"""Kinds of signals that gather into themes; compensation and hand-offs are counted, not gathered."""


def is_evidence() -> ColumnElement[bool]:
    """The customer's own words, or an agent's report of them; an agent's guess is never counted."""
    return SignalRow.attribution != Attribution.AGENT.value


def is_waiting() -> ColumnElement[bool]:
    """Evidence of a gathered kind that has no theme yet."""
    return and_(SignalRow.theme_id.is_(None), SignalRow.kind.in_([kind.value for kind in GATHERED]), is_evidence())
