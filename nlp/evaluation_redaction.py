"""How much personal data redaction leaves readable, and how often it takes out what is nobody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from nlp.redaction.redactor import Redactor

FOUND_AT = 0.9


def evaluate_redaction(items: Iterable[Mapping[str, Any]], redactor: Redactor | None = None) -> dict[str, Any]:
    """Score redaction on items with ``text``, ``pii`` ({type, start, end}) and, if any, ``ignore`` spans.

    A span is found when at least 90% of its characters are covered. A false alarm is a finding that overlaps neither
    a ``pii`` nor an ``ignore`` span. Returns ``{"recall": {type: share, ..., "overall": share}, "leak": share,
    "false_per_1000_words": number}``. Raises KeyError when an item lacks ``text`` or a span its offsets.
    """
    rows = list(items)
    redactor = redactor or Redactor()
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    false = words = 0
    for row, redacted in zip(rows, redactor.redact_many([[row["text"]] for row in rows]), strict=True):
        spans = [(finding.start, finding.end) for finding in redacted[0].findings]
        truth = row.get("pii") or []
        for span in truth:
            covered = sum(max(0, min(end, span["end"]) - max(start, span["start"])) for start, end in spans)
            wanted[span["type"]] += 1
            found[span["type"]] += covered >= FOUND_AT * (span["end"] - span["start"])
        known = [(span["start"], span["end"]) for span in [*truth, *(row.get("ignore") or [])]]
        false += sum(not any(start < right and end > left for left, right in known) for start, end in spans)
        words += len(row["text"].split())
    recall = {kind: round(found[kind] / count, 4) for kind, count in sorted(wanted.items())}
    overall = found.total() / wanted.total() if wanted else 1.0
    return {
        "recall": {**recall, "overall": round(overall, 4)},
        "leak": round(1 - overall, 4),
        "false_per_1000_words": round(1000 * false / words, 3) if words else 0.0,
    }
