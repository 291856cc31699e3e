"""`evenhand account`: accounts of the console, made on the machine itself."""

from __future__ import annotations

from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, say, say_json
from evenhand.cli.serve import prepare_accounts
from evenhand.wiring import data_folder, open_store, read_clock

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What they sign in with: small letters and digits.")],
    role: Annotated[
        list[str],
        typer.Option(
            "--role",
            metavar="ROLE",
            help="registrar, policy, approver, store, reviewer, ombudsman, auditor or admin; may be repeated.",
        ),
    ],
    area: Annotated[
        str | None,
        typer.Option("--area", metavar="P-CODE", help="Only this area and those below it.", show_default=False),
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Make an account of the console and print its password, once.

    This is how the first administrator comes to be. From then on roles change in the console: one administrator proposes,
    another confirms; therefore make two.

    Example: evenhand account add ana --role admin
    """
    from evenhand.actions.accounts import add_on_machine

    folder = data_folder(data)
    with open_store(folder, read_clock) as store:
        prepare_accounts(folder)
        password = add_on_machine(store, name, role, area)
    if json:
        say_json({"account": name, "roles": role, "area": area, "password": password})
        return
    say(f"Account {name} ({', '.join(role)}{f', area {area}' if area else ''}). Its password, shown this once:")
    say(f"  {password}")
    say("Change it after the first sign-in, and add an authenticator or a passkey.")


@app.command("show")
def show(data: DataOption = None, json: JsonOption = False) -> None:
    """Show every account and what it may do.

    Example: evenhand account show
    """
    from evenhand.actions.accounts import all_roles
    from evenhand.store.people import account_names

    folder = data_folder(data)
    with open_store(folder, read_clock) as store:
        prepare_accounts(folder)
        roles = all_roles(store)
        names = account_names(folder)
    if json:
        say_json({name: {role: list(areas) for role, areas in roles.get(name, {}).items()} for name in names})
        return
    for name in names:
        told = [
            role + ("" if None in areas else f" in {', '.join(map(str, areas))}")
            for role, areas in roles.get(name, {}).items()
        ]
        say(f"{name:<20} {'; '.join(told) or 'no role yet'}")
