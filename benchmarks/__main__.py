"""`make bench`: every benchmark in turn. `python -m benchmarks demo` runs one; `--national` adds the long ones."""

from __future__ import annotations

import runpy
import sys

ALL = (
    "demo", "redemption", "counter", "counter_app", "counter_storm", "allocation", "coupling", "policy",
    "explain", "snap", "dispatch", "trips",
)  # fmt: skip

if __name__ == "__main__":
    wanted = [name for name in sys.argv[1:] if not name.startswith("-")] or list(ALL)
    options = [name for name in sys.argv[1:] if name.startswith("-")]
    for name in wanted:
        if name not in ALL:
            sys.exit(f'there is no benchmark "{name}": choose from {", ".join(ALL)}')
        print(f"== {name}")
        sys.argv = [name, *options]
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")
