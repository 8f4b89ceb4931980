"""Teams, who is in them, and which part of the whole offering is whose."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base


class TeamRow(Base):
    """A team that owes answers, and when it is asked for one. Rows are never deleted."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    active: Mapped[bool]
    ask_customers: Mapped[int]
    ask_severity: Mapped[int]
    ask_growth: Mapped[bool]
    answer_days: Mapped[int]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("name"), {"sqlite_autoincrement": True})


class TeamMemberRow(Base):
    """A person who answers for a team; a deputy answers when the others are away."""

    __tablename__ = "team_member"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    deputy: Mapped[bool]
    since: Mapped[datetime]


class OwnershipRuleRow(Base):
    """What a team owns. ``theme_id`` 0, ``product`` "" and ``part`` "" stand for any; each place belongs to one team."""

    __tablename__ = "ownership_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    theme_id: Mapped[int]
    product: Mapped[str]
    part: Mapped[str]
    who: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("theme_id", "product", "part"), {"sqlite_autoincrement": True})


class ThemeOfferingRow(Base):
    """What people said of a theme: the part of the offering it is about, which team causes it, and which one pays."""

    __tablename__ = "theme_offering"

    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True)
    part: Mapped[str]
    cause_team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    paying_team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    who: Mapped[str]
    at: Mapped[datetime]


class ThemeOwnerRow(Base):
    """Which team owns a theme since when, as the rules last said; without a team it is nobody's."""

    __tablename__ = "theme_owner"

    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    since: Mapped[datetime]

    __table_args__ = (Index("ix_theme_owner_team_id", "team_id"),)
