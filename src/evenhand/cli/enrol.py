"""`evenhand enrol person|device`."""

from __future__ import annotations

from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, passphrase, say, say_json
from evenhand.wiring import open_store, read_clock

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def about() -> None:
    """Make the key of a person or a device, and certify it by the root key.

    Example: evenhand enrol person amina --role preparer
    """


@app.command()
def person(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The person's name, as the log will show it.")],
    role: Annotated[
        list[str], typer.Option("--role", metavar="ROLE", help="preparer or approver; may be given twice.")
    ],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Enrol a person who prepares or approves cycles.

    Each cycle needs two: whoever prepared it cannot approve it.

    Passphrases: EVENHAND_ROOT_PASSPHRASE for the root key and EVENHAND_PASSPHRASE for the person's own, else asked for.

    Example: evenhand enrol person amina --role preparer
    """
    from evenhand.actions.enrol import enrol_person

    root = passphrase("the root key", "EVENHAND_ROOT_PASSPHRASE")
    own = passphrase(name, new=True)
    with open_store(data, read_clock) as store:
        certificate = enrol_person(store, name, role, root, own)
    if json:
        say_json({"person": name, "roles": sorted(role), "certificate": certificate})
    else:
        say(f"{name} is enrolled as {' and '.join(sorted(role))}; certificate {certificate}")


@app.command()
def device(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The device's name.")],
    point: Annotated[
        list[str], typer.Option("--point", metavar="POINT", help="A point it holds; may be given more than once.")
    ],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Enrol a device for one or more points.

    A point has one device. Its key is made and kept in this data folder.

    The root key's passphrase comes from EVENHAND_ROOT_PASSPHRASE, else it is asked for.

    Example: evenhand enrol device tablet-7 --point P00001
    """
    from evenhand.actions.enrol import enrol_device

    root = passphrase("the root key", "EVENHAND_ROOT_PASSPHRASE")
    with open_store(data, read_clock) as store:
        certificate = enrol_device(store, name, point, root)
    if json:
        say_json({"device": name, "points": sorted(point), "certificate": certificate})
    else:
        say(f"device {name} is enrolled for {', '.join(sorted(point))}; certificate {certificate}")
