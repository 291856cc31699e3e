"""`evenhand init`."""

from __future__ import annotations

from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, passphrase, say, say_json
from evenhand.store import default_data_folder
from evenhand.wiring import read_clock

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def init(
    programme: Annotated[str, typer.Option("--programme", metavar="ID", help="Id of the programme, such as relief.")],
    origin: Annotated[
        str,
        typer.Option("--origin", metavar="NAME", help="Name of its public log for ever, such as ration.example.org."),
    ],
    zone: Annotated[str, typer.Option("--zone", metavar="ZONE", help="IANA time zone its dates are local to.")] = "UTC",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Make a data folder for a programme: its database, root key and log.

    The root key's passphrase comes from EVENHAND_ROOT_PASSPHRASE, else it is asked for. Keep it
    apart from the folder: whoever has both can certify anybody.

    Example: evenhand init --programme relief --origin ration.example.org --zone Africa/Cairo
    """
    from evenhand.actions.init import init as act

    folder = data or default_data_folder()
    root = act(
        folder, programme, origin, zone, passphrase("the root key", "EVENHAND_ROOT_PASSPHRASE", new=True), read_clock
    )
    if json:
        say_json({"data": str(folder), "programme": programme, "origin": origin, "zone": zone, "root": root})
        return
    say(f"{folder} is ready for programme {programme}.")
    say("")
    say("The root's verifier key. Publish it where people can find it without asking you, in print if you can:")
    say(f"  {root}")
    say("")
    say("Next: evenhand enrol person NAME --role preparer")
    say("then: evenhand enrol person ANOTHER --role approver")
