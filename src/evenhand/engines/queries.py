"""How the selects of a plan hang together: what is read once, what more often."""

from __future__ import annotations

import re
from collections import Counter

from evenhand.core.plan import Plan


class Queries:
    """The selects of a plan as few queries: what is read once is written into its reader, and so bound once."""

    def __init__(self, plan: Plan) -> None:
        self.selects = {select.name: select for select in plan.selects}
        known = re.compile(rf"\b({'|'.join(re.escape(name) for name in self.selects)})\b")
        self.reads = {name: known.findall(select.sql) for name, select in self.selects.items()}
        uses = Counter(read for name, reads in self.reads.items() for read in reads if read != name)
        most = {name: 0 if name in plan.outputs else 1 for name in self.selects}
        self.shared = [name for name in self.selects if uses[name] > most[name]]

    def of(self, name: str) -> str:
        """The query of a select, with all it reads that is not a table yet."""
        return self._inlined(name) + self.selects[name].sql

    def ordered(self, name: str) -> str:
        """The query of an output, in its declared order."""
        select = self.selects[name]
        inner = f"SELECT * FROM {name}" if name in self.shared else select.sql
        if select.schema is not None and select.schema.order:
            inner = f"SELECT * FROM ({inner}) ORDER BY {', '.join(select.schema.order)}"
        return inner if name in self.shared else self._inlined(name) + inner

    def _inlined(self, name: str) -> str:
        wanted: set[str] = set()
        waiting = [name]
        while waiting:
            reads = {read for read in self.reads[waiting.pop()] if read not in self.shared and read != name} - wanted
            wanted |= reads
            waiting += reads
        parts = [f"{made} AS NOT MATERIALIZED ({self.selects[made].sql})" for made in self.selects if made in wanted]
        return f"WITH {', '.join(parts)} " if parts else ""
