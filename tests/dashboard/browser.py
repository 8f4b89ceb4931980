"""One tab of a real browser over a served board: it waits instead of sleeping, and remembers what it should not have seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.dashboard.axe import findings
from tests.dashboard.conftest import Served

CHROMIUM = Path("/usr/bin/chromium")
MISSING = "needs Chromium: apt-get install chromium fonts-dejavu"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
SCREENS = Path(__file__).parents[2] / "var" / "screens"
WIDTHS = {"wide": (1440, 1000), "phone": (390, 844)}
CHART = "[data-testid=stMain] :is(canvas, [data-testid=stVegaLiteChart] svg)"
KNOWN_404 = re.compile(r"/_stcore/(health|host-config)$")
WATCH = (
    "window.__moved = performance.now();"
    "new MutationObserver(() => { window.__moved = performance.now() })"
    ".observe(document, {childList: true, subtree: true, characterData: true, attributes: true})"
)
READY = (
    "quiet => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
    " && document.querySelector('.stHtml h1, .stHtml .err')"
    " && !document.querySelector('[data-testid=stMain] [data-testid=stSkeleton]')"
    " && !document.querySelector('[data-testid=stMain] [data-stale=true]')"
    " && performance.now() - window.__moved > quiet"
)
"""The script has ended, nothing is still to come, and nothing has moved for ``quiet`` milliseconds."""
SIDEWAYS = (
    "() => Math.max(...['[data-testid=stMain]', 'html'].map(one => document.querySelector(one))"
    ".map(one => one.scrollWidth - one.clientWidth))"
)
Tabs = Callable[..., "Tab"]


@dataclass
class Tab:
    """One browser tab over the served board."""

    page: Any
    served: Served
    name: str = "wide-light"
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(60_000)
        self.page.add_init_script(WATCH)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type == "error" and not KNOWN_404.search(message.location.get("url", "")):
            self.errors.append(f"{message.text} {message.location}")

    def _dialog(self, dialog: Any) -> None:
        """No page opens one by itself: it would be a customer's script."""
        self.errors.append(dialog.message)
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        own = (self.served.base, self.served.base.replace("http", "ws", 1), "data:", "blob:")
        if not request.url.startswith(own):
            self.elsewhere.append(request.url)

    def open(self, path: str) -> Tab:
        self.page.goto(self.served.base + path)
        return self.settled()

    def settled(self, quiet: int = 250) -> Tab:
        """Wait until the page has ended its run and has stood still for ``quiet`` milliseconds."""
        self.page.wait_for_function(READY, arg=quiet)
        return self

    def title(self) -> str:
        return str(self.page.inner_text("h1.h1"))

    def main(self) -> str:
        """The words of the page, without the sidebar."""
        return str(self.page.inner_text("[data-testid=stMain]"))

    def rows(self) -> list[str]:
        return [str(text) for text in self.page.locator(".row .t").all_inner_texts()]

    def look(self, name: str, path: str = "", shown: str = "") -> None:
        """Hold what every page owes: a picture, no sideways scroll, one title, nothing that keeps somebody from reading.

        ``path`` is opened first, ``shown`` is waited for.
        """
        if path:
            self.open(path)
        if shown:
            self.page.wait_for_selector(shown)
            self.settled()
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}-{self.name}.png")
        over = self.page.evaluate(SIDEWAYS)
        assert over <= 0, f"{name} scrolls sideways by {over} px"
        assert self.page.locator("h1").count() == 1, name
        assert self.page.locator("[data-testid=stMain] img, [data-testid=stMain] script").count() == 0, name
        found = findings(self.page)
        assert found == [], f"{name}: {found}"

    def kept_to_itself(self) -> None:
        """Nothing was logged as an error, and nothing was asked of another host."""
        assert self.errors == []
        assert self.elsewhere == []
