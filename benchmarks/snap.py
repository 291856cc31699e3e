"""SNAP of fiscal year 2026 for a million generated households: examples/us-snap-2026 against openfisca-core.

    python -m benchmarks snap [--households N] [--openfisca PYTHON]

openfisca-core is installed into an environment of its own in a temporary folder (or give the python of one), never here.
Ours reads Parquet and writes Parquet; the other one reads and writes numpy arrays, households and members numbered
already: the least work a user of it can have.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import venv
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.engines.duckdb import DuckDB
from evenhand.flow.entitlement import plan
from evenhand.flow.policy import load, period_for

EXAMPLE = Path(__file__).parents[1] / "examples" / "us-snap-2026" / "policy.toml"
DAY = date(2026, 1, 1)
GOAL = 5
MONEY = {"monthly_earned": 4500, "monthly_social_security": 900, "monthly_other_income": 400, "monthly_rent": 2200,
         "utility_allowance": 500, "excess_medical_deduction": 150}  # fmt: skip


def households(folder: Path, count: int, states: list[str]) -> dict[str, Path]:
    """Generated households: as Parquet for the policy, as arrays for openfisca."""
    chance = np.random.default_rng(2026)
    size = chance.choice(np.arange(1, 10), count, p=[0.4, 0.2, 0.13, 0.11, 0.08, 0.04, 0.02, 0.01, 0.01])
    whose = np.repeat(np.arange(count), size)
    arrays = {"whose": whose, "age": chance.integers(0, 90, len(whose)), "state": chance.integers(1, 52, count)}
    arrays["categorically_eligible"] = chance.random(count) < 0.6
    keys = pa.array(np.char.add("h", np.arange(count).astype(str)))
    columns = {"household": keys, "state": pa.array(states).take(pa.array(arrays["state"] - 1))}
    for name, most in MONEY.items():
        cents = np.where(chance.random(count) < 0.5, chance.integers(0, most * 100, count), 0)
        arrays[name] = cents / 100
        hundredths = pc.cast(pa.array(cents), pa.decimal128(19, 0))
        columns[name] = pc.multiply(hundredths, pa.scalar("0.01", pa.string()).cast(pa.decimal128(3, 2)))
    columns["categorically_eligible"] = pa.array(arrays["categorically_eligible"])
    paths = {name: folder / f"{name}.parquet" for name in ("household", "member")}
    pq.write_table(pa.table(columns), paths["household"], compression="zstd")
    member = {"household": keys.take(pa.array(whose)), "member": pa.array(np.arange(len(whose)).astype(str)),
              "age": pa.array(arrays["age"])}  # fmt: skip
    pq.write_table(pa.table(member), paths["member"], compression="zstd")
    np.savez(folder / "arrays.npz", **arrays)
    return paths


def openfisca(folder: Path, python: Path | None) -> tuple[float, float, np.ndarray] | str:
    """Seconds from file to file, of them calculating, and allotments; or why it could not be installed."""
    if python is None:
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "openfisca-core"]
        done = subprocess.run(install, capture_output=True, text=True)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    script = Path(__file__).with_name("openfisca_snap.py")
    command = [str(python), str(script), str(folder / "arrays.npz"), str(folder / "due.npy")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["it stopped"])[-1]
    whole, calculated = map(float, done.stdout.split()[-2:])
    return whole, calculated, np.load(folder / "due.npy")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--households", type=int, default=1_000_000, help="so many (default a million)")
    parser.add_argument("--openfisca", type=Path, help="the python of an environment that has openfisca-core")
    arguments = parser.parse_args()
    policy = load(EXAMPLE.read_text(encoding="utf-8"), str(EXAMPLE))
    compiled = plan(policy, period_for(policy, DAY), outputs=("wide",), points=False, absent=("dependent_care",
                    "child_support", "disabled"))  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as name:
        folder = Path(name)
        files = households(folder, arguments.households, list(policy.categories["state"]))
        seconds = 1e9
        for _ in range(2):
            start = time.perf_counter()
            found = DuckDB(temp=folder).run(compiled, files, folder)
            seconds = min(seconds, time.perf_counter() - start)
        print(f"{arguments.households:,} households, from Parquet to Parquet: {seconds:.2f} s")
        peer = openfisca(folder, arguments.openfisca)
        if isinstance(peer, str):
            print(f"openfisca-core: skipped ({peer})")
            return
        ours = np.asarray(pq.read_table(found["wide"]).column("snap"))
        apart = int(np.count_nonzero(ours != np.round(peer[2].astype(float) * 100).astype(np.int64)))
        print(f"openfisca-core, from arrays to arrays: {peer[0]:.2f} s ({peer[1]:.2f} s calculating)")
        print(f"its 32-bit floats give other cents to {apart:,} households")
        print(f"ratio: {peer[0] / seconds:.1f} times as long; goal {GOAL}")


if __name__ == "__main__":
    main()
