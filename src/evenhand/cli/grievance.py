"""`evenhand grievance`: complaints, who holds them, decisions, appeals, remedies."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, say, say_json
from evenhand.wiring import open_store, read_clock

if TYPE_CHECKING:
    from evenhand.actions.cases import Found
    from evenhand.store import Store

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="The case, as in 7K2M-Q4XA.")]
Words = Annotated[str, typer.Option("--words", metavar="TEXT", help="Why: the household reads it.")]


def _draw() -> bytes:
    return secrets.token_bytes(8)


@app.command("file")
def file(
    kind: Annotated[
        str,
        typer.Option("--kind", help="not-on-list, wrong-amount, not-served, quality, conduct, abuse or other."),
    ],
    words: Annotated[
        str, typer.Option("--words", metavar="TEXT", help="What happened, in the household's words.")
    ] = "",
    point: Annotated[str, typer.Option("--point", help="The point complained about.")] = "",
    area: Annotated[str, typer.Option("--area", metavar="P-CODE", help="Where, if no point is meant.")] = "",
    household: Annotated[str, typer.Option("--household", help="Whose complaint it is, by its id. Sealed.")] = "",
    card: Annotated[str, typer.Option("--card", metavar="NUMBER", help="The same by the card's number. Sealed.")] = "",
    name: Annotated[str, typer.Option("--name", help="Who complains. Sealed.")] = "",
    contact: Annotated[str, typer.Option("--contact", help="How to reach them. Sealed.")] = "",
    channel: Annotated[str, typer.Option("--channel", help="page, counter, telephone or paper.")] = "paper",
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Nobody is named, and nobody can be asked.")] = False,
    who: Annotated[str, typer.Option("--as", metavar="NAME", help="Who writes it down.")] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Take in a complaint. Prints its reference: the household asks and appeals with it.

    Who complains is sealed at once: the point complained about never reads it, and whoever opens it is written down. Abuse
    goes to the ombudsman outside the programme, its words sealed too.

    Example: evenhand grievance file --kind wrong-amount --card 0000041217 --words "40 kg came, the roll says 47"
    """
    from evenhand.actions.complain import Complaint, complain
    from evenhand.actions.reissue import household_of

    with open_store(data, read_clock) as store:
        whose = household_of(store, household, card) if card else household
        said = Complaint(kind, words, point, area, whose, name, contact, channel, anonymous)
        reference = complain(store, said, _draw, who)
    if json:
        say_json({"reference": reference})
        return
    say(f"Case {reference}. Give the household this reference: with it they ask how it stands, and appeal.")


