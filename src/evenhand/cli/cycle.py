"""`evenhand cycle`: draft, freeze, compute, approve, commit, open, close, publish, void, show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, passphrase, progress_bars, say, say_json
from evenhand.cli.cycle_print import print_
from evenhand.store import Store
from evenhand.wiring import open_store, read_clock, worker_pool

app = typer.Typer(
    help="The steps of a cycle: draft, freeze, compute, approve, commit, open, close, publish; or void.\n\n"
    "Each step can be run again: what is done is not done twice.\n\n"
    "Passphrases come from EVENHAND_PASSPHRASE, else they are asked for.\n\n"
    "Example: evenhand cycle show",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
CycleArgument = Annotated[
    str | None,
    typer.Argument(metavar="CYCLE", help="The cycle's id, as in 2008-03/1. Left out: the newest.", show_default=False),
]
Act = Callable[[Store, str, Callable[[str, int, int], None]], Any]


def _run(data: Path | None, wanted: str | None, act: Act, as_json: bool) -> tuple[str, Any]:
    """Run `act` on the cycle asked for (the newest if none); the cycle's id and the result."""
    from evenhand.actions.cycles import newest

    with open_store(data, read_clock) as store, progress_bars(not as_json) as progress:
        cycle = wanted or newest(store)
        return cycle, act(store, cycle, progress)


@app.command()
def draft(
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="The month, as in 2008-03.")],
    who: AsOption,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Draft a cycle for a period, with the policy adopted last.

    Example: evenhand cycle draft 2008-03 --as ana
    """
    from evenhand.actions.draft import draft as act

    with open_store(data, read_clock) as store:
        cycle = act(store, period, who)
    if json:
        say_json({"cycle": cycle, "state": "draft"})
    else:
        say(f"drafted {cycle}. Next: evenhand cycle freeze {cycle} --event '…' --as {who}")


@app.command()
def freeze(
    wanted: CycleArgument = None,
    *,
    who: AsOption,
    event: Annotated[
        str,
        typer.Option("--event", metavar="TEXT", help="The public event still to come whose outcome seeds every tie."),
    ],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Freeze registry, policy, stock and network.

    Each becomes a file named by its hash, and the hashes go into the log. An attempt has one freeze.

    Example: evenhand cycle freeze 2008-03/1 --event "dice thrown in the town hall on 3 March" --as ana
    """
    from evenhand.actions.freeze import freeze as act

    secret = passphrase(who)
    cycle, hashes = _run(
        data, wanted, lambda store, cycle, progress: act(store, cycle, who, secret, event, progress), json
    )
    if json:
        say_json({"cycle": cycle, "state": "frozen", "snapshots": hashes})
    else:
        for name, value in sorted(hashes.items()):
            say(f"  {name:<12} {value}")
        say(f"frozen {cycle}. After the event: evenhand cycle compute {cycle} --outcome '…' --as {who}")


