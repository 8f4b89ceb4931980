"""The intake on a server of its own: a web application of two routes, the intake and whether it is well."""

from __future__ import annotations

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ingest.intake.settings import IntakeSettings
from insights.delivery import intake
from insights.delivery.door import open_door
from insights.store import Store, StoreError

MOST_CONNECTIONS = 2_000


class NobodySends(RuntimeError):
    """No source is configured; the message names the setting."""


def application(settings: IntakeSettings, store: Store) -> Starlette:
    """Return the application. Raises NobodySends."""
    if not settings.intake_sources:
        raise NobodySends(
            "nobody may send yet; set EARSHOT_INTAKE_SOURCES, such as "
            '\'{"zendesk": {"secret": "the signing secret"}}\' (docs/connectors/)'
        )

    async def healthz(_request: Request) -> JSONResponse:
        try:
            waiting = await run_in_threadpool(intake.backlog, store)
        except StoreError as error:
            return JSONResponse({"store": type(error).__name__}, status_code=503)
        return JSONResponse({"store": "ok", "waiting": waiting})

    return Starlette(routes=[open_door(settings, lambda: store).route(), Route("/healthz", healthz)])


def serve(app: Starlette, host: str, port: int) -> None:
    """Serve until stopped."""
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
    )
