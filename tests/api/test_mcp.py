"""Protects what assistants are told: the board's answers with their evidence, nothing of too few, and no way to write."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters

from api.mcp import server
from tests.api.conftest import Read


def told(read: Read, k: int, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    async def session() -> list[Any]:
        async with Client(server(read.store, k)) as client:
            return [await client.call_tool(name, given) for name, given in calls]

    return anyio.run(session)


def test_a_session_from_the_list_to_the_words(read: Read) -> None:
    theme = read.planted.ids["Refund is promised but does not arrive"]
    listed, one, words = told(
        read,
        5,
        ("themes", {"kind": "pain"}),
        ("theme", {"theme_id": theme}),
        ("quotes", {"theme_id": theme, "limit": 3}),
    )
    assert f"theme:{theme}" in listed.structured_content["evidence"]
    assert one.structured_content["answer"]["name"] == "Refund is promised but does not arrive"
    notes = words.structured_content["answer"]["items"]
    assert len(notes) == 3
    assert words.structured_content["evidence"] == [f"note:{note['feedback_id']}" for note in notes]


def test_whoever_starts_it_too_few_customers_are_never_told_of(read: Read) -> None:
    theme = read.planted.ids["Refund is promised but does not arrive"]
    listed, one, words = told(
        read, 1000, ("themes", {}), ("theme", {"theme_id": theme}), ("quotes", {"theme_id": theme})
    )
    assert listed.structured_content["answer"]["items"] == []
    assert listed.structured_content["answer"]["withheld"] > 0
    assert one.is_error
    assert words.is_error
    assert "1000 customers" in words.content[0].text


def test_what_is_not_there_is_said_in_words(read: Read) -> None:
    (missing,) = told(read, 5, ("theme", {"theme_id": 99999}))
    assert missing.is_error
    assert missing.content[0].text.endswith("there is no theme 99999")


def test_every_tool_only_reads(read: Read) -> None:
    async def listed() -> Any:
        async with Client(server(read.store, 5)) as client:
            return (await client.list_tools()).tools

    tools = anyio.run(listed)
    assert {tool.name for tool in tools} == {"themes", "theme", "quotes", "search", "ledger", "teams", "review"}
    assert all(tool.annotations.read_only_hint and not tool.annotations.destructive_hint for tool in tools)


def test_the_command_speaks_over_standard_input_and_output(read: Read) -> None:
    async def session() -> Any:
        command = StdioServerParameters(
            command=str(Path(sys.executable).with_name("earshot")),
            args=["mcp"],
            env={"EARSHOT_DATABASE_URL": read.store._url.render_as_string(hide_password=False)},
        )
        async with Client(command) as client:
            return await client.call_tool("themes", {"limit": 2})

    found = anyio.run(session)
    assert len(found.structured_content["evidence"]) == 2
