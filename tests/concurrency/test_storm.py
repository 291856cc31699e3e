"""Two thousand redemptions of eight phones while a server worker and the database are killed: none lost, none twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_redemptions_survive_a_killed_worker_and_a_killed_database_and_count_once() -> None:
    order = ["--size", "2000", "--clients", "8", "--workers", "1", "--databases", "1", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.counter_storm", *order], cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=300,
    )  # fmt: skip
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == [] and done.returncode == 0
    assert found["killed"] == {"database": 1, "worker": 1}
    assert found["answered_new"] <= found["redemptions"] == 2000
