"""E-mail addresses, links that open something private, and IP addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from nlp.redaction.findings import PersonalData, Span

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}\w{2,24}(?![\w@])")
_SPOKEN_EMAIL = re.compile(
    r"(?<!\w)[\w+%-]{1,64}(?:(?:\.| (?:dot|punt|punkt|point|punto) )[\w+%-]{1,64}){0,3} ?"
    r"(?:\(at\)|\[at\]|\bat\b|\barobase\b|\barroba\b|\bapenstaartje\b) ?"
    r"[\w-]{2,63}(?: ?(?:\(dot\)|\[dot\]|\.|\b(?:dot|punt|punkt|point|punto)\b) ?[\w-]{2,24}){1,3}(?!\w)",
    re.IGNORECASE,
)
_SQUASHED_EMAIL = re.compile(
    r"(?<!\w)(?:[\w.]{1,30} ){0,1}[\w.]{0,40}(?:gmail|yahoo(?:mail)?|hotmail|outlook|rediff(?:mail)?|"
    r"icloud) ?\.?(?:com|co ?uk|co ?in)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'\])]{3,2000}", re.IGNORECASE)
_PRIVATE_LINK = re.compile(
    r"//[^/\s]*@|[?&;#](?:[\w.-]*(?:token|key|auth|sig|session|sid|pass|pwd|code|user|mail|name|account|"
    r"customer|order|ticket|id)[\w.-]*)="
    r"|[?&][\w.-]+=(?=[\w%+/-]*\d)(?=[\w%+/-]*[A-Za-z])[\w%+/-]{8}|[?&][\w.-]+=[\w%+/-]*\d{5}|"
    r"/[\w-]*(?:[0-9a-f]{16}|\d{6})|(?:reset|verify|invite|unsubscribe|magic)[\w/-]*/[\w-]{12}",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3}(?![\w:])")


def find_contacts(text: str) -> Iterator[Span]:
    """Yield e-mail addresses, private links and IP addresses of the text."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Span(PersonalData.EMAIL, match.start(), match.end())
    lowered = text.lower()
    if " dot " in lowered or "(at)" in lowered or "[at]" in lowered or "punt" in lowered or "punkt" in lowered:
        for match in _SPOKEN_EMAIL.finditer(text):
            yield Span(PersonalData.EMAIL, match.start(), match.end())
    if "mail" in lowered or "yahoo" in lowered or "outlook" in lowered or "icloud" in lowered:
        for match in _SQUASHED_EMAIL.finditer(text):
            yield Span(PersonalData.EMAIL, match.start(), match.end())
    if "://" in text or "www." in lowered:
        for match in _LINK.finditer(text):
            link = match[0].rstrip(".,;:!?")
            if _PRIVATE_LINK.search(link):
                yield Span(PersonalData.URL, match.start(), match.start() + len(link))
    if text.count(".") >= 3:
        for match in _IPV4.finditer(text):
            if _is_ip(match[0]):
                yield Span(PersonalData.IP, match.start(), match.end())
    if text.count(":") >= 2:
        for match in _IPV6.finditer(text):
            if match[0].count(":") >= 2 and _is_ip(match[0]) and re.search(r"[0-9a-fA-F]{2}", match[0]):
                yield Span(PersonalData.IP, match.start(), match.end())


def _is_ip(candidate: str) -> bool:
    try:
        ipaddress.ip_address(candidate)
    except ValueError:
        return False
    return True
