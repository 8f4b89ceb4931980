"""The board as a web application: Streamlit's app, the health route, and the headers no page may lack."""

from __future__ import annotations

import base64
import gc
import hashlib
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.secrets import SecretsValue

from dashboard import intake, session
from dashboard.metrics import metrics
from dashboard.settings import settings
from insights.delivery import incidents


def inline_script_hashes() -> list[str]:
    """Return the CSP sources of the scripts inside Streamlit's own page, so that no other inline script runs."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def headers() -> dict[str, str]:
    """Return the headers of every answer. Nothing is loaded from, sent to, or framed by another host."""
    policy = (
        "default-src 'self'",
        " ".join(("script-src 'self'", *inline_script_hashes())),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


class Headers:
    """Adds the headers to every HTTP answer, Streamlit's own included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


async def healthz(_request: Request) -> JSONResponse:
    """Say whether the store answers and the stream is whole: 200, or 503 with the kind of trouble and no secret."""

    def look() -> list[str]:
        session.answers()
        return sorted({incident.kind.value for incident in incidents.unsettled(session.whole())})

    try:
        troubles = await run_in_threadpool(look)
    except Exception as error:
        return JSONResponse({"store": type(error).__name__}, status_code=503)
    if troubles:
        return JSONResponse({"store": "ok", "incidents": troubles}, status_code=503)
    return JSONResponse({"store": "ok"})


def sign_in() -> dict[str, SecretsValue]:
    """Return what Streamlit needs to sign people in, from our settings; nothing in local mode."""
    board = settings()
    if not board.signs_in:
        return {}
    return {
        "auth": {
            "redirect_uri": f"{board.board_url.rstrip('/')}/oauth2callback",
            "cookie_secret": board.oidc_cookie_secret.get_secret_value(),
            "client_id": board.oidc_client_id,
            "client_secret": board.oidc_client_secret.get_secret_value(),
            "server_metadata_url": board.oidc_metadata_url,
        }
    }


@asynccontextmanager
async def frozen_heap(_app: st.App) -> AsyncIterator[None]:
    """Import what pages need, then take it all out of garbage collection: collecting it stalls every reader at once."""
    for module in ("pandas", "dashboard.charts", "dashboard.listings"):
        import_module(module)
    gc.collect()
    gc.freeze()
    yield


# Streamlit lets every library tell at length; which tables there are is looked up at every start and every health check.
logging.getLogger("alembic").setLevel(logging.WARNING)
app = st.App(
    Path(__file__).parent / "app.py",
    secrets=sign_in(),
    lifespan=frozen_heap,
    routes=[Route("/healthz", healthz), Route("/metrics", metrics), *intake.routes()],
    middleware=[Middleware(Headers)],
)
