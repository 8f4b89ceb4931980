"""A file is a source like the stream: the same batches, the same dead letters, with a line instead of an offset."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.feedback import Origin, Reason
from ingest.files import FileSource
from ingest.formats import earshot_jsonl
from ingest.formats.row import Row
from ingest.pseudonyms import Pseudonyms
from ingest.sources import Batch, ListSource, Source
from ingest.wire import Decoder
from tests.ingest.poison import POISON, event

DECODER = Decoder(Pseudonyms(b"a key of the tests"))


def test_every_line_is_an_item_or_a_dead_letter_with_its_line_and_bytes(tmp_path: Path) -> None:
    bodies = [(body, reason) for body, reason in POISON.values() if body and body.strip() and b"\n" not in body]
    path = tmp_path / "poison.jsonl"
    path.write_bytes(b"\n".join(body for body, _ in bodies))
    batches = list(FileSource("poison.jsonl", earshot_jsonl.read(path), DECODER, size=7).batches())
    assert all(len(batch) == 7 for batch in batches[:-1])
    received = [item for batch in batches for item in batch.items]
    rejected = {record.origin.offset: record for batch in batches for record in batch.rejected}
    assert {line: record.reason for line, record in rejected.items()} == {
        line: reason for line, (_, reason) in enumerate(bodies, start=1) if reason
    }
    assert all(record.payload == bodies[line - 1][0] for line, record in rejected.items())
    assert {item.origin.offset for item in received} == {
        line for line, (_, reason) in enumerate(bodies, start=1) if reason is None
    }
    assert all(item.payload == bodies[item.origin.offset - 1][0] for item in received)


def test_a_dead_letter_says_where_it_stood() -> None:
    rows = [Row(12, b"x", None, Reason.BAD_ROW, "1 cells")]
    [batch] = FileSource("notes.csv", rows, DECODER).batches()
    assert str(batch.rejected[0].origin) == "notes.csv:12"
    assert str(Origin("topic", 3, 99)) == "topic[3]@99"


def test_a_row_without_event_and_without_reason_is_our_own_fault() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        list(FileSource("x", [Row(1, b"")], DECODER).batches())


def test_the_list_source_hands_out_all_and_remembers_what_was_acknowledged() -> None:
    items = [DECODER.decode(event(external_id=str(at))) for at in range(5)]
    source = ListSource(items, size=2)
    typed: Source = source
    batches = list(typed.batches())
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert [item.feedback for batch in batches for item in batch.items] == items
    typed.ack(batches[0])
    assert source.acked == [batches[0]]
    assert len(Batch(())) == 0
