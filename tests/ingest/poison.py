"""Bodies that real topics have held, and what must become of each: a reason code, or Feedback (None)."""

from __future__ import annotations

import gzip
import json
from typing import Any

from ingest.feedback import Reason

GOOD: dict[str, Any] = {
    "schema_version": 1,
    "source": "desk",
    "external_id": "n-1",
    "occurred_at": "2025-03-04T10:00:00Z",
    "segments": [{"speaker": "customer", "text": "The app logs me out every hour."}],
}


def event(**changed: Any) -> bytes:
    """Return a good event with some fields changed; ``...`` removes one. Lone surrogates travel as escapes."""
    fields = {name: value for name, value in (GOOD | changed).items() if value is not ...}
    return json.dumps(fields).encode()


def saying(text: str) -> bytes:
    return event(segments=[{"speaker": "customer", "text": text}])


def raw(**changed: str) -> bytes:
    """Return a good event with raw JSON in place of some values."""
    marks = {f"\x01{name}\x01": value for name, value in changed.items()}
    text = json.dumps(GOOD | {name: f"\x01{name}\x01" for name in changed}, ensure_ascii=False)
    text = text.replace("\\u0001", "\x01")
    for mark, value in marks.items():
        text = text.replace(f'"{mark}"', value)
    return text.encode()


