"""A planted store, the board's pages over it in this process, and the board as a child process."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.settings import settings
from insights import migrate
from insights.store import Store
from tests.dashboard.planted import Planted, plant

if TYPE_CHECKING:
    from tests.dashboard.browser import Tabs

APP = Path(session.__file__).parent / "app.py"
Open = Callable[..., AppTest]


@dataclass(frozen=True, slots=True)
class PlantedStore:
    url: str
    planted: Planted

    def id(self, name: str) -> int:
        return self.planted.ids[name]


@pytest.fixture(scope="session")
def planted_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    path = tmp_path_factory.mktemp("planted") / "earshot.db"
    migrate.upgrade(f"sqlite:///{path}")
    with Store(f"sqlite:///{path}") as store:
        return path, plant(store)


@pytest.fixture
def planted(planted_file: tuple[Path, Planted], tmp_path: Path) -> PlantedStore:
    """A copy of the planted store that a test may change."""
    path, what = planted_file
    with Store(f"sqlite:///{path}") as store:
        store.close()
    for part in path.parent.glob("earshot.db*"):
        shutil.copy(part, tmp_path / part.name)
    return PlantedStore(f"sqlite:///{tmp_path / 'earshot.db'}", what)


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """AppTest puts its script in the place of ``__main__``; processes that other tests start would run it."""
    kept = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = kept


@pytest.fixture
def forget() -> Iterator[Callable[[], None]]:
    """Let the board forget what one process keeps, before and after."""

    def _forget() -> None:
        settings.cache_clear()
        session.close()

    _forget()
    yield _forget
    _forget()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, forget: Callable[[], None]) -> Open:
    """Open a page of the board on a store: ``page(url, "views/theme.py", id="7")``."""

    def _open(url: str, path: str = session.THEMES, **asked: str | list[str]) -> AppTest:
        monkeypatch.setenv("EARSHOT_DATABASE_URL", url)
        forget()
        app = AppTest.from_file(str(APP), default_timeout=120)
        if path != session.THEMES:
            app.switch_page(path)
        for key, value in asked.items():
            app.query_params[key] = value
        return app.run()

    return _open


@dataclass(frozen=True, slots=True)
class Served:
    """The board running as a child process over a planted store."""

    base: str
    store: PlantedStore

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        try:
            with urllib.request.urlopen(self.base + path, timeout=10) as answer:
                return answer.status, _lowered(answer.headers), answer.read()
        except HTTPError as error:
            with error:
                return error.code, _lowered(error.headers), error.read()


@pytest.fixture(scope="session")
def served(planted_file: tuple[Path, Planted], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(planted_file, tmp_path_factory.mktemp("served")) as board:
        yield board


@pytest.fixture(scope="module")
def board(served: Served) -> Served:
    """The board that tabs look at; a module that changes its store serves one of its own."""
    return served


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium without a window."""
    from tests.dashboard.browser import ARGUMENTS, CHROMIUM, MISSING

    if not CHROMIUM.exists():
        pytest.skip(MISSING)
    api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser: Any, board: Served) -> Iterator[Tabs]:
    """Open tabs that know nothing of each other: ``tab("phone", "dark")``."""
    from tests.dashboard.browser import WIDTHS, Tab

    contexts = []

    def _tab(width: str = "wide", scheme: str = "light", height: int = 0) -> Tab:
        across, down = WIDTHS[width]
        size = {"width": across, "height": height or down}
        contexts.append(browser.new_context(viewport=size, color_scheme=scheme, locale="en-US"))
        return Tab(contexts[-1].new_page(), board, f"{width}-{scheme}")

    yield _tab
    for context in contexts:
        context.close()


@contextmanager
def serving(
    planted_file: tuple[Path, Planted], folder: Path, settings_of: Callable[[str], dict[str, str]] = lambda _base: {}
) -> Iterator[Served]:
    """Serve a copy of the planted store from a folder of its own; ``settings_of`` gives more settings for its address."""
    for part in planted_file[0].parent.glob("earshot.db*"):
        shutil.copy(part, folder / part.name)
    url = f"sqlite:///{folder / 'earshot.db'}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "dashboard", "--port", str(port)],
            env={**os.environ, "EARSHOT_DATABASE_URL": url, **settings_of(f"http://127.0.0.1:{port}")},
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    board = Served(f"http://127.0.0.1:{port}", PlantedStore(url, planted_file[1]))
    try:
        _wait(board, child, folder / "log")
        yield board
    finally:
        child.terminate()
        child.wait(60)


def _lowered(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _wait(board: Served, child: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    while time.monotonic() < end and child.poll() is None:
        try:
            if board.get("/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the board did not start: {log.read_text(errors='replace')[-2000:]}")
