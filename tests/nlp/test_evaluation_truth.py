"""Protects the figures on whole notes: marks survive redaction, and right, missed and false answers are counted as such."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlp.evaluation_truth import evaluate_truth, moved
from nlp.hearing import Hearer
from nlp.redaction import Redactor
from nlp.redaction.findings import Finding, Redacted

NOTE = "cu Marijke Postma says the app crashes every morning. refunded 39 eur."


def test_marks_are_found_again_after_redaction() -> None:
    text = Redactor().redact_many([[NOTE]])[0][0]
    assert "Postma" not in text.text
    start, end = NOTE.index("the app"), NOTE.index(". refunded")
    assert text.text[moved(text, start) : moved(text, end)] == "the app crashes every morning"


@given(st.text(max_size=40), st.text(min_size=1, max_size=20), st.text(max_size=40))
def test_what_stands_after_a_placeholder_keeps_its_words(before: str, secret: str, after: str) -> None:
    finding = Finding("PERSON", len(before), len(before) + len(secret), "[NAME-1]", len(before))
    text = Redacted(f"{before}[NAME-1]{after}", (finding,))
    written = before + secret + after
    for offset in range(len(before) + 1):
        assert text.text[: moved(text, offset)] == before[:offset]
    for offset in range(len(before + secret), len(written) + 1):
        assert text.text[moved(text, offset) :] == written[offset:]


def test_right_missed_and_false_answers_are_counted(hearer: Hearer) -> None:
    notes = [
        {"external_id": "1", "language": "en", "segments": [{"speaker": "note", "text": NOTE}]},
        {"external_id": "2", "language": "de", "segments": [{"speaker": "customer", "text": "Die App stürzt ab."}]},
    ]
    pain = {
        "segment": 0,
        "label": "pain",
        "start": NOTE.index("the app"),
        "end": NOTE.index(". refunded"),
    }
    found = evaluate_truth(notes, {"1": [pain]}, hearer)
    assert found["segments"] == 1
    assert found["pain"]["f1"] == 1.0
    assert found["compensation"]["false"] == 1
    missed = evaluate_truth(notes[:1], {"1": [{**pain, "label": "praise"}]}, hearer)
    assert missed["praise"]["missed"] == 1
    assert missed["pain"]["false"] == 1
