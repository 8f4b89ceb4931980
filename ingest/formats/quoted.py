"""Earlier mail below an answer: it was said before and is counted once, so it is cut off."""

from __future__ import annotations

import re

_ABOVE = re.compile(
    r"^\s*(?:"
    r"(?:on|am|le|el|op|il|den)\b.{5,200}\b(?:wrote|schrieb|a écrit|escribió|schreef|ha scritto|skrev)\b.{0,100}:"
    r"|-{2,}\s*(?:original message|ursprüngliche nachricht|forwarded message|message d'origine)\s*-{2,}"
    r"|_{20,}"
    r")\s*$",
    re.IGNORECASE | re.DOTALL,
)
_SIGNATURE = re.compile(r"^-- ?$")


def without_quoted(text: str) -> str:
    """Return a mail's own words: without quoted lines, what stands below "On ... wrote:", and the signature.

    A mail that is nothing but quotation is returned whole: its words must not vanish.
    """
    lines = text.splitlines()
    kept: list[str] = []
    for at, line in enumerate(lines):
        # The line that introduces a quotation is often broken in two.
        if _ABOVE.match(line) or _ABOVE.match("\n".join(lines[at : at + 2])) or _SIGNATURE.match(line):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip() or text.strip()
