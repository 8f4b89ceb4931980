"""Write the generated pages of the documentation; ``--check`` fails when one is out of date.

``python docs/generate.py [--check]``: commands.md from the command itself, settings.md from the settings' own tables,
and the event's JSON Schema.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typer.cli import get_docs_for_click
from typer.main import get_command

from dashboard.settings import BoardSettings
from ingest.intake.settings import IntakeSettings
from ingest.pull.settings import PullSettings
from ingest.schema import json_schema
from ingest.settings import IngestSettings, Settings
from insights.settings import NoticeSettings, StoreSettings
from nlp.settings import LanguageSettings
from pipelines.cli.app import app
from pipelines.settings import PipelineSettings

HERE = Path(__file__).parent
SECTIONS: tuple[tuple[str, type[Settings]], ...] = (
    ("What comes in", IngestSettings),
    ("What is sent in", IntakeSettings),
    ("What is fetched", PullSettings),
    ("Language", LanguageSettings),
    ("Store", StoreSettings),
    ("Board", BoardSettings),
    ("Notices", NoticeSettings),
    ("Work", PipelineSettings),
)


def commands() -> str:
    """Return docs/commands.md, by Typer's own generator."""
    command = get_command(app)
    text = get_docs_for_click(
        obj=command, ctx=click.Context(command, info_name="earshot"), name="earshot", title="Commands"
    )
    return str(text).strip() + "\n"


def settings() -> str:
    """Return docs/settings.md: every setting with its default and description, as the code has them."""
    lines = [
        "# Settings",
        "",
        "Set them in the environment, or without the prefix and in lower case in `earshot.toml` in the working folder, or as a file of",
        "that name (`earshot_database_url`) in `/run/secrets` (another folder by `EARSHOT_SECRETS_DIR`). The environment comes first.",
    ]
    seen: set[str] = set()
    for title, table in SECTIONS:
        rows = [
            f"| `EARSHOT_{name.upper()}` | {_default(field)} | {field.description} |"
            for name, field in table.model_fields.items()
            if name not in seen
        ]
        seen.update(table.model_fields)
        if rows:
            lines += ["", f"## {title}", "", "| setting | default | what it does |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def schema() -> str:
    """Return docs/feedback.v1.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined or value is None or str(value) in {"", "**********"}:
        return "none"
    if (
        field.json_schema_extra
        and isinstance(field.json_schema_extra, dict)
        and "shown_default" in field.json_schema_extra
    ):
        return str(field.json_schema_extra["shown_default"])
    return f"`{value}`"


PAGES = {"commands.md": commands, "settings.md": settings, "feedback.v1.schema.json": schema}


def main() -> None:
    stale = [name for name, page in PAGES.items() if not (HERE / name).exists() or (HERE / name).read_text() != page()]
    if "--check" in sys.argv:
        if stale:
            sys.exit(f"out of date: {', '.join(stale)}; run `python docs/generate.py`")
        return
    for name in stale:
        (HERE / name).write_text(PAGES[name]())
        print(f"wrote docs/{name}")


if __name__ == "__main__":
    main()
