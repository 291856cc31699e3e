"""Why one household of a national file is due what it is due: seconds to find it and explain it.

    python -m benchmarks explain                          # 600,000 households
    python -m benchmarks explain --national               # 6 million households, 24 million people

The policy is examples/dprk-2008; files are Parquet, once in the order of their keys and once in no order. Times are those of
the call inside a running process: reading the policy and starting Python are not in them. Prints seconds; nothing is a test.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from evenhand.actions.policy import read_policy
from evenhand.actions.policy_explain import explain_household
from evenhand.engines.duckdb import DuckDB

POLICY = Path(__file__).parents[1] / "examples" / "dprk-2008" / "policy.toml"
GOAL = 0.2
TIMES = 9


def write(folder: Path, households: int) -> None:
    """Households of four with generated members: h and m in the order of their keys, hs and ms in none."""
    key = "'H' || lpad(CAST({} AS VARCHAR), 8, '0') AS household"
    jobs = ["miner", "heavy", "worker", "student", "pupil-senior", "pupil-primary", "preschool", "home", "retired"]
    with duckdb.connect() as connection:

        def copy(query: str, name: str) -> None:
            connection.execute(f"COPY ({query}) TO '{folder / name}.parquet' (ROW_GROUP_SIZE 131072, COMPRESSION zstd)")

        copy(f"SELECT {key.format('i')}, 'P' || (i % 1300) AS point FROM range({households}) t(i)", "h")
        copy(f"SELECT {key.format('i // 4')}, CAST(i % 4 AS VARCHAR) AS member, "
             "DATE '1940-01-01' + CAST((i * 7919) % 22000 AS INTEGER) AS birth_date, "
             f"CASE WHEN i % 2 = 0 THEN 'f' ELSE 'm' END AS sex, {jobs}[1 + CAST(i * 31 % {len(jobs)} AS INTEGER)] "
             f"AS occupation FROM range({4 * households}) t(i)", "m")  # fmt: skip
        copy(f"SELECT * FROM '{folder}/h.parquet' ORDER BY hash(household)", "hs")
        copy(f"SELECT * FROM '{folder}/m.parquet' ORDER BY hash(household || member)", "ms")


def main() -> None:
    """Write the files, ask for households spread over them, print the middle and the slowest time."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--national", action="store_true")
    households = 6_000_000 if arguments.parse_args().national else 600_000
    policy = read_policy(POLICY)
    with tempfile.TemporaryDirectory(prefix="evenhand-") as name:
        folder = Path(name)
        write(folder, households)
        for order, end in (("in the order of their keys", ""), ("in no order", "s")):
            seconds = []
            for turn in range(TIMES):
                wanted = f"H{households * turn // TIMES:08d}"
                start = time.perf_counter()
                found = explain_household(DuckDB(), policy, date(2008, 3, 1), wanted, folder / f"h{end}.parquet",
                                          folder / f"m{end}.parquet")  # fmt: skip
                seconds.append(time.perf_counter() - start)
                assert found["size"] == 4
            middle = statistics.median(seconds)
            print(f"explain 1 of {households:,} households, files {order}: {middle:.3f} s (slowest {max(seconds):.3f}); "
                  f"goal {GOAL} s")  # fmt: skip


if __name__ == "__main__":
    main()
