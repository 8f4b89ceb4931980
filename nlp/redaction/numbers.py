"""Numbers that lead to a person: cards, IBANs, national ids, phones, references, and every long run of digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

import phonenumbers
from stdnum import iban, luhn
from stdnum.be import nn as belgian
from stdnum.de import idnr as german
from stdnum.es import dni as spanish
from stdnum.es import nie as spanish_foreigner
from stdnum.fr import nir as french
from stdnum.gb import nhs as british_health
from stdnum.it import codicefiscale as italian
from stdnum.nl import bsn as dutch
from stdnum.pl import pesel as polish
from stdnum.us import ssn as american

from nlp.redaction.dates import quiet_numbers
from nlp.redaction.findings import PersonalData, Span
from nlp.redaction.words import words

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{1,4}+){3,8}+", re.IGNORECASE)
_RUN = re.compile(
    r"(?<![\w])(?:\+|\(\+?|00)?\d(?:(?:[ /()–-]{0,3}|\.)\d){3,24}(?:(?: ?(?:x|ext\.?) ?)\d{1,5})?(?!\w)", re.IGNORECASE
)
_LETTER_VALUES = {ord(letter): str(value) for value, letter in enumerate("abcdefghijklmnopqrstuvwxyz", 10)}
_IBAN_SHAPE = re.compile(r"[A-Z]{2}\d{2}(?: ?(?:[A-Z]{4}|\d{4})){3,7}(?: ?\d{1,3}(?!\d))?")
_VAT = re.compile(
    r"\b(?:vat|btw|ust-?id|tva|nif|cif|ondernemingsnummer|tax|driving licen[cs]e|passport|licen[cs]e)(?: (?:no|"
    r"nr|number|nummer|is|id))*[ :.#]{1,3}(?P<code>[A-Z]{2} ?(?:[\dA-Z][ .]?){7,14}\d|"
    r"[A-Z]{4,5} ?\d{6} ?[A-Z0-9]{3}|[A-Z]{1,2}\d{6,9})",
    re.IGNORECASE,
)
_VAT_WORDS = words("vat_words")
_MIXED = re.compile(r"[A-Za-z] ?-?\d|\d-?[A-Za-z]")
_NINO = re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D](?!\w)", re.IGNORECASE)
_LETTERED_ID = re.compile(
    r"(?<!\w)(?:[XYZ][ -]?\d{7}[ -]?[A-Z]|\d{8}[ -]?[A-Z]|[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z])(?!\w)", re.IGNORECASE
)
_CODE = re.compile(
    r"(?<![\w@#])(?=[\w/-]{0,30}\d)(?![\dxX/-]{0,20}[xX]{2})(?!\d{0,3}\s?USC)(?:[A-Za-z]{1,5}-?\d{5,}+[\w/-]{0,40}|"
    r"(?=(?:[A-Za-z/-]{0,12}+\d){6})(?=[\w/-]{0,40}[A-Za-z])[A-Za-z0-9]{1,40}+(?:[-/][A-Za-z0-9]{1,40}+){0,8}+)(?!\w)"
)
_REFERENCE_CUE = re.compile(
    r"(?:account|acct|case|order|ticket|ref(?:erence)?|policy|claim|invoice|confirmation|loan|complaint|"
    r"contract|kundennummer|klantnummer|vertragsnummer|bestellnummer|booking)"
    r"(?: ?(?:number|no|nr|id|#))?\b[^.!?\d]{0,8}$",
    re.IGNORECASE,
)
_PHONE_CUE = re.compile(
    r"(?:phone|tel|registered|mobile|mob|cell|call(?:ed|ing)?|contact|number|reach|ring|text(?:ed)?|whatsapp|"
    r"sms|fax|cb|ph|line|from|handy|telefon\w*|t[ée]l[ée]phone|"
    r"m[óo]vil|portable|nummer|gsm|bel)\b[^.!?\d]{0,24}$",
    re.IGNORECASE,
)
_PHONE_SHAPE = re.compile(
    r"(?:\+|00)\d[\d ./()-]{6,20}|\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}|1[ .-]\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|"
    r"0\d{1,5}[ /.-]\d[\d ./-]{4,12}|0[1-9](?:[ .]?\d\d){4}"
)
_ID_CUE = re.compile(
    r"(?:\bssn|social security|national insurance|\bnino?\b|passport|driver'?s? licen[cs]e|"
    r"\bid(?:entity)? ?(?:card|no|number)?|tax|steuer\S*|ausweis\S*|"
    r"\bbsn\b|burgerservice\S*|\bdni\b|\bnie\b|\bnir\b|rijksregister\S*|pass?(?:e)?port\S*|"
    r"s[ée]curit[ée] sociale|\bpesel\b|licen[cs]e)\b[^.!?\d]{0,24}$",
    re.IGNORECASE,
)
_IDS = (american, dutch, german, french, spanish, spanish_foreigner, british_health, italian, belgian, polish)
_REGIONS = ("US", "GB", "DE", "FR", "ES", "NL", "BE", "IT")


def find_numbers(text: str, words: AbstractSet[str]) -> Iterator[Span]:
    """Yield cards, IBANs, national ids, phones, and whatever else has six digits and is neither money nor a date.

    ``words`` are the words of the text in lower case; they tell which patterns can match at all.
    """
    if _MIXED.search(text):
        yield from _lettered(text)
    if not _VAT_WORDS.isdisjoint(words):
        for match in _VAT.finditer(text):
            yield Span(PersonalData.ID, match.start("code"), match.end("code"))
    for match in _RUN.finditer(text):
        start, end = match.span()
        digits = re.sub(r"\D", "", match[0])
        enough = 6 if match[0].isdigit() else 8
        if (
            len(digits) < enough
            and not _is_short_phone(text, start, match[0])
            and not _ID_CUE.search(text, max(0, start - 60), start)
        ):
            continue
        if len(digits) <= 19 and (quiet := quiet_numbers(text, start, end)):
            yield from _around(text, start, end, quiet)
        else:
            yield Span(_kind(text, start, match[0], digits), start, end)


def _lettered(text: str) -> Iterator[Span]:
    """Yield IBANs, ids and codes of letters and digits. What has the shape of an IBAN and a wrong checksum is
    a reference."""
    for match in _IBAN.finditer(text):
        if end := _iban_end(match[0] + text[match.end() : match.end() + 1]):
            yield Span(PersonalData.IBAN, match.start(), match.start() + end)
        elif shape := _IBAN_SHAPE.match(match[0]):
            yield Span(PersonalData.REFERENCE, match.start(), match.start() + shape.end())
    for pattern in (_NINO, _LETTERED_ID):
        for match in pattern.finditer(text):
            yield Span(PersonalData.ID, match.start(), match.end())
    for match in _CODE.finditer(text):
        if not quiet_numbers(text, match.start(), match.end()):
            cued = _ID_CUE.search(text, max(0, match.start() - 60), match.start())
            yield Span(PersonalData.ID if cued else PersonalData.REFERENCE, match.start(), match.end())


def _kind(text: str, start: int, run: str, digits: str) -> PersonalData:
    before_from = max(0, start - 60)
    if 13 <= len(digits) <= 19 and not run.startswith("+") and luhn.is_valid(digits):
        return PersonalData.CARD
    if _ID_CUE.search(text, before_from, start):
        return PersonalData.ID
    if _REFERENCE_CUE.search(text, before_from, start) and not run.startswith("+"):
        return PersonalData.REFERENCE
    if re.fullmatch(r"\d{3}-\d\d-\d{4}", run):
        return PersonalData.ID
    if 7 <= len(digits) <= 18 and (_PHONE_SHAPE.fullmatch(run) or "x" in run.lower()):
        return PersonalData.PHONE
    if 7 <= len(digits) <= 15 and _PHONE_CUE.search(text, before_from, start):
        return PersonalData.PHONE
    if 9 <= len(digits) <= 12 and digits[0] in "01+" and any(_is_phone(run, region) for region in _REGIONS):
        return PersonalData.PHONE
    if 9 <= len(digits) <= 15 and any(checker.is_valid(run) for checker in _IDS):
        return PersonalData.ID
    return PersonalData.REFERENCE


def _is_short_phone(text: str, start: int, run: str) -> bool:
    """Tell whether seven digits are a local number: 555-0147, or after words of phones 555 0147."""
    return (
        re.fullmatch(r"\d{3}[ .-]\d{4}", run) is not None
        and _PHONE_CUE.search(text, max(0, start - 60), start) is not None
    )


def _is_phone(run: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(run, region))
    except phonenumbers.NumberParseException:
        return False


def _iban_end(candidate: str) -> int:
    """Return how many characters of the candidate are an IBAN with a right checksum; words may follow it."""
    ends = [at for at in range(15, len(candidate) + 1) if at == len(candidate) or not candidate[at].isalnum()]
    for end in reversed(ends):
        if _is_97(candidate[:end]) and iban.is_valid(candidate[:end], check_country=False):
            return end
    return 0


def _around(text: str, start: int, end: int, quiet: list[tuple[int, int]]) -> Iterator[Span]:
    """Yield the long runs that stand beside a date or a sum inside one stretch of digits."""
    at = start
    for left, right in [*quiet, (end, end)]:
        if right < at or left > end:
            continue
        piece = text[at : max(at, left)]
        digits = re.sub(r"\D", "", piece)
        if len(digits) >= 6:
            yield Span(_kind(text, at, piece.strip(), digits), at, left)
        at = max(at, right)


def _is_97(candidate: str) -> bool:
    """Tell whether the check digits of an IBAN are right; spares the library's long way for what is none."""
    compact = candidate.replace(" ", "").replace("-", "")
    if not compact.isascii() or not compact.isalnum():
        return False
    return int((compact[4:] + compact[:4]).lower().translate(_LETTER_VALUES)) % 97 == 1
