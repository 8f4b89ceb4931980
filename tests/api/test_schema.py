"""Protects the contract: whatever fits the published description, and much that does not, is answered as described."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api import app as interface
from insights.trust import tokens
from tests.api.conftest import Read

KNOWN = "a-secret-that-this-test-knows-beforehand"
schema = schemathesis.openapi.from_asgi(f"{interface.BASE}/openapi.json", interface.app)


@schema.auth()
class Token:
    """Cases are made before there is a store, so their secret is known beforehand."""

    def get(self, _case: schemathesis.Case, _context: schemathesis.AuthContext) -> str:
        return tokens.PREFIX + KNOWN

    def set(self, case: schemathesis.Case, data: str, _context: schemathesis.AuthContext) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@pytest.fixture
def opened(read: Read, monkeypatch: pytest.MonkeyPatch) -> Read:
    """The planted store with that token in it."""
    monkeypatch.setattr(tokens.secrets, "token_urlsafe", lambda _bytes: KNOWN)
    read.token()
    return read


def test_the_description_is_of_the_version_it_says(read: Read) -> None:
    described = read.client.get(f"{interface.BASE}/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    paths = {path.removeprefix(interface.BASE) for path in described["paths"]}
    assert paths >= {"/themes", "/signals", "/ledger", "/reviews"}


@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: schemathesis.Case, opened: Read) -> None:
    """No 5xx, described statuses, types and bodies, a door that holds, wrong input refused: Schemathesis' own checks.

    A cursor cannot be described, only handed back: one that was made up is refused with a described 400.
    """
    assert opened.planted.notes
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
