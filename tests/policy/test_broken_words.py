"""One thing wrong in a policy, over three hundred times: refused on its line, with what is wrong and what to do, at once.

`cases/broken.json`: name, what is replaced in the sample, by what, the line, how the message and the remedy begin.
"""

import json
import time
from pathlib import Path

import pytest
from policy.samples import GRAIN

from evenhand.core.errors import InputError
from evenhand.flow.policy import load

CASES = json.loads((Path(__file__).parent / "cases" / "broken.json").read_text("utf-8"))


@pytest.mark.parametrize(("old", "new", "line", "message", "remedy"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_broken_policy_is_refused_at_once_with_its_line_and_remedy(
    old: str, new: str, line: int, message: str, remedy: str
) -> None:
    assert old in GRAIN
    before = time.process_time()
    with pytest.raises(InputError) as caught:
        load(GRAIN.replace(old, new, 1), "grain.toml")
    assert time.process_time() - before < 1
    first = caught.value.problems[0]
    assert (first.row, first.message[: len(message)], first.remedy[: len(remedy)]) == (line, message, remedy), (
        first.line()
    )
    assert all(problem.file == "grain.toml" and problem.row and problem.remedy for problem in caught.value.problems)
    assert len(caught.value.problems) <= 6


def test_faults_in_every_section_are_told_together() -> None:
    slips = {
        'kind = "good"': 'kind = "goods"',
        "from = 2021-01-01": 'from = "2021"',
        'by = ["card"]': 'by = ["kard"]',
        "phh * size": "phh * sise",
        'round = "ceiling"': 'round = "nearest"',
        '"35 kg"': '"35 l"',
    }
    spoiled = GRAIN
    for old, new in slips.items():
        spoiled = spoiled.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        load(spoiled, "grain.toml")
    assert {12, 21, 23, 33, 39, 45} <= {problem.row for problem in caught.value.problems}
    assert [problem.row for problem in caught.value.problems] == sorted(
        problem.row for problem in caught.value.problems
    )
