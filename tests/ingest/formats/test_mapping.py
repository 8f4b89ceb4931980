"""The guess is shown before it is used; a mapping that cannot work must say which column and what would."""

from __future__ import annotations

import pytest

from ingest.formats.mapping import FIELDS, ColumnMapping, MappingError, guess, parse_pairs
from ingest.schema import FeedbackEvent


def test_every_plain_field_of_the_event_can_be_mapped() -> None:
    assert set(FeedbackEvent.model_fields) - {"schema_version", "segments", "attributes"} <= set(FIELDS)


def test_pairs_are_read_with_blanks_and_equals_signs_in_columns() -> None:
    assert parse_pairs(" text = Body , occurred_at=Date = created ,") == {
        "text": "Body",
        "occurred_at": "Date = created",
    }


@pytest.mark.parametrize("given", ["text", "=body", "text=", "text=a,oops"])
def test_a_pair_that_is_none_is_named(given: str) -> None:
    with pytest.raises(MappingError, match="FIELD=COLUMN"):
        parse_pairs(given)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"words": "note"}, "no field 'words'"),
        ({"text": "body"}, "'body', which the file does not have; its columns are id, note"),
        ({"external_id": "id"}, "--map text=COLUMN"),
    ],
)
def test_a_mapping_that_cannot_work_names_the_mend(columns: dict[str, str], says: str) -> None:
    with pytest.raises(MappingError, match=says):
        ColumnMapping(columns).check(["id", "note"])


def test_a_constant_of_an_unknown_field_is_refused() -> None:
    with pytest.raises(MappingError, match="no field 'sauce'"):
        ColumnMapping({"text": "note"}, {"sauce": "crm"}).check(["note"])


def test_usual_names_are_guessed_whatever_their_spelling() -> None:
    header = ["Ticket ID", "Created-At", "Consumer complaint narrative", "Via", "Plan"]
    sample = [
        dict.fromkeys(header, "x") | {"Consumer complaint narrative": "They charged me twice and nobody called back."}
    ]
    found = guess(header, sample).columns
    assert found["external_id"] == "Ticket ID"
    assert found["occurred_at"] == "Created-At"
    assert found["text"] == "Consumer complaint narrative"
    assert found["channel"] == "Via"


def test_the_words_are_the_longest_column_when_no_name_helps() -> None:
    sample = [{"a": "x1", "b": "I cannot open my bill since Monday.", "c": "north"}]
    assert guess(["a", "b", "c"], sample).columns == {"text": "b"}


def test_no_column_is_used_for_two_fields() -> None:
    columns = guess(["id", "case_id", "ticket", "note", "date", "created"], []).columns
    assert len(set(columns.values())) == len(columns)
