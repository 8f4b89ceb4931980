"""Settings of what is pulled: from where, and with which right."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from ingest.settings import Settings


class PullSource(BaseModel):
    """One system to pull from. ``kind`` is the source's own name unless given; ``address`` is its https:// address."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: str = ""
    address: str = ""
    user: str = ""
    token: SecretStr = SecretStr("")
    repository: str = ""


class PullSettings(Settings):
    """From where Feedback is fetched."""

    pull_sources: dict[str, PullSource] = Field(
        default_factory=dict,
        repr=False,
        description="Systems that `earshot pull NAME` fetches from, as JSON, or tables of earshot.toml: "
        '{"zendesk": {"address": "https://acme.zendesk.com", "user": "ann@acme.com", "token": "..."}, '
        '"github": {"repository": "acme/app", "token": "..."}}. The name is the records\' source; docs/connectors/ has one page each.',
    )
    pull_timeout_seconds: float = Field(default=30.0, gt=0, description="How long one answer may take.")
    pull_patience_minutes: float = Field(
        default=60.0,
        gt=0,
        description="How long a system that is away or says wait is tried again before the pull ends.",
    )
