"""`evenhand policy check | test | run`: policies as files, without a database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from evenhand.cli import policy_pages
from evenhand.cli.common import AsOption, DataOption, JsonOption, passphrase, progress_bars, say, say_json
from evenhand.core.errors import AnswerIsNo, InputError

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Check, test, run and adopt policies: published rules as data.\n\nExample: evenhand policy check policy.toml",
)

PolicyFile = Annotated[Path, typer.Argument(metavar="POLICY", help="A policy file (TOML).", show_default=False)]


@app.command()
def check(policy: PolicyFile, json: JsonOption = False) -> None:
    """Check every name, unit, date and bound in a policy.

    All faults are listed, each with its line and what to do.

    Example: evenhand policy check examples/dprk-2008/policy.toml
    """
    from evenhand.actions.policy import read_policy
    from evenhand.flow.policy.model import TableRule

    try:
        found = read_policy(policy)
    except InputError as error:
        if json:
            say_json({"ok": False, "problems": [asdict(problem) for problem in error.problems]})
        raise
    document: dict[str, Any] = {
        "ok": True,
        "policy": found.id,
        "title": found.title,
        "period": found.period_kind,
        "sha256": found.sha256.hex(),
        "benefits": list(found.benefits),
        "entitlements": [entitlement.name for entitlement in found.entitlements],
        "inputs": [name for name, declared in found.inputs.items() if not declared.registry],
        "rules": list(found.rules),
        "tests": len(found.cases),
        "sources": list(found.sources),
        "unproved": list(found.unproved),
    }
    if json:
        say_json(document)
        return
    say(f"{found.id}: {found.title}")
    say(f"grants {', '.join(document['entitlements'])}, every {found.period_kind}")
    say(
        f"{len(found.rules)} rules, {len(found.params)} dated values from {len(found.sources)} sources, "
        f"{len(found.cases)} tests"
    )
    single = [name for name, rule in found.rules.items() if isinstance(rule, TableRule) and rule.hit == "unique"]
    proved = [name for name in single if name not in found.unproved]
    if proved:
        say(f"proved: no household fits two rows of {', '.join(proved)}")
    if found.unproved:
        say(f"rows only tried on some households, not proved apart: {', '.join(found.unproved)}")
    say("nothing wrong was found")


@app.command()
def test(
    policy: PolicyFile,
    drafts: Annotated[
        Path | None,
        typer.Option(
            "--drafts", metavar="FILE", help="Write the tests that are missing, as drafts.", show_default=False
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Run the tests that stand in a policy file.

    Rows and dated values that no test touches are named. --drafts writes a test for each of them, and for both sides of
    every comparison: what the policy gives now, for a person to confirm against the law. Exit code 1 if a test fails.

    Example: evenhand policy test examples/dprk-2008/policy.toml
    """
    from evenhand.actions.policy import run_policy_tests, write_drafts
    from evenhand.flow.policy import untouched_values
    from evenhand.flow.policy.draft_text import MARK
    from evenhand.flow.policy.drafts import MOST_DRAFTS

    found, results, untouched = run_policy_tests(policy)
    values = untouched_values(found, results)
    count = 0
    if drafts is not None:
        with progress_bars(not json) as progress:
            count = write_drafts(found, results, drafts, partial(progress, "drafting"))
    failed = [result for result in results if not result.passed]
    if json:
        tests = [{"name": r.name, "line": r.line, "passed": r.passed, "failures": list(r.failures)} for r in results]
        say_json({"policy": found.id, "passed": not failed, "tests": tests, "untouched": untouched,
                  "untouched_values": values, "drafts": count})  # fmt: skip
    else:
        for result in results:
            say(f"{'PASS' if result.passed else 'FAIL'} {result.name}")
            for failure in result.failures:
                say(f"     line {result.line}: {failure}")
        if untouched:
            say(f"no test reaches: {', '.join(untouched)}")
        if values:
            more = f" and {len(values) - 12} more" if len(values) > 12 else ""
            say(f"no test reads: {', '.join(values[:12])}{more}")
        if drafts is not None:
            say(
                f"{_counted(count, 'draft')} written to {drafts}: read each against the law, then put it into the policy"
            )
            if count == MOST_DRAFTS:
                say("there are more: put these into the policy and ask again")
        if unconfirmed := sum(result.name.startswith(MARK) for result in results):
            say(f"{_counted(unconfirmed, 'draft')} among the tests not confirmed yet")
        say(f"{len(results) - len(failed)} of {len(results)} tests hold" if results else "the file has no tests")
    if failed:
        raise AnswerIsNo(f"{len(failed)} of {len(results)} tests of {found.id} fail", "mend the rule or the test")


