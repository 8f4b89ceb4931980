"""Acceptance test X7: personal data of six kinds in four languages is found, and what only looks like it is not misnamed."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from nlp.redaction import Redactor
from tests.nlp.redaction.corpus import SENTENCES, Labelled, account, card, corpus

FLOORS = {"CARD": 0.99, "IBAN": 0.99, "EMAIL": 0.99, "PHONE": 0.97, "PERSON": 0.85, "SECRET": 0.85}


@pytest.fixture(scope="module")
def redacted() -> list[tuple[Labelled, list[tuple[str, int, int]], str]]:
    labelled = list(corpus())
    found = Redactor().redact_many([[one.text] for one in labelled])
    return [
        (one, [(finding.type, finding.start, finding.end) for finding in texts[0].findings], texts[0].text)
        for one, texts in zip(labelled, found, strict=True)
    ]


def test_x7_recall_by_kind(redacted: list[tuple[Labelled, list[tuple[str, int, int]], str]]) -> None:
    seen, right = Counter[str](), Counter[str]()
    missed = []
    for one, findings, text in redacted:
        seen[one.kind] += 1
        covered = sum(max(0, min(end, one.end) - max(start, one.start)) for _, start, end in findings)
        if covered >= 0.9 * (one.end - one.start):
            right[one.kind] += 1
        else:
            missed.append(text)
    assert sum(seen.values()) >= 500
    for kind, floor in FLOORS.items():
        assert right[kind] >= floor * seen[kind], (kind, right[kind], missed[:10])


def test_x7_precision(redacted: list[tuple[Labelled, list[tuple[str, int, int]], str]]) -> None:
    """Everything else in the sentences is nobody's: what is taken out beside the data is a false alarm."""
    findings = [(one, start, end) for one, found, _ in redacted for _, start, end in found]
    false = [one.text[start:end] for one, start, end in findings if end <= one.start or start >= one.end]
    assert len(false) <= 0.05 * len(findings), false[:10]


def test_x7_nothing_of_the_data_is_left(redacted: list[tuple[Labelled, list[tuple[str, int, int]], str]]) -> None:
    """What counts as found is gone from the text, not only covered in the tally."""
    for one, findings, text in redacted:
        if any(start <= one.start and end >= one.end for _, start, end in findings):
            assert one.value not in text


def test_x7_a_wrong_check_digit_is_never_called_a_card_or_an_account() -> None:
    """It is masked as a reference all the same: a mistyped card number is still somebody's."""
    dice = random.Random(11)
    texts = []
    for make, kind in ((card, "CARD"), (account, "IBAN")):
        for number in range(40):
            value = make(dice)
            wrong = value[:-1] + str((int(value[-1]) + 1 + number % 8) % 10)
            texts.append(SENTENCES[kind][number % 10].format(wrong))
    for texts_ in Redactor().redact_many([[text] for text in texts]):
        assert not {finding.type for finding in texts_[0].findings} & {"CARD", "IBAN"}, texts_[0].text
