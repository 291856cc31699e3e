"""The rule of division as a choice: each benefit is divided by the rule the policy chose for it, and its loss is told.

A rule is leximin on ladders of its own, so its certificate proves it as that of leximin does: the checker makes the same
ladders from `demand` and the policy. Rules divide between points; at one point everybody stands at one level of the
policy's own ladder all the same. What earlier months owe stands above this month's need whatever the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.flow.allocation import Allocation, check_input, solve
from evenhand.flow.allocation.measures import Ladder, Pair, ladders_of, measure
from evenhand.flow.allocation.rules import LEXIMIN, RULES, with_ladders
from evenhand.flow.allocation.solve import solve_input
from evenhand.flow.cycle.stage import Tables, Terms
from evenhand.flow.cycle.supply import table

UNPROVED = {
    "postpone": "nothing that is published could prove that the next rung was out of reach: stock that waits looks like"
    " stock that is withheld",
}
"""Rules that a cycle refuses, and why."""
_INPUT = ("nodes", "supply", "lanes", "demand")
_INTS = ("points", "in_full", "under_floor", "members_under")


@dataclass(frozen=True)
class _Ruled:
    """One benefit by another rule: its tables, levels on its own ladder, and what leximin would have given."""

    found: Allocation
    levels: list[tuple[Any, ...]]
    got: dict[Pair, Fraction]
    leximin: dict[Pair, Fraction]


def divide_stock(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Levels, flows, blocks and certificate of every benefit, and `division`: what rules other than leximin cost."""
    chosen = {benefit: rule_of(terms, benefit) for benefit in terms.steps}
    others = [benefit for benefit, rule in chosen.items() if rule != LEXIMIN]
    members = dict(zip(*(tables["people"][name].to_pylist() for name in ("point", "members")), strict=True))
    plain = solve(*(_of(tables, name, [b for b in chosen if b not in others]) for name in _INPUT))
    parts, levels, costs = [plain], [plain.levels], []
    for benefit in others:
        made = _ruled(terms, tables, benefit, chosen[benefit])
        parts.append(made.found)
        levels.append(table(tuple(plain.levels.column_names), made.levels, ("rungs",)))
        due = _ladders(tables, benefit)[1]
        for rule, got in ((chosen[benefit], made.got), (LEXIMIN, made.leximin)):
            costs += _cost(benefit, rule, due, got, members)
    before, blocks, certificates = 0, [], []
    for part in parts:  # blocks are numbered over all benefits
        blocks.append(part.blocks.set_column(0, "block", pc.add(part.blocks["block"], before)))
        certificates.append(part.certificate.set_column(2, "block", pc.add(part.certificate["block"], before)))
        before += len(part.blocks)
    names = ("benefit", "rule", *_INTS, "worst_tenth_num", "worst_tenth_den")
    return {
        "levels": pa.concat_tables(levels), "flows": pa.concat_tables([part.flows for part in parts]),
        "blocks": pa.concat_tables(blocks), "certificate": pa.concat_tables(certificates),
        "division": table(names, costs, _INTS),
    }  # fmt: skip


def rule_of(terms: Terms, benefit: str) -> str:
    """The rule a benefit is divided by in this cycle; freezing refused a policy that names none for its first day."""
    found = terms.policy.division(benefit, terms.period.first)
    assert found is not None
    return found.rule


def _of(tables: Tables, name: str, benefits: Sequence[str]) -> Any:
    found = tables[name]
    if name == "nodes":
        return found
    mine = pc.is_in(found["commodity"], pa.array(benefits, pa.string()))
    return found.filter(pc.or_kleene(mine, pc.is_null(found["commodity"])) if name == "lanes" else mine)


def _ladders(tables: Tables, benefit: str) -> tuple[dict[Pair, Ladder], dict[Pair, Ladder]]:
    """The ladders of `demand`, whole and without what earlier months owe."""
    owed = {(r["point"], r["rung"]) for r in tables["owed_rungs"].to_pylist() if r["benefit"] == benefit}
    whole: dict[Pair, list[tuple[int, int]]] = {}
    own: dict[Pair, list[tuple[int, int]]] = {}
    for row in _of(tables, "demand", [benefit]).sort_by("rung").to_pylist():
        key, rung = (row["point"], benefit), row["rung"]
        whole.setdefault(key, [])
        own.setdefault(key, [])
        if row["quantity"]:
            whole[key].append((rung, row["quantity"]))
            if (row["point"], rung) not in owed:
                own[key].append((rung, row["quantity"]))
    return ({k: Ladder(tuple(v)) for k, v in whole.items()}, {k: Ladder(tuple(v)) for k, v in own.items()})


def _ruled(terms: Terms, tables: Tables, benefit: str, rule: str) -> _Ruled:
    given = check_input({name: _of(tables, name, [benefit]) for name in _INPUT})
    whole, own = _ladders(tables, benefit)
    need = with_ladders(given, own)
    made = RULES[rule].ladders(need, ladders_of(need), terms.seed.hex())
    top = max((rung for ladder in made.values() for rung, _ in ladder.rungs), default=0)
    most = max((rung for ladder in own.values() for rung, _ in ladder.rungs), default=0)
    ladders = {
        pair: Ladder(
            (*made[pair].rungs, *((top + r - most, q) for r, q in ladder.rungs if (r, q) not in own[pair].rungs))
        )
        for pair, ladder in whole.items()
    }
    found, best = solve_input(with_ladders(given, ladders)), solve_input(given)
    highest = max((rung for ladder in whole.values() for rung, _ in ladder.rungs), default=0)
    got, levels = _quantities(found), []
    for (point, _), quantity in sorted(got.items()):
        ladder = whole[point, benefit]
        level = ladder.level(quantity) if quantity < ladder.due else Fraction(highest)
        part = level - level.__floor__()
        numbers = (str(n) for n in (part.numerator, part.denominator, quantity.numerator, quantity.denominator))
        levels.append((point, benefit, level.__floor__(), *numbers))
    return _Ruled(found, levels, got, _quantities(best))


def _quantities(found: Allocation) -> dict[Pair, Fraction]:
    names = ("point", "commodity", "quantity_num", "quantity_den")
    rows = zip(*(found.levels[name].to_pylist() for name in names), strict=True)
    return {(point, benefit): Fraction(int(num), int(den)) for point, benefit, num, den in rows}


def _cost(
    benefit: str, rule: str, due: Mapping[Pair, Ladder], got: Mapping[Pair, Fraction], members: Mapping[str, int]
) -> list[tuple[Any, ...]]:
    """A row of `division`: how points stand by a rule, measured by this month's need."""
    capped = {pair: min(got[pair], Fraction(ladder.due)) for pair, ladder in due.items()}
    under = [pair[0] for pair, ladder in due.items() if capped[pair] < ladder.floor]
    people = sum(members.get(point, 0) for point in under)
    (m,) = measure(due, capped) or (None,)
    if m is None:
        return []
    tenth = (str(m.worst_tenth.numerator), str(m.worst_tenth.denominator))
    return [(benefit, rule, m.ladders, m.in_full, m.under_floor, people, *tenth)]
