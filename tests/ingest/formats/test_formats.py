"""Every vendor's shape is read back to what was said: by whom, when, in which conversation; nothing lost, nothing invented."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.feedback import Reason
from ingest.formats.files import FormatFile
from ingest.formats.format import Fault, NotThisFormat
from ingest.formats.known import FORMATS, UnknownFormat, looking_like, named
from ingest.formats.samples import sample
from ingest.pseudonyms import Pseudonyms
from ingest.wire import Decoder
from tests.ingest.formats.cases import cases
from tests.ingest.formats.written import FORMS, SHIPPED
from tests.ingest.formats.written_shape import Written

OWN = ("finch.example",)


@cache
def written(name: str) -> Written:
    return FORMS[name](cases(240))


def file_of(name: str, folder: Path) -> FormatFile:
    made = written(name)
    path = folder / f"{name}{made.suffix}"
    path.write_bytes(made.content)
    return FormatFile(path, FORMATS[name], own=OWN)


def read(file: FormatFile) -> dict[str, dict[str, Any]]:
    rows = list(file.rows())
    assert [row.detail for row in rows if row.event is None] == []
    events = [dict(row.event) for row in rows if row.event is not None]
    assert len({event["external_id"] for event in events}) == len(events), "an id stands for one record"
    return {event["external_id"]: event for event in events}


@cache
def whole(name: str) -> tuple[dict[str, dict[str, Any]], int]:
    """Return the events of a sample of 240 conversations by id, and how many parts of it were passed over."""
    with TemporaryDirectory() as folder:
        file = file_of(name, Path(folder))
        return read(file), file.passed.total()


@pytest.mark.parametrize("name", FORMS)
def test_everything_said_is_found_with_its_speaker_time_and_conversation(name: str) -> None:
    expected = written(name)
    events, passed = whole(name)
    assert len(expected.found) >= 200
    assert events.keys() == expected.found.keys()
    assert passed == expected.passed
    for id, found in expected.found.items():
        event = events[id]
        (segment,) = event["segments"]
        speaker = "agent" if found.speaker == "bot" else found.speaker
        assert (segment["speaker"], segment["text"]) == (speaker, found.text), id
        assert datetime.fromisoformat(event["occurred_at"]) == found.at, id
        assert event["conversation_id"] == f"{name}:{found.conversation}", id
        assert event["customer_id"] == (f"{name}:{found.customer}" if found.customer else ""), id
        assert (event["attributes"].get("author") == "bot") == (found.speaker == "bot"), id


@pytest.mark.parametrize("name", FORMS)
def test_every_event_is_one_that_earshot_takes(name: str) -> None:
    decoder = Decoder(Pseudonyms(b"0123456789abcdef"))
    for event in whole(name)[0].values():
        feedback = decoder.from_event(event)
        assert feedback.segments
        assert not feedback.clock_clamped


@pytest.mark.parametrize("name", FORMS)
def test_the_shipped_sample_is_the_first_cases(name: str, tmp_path: Path) -> None:
    made = FORMS[name](cases(SHIPPED))
    assert sample(name).content == made.content, "run `python -m tests.ingest.formats.written`"
    path = tmp_path / sample(name).name
    path.write_bytes(made.content)
    assert read(FormatFile(path, FORMATS[name], own=OWN)).keys() == made.found.keys()


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("other", FORMS)
def test_another_systems_file_gets_one_clear_error(name: str, other: str, tmp_path: Path) -> None:
    if name == other:
        return
    found = file_of(other, tmp_path)
    with pytest.raises(NotThisFormat, match=r"not|no JSON") as told:
        list(FormatFile(found.path, FORMATS[name]).rows())
    assert "expected" in str(told.value)


def test_the_error_names_the_format_it_looks_like(tmp_path: Path) -> None:
    with pytest.raises(NotThisFormat, match="--format zendesk"):
        list(FormatFile(file_of("zendesk", tmp_path).path, FORMATS["intercom"]).rows())
    with pytest.raises(UnknownFormat, match="zendesk, intercom"):
        named("zendek")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"null", b"[1]", b"{}", b"\x00\xff", b'{"tickets": 7}', b"[[]]", b'"x"']
)
@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.container == "json"])
def test_what_is_no_document_gets_the_same_error(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(NotThisFormat):
        list(FormatFile(path, FORMATS[name]).rows())


@settings(deadline=None)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_no_document_makes_a_format_stumble(value: object) -> None:
    for form in FORMATS.values():
        try:
            list(form.read(value))
        except NotThisFormat:
            pass
    looking_like(value)


JUNK = st.sampled_from([None, 0, -1, "", "x", [], [None], {}, {"id": None}, True, 1e40])


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_one_damaged_field_costs_at_most_the_parts_it_stands_in(name: str, data: st.DataObject) -> None:
    form = FORMATS[name]
    if form.container != "json":
        return
    text = FORMS[name](cases(SHIPPED)).content.decode()
    document = [json.loads(line) for line in text.splitlines()] if name == "intercom" else json.loads(text)
    spot: Any = document
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = data.draw(st.sampled_from(keys))
        inner = spot[key]
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.integers(0, 9)) == 0:
            spot[key] = data.draw(JUNK)
            break
        spot = inner
    try:
        outcomes = list(form.read(document))
    except NotThisFormat:
        return
    for fault in (one for one in outcomes if isinstance(one, Fault)):
        assert fault.detail


def test_a_bad_line_among_good_ones_is_set_aside_with_its_line(tmp_path: Path) -> None:
    lines = written("intercom").content.splitlines()[:3]
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join([lines[0], b'{"broken', lines[1], b'{"type": "ticket"}', lines[2]]))
    rows = list(FormatFile(path, FORMATS["intercom"]).rows())
    assert [(row.line, row.reason) for row in rows if row.event is None] == [
        (2, Reason.BAD_VALUE),
        (4, Reason.BAD_VALUE),
    ]
    assert {row.line for row in rows if row.event is not None} == {1, 3, 5}


def test_unknown_fields_tags_files_and_scores_are_kept() -> None:
    events = whole("zendesk")[0]
    third = events["3"]
    assert third["attributes"]["tags"] == "vip, größe"
    assert third["attributes"]["field_27642"].startswith("Finch")
    assert third["rest"]["has_incidents"] is False
    attached = [event["rest"]["attachments"][0] for event in events.values() if "attachments" in event.get("rest", {})]
    assert attached
    assert all(file["bytes"] == "10485760" for file in attached)
    assert "192.0.2.7" not in json.dumps(list(events.values())), "the writer's address is personal and of no use"
    csat = {event["csat"] for event in whole("intercom")[0].values() if "csat" in event}
    assert csat == {1.0, 5.0}
    groups = {event["attributes"].get("nps_group") for event in whole("survey")[0].values()}
    assert groups == {"promoter", "detractor", None}


def test_the_source_can_be_named(tmp_path: Path) -> None:
    path = file_of("zendesk", tmp_path).path
    row = next(FormatFile(path, FORMATS["zendesk"], source="zendesk-eu").rows())
    assert row.event is not None
    assert (row.event["source"], row.event["conversation_id"]) == ("zendesk-eu", "zendesk-eu:1")
