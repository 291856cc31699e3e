"""The trial of the bound: it holds with the real functions, and each claim fails when what it is about is broken."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from evenhand.cli.simulate import app
from evenhand.core.errors import UsageError
from evenhand.flow.redemption import Decision, Presented, Row, Settlement, decide, settle
from evenhand.render.offline_figures import Trial
from evenhand.simulation import offline_moves, offline_phone, offline_server
from evenhand.simulation.offline import play
from evenhand.simulation.offline_rules import compare
from evenhand.simulation.offline_trial import trial
from evenhand.simulation.offline_world import Scenario, build

SMALL = Scenario(3, 1000)


@pytest.fixture(scope="module")
def small() -> Trial:
    return trial(SMALL)


def _failing(found: Trial) -> list[str]:
    return [check.name for check in found.checks if not check.holds]


def test_the_bound_holds_and_everybody_honest_is_fed(small: Trial) -> None:
    assert _failing(small) == []
    figures = {check.name: check.figures for check in small.checks}
    assert 0 < figures["over-issue"]["over_issue"] <= figures["over-issue"]["reserve"]
    assert figures["victims"]["families"] > 0
    assert small.counts["copies_first"] == figures["victims"]["families"] + _absent_victims(small)


def _absent_victims(found: Trial) -> int:
    # A copy came first, and the family itself not at all: the same visits, counted by hand.
    world = build(Scenario(found.seed, found.households))
    came = {v.household for v in world.visits if v.what == "own"}
    first = {v.household for v in world.visits if v.what == "copy" and v.point == world.home[v.household]}
    return len(first - came)


def test_the_same_seed_gives_the_same_trial_and_another_seed_another(small: Trial) -> None:
    assert trial(SMALL) == small
    assert build(replace(SMALL, seed=4)).visits != build(SMALL).visits


def test_a_smaller_reserve_bounds_over_issue_and_leaves_claims() -> None:
    found = trial(replace(SMALL, reserve_permille=10))
    assert _failing(found) == ["victims"]
    over = found.checks[0].figures
    assert over["over_issue"] <= over["reserve"] == pytest.approx(found.rations / 100, rel=0.05)


def test_a_phone_that_gives_to_whoever_comes_breaks_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(row: Row | None, presented: Presented, reserve: Any, *more: Any) -> Decision:
        return decide(replace(row, given=None) if row else None, presented, reserve, *more)

    monkeypatch.setattr(offline_phone, "decide", careless)
    # Receipts are in order all the same: what was handed over is told, and named where it was too much.
    assert _failing(trial(replace(SMALL, reserve_permille=10))) == ["over-issue", "stock", "open-rows", "moves"]


def test_a_settlement_that_forgets_a_receipt_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(rolls: Any, benefits: Any, receipts: Any, *more: Any) -> Settlement:
        return settle(rolls, benefits, list(receipts)[1:], *more)

    monkeypatch.setattr(offline_server, "settle", careless)
    assert _failing(trial(SMALL)) == ["settled", "order", "moves"]


def test_without_paper_a_new_phone_can_give_twice_only_what_the_old_one_had_not_sent() -> None:
    played = play(build(replace(SMALL, seed=8, paper=False)))
    over, reserve = played.over_issue(), played.reserve()
    assert sum(over.values()) <= sum(reserve.values()) + played.forgotten


def test_other_rules_give_out_more_or_send_the_family_home(small: Trial) -> None:
    by_name = {rule.name: rule for rule in small.rules}
    assert by_name["no binding"].over_issue > by_name["foreign cap"].over_issue > by_name["both in sync"].over_issue
    assert all(outcome.turned_away for outcome in compare(build(SMALL)))
    assert by_name["one holder"].without_food == 0


@pytest.mark.parametrize("scenario", [Scenario(1, 999), Scenario(1, 10**6), Scenario(1, 1000, -1)])
def test_what_cannot_be_played_is_said(scenario: Scenario) -> None:
    with pytest.raises(UsageError):
        trial(scenario)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["offline", *arguments])


def test_the_command_says_each_claim_and_its_exit_code_is_the_answer(small: Trial) -> None:
    good = _run("--seed", "3", "--households", "1000", "--json")
    assert (good.exit_code, json.loads(good.stdout)) == (0, json.loads(json.dumps(small.document())))
    bad = _run("--seed", "3", "--households", "1000", "--reserve", "1")
    assert bad.exit_code == 1
    assert "DOES NOT HOLD" in bad.stdout


@pytest.mark.parametrize(
    "wrong", [("--reserve", "nan"), ("--reserve", "2.25"), ("--reserve", "-1"), ("--language", "xx")]
)
def test_what_is_not_a_share_or_a_language_is_said_before_anything_is_played(wrong: tuple[str, str]) -> None:
    assert isinstance(_run(*wrong).exception, UsageError)


def test_a_phone_that_goes_on_with_a_row_it_released_or_has_one_before_its_goods_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = build(SMALL)
    figures = offline_moves.moves_check(world).figures
    assert offline_moves.moves_check(world).holds
    assert figures["asked"] > figures["collected"] > 0
    assert figures["over_issue"] > 0
    assert figures["contested"] > 0

    class Forgetful(offline_moves._Play):
        def ask(self, h: int, target: int, lorry: bool, minute: int) -> None:
            super().ask(h, target, lorry, minute)
            del self.phones[self.world.home[h]].given[self.world.tags[h]]

    class Hasty(offline_moves._Play):
        def contact(self, p: int, waiting: dict[bytes, int], minute: int) -> None:
            self.arrived |= self.known
            super().contact(p, waiting, minute)

    bare = build(replace(SMALL, reserve_permille=0))
    assert offline_moves.moves_check(bare).holds
    for broken in (Forgetful, Hasty):
        monkeypatch.setattr(offline_moves, "_Play", broken)
        assert not offline_moves.moves_check(bare).holds
