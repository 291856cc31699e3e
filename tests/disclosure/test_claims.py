"""Verdicts of the five claims on villages whose numbers are known."""

from __future__ import annotations

import json
from fractions import Fraction as F
from typing import Any

import pytest
from disclosure.months import ALL, FILLS, country, month, tables, villages

from evenhand.flow.disclosure.claim import Claim, claims_json
from evenhand.flow.disclosure.claims import claims
from evenhand.flow.disclosure.month import Month
from evenhand.flow.disclosure.tables import Misshapen

FULL = {"alder": 2, "birch": 2, "cedar": 2}


def verdicts(*months: Month) -> dict[str, Claim]:
    return {claim.id: claim for claim in claims(months)}


def test_the_claims_come_in_the_order_of_the_sentence() -> None:
    order = [claim.id for claim in claims([villages("2008-03", FULL)])]
    assert order == ["quotas", "curtailed", "never-interrupted", "same-bowl", "covered"]


def test_the_order_of_folders_does_not_matter() -> None:
    months = [villages("2008-03", FULL), villages("2008-04", {"alder": 1, "birch": 1, "cedar": F(1, 2)})]
    assert claims(months) == claims(months[::-1])


# quotas


def test_quotas_hold_when_every_household_is_due_something_of_everything() -> None:
    claim = verdicts(villages("2008-03", FULL))["quotas"]
    assert (claim.verdict, claim.figure) == ("holds", "120 of 120")
    assert "grain and shoes" in claim.detail


def test_quotas_fail_where_households_outnumber_those_who_are_due_shoes() -> None:
    made = villages("2008-03", FULL)
    shorter = made.tables["ladders"].to_pylist()
    for row in shorter:
        if (row["point"], row["benefit"], row["rung"]) == ("cedar", "shoes", 2):
            row["households"] = 39
    rows = {"ladders": [tuple(row.values()) for row in shorter]}
    for name in ("nodes", "places", "levels", "totals"):
        rows[name] = [tuple(row.values()) for row in made.tables[name].to_pylist()]
    claim = verdicts(month("2008-03", rows, made.benefits, roll_rows=made.roll_rows))["quotas"]
    assert claim.verdict_text == "holds except 1 point"
    assert claim.figure == "119 of 120"
    assert claim.values["points_short"] == ["cedar"]


def test_tiers_share_no_household_and_a_floor_holds_them_all() -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {
        "nodes": [("alder", "point")],
        "ladders": [("alder", "grain", 1, 50, 500), ("alder", "grain", 2, 20, 5), ("alder", "grain", 3, 25, 5),
                    ("alder", "shoes", 1, 20, 5), ("alder", "shoes", 2, 30, 5)],
        "totals": [("alder", "grain", 50, 200, 0, 0, 0, 0, 0, 0)],
    }  # fmt: skip
    kinds = {name: ALL[name] for name in ("grain", "shoes")}
    assert verdicts(month("2008-03", rows, kinds))["quotas"].figure == "50 of 50"


def test_points_of_a_policy_are_counted_by_member() -> None:
    claim = verdicts(country("2008-03"))["quotas"]
    assert claim.verdict == "holds"
    assert "Clothing points: granted to 25,668 of 25,668 members." in claim.detail


@pytest.mark.parametrize(("kept", "says"), [("grain", "besides food"), ("shoes", "food whose energy")])
def test_quotas_cannot_be_tested_without_food_or_without_other_goods(kept: str, says: str) -> None:
    made = villages("2008-03", FULL)
    claim = verdicts(month("2008-03", {"nodes": [("alder", "point")]}, {kept: made.benefits[kept]}))["quotas"]
    assert claim.verdict == "cannot be tested"
    assert says in claim.detail


# curtailed


def test_curtailed_gives_the_exact_share_of_every_month() -> None:
    half = {"alder": 1, "birch": 1, "cedar": 1}
    claim = verdicts(villages("2008-03", FULL), villages("2008-04", half))["curtailed"]
    assert (claim.verdict, claim.figure) == ("holds", "100, 60 %")
    assert claim.values["fill"]["grain"] == [["1", "1"], ["3", "5"]]
    assert "March and April" in claim.detail


def test_a_full_month_is_not_curtailed() -> None:
    assert verdicts(villages("2008-03", FULL))["curtailed"].verdict == "does not hold"


def test_a_share_just_under_all_is_never_printed_as_all() -> None:
    nearly = {"alder": 2, "birch": 2, "cedar": 2 - F(1, 10**9)}
    claim = verdicts(villages("2008-03", nearly))["curtailed"]
    assert (claim.verdict, claim.figure) == ("holds", "99.9 %")


# never interrupted


