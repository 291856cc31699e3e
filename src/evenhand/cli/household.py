"""`evenhand household`: a household's record; corrections; off the lists by two persons, or back on them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, say, say_json
from evenhand.wiring import engine, open_store, read_clock

if TYPE_CHECKING:
    from evenhand.actions.removal import Standing
    from evenhand.store import Store

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
Household = Annotated[str, typer.Argument(metavar="HOUSEHOLD", help="Its id.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why: it stands in the record for ever.")]


@app.command()
def show(household: Household, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """Show a household as it is registered now, and every change with who made it and why. The look is written down.

    Example: evenhand household show H0042 --as rita
    """
    from evenhand.actions.correct import check_registrar
    from evenhand.actions.household_record import card_of, record_of
    from evenhand.actions.personal_reads import note_read

    with open_store(data, read_clock) as store:
        check_registrar(store, who, household, ("registrar", "approver", "reviewer", "auditor"))
        note_read(store, who, "household show", [household])
        record, card = record_of(store, household), card_of(store, household)
        zone = store.programme.zone
    assert record is not None
    if json:
        say_json(asdict(record) | {"card": card[0] if card else None})
        return
    say(f"{record.household}  {record.name or '(no name)'}, {record.point_name}, {record.standing.stands}")
    if card:
        say(f"  card {card[0]}" + (f", issue {card[1]}" if card[1] > 1 else ""))
    for name, value in record.inputs.items():
        say(f"  {name}: {value}")
    for one in record.people:
        more = "".join(f", {name} {value}" for name, value in one.inputs.items())
        say(f"  member {one.member}: {one.name or '(no name)'}, {one.birth_date}, {one.sex}, {one.occupation}{more}")
    for change in record.changes:
        which = f"member {change.member} {change.field}" if change.member else change.field
        say(f"  {_when(change.at, zone)} {which}: {change.old} -> {change.new}, by {change.person}: {change.reason}")
    for step in record.steps:
        say(f"  {_when(step.at, zone)} removal {step.step}, by {step.person}: {step.reason}")


@app.command()
def correct(
    household: Household,
    who: AsOption,
    field: Annotated[str, typer.Option("--field", help="What is wrong: a column of the list, such as point.")],
    new: Annotated[str, typer.Option("--to", metavar="VALUE", help="What is right, as in a list. Empty: unknown.")],
    reason: Reason,
    member: Annotated[str, typer.Option("--member", metavar="ID", help="Of this member, not of the household.")] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Correct one thing of a household or of a member. It counts from the next freeze on; what is frozen stays.

    A move is --field point. A member who died or left is --member ID --field listed --to no.

    Example: evenhand household correct H0042 --member 2 --field birth_date --to 1971-05-28 --reason "by the paper" --as rita
    """
    from evenhand.actions.correct import correct as act

    with open_store(data, read_clock) as store:
        change = act(store, engine(), household, field, new, reason, who, member)
    if json:
        say_json(asdict(change))
        return
    say(f"{field} of {household}: {change.old} -> {change.new}. It counts from the next freeze on.")


@app.command()
def remove(
    household: Household,
    who: AsOption,
    reason: Reason,
    notice: Annotated[
        str, typer.Option("--notice", metavar="TEXT", help="How the household was told, and how it may object.")
    ],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Announce that a household leaves the lists. It is served until a second person confirms, 28 days later at the soonest.

    Example: evenhand household remove H0042 --reason "moved abroad" --notice "letter of 3 March, read out" --as rita
    """
    from evenhand.actions.removal import announce

    with open_store(data, read_clock) as store:
        _say(announce(store, household, reason, notice, who), store, json)


@app.command()
def confirm(household: Household, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """Confirm an announced removal as the second person. Refused while a case on the household's eligibility is open.

    Example: evenhand household confirm H0042 --as otto
    """
    from evenhand.actions.removal import confirm as act

    with open_store(data, read_clock) as store:
        _say(act(store, household, who), store, json)


@app.command()
def keep(
    household: Household, who: AsOption, reason: Reason, data: DataOption = None, json: JsonOption = False
) -> None:
    """Withdraw an announced removal, or put a removed household back on the lists. One person may.

    Example: evenhand household keep H0042 --reason "it was another family" --as otto
    """
    from evenhand.actions.removal import take_back

    with open_store(data, read_clock) as store:
        _say(take_back(store, household, reason, who), store, json)


def _say(found: Standing, store: Store, json: bool) -> None:
    zone = store.programme.zone
    told: dict[str, Any] = {"household": found.household, "stands": found.stands}
    if found.stands == "announced":
        told["confirm_from"] = _when(found.ends, zone)
    if json:
        say_json(told)
    elif found.stands == "announced":
        say(f"{found.household} is announced for removal. A second person may confirm from {told['confirm_from']} on.")
    elif found.stands == "removed":
        say(f"{found.household} is off the lists from the next freeze on.")
    else:
        say(f"{found.household} is on the lists.")


def _when(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
