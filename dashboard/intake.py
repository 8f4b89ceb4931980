"""The intake on the board's own server, for installations that are one process: `earshot intake` serves the same alone."""

from __future__ import annotations

from starlette.routing import Route

from dashboard import session
from ingest.intake.settings import IntakeSettings
from insights.delivery.door import open_door


def routes() -> list[Route]:
    """Return the route of the intake, or none when no source is configured."""
    settings = IntakeSettings()
    return [open_door(settings, session.writer).route()] if settings.intake_sources else []
