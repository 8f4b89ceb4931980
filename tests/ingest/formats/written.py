"""The invented cases in each vendor's shape, and what must be found in them again.

``python -m tests.ingest.formats.written`` writes the small samples that ship with the product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.ingest.formats.cases import Case, cases
from tests.ingest.formats.written_desks import freshdesk, intercom, zendesk
from tests.ingest.formats.written_open_desks import chatwoot, freescout, zammad
from tests.ingest.formats.written_others import app_reviews, github, mbox, survey
from tests.ingest.formats.written_shape import Written

SHIPPED = 4
"""Cases in a shipped sample."""

FORMS: Mapping[str, Callable[[list[Case]], Written]] = {
    "zendesk": zendesk,
    "intercom": intercom,
    "freshdesk": freshdesk,
    "chatwoot": chatwoot,
    "zammad": zammad,
    "freescout": freescout,
    "github": github,
    "app-reviews": app_reviews,
    "survey": survey,
    "mbox": mbox,
}


def main() -> None:
    folder = Path(__file__).parents[3] / "ingest" / "formats" / "samples"
    folder.mkdir(exist_ok=True)
    for name, form in FORMS.items():
        made = form(cases(SHIPPED))
        (folder / f"{name}{made.suffix}").write_bytes(made.content)


if __name__ == "__main__":
    main()
