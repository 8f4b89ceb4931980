"""Talking to another system over HTTP: one client for pulls and trackers, patient where patience helps.

What was refused for now (429, 503) or broke on the way is tried again, after as long as the other side asks
(``Retry-After``, RFC 9110) or else twice as long each time. What is wrong for good is told at once, in plain words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import sleep, time
from typing import Any

import httpx

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
SECONDS = 30.0


class OutsideError(RuntimeError):
    """The other system refused, or could not be reached; the message says which, and the mend."""


class NotFound(OutsideError):
    """The other system knows no such thing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is sent at most, and how long is waited between: ``first`` seconds, doubled, up to ``longest``."""

    times: int = 6
    first: float = 1.0
    longest: float = 120.0

    def pauses(self) -> Iterator[float]:
        pause = self.first
        for _ in range(self.times - 1):
            yield min(pause, self.longest)
            pause *= 2


class Outside:
    """One other system, at ``base``. ``headers`` carry the credentials, and are in no message and no log."""

    def __init__(
        self,
        name: str,
        base: str,
        headers: Mapping[str, str],
        *,
        patience: Patience | None = None,
        wait: Callable[[float], object] = sleep,
        auth: tuple[str, str] | None = None,
    ) -> None:
        self.name = name
        self._patience = patience or Patience()
        self._wait = wait
        self._client = httpx.Client(base_url=base, headers=dict(headers), timeout=SECONDS, auth=auth)

    def get(self, path: str, **asked: Any) -> httpx.Response:
        """Return the answer to a question. ``path`` may be a whole address that the other side gave. Raises OutsideError."""
        return self._sent("GET", path, params=asked or None)

    def send(self, method: str, path: str, body: Any, **headers: str) -> httpx.Response:
        """Return the answer to something written: sent again only when it surely was not taken. Raises OutsideError."""
        return self._sent(method, path, json=body, headers=headers)

    def __enter__(self) -> Outside:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def _sent(self, method: str, path: str, **more: Any) -> httpx.Response:
        pauses = self._patience.pauses()
        while True:
            try:
                answer = self._client.request(method, path, **more)
            except httpx.ConnectError as error:
                trouble, asked = f"cannot be reached ({error})", None
            except httpx.TransportError as error:
                if method != "GET":
                    raise OutsideError(f"{self.name} broke off ({error}); look there whether it was taken") from error
                trouble, asked = f"broke off ({error})", None
            else:
                if answer.status_code not in AGAIN or (method != "GET" and answer.status_code not in (429, 503)):
                    return self._accepted(answer)
                trouble, asked = f"answered {answer.status_code}", asked_to_wait(answer, time())
            pause = next(pauses, None)
            if pause is None:
                raise OutsideError(f"{self.name} {trouble}, {self._patience.times} times; try again later")
            self._wait(min(pause if asked is None else asked, self._patience.longest))

    def _accepted(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success:
            return answer
        said = " ".join(answer.text.split())[:200]
        match answer.status_code:
            case 401 | 403:
                raise OutsideError(
                    f"{self.name} does not let us in ({answer.status_code}): check the token and its rights"
                )
            case 404 | 410:
                raise NotFound(f"{self.name} knows no {answer.request.url.path}")
        raise OutsideError(f"{self.name} refused ({answer.status_code}): {said}")


def asked_to_wait(answer: httpx.Response, now: float) -> float | None:
    """Return the seconds that the other side asks to wait: ``Retry-After`` as seconds or as a date.

    ``now`` is in seconds since 1970.
    """
    given = answer.headers.get("Retry-After", "").strip()
    if not given:
        return None
    if given.isdecimal():
        return float(given)
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - now)
    except (TypeError, ValueError):
        return None
