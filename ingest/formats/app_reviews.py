"""App-store reviews: the Google Play Console's report, and App Store Connect's customer reviews (API pages or their fields as a table).

Schemas: support.google.com/googleplay/android-developer, "Monthly reports: reviews" (UTF-16, commas);
developer.apple.com, "App Store Connect API: CustomerReview". A developer's answer is a message of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ingest.formats.fields import Json, later, moment, names, required, rest, rows, table, text
from ingest.formats.format import Format, Part, Passed
from ingest.formats.message import Author, Message

_REVIEW_ID = re.compile(r"review[_-]?id=([^&\s]+)", re.IGNORECASE)
_PLAY = {
    "package": "Package Name",
    "at": "Review Submit Millis Since Epoch",
    "edited": "Review Last Update Millis Since Epoch",
    "stars": "Star Rating",
    "title": "Review Title",
    "words": "Review Text",
    "answered": "Developer Reply Millis Since Epoch",
    "answer": "Developer Reply Text",
    "link": "Review Link",
    "language": "Reviewer Language",
    "version": "App Version Name",
    "device": "Device",
}
_PLAY_KNOWN = frozenset(_PLAY.values()) | {
    "Review Submit Date and Time",
    "Review Last Update Date and Time",
    "Developer Reply Date and Time",
}
_APPLE_KNOWN = names("id rating title body reviewerNickname createdDate territory appVersionString")


def _recognise(document: Json) -> bool:
    data = rows(document, "data")
    if "data" in document:
        return isinstance(document["data"], list) and all(text(one, "type") == "customerReviews" for one in data)
    return {_PLAY["stars"], _PLAY["words"], _PLAY["at"]} <= document.keys() or {
        "rating",
        "body",
        "createdDate",
        "id",
    } <= document.keys()


def _parts(document: Json) -> Iterator[Part]:
    if _PLAY["stars"] in document:
        yield Part(document, partial(_play, document))
        if text(document, _PLAY["answer"]):
            yield Part(document, partial(_play_answer, document))
        return
    if "data" not in document:
        yield Part(document, partial(_apple, document))
        return
    for review in rows(document, "data"):
        yield Part(review, partial(_apple, {"id": review.get("id"), **table(review, "attributes")}))
    for answer in rows(document, "included"):
        if text(answer, "type") == "customerReviewResponses":
            yield Part(answer, partial(_apple_answer, answer))


def _play_id(record: Json) -> str:
    """The review's id stands in its link; a rating without words has no link, and is known by what is left."""
    found = _REVIEW_ID.search(text(record, _PLAY["link"]))
    if found:
        return found[1]
    return f"{text(record, _PLAY['package'])}:{required(record, _PLAY['at'])}:{text(record, _PLAY['device'])}"


def _play(record: Json) -> Message:
    id = _play_id(record)
    at = moment(int(required(record, _PLAY["at"])))
    edited = text(record, _PLAY["edited"])
    title, words = text(record, _PLAY["title"]), text(record, _PLAY["words"])
    return Message(
        id=id,
        conversation=id,
        at=at,
        edited=later(at.isoformat(), int(edited) if edited else None),
        author=Author.CUSTOMER,
        text=f"{title}\n{words}".strip(),
        channel="review",
        customer=id,
        product=text(record, _PLAY["package"]),
        language=text(record, _PLAY["language"]),
        app_version=text(record, _PLAY["version"]),
        csat=float(required(record, _PLAY["stars"])),
        attributes={"device": text(record, _PLAY["device"]), "store": "play"},
        rest=rest(record, _PLAY_KNOWN),
    )


def _play_answer(record: Json) -> Message:
    id = _play_id(record)
    return Message(
        id=f"{id}-answer",
        conversation=id,
        at=moment(int(required(record, _PLAY["answered"]))),
        author=Author.AGENT,
        text=text(record, _PLAY["answer"]),
        channel="review",
        customer=id,
        product=text(record, _PLAY["package"]),
    )


def _apple(record: Json) -> Message:
    id = required(record, "id")
    return Message(
        id=id,
        conversation=id,
        at=moment(record.get("createdDate")),
        author=Author.CUSTOMER,
        text=f"{text(record, 'title')}\n{text(record, 'body')}".strip(),
        channel="review",
        # Nicknames are chosen freely and not unique: a review stands for its writer.
        customer=id,
        region=text(record, "territory"),
        app_version=text(record, "appVersionString"),
        csat=float(required(record, "rating")),
        attributes={"store": "app store"},
        rest=rest(record, _APPLE_KNOWN),
    )


def _apple_answer(answer: Json) -> Message | Passed:
    found = table(answer, "attributes")
    review = text(table(table(table(answer, "relationships"), "review"), "data"), "id")
    if not review:
        return Passed("answer to a review that is not named")
    return Message(
        id=f"{review}-answer",
        conversation=review,
        at=moment(found.get("lastModifiedDate")),
        author=Author.AGENT,
        text=text(found, "responseBody"),
        channel="review",
        customer=review,
    )


FORMAT = Format(
    "app-reviews",
    "a table or page of app-store reviews",
    "the columns 'Star Rating', 'Review Text' and 'Review Submit Millis Since Epoch' of Google Play, or 'id', 'rating', 'body' and "
    "'createdDate' of App Store Connect",
    _recognise,
    _parts,
    "csv",
)
