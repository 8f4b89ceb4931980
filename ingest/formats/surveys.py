"""Survey answers as tables: one row an answer, with a score (NPS or CSAT) and what people added in their own words.

Survey tools agree on little but this, so columns are found by their usual names; any other table is for ``csv`` with a mapping.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import partial

from ingest.formats.amounts import to_amount
from ingest.formats.fields import Json, moment, text
from ingest.formats.format import Format, Part
from ingest.formats.message import Author, Message

_NAMES: Mapping[str, tuple[str, ...]] = {
    "nps": ("nps", "nps_score", "recommend", "likelihood_to_recommend", "how_likely_are_you_to_recommend_us"),
    "csat": ("csat", "csat_score", "satisfaction", "satisfaction_score", "ces", "score", "rating"),
    "words": ("comment", "comments", "verbatim", "answer", "feedback", "reason", "open_text", "why", "response_text"),
    "at": (
        "responded_at",
        "submitted_at",
        "completed_at",
        "date_submitted",
        "end_date",
        "created_at",
        "date",
        "timestamp",
    ),
    "id": ("response_id", "respondent_id", "answer_id", "survey_response_id", "id", "token"),
    "customer": ("customer_id", "person_id", "user_id", "contact_id", "email", "email_address", "person_email"),
    "product": ("product",),
    "plan": ("plan", "tier"),
    "region": ("region", "country"),
    "language": ("language", "locale"),
}
_PROMOTER, _PASSIVE, _MOST = 9, 7, 10


def _columns(record: Json) -> dict[str, str]:
    plain = {re.sub(r"[^a-z0-9]+", "_", str(name).lower()).strip("_"): str(name) for name in reversed(list(record))}
    found = {name: next((plain[one] for one in names if one in plain), "") for name, names in _NAMES.items()}
    return {name: column for name, column in found.items() if column}


def _recognise(document: Json) -> bool:
    found = _columns(document)
    return "words" in found and "at" in found and bool({"nps", "csat"} & found.keys())


def _parts(document: Json) -> Iterator[Part]:
    yield Part(document, partial(_answer, document))


def _answer(record: Json) -> Message:
    columns = _columns(record)
    given = {name: text(record, column) for name, column in columns.items()}
    nps = to_amount(given["nps"]) if given.get("nps") else None
    csat = to_amount(given["csat"]) if given.get("csat") else None
    for name, score in (("nps", nps), ("csat", csat)):
        if score is not None and not 0 <= score <= _MOST:
            raise ValueError(f"{columns[name]}: {score:g} is not between 0 and {_MOST}")
    group = "" if nps is None else "promoter" if nps >= _PROMOTER else "passive" if nps >= _PASSIVE else "detractor"
    id = (
        given.get("id")
        or hashlib.blake2b(repr(sorted(record.items())).encode("utf-8", "replace"), digest_size=12).hexdigest()
    )
    others = {str(name): text(record, name) for name in record if name not in columns.values()}
    return Message(
        id=id,
        conversation=id,
        at=moment(given["at"]),
        author=Author.CUSTOMER,
        text=given["words"],
        channel="survey",
        customer=given.get("customer", "").lower(),
        product=given.get("product", ""),
        plan=given.get("plan", ""),
        region=given.get("region", ""),
        language=given.get("language", ""),
        csat=csat,
        attributes={"nps": "" if nps is None else f"{nps:g}", "nps_group": group, **others},
    )


FORMAT = Format(
    "survey",
    "a table of survey answers",
    "a column with the score (nps, csat, rating), one with the words (comment, reason, verbatim) and one with the date (submitted_at, date)",
    _recognise,
    _parts,
    "csv",
)
