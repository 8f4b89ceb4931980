"""E-mail: a mailbox in mbox format (RFC 4155), one message a mail, threads by their references (RFC 5322).

Mail from your own domains is your agents'; all other is customers'. Name the domains by ``--own example.com``.
"""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.utils import getaddresses, parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any

from ingest.formats.fields import Json, required, rows, tags, text
from ingest.formats.format import Format, Part, Passed
from ingest.formats.html_text import html_to_text
from ingest.formats.message import Author, Message
from ingest.formats.quoted import without_quoted

_LARGEST_PART = 4 * 1024 * 1024


def mails(path: Path, own: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """Yield each mail of a file as a plain object. Raises OSError when it cannot be read."""
    box = mailbox.mbox(path, create=False)
    try:
        for found in box:
            yield _mail(found) | {"own": list(own)}
    finally:
        box.close()


def _mail(found: Mail) -> dict[str, Any]:
    plain, marked, files = [], [], []
    for part in found.walk():
        if part.is_multipart():
            continue
        name = part.get_filename()
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        if name or part.get_content_maintype() != "text":
            files.append({"name": _header(name or ""), "bytes": str(len(content)), "address": ""})
        elif part.get_content_subtype() == "html":
            marked.append(_decoded(content[:_LARGEST_PART], part))
        else:
            plain.append(_decoded(content[:_LARGEST_PART], part))
    return {
        "message_id": text(dict(found), "Message-ID").strip("<>") or text(dict(found), "Message-Id").strip("<>"),
        "references": f"{found.get('References', '')} {found.get('In-Reply-To', '')}".split(),
        "from": _addresses(found, "From"),
        "to": _addresses(found, "To") + _addresses(found, "Cc"),
        "date": str(found.get("Date") or ""),
        "subject": _header(str(found.get("Subject") or "")),
        "automatic": str(found.get("Auto-Submitted") or "no").lower() != "no"
        or found.get("Precedence") in ("bulk", "junk"),
        "labels": [
            label.strip() for label in _header(str(found.get("X-Gmail-Labels") or "")).split(",") if label.strip()
        ],
        "text": "\n".join(plain).strip(),
        "html": "\n".join(marked).strip(),
        "attachments": files,
    }


def _recognise(document: Json) -> bool:
    return "message_id" in document and "from" in document and "date" in document


def _parts(document: Json) -> Iterator[Part]:
    # The words of a mail that cannot be read would be a dead letter; its addresses would be personal for nothing.
    yield Part(document, partial(_message, document))


def _message(mail: Json) -> Message | Passed:
    if mail.get("automatic") is True:
        return Passed("automatic mail")
    id = required(mail, "message_id")
    writer = (mail.get("from") or [""])[0]
    own = tuple(str(domain).lower().lstrip("@") for domain in mail.get("own") or ())
    agent = bool(own) and str(writer).rpartition("@")[2] in own
    others = [one for one in mail.get("to") or [] if str(one).rpartition("@")[2] not in own]
    thread = [str(one).strip("<>") for one in mail.get("references") or []]
    words = without_quoted(text(mail, "text") or html_to_text(text(mail, "html")))
    subject = text(mail, "subject")
    if subject and words and not thread:
        words = f"{subject}\n{words}"
    try:
        at = parsedate_to_datetime(required(mail, "date"))
    except ValueError:
        raise ValueError("the Date of the mail is no date") from None
    return Message(
        id=id,
        conversation=thread[0] if thread else id,
        at=at if at.tzinfo else at.astimezone(),
        author=Author.AGENT if agent else Author.CUSTOMER,
        text=words,
        channel="email",
        customer=(others[0] if others else "") if agent else str(writer),
        agent=str(writer) if agent else "",
        attributes={"tags": tags(mail.get("labels"))},
        rest={"attachments": list(rows(mail, "attachments"))} if rows(mail, "attachments") else {},
    )


def _addresses(found: Mail, name: str) -> list[str]:
    return [
        address.lower() for _, address in getaddresses([str(one) for one in found.get_all(name, [])]) if "@" in address
    ]


def _header(value: str) -> str:
    """An encoded header as text; a wrongly encoded one as it stands."""
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (LookupError, UnicodeError, ValueError):
        return " ".join(value.split())


def _decoded(content: bytes, part: Mail) -> str:
    try:
        return content.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return content.decode("utf-8", "replace")


def looks_like_mbox(head: bytes) -> bool:
    """Tell whether a file begins as a mailbox does."""
    return head.startswith(b"From ")


FORMAT = Format(
    "mbox",
    "a mailbox",
    "a file in mbox format, whose first line begins with 'From '",
    _recognise,
    _parts,
    "mbox",
)
