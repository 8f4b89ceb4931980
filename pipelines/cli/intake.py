"""The command that listens for what other systems send."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.screen import console

Host = Annotated[str, typer.Option(help="Address to listen on. Every post must be signed, whoever sends it.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]


def intake(host: Host = "127.0.0.1", port: Port = 8502) -> None:
    """Take in signed webhooks at /intake/SOURCE, until Ctrl-C; `earshot relay` takes them further."""
    from ingest.intake.settings import IntakeSettings
    from pipelines import bootstrap
    from pipelines.intake import application, serve

    settings = IntakeSettings()
    app = application(settings, bootstrap.store())
    for name in settings.intake_sources:
        console.print(f"Taking in {name} at http://{host}:{port}/intake/{name}", highlight=False)
    serve(app, host, port)
