"""Every body ends as Feedback or with a reason; nothing else may come out, for one bad record would stop a topic."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.cleaning import clean
from ingest.feedback import Feedback, InvalidFeedback, Reason, Speaker
from ingest.pseudonyms import Pseudonyms
from ingest.wire import MAX_BYTES, MAX_DEPTH, Decoder, encode, parse
from tests.ingest.poison import GOOD, POISON, event, saying

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return Decoder(Pseudonyms(b"a key of the tests"), clock=lambda: NOW)


def texts(value: Any) -> list[str]:
    """Return every text inside a value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in texts(part)]
    return []


def storable(text: str) -> bool:
    """What both databases take: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def outcome(decoder: Decoder, body: bytes | None) -> Feedback | InvalidFeedback:
    """Return what became of a body; any other exception is the fault these tests look for."""
    try:
        return decoder.decode(body)
    except InvalidFeedback as refusal:
        return refusal


def sound(found: Feedback | InvalidFeedback) -> bool:
    """Whatever came out, both databases must take it."""
    return all(storable(text) for text in ([found.detail] if isinstance(found, InvalidFeedback) else every_text(found)))


def every_text(feedback: Feedback) -> list[str]:
    fields = [getattr(feedback, name) for name in Feedback.__dataclass_fields__ if name != "segments"]
    return texts([*fields, dict(feedback.extra), dict(feedback.attributes), [part.text for part in feedback.segments]])


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(POISON) >= 60


@pytest.mark.parametrize("name", POISON)
def test_p1_poison_ends_as_its_reason_or_as_feedback_that_can_be_stored(decoder: Decoder, name: str) -> None:
    body, expected = POISON[name]
    found = outcome(decoder, body)
    assert (found.reason if isinstance(found, InvalidFeedback) else None) == expected
    assert sound(found)
    assert len(str(found)) < 400 or expected is None, "a detail is a sentence, not the payload again"


def test_a_good_event_keeps_every_field(decoder: Decoder) -> None:
    body = event(
        version=3, conversation_id="c-9", channel="Chat", customer_kind="internal", customer_id="ann@example.org",
        agent_id="b.smith", product="App", plan="Plus", region="North", language="EN", app_version="5.1",
        handle_minutes=7.5, refund=12, credit=3, currency="EUR", csat=4, attributes={"store": "12"}, mood="cross",
        segments=[{"speaker": "customer", "text": " It broke "}, {"speaker": "agent", "text": "Sorry"}],
    )  # fmt: skip
    feedback = decoder.decode(body)
    assert (feedback.version, feedback.conversation_id, feedback.channel) == (3, "c-9", "chat")
    assert [(part.speaker, part.text) for part in feedback.segments] == [
        (Speaker.CUSTOMER, "It broke"),
        (Speaker.AGENT, "Sorry"),
    ]
    assert (feedback.handle_minutes, feedback.refund, feedback.credit, feedback.currency) == (7.5, 12.0, 3.0, "EUR")
    assert (feedback.customer_kind, feedback.language, feedback.csat) == ("internal", "en", 4.0)
    assert feedback.attributes == {"store": "12"}
    assert feedback.extra == {"mood": "cross"}
    assert "ann@example.org" not in repr(feedback)
    assert "b.smith" not in repr(feedback)


def test_half_an_emoji_costs_one_character_not_the_note(decoder: Decoder) -> None:
    assert decoder.decode(saying("broken \ud83d today")).segments[0].text == "broken \ufffd today"


def test_the_same_moment_in_any_zone_is_the_same_utc(decoder: Decoder) -> None:
    one, other = (decoder.decode(event(occurred_at=at)) for at in ("2025-03-04T10:00:00+02:00", "2025-03-04T08:00:00Z"))
    assert one.occurred_at == other.occurred_at == datetime(2025, 3, 4, 8, tzinfo=UTC)


@pytest.mark.parametrize(("ahead", "clamped"), [(timedelta(hours=23), False), (timedelta(hours=25), True)])
def test_the_future_is_set_to_now_and_flagged(decoder: Decoder, ahead: timedelta, clamped: bool) -> None:
    feedback = decoder.decode(event(occurred_at=(NOW + ahead).isoformat()))
    assert feedback.clock_clamped is clamped
    assert feedback.occurred_at == (NOW if clamped else NOW + ahead)


def test_the_size_limit_is_exact() -> None:
    fitting = json.dumps({"pad": ""}).encode()
    fitting = json.dumps({"pad": "x" * (MAX_BYTES - len(fitting))}).encode()
    assert len(parse(fitting)["pad"]) > 0
    with pytest.raises(InvalidFeedback, match="too_large"):
        parse(fitting + b" ")


@pytest.mark.parametrize(("levels", "taken"), [(MAX_DEPTH - 1, True), (MAX_DEPTH, False)])
def test_the_depth_limit_is_exact(levels: int, taken: bool) -> None:
    body = b'{"a":' + b"[" * levels + b"]" * levels + b"}"
    if taken:
        assert parse(body)
    else:
        with pytest.raises(InvalidFeedback, match="too_deep"):
            parse(body)


def test_an_error_names_the_field_and_never_the_value(decoder: Decoder) -> None:
    with pytest.raises(InvalidFeedback) as caught:
        decoder.decode(event(segments=[{"speaker": "note", "text": "ok"}, {"speaker": "Ann Brown", "text": "hi"}]))
    assert caught.value.reason == Reason.BAD_VALUE
    assert "segments.1.speaker" in caught.value.detail
    assert "Ann Brown" not in caught.value.detail


def test_what_is_encoded_is_decoded_as_it_was() -> None:
    assert parse(encode(GOOD | {"product": "Größe 👍"})) == GOOD | {"product": "Größe 👍"}


@settings(max_examples=2_000, deadline=None)
@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf")
@example(b'{"a":"\\ud800"}')
def test_p2_random_bytes_never_escape_as_another_error(decoder: Decoder, body: bytes) -> None:
    assert sound(outcome(decoder, body))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from([*sorted(GOOD), "refund", "csat", "attributes", "version", "product", "language"]), anything)
def test_p2_any_value_in_any_field_ends_as_a_reason_or_as_clean_text(decoder: Decoder, name: str, value: Any) -> None:
    found = outcome(decoder, json.dumps(GOOD | {name: value}).encode())
    assert sound(found)
    if isinstance(found, Feedback):
        assert all(part.text == clean(part.text).strip() for part in found.segments)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=200))
def test_p2_any_words_are_stored_in_one_normal_form(decoder: Decoder, words: str) -> None:
    found = outcome(decoder, saying(words))
    if isinstance(found, InvalidFeedback):
        assert found.reason == Reason.NO_WORDS
        assert not clean(words).strip()
    else:
        text = found.segments[0].text
        assert unicodedata.is_normalized("NFC", text)
        assert clean(text).strip() == text