@app.command("list")
def list_(
    who: AsOption,
    every: Annotated[bool, typer.Option("--all", help="Those that are decided too.")] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """List the cases you may read, those whose clock ends first at the top. Complaints noted at counters are taken up.

    Example: evenhand grievance list --as dora
    """
    from evenhand.actions.case_page import case_page
    from evenhand.actions.escalate import cases_for
    from evenhand.actions.take_up import take_up

    with open_store(data, read_clock) as store:
        take_up(store, _draw)
        cases = cases_for(store, who, pending=not every)
        pages = [case_page(found) for found in cases]
        lines = [_line(store, found) for found in cases]
    if json:
        say_json({"cases": pages})
        return
    for line in lines or ["No case waits for a decision." if not every else "There is no case."]:
        say(line)


@app.command("show")
def show(
    reference: Reference,
    who: AsOption,
    records: Annotated[
        bool,
        typer.Option("--records", help="With what the household's records say. Opens the name, which is written down."),
    ] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Show a case: what was said, who holds it until when, what happened.

    Example: evenhand grievance show 7K2M-Q4XA --as dora --records
    """
    from evenhand.actions.case_page import beside, case_page
    from evenhand.actions.cases import readable
    from evenhand.actions.escalate import escalate

    with open_store(data, read_clock) as store:
        found, _ = readable(store, reference, who)
        told = beside(store, found, who) if records else None
        found, _ = readable(store, reference, who)
        found = escalate(store, found)
        lines = [_line(store, found), *_history(store, found)]
    if json:
        say_json(case_page(found) | ({"records": told} if told is not None else {}))
        return
    for line in lines + (_records(told) if told is not None else []):
        say(line)


@app.command("open")
def open_(
    reference: Reference,
    who: AsOption,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What for. It is written down with your name.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Open the seal: who complained, and the words of a restricted case. Who opened it and why is an entry of the case.

    Example: evenhand grievance open 7K2M-Q4XA --as dora --why "to weigh with them"
    """
    from evenhand.actions.open_name import open_name

    with open_store(data, read_clock) as store:
        told = open_name(store, reference, who, why)
    if json:
        say_json({"sealed": told})
        return
    for name, value in told.items():
        say(f"{name:<10} {value}")
    if not told:
        say("nobody is named")


@app.command("decide")
def decide(
    reference: Reference,
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help='upheld or "not upheld".')],
    words: Words,
    who: AsOption,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Decide a case that your office holds. The household may appeal once; another person decides then.

    Example: evenhand grievance decide 7K2M-Q4XA upheld --words "the scale was off" --as dora
    """
    from evenhand.actions.decide_case import decide_case

    with open_store(data, read_clock) as store:
        _told(store, decide_case(store, reference, who, outcome, words), json)


@app.command("appeal")
def appeal(reference: Reference, words: Words, data: DataOption = None, json: JsonOption = False) -> None:
    """Appeal a decision for the household that holds the reference: once, within 30 days.

    Example: evenhand grievance appeal 7K2M-Q4XA --words "I weighed it again: 40 kg"
    """
    from evenhand.actions.appeal import appeal as act

    with open_store(data, read_clock) as store:
        _told(store, act(store, reference, words), json)


@app.command("remedy")
def remedy(
    reference: Reference,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="arrears, correction or coupon.")],
    who: AsOption,
    benefit: Annotated[str, typer.Option("--benefit", help="Arrears: of which benefit.")] = "",
    amount: Annotated[str, typer.Option("--amount", metavar='"5 kg"', help="Arrears: how much.")] = "",
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="What is to be done.")] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Write down what an upheld case gives: arrears, a correction of the register, or a new coupon.

    Example: evenhand grievance remedy 7K2M-Q4XA arrears --benefit grain --amount "7 kg" --as dora
    """
    from evenhand.actions.remedy import arrears, give_remedy
    from evenhand.flow.grievance import Remedy

    with open_store(data, read_clock) as store:
        given = arrears(store, benefit, amount) if kind == "arrears" else Remedy(kind)
        _told(store, give_remedy(store, reference, who, given, words), json)


@app.command("totals")
def totals(data: DataOption = None, json: JsonOption = False) -> None:
    """Show the public figures since the last cycle closed, as they would be published now: nothing that tells of few.

    Example: evenhand grievance totals
    """
    from evenhand.actions.grievance_totals import totals_now

    with open_store(data, read_clock) as store:
        rows = totals_now(store).to_pylist()
    if json:
        say_json({"grievances": rows})
        return
    names = ("received", "decided", "in_time", "upheld")
    for row in rows:
        told = ", ".join(f"{name.replace('_', ' ')} {'few' if row[name] is None else row[name]}" for name in names)
        say(f"{row['area'] or '(small areas)':<14} {row['kind']:<14} {told}")
    if not rows:
        say("No complaint came in and none was decided since the last cycle closed.")


def _told(store: Store, found: Found, json: bool) -> None:
    from evenhand.actions.case_page import case_page

    if json:
        say_json(case_page(found))
        return
    say(_line(store, found))


def _line(store: Store, found: Found) -> str:
    from evenhand.flow.grievance import KINDS

    case, until = found.case, "" if found.case.due is None else f" until {_when(store, found.case.due)}"
    how = {
        "open": f"with the {case.office}{until}",
        "appealed": f"appealed, with the {case.office}{until}",
        "decided": f"{case.outcome}; may be appealed{until}",
        "final": f"{case.outcome}, final",
    }[case.stage]
    late = "; OVERDUE" if case.overdue else f"; escalated {len(case.escalations)} times" if case.escalations else ""
    served = "; keep serving" if case.keeps_served() else ""
    where = case.intake.point or case.intake.area
    return f"{found.reference}  {KINDS[case.intake.kind].title:<16} {where:<12} {how}{late}{served}"


def _when(store: Store, at: int) -> str:
    from evenhand.actions.cases import zone_of

    return datetime.fromtimestamp(at, zone_of(store)).strftime("%Y-%m-%d %H:%M")


def _history(store: Store, found: Found) -> list[str]:
    case = found.case.intake
    lines = [
        f"  {_when(store, case.at)}  came in by {case.channel}{', anonymous' if case.anonymous else ''}: {found.words}"
    ]
    for event in found.events:
        given = event.remedy and f"{event.remedy.kind} {event.remedy.benefit} {event.remedy.amount_base or ''}".strip()
        by = f"{event.act} by {event.person}" if event.person else event.act
        parts = (by, event.outcome, event.office and f"to the {event.office}", given, event.words)
        lines.append(f"  {_when(store, event.at)}  {': '.join(part for part in parts if part)}")
    return lines


def _records(told: dict[str, Any]) -> list[str]:
    if not told["cycles"]:
        return ["no records: the household is not named, or stands on no committed roll"]
    lines = [f"household {told['household']}"]
    for cycle in told["cycles"]:
        lines.append(
            f"  {cycle['cycle']} at {cycle['point']}{', re-cut' if cycle['recut'] else ''}: {cycle['outcome'] or 'open'}"
        )
        for row in cycle["benefits"]:
            because = "; ".join(f"{found['row']}: {found['because']}" for found in row["rows"])
            lines.append(
                f"    {row['benefit']}: due {row['due_base']:,}, ration {row['ration_base']:,} base units ({because})"
            )
        for receipt in cycle["receipts"]:
            steps = ", ".join(f"{benefit} {count} steps" for benefit, count in receipt["steps"].items())
            lines.append(f"    receipt {receipt['number']} of {receipt['device']}, {receipt['proof']}: {steps}")
    return lines
