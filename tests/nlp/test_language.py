"""Which language a note is in: shorthand English stays English, the others are told apart, too little is not guessed."""

from __future__ import annotations

import pytest

from nlp.language import LanguagePipelineMissing, detect, load


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("cu rang re fee, adv cb fri, not happy", "en"),
        ("The battery dies after ten kilometres even though it was full.", "en"),
        ("Der Akku ist nach zehn Kilometern leer, obwohl er voll geladen war.", "de"),
        ("La batterie est vide après dix kilomètres, je ne comprends pas pourquoi.", "fr"),
        ("La batería se acaba a los diez kilómetros y nadie me contesta.", "es"),
        ("De batterij is na tien kilometer leeg en niemand belt mij terug.", "nl"),
        ("ok", "und"),
        ("[NAME-1] 12345", "und"),
    ],
)
def test_the_language_of_a_note(text: str, language: str) -> None:
    assert detect(text) == language


def test_a_missing_pipeline_names_the_mend() -> None:
    with pytest.raises(LanguagePipelineMissing, match="install"):
        load("xx_not_there")
