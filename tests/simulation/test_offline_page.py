"""The measured numbers of docs/algorithms/offline.md are what the command gives with that seed."""

from __future__ import annotations

from pathlib import Path

from evenhand.render.offline_words import Said
from evenhand.simulation.offline_trial import trial
from evenhand.simulation.offline_world import Scenario

PAGE = Path(__file__).resolve().parents[2] / "docs" / "algorithms" / "offline.md"
RULES = ("no binding", "up to 5 %", "within the hour", "no reserve", "reserve 15 %")


def test_the_measured_numbers_are_those_of_the_command() -> None:
    found = trial(Scenario(7))
    text = PAGE.read_text("utf-8")
    measured = " ".join(text[text.index("### Measured") : text.index("A copy used at Birch")].split())
    said = Said(found)
    for r in found.reserves:
        row = f"| {said.permille(r.permille)} % | {said.share(r.over_issue)} | {r.fed} | {r.part} | {r.claimed} |"
        assert row in measured
    for rule, words in zip(found.rules, RULES, strict=True):
        assert f"| {said.share(rule.over_issue)} | {rule.without_food} |" in measured.partition(words)[2][:60]
    figures = {check.name: check.figures for check in found.checks}
    items, receipts = figures["items"], figures["receipts"]
    for number, words in (
        (figures["open-rows"]["families"], "families whose coupon nobody had used"),
        (items["sent"], "things were sent"),
        (items["new"], "receipts,"),
        (items["again"], "known already"),
        (items["refused"], "forged or of other"),
        (receipts["lost_with_a_phone"], "receipts were lost with a phone"),
        (receipts["signed_again_from_paper"], "were signed again"),
        (figures["settled"]["beyond_the_reserve"], "steps beyond the reserve"),
        (
            {c.name: c for c in found.without_paper}["over-issue"].figures["given_twice_unknown"],
            "steps were handed out twice",
        ),
    ):
        assert f"{number:,} {words}" in measured
    moves = figures["moves"]
    for row in (
        f"| {moves['asked']}; {moves['both_silent']} |", f"| {moves['collected']} |", f"| {moves['came_too_early']} |",
        f"| {moves['given_away']:,}; {moves['contested']} |",
    ):  # fmt: skip
        assert row in measured
    assert found.holds
