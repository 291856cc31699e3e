"""A claim: a sentence, its verdict, the figure that decides and the files that prove it. And what its tests share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from evenhand.flow.disclosure.month import Figures
from evenhand.flow.disclosure.package import canonical_json
from evenhand.flow.disclosure.wording import listing, period_name, say

Verdict = Literal["holds", "holds except", "does not hold", "cannot be tested"]


@dataclass(frozen=True)
class Claim:
    """A sentence and what the disclosures say of it. `exceptions` counts points where the verdict is `holds except`.

    `figure` is the number that decides, `detail` the sentence around it, `proof` the files of the folder that hold it,
    `values` the exact numbers (fractions as [numerator, denominator] texts).
    """

    id: str
    sentence: str
    verdict: Verdict
    figure: str
    detail: str
    proof: tuple[str, ...]
    exceptions: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict_text(self) -> str:
        """The verdict as it is printed: `holds except 3 points`."""
        if self.verdict != "holds except":
            return self.verdict
        return f"holds except {self.exceptions:,} point{'s' if self.exceptions != 1 else ''}"


def claims_json(found: Sequence[Claim]) -> bytes:
    """The claims as canonical JSON, for `--json` and `report/claims.json`."""
    return canonical_json([
        {"id": c.id, "claim": c.sentence, "verdict": c.verdict_text, "exceptions": c.exceptions, "figure": c.figure,
         "detail": c.detail, "proof": list(c.proof), "values": dict(c.values)}
        for c in found
    ])  # fmt: skip


def judged(exceptions: int, of: int) -> tuple[Verdict, int]:
    """Verdict and the exceptions to print: `holds except` while at most half of the points are exceptions."""
    if exceptions == 0:
        return "holds", 0
    return ("does not hold", 0) if 2 * exceptions > of else ("holds except", exceptions)


def point_count(figures: Sequence[Figures]) -> int:
    """Points of any of the months."""
    return len({point for month in figures for point in month.points})


def untested(claim: str, why: str) -> Claim:
    """A claim these disclosures cannot decide, and why."""
    return Claim(claim, say(claim), "cannot be tested", say("untested"), why, ("policy/",))


def exact(value: Fraction) -> list[str]:
    """A fraction as JSON holds it: [numerator, denominator], decimal texts."""
    return [str(value.numerator), str(value.denominator)]


def month_names(figures: Sequence[Figures]) -> str:
    """`March, April and May`."""
    return listing([period_name(f.month.period, year=False) for f in figures])
