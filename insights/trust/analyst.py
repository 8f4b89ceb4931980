"""Two Parquet files for analysts: a row per conversation, and a row per signal with the words that prove it.

Redacted as the store is; customers and agents are keyed hashes. Read them with any tool that reads Parquet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, RowMapping, Select, select
from sqlalchemy.orm import aliased

from insights.store import Store
from insights.tables import FeedbackRow, SegmentRow, SignalRow, ThemeRow

AT_ONCE = 5_000
MOMENT = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
TEXTS = (
    "id", "source", "external_id", "conversation_id", "channel", "customer_kind", "customer_key", "agent_key",
    "product", "plan", "region", "language", "detected_language", "app_version", "currency",
)  # fmt: skip
NUMBERS = ("handle_minutes", "refund", "credit", "csat")
CONVERSATIONS = pa.schema(
    [
        *((name, TEXT) for name in TEXTS),
        ("occurred_at", MOMENT),
        ("received_at", MOMENT),
        ("week", pa.date32()),
        *((name, pa.float64()) for name in NUMBERS),
        ("unread", pa.bool_()),
        ("segments", pa.list_(pa.struct([("speaker", TEXT), ("text", TEXT)]))),
    ]
)
SIGNALS = pa.schema(
    [
        ("id", pa.int64()),
        ("feedback_id", TEXT),
        ("segment", pa.int32()),
        *((name, TEXT) for name in ("kind", "text")),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("confidence", pa.float64()),
        ("severity", pa.int32()),
        *((name, TEXT) for name in ("attribution", "rule")),
        ("theme_id", pa.int64()),
        ("theme", TEXT),
        ("group", TEXT),
        ("occurred_at", MOMENT),
        ("customer", TEXT),
        ("product", TEXT),
    ]
)


def write(store: Store, folder: Path) -> tuple[int, int]:
    """Write ``conversations.parquet`` and ``signals.parquet`` of one moment; return their rows. Raises StoreError."""
    folder.mkdir(parents=True, exist_ok=True)
    with store.connect() as connection:
        notes = _stream(connection, select(FeedbackRow.__table__).order_by(FeedbackRow.id))
        told = (_with_segments(connection, rows) for rows in notes)
        conversations = _write(folder / "conversations.parquet", CONVERSATIONS, told)
        signals = _write(folder / "signals.parquet", SIGNALS, _stream(connection, _signals()))
    return conversations, signals


def _signals() -> Select[Any]:
    group = aliased(ThemeRow)
    return (
        select(SignalRow.__table__, ThemeRow.name.label("theme"), group.name.label("group"))
        .outerjoin(ThemeRow, ThemeRow.id == SignalRow.theme_id)
        .outerjoin(group, group.id == ThemeRow.parent_id)
        .order_by(SignalRow.id)
    )


def _with_segments(connection: Connection, rows: Sequence[RowMapping]) -> list[dict[str, Any]]:
    said: dict[str, list[dict[str, str]]] = {row["id"]: [] for row in rows}
    ids = list(said)
    for start in range(0, len(ids), 500):
        wanted = select(SegmentRow.__table__).where(SegmentRow.feedback_id.in_(ids[start : start + 500]))
        for row in connection.execute(wanted.order_by(SegmentRow.feedback_id, SegmentRow.position)):
            said[row.feedback_id].append({"speaker": row.speaker, "text": row.text})
    return [{**row, "segments": said[row["id"]]} for row in rows]


def _stream(connection: Connection, wanted: Select[Any]) -> Iterable[Sequence[RowMapping]]:
    found = connection.execute(wanted, execution_options={"yield_per": AT_ONCE})
    return found.mappings().partitions(AT_ONCE)


def _write(path: Path, schema: pa.Schema, parts: Iterable[Sequence[Any]]) -> int:
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in parts:
            plain = [{name: row[name] for name in schema.names} for row in part]
            writer.write_table(pa.Table.from_pylist(plain, schema=schema))
            rows += len(part)
    return rows
