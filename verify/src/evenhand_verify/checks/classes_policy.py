"""What each row of the policy is said to grant is what the policy's arithmetic gives."""

from __future__ import annotations

from evenhand_verify.arithmetic import Arithmetic, Grant
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, Malformed, capped


def run(d: Disclosure) -> str | list[str]:
    """Evaluate each row again (people it fits times what it gives); what facts do not reach is counted as declared."""
    arithmetic = Arithmetic(d.policy, d.meta)
    grants: dict[tuple[str, str], Grant | None] = {}
    failures: list[str] = []
    worked = declared = 0
    mixed: dict[str, set[bool]] = {}
    names = ("area", "benefit", "row", "households", "members", "amount")
    for area, benefit, row, households, members, amount in d.table("classes").rows(*names):
        where = f"area {area}, {benefit}, row {row}"
        if amount < 0 or (households or 0) < 0 or (members or 0) < 0:
            failures.append(f"a class below 0, {where}")
            continue
        mixed.setdefault(benefit, set()).add(row == "entitlement")
        if row == "entitlement":
            declared += amount != 0
            if amount and arithmetic.plain(benefit):
                failures.append(f"declared as a whole though the policy's rows can be told apart, {where}")
            continue
        if (benefit, row) not in grants:
            try:
                grants[benefit, row] = arithmetic.grant(benefit, row)
            except Malformed as error:
                failures.append(f"{error.what}, {where}")
                grants[benefit, row] = None
        grant = grants[benefit, row]
        if grant is None:
            declared += amount != 0
            continue
        if (grant.household and households is None) or (grant.member and members is None):
            failures.append(f"the class does not say how many the row fits, {where}")
            continue
        right = grant.household * (households or 0) + grant.member * (members or 0)
        worked += 1
        if right != amount:
            failures.append(f"{amount:,} base units where the policy gives {right}, {where}")
    for benefit, kinds in mixed.items():
        rules = sum(item.get("benefit") == benefit for item in d.policy.entitlements)
        if len(kinds) > 1 and rules == 1:
            failures.append(f"classes of {benefit} stand both by row and as a whole, tables/classes.parquet")
    return capped(failures) or f"{worked:,} classes worked out again, {declared:,} declared only"


CHECK = Check("classes-policy", "every class's amount is what the policy gives, worked out again", run)
