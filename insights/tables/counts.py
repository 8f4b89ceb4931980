"""What is counted and searched: evidence packed by theme and week, words to search, places on the map, saved searches.

All of it follows from notes, signals and themes; triggers note what was touched, and `insights.counting.settling` brings the rest
along in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base, LongId


class CountTouchedRow(Base):
    """A signal or a note that was written, and where it stood before; gone before the transaction ends."""

    __tablename__ = "count_touched"

    sequence: Mapped[int] = mapped_column(LongId, primary_key=True)
    signal_id: Mapped[int | None] = mapped_column(BigInteger)
    feedback_id: Mapped[str | None]
    theme_id: Mapped[int | None]
    kind: Mapped[str | None]
    week: Mapped[date | None]


class CountBlockRow(Base):
    """Some records of one place and week, packed (`insights.counting.packing`). ``place`` is a theme's id, or below 1 a pool."""

    __tablename__ = "count_block"

    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    week: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    records: Mapped[int]
    revision: Mapped[int] = mapped_column(BigInteger)
    data: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_count_block_revision", "revision", "place", "week"),
        Index("ix_count_block_place_records", "place", "records"),
    )


class CountRevisionRow(Base):
    """One row: how often the blocks were changed. Its lock lets one transaction at a time change them."""

    __tablename__ = "count_revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[str]
    revision: Mapped[int] = mapped_column(BigInteger)


class FacetValueRow(Base):
    """The number under which blocks know a value of a field, such as the product "Bikes"."""

    __tablename__ = "facet_value"

    field: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str]

    __table_args__ = (Index("ix_facet_value_field_value", "field", "value"),)


class SearchNoteRow(Base):
    """The words of a note, folded for searching; ``number`` grows with arrival, ``note`` is its number in blocks.

    PostgreSQL has a GIN index on them, SQLite the FTS5 table ``search_words``, which only its migration can speak of.
    """

    __tablename__ = "search_note"

    number: Mapped[int] = mapped_column(LongId, primary_key=True)
    feedback_id: Mapped[str] = mapped_column(unique=True)
    note: Mapped[int] = mapped_column(BigInteger, index=True)
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))

    __table_args__ = ({"sqlite_autoincrement": True},)


class MapPointRow(Base):
    """Where a signal stands on the map of notes: both between 0 and 1."""

    __tablename__ = "map_point"

    signal_id: Mapped[int] = mapped_column(LongId, primary_key=True, autoincrement=False)
    x: Mapped[float]
    y: Mapped[float]


class SavedSearchRow(Base):
    """A search somebody wants to come back to; ``link`` is what the address asks for."""

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str]
    link: Mapped[str]
    who: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = ({"sqlite_autoincrement": True},)
