"""Protects memory: what a codec packed is unpacked as it was, and never beyond the bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import codec
from kafka.record import default_records

from ingest import kafka_source, kafka_unpacking
from ingest.kafka_unpacking import Swollen

assert kafka_source, "it puts the bounded codecs in place"
CODECS = ("gzip", "lz4", "zstd")


def through(name: str, content: bytes) -> bytes:
    """Pack with the client's own codec, and unpack with what its record batches call."""
    packed = getattr(codec, f"{name}_encode")(content)
    unpacked: bytes = getattr(default_records, f"{name}_decode")(packed)
    return unpacked


@pytest.mark.parametrize("name", CODECS)
@given(content=st.binary(max_size=5_000))
def test_what_was_packed_comes_out_as_it_was(name: str, content: bytes) -> None:
    assert through(name, content) == content


@pytest.mark.parametrize("name", CODECS)
def test_p4_the_bound_is_exact(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen to fail without `bound`: the client's own codecs unpack anything."""
    monkeypatch.setattr(kafka_unpacking, "MAX_UNPACKED", 100_000)
    assert len(through(name, bytes(100_000))) == 100_000
    with pytest.raises(Swollen, match="more than 100,000"):
        through(name, bytes(100_001))
