"""Street addresses and postcodes of the English, German, Dutch, French, Spanish and Italian speaking worlds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.findings import PersonalData, Span

_WORD = r"[^\W\d_][\w'’.-]{0,24}"
_STREET = (
    r"(?:street|streeet|str|st|road|rd|avenue|ave|av|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|ter|way|highway|hwy|parkway|pkwy|circle|cir|trail|trl|alley|"
    r"crescent|close|grove|gardens?|mews|row|walk|hill|park|green|rise|quay|wharf|gate|view|plaza|loop|path|pike|turnpike|crossing|crossroad|extension|expressway|freeway|"
    r"islands?|mall|stream|springs?|ridges?|roads?|rapids?|manors?|meadows?|mills?|mission|mountains?|motorway|neck|orchard|oval|overpass|parks|parkways?|pass|passage|pines?|plains?|"
    r"points?|port|ports|prairie|radial|ramp|ranch|rest|river|route|rue|run|shoals?|shores?|skyway|spur|station|stravenue|summit|throughway|trace|track|trafficway|tunnel|underpass|"
    r"unions?|valleys?|via|viaduct|views|villages?|ville|vista|walks|wall|ways|wells?|bay|beach|bend|bluff|bluffs?|bottom|branch|bridge|brook|brooks|burg|burgs?|bypass|camp|canyon|cape|"
    r"causeway|centers?|circles|cliffs?|club|common|corner|corners|course|courts|coves?|creek|crest|curve|dale|dam|divide|drives|estates?|falls|ferry|fields?|flats?|fords?|forest|forges?|"
    r"forks?|fort|garden|gateway|glens?|greens|groves|harbors?|haven|heights|hills|hollow|inlet|island|isle|junctions?|keys?|knolls?|lakes?|land|landing|light|lights|loaf|locks?|lodge)"
)
_SURE = r"(?:street|streeet|str|road|rd|avenue|ave|lane|ln|drive|boulevard|blvd|court|square|terrace|highway|hwy|parkway|pkwy|crescent|close|grove|gardens|mews|walk|hill|st|dr)"
_UNIT = r"(?:,? ?(?:suite|ste|apt\.?|apartment|unit|flat|floor|fl|room|rm|box|#)\.? ?#?[\w-]{1,6})?"
_STATE = r"(?:A[AEKLPRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
_UK_POST = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_NL_POST = r"[1-9]\d{3} ?(?!SA|SD|SS|AM|PM)[A-Z]{2}"
_SEP = r"[,\s]{1,3}"
_TOWN = rf"(?:{_WORD}(?: {_WORD}){{0,3}})"
_TOWN_CAP = r"[A-ZÀ-Ý][\w'’-]{1,24}(?:[ -][A-ZÀ-Ý][\w'’-]{1,24}){0,2}"
_TAIL = rf"(?:{_SEP}{_TOWN}{_SEP}{_STATE}\.? \d{{5}}(?:-\d{{4}})?|{_SEP}(?:{_TOWN}{_SEP})?(?:{_UK_POST}|{_NL_POST}(?: {_TOWN_CAP})?|[A-Z]{{0,2}}-?\d{{4,5}}(?!\d)(?: {_TOWN_CAP})?))?"
_NUMBER_FIRST = re.compile(
    rf"(?<![\w$€£.,-])(?:no\.? ?)?\d{{1,6}}(?:-\d{{1,4}})? ?[A-Da-d]?(?: (?:[nsew]|north|south|east|west)\.?)? (?:{_WORD} ){{1,4}}(?:{_SURE})\b\.?{_UNIT}{_TAIL}",
    re.IGNORECASE,
)
_CAPITALS = r"(?:[A-Z0-9][\w'’.-]{0,24} ){1,4}"
_NUMBER_FIRST_CAPITAL = re.compile(
    rf"(?<![\w$€£.,-])\d{{1,6}}[A-Da-d]? {_CAPITALS}(?i:{_STREET})\b\.?(?i:{_UNIT}){_TAIL}"
)
_WITH_UNIT = re.compile(
    rf"(?<![\w$€£.,-])\d{{2,6}} (?:{_WORD} ){{1,4}}(?:suite|ste|apt\.?|apartment|unit) ?#?\d{{1,5}}{_TAIL}",
    re.IGNORECASE,
)
_MILITARY = re.compile(
    rf"(?<!\w)(?:(?:PSC|Unit|CMR|USCGC|USNS|USNV|USS) [\w.]{{1,20}},?\s(?:Box \d{{1,5}},?\s)?)?(?:[FAD]PO) A[AEP] \d{{5}}",
    re.IGNORECASE,
)
_PO_BOX = re.compile(r"(?<!\w)(?:p\.? ?o\.? ?box|postfach|postbus|bo[iî]te postale|apartado) \d{1,7}", re.IGNORECASE)
_GERMANIC = re.compile(
    r"(?<!\w)(?:(?:[A-ZÀ-Ýa-zà-ÿ][\w'’-]{1,20}[ -]){0,2}"
    r"[^\W\d_][\w'’-]{1,30}(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade|singel|dijk|dreef|steeg|pad|steenweg|lei|baan|markt|hof|wal|vest|graben|berg|kai|kamp|stieg|chaussee)"
    r"|(?:Am|An der|An den|Auf dem|Auf der|Im|In der|Zum|Zur|Unter den|Alte[rn]?|Lange|Korte|Oude|Nieuwe|Grote) [A-ZÀ-Ý][\w'’-]{2,24}(?:[ -][A-ZÀ-Ý][\w'’-]{2,24})?)"
    rf" \d{{1,4}}(?: ?[a-zA-Z](?!\w)| ?(?:bis|hs|[IV]{{1,3}})(?!\w))?(?:[-/]\d{{1,4}})?(?![\w%.,]*\d){_TAIL}"
)
_ROMANCE = re.compile(
    rf"(?<!\w)(?:\d{{1,4}}(?: ?(?:bis|ter|[a-d]))?,? )?(?:rue|avenue|av\.|bd|boulevard|place|chemin|impasse|all[ée]e|quai|cours|mont[ée]e|calle|c/|avenida|avda\.?|plaza|paseo|carrer|ronda|camino|rua|travessa|"
    rf"via|viale|piazza|corso|largo)(?: (?:de|du|des|la|le|les|del|della|dei|los|las|d['’]|l['’]|da|do|dos|di|el))*(?: ?[A-ZÀ-Ý0-9][\w'’.-]{{1,24}}(?: (?:de|du|des|la|del|y|et|d['’]) ?[A-ZÀ-Ý][\w'’-]{{1,24}})?){{1,4}}"
    rf"(?:,? (?:n[º°o]\.? ?)?\d{{1,4}}(?: ?[a-zA-Zº°](?!\w))?)?{_TAIL}"
)
_CUE = re.compile(
    r"\b(?:address(?: (?:is|was|to|of|at|:))*|(?:lives?|living|resid\w+|wohnt|wohnhaft|habite|vive|woont|moved) (?:at|in|to|op|aan|en|au)?|adresse?(?: (?:ist|est|is))?|direcci[óo]n(?: es)?|adres(?: is)?)[ :,-]{1,3}"
    r"(?P<address>(?=[^.!?;\n]{0,40}\d)(?:no\.? )?[^.!?;\n]{4,90}?)(?= (?:and|but|but|which|who|where|so|because|since|that|phone|ph|tel)\b|[.!?;\n]|$)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?<!\w)(?:no\.? ?)?\d{1,6}[a-d]? [^\W\d_]{2,}|[^\W\d_]{3,} \d{1,4}[a-z]?(?: |$|,)", re.IGNORECASE
)
_POSTCODE = re.compile(rf"(?<![\w-])(?:{_UK_POST}|{_NL_POST})(?![\w-])")
_CUED_POSTCODE = re.compile(
    r"\b(?:zip(?: ?code)?|post ?code|postal code|postcode|plz|postleitzahl|code postal|c[óo]digo postal)\b(?: (?:is|ist|est|es))?[ :=#-]{1,3}(?P<code>(?:[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|\d{4} ?[a-z]{2}|\d{3,6}(?:-\d{4})?))(?!\w)",
    re.IGNORECASE,
)
_STATE_ZIP = re.compile(rf"(?<=[ ,]){_STATE}\.?,? (?P<code>\d{{5}}(?:-\d{{4}})?)(?!\w)")
_GATE = re.compile(r"\d")


def find_addresses(text: str) -> Iterator[Span]:
    """Yield street addresses, with town and postcode where they follow, and postcodes standing alone."""
    for pattern in (_NUMBER_FIRST, _NUMBER_FIRST_CAPITAL, _WITH_UNIT, _MILITARY, _PO_BOX, _GERMANIC):
        for match in pattern.finditer(text):
            yield Span(PersonalData.ADDRESS, match.start(), match.end())
    for match in _ROMANCE.finditer(text):
        if _GATE.search(match[0]):
            yield Span(PersonalData.ADDRESS, match.start(), match.end())
    for match in _CUE.finditer(text):
        if _NUMBERED.search(match["address"]):
            yield Span(PersonalData.ADDRESS, match.start("address"), match.end("address"))
    for match in _POSTCODE.finditer(text):
        yield Span(PersonalData.POSTCODE, match.start(), match.end())
    for pattern in (_CUED_POSTCODE, _STATE_ZIP):
        for match in pattern.finditer(text):
            yield Span(PersonalData.POSTCODE, match.start("code"), match.end("code"))
