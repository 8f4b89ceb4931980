"""The training sentences: written and annotated for Earshot, read from ``nlp/training_data``, split once and for all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib import resources
from pathlib import Path

from nlp.annotated import AnnotationError, Mark, parse

_LINE = re.compile(r"([CAN])(?: (\w[\w-]*)(?: (\w[\w-]*))?)?: (.+)$")
_BLOCK = 20
_PLACEHOLDERS = {"PERSON": "[NAME-1]", "REF": "[REF]"}
_PERSONAL = re.compile(
    r"\{(PERSON|PHONE|EMAIL|ADDRESS|POSTCODE|IBAN|CARD|ID|REF|DOB|SECRET|IP|URL)\|([^{}]*)\}",
)


@dataclass(frozen=True, slots=True)
class Example:
    """One annotated text as the heads meet it: personal data already replaced. ``fold`` is 0..9, the same for neighbours."""

    speaker: str
    style: str
    industry: str
    text: str
    marks: tuple[Mark, ...]
    fold: int
    place: str

    @property
    def held_back(self) -> bool:
        """True for the fifth that is never trained on while measuring."""
        return self.fold < 2


def shipped() -> list[Path]:
    """Return the paths of the sentences that come with Earshot."""
    folder = resources.files("nlp") / "training_data"
    return sorted(Path(str(entry)) for entry in folder.iterdir() if entry.name.endswith(".txt"))


def read(paths: Iterable[Path]) -> list[Example]:
    """Return the examples of all files. Raises AnnotationError naming file and line.

    Neighbouring lines share their subject, so whole blocks of lines go to one fold.
    """
    found: list[Example] = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            found.append(_example(line, path.name, number))
    return found


def _example(line: str, file: str, number: int) -> Example:
    head = _LINE.match(line)
    if head is None:
        raise AnnotationError(f"{file} line {number}: expected 'C|A|N style industry: text'")
    try:
        text, marks = parse(redacted(head[4]))
    except AnnotationError as error:
        raise AnnotationError(f"{file} line {number}: {error}") from error
    digest = blake2b(f"{file}:{number // _BLOCK}".encode(), digest_size=4).digest()
    fold = int.from_bytes(digest, "big") % 10
    return Example(head[1].lower(), head[2] or "", head[3] or "", text, tuple(marks), fold, f"{file}:{number}")


def redacted(marked: str) -> str:
    """Return marked text with each mark of personal data replaced by the placeholder that redaction puts there."""
    return _PERSONAL.sub(lambda found: _PLACEHOLDERS.get(found[1], f"[{found[1]}]"), marked)


def fingerprint(paths: Sequence[Path]) -> str:
    """Return a hash of the files' contents, whatever their folder."""
    digest = blake2b(digest_size=16)
    for path in sorted(paths, key=lambda item: item.name):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