POISON: dict[str, tuple[bytes | None, Reason | None]] = {
    # No event at all
    "tombstone": (None, Reason.EMPTY),
    "empty": (b"", Reason.EMPTY),
    "blanks": (b" \r\n\t ", Reason.EMPTY),
    "list": (b"[]", Reason.NOT_AN_OBJECT),
    "number": (b"42", Reason.NOT_AN_OBJECT),
    "string": (b'"hello"', Reason.NOT_AN_OBJECT),
    "null": (b"null", Reason.NOT_AN_OBJECT),
    "empty object": (b"{}", Reason.MISSING_FIELD),
    # Not JSON
    "prose": (b"customer called, wants refund", Reason.NOT_JSON),
    "cut off": (event()[:-10], Reason.NOT_JSON),
    "two objects": (event() + event(), Reason.NOT_JSON),
    "single quotes": (event().replace(b'"', b"'"), Reason.NOT_JSON),
    "trailing comma": (event()[:-1] + b",}", Reason.NOT_JSON),
    "NaN": (raw(refund="NaN"), Reason.NOT_JSON),
    "infinity": (raw(refund="-Infinity"), Reason.NOT_JSON),
    "bare control character": (event().replace(b"logs", b"lo\x07gs"), Reason.NOT_JSON),
    "integer of 5,000 digits": (raw(handle_minutes="9" * 5_000), Reason.NOT_JSON),
    "gzip": (gzip.compress(event(), mtime=0), Reason.NOT_UTF8),
    "schema registry frame": (b"\x00\x00\x00\x00\x07" + event(), Reason.NOT_JSON),
    # Not UTF-8
    "UTF-16": (event().decode().encode("utf-16"), Reason.NOT_UTF8),
    "UTF-16 without mark": (event().decode().encode("utf-16-le"), Reason.NOT_JSON),
    "Latin-1": (event(product="Café").replace(b"\\u00e9", b"\xe9"), Reason.NOT_UTF8),
    "invalid byte": (event().replace(b"app", b"a\xffp"), Reason.NOT_UTF8),
    "overlong slash": (event().replace(b"app", b"\xc0\xaf"), Reason.NOT_UTF8),
    "surrogate in UTF-8": (event().replace(b"app", b"\xed\xa0\x80"), Reason.NOT_UTF8),
    "cut character": (event(product="x")[:-2] + b"\xe2\x82", Reason.NOT_UTF8),
    # Too much
    "10 MB": (saying("x" * 10_000_000), Reason.TOO_LARGE),
    "depth 10,000": (b"[" * 10_000 + b"]" * 10_000, Reason.TOO_DEEP),
    "depth 100 in a field": (raw(nested="[" * 100 + "]" * 100), Reason.TOO_DEEP),
    "depth by objects": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, Reason.TOO_DEEP),
    "unclosed brackets": (b'{"a":' + b"[" * 9_000, Reason.TOO_DEEP),
    "3,000 segments": (event(segments=[{"speaker": "note", "text": "a"}] * 3_000), Reason.BAD_VALUE),
    "101 attributes": (event(attributes={str(at): "x" for at in range(101)}), Reason.BAD_VALUE),
    "id of 5,000 characters": (event(external_id="9" * 5_000), Reason.BAD_VALUE),
    # Ambiguous
    "key twice": (event()[:-1] + b',"source":"other"}', Reason.DUPLICATE_KEY),
    "key twice inside": (raw(attributes='{"a":"1","a":"2"}'), Reason.DUPLICATE_KEY),
    # Numbers
    "1e400": (raw(refund="1e400"), Reason.BAD_VALUE),
    "refund of 400 digits": (raw(refund="9" * 400), Reason.BAD_VALUE),
    "negative refund": (event(refund=-5), Reason.BAD_VALUE),
    "amount in words": (event(refund="twenty"), Reason.BAD_VALUE),
    "csat of 11": (event(csat=11), Reason.BAD_VALUE),
    "version of 2**80": (event(version=2**80), Reason.BAD_VALUE),
    "negative version": (event(version=-1), Reason.BAD_VALUE),
    "currency in words": (event(currency="euro"), Reason.BAD_VALUE),
    # Dates
    "year 1": (event(occurred_at="0001-01-01T00:00:00Z"), Reason.BAD_VALUE),
    "year 9999": (event(occurred_at="9999-12-31T23:59:59Z"), None),
    "year 9999 beyond UTC": (event(occurred_at="9999-12-31T23:59:59-14:00"), None),
    "leap second": (event(occurred_at="2016-12-31T23:59:60Z"), Reason.BAD_VALUE),
    "30 February": (event(occurred_at="2025-02-30T10:00:00Z"), Reason.BAD_VALUE),
    "no zone": (event(occurred_at="2025-03-04T10:00:00"), Reason.BAD_VALUE),
    "date null": (event(occurred_at=None), Reason.BAD_VALUE),
    "date empty": (event(occurred_at=""), Reason.BAD_VALUE),
    "date 1e300": (raw(occurred_at="1e300"), Reason.BAD_VALUE),
    "no date": (event(occurred_at=...), Reason.MISSING_FIELD),
    # Schema
    "no source": (event(source=...), Reason.MISSING_FIELD),
    "no id": (event(external_id=...), Reason.MISSING_FIELD),
    "empty id": (event(external_id=""), Reason.BAD_VALUE),
    "invisible id": (event(external_id="\u200b\u2060"), Reason.BAD_VALUE),
    "numeric id": (event(external_id=7), Reason.BAD_VALUE),
    "segments as text": (event(segments="hello"), Reason.BAD_VALUE),
    "segments empty": (event(segments=[]), Reason.BAD_VALUE),
    "segments null": (event(segments=None), Reason.BAD_VALUE),
    "segment without text": (event(segments=[{"speaker": "note"}]), Reason.MISSING_FIELD),
    "segment text number": (event(segments=[{"speaker": "note", "text": 5}]), Reason.BAD_VALUE),
    "unknown speaker": (event(segments=[{"speaker": "robot", "text": "beep"}]), Reason.BAD_VALUE),
    "words of nothing": (saying(" \u200b\u202e\u0000 "), Reason.NO_WORDS),
    "attribute number": (event(attributes={"\ud800\u0000": 5}), Reason.BAD_VALUE),
    "schema version 2": (event(schema_version=2), Reason.UNKNOWN_VERSION),
    "schema version true": (event(schema_version=True), Reason.UNKNOWN_VERSION),
    "schema version of 9,000 characters": (event(schema_version="7" * 9_000), Reason.UNKNOWN_VERSION),
    "schema version list": (event(schema_version=[1]), Reason.UNKNOWN_VERSION),
    # Strange, but feedback
    "byte order mark": (b"\xef\xbb\xbf" + event(), None),
    "lone surrogate": (saying("half an emoji \ud83d here"), None),
    "lone surrogate in a name": (event(product="\udc00App"), None),
    "lone surrogate in an unknown field": (event(**{"odd\ud800": ["\udfff"]}), None),
    "NUL": (saying("before\u0000after"), None),
    "direction override": (saying("\u202ecod.exe\u202c sent"), None),
    "zero width": (saying("re\u200bfund"), None),
    "emoji of seven parts": (saying("👩\u200d👩\u200d👧\u200d👦 family plan"), None),
    "right to left": (saying("التطبيق لا يعمل منذ أمس"), None),
    "10,000 combining marks": (saying("a" + "\u0301" * 10_000), None),
    "SQL": (saying("'); DROP TABLE feedback; --"), None),
    "HTML": (saying("<script>alert(1)</script><img src=x onerror=alert(1)>"), None),
    "formula": (saying('=HYPERLINK("x","y")'), None),
    "brackets in words": (saying("[" * 500 + '\\"' + "}" * 500), None),
    "mail header": (saying("Subject: hi\r\nBcc: all\r\r\nbody"), None),
    "path": (event(source="../../etc/passwd"), None),
    "unknown fields": (event(mood={"level": [1, 2.5, None, True]}), None),
    "field named like a method": (event(model_extra={"a": 1}, model_config="x"), None),
}
