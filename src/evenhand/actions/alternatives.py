"""The same stock divided otherwise: under changed circumstances (what if), or by other rules (compare)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.flow.allocation import Input
from evenhand.flow.allocation.measures import CURVE, Ladder, Measures, Pair, ladders_of, measure
from evenhand.flow.allocation.rules import LEXIMIN, RULES, divide_by, got_by
from evenhand.flow.allocation.scenario import changed

Step = Callable[[str, int, int], None]
People = Mapping[str, int | None] | None
"""How many live at each point, where that is known."""


@dataclass(frozen=True)
class Alternative:
    """A division beside the base: its name and words, figures by commodity, and of each commodity how many points get
    more and how many less than in the base, and how many people live at the points under their floor, None where that is not
    known. `refused` says why a rule could not be worked out; then nothing else."""

    name: str
    words: str
    measures: tuple[Measures, ...] = ()
    raised: tuple[int, ...] = ()
    lowered: tuple[int, ...] = ()
    people_under: tuple[int | None, ...] = ()
    refused: str = ""


def what_if(
    given: Input, sentences: Sequence[str], rule: str, seed: str, step: Step, people: People = None
) -> tuple[list[Alternative], dict[str, pa.Table]]:
    """The base and each scenario, and the tables `what-if` and `what-if-points`. UsageError where a sentence is not
    understood; InputError where a scenario cannot be divided exactly."""
    networks = [changed(given, sentence) for sentence in sentences]
    base = got_by(divide_by(given, rule, seed))
    step("scenarios", 1, len(networks) + 1)
    found = [_alternative("base", "as it is", ladders_of(given), base, base, people)]
    rows: list[tuple[int, Pair, Fraction, Fraction]] = []
    for number, (sentence, network) in enumerate(zip(sentences, networks, strict=True), 1):
        got = got_by(divide_by(network, rule, seed))
        found.append(_alternative(f"({number})", sentence, ladders_of(network), base, got, people))
        none = Fraction(0)
        for pair in sorted(base.keys() | got.keys()):
            if base.get(pair, none) != got.get(pair, none):
                rows.append((number, pair, base.get(pair, none), got.get(pair, none)))
        step("scenarios", number + 1, len(networks) + 1)
    points = pa.table(
        {
            "scenario": pa.array([number for number, *_ in rows], pa.int64()),
            "point": pa.array([pair[0] for _, pair, _, _ in rows], pa.string()),
            "commodity": pa.array([pair[1] for _, pair, _, _ in rows], pa.string()),
            "base_num": pa.array([str(was.numerator) for *_, was, _ in rows], pa.string()),
            "base_den": pa.array([str(was.denominator) for *_, was, _ in rows], pa.string()),
            "quantity_num": pa.array([str(now.numerator) for *_, now in rows], pa.string()),
            "quantity_den": pa.array([str(now.denominator) for *_, now in rows], pa.string()),
        }
    )
    return found, {"what-if": table(found, "scenario"), "what-if-points": points}


def compare(
    given: Input, seed: str, step: Step, people: People = None
) -> tuple[list[Alternative], dict[str, pa.Table]]:
    """Every rule on the same network, leximin first, and the table `compare`. A rule that cannot be worked out on this
    network says why."""
    base, ladders = got_by(divide_by(given, LEXIMIN)), ladders_of(given)
    found = []
    for number, rule in enumerate(RULES.values(), 1):
        try:
            got = base if rule.name == LEXIMIN else got_by(divide_by(given, rule.name, seed))
            found.append(_alternative(rule.name, rule.words, ladders, base, got, people))
        except UsageError as refusal:
            found.append(Alternative(rule.name, rule.words, refused=refusal.message))
        step("rules", number, len(RULES))
    return found, {"compare": table(found, "rule")}


def _alternative(
    name: str,
    words: str,
    ladders: dict[Pair, Ladder],
    base: dict[Pair, Fraction],
    got: dict[Pair, Fraction],
    people: People,
) -> Alternative:
    found = measure(ladders, got)
    raised = {m.commodity: 0 for m in found}
    lowered = dict(raised)
    for pair, quantity in got.items():
        was = base.get(pair, Fraction(0))
        if quantity != was and pair[1] in raised:
            (raised if quantity > was else lowered)[pair[1]] += 1
    under: dict[str, int | None] = {m.commodity: 0 if people else None for m in found}
    for pair, ladder in ladders.items() if people else ():
        if ladder.due and got[pair] < ladder.floor:
            before, here = under[pair[1]], people.get(pair[0]) if people else None
            under[pair[1]] = None if before is None or here is None else before + here
    return Alternative(
        name, words, tuple(found), tuple(raised.values()), tuple(lowered.values()), tuple(under.values())
    )


def decimal(value: Fraction, places: int = 6) -> str:
    """An exact fraction rounded to so many decimals."""
    units = round(value * 10**places)
    whole, part = divmod(abs(units), 10**places)
    return f"{'-' if units < 0 else ''}{whole}.{part:0{places}}"


def table(found: Sequence[Alternative], key: str) -> pa.Table:
    """A row for each alternative and commodity. Sums and shares are exact and rounded to six decimals at the end;
    changes are against the first alternative."""
    rows = [
        (one, m, raised, lowered)
        for one in found
        for m, raised, lowered in zip(one.measures, one.raised, one.lowered, strict=True)
    ]
    people = [number for one in found for number in one.people_under]
    text, whole = pa.string(), pa.int64()
    worst = [(Fraction(0) if m.worst is None else m.worst, m.worst is not None) for _, m, _, _ in rows]
    first = {m.commodity: m for one in reversed(found) for m in one.measures}  # a scenario may add a commodity
    columns = {
        key: pa.array([one.name for one, *_ in rows], text),
        "words": pa.array([one.words for one, *_ in rows], text),
        "commodity": pa.array([m.commodity for _, m, _, _ in rows], text),
        "points": pa.array([m.ladders for _, m, _, _ in rows], whole),
        "due": pa.array([str(m.due) for _, m, _, _ in rows], text),
        "given": pa.array([decimal(m.given) for _, m, _, _ in rows], text),
        "in_full": pa.array([m.in_full for _, m, _, _ in rows], whole),
        "under_floor": pa.array([m.under_floor for _, m, _, _ in rows], whole),
        "people_under_floor": pa.array(["" if number is None else str(number) for number in people], text),
        "floor_gap": pa.array([decimal(m.floor_gap) for _, m, _, _ in rows], text),
        "floor_gap_change": pa.array(
            [decimal(m.floor_gap - first[m.commodity].floor_gap) for _, m, _, _ in rows], text
        ),
        "worst_point": pa.array([m.worst_point for _, m, _, _ in rows], text),
        "worst_num": pa.array([str(level.numerator) if there else "" for level, there in worst], text),
        "worst_den": pa.array([str(level.denominator) if there else "" for level, there in worst], text),
        "worst_tenth": pa.array([decimal(m.worst_tenth) for _, m, _, _ in rows], text),
        "worst_tenth_change": pa.array(
            [decimal(m.worst_tenth - first[m.commodity].worst_tenth) for _, m, _, _ in rows], text
        ),
        "gini": pa.array([decimal(m.gini) for _, m, _, _ in rows], text),
        "raised": pa.array([raised for *_, raised, _ in rows], whole),
        "lowered": pa.array([lowered for *_, lowered in rows], whole),
    }
    for place, share in enumerate(CURVE):
        columns[f"fill_{share}"] = pa.array([m.curve[place] for _, m, _, _ in rows], whole)
    return pa.table(columns)
