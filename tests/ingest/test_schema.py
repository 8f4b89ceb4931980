"""The schema that producers validate against and the decoder that Earshot runs must agree on what is feedback."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from ingest.feedback import InvalidFeedback, Reason
from ingest.pseudonyms import Pseudonyms
from ingest.schema import json_schema
from ingest.wire import Decoder, parse
from tests.ingest.poison import GOOD, POISON

SCHEMA = Draft202012Validator(json_schema(), format_checker=FormatChecker())
DECODER = Decoder(Pseudonyms(b"a key of the tests"))


def test_the_schema_is_a_schema_and_takes_a_good_event() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert SCHEMA.is_valid(GOOD)


@pytest.mark.parametrize("name", [name for name, (_, reason) in POISON.items() if reason is None])
def test_what_is_taken_is_valid(name: str) -> None:
    body, _ = POISON[name]
    assert list(SCHEMA.iter_errors(parse(body))) == []


@pytest.mark.parametrize("name", [name for name, (_, reason) in POISON.items() if reason == Reason.MISSING_FIELD])
def test_what_lacks_a_field_is_invalid(name: str) -> None:
    body, _ = POISON[name]
    assert not SCHEMA.is_valid(parse(body))


def test_every_field_is_described() -> None:
    schema = json_schema()
    for part in (schema, *schema["$defs"].values()):
        assert all(found.get("description") for found in part["properties"].values())


@pytest.mark.parametrize("field", ["source", "external_id", "occurred_at", "segments"])
def test_the_required_fields_are_required_by_both(field: str) -> None:
    event = {name: value for name, value in GOOD.items() if name != field}
    assert not SCHEMA.is_valid(event)
    with pytest.raises(InvalidFeedback, match=field):
        DECODER.decode(json.dumps(event).encode())
