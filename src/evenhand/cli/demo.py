"""`evenhand demo`: the whole flow on a generated country, then its claims and its checks."""

from __future__ import annotations

import json as json_lib
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from evenhand.cli.common import JsonOption, progress_bars, say, say_json
from evenhand.core.errors import EvenhandError, UsageError
from evenhand.wiring import default_demo_folder, engine, examples_folder, read_clock, worker_pool

app = typer.Typer(add_completion=False, rich_markup_mode=None)
ACCOUNTS = {"registrar": "registrar", "ana": "policy", "boris": "approver", "store": "store", "reviewer": "reviewer",
            "auditor": "auditor"}  # fmt: skip


@app.command()
def demo(
    people: Annotated[int, typer.Option("--people", metavar="N", help="How many people to generate.")] = 24_000,
    months: Annotated[
        int, typer.Option("--months", metavar="N", help="1 to 12 months: full stock, a cut, a cut and a flood, …")
    ] = 3,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="The same seed gives the same country, rolls and roots.")
    ] = 2008,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FOLDER", help="Data folder of the demo. Default: a folder of its own."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where the disclosures and the report go.")
    ] = Path("demo"),
    lie: Annotated[
        str,
        typer.Option(
            "--lie",
            metavar="NAME",
            help="Let the operator cheat: privilege, swap, leak, double, backdate, inflate, solo, ghosts.",
        ),
    ] = "",
    serve: Annotated[
        bool, typer.Option("--serve", help="Then serve it on this machine, with six accounts and a month to approve.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65534, help="The port of --serve.")] = 8443,
    json: JsonOption = False,
) -> None:
    """A generated country's ration over three months, run, published, checked, and its claims tested.

    Everything is real but the people: a database, keys, a log, offline points, lorries that come short. It ends with a table
    of claims, each computed from what was published. With --lie the operator cheats, and the checker has to say where.

    Example: evenhand demo --people 24000 --lie leak
    """
    from evenhand.simulation.demo import Wish, run
    from evenhand.simulation.lies import LIES

    if lie and lie not in LIES:
        raise UsageError(f'there is no lie "{lie}"', f"choose one of {', '.join(LIES)}")
    if serve and json:
        raise UsageError("--serve goes on until it is stopped, and --json prints one document", "leave one out")
    begun = time.monotonic()
    folder = fresh_folder(data or default_demo_folder())
    clear_out(out)
    with progress_bars(not json) as progress, worker_pool() as pool:
        told = run(
            Wish(people, months, seed, folder, out, examples_folder(), lie, int(serve)),
            engine(),
            pool,
            read_clock,
            progress,
        )
    checks = [
        check(path, told.root_vkey, before) for path, before in zip(told.folders, (None, *told.folders), strict=False)
    ]
    from evenhand.actions.claims import claims_of

    claims = claims_of(told.folders)
    seconds = time.monotonic() - begun
    if json:
        say_json(
            {
                "folders": [str(path) for path in told.folders],
                "report": str(told.folders[-1] / "report" / "index.html"),
                "root_vkey": told.root_vkey,
                "claims": [{"claim": c.sentence, "verdict": c.verdict_text, "figure": c.figure} for c in claims],
                "checks": checks,
                "lie": lie,
                "seconds": round(seconds, 1),
            }
        )
        return
    _tell(told, claims, checks, people, lie, seconds)
    if serve:
        _serve(folder, told, port)


def _serve(folder: Path, told: Any, port: int) -> None:
    """Six accounts with random passwords, shown once; then the server, for this machine alone."""
    from evenhand.actions.accounts import add_on_machine
    from evenhand.cli import serve as server
    from evenhand.wiring import open_store

    with open_store(folder, read_clock) as store:
        server.prepare_accounts(folder)
        passwords = {name: add_on_machine(store, name, [role]) for name, role in ACCOUNTS.items()}
    say("\nSix accounts, shown this once. Whoever signs has a key of their own with a passphrase:")
    say(f"  {'account':<10} {'role':<10} {'password':<24} passphrase of their key")
    for name, role in ACCOUNTS.items():
        say(f"  {name:<10} {role:<10} {passwords[name]:<24} {told.passphrases.get(name, '')}".rstrip())
    say("One more month is computed and waits for boris to look at it and sign.\n")
    server.serve(port=port, data=folder)


def fresh_folder(folder: Path) -> Path:
    """An empty place for the demo's data: what an earlier demo left is removed, anything else is refused. A file beside
    the folder says that it is a demo's, so that an interrupted demo is known for what it is."""
    from evenhand.store.postgres import start

    marker = folder.with_name(folder.name + ".demo")
    if folder.exists() and any(folder.iterdir()):
        if not marker.exists():
            raise UsageError(f"{folder} holds something that is no demo", "name an empty folder with --data")
        if (
            folder / "postgres" / "postmaster.pid"
        ).exists():  # a killed demo's server may still run: whoever leaves stops it
            with suppress(EvenhandError), start(folder):
                pass
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    marker.write_text("The folder of this name holds a demo of evenhand and may be deleted.\n", encoding="utf-8")
    return folder


def clear_out(out: Path) -> None:
    """Remove the disclosures of an earlier demo; refuse a folder that holds anything else."""
    if not out.exists():
        return
    entries = list(out.iterdir())
    ours = [
        e for e in entries if e.name == "slips.csv" or (e / "datapackage.json").exists() or e.name.endswith(".part")
    ]
    if len(ours) != len(entries):
        raise UsageError(f"{out} holds something that is no demo", "name another folder with --out")
    for entry in entries:
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def check(folder: Path, root_vkey: str, previous: Path | None) -> dict[str, Any]:
    """Run the checker, a program of its own, on one disclosure; its JSON."""
    program = Path(sys.executable).with_name("evenhand-verify")
    command = [str(program), str(folder), "--root", root_vkey, "--json"]
    if previous is not None:
        command += ["--previous", str(previous)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        result: dict[str, Any] = json_lib.loads(done.stdout)
    except FileNotFoundError:
        return {"folder": str(folder), "verdict": "not run: evenhand-verify is not installed"}
    except ValueError:
        return {"folder": str(folder), "verdict": f"the checker stopped: {done.stderr.strip()[-200:]}"}
    return {"folder": str(folder), **result}


def _tell(told: Any, claims: Any, checks: list[dict[str, Any]], people: int, lie: str, seconds: float) -> None:
    say("")
    say(f"A generated country of {people:,} people: no real person appears. What was handed out, of what was due:")
    for line in told.lines:
        say(f"  {line}")
    say("\nFive claims, tested on what was published:\n")
    _tell_claims(claims, shutil.get_terminal_size().columns)
    say("\nChecked by evenhand-verify, which shares no code with the program that made it:")
    for result in checks:
        say(f"  {result['folder']}: {result['verdict']}")
        for failed in (one for one in result.get("checks", []) if not one["pass"]):
            say(f"    FAIL {failed['name']}: {failed['failures'][0] if failed['failures'] else failed['figure']}")
    if lie:
        _tell_lie(told, lie)
    last, checker = told.folders[-1], _command("evenhand-verify")
    say(f"\nDone in {seconds:.0f} s. The report, to open in a browser:")
    say(f"  {last / 'report' / 'index.html'}")
    say("Check it yourself:")
    say(f"  {checker} {last} --root {told.root_vkey}")
    say(f"Check one family's row (codes: {told.slips}):")
    say(f"  {checker} card {_first_code(told.slips)} {last}")
    say("Try next: an operator who cheats, or your own files:")
    say(f"  {_command('evenhand')} demo --lie leak")
    say(f"  {_command('evenhand')} init --help")


def _command(name: str) -> str:
    """How the reader calls a program: by its name where the shell finds it, else by the path this one was called by."""
    return name if shutil.which(name) else str(Path(sys.argv[0]).with_name(name))


def _tell_claims(claims: Any, width: int) -> None:
    """A table where the terminal is wide enough for one; else a list, claim by claim."""
    rows = [
        (c.sentence, c.verdict_text, c.figure, ", ".join(name.removesuffix(".parquet") for name in c.proof))
        for c in claims
    ]
    heads = ("claim", "verdict", "figure", "proved by")
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    if sum(widths) + 2 * (len(heads) - 1) <= width:
        for row in (heads, *rows):
            say("  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip())
        return
    for row in rows:
        say(row[0])
        for head, cell in zip(heads[1:], row[1:], strict=True):
            say(f"  {head:<9}  {cell}")


def _tell_lie(told: Any, lie: str) -> None:
    from evenhand.simulation.lies import LIES

    known = LIES[lie]
    say(f"\nThe operator lied in the last month ({lie}): {known.sentence}")
    say(f"  changed: {known.changes}")
    say(f"  what finds it: {known.found_by}")
    if told.short_changed:
        say(
            f"  a short-changed family asks: {_command('evenhand-verify')} card {_first_code(told.slips)} {told.folders[-1]}"
        )


def _first_code(slips: Path) -> str:
    """The code of the first family in slips.csv."""
    return slips.read_text(encoding="utf-8").splitlines()[1].split(",")[2]
