"""The `earshot` command. Each file here holds the commands of one noun: parse, call, report."""

from __future__ import annotations

from pipelines.cli.app import main

__all__ = ["main"]
