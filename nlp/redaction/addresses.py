"""Street addresses, with the town where it follows, and postcodes, in the forms of the countries we hear from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from nlp.redaction.findings import PersonalData, Span
from nlp.redaction.words import words

_STREETS = words("streets")
# Kinds of street that are everyday words: an address only in capitals.
_CAPITAL_STREETS = words("capital_streets")
_IDLE = words("not_in_street")
_WORD = r"[^\W\d_]{1,24}(?:['’-][^\W\d_]{1,24}){0,2}\.?"
_NUMBER_FIRST = re.compile(
    rf"(?<![\w$€£.,:/-])(?:no\.? )?\d{{1,6}}(?:[-/]\d{{1,4}})? ?[A-Da-d]?(?<! ),? "
    rf"(?P<words>(?:{_WORD} ){{1,4}}?)(?P<street>[^\W\d_]{{2,12}})\b(?!['’])\.?",
    re.IGNORECASE,
)
_STATE = r"(?:A[AEKLPRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
_UK_POST = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_NL_POST = r"(?!(?:19|20)\d\d)[1-9]\d{3} ?(?!SA|SD|SS|AM|PM)[A-Z]{2}"
_CAPITAL_WORD = r"[A-ZÀ-Ý](?:[^\W\d_]|['’]){1,24}+"
_TOWN = rf"{_CAPITAL_WORD}(?:[ -](?:[a-z]{{1,3}} )?{_CAPITAL_WORD}){{0,3}}"
_UNIT = r"(?:,?\s{1,2}(?:suite|ste|apt\.?|apartment|unit|flat|floor|fl|room|rm|box|bus|#)\.? ?#?[\w-]{1,6})?"
_TAIL = re.compile(
    rf"(?i:{_UNIT})(?:[,\s]{{1,3}}(?:{_TOWN}[,\s]{{1,3}})?(?:{_STATE}\.?,? \d{{5}}(?:-\d{{4}})?|{_UK_POST}|"
    rf"{_NL_POST}(?: {_TOWN})?|(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?![\d-])(?: {_TOWN})?)(?!\w)|"
    rf",\s{_TOWN}(?=\s*(?:[.,;)!?\n]|$)))?"
)
_LOWER_TAIL = re.compile(
    r"(?:,? (?!(?:and|but|phone|ph|tel|contact|number|my|is|email|mail|please|so|i|the)\b|\d{7})[\w'-]{1,20}){0,8}"
)
_WITH_UNIT = re.compile(
    r"(?<![\w$€£.,:/-])\d{2,6}\s(?:[\w'’.-]{1,24}\s){1,5}(?:suite|ste|apt\.?|apartment|unit) ?#?\d{1,5}(?!\w)",
    re.IGNORECASE,
)
_MILITARY = re.compile(
    r"(?<!\w)(?:(?:PSC|Unit|CMR|USCGC|USNS|USNV|USS) [\w.]{1,20},?\s(?:Box \d{1,5},?\s)?)?[FAD]PO,? A[AEP],? \d{5}",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"(?<!\w)(?:p\.? ?o\.? ?box|postfach|postbus|bo[iî]te postale|apartado(?: de correos)?) \d{1,7}", re.IGNORECASE
)
_SUFFIXES = tuple(sorted(words("street_endings")))
_SURE_SUFFIXES = ("straße", "strasse", "straat", "laan", "gracht", "plein", "allee", "gasse", "singel", "steenweg")
_PREPOSED = words("street_openings")
_NOT_STREETS = words("not_streets")
# A house number after a word; the street is read backwards from it.
_HOUSE_LAST = re.compile(
    r"(?<![\w-])(?P<street>(?:[A-ZÀ-Ý][\w'’.]{1,24}+[ -](?:(?:der|den|dem) )?){0,3}[^\W\d_][^\W\d_'’]{2,36}+\.?|[^\W\d_][^\W\d_'’-]{2,36}+\.?)"
    r" (?!(?:19|20)\d\d\b)\d{1,4}(?: ?[a-zA-Z](?!\w)| ?(?:bis|hs|[IV]{1,3})(?!\w))?(?:[-/]\d{1,4})?(?![\w%]|[.,]\d)"
)
_ROMANCE = re.compile(
    r"(?<!\w)(?:\d{1,4}(?: ?(?:bis|ter|[a-d]))?,? )?(?:rue|avenue|av\.|bd|boulevard|place|chemin|impasse|"
    r"all[ée]e|quai|cours|mont[ée]e|calle|c/|avenida|avinguda|avda\.?|plaza|plaça|paseo|passeig|"
    r"carrer|ronda|camino|rua|travessa|via|viale|piazza|corso|largo|ul\.)(?: (?:de|du|des|la|le|les|del|della|"
    r"delle|dei|los|las|da|do|dos|di|el)\b| ?(?:d|l)['’](?=\w))*"
    r"(?: ?[A-ZÀ-Ý0-9][\w'’.-]{1,24}(?: (?:de|du|des|la|del|y|et|"
    r"d['’]) ?[A-ZÀ-Ý][\w'’-]{1,24})?){1,4}(?:,? (?:n[º°o]\.? ?)?\d{1,4}(?!\d)(?: ?[a-zA-Zº°](?!\w))?)?",
    re.IGNORECASE,
)
_ROMANCE_WORDS = words("romance_words")
_UNIT_WORDS = words("unit_words")
_BOX_WORDS = words("box_words")
_CUE_WORDS = words("address_words")
_POSTCODE_WORDS = words("postcode_words")
_CUED = re.compile(
    r"\b(?:address|addr?|adres(?:se)?|anschrift|direcci[óo]n|live|lives|wohn[et]|habite|vive|"
    r"woon[t]?)(?: (?:is|was|to|at|in|of|est|ist|es|now|new|op|aan|au|en)\b|:|,)* "
    r"(?P<address>(?:no\.? ?)?\d{1,6} ?[a-d]? (?!days|weeks|months|years|hours|min|"
    r"euro)[^\W\d_]{3,}(?: [\w'’.-]+){0,6}?)(?=[,.!?;\n]|$| (?:and|but|which|phone|ph|tel|my|so|please)\b)",
    re.IGNORECASE,
)
_BEFORE_POSTCODE = re.compile(
    rf"(?<!\w){_TOWN} \d{{1,4}} ?[a-z]?, (?:\d{{4}} ?[A-Z]{{2}}|\d{{4,5}}) {_TOWN}|"
    rf"(?<![\w.])\d{{1,4}}[a-z]? {_TOWN},? {_UK_POST}(?!\w)"
)
_POSTCODE = re.compile(rf"(?<![\w-])(?:{_UK_POST}|{_NL_POST})(?![\w-])")
_CUED_POSTCODE = re.compile(
    r"\b(?:zip(?: ?code)?|post ?code|postal code|plz|postleitzahl|code postal|c[óo]digo postal)\b(?: (?:is|ist|"
    r"est|es))?[ :=#-]{1,3}"
    r"(?P<code>[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|\d{4} ?[a-z]{2}|\d{3,6}(?:-\d{4})?)(?!\w)",
    re.IGNORECASE,
)
_STATE_ZIP = re.compile(rf"(?<=[ ,]){_STATE}\.?,? (?P<code>\d{{5}}(?:-\d{{4}})?)(?!\w)")


def find_addresses(text: str, words: AbstractSet[str]) -> Iterator[Span]:
    """Yield street addresses and postcodes of a text with a digit. ``words`` are those of the text, in lower case."""
    for match in _NUMBER_FIRST.finditer(text):
        if _is_street(match):
            yield _with_tail(text, match.start(), match.end())
    for match in _HOUSE_LAST.finditer(text):
        if _is_germanic(match["street"]):
            yield _with_tail(text, match.start(), match.end())
    patterns = [_BEFORE_POSTCODE]
    patterns += [_WITH_UNIT] * (not _UNIT_WORDS.isdisjoint(words)) + [_MILITARY, _BOX] * (
        not _BOX_WORDS.isdisjoint(words)
    )
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield _with_tail(text, match.start(), match.end())
    if not _ROMANCE_WORDS.isdisjoint(words):
        yield from _romance(text)
    if not _CUE_WORDS.isdisjoint(words):
        for match in _CUED.finditer(text):
            yield Span(PersonalData.ADDRESS, match.start("address"), match.end("address"))
    yield from _postcodes(text, words)


def _postcodes(text: str, words: AbstractSet[str]) -> Iterator[Span]:
    for match in _POSTCODE.finditer(text):
        yield Span(PersonalData.POSTCODE, match.start(), match.end())
    patterns = [_STATE_ZIP] + [_CUED_POSTCODE] * (not _POSTCODE_WORDS.isdisjoint(words))
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Span(PersonalData.POSTCODE, match.start("code"), match.end("code"))


def find_postcode_after_name(text: str, end: int) -> Span | None:
    """Return the lone postcode that closes a text after a name: "Emiel Baeten, 9050"."""
    match = re.compile(r", (\d{4,5})\W*$").match(text, end)
    return Span(PersonalData.POSTCODE, match.start(1), match.end(1)) if match else None


def _is_street(match: re.Match[str]) -> bool:
    words, street = match["words"].split(), match["street"]
    if any(word.lower().rstrip(".") in _IDLE for word in words):
        return False
    if street.lower() in _STREETS and (street.lower() not in _CAPITAL_STREETS or street[0].isupper() or len(words) > 1):
        return True
    return street.lower() in _CAPITAL_STREETS and street[0].isupper() and words[0][0].isupper()


def _is_germanic(street: str) -> bool:
    """Tell whether a word, with the capital words before it, names a street: Vleutenseweg, Neusser Wall, An
    der Mühle."""
    before, _, last = street.rpartition(" ")
    lower = last.lower().rstrip(".")
    if last.isupper() and len(last) > 1:
        return lower.endswith(("straße", "strasse", "straat"))
    if before and before.split()[0].lower() in _PREPOSED and before[0].isupper() and last[0].isupper():
        return True
    if not lower.endswith(_SUFFIXES if last[0].isupper() else _SURE_SUFFIXES):
        return False
    return (bool(before) and last[0].isupper()) if lower in _SUFFIXES or lower in _NOT_STREETS else len(lower) > 6


def _romance(text: str) -> Iterator[Span]:
    for match in _ROMANCE.finditer(text):
        named = any(char.isupper() for char in match[0].partition(" ")[2])
        if named and any(char.isdigit() for char in match[0]):
            yield _with_tail(text, match.start(), match.end())


def _with_tail(text: str, start: int, end: int) -> Span:
    tail = (_LOWER_TAIL if text.islower() else _TAIL).match(text, end)
    return Span(PersonalData.ADDRESS, start, tail.end() if tail else end)
