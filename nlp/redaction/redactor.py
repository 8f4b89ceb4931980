"""Personal data out of the segments of a ticket, before anything is stored, embedded or logged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from nlp.redaction.addresses import find_addresses, find_postcode_after_name
from nlp.redaction.contacts import find_contacts
from nlp.redaction.dates import birth_beside_name, find_births
from nlp.redaction.findings import PersonalData, Redacted, RedactionFailed, Span, placeholder, render, settle
from nlp.redaction.gazetteer import is_thing, is_word
from nlp.redaction.names import Name, NameReader
from nlp.redaction.numbers import find_numbers
from nlp.redaction.references import find_references, find_secrets
from nlp.redaction.spoken import find_spoken

_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"\[NAME-(\d{1,6})\]")
_ROUNDS = 8


class Redactor:
    """Takes personal data out of tickets.

    ``deny`` lists names that are always taken out (agent and customer rosters), ``allow`` names that never are (products, firms).
    """

    def __init__(self, *, deny: Sequence[str] = (), allow: Sequence[str] = ()) -> None:
        self._deny = frozenset(_words(deny))
        self._allow = _pattern(allow)

    def redact(self, texts: Sequence[str], *, deny: Sequence[str] = (), language: str = "en") -> list[Redacted]:
        """Redact the segments of one ticket; a name found in one is taken out of all, under one number.

        ``deny`` adds names for this ticket. ``language`` is its tag; the model of English names is asked about English only.
        Raises RedactionFailed on any error: the caller sets the ticket aside, unread.
        """
        try:
            return self._redact(texts, self._deny | frozenset(_words(deny)), english=language.startswith("en"))
        except Exception as error:
            raise RedactionFailed(f"redaction failed with {type(error).__name__}; the text was not kept") from None

    def redact_many(self, tickets: Sequence[Sequence[str]]) -> list[list[Redacted]]:
        """Redact many tickets, each a list of segments, taken for English."""
        return [self.redact(texts) for texts in tickets]

    def _redact(self, texts: Sequence[str], deny: frozenset[str], *, english: bool) -> list[Redacted]:
        """Look again at whatever changed until nothing more is found; so redacting it once more changes nothing."""
        found: list[list[Span]] = [[] for _ in texts]
        redacted = _render(texts, found)
        stale = set(range(len(texts)))
        for _ in range(_ROUNDS):
            fresh = self._find([item.text for item in redacted], stale, deny, english=english)
            stale = {number for number, spans in enumerate(fresh) if spans}
            if not stale:
                return redacted
            for number in stale:
                found[number] += [_carried_back(span, redacted[number]) for span in fresh[number]]
                found[number].sort(key=lambda span: span.start)
            redacted = _render(texts, found)
        raise RedactionFailed(f"redaction did not come to rest in {_ROUNDS} rounds")

    def _find(
        self, texts: Sequence[str], stale: AbstractSet[int], deny: frozenset[str], *, english: bool
    ) -> list[list[Span]]:
        """Return fresh spans per text: all that the stale texts hold, and in every text the names found in them."""
        spans: list[list[Span]] = [[] for _ in texts]
        known: set[str] = set()
        for number in stale:
            text = texts[number]
            reader = NameReader(text, deny)
            names = list(reader.names())
            names += reader.unknown_pairs(names) if english else ()
            known.update(text[name.start : name.end] for name in names)
            spans[number] = [Span(PersonalData.PERSON, name.start, name.end) for name in names]
            spans[number] += _structured(text, frozenset(reader.lower), names)
        if again := _again(known):
            for text, listed in zip(texts, spans, strict=True):
                listed += [Span(PersonalData.PERSON, *match.span()) for match in again.finditer(text)]
        return [
            settle(self._but_allowed(text, listed), text) if listed else []
            for text, listed in zip(texts, spans, strict=True)
        ]

    def _but_allowed(self, text: str, spans: list[Span]) -> list[Span]:
        allowed = [match.span() for match in self._allow.finditer(text)] if self._allow else []
        return [span for span in spans if not any(left <= span.start and span.end <= right for left, right in allowed)]


def _structured(text: str, words: frozenset[str], names: Iterable[Name]) -> list[Span]:
    spans = [*find_contacts(text), *find_secrets(text, words), *find_spoken(text, words)]
    if _DIGIT.search(text):
        spans += [*find_births(text, words), *find_numbers(text, words), *find_references(text, words)]
        spans += find_addresses(text, words)
        spans += [code for name in names if (code := find_postcode_after_name(text, name.end))]
        spans += [birth for name in names if (birth := birth_beside_name(text, name.start, name.end))]
    return spans


def _carried_back(span: Span, item: Redacted) -> Span:
    """Return a span of the redacted text as a span of the given one; it overlaps no placeholder, so its
    length stays."""
    shift = 0
    for finding in item.findings:
        if finding.at >= span.start:
            break
        shift += finding.end - finding.start - len(finding.placeholder)
    return Span(span.type, span.start + shift, span.end + shift)


def _render(texts: Sequence[str], found: Sequence[Sequence[Span]]) -> list[Redacted]:
    taken = [int(number) for text in texts for number in _NUMBERED.findall(text)]
    people = _People(max(taken, default=0))
    rendered = []
    for text, spans in zip(texts, found, strict=True):
        marks = [
            placeholder(
                span.type, people.number(text[span.start : span.end]) if span.type is PersonalData.PERSON else 0
            )
            for span in spans
        ]
        rendered.append(render(text, list(zip(spans, marks, strict=True))))
    return rendered


class _People:
    """Numbers the people of a ticket by first mention; a part of a name already seen is the same person."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._known: list[tuple[frozenset[str], int]] = []

    def number(self, name: str) -> int:
        words = frozenset(_words([name]))
        for known, number in self._known:
            if words and (words <= known or known <= words):
                return number
        self._last += 1
        self._known.append((words, self._last))
        return self._last


def _words(names: Iterable[str]) -> list[str]:
    return [word.lower() for name in names for word in re.findall(r"[^\W\d_]{2,}", name)]


def _pattern(phrases: Iterable[str]) -> re.Pattern[str] | None:
    choices = sorted({re.escape(phrase.strip()) for phrase in phrases if phrase.strip()}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(choices)})(?!\w)", re.IGNORECASE) if choices else None


def _again(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds known names elsewhere: whole, and by each of their words that is no English word.

    A word that is also English counts only as it was written, with its capital.
    """
    wholes = {name for name in names if len(name) > 1}
    parts = {part for name in wholes for part in re.findall(r"[^\W\d_][\w'’-]{2,}", name) if not is_thing(part.lower())}
    sure = {name for name in wholes | parts if " " in name or not is_word(name.lower())}
    written = {name for name in (wholes | parts) - sure if name[0].isupper()}
    if not sure and not written:
        return None
    choices = [f"(?i:{re.escape(name)})" for name in sorted(sure, key=len, reverse=True)]
    choices += [re.escape(name) for name in sorted(written, key=len, reverse=True)]
    return re.compile(rf"(?<![\w@./-])(?:{'|'.join(choices)})(?![\w@])")
