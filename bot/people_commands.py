"""`eftertanke people`, `people move`, `people role`, `people leave`: who has joined, in which team and role."""

from __future__ import annotations

from typing import Annotated

import typer

from storage.people import Role

people_app = typer.Typer(
    invoke_without_command=True,
    help="List everybody who has joined, with role, team, and whether they left or block the bot; change team and role."
    "\n\nExample: eftertanke people --json",
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Who: the name, or the id that --json shows.")]
CitizensTo = Annotated[
    str | None,
    typer.Option("--citizens-to", metavar="NAME", help="The mentor of the same team who goes on with the citizens."),
]


@people_app.callback()
def people(context: typer.Context, as_json: Json = False) -> None:
    """Print everybody, unless another command follows."""
    if context.invoked_subcommand is None:
        from bot.commands import people as command

        command.people(as_json=as_json)


people.__doc__ = None  # the help of ``people_app`` is the one to show


@people_app.command()
def move(
    name: Name,
    team: Annotated[str, typer.Option(help="The new team; made if it is new.")],
    citizens_to: CitizensTo = None,
    as_json: Json = False,
) -> None:
    """Move a mentor or lead to another team. What they wrote before stays in the old one, and their citizens do, too.

    Example: eftertanke people move "Anna Andersen" --team Syd --citizens-to "Bo Berg"
    """
    from bot.commands import people_change as command

    command.move(name, team=team, citizens_to=citizens_to, as_json=as_json)


@people_app.command()
def role(
    name: Name,
    wanted: Annotated[Role, typer.Argument(metavar="ROLE", help="mentor, lead, admin or coder.")],
    team: Annotated[str | None, typer.Option(help="A mentor's or lead's team. Default: the one they are in.")] = None,
    citizens_to: CitizensTo = None,
    as_json: Json = False,
) -> None:
    """Give somebody another role, such as a new team lead.

    Example: eftertanke people role "Bo Berg" lead --citizens-to "Anna Andersen"
    """
    from bot.commands import people_change as command

    command.role(name, wanted, team=team, citizens_to=citizens_to, as_json=as_json)


@people_app.command()
def leave(name: Name, citizens_to: CitizensTo = None, as_json: Json = False) -> None:
    """Close somebody's access at once. What they wrote is kept, nothing more is sent to them, their citizens go on.

    Run again with --citizens-to it hands the citizens over later. To come back they need a new invitation.

    Example: eftertanke people leave "Anna Andersen" --citizens-to "Bo Berg"
    """
    from bot.commands import people_leave as command

    command.leave(name, citizens_to=citizens_to, as_json=as_json)
