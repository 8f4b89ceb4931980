"""Settings of the pipelines: how much work at once, and how refreshes behave."""

from __future__ import annotations

import os
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from ingest.settings import Settings


class TrackerAddress(BaseModel):
    """Where a tracker is, and how it lets us in.

    ``project``: GitHub ``owner/name``, GitLab a project's number or path, Jira a project's key, Linear a team's id.
    ``address``: Jira's site, or your own GitHub or GitLab. ``user``: the Jira account that the token belongs to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["github", "gitlab", "jira", "linear"]
    project: str
    token: SecretStr
    address: str = ""
    user: str = ""


class PipelineSettings(Settings):
    """How the work is run."""

    analysis_workers: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Analysis processes of one worker; each holds the language models (about 250 MB). 0: as many as there are cores, at most 4.",
    )
    batch_size: int = Field(default=200, ge=1, le=5_000, description="Records of a file that are processed at once.")
    theme_policy: Literal["all", "safe", "ask"] = Field(
        default="all",
        description="Which changes to themes a refresh makes by itself: all, safe (small and clear ones), or none (ask). "
        "The others wait in `earshot themes proposals`.",
    )
    theme_fade_weeks: float = Field(
        default=8.0,
        gt=0,
        description="A theme fades when it was not heard of for so many weeks, and for four times its usual gap.",
    )
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65_535,
        description="Port on which `earshot stream` serves Prometheus' /metrics. 0: none. Workers on one machine need one each.",
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address that port listens on.")
    trackers: dict[str, TrackerAddress] = Field(
        default={},
        description="Trackers that themes are linked to, as JSON: name to kind (github, gitlab, jira, linear), project and token, "
        'such as {"App": {"kind": "github", "project": "acme/app", "token": "..."}}; docs/connectors/trackers.md.',
    )
    board_url: str = Field(
        default="", description="The board's own address as people type it, such as https://earshot.example.com."
    )
    log_format: str = Field(default="console", pattern="^(console|json)$", description="console or json.")
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error."
    )

    @property
    def workers(self) -> int:
        """How many analysis processes to start."""
        return self.analysis_workers or min(4, os.cpu_count() or 1)
