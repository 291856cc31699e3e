"""The protocol of an engine: something that runs a Plan on files and leaves files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from evenhand.core.plan import Plan


class Engine(Protocol):
    """Runs plans. Tables pass between stages as references to Parquet files (DESIGN §4).

    A select may read one more column of an input than its file has: `~row`, its rows counted from 1 in their order.
    """

    def run(self, plan: Plan, inputs: Mapping[str, Path], out: Path) -> dict[str, Path]:
        """Run `plan` with `inputs` (name -> .parquet or .csv); write `out`/NAME.parquet for each output; return the paths.

        Rows come in the order each output's schema declares; one writer makes the bytes, so equal rows are equal files.
        """
        ...

    def rows(self, plan: Plan, inputs: Mapping[str, Path]) -> dict[str, Any]:
        """The same with small results, as one pyarrow.Table an output."""
        ...
