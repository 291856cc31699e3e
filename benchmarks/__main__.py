"""`make bench`: every benchmark in turn. `python -m benchmarks demo` runs one; `--national` adds the long ones."""

from __future__ import annotations

import runpy
import sys

ALL = (
    "demo", "redemption", "counter", "counter_app", "counter_storm", "allocation", "coupling", "policy",
    "explain", "snap", "dispatch", "trips",
)  # fmt: skip

if __name__ == "__main__":
    first = next((at for at, name in enumerate(sys.argv) if at and name.startswith("-")), len(sys.argv))
    wanted, options = sys.argv[1:first] or list(ALL), sys.argv[first:]
    for name in wanted:
        if name not in ALL:
            sys.exit(f'there is no benchmark "{name}": choose from {", ".join(ALL)}')
        print(f"== {name}")
        sys.argv = [name, *options]
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")
