"""Every example: it loads, its tests hold and reach every row, its values have sources, and a README says what it is."""

from __future__ import annotations

import csv
import itertools
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evenhand.actions.policy import read_policy, run_policy, run_policy_tests
from evenhand.core.unit import parse_quantity
from evenhand.flow.policy import Policy
from evenhand.wiring import engine

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMES = (
    "cuba-libreta", "dprk-cuts", "egypt-tamween", "india-chhattisgarh-2012", "india-nfsa", "sphere-minimum", "uk-1943",
    "us-snap-2026", "wfp-general-food-basket",
)  # fmt: skip
POLICIES = sorted(path for path in EXAMPLES.glob("*/*.toml"))
NAMES = [f"{path.parent.name}/{path.name}" for path in POLICIES]
PROMISED = ("not verified", "left out")


@pytest.mark.parametrize("name", SCHEMES)
def test_a_folder_has_a_policy_and_says_what_it_is(name: str) -> None:
    folder = EXAMPLES / name
    assert (folder / "policy.toml").is_file()
    text = " ".join((folder / "README.md").read_text(encoding="utf-8").split()).lower()
    assert "source" in text
    assert all(word in text for word in PROMISED)
    assert f"evenhand policy test examples/{name}/policy.toml" in text


@pytest.mark.parametrize("path", POLICIES, ids=NAMES)
def test_its_tests_hold_and_reach_every_row(path: Path) -> None:
    policy, results, untouched = run_policy_tests(path)
    assert results
    assert {result.name: result.failures for result in results if not result.passed} == {}
    assert untouched == [] or path.parent.name in ("dprk-2008", "village") or path.name == "state-law.toml"
    assert len({result.name for result in results}) == len(results)
    assert policy.title != policy.id


@pytest.mark.parametrize("path", POLICIES, ids=NAMES)
def test_every_value_names_its_source(path: Path) -> None:
    policy: Policy = read_policy(path)
    sources = {
        f"{name} {value.span.start}": value.source for name, param in policy.params.items() for value in param.values
    }
    assert [name for name, source in sources.items() if len(source) < 4] == []


def written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def table(path: Path, rows: list[dict[str, Any]]) -> Path:
    """A CSV of rows that may lack columns: what is not given is blank."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows({name: written(value) for name, value in row.items()} for row in rows)
    return path


@pytest.mark.parametrize("path", POLICIES, ids=NAMES)
def test_the_engine_gives_what_its_tests_expect(path: Path, tmp_path: Path) -> None:
    """Tests in the file are evaluated one by one; here their households go through `policy run` as files."""
    policy = read_policy(path)
    cases = [
        case for case in tomllib.loads(path.read_text(encoding="utf-8"))["test"] if "undecided" not in case["expect"]
    ]
    for number, (on, group) in enumerate(
        itertools.groupby(sorted(cases, key=lambda case: case["on"]), lambda c: c["on"])
    ):
        together = list(group)
        households: list[dict[str, Any]] = []
        members: list[dict[str, Any]] = []
        for index, case in enumerate(together):
            people = case.get("members", [])
            size = {} if people else {"size": case["given"]["size"]}
            households.append({"household": f"h{index}", **case.get("given", {}), **size})
            members += [{"household": f"h{index}", "member": f"h{index}-{i}", **one} for i, one in enumerate(people)]
        assert isinstance(on, date)
        out = tmp_path / f"{number}.csv"
        files = table(tmp_path / "h.csv", households), table(tmp_path / "m.csv", members) if members else None
        run_policy(engine(), policy, on, files[0], files[1], out)
        with out.open(newline="", encoding="utf-8") as file:
            due = list(csv.DictReader(file))
        for case, row in zip(together, due, strict=True):
            amounts = {name: str(value) for name, value in case["expect"].items() if name in row and " " in str(value)}
            assert amounts or all("_price" in name for name in case["expect"])
            for name, text in amounts.items():
                benefit = next(e.benefit for e in policy.entitlements if name in (e.name, f"{e.name}_floor"))
                assert row[name] == str(parse_quantity(text)[0] * policy.benefits[benefit].parts), (case["name"], name)


def test_the_centres_text_beside_the_states_is_the_centres() -> None:
    beside = EXAMPLES / "india-chhattisgarh-2012" / "nfsa.toml"
    assert beside.read_bytes() == (EXAMPLES / "india-nfsa" / "policy.toml").read_bytes()
