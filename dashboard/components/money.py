"""Money as ranges: never a single number."""

from __future__ import annotations

from dashboard.components.text import escape
from dashboard.words import number
from insights.numbers.assumptions import Assumption, Range
from insights.numbers.costs import Cost, Swing

PARTS = {
    "handling": ("Handling", "minutes of each customer’s first case, by the wage, the part that would go"),
    "repeats": ("Repeat contacts", "the same for further cases of the same customer"),
    "given": ("Refunds and credits", "as noted by care"),
    "churn": ("Customers at risk", "customers, by the added chance to leave, by what one brings in a year"),
}
NAMES = {
    "wage": "Wage of an hour", "minutes": "Minutes where none are noted", "avoidable": "Part that would go",
    "churn": "Added chance to leave", "margin": "What a customer brings a year", "customers": "Customers without an id",
    "effort": "Work to take it away",
}  # fmt: skip


def amount(value: float, currency: str) -> str:
    """Return "€ 1,240", rounded to what can be known."""
    sign = {"EUR": "€ ", "USD": "$ ", "GBP": "£ "}.get(currency, f"{currency} " if currency else "")
    if abs(value) >= 10_000:
        return f"{sign}{number(round(value / 1_000))} k"
    if abs(value) >= 1_000:
        return f"{sign}{value / 1_000:.1f} k"
    return f"{sign}{number(round(value))}"


def money_range(found: Range, currency: str) -> str:
    """Return "€ 1.2 k to € 3.4 k"."""
    return f"{amount(found.low, currency)} to {amount(found.high, currency)}"


def cost_sentence(found: Cost) -> str:
    """The cost as a sentence, its range first."""
    return (
        f'<p class="bigrange">Between <b>{escape(amount(found.sum.low, found.currency))}</b> and '
        f"<b>{escape(amount(found.sum.high, found.currency))}</b> in the last quarter, most likely about "
        f"{escape(amount(found.sum.likely, found.currency))}. Nine in ten draws of the inputs fall into this range.</p>"
    )


def part_rows(found: Cost) -> list[tuple[str, str, str, str]]:
    """The parts of the sum, as rows of a table."""
    return [
        (PARTS[name][0], money_range(part, found.currency), amount(part.likely, found.currency), PARTS[name][1])
        for name, part in found.parts.items()
    ]


def swing_row(one: Swing, whole: float, widest: float, currency: str) -> str:
    """One input of the tornado: where the sum ends when it is at its low and at its high end."""
    left = 50 + 50 * (min(one.low, one.high) - whole) / widest
    width = 100 * one.width / (2 * widest)
    return (
        f'<div class="bars"><span>{NAMES.get(one.name, one.name)}</span>'
        f'<span class="tr" aria-hidden="true"><u class="clear" style="left:{left:.1f}%;width:{width:.1f}%"></u></span>'
        f"<small>{escape(amount(one.low, currency))} to {escape(amount(one.high, currency))}</small></div>"
    )


def tornado(found: Cost) -> str:
    """Which input matters most, widest first; the line is the likely sum."""
    rows = [one for one in found.swings if one.width > 0]
    widest = max((max(abs(one.low - found.sum.likely), abs(one.high - found.sum.likely)) for one in rows), default=1.0)
    return "".join(swing_row(one, found.sum.likely, widest, found.currency) for one in rows)


def input_row(one: Assumption) -> tuple[str, str, str, str, str]:
    """One assumption, with its source, author and day."""
    name = NAMES.get(one.name, one.name[:1].upper() + one.name[1:])
    given = f"{one.range.low:g} · {one.range.likely:g} · {one.range.high:g}"
    who = f"{one.who}, {one.at:%d %b %Y}{', for this theme' if one.own else ''}" if one.at else "nobody yet"
    return (name, given, one.kind.unit, one.source, who)
