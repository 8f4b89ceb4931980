"""The planted store of the board, read through the interface with a token of each sort."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import app as interface
from insights import migrate
from insights.store import Store
from insights.trust import people, tokens
from insights.trust.people import Person, Role
from insights.trust.tokens import Scope
from tests.dashboard.planted import Planted, plant


@dataclass(frozen=True)
class Read:
    """The interface over a planted store that a test may change."""

    client: TestClient
    store: Store
    planted: Planted
    people: dict[Role, Person]

    def token(self, role: Role = Role.ADMIN, *scopes: Scope) -> str:
        return tokens.issue(
            self.store,
            self.people[role].id,
            "a test",
            scopes or tuple(Scope),
            by=self.people[role],
            at=datetime.now(UTC),
        )[1]

    def get(self, path: str, token: str, **asked: object) -> tuple[int, dict[str, object]]:
        answer = self.client.get(f"{interface.BASE}{path}", params=asked, headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.json()


@pytest.fixture(scope="session")
def planted_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    path = tmp_path_factory.mktemp("read") / "earshot.db"
    migrate.upgrade(f"sqlite:///{path}")
    with Store(f"sqlite:///{path}") as store:
        return path, plant(store)


@pytest.fixture
def read(planted_file: tuple[Path, Planted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Read]:
    path, planted = planted_file
    for part in path.parent.glob("earshot.db*"):
        shutil.copy(part, tmp_path / part.name)
    url = f"sqlite:///{tmp_path / 'earshot.db'}"
    monkeypatch.setenv("EARSHOT_DATABASE_URL", url)
    _forget()
    at = datetime.now(UTC)
    with Store(url) as store, TestClient(interface.app, raise_server_exceptions=False) as client:
        admin = people.local(store, "Admin", at=at)
        known = {Role.ADMIN: admin}
        for role in (Role.VIEWER, Role.PRODUCT_OWNER, Role.AGENT):
            known[role] = people.add(store, f"The {role}", "", role, by=admin, at=at)
        yield Read(client, store, planted, known)
        interface.store().close()
    _forget()


def _forget() -> None:
    interface.settings.cache_clear()
    interface.store.cache_clear()
