"""Commands for the language models that do not come with the package."""

from __future__ import annotations

import typer

from nlp.settings import LanguageSettings
from pipelines.cli.screen import console

app = typer.Typer(no_args_is_help=True, help="Language models.")


@app.command("pull")
def pull_models() -> None:
    """Fetch the semantic encoder once, so that it can be used offline from then on."""
    from nlp.semantic_encoder import pull

    settings = LanguageSettings()
    folder = pull(settings.model_dir)
    console.print(f"The semantic encoder is in {folder}. Use it with EARSHOT_ENCODER=semantic.")
