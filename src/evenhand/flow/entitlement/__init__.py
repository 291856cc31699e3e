"""Rules x households -> what is due.

Reads tables household, member, point; yields what each household is due of each benefit with its reasons, the same by
class and area, and the households that cannot be decided. Invariant: nothing runs here: `plan` returns SQL written from
the typed tree, and an unknown input never becomes a zero.
"""

from evenhand.flow.entitlement.faults import faults_plan
from evenhand.flow.entitlement.plan import Needs, needs, plan, program_for

__all__ = ["Needs", "faults_plan", "needs", "plan", "program_for"]
