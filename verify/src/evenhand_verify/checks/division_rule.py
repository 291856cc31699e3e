"""Every benefit is divided by the rule that the policy chose for this day, and what another than leximin costs is told."""

from __future__ import annotations

from fractions import Fraction

from evenhand_verify import facts, rules
from evenhand_verify.allocation import fraction
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """The rule is one that can be checked and has a source; levels are what it gives on each point's own ladder; the
    figures of `division` (those by leximin, which no certificate covers here, are declared)."""
    different = rules.others(d)
    failures = []
    table = {row[:2]: row[2:] for row in d.table("division").rows(*COLUMNS)}
    for benefit, choice in different.items():
        if choice.rule not in rules.RULES:
            failures.append(f'nobody can check a division by "{choice.rule}", {d.meta.policy}, benefit {benefit}')
            continue
        if not choice.source.strip():
            failures.append(
                f'division by "{choice.rule}" without saying who chose it, {d.meta.policy}, benefit {benefit}'
            )
        failures += _levels(d, benefit)
        for rule in (choice.rule, rules.LEXIMIN):
            if (benefit, rule) not in table and any(rules.own(d, benefit).values()):
                failures.append(f"the figures by {rule} are missing, tables/division.parquet, {benefit}")
        there = table.get((benefit, choice.rule))
        if there is not None:
            failures += _figures(d, benefit, choice.rule, there)
    for benefit, rule in table:
        choice_of = different.get(benefit)
        if choice_of is None or rule not in (choice_of.rule, rules.LEXIMIN):
            failures.append(f"figures by {rule}, which is not the rule, tables/division.parquet, {benefit}")
    told = [
        f"{benefit} by {choice.rule} since {choice.since} ({choice.source}): worst-off tenth at "
        + " where leximin is declared to give ".join(
            f"{_percent(table[benefit, rule])}, {table[benefit, rule][3]:,} people under the floor"
            for rule in (choice.rule, rules.LEXIMIN)
            if (benefit, rule) in table
        )
        for benefit, choice in different.items()
    ]
    return capped(failures) or "; ".join(told) or f"leximin, for {', '.join(d.policy.divided) or 'nothing'}"


COLUMNS = (
    "benefit", "rule", "points", "in_full", "under_floor", "members_under", "worst_tenth_num", "worst_tenth_den",
)  # fmt: skip


def _percent(row: tuple[object, ...]) -> str:
    num, den = fraction("tables/division.parquet", row[4], row[5])
    return f"{num * 100 // den} %"


def _levels(d: Disclosure, benefit: str) -> list[str]:
    failures = []
    for (point, name), (level, num, den) in d.case.answer.levels.items():
        ladder = d.case.problem.ladders.get((point, name))
        if name != benefit or ladder is None:
            continue
        due, of = ladder.at(level)
        if due * den != num * of:
            failures.append(f"level {level} is {Fraction(due, of)} steps and not {num}/{den}, point {point}, {benefit}")
    return failures


def _figures(d: Disclosure, benefit: str, rule: str, there: tuple[object, ...]) -> list[str]:
    members = {point: total.members for (point, _), total in facts.totals(d).items()}
    rows = []
    for point, rungs in rules.own(d, benefit).items():
        found, due = d.case.answer.levels.get((point, benefit)), sum(quantity for _, quantity in rungs)
        if found and due:
            floor = rungs[0][1] if rungs[0][0] == 1 else 0
            rows.append((min(Fraction(found[1], found[2]), Fraction(due)), due, floor, members.get(point, 0)))
    if not rows:
        return []
    all_due = sum(due for _, due, _, _ in rows)
    left, mean = Fraction(all_due, 10), Fraction(0)
    for got, due, _, _ in sorted(rows, key=lambda row: row[0] / row[1]):
        part = min(Fraction(due), left)
        mean += got * part / due
        left -= part
        if not left:
            break
    under = [row for row in rows if row[0] < row[2]]
    right = (len(rows), sum(got == due for got, due, _, _ in rows), len(under), sum(row[3] for row in under))
    wrong = []
    if there[:4] != right:
        wrong.append(f"{there[:4]} where the levels give {right}, tables/division.parquet, {benefit} by {rule}")
    if Fraction(*fraction("tables/division.parquet", there[4], there[5])) != mean * 10 / all_due:
        wrong.append(f"the worst-off tenth is not {float(mean * 10 / all_due):.6f}, tables/division.parquet, {benefit}")
    return wrong


CHECK = Check("division-rule", "every benefit is divided by the rule that the policy chose, with its source", run)
