"""Policies: dated rules with their legal source, read from untrusted text, typed, and proved before anything runs.

Reads the text of a policy file; writes nothing. Invariant: a Policy that loaded has no unknown name, no gap in its dates,
no unit that does not fit, no number that can pass 2^62, and no way to reach anything but its declared inputs.
"""

from evenhand.flow.policy.coverage import untouched_values
from evenhand.flow.policy.draft_text import written
from evenhand.flow.policy.drafts import drafts
from evenhand.flow.policy.join import extended, join
from evenhand.flow.policy.load import load, period_for
from evenhand.flow.policy.model import Policy
from evenhand.flow.policy.testing import TestResult, run_tests, untouched_rows

__all__ = [
    "Policy",
    "TestResult",
    "drafts",
    "extended",
    "join",
    "load",
    "period_for",
    "run_tests",
    "untouched_rows",
    "untouched_values",
    "written",
]
