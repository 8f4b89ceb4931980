"""What was learnt from people's annotations: each trial of a model, and the model itself when it was taken into use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base


class ModelTrialRow(Base):
    """One step: a model compared and taken into use or not, or a return to an earlier one (``model_id``).

    ``figures`` holds F1 by kind, old and new. ``data`` is the model's files as one archive, only where it was taken into
    use. Rows are never changed.
    """

    __tablename__ = "model_trial"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str]
    recipe_id: Mapped[str]
    learnt_from: Mapped[int]
    held_back: Mapped[int]
    figures: Mapped[dict[str, Any]]
    model_id: Mapped[int | None] = mapped_column(ForeignKey("model_trial.id"))
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    __table_args__ = ({"sqlite_autoincrement": True},)
