"""Colours of the stylesheet that charts need by value, and the shapes that say the same without colour."""

from __future__ import annotations

from dataclasses import dataclass

GLYPHS = {"pain": "▼", "suggestion": "✚", "job": "◆", "praise": "●"}


@dataclass(frozen=True, slots=True)
class Palette:
    """``tiles`` are (fill, border) by kind."""

    ink: str
    label: str
    bar: str
    accent: str
    page: str
    tiles: dict[str, tuple[str, str]]


LIGHT = Palette(
    "#1B1D21", "#666C75", "#828C96", "#00609A", "#FFFFFF",
    {"pain": ("#F7EAE5", "#A83A0A"), "suggestion": ("#E3EDF9", "#0A62CC"),
     "job": ("#F0E9F0", "#6E3470"), "praise": ("#E5EDE9", "#14583A")},
)  # fmt: skip
DARK = Palette(
    "#E8E9EB", "#8B929C", "#66717D", "#7CC2F0", "#141518",
    {"pain": ("#40281D", "#F4753C"), "suggestion": ("#1E3049", "#4499FF"),
     "job": ("#37293A", "#C787C8"), "praise": ("#1D3A2E", "#4BD394")},
)  # fmt: skip


def palette(*, dark: bool) -> Palette:
    return DARK if dark else LIGHT