def test_a_level_of_exactly_one_is_the_floor() -> None:
    claim = verdicts(villages("2008-03", {"alder": 1, "birch": 1, "cedar": 1}))["never-interrupted"]
    assert (claim.verdict, claim.figure) == ("holds", "3 of 3")


def test_a_point_under_its_floor_is_an_exception_with_its_name_and_people() -> None:
    months = (villages("2008-03", FULL), villages("2008-04", {"alder": 1, "birch": F(1, 2), "cedar": 1}))
    claim = verdicts(*months, villages("2008-05", FULL))["never-interrupted"]
    assert claim.verdict_text == "holds except 1 point"
    assert claim.figure == "2 of 3"
    assert "April: Birch at 50 % of its floor of grain." in claim.detail
    assert "160 people" in claim.detail
    assert ["birch", "grain", "1", "2"] in claim.values["smallest"]


def test_rounding_may_withhold_less_than_one_step() -> None:
    floor = 40 * 36_000
    almost, short = 1 - F(499, floor), 1 - F(500, floor)
    assert verdicts(villages("2008-03", {**FULL, "cedar": almost}))["never-interrupted"].verdict == "holds"
    assert verdicts(villages("2008-03", {**FULL, "cedar": short}))["never-interrupted"].exceptions == 1


def test_more_than_half_of_the_points_are_not_an_exception() -> None:
    claim = verdicts(villages("2008-03", {"alder": 0, "birch": 0, "cedar": 1}))["never-interrupted"]
    assert claim.verdict_text == "does not hold"


def test_a_recut_replaces_the_planned_level() -> None:
    recut = [("cedar", "grain", 100, 0, 0, 0, "1", "4", 90)]
    claim = verdicts(villages("2008-03", FULL, recut=recut))["never-interrupted"]
    assert claim.values["under"] == ["cedar"]
    assert "25 %" in claim.detail


def test_a_point_whose_level_is_left_out_stands_at_nothing() -> None:
    made = villages("2008-03", FULL)
    rows = {
        name: [tuple(r.values()) for r in made.tables[name].to_pylist()]
        for name in ("nodes", "places", "ladders", "totals")
    }
    rows["levels"] = [tuple(r.values()) for r in made.tables["levels"].to_pylist() if r["point"] != "cedar"]
    claim = verdicts(month("2008-03", rows, made.benefits))["never-interrupted"]
    assert claim.values["under"] == ["cedar"]


def test_without_a_floor_it_cannot_be_tested() -> None:
    made = villages("2008-03", FULL)
    bare = Month(made.folder, made.meta, made.period, made.tables, made.benefits, frozenset())
    assert verdicts(bare)["never-interrupted"].verdict == "cannot be tested"


# the same bowl


def test_one_level_everywhere_is_the_same_bowl() -> None:
    claim = verdicts(villages("2008-03", dict.fromkeys(FULL, F(3, 2))))["same-bowl"]
    assert (claim.verdict, claim.figure) == ("holds", "80 %")
    assert "household’s own check" in claim.detail


def test_any_spread_between_points_breaks_it() -> None:
    claim = verdicts(villages("2008-03", FULL), villages("2008-04", {"alder": F(3, 2), "birch": F(3, 2), "cedar": 1}))[
        "same-bowl"
    ]
    assert (claim.verdict, claim.figure) == ("does not hold", "60 to 80 %")
    assert claim.values["lowest"] == ["cedar", "3", "5"]
    assert claim.values["month"] == "2008-04"
    assert claim.values["points_below"] == ["cedar"]


def test_a_spread_too_small_for_whole_per_cent_is_still_told_apart() -> None:
    claim = verdicts(villages("2008-03", {"alder": 1, "birch": 1, "cedar": 1 + F(1, 400)}))["same-bowl"]
    assert (claim.verdict, claim.figure) == ("does not hold", "60 to 60.1 %")


def test_a_point_whose_ladder_ends_lower_is_not_behind() -> None:
    made = villages("2008-03", dict.fromkeys(FULL, F(3, 2)))
    rows = {
        n: [tuple(r.values()) for r in made.tables[n].to_pylist()]
        for n in ("nodes", "places", "totals", "levels", "ladders")
    }
    rows["ladders"] = [r for r in rows["ladders"] if r[:3] != ("cedar", "grain", 2)]
    rows["levels"] = [
        ("cedar", "grain", 1, "0", "1", "1", "1") if r[:2] == ("cedar", "grain") else r for r in rows["levels"]
    ]
    claim = verdicts(month("2008-03", rows, made.benefits))["same-bowl"]
    assert claim.verdict == "holds"
    assert claim.figure == "80 to 100 %"


