"""What a product is sold for: the promises a product owner writes down, each tied to the job it is about, or to none yet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from insights.delivery import outbox
from insights.store import Store
from insights.tables import SettingRow
from insights.trust import audit
from insights.trust.people import Person, Role, allowed

LONGEST = 160
MOST = 12
_KEY = "sold-for:"


class NotAnOffer(ValueError):
    """The promise cannot be kept as it is; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One promise. ``theme_id`` is the job theme it speaks of; None when customers were not heard to want that."""

    text: str
    theme_id: int | None = None


def offers(store: Store, product: str) -> tuple[Offer, ...]:
    """Return what a product is sold for, in the order written. Raises StoreError."""
    with store.connect() as connection:
        found = connection.execute(
            select(SettingRow.value).where(SettingRow.key == _KEY + product)
        ).scalar_one_or_none()
    return tuple(Offer(text, theme) for text, theme in json.loads(found)) if found else ()


def state(store: Store, product: str, said: Sequence[Offer], *, by: Person, at: datetime) -> None:
    """Write down what a product is sold for; what stood before is replaced. Raises NotAnOffer, NotAllowed, StoreError."""
    kept = [(" ".join(one.text.split()), one.theme_id) for one in said if one.text.strip()]
    if len(kept) > MOST or any(len(text) > LONGEST for text, _ in kept):
        raise NotAnOffer(f"Keep it to {MOST} promises of at most {LONGEST} characters.")
    with store.begin() as connection:
        person = allowed(connection, by.id, Role.PRODUCT_OWNER)
        key = _KEY + product
        before = connection.execute(select(SettingRow.value).where(SettingRow.key == key)).scalar_one_or_none()
        connection.execute(delete(SettingRow).where(SettingRow.key == key))
        connection.execute(insert(SettingRow).values(key=key, value=json.dumps(kept)))
        stood = {"offers": json.loads(before) if before else []}
        audit.add(connection, person.name, "sold for changed", f"product:{product}", stood, {"offers": kept}, at)
        outbox.add(connection, "product", product, "product.sold_for", {"offers": kept, "who": person.name}, at)
