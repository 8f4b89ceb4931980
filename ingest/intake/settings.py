"""Settings of the intake: which systems may send, and how much."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from ingest.formats.known import FORMATS
from ingest.settings import Settings

OWN = "earshot"
"""The format of whoever sends Earshot's own events."""


class IntakeSource(BaseModel):
    """One system that may send. ``format`` is the source's own name unless given; ``secret`` is what it signs with."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    format: str = ""
    secret: SecretStr = Field(min_length=8)


class IntakeSettings(Settings):
    """How other systems send Feedback."""

    intake_sources: dict[str, IntakeSource] = Field(
        default_factory=dict,
        repr=False,
        description="Systems that may post to /intake/NAME, as JSON, or tables of earshot.toml: "
        '{"zendesk": {"secret": "..."}, "zendesk-eu": {"format": "zendesk", "secret": "..."}}. The name is the records\' source. '
        "None: nothing is taken in.",
    )
    intake_max_bytes: int = Field(
        default=1024 * 1024, ge=1024, description="Larger posts are refused with 413 before they are read whole."
    )
    intake_per_second: int = Field(
        default=1_000, ge=1, description="Posts a second that one source may send; more are told to wait (429)."
    )
    intake_replay_seconds: int = Field(
        default=300, ge=10, description="A signature with an older, or later, time is refused: somebody may replay it."
    )
    intake_remember_days: int = Field(
        default=7,
        ge=1,
        description="Days for which a delivery is known again: a second one of the same bytes changes nothing.",
    )

    def format_of(self, source: str) -> str:
        """Return the format a source sends. Raises KeyError for an unknown source."""
        return self.intake_sources[source].format or source

    @model_validator(mode="after")
    def _known(self) -> IntakeSettings:
        for source in self.intake_sources:
            name = self.format_of(source)
            if name != OWN and name not in FORMATS:
                raise ValueError(f"intake source {source!r}: give its format, one of {OWN}, {', '.join(FORMATS)}")
        return self
