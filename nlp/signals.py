"""Signal: a typed span inside a segment, with the words that prove it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SignalKind(StrEnum):
    """What a span says. The values are stored and shown; never rename one."""

    PAIN = "pain"
    SUGGESTION = "suggestion"
    JOB = "job"
    PRAISE = "praise"
    COMPENSATION = "compensation"
    HANDOFF = "handoff"


class Attribution(StrEnum):
    """Whose evidence it is: the customer's own words, an agent's report of them, or the agent's own doing or view."""

    CUSTOMER = "customer"
    REPORTED = "reported"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Slot:
    """A named part of a signal: ``what``, ``effect``, ``target``, ``change``, ``want``, ``purpose``, ``situation``, ``outcome``.

    Offsets are into the segment's redacted text; a slot without words is not made.
    """

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal. ``start`` and ``end`` are character offsets into the redacted text of segment number ``segment``.

    ``confidence`` is a calibrated probability in 0..1, ``severity`` is 0 (not a pain) or 1..5, and ``rule`` names
    the pattern family that found it.
    """

    kind: SignalKind
    segment: int
    start: int
    end: int
    text: str
    confidence: float
    rule: str
    attribution: Attribution = Attribution.CUSTOMER
    severity: int = 0
    slots: tuple[Slot, ...] = ()
