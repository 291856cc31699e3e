"""SNAP of fiscal year 2026 for a million generated households: examples/us-snap-2026 against openfisca-core.

    python -m benchmarks.snap [--households N] [--openfisca PYTHON]

openfisca-core is installed into an environment of its own in a temporary folder (or give the python of one), never here.
Both read the same two Parquet files, as Evenhand writes its own, and write one. Three pairs of times, each with its ratio:

- whole program: from the start of Python to its end. Ours checks every cell and key first; the other one checks nothing.
- file to file: in a running program that has loaded its rules; nothing is checked.
- calculation alone: typed columns already lie in memory, and so do the answers. Ours still groups members by text keys.

Beside the seconds stand those of all cores together, which other programs on the machine disturb less.

openfisca-core is given its people in two ways: by their keys as they stand in the files, as its documentation does, and
numbered beforehand by a hash table of pyarrow's, the fastest way known to us.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.actions.policy_files import kinds_of
from evenhand.core.plan import Plan
from evenhand.engines.duckdb import DuckDB
from evenhand.engines.queries import Queries
from evenhand.flow.entitlement import plan
from evenhand.flow.policy import load, period_for

EXAMPLE = Path(__file__).parents[1] / "examples" / "us-snap-2026" / "policy.toml"
DAY = date(2026, 1, 1)
GOAL = 5
GROUP = 131_072
TIMES = 3
MONEY = {"monthly_earned": 4500, "monthly_social_security": 900, "monthly_other_income": 400, "monthly_rent": 2200,
         "utility_allowance": 500, "excess_medical_deduction": 150}  # fmt: skip
ABSENT = ("dependent_care", "child_support", "disabled")
CHILDREN = resource.RUSAGE_CHILDREN
WAYS = ("keys", "numbered")


def households(folder: Path, count: int, states: list[str]) -> dict[str, Path]:
    """Generated households and members as Parquet: money as decimals, members in the order of their households."""
    chance = np.random.default_rng(2026)
    size = chance.choice(np.arange(1, 10), count, p=[0.4, 0.2, 0.13, 0.11, 0.08, 0.04, 0.02, 0.01, 0.01])
    whose = np.repeat(np.arange(count), size)
    ages = chance.integers(0, 90, len(whose))
    state = chance.integers(0, 51, count)
    categorical = chance.random(count) < 0.6
    keys = pa.array(np.char.add("h", np.arange(count).astype(str)))
    columns = {"household": keys, "state": pa.array(states).take(pa.array(state))}
    for name, most in MONEY.items():
        cents = np.where(chance.random(count) < 0.5, chance.integers(0, most * 100, count), 0)
        hundredths = pc.cast(pa.array(cents), pa.decimal128(19, 0))
        dollars = pc.multiply(hundredths, pa.scalar("0.01", pa.string()).cast(pa.decimal128(3, 2)))
        columns[name] = dollars.cast(pa.decimal128(12, 2))
    columns["categorically_eligible"] = pa.array(categorical)
    member = {"household": keys.take(pa.array(whose)), "member": pa.array(np.arange(len(whose)).astype(str)),
              "age": pa.array(ages)}  # fmt: skip
    paths = {}
    for name, table in (("household", columns), ("member", member)):
        paths[name] = folder / f"{name}.parquet"
        pq.write_table(pa.table(table), paths[name], compression="zstd", row_group_size=GROUP)
    return paths


Seconds = tuple[float, float]
"""By the clock, and of all cores together; the best of each."""


def best(work: Callable[[], object], who: int = resource.RUSAGE_SELF) -> Seconds:
    """The best of some runs in this process, or in its children."""
    runs = []
    for _ in range(TIMES):
        before, start = resource.getrusage(who), time.perf_counter()
        work()
        seconds, after = time.perf_counter() - start, resource.getrusage(who)
        runs.append((seconds, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime))
    return min(run[0] for run in runs), min(run[1] for run in runs)


def ours(folder: Path, files: dict[str, Path], compiled: Plan) -> dict[str, Seconds]:
    """Seconds of each kind; the answer stands in `folder`/ours.parquet."""
    command = [sys.executable, "-c", "from evenhand.cli.main import main; main()", "policy", "run",
               str(EXAMPLE), "--on", DAY.isoformat(),
               "--households", str(files["household"]), "--members", str(files["member"]),
               "--out", str(folder / "ours.parquet")]  # fmt: skip
    found = {"whole program": best(lambda: subprocess.run(command, check=True, capture_output=True), CHILDREN)}
    engine = DuckDB(temp=folder)
    found["file to file"] = best(lambda: engine.run(compiled, files, folder / "run"))
    bases = replace(compiled, outputs=("h0", "m0", *compiled.outputs))
    due = Queries(bases, hint="NOT MATERIALIZED ").of("due")
    with engine._prepared(bases, files) as (connection, queries):

        def calculate() -> None:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE due AS {due}")
            connection.sql(queries["wide"]).to_arrow_table()

        found["calculation alone"] = best(calculate)
    return found


def openfisca(folder: Path, files: dict[str, Path], python: Path | None) -> dict[str, dict[str, Seconds]] | str:
    """The same of openfisca-core by the way it is given its people, answers in `folder`/WAY.parquet; or why not."""
    if python is None:
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "openfisca-core",
            "pyarrow",
        ]
        done = subprocess.run(install, capture_output=True, text=True)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    script = str(Path(__file__).with_name("openfisca_snap.py"))
    found: dict[str, dict[str, Seconds]] = {}
    for way in WAYS:
        command = [
            str(python),
            script,
            *map(str, (files["household"], files["member"], folder / f"{way}.parquet")),
            way,
        ]
        said: list[list[float]] = []

        def run(command: list[str] = command, said: list[list[float]] = said) -> None:
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            said.append([float(number) for number in done.stdout.split()[-4:]])

        try:
            whole = best(run, CHILDREN)
        except subprocess.CalledProcessError as error:
            return str((error.stderr.strip().splitlines() or ["it stopped"])[-1])
        least = [min(column) for column in zip(*said, strict=True)]
        found[way] = {
            "whole program": whole,
            "file to file": (least[0], least[1]),
            "calculation alone": (least[2], least[3]),
        }
    return found


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--households", type=int, default=1_000_000, help="so many (default a million)")
    parser.add_argument(
        "--openfisca", type=Path, help="the python of an environment that has openfisca-core and pyarrow"
    )
    arguments = parser.parse_args()
    policy = load(EXAMPLE.read_text(encoding="utf-8"), str(EXAMPLE))
    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as name:
        folder = Path(name)
        files = households(folder, arguments.households, list(policy.categories["state"]))
        compiled = plan(policy, period_for(policy, DAY), outputs=("wide",), points=False, absent=ABSENT,
                        kinds={name: kinds_of(path) for name, path in files.items()})  # fmt: skip
        found = ours(folder, files, compiled)
        peers = openfisca(folder, files, arguments.openfisca)
        print(f"{arguments.households:,} households, {pq.read_metadata(files['member']).num_rows:,} members")
        for what, seconds in found.items():
            print(f"{what}: {seconds[0]:.2f} s ({seconds[1]:.2f} s of all cores)")
            if isinstance(peers, str):
                continue
            for way, theirs in peers.items():
                wall, cores = theirs[what]
                print(f"  openfisca-core, people by {way}: {wall:.2f} s ({cores:.2f}), {wall / seconds[0]:.1f} times "
                      f"as long ({cores / seconds[1]:.1f})")  # fmt: skip
        if isinstance(peers, str):
            print(f"openfisca-core: skipped ({peers})")
            return
        print(f"goal: {GOAL} times as long")
        exact = np.asarray(pq.read_table(folder / "ours.parquet").column("snap"))
        theirs_cents = np.asarray(pq.read_table(folder / "numbered.parquet").column("snap"))
        apart = int(np.count_nonzero(exact != theirs_cents))
        print(f"its 32-bit floats give other cents to {apart:,} households")


if __name__ == "__main__":
    main()
