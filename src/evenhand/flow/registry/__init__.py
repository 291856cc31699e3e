"""Registry: households and members.

Reads files as texts, and what the policy in force asks of households and members beside the fixed columns. Writes
plans: what is wrong with a file, and the rows to add. Invariant: a household has one home point, a member a household;
there is no column for politics, religion, ethnicity, origin or obedience, and one that no policy declares is refused.
"""

from evenhand.flow.registry.corrections import household_fields, member_fields
from evenhand.flow.registry.declared import Declared
from evenhand.flow.registry.plans import households_plan, members_plan
from evenhand.flow.registry.tables import PROXIES, household_table, member_table

__all__ = [
    "PROXIES", "Declared", "household_fields", "household_table", "households_plan", "member_fields", "member_table",
    "members_plan",
]  # fmt: skip
