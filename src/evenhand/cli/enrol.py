"""`evenhand enrol person|device|counter`."""

from __future__ import annotations

import secrets
import time
from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, errors, passphrase, say, say_json
from evenhand.core.errors import UsageError
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


@app.command()
def counter(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The phone's name.")],
    point: Annotated[
        list[str], typer.Option("--point", metavar="POINT", help="A point it holds; may be given more than once.")
    ],
    at: Annotated[
        str, typer.Option("--at", metavar="URL", help="Where `evenhand serve` answers the phone, as it printed it.")
    ] = "http://localhost:8443/counter/",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Enrol a phone as the counter of one or more points.

    Shows a QR for the phone to scan (`evenhand serve` must be running), waits until it answers with a key of its own, and
    certifies that key once you have compared six digits with the phone. The key never leaves the phone.

    The root key's passphrase comes from EVENHAND_ROOT_PASSPHRASE, else it is asked for.

    Example: evenhand enrol counter phone-3 --point P00001 --at https://192.168.1.10:8443/counter/
    """
    from evenhand.actions.counter_enrol import certify, find_claim, invite
    from evenhand.render.codes import terminal

    root = passphrase("the root key", "EVENHAND_ROOT_PASSPHRASE")
    token = secrets.token_bytes(16)
    with open_store(data, read_clock) as store:
        store.keys.root(root)  # a wrong passphrase is told before anybody walks to the phone
        link = f"{at}#enrol={invite(store, name, point, token)}"
        errors.print(terminal(link), markup=False)
        errors.print(f"Scan it with the phone, or open there: {link}", markup=False)
        with errors.status("waiting for the phone to answer"):
            while (found := find_claim(store, token)) is None:
                time.sleep(1)
        if not typer.confirm(f"The phone shows six digits. Are they {found.digits}?", err=True):
            raise UsageError("not certified: another device answered", "run the command again, in private")
        certificate = certify(store, found, root)
    if json:
        say_json({"device": name, "points": sorted(point), "certificate": certificate})
    else:
        say(f"{name} is enrolled as the counter of {', '.join(sorted(point))}; certificate {certificate}")
