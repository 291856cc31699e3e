"""`evenhand factor`: the PIN, the answer or the picture by which a household is known beside its coupon."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, passphrase, say, say_json
from evenhand.core.errors import UsageError
from evenhand.wiring import open_store, read_clock

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
HouseholdOption = Annotated[str, typer.Option("--household", metavar="ID", help="Whose it is.", show_default=False)]
CardOption = Annotated[str, typer.Option("--card", metavar="NUMBER", help="Or its card.", show_default=False)]


@app.callback()
def _factor() -> None:
    """A second factor: what a household is asked for beside its coupon, where the policy says so (second_factor).

    Whoever forgets it is served all the same, as an exception; some of those are visited later. See: evenhand follow-up

    Example: evenhand factor set --household H17 --pin --as ana
    """


@app.command("set")
def enrol(
    who: AsOption,
    household: HouseholdOption = "",
    card: CardOption = "",
    pin: Annotated[bool, typer.Option("--pin", help="A PIN of 4 to 8 digits; it is asked for, not shown.")] = False,
    question: Annotated[
        str, typer.Option("--question", metavar="TEXT", help="A question; its answer is asked for.", show_default=False)
    ] = "",
    photo: Annotated[
        Path | None, typer.Option("--photo", metavar="FILE", help="A picture that the clerk looks at: JPEG, PNG, WebP.")
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Enrol a household's PIN, answer or photo in the place of any before. It counts as soon as its phone is in the network.

    PIN and answer may come from EVENHAND_FACTOR; they are kept stretched and encrypted, a photo small and encrypted, under a
    key in keys/. No fingerprint and no face is measured.

    Example: evenhand factor set --household H17 --question "your grandmother's village" --as ana
    """
    from evenhand.actions.factors import Said, enrol_factor
    from evenhand.actions.reissue import household_of

    if pin + bool(question) + (photo is not None) != 1:
        raise UsageError("a household has one second factor", "give one of --pin, --question and --photo")
    kind = "pin" if pin else "question" if question else "photo"
    key = passphrase(f"{who}'s key")
    words = "" if photo else passphrase("the PIN" if pin else "the answer", "EVENHAND_FACTOR", new=True)
    try:
        picture = photo.read_bytes() if photo else b""
    except OSError as error:
        raise UsageError(f"{photo} cannot be read: {error.strerror}", "name a picture") from error
    with open_store(data, read_clock) as store:
        whose = household_of(store, household, card)
        enrol_factor(store, whose, Said(kind, words, question, picture), who, key)
    if json:
        say_json({"household": whose, "kind": kind})
    else:
        say(f"household {whose}: {kind} enrolled. Its phone has it with the next contact.")


@app.command()
def remove(
    who: AsOption,
    household: HouseholdOption = "",
    card: CardOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Take a household's second factor back: from now on its coupon is enough.

    Example: evenhand factor remove --household H17 --as ana
    """
    from evenhand.actions.factors import Said, enrol_factor
    from evenhand.actions.reissue import household_of

    key = passphrase(f"{who}'s key")
    with open_store(data, read_clock) as store:
        whose = household_of(store, household, card)
        enrol_factor(store, whose, Said("none"), who, key)
    if json:
        say_json({"household": whose, "kind": "none"})
    else:
        say(f"household {whose}: its coupon is enough from now on")
