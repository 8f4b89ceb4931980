"""Redaction: personal data out of a text, typed placeholders in."""

from nlp.redaction.findings import Finding, PersonalData, Redacted, RedactionFailed, map_offset
from nlp.redaction.redactor import Redactor

__all__ = ["Finding", "PersonalData", "Redacted", "RedactionFailed", "Redactor", "map_offset"]