@app.command()
def run(
    policy: PolicyFile,
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="A day of the period.")],
    households: Annotated[Path, typer.Option("--households", metavar="FILE", help="CSV or Parquet; key `household`.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the result goes: .csv or .parquet.")],
    members: Annotated[
        Path | None,
        typer.Option(
            "--members", metavar="FILE", help="CSV or Parquet; keys `household`, `member`.", show_default=False
        ),
    ] = None,
    reasons: Annotated[
        Path | None,
        typer.Option(
            "--reasons", metavar="FILE", help="Also write which rows decided: .csv or .parquet.", show_default=False
        ),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option(
            "--prices",
            metavar="FILE",
            help="Also write what they pay for one unit (in hundredths), at home and away: .csv or .parquet.",
            show_default=False,
        ),
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help="duckdb, or spark (pip install evenhand[spark]; Java 17).")
    ] = "duckdb",
    json: JsonOption = False,
) -> None:
    """Work out what each household of a file is due.

    One row a household in the order of the file, in base units (g, ml, piece, cent).

    A household that cannot be decided has an empty amount and the missing input under `undecided`; it never gets a zero.

    Example: evenhand policy run policy.toml --on 2008-03-01 --households households.csv --members members.csv --out due.csv
    """
    from evenhand.actions.policy import read_policy, run_policy
    from evenhand.wiring import engine as choose

    found, chosen = read_policy(policy), choose(engine)
    with progress_bars(not json) as progress:
        step = partial(progress, "computing")
        done = run_policy(chosen, found, on.date(), households, members, out, reasons, prices, step)
    if json:
        say_json({**asdict(done), "files": [str(path) for path in done.files]})
        return
    say(f"{done.policy}, {done.period}: {done.households} households, {done.undecided} cannot be decided")
    for name, total in done.totals.items():
        say(f"  {name}: {total}")
    say(f"written: {', '.join(str(path) for path in done.files)}")


