"""axe-core, from the wheel that carries it: what keeps somebody from reading a page."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

SCRIPT = files("axe_playwright_python") / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def findings(page: Any) -> list[Any]:
    """Return the serious and critical findings of WCAG A and AA on a page as it stands."""
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(
        "rules => axe.run({runOnly: rules}).then(all => all.violations"
        ".filter(one => ['serious', 'critical'].includes(one.impact))"
        ".map(one => [one.id, one.nodes.map(node => node.html.slice(0, 160))]))",
        RULES,
    )
    return found
