"""Protects the promise that personal data is out before anything is stored."""

from __future__ import annotations

from nlp.redaction import Redactor


def test_a_name_found_in_one_segment_leaves_all_of_them_under_one_number() -> None:
    first, second = Redactor().redact(["my name is Marijke Postma", "N: called marijke postma, tel 06 5531 8842"])
    assert first.text == "my name is [NAME-1]"
    assert second.text == "N: called [NAME-1], tel [PHONE]"