def test_what_the_policy_itself_grants_is_said_beside() -> None:
    assert "between 6 kg and 21 kg of grain to a member" in verdicts(country("2008-04"))["same-bowl"].detail


# covered


def test_energy_is_the_ration_on_the_rolls_a_person_a_day() -> None:
    claim = verdicts(villages("2008-03", FULL))["covered"]
    # 40 households x 60 kg = 2,400,000 g x 3.5 kcal / (160 members x 31 days)
    assert claim.values["kcal"] == [
        [str(F(2_400_000 * 7, 2 * 160 * 31).numerator), str(F(2_400_000 * 7, 2 * 160 * 31).denominator)]
    ]
    assert (claim.verdict, claim.figure) == ("does not hold", "1,693 kcal")
    assert "Not even the full quota covers it: 1,693." in claim.detail
    assert "3 of 3 points" in claim.detail


def test_a_recut_lowers_the_energy() -> None:
    recut = [(name, "grain", 100, 0, 0, 0, "1", "4", 0) for name in FULL]
    assert verdicts(villages("2008-03", FULL, recut=recut))["covered"].figure == "0 kcal"


def test_every_need_covered_holds_at_2100() -> None:
    made = villages("2008-03", FULL)
    totals = made.tables["totals"].to_pylist()
    for row in totals:
        row["members"] = 129  # 2,400,000 g x 3.5 / (129 x 31) = 2,100.5; one member more is below
    rows = {
        n: [tuple(r.values()) for r in made.tables[n].to_pylist()] for n in ("nodes", "places", "levels", "ladders")
    }
    enough = month("2008-03", {**rows, "totals": [tuple(r.values()) for r in totals]}, made.benefits)
    assert verdicts(enough)["covered"].verdict == "holds"
    for row in totals:
        row["members"] = 130
    short = month("2008-03", {**rows, "totals": [tuple(r.values()) for r in totals]}, made.benefits)
    assert verdicts(short)["covered"].verdict == "does not hold"


def test_without_members_or_energy_it_cannot_be_tested() -> None:
    empty = month("2008-03", {}, {"shoes": ALL["shoes"]})
    assert verdicts(empty)["covered"].verdict == "cannot be tested"


# the whole


def test_a_disclosure_of_nothing_holds_nothing_up() -> None:
    found = verdicts(month("2008-03", {}, {}))
    assert {claim.verdict for claim in found.values()} == {"cannot be tested"}


def test_a_denominator_of_zero_is_named() -> None:
    made = villages("2008-03", FULL, levels=[("dell", "grain", 1, "1", "0", "0", "1")])
    with pytest.raises(Misshapen, match="level of dell, grain is not a fraction"):
        claims([made])


@pytest.mark.parametrize(
    ("num", "den"), [("-1", "2"), ("1.5", "2"), ("1_0", "20"), ("1e3", "2000"), ("", "1"), ("١", "2")]
)
def test_a_fraction_is_two_plain_decimal_texts(num: str, den: str) -> None:
    with pytest.raises(Misshapen):
        claims([villages("2008-03", FULL, levels=[("dell", "grain", 0, num, den, "0", "1")])])


def test_a_part_of_a_whole_rung_or_more_is_refused() -> None:
    with pytest.raises(Misshapen, match="is not a level"):
        claims([villages("2008-03", FULL, levels=[("dell", "grain", 0, "3", "2", "0", "1")])])


def test_the_json_holds_verdict_figure_and_proof_without_floats() -> None:
    found = claims([country(period) for period in FILLS])
    data = claims_json(found)
    document = json.loads(data, parse_float=lambda text: pytest.fail(f"a float: {text}"))
    assert [row["verdict"] for row in document] == [
        "holds",
        "holds",
        "holds except 6 points",
        "does not hold",
        "does not hold",
    ]
    assert all(row["proof"] for row in document)
    assert claims_json(claims([country(period) for period in FILLS])) == data


def test_months_without_a_row_are_whole_tables() -> None:
    assert set(tables({})) == set(month("2008-03", {}).tables)


def test_many_levels_of_their_own_do_not_make_endless_fractions() -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {"nodes": [], "ladders": [], "levels": []}
    for number in range(300):
        point, den = f"p{number:03d}", 10**12 + 2 * number + 1
        rows["nodes"].append((point, "point"))
        rows["ladders"].append((point, "grain", 1, 20, 1_000))
        rows["levels"].append((point, "grain", 0, str(den // 2), str(den), "1", "1"))
    found = verdicts(month("2008-03", rows, {"grain": ALL["grain"]}))["curtailed"]
    ((num, den_text),) = found.values["fill"]["grain"]
    assert abs(F(int(num), int(den_text)) - F(1, 2)) < F(1, 10**6)
    assert found.figure == "50 %"