@app.command()
def fuzz(
    policy: PolicyFile,
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="A day of the period.")],
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same number tries the same households.")] = 1,
    tries: Annotated[int, typer.Option("--tries", metavar="N", min=1, max=1_000_000, help="Households tried.")] = 2_000,
    seconds: Annotated[int, typer.Option("--seconds", metavar="N", min=1, max=3_600, help="Stop after this.")] = 60,
    income: Annotated[
        list[str] | None,
        typer.Option(
            "--income", metavar="INPUT", help="An input that is income (may be repeated).", show_default=False
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Look for cliffs: a household that gains a member or loses income, and is due less of a benefit for it.

    Each is shown with the rows that do it. A benefit with several entitlements is judged by their sum.

    Income is every money input whose name or purpose says so, or those named.

    Finding none proves nothing. Exit code 1 if one is found.

    Example: evenhand policy fuzz examples/dprk-2008/policy.toml --on 2008-03-01 --seed 7
    """
    from evenhand.actions.policy import read_policy
    from evenhand.actions.policy_fuzz import fuzz as act
    from evenhand.actions.policy_fuzz import incomes_of
    from evenhand.flow.policy.draft_text import quantity
    from evenhand.flow.policy.scenes import inline

    found = read_policy(policy)
    with progress_bars(not json) as progress:
        cliffs, tried = act(
            found, on.date(), seed, tries, seconds, income or (), partial(progress, "trying households")
        )
    tested = incomes_of(found, on.date(), income or ())
    if json:
        shown = [{"benefit": c.benefit, "change": c.change, "before": c.before, "after": c.after,
                  "rows": list(c.rows), "household": inline(found, c.given),
                  "members": [inline(found, one) for one in c.members or ()]} for c in cliffs]  # fmt: skip
        say_json({"policy": found.id, "seed": seed, "tried": tried, "incomes": tested, "cliffs": shown})
    else:
        for cliff in cliffs:
            benefit = found.benefits[cliff.benefit]
            before, after = quantity(cliff.before, benefit), quantity(cliff.after, benefit)
            say(f"{cliff.benefit}: {before} -> {after} when {cliff.change}")
            say(f"     rows: {', '.join(cliff.rows) or 'none changed: the formula itself gives less'}")
            say(f"     household: {inline(found, cliff.given)}")
            for one in cliff.members or ():
                say(f"     member: {inline(found, one)}")
        lost = f"a member more, or less {' or less '.join(tested)}" if tested else "a member more"
        say(f"{_counted(tried, 'household')} tried with {lost}: {_counted(len(cliffs), 'cliff')} found")
        if not tested:
            say("no input is known to be income: name one with --income to try its loss")
    if cliffs:
        raise AnswerIsNo(
            f"{_counted(len(cliffs), 'cliff')} in {found.id}",
            "look at the rows named, or say in the law that it is meant",
        )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


@app.command()
def propose(policy: PolicyFile, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """Propose a policy: a preparer signs its text, and it waits for a second person.

    It must load and pass its own tests.

    Example: evenhand policy propose policy.toml --as ana
    """
    from evenhand.actions.adopt import propose as act
    from evenhand.actions.policy import read_policy_text
    from evenhand.wiring import open_store, read_clock

    with open_store(data, read_clock) as store:
        digest = act(store, read_policy_text(policy), who, passphrase(who), str(policy))
    if json:
        say_json({"proposed": str(policy), "sha256": digest.hex()})
    else:
        say(f"proposed {policy}: {digest.hex()}")
        say(f"Next, a second person: evenhand policy adopt {policy} --as ANOTHER")


@app.command()
def adopt(policy: PolicyFile, who: AsOption, data: DataOption = None, json: JsonOption = False) -> None:
    """Adopt a policy that another person proposed: cycles drafted from now on use it.

    Who adopts it names the file they have read: it must be the proposed text, to the letter. Its text is kept and its hash
    goes into the log. Imports check declared inputs and stocked goods against it.

    Example: evenhand policy adopt policy.toml --as boris
    """
    from evenhand.actions.adopt import adopt as act
    from evenhand.actions.policy import read_policy
    from evenhand.wiring import open_store, read_clock

    digest = read_policy(policy).sha256
    with open_store(data, read_clock) as store:
        act(store, digest, who, passphrase(who))
    if json:
        say_json({"adopted": str(policy), "sha256": digest.hex()})
    else:
        say(f"adopted {policy}: {digest.hex()}")
        say("Next: evenhand import lanes FILE, then stock, households, members (areas, points, depots before them)")


@app.command()
def decline(
    policy: PolicyFile,
    who: AsOption,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.", show_default=False)],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Decline a policy that waits to be adopted, with a reason; its proposer takes it back so.

    Example: evenhand policy decline policy.toml --reason "12 kg is not in the act" --as boris
    """
    from evenhand.actions.adopt import decline as act
    from evenhand.actions.policy import read_policy
    from evenhand.wiring import open_store, read_clock

    digest = read_policy(policy).sha256
    with open_store(data, read_clock) as store:
        act(store, digest, who, reason)
    if json:
        say_json({"declined": str(policy), "sha256": digest.hex()})
    else:
        say(f"declined {policy}: {digest.hex()}")


policy_pages.register(app)
