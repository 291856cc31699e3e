"""`evenhand cycle`: draft, freeze, compute, approve, commit, open, close, publish, void, show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, passphrase, progress_bars, say, say_json
from evenhand.store import Store
from evenhand.wiring import open_store, read_clock, worker_pool

app = typer.Typer(
    help="The steps of a cycle: draft, freeze, compute, approve, commit, open, close, publish; or void.\n\n"
    "Each step can be run again: what is done is not done twice.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
CycleArgument = Annotated[str, typer.Argument(metavar="CYCLE", help="The cycle's id, as in 2008-03/1.")]


def _run(data: Path | None, act: Callable[[Store, Callable[[str, int, int], None]], Any], as_json: bool = False) -> Any:
    with open_store(data, read_clock) as store, progress_bars(not as_json) as progress:
        return act(store, progress)


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

    cycle = _run(data, lambda store, _: act(store, period, who))
    if json:
        say_json({"cycle": cycle, "state": "draft"})
    else:
        say(f"drafted {cycle}. Next: evenhand cycle freeze {cycle} --event '…' --as {who}")


@app.command()
def freeze(
    cycle: CycleArgument,
    who: AsOption,
    event: Annotated[
        str, typer.Option("--event", help="The public event still to come whose outcome seeds every tie.")
    ],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Freeze registry, policy, stock and network; their hashes go into the log.

    Example: evenhand cycle freeze 2008-03/1 --event "dice thrown in the town hall on 3 March" --as ana
    """
    from evenhand.actions.freeze import freeze as act

    secret = passphrase(who)
    hashes = _run(data, lambda store, progress: act(store, cycle, who, secret, event, progress), json)
    if json:
        say_json({"cycle": cycle, "state": "frozen", "snapshots": hashes})
    else:
        for name, value in sorted(hashes.items()):
            say(f"  {name:<12} {value}")
        say(f"frozen {cycle}. After the event: evenhand cycle compute {cycle} --outcome '…' --as {who}")


@app.command()
def compute(
    cycle: CycleArgument,
    who: AsOption,
    outcome: Annotated[str, typer.Option("--outcome", help="What came of the event named at the freeze.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Work out entitlements, divide the stock, make rations, loads and rolls; sign them as preparer.

    Example: evenhand cycle compute 2008-03/1 --outcome "4 6 1 2 5" --as ana
    """
    from evenhand.actions.compute import compute as act
    from evenhand.wiring import engine

    secret = passphrase(who)
    result = _run(
        data, lambda store, progress: act(store, engine(), cycle, who, secret, outcome, progress=progress), json
    )
    if json:
        say_json({"cycle": cycle, "state": "computed", **result})
    else:
        for line in result["lines"]:
            say(f"  {line}")
        say(f"computed {cycle}. A second person reads it and approves: evenhand cycle approve {cycle} --as NAME")


@app.command()
def approve(cycle: CycleArgument, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """Sign what was computed, as the second person.

    Example: evenhand cycle approve 2008-03/1 --as boris
    """
    from evenhand.actions.approve import approve as act

    secret = passphrase(who)
    digest = _run(data, lambda store, _: act(store, cycle, who, secret))
    if json:
        say_json({"cycle": cycle, "state": "approved", "digest": digest.hex()})
    else:
        say(f"approved {cycle}: {digest.hex()}. Next: evenhand cycle commit {cycle} --as {who}")


@app.command()
def commit(cycle: CycleArgument, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """Put the rolls in place and into the log: from now on the coupons are valid.

    Example: evenhand cycle commit 2008-03/1 --as boris
    """
    from evenhand.actions.commit import commit as act

    count = _run(data, lambda store, progress: act(store, cycle, who, progress), json)
    if json:
        say_json({"cycle": cycle, "state": "committed", "rolls": count})
    else:
        say(f"committed {cycle}: {count} rolls. Next: evenhand cycle open {cycle} --as {who}")


@app.command("open")
def open_(cycle: CycleArgument, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """Send the loads; points may count in what arrives, and hand out.

    Example: evenhand cycle open 2008-03/1 --as boris
    """
    from evenhand.actions.opening import open_cycle as act

    count = _run(data, lambda store, _: act(store, cycle, who))
    if json:
        say_json({"cycle": cycle, "state": "open", "waybills": count})
    else:
        say(f"opened {cycle}: {count} waybills. Next: evenhand receive FILE --cycle {cycle}")


@app.command()
def close(cycle: CycleArgument, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """End every row, settle, balance the ledger. It closes only if every unit is accounted for.

    Example: evenhand cycle close 2008-03/1 --as boris
    """
    from evenhand.actions.close import close as act

    with worker_pool() as pool:
        counts = _run(data, lambda store, progress: act(store, cycle, who, progress, pool), json)
    if json:
        say_json({"cycle": cycle, "state": "closed", **counts})
    else:
        say(f"closed {cycle}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
        say(f"Next: evenhand cycle publish {cycle} --out FOLDER --as {who}")


@app.command()
def publish(
    cycle: CycleArgument,
    who: AsOption,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write it. Default: disclosures/ in the data folder.")
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Write the disclosure of a closed cycle: a folder anyone can check.

    Example: evenhand cycle publish 2008-03/1 --out public --as boris
    """
    from evenhand.actions.publish import publish as act

    folder = _run(data, lambda store, progress: act(store, cycle, who, out, progress), json)
    if json:
        say_json({"cycle": cycle, "state": "published", "folder": str(folder)})
    else:
        say(f"published {cycle}: {folder}")
        say(f"Anyone can check it: evenhand-verify {folder} --root {folder / 'keys' / 'root.vkey'}")
        say("(take the root key from a notice or a newspaper, not from the folder itself)")


@app.command()
def void(
    cycle: CycleArgument,
    who: AsOption,
    reason: Annotated[str, typer.Option("--reason", help="Why. It will be published.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Give up an attempt before its commitment; the reason stands in the log for ever.

    Example: evenhand cycle void 2008-03/1 --reason "stock of Nampo was counted twice" --as ana
    """
    from evenhand.actions.void import void as act

    _run(data, lambda store, _: act(store, cycle, who, reason))
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

    Example: evenhand cycle show 2008-03/1 --json
    """
    from evenhand.actions.show import show as act

    found = _run(data, lambda store, _: act(store, cycle))
    if json:
        say_json(found)
        return
    if not found["cycles"]:
        say("no cycle yet. Draft one: evenhand cycle draft 2008-03 --as NAME")
    for row in found["cycles"]:
        say(f"{row['cycle']:<12} {row['state']:<10} {row['next']}")
        for line in row.get("lines", []):
            say(f"  {line}")
