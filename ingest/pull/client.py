"""Asking a server for very much: as `ingest.web`, but with a budget of waiting for each question in place of a number of tries.

Vendors also tell when their limit is reset, and answers of megabytes break off half way; both are only met here.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import structlog

from ingest.web import AGAIN, asked_to_wait

log = structlog.get_logger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 120.0
_RESETS = ("x-ratelimit-reset", "ratelimit-reset")


class PullFailed(RuntimeError):
    """A system cannot be pulled from; the message says what to mend. What was kept before stays, and pulling again goes on there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A parsed answer, and the address of the next page if the server links to one (RFC 8288)."""

    document: Any
    next: str = ""


class Client:
    """Asks one server. ``patience`` is in seconds; ``sleep`` and ``clock`` (seconds since 1970) are for tests."""

    def __init__(
        self,
        base: str,
        *,
        auth: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        patience: float = 3600.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        given = {"accept": "application/json", "user-agent": "earshot"} | dict(headers or {})
        self._http = httpx.Client(base_url=base, auth=auth, headers=given, timeout=timeout, follow_redirects=False)
        self._patience = patience
        self._sleep = sleep
        self._clock = clock

    def get(self, path: str, **params: str | int) -> Answer:
        """Return the answer of one GET. Raises PullFailed."""
        return self._ask("GET", path, params=params)

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Return the answer of one POST that only asks. Raises PullFailed."""
        return self._ask("POST", path, json=body)

    def close(self) -> None:
        self._http.close()

    def _ask(self, method: str, path: str, **given: Any) -> Answer:
        waited, backoff = 0.0, FIRST_WAIT
        while True:
            try:
                answer = self._http.request(method, path, **given)
                if answer.is_success:
                    return Answer(answer.json(), str(answer.links.get("next", {}).get("url", "")))
                trouble = f"{answer.status_code}"
                wait = self._told(answer)
                if wait is None and answer.status_code not in AGAIN:
                    raise PullFailed(_said(answer))
            except (httpx.TransportError, ValueError) as error:
                trouble, wait = type(error).__name__, None
            if wait is None:
                # Half of it by chance, so that several pulls do not come back in step.
                wait, backoff = backoff * random.uniform(0.5, 1.0), min(LONGEST_WAIT, backoff * 2)
            if waited + wait > self._patience:
                raise PullFailed(
                    f"{self._http.base_url} answers {trouble} and asked for more time than EARSHOT_PULL_PATIENCE_MINUTES; "
                    "pull again later, it goes on where it stopped"
                )
            log.info("pull waits", host=self._http.base_url.host, trouble=trouble, seconds=round(wait, 1))
            self._sleep(wait)
            waited += wait

    def _told(self, answer: httpx.Response) -> float | None:
        """Return the seconds the server asks to wait: by Retry-After, or when its limit is used up, until it is reset."""
        told = asked_to_wait(answer, self._clock())
        if told is not None:
            return told
        used_up = answer.headers.get("x-ratelimit-remaining") == "0"
        if answer.status_code == 429 or (answer.status_code == 403 and used_up):
            reset = next((answer.headers[name] for name in _RESETS if name in answer.headers), "")
            if reset.isdigit():
                seconds = float(reset)
                # Some give the moment, some the seconds until it.
                return max(0.0, seconds - self._clock()) if seconds > 1e8 else seconds
        return None


def _said(answer: httpx.Response) -> str:
    where = f"{answer.request.url.copy_with(query=None)}"
    if answer.status_code in (401, 403):
        return (
            f"{where} refuses the user or token ({answer.status_code}); correct EARSHOT_PULL_SOURCES (docs/connectors/)"
        )
    if answer.status_code == 404:
        return f"{where} is not there (404); correct the address or repository in EARSHOT_PULL_SOURCES"
    if answer.is_redirect:
        return f"{where} leads elsewhere ({answer.status_code}); give the address it leads to in EARSHOT_PULL_SOURCES"
    return f"{where} refuses the question ({answer.status_code})"


def iso(seconds: float) -> str:
    """Return seconds since 1970 as 2026-01-31T08:00:00Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
