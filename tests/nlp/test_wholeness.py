"""Protects: a phrase that cannot stand alone as a name weighs less than one that can, whatever it is about."""

from __future__ import annotations

import pytest

from nlp.signals import SignalKind
from nlp.wholeness import judged


def weights(*phrases: str, kind: SignalKind | None = None) -> list[float]:
    return [weight for _, weight in judged(phrases, kind)]


@pytest.mark.parametrize(
    "phrase",
    [
        "is on the shopping list",
        "could get your nearest branch",
        "hobbies do you like",
        "bill for the",
        "8 is good",
        "all the best",
        "stating that the loan was not paid",
        "including my bank had rejected the check",
        "weeks and we have not received a call",
        "days after installation the panels failed",
        "approved and told",
        "title to my car and I need",
        "payment dates as follows",
    ],
)
def test_what_dangles_cannot_stand(phrase: str) -> None:
    assert weights(phrase) == [0.0]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("mechanic never showed", "nobody can tell her"),
        ("battery refuses to charge", "something went wrong"),
        ("app drains the battery", "app drains 38% of the battery"),
        ("downloadable usage report", "report"),
        ("days without an answer", "days and we have no answer"),
    ],
)
def test_what_says_something_goes_before_what_does_not(better: str, worse: str) -> None:
    first, second = weights(better, worse)
    assert first > second


def test_each_kind_prefers_its_own_form() -> None:
    for kind in (SignalKind.JOB, SignalKind.SUGGESTION):
        verb_first, statement = weights("change the billing address", "the billing address is old", kind=kind)
        assert verb_first > statement
    hurts, pleases = weights("mechanic never showed", "mechanic was lovely", kind=SignalKind.PAIN)
    assert hurts > pleases
    hurts, pleases = weights("mechanic never showed", "mechanic was lovely", kind=SignalKind.PRAISE)
    assert pleases > hurts


def test_a_possessive_of_nobody_becomes_the() -> None:
    assert judged(["upload refuses her enrolment letter"])[0][0] == "upload refuses the enrolment letter"
    assert judged(["let riders have their own account"])[0][0] == "let riders have their own account"
