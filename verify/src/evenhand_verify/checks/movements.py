"""Every movement goes between accounts that exist, as its kind says."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped

KINDS = {
    "receipt": (("source",), "node"),
    "load": (("node",), "transit"),
    "transfer": (("node", "transit"), "transit"),
    "arrive": (("transit",), "node"),
    "loss": (("node", "transit"), "loss"),
    "write-off": (("node",), "loss"),
    "redeem": (("node",), "households"),
    "over-issue": (("node",), "households"),
}


def run(d: Disclosure) -> str | list[str]:
    """Kind, accounts, quantity, benefit."""
    nodes, failures = d.case.problem.kinds, []
    table = d.table("movements")
    goods = set(d.policy.divided)
    for kind, source, target, benefit, lot, quantity in table.rows("kind", "from", "to", "benefit", "lot", "quantity"):
        where = f"{kind} from {source} to {target}, {benefit}, lot {lot}"
        sources, into = KINDS.get(kind, ((), ""))
        source_kind, _, source_name = source.partition(":")
        target_kind, _, target_name = target.partition(":")
        if source_kind not in sources or target_kind != into or not source_name or not target_name:
            failures.append(f"a movement between accounts of other kinds, {where}")
            continue
        # Goods that this policy does not divide may lie in stock; only what it divides leaves for households.
        if quantity <= 0 or (kind in ("load", "transfer", "redeem", "over-issue") and benefit not in goods):
            failures.append(f"a movement of {quantity}, {where}")
        for account_kind, name in ((source_kind, source_name), (target_kind, target_name)):
            if account_kind != "source" and name not in nodes:
                failures.append(f"an account of no node of the network, {where}")
        if kind in ("arrive", "redeem", "over-issue", "loss", "write-off") and source_name != target_name:
            failures.append(f"a movement to another place than it says, {where}")
        if kind in ("redeem", "over-issue") and nodes.get(source_name) != "point":
            failures.append(f"handed out where there is no point, {where}")
    return capped(failures) or f"{len(table):,} movements between accounts that exist"


CHECK = Check("movements", "every movement goes between accounts that exist", run)
