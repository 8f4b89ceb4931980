"""Protects what must hold for every text: idempotence, exact offsets, whole placeholders, no leak of what was found, no hang."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.redaction import Redacted, Redactor, map_offset
from nlp.redaction.findings import PLACEHOLDER

REDACTOR = Redactor()
FIRST = st.sampled_from(["Marijke", "John", "Solène", "Ahmed", "Priya", "Wojciech", "Sven", "Oluwaseun", "Mehmet"])
SURNAME = st.sampled_from(["Postma", "Tripathi", "van der Meer", "Haddad", "Kowalska", "O'Neill", "Brandt-Weiss"])
PIECES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "my name is ",
            "Hi, this is ",
            " called from ",
            "spoke with ",
            "+31 6 5531 8842",
            "4111 1111 1111 1111",
            "NL91 ABNA 0417 1643 00",
            "order no. ",
            "FW-10023",
            " at Oudegracht 41, 3511 AB Utrecht ",
            "a.b@mail.example",
            " born 04.11.1968 ",
            "pw: Geheim12!",
            "[NAME-1]",
            "[PHONE]",
            "[",
            "]",
            "€ 12,50",
            "\n",
            " Regards, ",
            "https://x.example/reset?token=ab12cd34ef",
            "10.0.0.12",
        ]
    ),
    FIRST,
    SURNAME,
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def _assert_sound(given_text: str, redacted: Redacted) -> None:
    last = at = 0
    parts = []
    for finding in redacted.findings:
        assert last <= finding.start < finding.end <= len(given_text)
        parts.append(given_text[last : finding.start])
        at += finding.start - last
        assert finding.at == at
        assert redacted.text[at : at + len(finding.placeholder)] == finding.placeholder
        assert PLACEHOLDER.fullmatch(finding.placeholder)
        parts.append(finding.placeholder)
        at += len(finding.placeholder)
        last = finding.end
    assert "".join([*parts, given_text[last:]]) == redacted.text


@given(st.lists(TEXTS, min_size=1, max_size=3))
@settings(max_examples=250, deadline=None)
def test_redacting_redacted_text_changes_nothing_and_offsets_slice_exactly(texts: list[str]) -> None:
    once = REDACTOR.redact(texts)
    for text, redacted in zip(texts, once, strict=True):
        _assert_sound(text, redacted)
    assert [item.text for item in REDACTOR.redact([item.text for item in once])] == [item.text for item in once]


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_offsets_outside_findings_go_there_and_back(text: str) -> None:
    redacted = REDACTOR.redact([text])[0]
    inside = {offset for finding in redacted.findings for offset in range(finding.start, finding.end)}
    for offset in range(len(text)):
        there = map_offset(redacted, offset)
        if offset in inside:
            assert redacted.text[there] == "["
        else:
            assert redacted.text[there] == text[offset]
            assert map_offset(redacted, there, back=True) == offset


@given(
    first=FIRST,
    last=SURNAME,
    lower=st.booleans(),
    phone=st.sampled_from(["06 5531 8842", "+44 7700 900318", "(555) 010-4477", "0221 9845 1170"]),
    card=st.sampled_from(["4111 1111 1111 1111", "5500-0000-0000-0004", "340000000000009"]),
    iban=st.sampled_from(["NL91ABNA0417164300", "DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32"]),
    email=st.sampled_from(["w.claes@postvak.example", "jo+bike@mail.example.org"]),
)
@settings(max_examples=100, deadline=None)
def test_nothing_personal_of_a_ticket_survives_in_any_of_its_segments(
    first: str, last: str, lower: bool, phone: str, card: str, iban: str, email: str
) -> None:
    name = f"{first} {last}".lower() if lower else f"{first} {last}"
    ticket = [
        f"my name is {name}, my card {card} was charged twice",
        f"Thanks {first}. Please send it to {email} or pay to {iban}.",
        f"cu {name} called from {phone}, refund to {iban}, card {card}",
    ]
    left = " ".join(item.text for item in REDACTOR.redact(ticket)).lower()
    assert first.lower() not in re.findall(r"\w+", left)
    for value in (name, phone, card, iban, email):
        assert value.lower() not in left


HOSTILE = [
    "1 " * 50_000,
    "1234567890" * 10_000,
    " " * 100_000,
    "@" * 100_000,
    "a@" * 50_000,
    "a." * 50_000,
    "[" * 100_000,
    "[NAME-1]" * 12_500,
    "A" * 100_000,
    "Aa " * 33_000,
    "A1-" * 33_000,
    "(1)" * 33_000,
    "my name is " * 9_000,
    "Straße 1 " * 11_000,
    "de la " * 16_000,
    "http://" * 14_000,
    "::" * 50_000,
    "1.1.1." * 16_000,
    "account number is " * 5_500,
    "Van Der " * 12_500,
    "four five " * 10_000,
    "Rue A 1, " * 11_000,
    "12 Aa Bb " * 11_000,
    "AB12 " * 20_000,
    ("AB12" + "C3D4" * 9 + " ") * 2_400,
    "x" * 100_000,
    "a-" * 50_000,
    "a'" * 50_000,
    "1/1/" * 25_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:12]) for text in HOSTILE])
def test_a_hundred_kilobytes_of_anything_end_soon(text: str) -> None:
    """A pattern that backtracks without bound takes minutes on these; what is fine takes about a second of work."""
    REDACTOR.redact(["warm up, John Smith"])
    start = time.process_time()
    REDACTOR.redact([text])
    assert time.process_time() - start < 20
