"""``POST /intake/{source}``: what another system sends is checked, kept, and only then answered.

| answer | when |
| --- | --- |
| 202 | kept; ``taken`` says how many messages |
| 200 | nothing to keep: a ping, a system's own line, or the same bytes as before |
| 400 | no JSON, or JSON that cannot be meant |
| 401 | not signed, signed by another, or signed at another time |
| 404 | no such source is configured |
| 413, 415 | too large; not JSON |
| 422 | JSON of another shape; the answer names the field |
| 429, 503 | too fast; the store is away. Try again after ``Retry-After`` seconds |
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingest.feedback import InvalidFeedback
from ingest.formats.format import NotThisFormat
from ingest.formats.known import FORMATS
from ingest.intake.delivery import Delivery, NotTaken, read
from ingest.intake.gather import Gathering, Keep, TooBusy
from ingest.intake.pace import Pace
from ingest.intake.settings import OWN, IntakeSettings
from ingest.intake.signatures import Forged, check
from ingest.wire import Decoder, parse

log = structlog.get_logger(__name__)

AWAY_SECONDS = 5
PATH = "/intake/{source}"


class _Refused(Exception):
    def __init__(self, status: int, why: str, retry_after: int | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.retry_after = retry_after


class Door:
    """The endpoint. ``away`` are the errors of ``keep`` after which trying again may help."""

    def __init__(
        self,
        settings: IntakeSettings,
        decoder: Callable[[], Decoder],
        keep: Keep,
        away: type[Exception],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._decoder = decoder
        self._gathering = Gathering(keep)
        self._pace = Pace(settings.intake_per_second)
        self._away = away
        self._clock = clock

    def route(self) -> Route:
        return Route(PATH, self.take, methods=["POST"])

    async def take(self, request: Request) -> Response:
        """Answer one post. Nothing of its content is ever logged or sent back."""
        source = str(request.path_params["source"])
        try:
            delivery = await self._read(request, source)
            fresh = bool(delivery.arrivals) and await self._gathering.put(delivery)
        except _Refused as refused:
            log.warning("intake refused", source=source[:80], status=refused.status, why=str(refused))
            wait = {} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}
            return JSONResponse({"error": str(refused)}, status_code=refused.status, headers=wait)
        except ClientDisconnect:
            return Response(status_code=400)
        except (self._away, TooBusy) as error:
            log.warning("intake waits for the store", source=source, why=type(error).__name__)
            answer = {"error": "the store does not answer just now; nothing was taken, send it again"}
            return JSONResponse(answer, status_code=503, headers={"Retry-After": str(AWAY_SECONDS)})
        if not fresh:
            return JSONResponse({"taken": 0, "known": bool(delivery.arrivals), "passed": list(delivery.passed)})
        return JSONResponse({"taken": len(delivery.arrivals), "passed": list(delivery.passed)}, status_code=202)

    async def _read(self, request: Request, source: str) -> Delivery:
        known = self._settings.intake_sources.get(source)
        if known is None:
            raise _Refused(404, "no such source; EARSHOT_INTAKE_SOURCES names those that may send")
        kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if not kind.endswith("json"):
            raise _Refused(415, "send application/json")
        body = await self._body(request)
        name = self._settings.format_of(source)
        try:
            # Whoever cannot sign is told nothing of what else would be wrong.
            check(
                name,
                request.headers,
                body,
                known.secret.get_secret_value(),
                self._clock(),
                self._settings.intake_replay_seconds,
            )
        except Forged as error:
            raise _Refused(401, str(error)) from None
        wait = self._pace.wait(source)
        if wait:
            raise _Refused(429, "too fast; see Retry-After", math.ceil(wait))
        try:
            document = parse(body, self._settings.intake_max_bytes)
        except InvalidFeedback as error:
            raise _Refused(400, str(error)) from None
        try:
            return read(document, None if name == OWN else FORMATS[name], source, self._decoder(), body)
        except (NotThisFormat, NotTaken) as error:
            raise _Refused(422, str(error)) from None

    async def _body(self, request: Request) -> bytes:
        most = self._settings.intake_max_bytes
        told = request.headers.get("content-length", "0")
        if told.isdigit() and int(told) > most:
            raise _Refused(413, f"at most {most} bytes are taken")
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > most:
                raise _Refused(413, f"at most {most} bytes are taken")
            parts.append(part)
        return b"".join(parts)
