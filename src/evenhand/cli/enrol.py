"""`evenhand enrol person|device|counter`."""

from __future__ import annotations

import secrets
import time
from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, errors, passphrase, say, say_json
from evenhand.core.errors import UsageError
from evenhand.wiring import open_store, read_clock

ReplacesOption = Annotated[
    str, typer.Option("--replaces", metavar="OLD", help="The device whose place it takes: lost, stolen or broken.")
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the log.")]
SecondOption = Annotated[
    bool, typer.Option("--second", help="A second queue: it holds nothing until the first device releases cards to it.")
]

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
        list[str], typer.Option("--role", metavar="ROLE", help="preparer, approver or store; may be given twice.")
    ],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Enrol a person who prepares or approves cycles, or signs for goods.

    Each cycle needs two: whoever prepared it cannot approve it. A storekeeper (store) signs what leaves and what was
    counted for a point without a phone.

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
    replaces: ReplacesOption = "",
    reason: ReasonOption = "",
    second: SecondOption = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Enrol a device for one or more points.

    The cards of a point are held by one device. Its key is made and kept in this data folder.

    The root key's passphrase comes from EVENHAND_ROOT_PASSPHRASE, else it is asked for.

    Example: evenhand enrol device tablet-7 --point P00001
    """
    from evenhand.actions.enrol import Place, enrol_device

    root = passphrase("the root key", "EVENHAND_ROOT_PASSPHRASE")
    with open_store(data, read_clock) as store:
        certificate = enrol_device(store, name, point, root, Place(replaces, reason, second))
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
    replaces: ReplacesOption = "",
    reason: ReasonOption = "",
    second: SecondOption = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Enrol a phone as the counter of one or more points.

    Shows a QR for the phone to scan (`evenhand serve` must be running), waits until it answers with a key of its own, and
    certifies that key once you have compared six digits with the phone. The key never leaves the phone.

    A lost or broken phone is replaced: what it gave still counts whenever it arrives, and the new one refuses nobody.
    A phone that is enrolled already, such as the second one of the point, takes its place without a QR.

    The root key's passphrase comes from EVENHAND_ROOT_PASSPHRASE, else it is asked for; two people hold it.

    Example: evenhand enrol counter phone-3 --point P00001 --at https://192.168.1.10:8443/counter/
    """
    from evenhand.actions.counter_enrol import certify, find_claim, invite, promote
    from evenhand.actions.enrol import Place
    from evenhand.render.codes import terminal

    root = passphrase("the root key", "EVENHAND_ROOT_PASSPHRASE")
    token = secrets.token_bytes(16)
    with open_store(data, read_clock) as store:
        place = Place(replaces, reason, second)
        store.keys.root(root)  # a wrong passphrase is told before anybody walks to the phone
        certificate = promote(store, name, point, root, place) if replaces else None
        if certificate is None:
            link = f"{at}#enrol={invite(store, name, point, token, place)}"
            errors.print(terminal(link), markup=False)
            errors.print(f"Scan it with the phone, or open there: {link}", markup=False)
            with errors.status("waiting for the phone to answer"):
                while (found := find_claim(store, token)) is None:
                    time.sleep(1)
            if not typer.confirm(f"The phone shows six digits. Are they {found.digits}?", err=True):
                raise UsageError("not certified: another device answered", "run the command again, in private")
            certificate = certify(store, found, root, place)
    if json:
        say_json({"device": name, "points": sorted(point), "certificate": certificate})
    else:
        say(f"{name} is enrolled as the counter of {', '.join(sorted(point))}; certificate {certificate}")
