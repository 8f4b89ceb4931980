"""What the columns of all tables share: text without limits, long ids, and moments in UTC on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, Integer, MetaData, Table, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

LongId = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both engines; on SQLite the row id itself."""


class Utc(TypeDecorator[datetime]):
    """A moment. PostgreSQL keeps the zone; SQLite keeps none, so UTC is taken off and put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; moments are kept in UTC")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of the tables: plain text everywhere, names of constraints fixed so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, datetime: Utc, date: Date, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


def table(row: type[Base]) -> Table:
    """Return the table of a row type, for statements on many rows at once."""
    found = row.__table__
    assert isinstance(found, Table)
    return found
