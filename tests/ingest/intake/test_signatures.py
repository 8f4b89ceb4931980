"""Only who holds the secret is heard, and only at the time of signing. Vectors are the vendors' own where they publish one."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.intake.signatures import Forged, check

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "a secret of the tests"
BODY = '{"größe": 1}'.encode()


def _hmac(message: bytes, kind: str, secret: str = SECRET) -> bytes:
    return hmac.new(secret.encode(), message, getattr(hashlib, kind)).digest()


def signed(name: str, body: bytes = BODY, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    """Return the headers a vendor sends, by its documentation."""
    iso, epoch = at.strftime("%Y-%m-%dT%H:%M:%SZ"), str(int(at.timestamp()))
    makers: dict[str, Callable[[], dict[str, str]]] = {
        "zendesk": lambda: {
            "x-zendesk-webhook-signature": base64.b64encode(_hmac(iso.encode() + body, "sha256", secret)).decode(),
            "x-zendesk-webhook-signature-timestamp": iso,
        },
        "github": lambda: {"x-hub-signature-256": "sha256=" + _hmac(body, "sha256", secret).hex()},
        "intercom": lambda: {"x-hub-signature": "sha1=" + _hmac(body, "sha1", secret).hex()},
        "zammad": lambda: {"x-hub-signature": "sha1=" + _hmac(body, "sha1", secret).hex()},
        "freescout": lambda: {"x-freescout-signature": base64.b64encode(_hmac(body, "sha1", secret)).decode()},
        "chatwoot": lambda: {
            "x-chatwoot-signature": "sha256=" + _hmac(f"{epoch}.".encode() + body, "sha256", secret).hex(),
            "x-chatwoot-timestamp": epoch,
        },
        "earshot": lambda: {
            "x-earshot-signature": "sha256=" + _hmac(f"{epoch}.".encode() + body, "sha256", secret).hex(),
            "x-earshot-timestamp": epoch,
        },
        "freshdesk": lambda: {"authorization": f"Bearer {secret}"},
    }
    return makers[name]()


NAMES = ("zendesk", "github", "intercom", "zammad", "freescout", "chatwoot", "earshot", "freshdesk")
TIMED = ("zendesk", "chatwoot", "earshot")


def ask(name: str, headers: dict[str, str], body: bytes = BODY, secret: str = SECRET) -> None:
    check(name, headers, body, secret, NOW, 300)


def test_githubs_published_example() -> None:
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    ask("github", {"x-hub-signature-256": f"sha256={digest}"}, b"Hello, World!", "It's a Secret to Everybody")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_signed_is_let_in_and_nothing_else(name: str) -> None:
    ask(name, signed(name))
    for wrong in ({}, signed(name, secret="another secret"), dict.fromkeys(signed(name), "")):
        with pytest.raises(Forged):
            ask(name, wrong)
    if name != "freshdesk":
        with pytest.raises(Forged):
            ask(name, signed(name), BODY + b" ")


@pytest.mark.parametrize("name", TIMED)
def test_a_signature_of_another_time_is_refused(name: str) -> None:
    for late in (timedelta(seconds=-299), timedelta(seconds=299)):
        ask(name, signed(name, at=NOW + late))
    for late in (timedelta(seconds=-301), timedelta(seconds=301), timedelta(days=-400)):
        with pytest.raises(Forged, match="another time"):
            ask(name, signed(name, at=NOW + late))


@pytest.mark.parametrize("name", TIMED)
def test_the_time_is_part_of_what_is_signed(name: str) -> None:
    headers = signed(name, at=NOW - timedelta(days=1))
    stamp = next(key for key in headers if key.endswith("timestamp"))
    with pytest.raises(Forged):
        ask(name, {**headers, stamp: signed(name)[stamp]})


@settings(deadline=None)
@given(name=st.sampled_from(NAMES), value=st.text(st.characters(codec="latin-1")), stamp=st.text())
def test_no_header_makes_it_stumble(name: str, value: str, stamp: str) -> None:
    headers = {key: stamp if key.endswith("timestamp") else value for key in signed(name)}
    with pytest.raises(Forged):
        ask(name, headers)
