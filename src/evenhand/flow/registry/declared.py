"""What a policy asks of a household or member beside the fixed columns: one column of the file each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from evenhand.core.schema import Column
from evenhand.core.validation import literal, name

DECIMAL = r"-?[0-9]{1,15}(\.[0-9]{1,9})?"


@dataclass(frozen=True)
class Declared:
    """An input. `words` of a category; `low` and `high` of a number as written in the file, of a date as yyyymmdd."""

    name: str
    type: Literal["category", "number", "bool", "date"]
    words: tuple[str, ...] = ()
    low: Fraction | None = None
    high: Fraction | None = None

    def column(self) -> Column:
        """The column of the file. It may be empty: what the policy then cannot decide is listed as undecided."""
        if self.type == "category":
            return Column(self.name, "text", f"one of {', '.join(self.words)}", False, choices=self.words)
        if self.type == "bool":
            return Column(self.name, "bool", "yes or no", False)
        if self.type == "date":
            low, high = (None if bound is None else int(bound) for bound in (self.low, self.high))
            return Column(self.name, "date", "a day such as 2008-03-01", False, low, high)
        return Column(self.name, "text", "a number such as 12 or 12.50", False, pattern=DECIMAL)

    def checks(self) -> list[tuple[str, str, str]]:
        """The range of a number, compared exactly: (field, SQL condition of what is wrong, code)."""
        if self.type != "number":
            return []
        cell = name(self.name)
        fits = f"regexp_full_match({cell}, {literal(DECIMAL)})"
        # A cell has at most nine decimals, so comparing with the bound rounded inwards to nine is exact.
        value = f"CAST({cell} AS DECIMAL(38, 9))"
        found = []
        for bound, sign, code in ((self.low, "<", "least"), (self.high, ">", "most")):
            if bound is None or abs(bound) >= 10**28:
                continue
            scaled = bound * 10**9
            whole = math.ceil(scaled) if code == "least" else math.floor(scaled)
            limit = f"{'-' if whole < 0 else ''}{abs(whole) // 10**9}.{abs(whole) % 10**9:09d}"
            wrong = f"CASE WHEN {fits} THEN {value} {sign} CAST({literal(limit)} AS DECIMAL(38, 9)) END"
            found.append((self.name, wrong, f"{code}:{limit.rstrip('0').rstrip('.')}"))
        return found
