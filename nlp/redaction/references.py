"""Numbers that need a word beside them: accounts, orders, cases, last digits; and secrets: passwords, PINs
and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from nlp.redaction.findings import PersonalData, Span
from nlp.redaction.gazetteer import common_words, is_word
from nlp.redaction.words import words

_NOUN = (
    r"(?:account|acct?|a/c|order|booking|book|reservation|case|ticket|ref(?:erence)?|policy|claim|invoice|"
    r"con(?:firm|form)\w*|customer|client|member(?:ship)?|loan|application|"
    r"complaint|serial|tracking|parcel|shipment|contract|subscription|registration|frame|employee|staff|user|"
    r"card|file|ssn|licen[cs]e|passport|pnr|locator|"
    r"kunden(?:nummer)?|bestell(?:nummer)?|auftrags|vertrags|rechnungs|buchungs|konto(?:nummer)?|bestel(?:ling|"
    r"nummer)|klant(?:nummer)?|factuur|dossier|commande|contrat|"
    r"facture|r[ée]servation|pedido|cliente|contrato|factura|reserva|expediente|polis)"
)
_LINK = r"(?:[ -]?(?:number|numbers|numero|n[uú]mero|num|nummer|nr|no|nbr|id|code|#|№|n[°º]))"
_IS = r"(?:[ \t]{0,2}(?:is|was|are|ist|es|est|lautet|of|just|:|=|#|-|–|\(|no\.?|nr\.?)){0,3}[ \t#:\"']{0,3}"
_TOKEN = re.compile(
    r"(?<![\w@\[-])(?![Xx]{2})(?=[A-Za-z/-]{0,12}\d)[A-Za-z0-9](?:[A-Za-z0-9]|[-/](?=[A-Za-z0-9])){2,30}(?![\w-]|[.,]\d| ?%)"
)
_CUE_BEFORE = re.compile(rf"(?<!\w){_NOUN}{_LINK}?s?\b[.:#]*{_IS}$", re.IGNORECASE)
_REACH = 44
_BARE_NUMBER = re.compile(r"\d{1,5}[a-z]{0,3}|\d{1,3}[-/]\d{1,3}", re.IGNORECASE)
_SPACED = re.compile(
    rf"(?<!\w)(?:{_NOUN}{_LINK}?|number|code|id)s? (?:is |no |"
    rf"its )?(?P<code>[a-z0-9]{{1,5}}(?: [a-z0-9]{{1,9}}){{1,9}})(?!\w)"
)
_LETTERED = re.compile(r"(?<![\w@#-])[A-Z]{1,4}(?:-[A-Z]{1,3})?-\d[A-Za-z0-9]{2,}(?:-\d+)*(?!\w)")
_USER = re.compile(
    r"\b(?:user ?(?:name|id)|login(?: name)?|benutzername|gebruikersnaam|identifiant|usuario)(?:[ \t]*(?:is|:|"
    r"=))+[ \t]*(?P<code>[^\s,;:!?()]{3,40})",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\b(?:end(?:ing|s|ed)?(?: (?:in|with|on))?|last (?:four|4|three|3|five|5)(?: (?:digits?|"
    r"numbers?))?(?: (?:of|on) [\w' ]{1,40}?)?(?: (?:is|are|was))?|"
    r"letzten? (?:vier|4) (?:ziffern|stellen)|endet auf|finissant par|terminad[ao] en|eindig\w* op|"
    r"laatste (?:vier|4)(?: cijfers)?)"
    r"[ :#*x•.-]{1,8}(?P<code>\d{3,6})(?![,.:/-]\d|\d|%)",
    re.IGNORECASE,
)
_MASKED = re.compile(r"(?<!\w)(?:[x*•]{2,}-?){1,4}(?P<code>\d{3,6})(?!\w|[/-])", re.IGNORECASE)
_ALONE = re.compile(r"\W{0,3}(?P<code>\d{4,}|[A-Z]\d{4,})\W{0,3}")
_GATED = ((_LAST, words("last_words")), (_USER, words("user_words")))
_SECRET_NOUN = (
    r"(?:pass ?(?:word|wort|code|wrd|phrase)s?|pass(?:o|a)w?rd|paswoord|wachtwoord|contrase[ñn]a|clave|"
    r"mot de passe|mdp|kennwort|pw|pwd|pin(?: ?(?:code|number))?|pincode|"
    r"cvv2?|cvc|csc|security (?:code|answer)|(?:access|unlock|lock|verification|one[- ]?time|login|door|alarm|"
    r"gate|bike|sms|2fa|backup|your|my|the) code|otp|code secret|c[óo]digo|geheimzahl|"
    r"sicherheitscode|toegangscode|zugangscode)"
)
_SECRET = re.compile(
    rf"(?<!\w){_SECRET_NOUN}\b(?P<said>(?:[ \t]{{0,2}}(?:is|was|ist|est|es|lautet|war|now|:|=|->|"
    rf"\())*)[ \t\"'“„«(:=]{{1,4}}(?P<code>[^\s\"'”“»)\]\[,;]{{3,40}}(?: \d{{2,8}}(?!\w))?)",
    re.IGNORECASE,
)
_SECRET_GATE = words("secret_words")
_PASSWORD_WORDS = words("secret_words") - {"code", "codes", "security"}
_LOOKS_SECRET = re.compile(
    r"(?<![\w@/.-])(?=[\w!?$%&*#-]{0,30}[A-Za-z])(?=[\w!?$%&*#-]{0,30}\d)[A-Za-z][\w!?$%&*#-]{5,30}(?![\w@/-])"
)


def find_references(text: str, words: AbstractSet[str]) -> Iterator[Span]:
    """Yield account, order, case and other numbers that a word names, and the last digits of an account or card.

    ``words`` are the words of the text in lower case; they tell which patterns can match at all.
    """
    for match in _TOKEN.finditer(text):
        cue = _CUE_BEFORE.search(text, max(0, match.start() - _REACH), match.start())
        if cue and (not _BARE_NUMBER.fullmatch(match[0]) or _names_a_number(cue[0] + match[0])):
            yield Span(PersonalData.REFERENCE, match.start(), match.end())
    patterns = [pattern for pattern, gate in _GATED if not gate.isdisjoint(words)]
    if "xx" in text or "XX" in text or "*" in text or "•" in text:
        patterns.append(_MASKED)
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Span(PersonalData.REFERENCE, match.start("code"), match.end("code"))
    for match in _LETTERED.finditer(text):
        yield Span(PersonalData.REFERENCE, match.start(), match.end())
    if alone := _ALONE.fullmatch(text):
        yield Span(PersonalData.REFERENCE, alone.start("code"), alone.end("code"))
    if text.islower():
        yield from _spaced(text)


def find_secrets(text: str, words: AbstractSet[str]) -> Iterator[Span]:
    """Yield what stands after password, PIN or code: a word said to be one, and any word near it that looks
    like one."""
    if _SECRET_GATE.isdisjoint(words):
        return
    for match in _SECRET.finditer(text):
        code = match["code"].rstrip(".!?")
        plain = is_word(code.split()[0].lower()) and code.isalpha()
        told = match["said"].strip() or not code.replace(" ", "").isalpha()
        if (
            code
            and told
            and not plain
            and any(char.isalnum() for char in code)
            and code.split()[0].lower() not in common_words()
        ):
            yield Span(PersonalData.SECRET, match.start("code"), match.start("code") + len(code))
    if _PASSWORD_WORDS.isdisjoint(words):
        return
    for match in _LOOKS_SECRET.finditer(text):
        yield Span(PersonalData.SECRET, match.start(), match.end())


def _names_a_number(cued: str) -> bool:
    """Tell a number from a count: "ticket 4512", "order no. 31" and "account: 5478", but not "loan 30 days"."""
    return (
        len(re.findall(r"\d", cued)) >= 4
        or re.search(r"(?:number|num|nummer|numero|n[uú]mero|\bnr|\bno|\bid|#)\b", cued, re.IGNORECASE) is not None
    )


def _spaced(text: str) -> Iterator[Span]:
    """Yield codes typed with blanks in lower-case chat, such as "booking number is ff 3 sj 27", or a line
    that is one.
    """
    for match in _SPACED.finditer(text):
        end = _code_end(match["code"])
        if end:
            yield Span(PersonalData.REFERENCE, match.start("code"), match.start("code") + end)
    if len(text) <= 24 and _code_end(text) == len(text):
        yield Span(PersonalData.REFERENCE, 0, len(text))


def _code_end(words: str) -> int:
    """Return how far a row of short words reads as a code: letters that are no word, mixed with digits."""
    end = at = letters = digits = 0
    for word in words.split(" "):
        if word.isalpha():
            if (word in common_words() and len(word) > 1) or len(word) > 4 or (len(word) > 2 and is_word(word)):
                break
            letters += 1
        elif word.isalnum():
            digits += 1
        else:
            break
        end = at + len(word)
        at = end + 1
    return end if digits and (letters or digits > 1) else 0
