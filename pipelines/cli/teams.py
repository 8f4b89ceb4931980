"""`earshot teams`: who answers for what, and how well each team listens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from insights.listening.ownership import Part
from insights.listening.teams import Terms
from pipelines.cli.people import local
from pipelines.cli.screen import console

app = typer.Typer(no_args_is_help=True, help="Teams, what they own, and how they listen.")

Name = Annotated[str, typer.Argument(help="The team's name.")]
Person = Annotated[str, typer.Argument(help="The person's name.")]


@app.command("add")
def add(
    name: Name,
    ask_customers: Annotated[int, typer.Option(help="A theme asks from so many distinct customers on.")] = 10,
    ask_severity: Annotated[int, typer.Option(help="Or from this mean severity on, 1 to 5.")] = 4,
    ask_growth: Annotated[bool, typer.Option(help="Or when it clearly grows.")] = True,
    answer_days: Annotated[int, typer.Option(help="Days the team has to answer.")] = 14,
) -> None:
    """Add a team that answers for what it owns."""
    from insights.listening import teams
    from pipelines import bootstrap

    terms = Terms(ask_customers, ask_severity, ask_growth, answer_days)
    with bootstrap.store() as store:
        made = teams.add(store, name, by=local(store), at=datetime.now(UTC), terms=terms)
    console.print(f"{made.name} is a team; say what it owns with `earshot teams own`.", markup=False)


@app.command("join")
def join(
    name: Name, person: Person, deputy: Annotated[bool, typer.Option(help="Only while the others are away.")] = False
) -> None:
    """Let a person answer for a team."""
    from insights.listening import teams
    from insights.trust import people
    from insights.trust.people import NoSuchPerson
    from pipelines import bootstrap

    with bootstrap.store() as store:
        joining = next((one for one in people.all(store) if one.name.casefold() == person.casefold()), None)
        if joining is None:
            raise NoSuchPerson(f"there is nobody called {person!r}; `earshot people list` shows everybody")
        team = teams.named(store, name)
        teams.join(store, team.id, joining.id, by=local(store), at=datetime.now(UTC), deputy=deputy)
    console.print(f"{joining.name} answers for {team.name}{' as a deputy' if deputy else ''}.", markup=False)


@app.command("own")
def own(
    name: Name,
    product: Annotated[str, typer.Option(help="A product, as the notes name it.")] = "",
    part: Annotated[
        Part | None, typer.Option(help="A part of the offering; without a product, of all of them.")
    ] = None,
    theme: Annotated[int, typer.Option(help="One theme, whatever it is about.")] = 0,
) -> None:
    """Give a team a product, a part of the offering, or a theme; who had it loses it."""
    from insights.listening import ownership, teams
    from pipelines import bootstrap

    with bootstrap.store() as store:
        team = teams.named(store, name)
        ownership.own(
            store, team.id, by=local(store), at=datetime.now(UTC), theme_id=theme, product=product, part=part or ""
        )
    owned = f"theme {theme}" if theme else " ".join(one for one in (product, f"({part})" if part else "") if one)
    console.print(f"{team.name} owns {owned}.", markup=False)


@app.command("list")
def listed() -> None:
    """Show the teams: who is in them, what they own, how they listen. By name, never ranked."""
    from insights.listening import ownership, teams
    from insights.listening.heard import listening
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        heard = {one.team_id: one for one in listening(store, datetime.now(UTC))}
        rules = ownership.rules(store)
        known = teams.all(store)
        if not known:
            console.print("No team yet. `earshot teams add NAME` adds one.")
        for team in known:
            members = (
                ", ".join(f"{one.name}{' (deputy)' if one.deputy else ''}" for one in team.members) or "nobody yet"
            )
            console.print(f"{team.name}: {members}", markup=False)
            for rule in (rule for rule in rules if rule.team_id == team.id):
                what = f"theme {rule.theme_id}" if rule.theme_id else rule.product or "every product"
                console.print(f"    owns {what}{f', {rule.part}' if rule.part else ''}  (rule {rule.id})", markup=False)
            one = heard[team.id]
            days = "" if one.half_heard_days is None else f", half heard within {one.half_heard_days:g} days"
            console.print(
                f"    heard {one.heard} of {one.asked} in time{days}, {len(one.overdue)} overdue", markup=False
            )


@app.command("nobody")
def nobody() -> None:
    """Show nobody's land: themes without an owner, the oldest first."""
    from insights.listening import asking
    from pipelines import bootstrap

    now = datetime.now(UTC)
    with bootstrap.store(read_only=True) as store:
        land = asking.nobodys_land(store, now)
    for one in land:
        days, weight = (now - one.since).days, one.weight
        mark = "asks nobody" if one.would_ask else ""
        console.print(
            f"{weight.theme_id:>6}  {days:>4} days  {weight.customers:>5} customers  {weight.name}  {mark}",
            markup=False,
        )
    console.print(f"{len(land):,} themes are nobody's." if land else "Every theme has an owner.")
