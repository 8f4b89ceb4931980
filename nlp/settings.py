"""Settings of what it means: which encoder turns words into vectors, and how freely themes may change."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from ingest.settings import Settings


class LanguageSettings(Settings):
    """How notes are understood and gathered into themes."""

    encoder: Literal["static", "semantic"] = Field(
        default="static",
        description="static: word vectors that ship with Earshot. semantic: a sentence transformer, better and slower.",
    )
    model_dir: Path = Field(
        default=Path("var/models/all-MiniLM-L6-v2"),
        description="Folder with the semantic encoder's model.onnx and tokenizer; `earshot models pull` fills it.",
    )
    theme_seed: int = Field(
        default=0, ge=0, description="Seed of theme discovery; the same seed finds the same themes."
    )
    theme_change_budget: float = Field(
        default=0.08,
        ge=0,
        le=1,
        description="Share of the notes with a theme that one refresh may move to another theme, from the fourth refresh on.",
    )
    never_redact: tuple[str, ...] = Field(
        default=(), description="Product and company names that look like people's names, as a JSON list."
    )
