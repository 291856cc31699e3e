"""The whole flow as a user starts it: `evenhand demo` and `evenhand-verify` as processes, seconds and peak memory.

    python -m benchmarks demo              # 24,000 and 240,000 people
    python -m benchmarks demo --national   # also 2,400,000 (some twenty minutes)

There is no peer that does the same work, so the ratio printed is against the goal of this project's issue and, for growth,
against the run ten times smaller.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOALS = {24_000: (25, None), 240_000: (120, 2048), 2_400_000: (None, None)}
VERIFY_GOALS = {240_000: 10}


def run(command: list[str]) -> tuple[float, float]:
    """Seconds, and the peak memory in MiB of the largest process of the run."""
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)} ended with {status}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def row(what: str, seconds: float, mib: float, goal_seconds: float | None, goal_mib: float | None) -> None:
    """One line: figures, and each as a ratio to its goal where it has one."""
    ratios = [f"{seconds / goal_seconds:.2f} of {goal_seconds} s"] if goal_seconds else []
    ratios += [f"{mib / goal_mib:.2f} of {goal_mib} MiB"] if goal_mib else []
    print(f"{what:<44} {seconds:7.1f} s {mib:7.0f} MiB   {', '.join(ratios)}", flush=True)


def main(sizes: list[int]) -> None:
    """Run the demo at each size, then the checker on its last month."""
    programs = Path(sys.executable).parent
    before = None
    for people in sizes:
        folder = Path(tempfile.mkdtemp(prefix="evenhand-bench-"))
        folder.chmod(0o711)
        try:
            out = folder / "out"
            command = [str(programs / "evenhand"), "demo", "--people", str(people), "--months", "3"]
            seconds, mib = run([*command, "--data", str(folder / "data"), "--out", str(out)])
            row(f"demo, {people:,} people, 3 months", seconds, mib, *GOALS[people])
            if before is not None:
                print(f"{'  growth against a tenth of the people':<44} {seconds / before:7.1f} x")
            before = seconds
            root = (out / "2008-05" / "keys" / "root.vkey").read_text().strip()
            seconds, mib = run([str(programs / "evenhand-verify"), str(out / "2008-05"), "--root", root])
            row(f"verify one month, {people:,} people", seconds, mib, VERIFY_GOALS.get(people), None)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main([24_000, 240_000, *([2_400_000] if "--national" in sys.argv else [])])
