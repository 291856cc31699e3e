"""Look at a policy's text without keeping it: its faults with their lines, how its tests go, what no test reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.flow.policy import Policy, TestResult, extended, join, load, run_tests, untouched_rows, untouched_values
from evenhand.flow.policy.join import MOST_TEXTS


@dataclass(frozen=True)
class Checked:
    """What was found: `problems` where the text does not load, else the policy and what its tests say."""

    problems: Sequence[Problem] = ()
    policy: Policy | None = None
    results: Sequence[TestResult] = ()
    untouched: Sequence[str] = ()
    unread: Sequence[str] = ()

    @property
    def failed(self) -> int:
        """How many of its own tests fail."""
        return sum(not result.passed for result in self.results)

    @property
    def may_be_proposed(self) -> bool:
        """Whether it loads and its own tests hold."""
        return self.policy is not None and not self.failed


def check_text(text: str, file: str = "policy.toml") -> Checked:
    """Check a text and run its tests."""
    try:
        policy = load(text, file)
    except InputError as error:
        return Checked(error.problems)
    results = run_tests(policy)
    return Checked((), policy, results, untouched_rows(policy, results), untouched_values(policy, results))


def joined(texts: Mapping[str, str]) -> str:
    """One policy of several texts by file name, each extending the next. InputError for how they are put together,
    UsageError where they do not make one chain."""
    if len(texts) == 1 and (only := next(iter(texts.values()))) and "extends" not in only:
        return only
    onto = {name: extended(text, name) for name, text in texts.items()}
    missing = [f'{name} extends "{other}"' for name, other in onto.items() if other is not None and other not in texts]
    if missing:
        raise UsageError(f"{missing[0]}, which was not sent", "choose both files together")
    heads = [name for name in texts if name not in onto.values()]
    chain = heads[:1]
    while chain and (following := onto[chain[-1]]) is not None and len(chain) <= MOST_TEXTS:
        chain.append(following)
    if len(heads) != 1 or set(chain) != set(texts) or len(chain) != len(texts):
        raise UsageError("these files do not make one policy", "send one text, or one with those that it extends")
    return texts[chain[0]] if len(chain) == 1 else join([(name, texts[name]) for name in chain], chain[0])
