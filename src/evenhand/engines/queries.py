"""How the selects of a plan hang together: what is read once is written into its reader, the rest becomes a table."""

from __future__ import annotations

import re
from collections import Counter

from evenhand.core.plan import Plan


class Queries:
    """`shared`: the selects that are read more than once (an output: at least once), in order. `texts`: the SQL of each
    select, the plan's own unless an engine gives its translation.
    """

    def __init__(self, plan: Plan, texts: dict[str, str] | None = None, hint: str = "") -> None:
        self.selects = {select.name: select for select in plan.selects}
        self.texts = texts or {select.name: select.sql for select in plan.selects}
        self.hint = hint
        known = "|".join(sorted(map(re.escape, self.selects), key=len, reverse=True))
        self._after = re.compile(rf'\b(?:FROM|JOIN)\s+"?({known})\b', re.IGNORECASE)
        self.reads = {name: self._after.findall(select.sql) for name, select in self.selects.items()}
        uses = Counter(read for name, reads in self.reads.items() for read in reads if read != name)
        most = {name: 0 if name in plan.outputs else 1 for name in self.selects}
        self.shared = [name for name in self.selects if uses[name] > most[name]]

    def of(self, name: str) -> str:
        """The query of a select, with all it reads that is not a table yet."""
        return self._inlined(name) + self.texts[name]

    def without(self, empty: str) -> None:
        """`empty`, one of `shared`, has no rows: what depends on that takes its short form from now on."""
        for name, select in self.selects.items():
            if select.given == empty:
                self.texts[name] = select.bare
                self.reads[name] = self._after.findall(select.bare)

    def ordered(self, name: str) -> str:
        """The query of an output, in its declared order."""
        schema = self.selects[name].schema
        inner = f"SELECT * FROM {name}" if name in self.shared else self.texts[name]
        if schema is not None and schema.order:
            order = ", ".join(f"{column} NULLS LAST" for column in schema.order)
            inner = f"SELECT * FROM ({inner}) ORDER BY {order}"
        return inner if name in self.shared else self._inlined(name) + inner

    def _inlined(self, name: str) -> str:
        wanted: set[str] = set()
        waiting = [name]
        while waiting:
            own = waiting.pop()
            reads = {read for read in self.reads[own] if read not in self.shared and read != own} - wanted
            wanted |= reads
            waiting += reads
        parts = [f"{made} AS {self.hint}({self.texts[made]})" for made in self.selects if made in wanted]
        return f"WITH {', '.join(parts)} " if parts else ""
