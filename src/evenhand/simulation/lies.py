"""The lies an operator could tell, one function each: data in, data out, in the last month of a demo.

Hashes and signatures still pass, since the operator holds the keys and makes them after the change; one check of
meaning fails. A lie changes data and never the code that decides. What a function's docstring says is all it changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.core.errors import UsageError
from evenhand.formats import roll
from evenhand.formats.cose import Signer
from evenhand.formats.roll import Packed
from evenhand.simulation.lies_owed import early, forget, queue

PRIVILEGED_EVERY = 20
"""Where no favoured households are named, every twentieth household of a point is."""
STEPS_TAKEN = 2
"""What each short-changed household loses. Less than two steps could hide in the rounding that the rules allow."""


@dataclass(frozen=True)
class Lie:
    """`sentence`: what the operator does. `changes`: what in the data. `found_by`: the check that fails, or the one in
    the field for what data cannot show. `hook`: where in the cycle it acts. `act`: the function."""

    name: str
    sentence: str
    changes: str
    found_by: str
    hook: str
    act: Callable[..., Any]


def _none(what: str) -> UsageError:
    return UsageError(f"the lie finds nothing to change: {what}", "try it with more people, or without a lie")


def privilege(rations: pa.Table, favoured: Collection[str] = ()) -> pa.Table:
    """Give favoured households more of the benefit that is handed out in the most steps, and take it from others of the
    same point.

    `rations`: a row for each household and benefit with at least point, household, benefit, ration_steps. Every
    favoured household gets about a tenth more, at least two steps, two from each of as many others as that takes. No
    total of a point changes, no other column, no other benefit. UsageError where nobody has enough to be taken from.
    """
    sums = rations.group_by("benefit").aggregate([("ration_steps", "sum")]).to_pylist()
    benefit = max(sums, key=lambda row: (row["ration_steps_sum"], row["benefit"]), default={"benefit": ""})["benefit"]
    steps = rations["ration_steps"].to_numpy().astype(np.int64)
    chosen = np.flatnonzero(pc.equal(rations["benefit"], benefit).to_numpy(zero_copy_only=False))
    points = np.array(rations["point"].to_pylist(), dtype=object)[chosen]
    if favoured:
        liked = pc.is_in(rations["household"], value_set=pa.array(sorted(favoured))).to_numpy(zero_copy_only=False)[
            chosen
        ]
    else:
        liked = np.arange(len(chosen)) % PRIVILEGED_EVERY == PRIVILEGED_EVERY - 1
    changed = steps.copy()
    for point in dict.fromkeys(points.tolist()):
        here = chosen[points == point]
        some = liked[points == point]
        givers = [i for i in here[~some].tolist() if steps[i] >= 2 * STEPS_TAKEN]
        for taker in here[some].tolist():
            count = min(max(1, int(steps[taker]) // 10 // STEPS_TAKEN), len(givers))
            for giver in givers[:count]:
                changed[giver] -= STEPS_TAKEN
            changed[taker] += STEPS_TAKEN * count
            del givers[:count]
    if (changed == steps).all():
        raise _none("no household has four steps to take two from")
    return rations.set_column(rations.column_names.index("ration_steps"), "ration_steps", pa.array(changed, pa.int64()))


def short_changed(before: pa.Table, after: pa.Table) -> list[str]:
    """The households whose ration of some benefit is smaller in `after` (same rows in the same order), sorted."""
    less = pc.less(after["ration_steps"], before["ration_steps"])
    return sorted(set(after.filter(less)["household"].to_pylist()))


def swap(rolls: Mapping[str, Packed], keys: Mapping[bytes, tuple[bytes, bytes]]) -> dict[str, Packed]:
    """Halve one family's ration in a roll that is already committed, and seal its row again.

    `keys`: (salt, seal key) by tag, as the operator's database has them. The greatest first ration of the first point
    that has one is halved; the file differs in that one row, and every other file is the same.
    """
    for point in sorted(rolls):
        packed = rolls[point]
        opened = [(packed.row(i), keys[tag]) for i, tag in enumerate(packed.tags()) if tag in keys]
        best: tuple[int, bytes, roll.Record, tuple[bytes, bytes]] | None = None
        for row, (salt, seal_key) in opened:
            record = roll.open_row(row, packed.cycle, salt, seal_key)
            size = record.grants[0].ration_steps if record.grants else 0
            if size >= 2 and (best is None or size > best[0]):
                best = (size, row, record, (salt, seal_key))
        if best is None:
            continue
        size, row, record, (salt, seal_key) = best
        grants = (replace(record.grants[0], ration_steps=size // 2), *record.grants[1:])
        padded = packed.row_size - roll.TAG_SIZE - roll.COMMITMENT_SIZE - 16 - 2
        tag = row[: roll.TAG_SIZE]
        sealed = roll.seal_row(replace(record, grants=grants).encode(), padded, packed.cycle, tag, salt, seal_key)
        rows = [sealed if packed.row(i) == row else packed.row(i) for i in range(len(packed))]
        return {**rolls, point: roll.pack(packed.programme, packed.cycle, point, rows)}
    raise _none("no row holds two steps of its first benefit, or no key opens one")


def leak(movements: pa.Table) -> pa.Table:
    """Let goods vanish between the lorry and the shelf: less arrives than was on the way, and no loss is written.

    `movements`: kind, from, to, benefit, lot, quantity. One `arrive` row is lowered: that of the account and benefit
    with the most left in these movements, by half of what is left, so that nothing seems to go below zero.
    """
    rows = movements.select(["kind", "from", "to", "benefit", "quantity"]).to_pylist()
    left: dict[tuple[str, str], int] = {}
    for row in rows:
        for account, sign in ((row["to"], 1), (row["from"], -1)):
            left[account, row["benefit"]] = left.get((account, row["benefit"]), 0) + sign * row["quantity"]
    # The order of rows decides only between equals.
    found = [
        (min(row["quantity"] - 1, left[row["to"], row["benefit"]] // 2), -i)
        for i, row in enumerate(rows)
        if row["kind"] == "arrive" and row["quantity"] > 1
    ]
    if not found:
        raise _none("nothing arrived anywhere")
    taken, minus = max(found)
    index, taken = -minus, max(1, taken)
    quantities = movements["quantity"].to_pylist()
    quantities[index] -= taken
    return movements.set_column(movements.column_names.index("quantity"), "quantity", pa.array(quantities, pa.int64()))


def double(outcomes: Mapping[str, Packed]) -> dict[str, Packed]:
    """Redeem a coupon twice: one redeemed at a point stands in another point's outcome file as well, in the place of a
    household that did not come. Tag and r are genuine, so r hashes to its tag; the number of rows is the same."""
    for point in sorted(outcomes):
        packed = outcomes[point]
        rows = [packed.row(i) for i in range(len(packed))]
        absent = next((row for row in rows if row[roll.TAG_SIZE] == roll.UNCOLLECTED), None)
        if absent is None:
            continue
        for other in sorted(outcomes):
            theirs = outcomes[other]
            used = next(
                (theirs.row(i) for i in range(len(theirs)) if theirs.row(i)[roll.TAG_SIZE] == roll.REDEEMED), None
            )
            if other != point and used is not None:
                changed = [used if row == absent else row for row in rows]
                return {**outcomes, point: roll.pack(packed.programme, packed.cycle, point, changed)}
    raise _none("it needs a redeemed row at one point and an uncollected one at another")


_PARAM_VALUE = re.compile(r"(?ms)^\[(?:param|lookup)\.[^\]\n]+\].*?\bvalue\s*=\s*\"?([0-9]+)(?=\"?\s*[,}])")


def backdate(policy: str) -> str:
    """Change a figure of the policy file after the freeze: the first parameter's first whole number, a tenth lower (at
    least 1 lower). Every other character stays."""
    found = next((m for m in _PARAM_VALUE.finditer(policy) if int(m[1]) > 0), None)
    if found is None:
        raise _none("the policy has no parameter with a whole number above zero")
    value = int(found[1])
    return f"{policy[: found.start(1)]}{value - max(1, value // 10)}{policy[found.end(1) :]}"


def inflate(tables: Mapping[str, pa.Table], members: int = 40) -> dict[str, pa.Table]:
    """Add `members` who are on no roll to what one point needs, for the benefit with the greatest amounts.

    `tables`: classes, ladders, totals (at least point and members) and places (node, area) of a cycle; the first three are
    changed. In the point's area, the row of the policy that grants each member one whole amount counts `members` more and
    grants as much more; so does the point's first rung; the point's totals count them as members. So classes still sum to
    ladders, and demand, levels and lorries follow; only the roll has nobody to give it to.
    """
    classes, ladders, totals = (tables[name].to_pylist() for name in ("classes", "ladders", "totals"))
    area_of = dict(zip(tables["places"]["node"].to_pylist(), tables["places"]["area"].to_pylist(), strict=True))
    sums: dict[str, int] = {}
    for rung in ladders:
        sums[rung["benefit"]] = sums.get(rung["benefit"], 0) + rung["amount"]
    benefit = max(sums, key=lambda name: (sums[name], name), default="")
    for rung in (r for r in ladders if r["benefit"] == benefit and r["rung"] == 1):
        for row in classes:
            each, rest = divmod(row["amount"], row["members"] or 1)
            if (
                (row["benefit"], row["area"]) != (benefit, area_of[rung["point"]])
                or row["households"]
                or rest
                or not each
            ):
                continue
            if not row["members"]:
                continue
            row["members"], row["amount"] = row["members"] + members, row["amount"] + each * members
            rung["amount"] += each * members
            for total in totals:
                total["members"] += members * (total["point"] == rung["point"])
            changed = {"classes": classes, "ladders": ladders, "totals": totals}
            made = {name: pa.Table.from_pylist(rows, tables[name].schema) for name, rows in changed.items()}
            return {**tables, **made}
    raise _none(f'no row of the policy grants every member the same of "{benefit}"')


def solo(signers: Mapping[str, Signer]) -> dict[str, Signer]:
    """Sign the second approval with the first person's key. `signers` by role, `preparer` and `approver`."""
    return {**signers, "approver": signers["preparer"]}


