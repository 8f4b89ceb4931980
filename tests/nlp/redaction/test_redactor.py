"""Protects what redaction takes out, what it leaves, and that it fails closed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.evaluation_redaction import evaluate_redaction
from nlp.redaction import RedactionFailed, Redactor
from nlp.redaction import redactor as redactor_module

REDACTOR = Redactor()


def _redact(text: str) -> str:
    return REDACTOR.redact([text])[0].text


def test_a_name_found_in_one_segment_leaves_all_of_them_under_one_number() -> None:
    first, second = REDACTOR.redact(["my name is Marijke Postma", "N: called marijke postma, tel 06 5531 8842"])
    assert first.text == "my name is [NAME-1]"
    assert second.text == "N: called [NAME-1], tel [PHONE]"


def test_two_people_get_two_numbers_and_a_part_of_a_name_its_persons_number() -> None:
    texts = ["I spoke with Frederick Tripathi.", "My name is Anke Loos. Frederick was rude."]
    assert [item.text for item in REDACTOR.redact(texts)] == [
        "I spoke with [NAME-1].",
        "My name is [NAME-2]. [NAME-1] was rude.",
    ]


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("i spoke with sant at the branch", "i spoke with [NAME-1] at the branch"),
        ("Then the manager Ira Ramesh stated that", "Then the manager [NAME-1] stated that"),
        ("It never worked. Kind regards, F. van Loon", "It never worked. Kind regards, [NAME-1]"),
        ("cu Verstrynge back re lock", "cu [NAME-1] back re lock"),
        ("Ich heiße Gereon Pfauder", "Ich heiße [NAME-1]"),
        ("je m'appelle Solène Aubry", "je m'appelle [NAME-1]"),
        ("me llamo Dolores Catalá", "me llamo [NAME-1]"),
        ("mijn naam is Femke van Loon", "mijn naam is [NAME-1]"),
        ("card 4111 1111 1111 1111 was charged", "card [CARD] was charged"),
        ("refund to NL91 ABNA 0417 1643 00 please", "refund to [IBAN] please"),
        ("mail me at w.claes@postvak.example", "mail me at [EMAIL]"),
        ("call me on +44 7700 900318", "call me on [PHONE]"),
        ("my SSN is 078-05-1120", "my SSN is [ID]"),
        ("DNI 12345678Z", "DNI [ID]"),
        ("The loan number is PL80121593.", "The loan number is [REF]."),
        ("Account ending in 2117 was closed", "Account ending in [REF] was closed"),
        ("geliefert an Siegburger Straße 59, 50679 Köln.", "geliefert an [ADDRESS]."),
        ("moved to 8 Harehills Terrace, LS8 5QD.", "moved to [ADDRESS]."),
        ("livrez au 14 rue des Trois Puits, 69007 Lyon", "livrez au [ADDRESS]"),
        ("calle Colón 12, 46004 Valencia", "[ADDRESS]"),
        ("cu at Oudegracht 41.", "cu at [ADDRESS]."),
        ("date of birth: 14.02.1991", "date of birth: [DOB]"),
        ("login from 10.0.0.12 failed", "login from [IP] failed"),
        ("reset https://x.example/r?token=9fQ2xLr0ab now", "reset [URL] now"),
        ("my password is Snoepje123", "my password is [SECRET]"),
        ("my phone is oh seven seven double oh nine one two", "my phone is [PHONE]"),
        ("the pin is four seven one one", "the pin is [SECRET]"),
    ],
)
def test_takes_out(text: str, redacted: str) -> None:
    assert _redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "Customer is complaining that the Wells Fargo app froze on March 3, 2026.",
        "The parcel was 20 minutes late and cost € 1.250,00, or $3500.00.",
        "I bought it at Best Buy in London in May; will it run on Windows 11?",
        "I am very upset, this is ridiculous, thanks for nothing.",
        "Version 5.8.1 came out on 2026-05-01 at 14:30.",
        "My name is misspelled on the invoice.",
        "my password is not working",
        "swap box at ehrenfeld had zero charged batteries this morning",
        "Der Akku lädt seit dem Frost im Fahrradkeller nicht mehr und ich bin sauer.",
        "it was one of the two or three best rides",
        "see https://finchwheel.example/help for opening hours",
    ],
)
def test_leaves_what_is_nobodys(text: str) -> None:
    assert _redact(text) == text


@pytest.mark.parametrize("number", ["4111 1111 1111 1112", "NL91ABNA0417164301"])
def test_a_wrong_checksum_is_masked_but_is_no_card_and_no_iban(number: str) -> None:
    assert [finding.type for finding in REDACTOR.redact([f"paid with {number} today"])[0].findings] == ["REFERENCE"]


def test_rosters_are_taken_out_and_products_stay() -> None:
    redactor = Redactor(deny=["Quux Zorgbrook"], allow=["Clara", "Finch"])
    assert (
        redactor.redact(["ask zorgbrook about Clara, made by Finch"])[0].text
        == "ask [NAME-1] about Clara, made by Finch"
    )
    assert REDACTOR.redact(["ask blorp"], deny=["Blorp"])[0].text == "ask [NAME-1]"


def test_any_error_inside_fails_closed_and_quotes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> list[object]:
        raise ValueError(text)

    monkeypatch.setattr(redactor_module, "find_contacts", broken)
    with pytest.raises(RedactionFailed) as failed:
        REDACTOR.redact(["my name is Marijke"])
    assert "Marijke" not in str(failed.value)


def test_the_measure_counts_covered_spans_and_alarms_outside_the_truth() -> None:
    rows = [
        {"text": "my name is Marijke", "pii": [{"type": "PERSON", "start": 11, "end": 18}]},
        {"text": "xqzt is here with blorpy", "pii": [{"type": "PERSON", "start": 18, "end": 24}], "ignore": []},
        {"text": "order no. FK-71120", "pii": [], "ignore": [{"type": "IGN", "start": 10, "end": 18}]},
        {"text": "order no. FK-71120", "pii": []},
    ]
    scores = evaluate_redaction(rows)
    assert scores["recall"] == {"PERSON": 0.5, "overall": 0.5}
    assert scores["leak"] == 0.5
    assert scores["false_per_1000_words"] == pytest.approx(1000 / 15, abs=0.01)


def test_real_complaint_sentences_keep_within_the_goals(shared: Path) -> None:
    lines = (shared / "data/redaction/complaint_sentences.jsonl").read_text(encoding="utf-8").splitlines()
    scores = evaluate_redaction([json.loads(line) for line in lines])
    assert scores["leak"] <= 0.03
    assert scores["recall"]["PERSON"] >= 0.92
    assert scores["false_per_1000_words"] <= 3


def test_terse_chat_gives_up_its_names(shared: Path) -> None:
    lines = (shared / "data/redaction/support_chat.jsonl").read_text(encoding="utf-8").splitlines()
    assert evaluate_redaction([json.loads(line) for line in lines])["recall"]["PERSON"] >= 0.75
