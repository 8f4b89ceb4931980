"""A case on one page, in the words of who is to read it: Markdown, every figure with its range and what it rests on."""

from __future__ import annotations

from enum import StrEnum

from insights.numbers.effects import Effect
from insights.numbers.proof import Case


class Audience(StrEnum):
    """Whom a page is for."""

    FINANCE = "finance"
    OPERATIONS = "operations"
    PRODUCT = "product"


def page(case: Case, audience: Audience) -> str:
    """Return the page as Markdown."""
    effect = case.effect
    weeks = len(case.weeks) - case.weeks_after
    lines = [
        f"# {_plain(case.change) or 'A change'}",
        "",
        f"*Theme {case.theme_id}, “{_plain(case.theme)}”. Out since {case.changed_on}. Kept on {case.at:%Y-%m-%d} by {_plain(case.who)}.*",
        "",
        f"**{verdict(effect)}**",
        "",
        _lead(case, audience),
        "",
        "| | before | after |",
        "|---|---|---|",
        f"| full weeks | {weeks} | {case.weeks_after} |",
        f"| contacts that speak of it | {effect.before} | {effect.after} |",
        f"| a week | {effect.before / weeks:.1f} | {effect.after / case.weeks_after:.1f} |",
        "",
        "## In customers’ words",
        "",
        *(f"> {_plain(one.text)}\n> — {one.channel or 'note'}, {one.day}\n" for one in case.quotes),
        *([f"{case.quoted - len(case.quotes)} quotes were erased since.\n"] if case.quoted > len(case.quotes) else []),
        "## What this rests on",
        "",
        *(f"- {one}" for one in assumptions(case)),
    ]
    return "\n".join(lines) + "\n"


def verdict(effect: Effect) -> str:
    """The effect in a sentence, never more certain than its interval."""
    low, high = 100 * (effect.low - 1), 100 * (effect.high - 1)
    span = f"between {low:+.0f} and {high:+.0f} %".replace("-", "−")
    if not effect.clear:
        return f"It cannot be told apart from no effect: {span} (90 %)."
    way = "fewer" if effect.ratio < 1 else "more"
    return f"{abs(100 * (effect.ratio - 1)):.0f} % {way} contacts speak of it than without the change: {span} (90 %)."


def assumptions(case: Case) -> list[str]:
    """What must hold for the figures to hold, in words."""
    moved = (
        "They did not before: the comparison is in doubt"
        if case.effect.parallel < 0.05
        else "Before the change nothing speaks against that"
    )
    return [
        f"Without the change the theme would have moved like {len(case.controls)} other themes of its kind for which nothing was changed. "
        f"{moved} (p = {case.effect.parallel:.2f}).",
        "Nothing else changed for this theme alone in these weeks.",
        f"Weeks vary {case.effect.dispersion:.1f} times as much as by chance; the interval allows for it.",
        "A contact is a customer who was in touch in a week, however many messages they sent. The week of the change is left out.",
    ]


def _lead(case: Case, audience: Audience) -> str:
    effect, currency = case.effect, case.currency or "money"
    if not effect.clear:
        return "Keep watching, or try it on more customers: these weeks do not settle it."
    saved = f"{effect.saved:.0f} contacts in {case.weeks_after} weeks (90 %: {effect.saved_low:.0f} to {effect.saved_high:.0f})"
    spent = f"{case.cost_low:,.0f} to {case.cost_high:,.0f} {currency}"
    return {
        Audience.FINANCE: f"About {saved} did not have to be paid for. A quarter of what is left still costs {spent}.",
        Audience.OPERATIONS: f"About {saved} did not come in; agents had that time for others.",
        Audience.PRODUCT: f"About {saved} did not happen to customers. What is left is what to look at next.",
    }[audience].replace("About -", "About −")


def _plain(text: str) -> str:
    """One line that Markdown reads letter by letter."""
    line = " ".join(text.split())
    return "".join(f"\\{one}" if one in "\\`*_{}[]<>#|!" else one for one in line)