@app.command()
def compute(
    wanted: CycleArgument = None,
    *,
    who: AsOption,
    outcome: Annotated[
        str, typer.Option("--outcome", metavar="TEXT", help="What came of the event named at the freeze.")
    ],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Work out rations, loads and rolls; sign as preparer.

    Entitlements first, then the stock is divided, then each household gets its ration in whole steps.

    Example: evenhand cycle compute 2008-03/1 --outcome "4 6 1 2 5" --as ana
    """
    from evenhand.actions.compute import compute as act
    from evenhand.wiring import engine

    secret = passphrase(who)
    cycle, result = _run(
        data,
        wanted,
        lambda store, cycle, progress: act(store, engine(), cycle, who, secret, outcome, progress=progress),
        json,
    )
    if json:
        say_json({"cycle": cycle, "state": "computed", **result})
    else:
        for line in result["lines"]:
            say(f"  {line}")
        say(f"computed {cycle}. A second person reads it and approves: evenhand cycle approve {cycle} --as NAME")


@app.command()
def approve(wanted: CycleArgument = None, *, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """Sign what was computed, as the second person.

    Example: evenhand cycle approve 2008-03/1 --as boris
    """
    from evenhand.actions.approve import approve as act

    secret = passphrase(who)
    cycle, digest = _run(data, wanted, lambda store, cycle, _: act(store, cycle, who, secret), json)
    if json:
        say_json({"cycle": cycle, "state": "approved", "digest": digest.hex()})
    else:
        say(f"approved {cycle}: {digest.hex()}. Next: evenhand cycle commit {cycle} --as {who}")


@app.command()
def commit(wanted: CycleArgument = None, *, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """Put the rolls in place and into the log.

    From now on the coupons are valid, and the cycle cannot be voided.

    Example: evenhand cycle commit 2008-03/1 --as boris
    """
    from evenhand.actions.commit import commit as act

    cycle, count = _run(data, wanted, lambda store, cycle, progress: act(store, cycle, who, progress), json)
    if json:
        say_json({"cycle": cycle, "state": "committed", "rolls": count})
    else:
        say(f"committed {cycle}: {count} rolls. Next: evenhand cycle open {cycle} --as {who}")


@app.command("open")
def open_(wanted: CycleArgument = None, *, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """Send the loads; points may count in and hand out.

    Example: evenhand cycle open 2008-03/1 --as boris
    """
    from evenhand.actions.opening import open_cycle as act

    cycle, count = _run(data, wanted, lambda store, cycle, _: act(store, cycle, who), json)
    if json:
        say_json({"cycle": cycle, "state": "open", "waybills": count})
    else:
        say(f"opened {cycle}: {count} waybills. What each lorry carries: evenhand cycle show {cycle}")
        say("Next: evenhand receive FILE")


@app.command()
def close(
    wanted: CycleArgument = None,
    *,
    who: AsOption,
    unclosed: Annotated[
        list[str] | None,
        typer.Option(
            "--unclosed", metavar="DEVICE", help="A device that is lost with receipts nobody has seen. Repeatable."
        ),
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """End every row, settle, balance the ledger.

    The cycle closes only if every unit is accounted for.

    Example: evenhand cycle close 2008-03/1 --as boris
    """
    from evenhand.actions.close import close as act

    with worker_pool() as pool:
        cycle, counts = _run(
            data,
            wanted,
            lambda store, cycle, progress: act(store, cycle, who, progress, pool, unclosed=unclosed or ()),
            json,
        )
    if json:
        say_json({"cycle": cycle, "state": "closed", **counts})
    else:
        say(f"closed {cycle}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
        say(f"Next: evenhand cycle publish {cycle} --out FOLDER --as {who}")


@app.command()
def publish(
    wanted: CycleArgument = None,
    *,
    who: AsOption,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Where to write it. Default: disclosures/ in the data folder."),
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Write the folder that anyone can check.

    It is called after the period: FOLDER/2008-03.

    Example: evenhand cycle publish 2008-03/1 --out public --as boris
    """
    from evenhand.actions.publish import publish as act

    cycle, folder = _run(data, wanted, lambda store, cycle, progress: act(store, cycle, who, out, progress), json)
    if json:
        say_json({"cycle": cycle, "state": "published", "folder": str(folder)})
    else:
        say(f"published {cycle}: {folder}")
        say(f"Anyone can check it: evenhand-verify {folder} --root {folder / 'keys' / 'root.vkey'}")
        say("(take the root key from a notice or a newspaper, not from the folder itself)")


@app.command()
def void(
    wanted: CycleArgument = None,
    *,
    who: AsOption,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why. It will be published.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Give up an attempt before its commitment.

    The reason stands in the log for ever, and is published.

    Example: evenhand cycle void 2008-03/1 --reason "stock of Nampo was counted twice" --as ana
    """
    from evenhand.actions.void import void as act

    cycle, _ = _run(data, wanted, lambda store, cycle, _: act(store, cycle, who, reason), json)
    if json:
        say_json({"cycle": cycle, "state": "void", "reason": reason})
    else:
        say(f"void: {cycle}. The next attempt: evenhand cycle draft {cycle.split('/')[0]} --as {who}")


@app.command()
def show(
    cycle: Annotated[str | None, typer.Argument(metavar="[CYCLE]", help="One cycle; all of them if left out.")] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """How every cycle stands, or one in full.

    One in full: who did what, and the waybills, in hand-out steps.

    Example: evenhand cycle show 2008-03/1 --json
    """
    from evenhand.actions.show import show as act

    with open_store(data, read_clock) as store:
        found = act(store, cycle)
    if json:
        say_json(found)
        return
    if not found["cycles"]:
        say("no cycle yet. Draft one: evenhand cycle draft 2008-03 --as NAME")
    for row in found["cycles"]:
        say(f"{row['cycle']:<12} {row['state']:<10} {row['next']}")
        for line in row.get("lines", []):
            say(f"  {line}")
        for bill in row.get("waybills", []) if row["state"] in ("committed", "open") else []:
            say(f"  {bill['waybill']}  {bill['from']} to {bill['to']}: {bill['commodity']} {bill['steps']} steps")


app.command("print")(print_)
