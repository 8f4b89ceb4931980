"""`earshot people`: who works with Earshot and in which role. Whoever can open the store may run these."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from insights.trust.people import NoSuchPerson, NotAllowed, Role
from pipelines.cli.screen import console

if TYPE_CHECKING:
    from insights.store import Store
    from insights.trust.people import Person

app = typer.Typer(no_args_is_help=True, help="The people who work with Earshot, and their roles.")

Name = Annotated[str, typer.Argument(help="The person's name, as decisions will carry it.")]
RoleOption = Annotated[Role, typer.Option(help="What the person is here for.")]


@app.command("add")
def add(
    name: Name,
    role: RoleOption = Role.VIEWER,
    email: Annotated[str, typer.Option(help="The address the person signs in with.")] = "",
    agent_id: Annotated[
        str, typer.Option(help="The id by which the care system names this agent; only its keyed hash is kept.")
    ] = "",
) -> None:
    """Add a person. Example: `earshot people add "Anna Berg" --email anna@example.com --role agent`."""
    from insights.trust import people
    from pipelines import bootstrap

    key = bootstrap.pseudonyms().agent(agent_id)
    with bootstrap.store() as store:
        made = people.add(store, name, email, role, by=local(store), at=_now(), agent_key=key)
    console.print(f"{made.name} is {made.role}.", markup=False)


@app.command("list")
def listed() -> None:
    """Show everybody, with role and address."""
    from insights.trust import people
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        everybody = people.all(store)
        if not everybody:
            console.print("Nobody yet. `earshot people add NAME --role ROLE` adds somebody.")
        for person in everybody:
            off = "" if person.active else "  (switched off)"
            console.print(f"{person.name:30} {person.role:14} {person.email}{off}", markup=False)


@app.command("role")
def role(name: Name, role: Annotated[Role, typer.Argument(help="The new role.")]) -> None:
    """Give a person another role; it counts from their next action on."""
    from insights.trust import people
    from pipelines import bootstrap

    with bootstrap.store() as store:
        changed = people.change_role(store, _named(store, name).id, role, by=local(store), at=_now())
    console.print(f"{changed.name} is {changed.role}.", markup=False)


@app.command("deactivate")
def deactivate(name: Name) -> None:
    """Switch an account off; what the person did stays, and their session ends with the next click."""
    from insights.trust import people
    from pipelines import bootstrap

    with bootstrap.store() as store:
        people.deactivate(store, _named(store, name).id, by=local(store), at=_now())
    console.print(f"{name} is switched off.", markup=False)


@app.command("activate")
def activate(name: Name) -> None:
    """Switch an account on again."""
    from insights.trust import people
    from pipelines import bootstrap

    with bootstrap.store() as store:
        people.activate(store, _named(store, name).id, by=local(store), at=_now())
    console.print(f"{name} is switched on.", markup=False)


def _named(store: Store, name: str) -> Person:
    from insights.trust import people

    for person in people.all(store):
        if name.casefold() in (person.name.casefold(), person.email or None):
            return person
    raise NoSuchPerson(f"there is nobody called {name!r}; `earshot people list` shows everybody")


def _now() -> datetime:
    return datetime.now(UTC)


def local(store: Store) -> Person:
    """Who works at this command line: whoever can open the store owns it already."""
    from insights.settings import StoreSettings
    from insights.trust import people

    person = people.local(store, StoreSettings().local_user)
    if not person.active:
        raise NotAllowed(
            f"the account of {person.name}, under which this command line works, is switched off; name another admin in "
            "EARSHOT_LOCAL_USER (a name that is not known yet is added as one)"
        )
    return person
