"""`earshot api`, `earshot mcp` and `earshot tokens`: how other programs read what the board shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from insights.trust.tokens import NoSuchToken, Scope
from pipelines.cli.board import Host
from pipelines.cli.screen import console

tokens = typer.Typer(no_args_is_help=True, help="Tokens by which other programs read, each in a person's name.")


def api(host: Host = "127.0.0.1", port: Annotated[int, typer.Option(help="Port to listen on.")] = 8502) -> None:
    """Serve the REST interface, described at /api/v1/openapi.json. Every request needs a token of `earshot tokens make`."""
    import uvicorn

    from pipelines import bootstrap

    bootstrap.store(read_only=True).close()
    uvicorn.run("api.app:app", host=host, port=port, log_level="warning", server_header=False)


def mcp() -> None:
    """Serve an assistant over standard input and output (Model Context Protocol): it reads like a viewer and changes nothing."""
    from api.mcp import server
    from insights.settings import StoreSettings
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        server(store, StoreSettings().min_customers).run("stdio")


@tokens.command("make")
def make(
    name: Annotated[str, typer.Argument(help="What reads with it, such as “warehouse”.")],
    person: Annotated[str, typer.Option(help="In whose name it reads. Empty: yours, in local mode.")] = "",
    scope: Annotated[list[Scope] | None, typer.Option(help="What it opens; may be repeated. None: everything.")] = None,
    days: Annotated[int, typer.Option(min=0, help="Days after which it ends. 0: never.")] = 365,
) -> None:
    """Make a token and show its secret, once."""
    from insights.trust import people
    from insights.trust import tokens as kept
    from pipelines import bootstrap
    from pipelines.cli.people import local

    now = datetime.now(UTC)
    with bootstrap.store() as store:
        by = local(store)
        owner = next((one for one in people.all(store) if one.name == person), None) if person else by
        if owner is None:
            raise NoSuchToken(f"there is nobody called {person!r}; `earshot people list` shows everybody")
        ends = now + timedelta(days=days) if days else None
        made, secret = kept.issue(store, owner.id, name, scope or tuple(Scope), by=by, at=now, expires_at=ends)
    until = f", until {ends:%d %B %Y}" if ends else ""
    console.print(f"Token {made.id} reads {', '.join(made.scopes)} as {owner.name}, {owner.role}{until}.", markup=False)
    console.print("Its secret, shown only now:", markup=False)
    typer.echo(secret)


@tokens.command("list")
def listed() -> None:
    """Show all tokens: whose, what they open, until when."""
    from insights.trust import tokens as kept
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        found = kept.all(store)
    if not found:
        console.print("There are no tokens. `earshot tokens make NAME` makes one.", markup=False)
    for one in found:
        ends = f"until {one.expires_at:%d %B %Y}" if one.expires_at else "for ever"
        state = f"revoked {one.revoked_at:%d %B %Y}" if one.revoked_at else ends
        console.print(f"{one.id:4}  {one.name:20} {one.person:20} {', '.join(one.scopes):32} {state}", markup=False)


@tokens.command("revoke")
def revoke(
    token: Annotated[int, typer.Argument(help="The token's number, as `earshot tokens list` shows it.")],
) -> None:
    """End a token at once."""
    from insights.trust import tokens as kept
    from pipelines import bootstrap
    from pipelines.cli.people import local

    with bootstrap.store() as store:
        kept.revoke(store, token, by=local(store), at=datetime.now(UTC))
    console.print(f"Token {token} is revoked.", markup=False)
