"""axe-core, which `make browser` fetches from npm into the cache: what keeps somebody from reading a page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

VERSION = "4.10.3"
SCRIPT = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "earshot" / f"axe-core-{VERSION}" / "axe.min.js"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def findings(page: Any) -> list[Any]:
    """Return the serious and critical findings of WCAG A and AA on a page as it stands."""
    if not SCRIPT.is_file():
        pytest.skip("needs axe-core: make browser fetches it with npm")
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(
        "rules => axe.run({runOnly: rules}).then(all => all.violations"
        ".filter(one => ['serious', 'critical'].includes(one.impact))"
        ".map(one => [one.id, one.nodes.map(node => node.html.slice(0, 160))]))",
        RULES,
    )
    return found
