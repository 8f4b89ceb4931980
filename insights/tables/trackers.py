"""Where the work on a theme is tracked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base, LongId


class TrackerLinkRow(Base):
    """An issue of a tracker that stands for a theme.

    ``person_id``: in whose name the tracker speaks to the ledger. ``told``: the last ledger entry the tracker was told of.
    """

    __tablename__ = "tracker_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    tracker: Mapped[str]
    key: Mapped[str]
    url: Mapped[str]
    title: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    told: Mapped[int] = mapped_column(LongId)
    trouble: Mapped[str]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("theme_id", "tracker", "key"), {"sqlite_autoincrement": True})
