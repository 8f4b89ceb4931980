"""Movers in rows: the rate now and before, the weeks behind it, the change with its interval, and whether it is noise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.components.change import change_chip
from dashboard.components.marks import SPARK_HEIGHT, kind_badge
from dashboard.components.text import escape
from dashboard.words import counted, number, short_day
from insights.counting.weeks import Change
from insights.numbers.drivers import Driver
from insights.numbers.movers import Mover

COLUMNS = ("Theme", "Of 1,000 contacts", "16 weeks", "Against 12 weeks before", "Is it noise?")
FIELDS = {
    "product": "Products", "plan": "Plans", "region": "Regions", "detected_language": "Languages", "channel": "Channels",
    "app_version": "App versions", "customer_kind": "Customers and colleagues",
}  # fmt: skip


def movers_head() -> str:
    """The names of the columns."""
    return f'<div class="hdr mv">{"".join(f"<span>{name}</span>" for name in COLUMNS)}</div>'


def mover_row(one: Mover, recent: int) -> str:
    """One theme and its change."""
    place = f"<span>{escape(one.parent)}</span>" if one.parent else ""
    return (
        f'<div class="row mv"><div class="t1"><div class="t">{escape(one.name)}</div>'
        f'<div class="m">{kind_badge(one.kind)}{place}</div></div>'
        f'<div class="rate"><b>{rate_words(one.rate)}</b><small>was {rate_words(one.rate_before)}</small></div>'
        f'<div class="sp">{weeks_spark(one.weeks, recent)}</div>'
        f'<div class="cg">{change_chip(change_of(one))}</div><div class="was">{noise_words(one)}</div></div>'
    )


def change_of(one: Mover) -> Change:
    """Return the change as the chip draws it: plain unless it is clear of noise over all themes."""
    low, high = one.low, one.high
    if not one.moved:
        low, high = min(low, 0.999), max(high, 1.001)
    return Change(one.recent, one.before, one.ratio, low, high)


def noise_words(one: Mover) -> str:
    """Whether the change stands out of what all themes do by chance."""
    if one.adjusted is None:
        return "<small>too few to say</small>"
    ago = "" if one.year_ago is None else f"<small>a year ago {times_words(one.year_ago)}</small>"
    if one.moved:
        return f"<b>No</b><small>{chance_words(one.adjusted)}</small>{ago}"
    return f"Could be<small>{chance_words(one.adjusted)}</small>"


def chance_words(adjusted: float) -> str:
    """The share of false alarms one accepts by taking this change, and all surer ones, for real."""
    return "under 1 in 1,000 false" if adjusted < 0.001 else f"{100 * adjusted:.2g} in 100 false"


def rate_words(rate: float) -> str:
    return f"{rate:.0f}" if rate >= 100 else f"{rate:.1f}"


def times_words(ratio: float) -> str:
    return f"×{ratio:.1f}" if ratio < 10 else f"×{ratio:.0f}"


def weeks_spark(weeks: Sequence[int], recent: int) -> str:
    """Bars from zero; the weeks that are compared stand out."""
    top = max(weeks, default=0) or 1
    bars = "".join(
        f'<i class="{"now" if at >= len(weeks) - recent else ""}" style="height:{max(2, round(SPARK_HEIGHT * count / top))}px"></i>'
        for at, count in enumerate(weeks)
    )
    said = f"Contacts a week, {len(weeks)} full weeks: {', '.join(map(str, weeks))}"
    return f'<span class="spark old" role="img" aria-label="{escape(said)}">{bars}</span>'


def driver_row(one: Driver, top: float) -> str:
    """One value of a field: how much of the change per 1,000 contacts comes from it."""
    part = one.part
    width = 50 * min(1.0, abs(part) / top) if top else 0.0
    left = 50 if part >= 0 else 50 - width
    css = ' class="clear"' if one.clear else ""
    said = f"{one.recent} of {number(one.contacts)}, was {one.before} of {number(one.contacts_before)}"
    return (
        f'<div class="bars"><span>{escape(one.value or "not given")}</span>'
        f'<span class="tr" aria-hidden="true"><u{css} style="left:{left:.1f}%;width:{width:.1f}%"></u></span>'
        f"<small><b>{signed(part)}</b>{' clear' if one.clear else ''}<br>{said}</small></div>"
    )


def signed(value: float) -> str:
    """Return "+1.2" or "−0.4"."""
    return f"{value:+.1f}".replace("-", "−")


def restated_rows(one: Mover, mondays: Sequence[date], today: date) -> list[tuple[str, str, str, str]]:
    """The weeks whose count grew after they were over: as seen then, as seen now."""
    return [
        (short_day(monday, today), str(then), str(now), f"{counted(now - then, 'contact')} came in late")
        for monday, then, now in zip(mondays, one.then, one.weeks, strict=True)
        if then != now
    ]
