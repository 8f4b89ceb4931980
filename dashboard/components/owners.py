"""Teams in words: what they own, who answers for them, and which of them cause a theme and pay for it."""

from __future__ import annotations

from collections.abc import Mapping

from insights.listening.asking import Standing
from insights.listening.ownership import Rule
from insights.listening.teams import Team


def owned_words(rule: Rule, names: Mapping[int, str]) -> str:
    """Return what a rule is about: "Billing", "Billing (policy)", "the policy of every product", "“late refund” (theme 7)"."""
    if rule.theme_id:
        return f"“{names.get(rule.theme_id, 'gone')}” (theme {rule.theme_id})"
    if not rule.product:
        return f"the {rule.part} of every product"
    return f"{rule.product} ({rule.part})" if rule.part else rule.product


def members_words(team: Team) -> str:
    """Return who answers for a team."""
    names = [f"{one.name} (deputy)" if one.deputy else one.name for one in team.members]
    return ", ".join(names) or "nobody answers for it yet"


def offering_words(found: Standing) -> tuple[str, ...]:
    """Return what people said of a theme: ("policy", "caused by Payments", "paid for by Repairs"); empty when nothing."""
    said = (
        found.offering.part,
        f"caused by {found.cause}" if found.cause else "",
        f"paid for by {found.pays}" if found.pays else "",
    )
    return tuple(one for one in said if one)
