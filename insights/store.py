"""The store: one SQLAlchemy engine, SQLite or PostgreSQL, set up as measured in docs/operations.md."""

from __future__ import annotations


class StoreError(RuntimeError):
    """Base of what can go wrong with the store; the message names the mend."""


class NotMigrated(StoreError):
    """The database has no schema, or another version's; run `earshot db upgrade`."""


class Overtaken(StoreError):
    """Another worker has moved the offset: this one is a zombie and must give the partition up."""


class Store:
    """Opens the database at ``url``; ``read_only`` is for the board."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        raise NotImplementedError
