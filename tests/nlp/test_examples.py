"""The training sentences: readable, many, and split so that neighbours stay together."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from nlp import examples
from nlp.annotated import AnnotationError


def test_there_are_enough_of_every_kind() -> None:
    given = examples.read(examples.shipped())
    assert len(given) >= 3000
    counts = Counter(mark.label for example in given for mark in example.marks)
    assert all(
        counts[label] >= 60
        for label in ("pain", "suggestion", "tip", "want", "purpose", "praise", "compensation", "handoff")
    )
    assert 0.15 <= sum(e.held_back for e in given) / len(given) <= 0.25


def test_personal_data_is_read_as_redaction_leaves_it() -> None:
    assert examples.redacted("call {PERSON|Jo} on {PHONE|0123}") == "call [NAME-1] on [PHONE]"


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.txt"
    file.write_text("C chat bank: fine\nC chat bank: {pain|open\n")
    with pytest.raises(AnnotationError, match=r"own\.txt line 2"):
        examples.read([file])
