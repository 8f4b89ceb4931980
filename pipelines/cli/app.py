"""The command's root: its groups, its errors, its log."""

from __future__ import annotations

import logging
import sys

import structlog
import typer

from ingest.formats.mapping import MappingError
from pipelines.cli import (
    alerts,
    board,
    care,
    data,
    dead_letters,
    demo,
    digest,
    doctor,
    evaluation,
    formats,
    intake,
    ledger,
    models,
    people,
    proof,
    pull,
    reading,
    review,
    streaming,
    teams,
    themes,
    trackers,
    training,
)
from pipelines.cli.screen import errors
from pipelines.settings import PipelineSettings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Earshot keeps a whole company within earshot of its customers.",
)
app.command("demo")(demo.demo)
app.command("import")(data.import_file)
app.command("formats")(formats.formats)
app.command("intake")(intake.intake)
app.command("pull")(pull.pull)
app.command("publish")(data.publish)
app.command("stream")(streaming.stream)
app.command("relay")(streaming.relay)
app.command("board")(board.board)
app.command("digest")(digest.digest)
app.command("notify")(digest.notify)
app.command("doctor")(doctor.doctor)
app.command("eval")(evaluation.evaluate)
app.command("train")(training.train)
app.add_typer(themes.app, name="themes")
app.add_typer(alerts.app, name="alerts")
app.add_typer(proof.app, name="proof")
app.add_typer(data.database, name="db")
app.add_typer(models.app, name="models")
app.add_typer(people.app, name="people")
app.add_typer(teams.app, name="teams")
app.add_typer(ledger.app, name="ledger")
app.command("backup")(care.backup)
app.command("export")(care.export)
app.command("restore")(care.restore)
app.command("erase")(care.erase)
app.command("retention")(care.retention)
app.command("audit")(care.audit)
app.add_typer(care.incidents, name="incidents")
app.add_typer(care.topics, name="topics")
app.add_typer(dead_letters.app, name="dead-letters")
data.database.command("check")(care.check)
data.database.command("scrub")(care.scrub)
app.add_typer(review.app, name="review")
app.command("api")(reading.api)
app.command("mcp")(reading.mcp)
app.add_typer(reading.tokens, name="tokens")
app.add_typer(trackers.app, name="trackers")

TOLD = (MappingError, OSError, RuntimeError)
"""Earshot's own errors are of these: their message names the place and the mend, so a traceback would only be in the way."""


def main() -> None:
    """Run the command; exit code 1 when something is wrong, with one clear sentence on standard error."""
    _log_to_stderr(PipelineSettings())
    try:
        app()
    except TOLD as error:
        errors.print(f"[red]Earshot:[/red] {error}", markup=True)
        sys.exit(1)


def _log_to_stderr(settings: PipelineSettings) -> None:
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.ERROR, format="%(name)s: %(message)s", force=True)
