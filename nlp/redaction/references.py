"""Numbers that need a word beside them: account, order and case numbers, last four digits, and secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.findings import PersonalData, Span

_NOUN = (
    r"(?:account|acct?|a/c|ac|order|booking|book|reservation|case|ticket|ref(?:erence)?|policy|claim|invoice|con(?:firm|form)\w*|customer|client|member(?:ship)?|loan|"
    r"complaint|serial|tracking|parcel|shipment|contract|subscription|registration|frame|employee|staff|user|card|credit card|debit card|file|"
    r"kunden|kundennummer|bestell|auftrags|vertrags|rechnungs|buchungs|ticket|konto|kontonummer|bestelling|klant|klantnummer|bestelnummer|factuur|contract|dossier|commande|client|contrat|"
    r"facture|r[ée]servation|pedido|cliente|contrato|factura|reserva|expediente|pnr|iban|ssn|ss|sn|licen[cs]e|passport|record locator|locator|polis)"
)
_LINK = r"(?:[ -]?(?:number|numbers|numero|n[uú]mero|num|nummer|nr|no|nbr|id|code|#|№|n[°º]))"
_JOIN = r"(?:[ .:;#=-]|is|was|are|ist|es|est|=|n[°º]|ending|in|and|the|my|of|to){0,6}?"
_CUED = re.compile(
    rf"(?<!\w){_NOUN}{_LINK}?s?\b[.:#]*(?:[ \t]{{0,2}}(?:is|was|are|ist|es|est|lautet|just|:|=|#|-|–|\(|no\.?|nr\.?)){{0,3}}[ \t#:\"']{{0,3}}"
    r"(?P<code>(?=[\w/-]{0,24}\d)[A-Za-z0-9](?:[A-Za-z0-9]|[-/](?=[A-Za-z0-9])){2,30})(?![\w-])",
    re.IGNORECASE,
)
_SPACED = re.compile(
    rf"(?<!\w)(?:{_NOUN}{_LINK}?|number|code|id|{_NOUN} \w{{1,12}} {_LINK})\b[.:#]*(?: (?:is|are|was|no|its|it))?[ :#]{{1,2}}"
    r"(?P<code>(?=[a-z ]{0,8}\d)(?:[a-z]{1,4}|\d{1,9})(?: (?:[a-z]{1,2}|[a-z]{0,3}\d{1,9}[a-z]{0,2})){1,8})(?!\w)",
    re.IGNORECASE,
)
_SHORT_CODE = re.compile(r"(?<![\w-])[A-Z]{1,4}-\d{4,}(?:-\d+)*(?![\w])")
_LAST4 = re.compile(
    r"\b(?:end(?:ing|s|ed)?(?: (?:in|with|on))?|last (?:four|4|three|3|five|5)(?: (?:digits?|numbers?))?(?: (?:of|on) [\w' ]{1,40}?)?(?: (?:is|are|was))?|letzten? (?:vier|4) (?:ziffern|stellen)|"
    r"endet auf|finissant par|terminad[ao] en|eindig\w* op|laatste (?:vier|4)(?: cijfers)?)[ :#*x•.-]{1,8}(?P<code>\d{3,6})(?![\d,.:/%-]\d|\d|%)",
    re.IGNORECASE,
)
_MASKED = re.compile(r"(?<!\w)(?:[x*•]{2,}[ -]?){1,4}(?P<code>\d{3,6})(?!\w)", re.IGNORECASE)
_PLAIN_WORD = (
    r"(?:is|was|are|the|a|an|not|wrong|incorrect|reset|expired|and|or|for|to|of|on|in|my|your|again|never|no|link|change|changed|mail|email|please|that|it|isnt|doesnt|does|did|has|had|"
    r"will|would|could|can|cant|should|when|because|but|with|from|by|invalid|correct|right|works?|working|manager|field|page|screen|rules?|via|at|if|as|so|we|he|she|they|i|you|"
    r"ok|okay|same|new|old|being|been|still|just|also|keeps?|kept|needs?|very|too|after|before|protected|blocked|locked|forgotten|lost|unknown|ist|est|es|nicht|falsch|und|et|y|en)"
)
_SECRET = re.compile(
    r"(?<!\w)(?:pass ?(?:word|wort|code|wrd|phrase)s?|pass(?:o|a)w?rd|paswoord|wachtwoord|contrase[ñn]a|clave|mot de passe|mdp|kennwort|pw|pwd|pin(?: ?(?:code|number))?|pincode|"
    r"cvv2?|cvc|csc|security (?:code|answer)|(?:access|unlock|lock|verification|one[- ]?time|login|door|alarm|gate|bike|sms|2fa|backup) code|otp|code secret|c[óo]digo|geheimzahl|"
    r"sicherheitscode|toegangscode|zugangscode)\b"
    r"(?:[ \t]{0,2}(?:is|was|ist|est|es|lautet|war|now|:|=|->|\())*[ \t\"'“„«(:=]{1,4}"
    rf"(?!{_PLAIN_WORD}\b)(?P<code>[^\s\"'”“»)\]\[,;]{{3,40}}(?: \d{{2,8}}(?!\w))?)",
    re.IGNORECASE,
)
_SAID = re.compile(r"(?:is|was|ist|est|es|lautet|war|now|:|=|->|\()[ \t\"'“„«]{0,3}$", re.IGNORECASE)


def find_references(text: str) -> Iterator[Span]:
    """Yield account, order, case and other numbers that a word names, and the last digits of an account or card."""
    for pattern in (_CUED, _SPACED, _LAST4, _MASKED):
        for match in pattern.finditer(text):
            yield Span(PersonalData.REFERENCE, match.start("code"), match.end("code"))
    for match in _SHORT_CODE.finditer(text):
        yield Span(PersonalData.REFERENCE, match.start(), match.end())


def find_secrets(text: str) -> Iterator[Span]:
    """Yield what stands after password, PIN or code: any word said to be one, or any word that looks like one."""
    for match in _SECRET.finditer(text):
        code = match["code"].rstrip(".!?")
        said = _SAID.search(text, match.start(), match.start("code"))
        if code and (said or any(char.isdigit() for char in code) or not code.isalpha()):
            yield Span(PersonalData.SECRET, match.start("code"), match.start("code") + len(code))
