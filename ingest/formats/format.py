"""What all formats share: a document is recognised, its parts are read one by one, and one bad part spoils no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ingest.feedback import Reason
from ingest.formats.message import Message

Json = Mapping[str, Any]
SHOWN_KEYS = 8


class NotThisFormat(RuntimeError):
    """A document is not of the format that was asked for; the message says what it looks like and what was expected."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A part that is no feedback, such as a system's own line; ``reason`` is for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A part that cannot be read, with the reason code of the dead letter and the part itself."""

    reason: Reason
    detail: str
    record: object


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a document and how to read it. ``read`` raises ValueError, KeyError or TypeError for a bad one."""

    record: Json
    read: Callable[[], Message | Passed]


@dataclass(frozen=True, slots=True)
class Format:
    """A way of writing feedback down. ``looks`` ends the sentence "expected ..."; ``container`` is the kind of file."""

    name: str
    title: str
    looks: str
    recognise: Callable[[Json], bool]
    parts: Callable[[Json], Iterator[Part]]
    container: Literal["json", "csv", "mbox"] = "json"

    def read(self, document: object) -> Iterator[Message | Passed | Fault]:
        """Yield what is in one parsed document; a list is a list of documents. Raises NotThisFormat, before anything else."""
        documents: list[Any] = document if isinstance(document, list) else [document]
        for found in documents:
            if not isinstance(found, Mapping) or not self.recognise(found):
                raise NotThisFormat(f"not {self.title}: {_shape(found)}; expected {self.looks}")
        return (outcome for found in documents for outcome in self._outcomes(found))

    def _outcomes(self, document: Json) -> Iterator[Message | Passed | Fault]:
        for part in self.parts(document):
            try:
                found = part.read()
            except KeyError as error:
                yield Fault(Reason.MISSING_FIELD, f"the field {error} is missing", part.record)
            except (ValueError, TypeError, OverflowError) as error:
                yield Fault(Reason.BAD_VALUE, str(error), part.record)
            else:
                yield Passed("no words") if isinstance(found, Message) and not found.text.strip() else found


def _shape(document: object) -> str:
    if not isinstance(document, Mapping):
        return f"a {type(document).__name__} where an object should be"
    if not document:
        return "an empty object"
    keys = [str(key)[:30] for key in list(document)[:SHOWN_KEYS]]
    return f"an object with {', '.join(keys)}{' ...' if len(document) > SHOWN_KEYS else ''}"
