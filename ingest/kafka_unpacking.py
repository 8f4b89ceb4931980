"""A bound on what a compressed batch unpacks to. The client has none: 300 kB of gzip took 900 MB of memory (measured).

Snappy needs no bound: it never packs closer than one in twenty-two.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from typing import Any

import lz4.frame
import zstandard
from kafka.record import default_records, legacy_records

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes. A batch of a thousand of the largest notes we take is a quarter of it, and brokers allow far smaller ones."""


class Swollen(RuntimeError):
    """A batch would unpack to more than MAX_UNPACKED bytes; it was not."""


def bound() -> None:
    """Put the bounded codecs in the place of the client's, for this process."""
    for module in (default_records, legacy_records):
        for name, decode in (("gzip_decode", _gzip), ("lz4_decode", _lz4), ("zstd_decode", _zstd)):
            if hasattr(module, name):
                setattr(module, name, _bounded(decode))


def _bounded(decode: Callable[[Any, int], bytes]) -> Callable[[Any], bytes]:
    def decoded(packed: Any) -> bytes:
        unpacked = decode(packed, MAX_UNPACKED + 1)
        if len(unpacked) > MAX_UNPACKED:
            raise Swollen(f"{len(packed):,} bytes unpack to more than {MAX_UNPACKED:,}")
        return unpacked

    return decoded


def _gzip(packed: Any, most: int) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as reader:
        return reader.read(most)


def _lz4(packed: Any, most: int) -> bytes:
    found: bytes = lz4.frame.LZ4FrameDecompressor().decompress(packed, max_length=most)
    return found


def _zstd(packed: Any, most: int) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed), read_across_frames=True) as reader:
        return reader.read(most)
