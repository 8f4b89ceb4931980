"""How each system signs its webhooks. All comparisons take the same time whatever is wrong.

Zendesk: developer.zendesk.com/documentation/webhooks/verifying. GitHub: docs.github.com, "Validating webhook deliveries".
Intercom: developers.intercom.com, "Signed notifications". Chatwoot: developers.chatwoot.com, "Webhook" (``secret``).
Zammad: admin-docs.zammad.org, "Webhook". FreeScout: freescout.net, "API & Webhooks". Freshdesk's automations sign nothing, so they send
the secret itself, as does anybody else's; our own events are signed as Chatwoot's are.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.intake.settings import OWN

Headers = Mapping[str, str]


class Forged(Exception):
    """A delivery is not signed, not signed by us two alone, or signed too long ago; the message says which, nothing more."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a delivery brings as its signature, what it must be, and when it was signed (None: the vendor does not say)."""

    given: str
    due: str
    at: datetime | None = None


def check(format_name: str, headers: Headers, body: bytes, secret: str, now: datetime, window: float) -> None:
    """Raise Forged unless a delivery is signed with the secret, within ``window`` seconds of ``now``. Headers are lower-case."""
    found = _SCHEMES.get(format_name, _token)(headers, body, secret.encode())
    if not found.given:
        raise Forged("the delivery is not signed; set the secret in the system that sends it")
    if not hmac.compare_digest(found.given.encode(), found.due.encode()):
        raise Forged("the signature does not fit; is the secret the same on both sides?")
    if found.at is not None and abs((now - found.at).total_seconds()) > window:
        raise Forged("the signature is of another time; deliveries are not taken twice, and clocks must agree")


def _zendesk(headers: Headers, body: bytes, secret: bytes) -> Signed:
    at = headers.get("x-zendesk-webhook-signature-timestamp", "")
    due = base64.b64encode(_digest(secret, at.encode() + body, "sha256")).decode()
    return Signed(headers.get("x-zendesk-webhook-signature", ""), due, _iso(at))


def _github(headers: Headers, body: bytes, secret: bytes) -> Signed:
    return Signed(headers.get("x-hub-signature-256", ""), f"sha256={_digest(secret, body, 'sha256').hex()}")


def _hub_sha1(headers: Headers, body: bytes, secret: bytes) -> Signed:
    return Signed(headers.get("x-hub-signature", ""), f"sha1={_digest(secret, body, 'sha1').hex()}")


def _freescout(headers: Headers, body: bytes, secret: bytes) -> Signed:
    due = base64.b64encode(_digest(secret, body, "sha1")).decode()
    return Signed(headers.get("x-freescout-signature", ""), due)


def _timed(name: str) -> Callable[[Headers, bytes, bytes], Signed]:
    def scheme(headers: Headers, body: bytes, secret: bytes) -> Signed:
        at = headers.get(f"x-{name}-timestamp", "")
        due = f"sha256={_digest(secret, at.encode() + b'.' + body, 'sha256').hex()}"
        return Signed(headers.get(f"x-{name}-signature", ""), due, _epoch(at))

    return scheme


def _token(headers: Headers, body: bytes, secret: bytes) -> Signed:
    del body
    return Signed(headers.get("authorization", "").removeprefix("Bearer ").strip(), secret.decode())


_SCHEMES: Mapping[str, Callable[[Headers, bytes, bytes], Signed]] = {
    "zendesk": _zendesk,
    "github": _github,
    "intercom": _hub_sha1,
    "zammad": _hub_sha1,
    "freescout": _freescout,
    "chatwoot": _timed("chatwoot"),
    OWN: _timed("earshot"),
}


def _digest(secret: bytes, content: bytes, kind: str) -> bytes:
    return hmac.digest(secret, content, kind)


def _iso(value: str) -> datetime:
    """A time that is none is as old as can be: the signature may fit, the window never does."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return _epoch("0")
    return found if found.tzinfo else _epoch("0")


def _epoch(value: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