def ghosts(households: pa.Table, members: pa.Table, every: int = 50) -> tuple[pa.Table, pa.Table]:
    """Register households that do not exist: a copy of every fiftieth one, members too, under a new id at its point.

    The new rows stand after the old ones, which stay as they are; ids are `G` and the copied id less its first letter.
    """
    chosen = households.take(pa.array(range(every - 1, households.num_rows, every), pa.int64()))
    if not chosen.num_rows:
        raise _none(f"there are fewer than {every} households")
    copied = members.filter(pc.is_in(members["household"], value_set=chosen["household"].combine_chunks()))

    def renamed(table: pa.Table) -> pa.Table:
        ids = pc.binary_join_element_wise("G", pc.utf8_slice_codeunits(table["household"], 1), "")
        return table.set_column(table.column_names.index("household"), "household", ids)

    return pa.concat_tables([households, renamed(chosen)]), pa.concat_tables([members, renamed(copied)])


LIES: dict[str, Lie] = {
    lie.name: lie
    for lie in (
        Lie("privilege", "A class gets more than published, at the expense of its neighbours.",
            "rations inside a point; no total of a point",
            "evenhand-verify card CODE FOLDER of a short-changed family: its ration is a step or more off its share",
            "rations", privilege),
        Lie("swap", "An entitlement is changed after the commitment.",
            "one row of a committed roll, sealed again; the package is made again",
            "rolls (the file is not the one committed), two-approvals (nor the one signed)", "rolls", swap),
        Lie("leak", "Stock vanishes on the way.",
            "one arrival in the movements is lowered, with no loss written",
            "balances (less came in than the books say), counts (more was counted than came)", "movements", leak),
        Lie("double", "A coupon is redeemed twice.",
            "a redeemed coupon of one point stands in another point's outcomes too, for a household that did not come",
            "redeemed-once (a coupon ended at two points), outcomes (a row of that point did not end)", "outcomes", double),
        Lie("backdate", "The policy is changed after the freeze.",
            "one figure in the published policy file",
            "policy-frozen: the file is not the one that was frozen", "policy-file", backdate),
        Lie("inflate", "Members who do not stand on the roll are added to its totals.",
            "classes, ladders and members of one point, consistently; not its roll",
            "totals: the rations of the roll are not what the point's level and ladder give", "ladders", inflate),
        Lie("solo", "The first person makes the second approval too.",
            "the approver's signature is by the preparer's key",
            "two-approvals: one person signed both", "approver", solo),
        Lie("forget", "What the month before still owed is dropped without a word.",
            "the debts of every second household, before anything is computed",
            "previous-owed (with --previous): less is owed than was left", "owed", forget),
        Lie("early", "What is owed lapses before its time.",
            "every debt of earlier months is marked as lapsed, and not asked for",
            "owed: it lapsed though the policy's rule still keeps it", "debts", early),
        Lie("queue", "Stock is divided by another rule than the published one.",
            "every benefit is divided by first come, first served",
            "division-rule, allocation-levels: the levels are not what the policy's rule gives", "rule", queue),
        Lie("ghosts", "Households that do not exist are registered.",
            "copies of every fiftieth household, before import",
            "no check of data: only a visit shows it. A sample of rows is drawn and each household is asked to open its"
            " row with its own slip before the interviewer; a row nobody opens counts as nothing received",
            "population", ghosts),
    )
}  # fmt: skip
"""Every lie by name. `hook` says what the function is given: see its docstring."""


def tamper(name: str | None) -> Callable[[str, Any], Any]:
    """What the cycle's actions call at each hook: (hook, honest data) -> the data they go on with.

    Acts at the lie's own hook and nowhere else; None tells no lie. Data of several parts comes as a tuple: `rolls` as
    (rolls, keys), giving rolls; `population` as (households, members), giving both. UsageError if it is no lie.
    """
    if name is None:
        return lambda hook, data: data
    lie = LIES.get(name)
    if lie is None:
        raise UsageError(f'there is no lie "{name}"', f"choose one of {', '.join(LIES)}")

    def act(hook: str, data: Any) -> Any:
        if hook != lie.hook:
            return data
        return lie.act(*data) if isinstance(data, tuple) else lie.act(data)

    return act
