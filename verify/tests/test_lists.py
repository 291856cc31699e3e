"""Newcomers on a list and a held row, in a disclosure made by the kit alone: it passes, and each lie fails by a check.

Three households come to Alder, where k = 20 hides what they were promised; two of them collect. Alder's third row is held.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import pytest
from checker_kit.build import GOODS, PROGRAMME, STEP, Build, Family, share
from checker_kit.wire import cbor, seal, sha
from evenhand_verify.main import main

CHECKS = ("supplement", "held")
PART = Fraction(1, 4)


class Late:
    """What is done to a build: a list S001 and a notice H001, both honest unless a test says otherwise."""

    def __init__(self) -> None:
        self.part = PART
        self.signers = {"preparer": "anna", "approver": "bert"}
        self.told: list[tuple[int | None, int | None]] = [(None, None)] * 3
        self.notices: list[tuple[str, str, int | None]] = [("", "several", None)]
        self.entries: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = lambda entries: entries
        self.also: list[bytes] = []
        self.reason = "duplicate"

    def close(self, b: Build) -> None:
        self.families = [Family(number, "Alder", b.period) for number in (101, 102, 103)]
        for family in self.families:
            for benefit in (*GOODS, "clothing"):
                level = self.part if benefit in GOODS else Fraction(2)
                family.rations[benefit] = floor(share(family.ladder(benefit, b.days), level) / STEP[benefit])
        rows = [self._row(b, family) for family in self.families]
        rows += [
            seal(bytes(len(b.record(b.families[0]))), 256, b.cycle, tag, bytes(16), bytes(32)) for tag in self.also
        ]
        self.file = cbor([1, PROGRAMME, b.cycle, "Alder", len(rows[0]), b"".join(sorted(rows))])
        self.tags = sorted(row[:16] for row in rows)
        b.overrides["supplements/S001.cbor"] = self.file
        for family in self.families[:2]:
            b.outcomes["Alder"].append((family.tag, 1, family.r))
            for benefit, steps in family.rations.items():
                b.given["Alder"][benefit] += steps
                if benefit in GOODS:
                    b.moves["redeem", "node:Alder", "households:Alder", benefit, "L1"] += steps * STEP[benefit]
        b.outcomes["Alder"].append((self.families[2].tag, 4, bytes(16)))
        self._hold(b)
        waits = self.families[2].rations
        for benefit in (*GOODS, "clothing"):
            self._add(b, benefit, "uncollected", waits[benefit] * STEP[benefit])
        b.tables["supplements"] = [
            {"point": "Alder", "benefit": benefit, "households": households, "rations": rations}
            for benefit, (households, rations) in zip((*GOODS, "clothing"), self.told, strict=True)
        ]
        b.tables["held"] = [
            {"area": area, "reason": reason, "placed": n, "lifted": n, "ended": n} for area, reason, n in self.notices
        ]
        b.settle()

    def _row(self, b: Build, family: Family) -> bytes:
        grants = [[x, family.ladder(x, b.days), 0, family.rations[x], [], []] for x in (*GOODS, "clothing")]
        record = cbor([1, family.card, "Alder", sha(b.policy), grants])
        return seal(record, 256, b.cycle, family.tag, family.salt, family.seal, "S001")

    def _hold(self, b: Build) -> None:
        self.held = b.at("Alder")[2]
        self.commitment = sha(b"evenhand/hold/v1" + self.held.salt + cbor([b.cycle, "H001", self.reason]))
        b.outcomes["Alder"] = [
            (tag, 6, self.commitment[:16]) if tag == self.held.tag else (tag, status, value)
            for tag, status, value in b.outcomes["Alder"]
        ]
        for benefit in GOODS:
            steps = self.held.final[benefit] * STEP[benefit]
            self._add(b, benefit, "uncollected", -steps)
            self._add(b, benefit, "remedy", steps)

    def _add(self, b: Build, benefit: str, kind: str, amount: int) -> None:
        key = {"point": "Alder", "benefit": benefit, "kind": kind, "since": b.period}
        there = next((row for row in b.tables["left"] if all(row[k] == v for k, v in key.items())), None)
        total = amount + (there["amount"] if there else 0)
        b.tables["left"] = [row for row in b.tables["left"] if row is not there]
        if total:
            b.tables["left"].append(key | {"amount": total, "lapsed": 0 if kind == "remedy" else total})

    def log(self, b: Build) -> None:
        made = [self._supplement(b), self._entry_of_hold(b)]
        at = next(i for i, entry in enumerate(b.entries) if entry["kind"] == "redeemed")
        b.entries[at:at] = self.entries(made)

    def _supplement(self, b: Build) -> dict[str, Any]:
        levels = [["grain", 0, str(self.part.numerator), str(self.part.denominator)]]
        if self.part >= 1:
            levels = [["grain", int(self.part), "0", "1"]]
        digest = sha(cbor([PROGRAMME, b.cycle, "S001", sha(self.file), "Alder", levels, "a fire"]))
        signed = {
            role: b.sign(who, ["evenhand/supplement/v1", PROGRAMME, b.cycle, role, "S001", digest])
            for role, who in self.signers.items()
        }
        totals = {
            "point": "Alder", "rows": len(self.tags), "tags": sha(b"".join(self.tags)), "levels": levels, "reason": "a fire",
            "digest": digest, "signed": signed,
        }  # fmt: skip
        return b.entry("supplement", f"{b.cycle}-S001", sha(self.file), totals)

    def _entry_of_hold(self, b: Build) -> dict[str, Any]:
        digest = sha(cbor([PROGRAMME, b.cycle, "H001", "place", "Alder", self.held.tag, self.commitment]))
        signed = {
            role: b.sign(who, ["evenhand/hold/v1", PROGRAMME, b.cycle, role, "H001", "place", digest])
            for role, who in self.signers.items()
        }
        totals = {"act": "place", "point": "Alder", "tag": self.held.tag, "digest": digest, "signed": signed}
        return b.entry("hold", f"{b.cycle}-H001", self.commitment, totals)

    def build(self, **hooks: Callable[[Build], None]) -> Build:
        return Build(hooks={"close": self.close, "log": self.log} | hooks)


def failed(build: Build, folder: Path, capsys: pytest.CaptureFixture[str]) -> set[str]:
    main([str(build.save(folder / "now")), "--json"])
    return {check["name"] for check in json.loads(capsys.readouterr().out)["checks"] if not check["pass"]}


def test_an_honest_list_and_hold_pass_and_each_household_opens_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = Late()
    build = late.build()
    assert failed(build, tmp_path, capsys) == set()
    for family, says in (
        (late.families[0], "level of list S001 1/4"),
        (late.families[2], "not collected"),
        (late.held, "notice H001, reason duplicate; your ration is kept"),
    ):
        assert main(["card", family.code, str(tmp_path / "now")]) == 0
        assert says in capsys.readouterr().out


def test_a_reason_that_is_none_of_those_published_is_told_to_the_household(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = Late()
    late.reason = "rude to the clerk"
    late.build().save(tmp_path / "now")
    main(["card", late.held.code, str(tmp_path / "now")])
    assert "a reason that is none of those published; complain" in capsys.readouterr().out


def lie(change: Callable[[Late], None], name: str) -> Any:
    return pytest.param(change, name, id=change.__name__)


def one_signs_twice(late: Late) -> None:
    late.signers["approver"] = "anna"


def nobody_approves(late: Late) -> None:
    del late.signers["approver"]


def above_its_point(late: Late) -> None:
    late.part = Fraction(2)


def told_of_few(late: Late) -> None:
    late.told = [(3, 10), (3, 0), (3, 45)]


def a_row_that_is_on_the_roll(late: Late) -> None:
    late.also = [Build().at("Alder")[0].tag]


def no_entry_of_the_list(late: Late) -> None:
    late.entries = lambda made: made[1:]


def the_list_before_the_count(late: Late) -> None:
    late.entries = lambda made: [made[0] | {"subject": made[0]["subject"] + "/S002"}, made[1]]


def no_entry_of_the_hold(late: Late) -> None:
    late.entries = lambda made: made[:1]


def held_twice(late: Late) -> None:
    late.entries = lambda made: [*made, made[1] | {"subject": made[1]["subject"].replace("H001", "H002")}]


def lifted_and_held_all_the_same(late: Late) -> None:
    def lifted(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
        totals = made[1]["totals"] | {"act": "lift"}
        return [*made, made[1] | {"subject": made[1]["subject"] + "-lift", "totals": totals}]

    late.entries = lifted


def no_figure_of_holds(late: Late) -> None:
    late.notices = []


def a_figure_of_one(late: Late) -> None:
    late.notices = [("V1", "duplicate", 1)]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        lie(one_signs_twice, "supplement"), lie(one_signs_twice, "held"), lie(nobody_approves, "supplement"),
        lie(above_its_point, "supplement"), lie(told_of_few, "supplement"), lie(a_row_that_is_on_the_roll, "supplement"),
        lie(no_entry_of_the_list, "supplement"), lie(the_list_before_the_count, "supplement"),
        lie(no_entry_of_the_hold, "held"), lie(held_twice, "held"), lie(lifted_and_held_all_the_same, "held"),
        lie(no_figure_of_holds, "held"), lie(a_figure_of_one, "held"),
    ],
)  # fmt: skip
def test_each_lie_fails_its_check(
    change: Callable[[Late], None], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = Late()
    change(late)
    assert name in failed(late.build(), tmp_path, capsys)


def test_more_promised_than_the_reserve_is_found_though_few_are_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The third newcomer alone waits for more than Alder ever had in reserve."""

    def more(b: Build) -> None:
        late.close(b)
        late._add(b, "grain", "uncollected", 500 * b.row("totals", point="Alder", benefit="grain")["reserve"])

    late = Late()
    assert "left" in failed(late.build(close=more), tmp_path, capsys)
