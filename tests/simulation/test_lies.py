"""Each lie changes exactly what it says, and nothing that would betray it elsewhere."""

from __future__ import annotations

import inspect
import tomllib

import pyarrow as pa
import pytest

from evenhand.core.errors import UsageError
from evenhand.formats import cose, roll
from evenhand.formats.roll import Grant, Packed, Record
from evenhand.formats.tag import derive, tag_of
from evenhand.simulation import lies
from evenhand.simulation.lies import LIES
from evenhand.simulation.secrets import DemoSecrets

CYCLE = "2008-05/1"
SECRETS = DemoSecrets(1, "demo.villages")


def test_the_registry_has_the_lies_each_with_its_words() -> None:
    data = ["privilege", "swap", "leak", "double", "backdate", "inflate", "solo", "forget", "early", "queue"]
    assert list(LIES) == [*data, "ghosts"]
    for name, lie in LIES.items():
        assert lie.name == name and lie.act is getattr(lies, name) and lie.act.__doc__
        assert lie.sentence.endswith(".") and lie.changes and lie.found_by and lie.hook
    assert "no check of data" in LIES["ghosts"].found_by and "card CODE" in LIES["privilege"].found_by


def test_no_lie_knows_a_verdict() -> None:
    source = inspect.getsource(lies)
    assert "evenhand_verify" not in source and "actions" not in source.split('"""')[2]


def test_every_second_household_is_forgotten() -> None:
    owed = pa.table({"household": ["c", "a", "b", "c"], "amount": [4, 1, 2, 3]})
    assert lies.forget(owed).to_pydict() == {"household": ["b"], "amount": [2]}
    with pytest.raises(UsageError, match="nobody is owed"):
        lies.forget(owed.slice(0, 0))


def test_what_lapses_early_is_still_shown_and_no_longer_asked_for() -> None:
    debts = pa.table({"household": ["a", "b"], "amount": [1, 2], "lapsed": [0, 0], "rung": [3, None], "steps": [0, 2]})
    changed, ladder, rungs = lies.early(debts, debts, debts)
    assert changed.to_pydict() == {
        "household": ["a", "b"], "amount": [1, 2], "lapsed": [1, 2], "rung": [None, None], "steps": [0, 0],
    }  # fmt: skip
    assert (len(ladder), len(rungs)) == (0, 0)
    with pytest.raises(UsageError, match="not lapsed"):
        lies.early(changed, debts, debts)


def rations() -> pa.Table:
    rows = [
        {"point": point, "household": f"{point}-{n:02d}", "benefit": benefit, "ration_steps": steps, "carry_micro": n}
        for point in ("alder", "birch")
        for n in range(25)
        for benefit, steps in (("grain", 60 + n), ("oil", 6))
    ]
    return pa.Table.from_pylist(rows)


def sums(table: pa.Table) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in table.to_pylist():
        key = (row["point"], row["benefit"])
        found[key] = found.get(key, 0) + row["ration_steps"]
    return found


def test_privilege_shifts_rations_inside_points_by_steps_that_rounding_cannot_hide() -> None:
    before = rations()
    after = lies.privilege(before, {"alder-03", "birch-07"})
    assert sums(after) == sums(before)
    assert (
        after.drop_columns(["ration_steps"]) == before.drop_columns(["ration_steps"]) and after.schema == before.schema
    )
    moved = {}
    for old, new in zip(before.to_pylist(), after.to_pylist(), strict=True):
        if old != new:
            assert old["benefit"] == "grain"
            moved[old["household"]] = new["ration_steps"] - old["ration_steps"]
    assert moved["alder-03"] == moved["birch-07"] == 6  # a tenth of 63 and 67, in twos
    assert sorted(set(moved.values())) == [-2, 6] and len(moved) == 8
    assert lies.short_changed(before, after) == sorted(h for h, n in moved.items() if n < 0)
    assert lies.short_changed(before, before) == []


def test_privilege_without_names_favours_every_twentieth_and_never_takes_what_is_not_there() -> None:
    after = lies.privilege(rations())
    assert sums(after) == sums(rations()) and len(lies.short_changed(rations(), after)) > 2
    poor = rations().set_column(3, "ration_steps", pa.array([3] * 100, pa.int64()))
    with pytest.raises(UsageError, match="nothing to change"):
        lies.privilege(poor)
    with pytest.raises(UsageError):
        lies.privilege(rations().slice(0, 0))


def packed_rolls() -> tuple[dict[str, Packed], dict[bytes, tuple[bytes, bytes]]]:
    rolls, keys = {}, {}
    for point in ("alder", "birch"):
        rows = []
        for n in range(4):
            card = derive(SECRETS.derive("card", f"{point}{n}", 16), "demo.villages", "ration", "2008-05")
            keys[card.tag] = (card.salt, card.seal_key)
            record = Record(f"{n:010d}", point, bytes(32), (Grant("grain", (9000, 6000), 0, 10 + n, ("due.a",)),))
            rows.append(roll.seal_row(record.encode(), 96, CYCLE, card.tag, card.salt, card.seal_key))
        rolls[point] = roll.pack("ration", CYCLE, point, rows)
    return rolls, keys


def test_swap_halves_one_ration_of_one_roll_and_the_row_still_opens() -> None:
    rolls, keys = packed_rolls()
    after = lies.swap(rolls, keys)
    assert list(after) == list(rolls) and after["birch"] == rolls["birch"]
    assert after["alder"].tags() == rolls["alder"].tags() and after["alder"].row_size == rolls["alder"].row_size
    assert roll.unpack(after["alder"].encode()) == after["alder"]
    changed = [i for i in range(4) if after["alder"].row(i) != rolls["alder"].row(i)]
    assert len(changed) == 1
    tag = after["alder"].tags()[changed[0]]
    old, new = (roll.open_row(r["alder"].row(changed[0]), CYCLE, *keys[tag]) for r in (rolls, after))
    assert old.grants[0].ration_steps == 13 and new.grants[0].ration_steps == 6
    assert (old.card, old.point, old.policy_sha256) == (new.card, new.point, new.policy_sha256)


def test_swap_needs_a_key_and_a_ration() -> None:
    rolls, _ = packed_rolls()
    with pytest.raises(UsageError, match="nothing to change"):
        lies.swap(rolls, {})


def movements() -> pa.Table:
    rows = [
        ("arrive", "transit:D", "node:D", "grain", "a", 900),
        ("arrive", "transit:alder", "node:alder", "grain", "a", 500),
        ("arrive", "transit:birch", "node:birch", "grain", "a", 400),
        ("load", "node:D", "transit:alder", "grain", "a", 500),
        ("load", "node:D", "transit:birch", "grain", "a", 400),
        ("redeem", "node:alder", "households:alder", "grain", "a", 440),
        ("redeem", "node:birch", "households:birch", "grain", "a", 399),
    ]
    return pa.Table.from_pylist(
        [dict(zip(("kind", "from", "to", "benefit", "lot", "quantity"), r, strict=True)) for r in rows]
    )


def test_leak_lowers_one_arrival_by_half_of_what_is_left_there() -> None:
    before, after = movements(), lies.leak(movements())
    assert after.drop_columns(["quantity"]) == before.drop_columns(["quantity"]) and after.schema == before.schema
    differ = [(a, b) for a, b in zip(before.to_pylist(), after.to_pylist(), strict=True) if a != b]
    assert [(a["to"], a["quantity"], b["quantity"]) for a, b in differ] == [("node:alder", 500, 470)]


def test_leak_needs_an_arrival() -> None:
    with pytest.raises(UsageError, match="nothing to change"):
        lies.leak(movements().slice(3))
    tight = movements().slice(0, 1).set_column(5, "quantity", pa.array([1], pa.int64()))
    with pytest.raises(UsageError):
        lies.leak(tight)


def outcomes() -> dict[str, Packed]:
    def rows(point: str, statuses: list[int]) -> list[bytes]:
        made = []
        for n, status in enumerate(statuses):
            r = SECRETS.derive("r", f"{point}{n}", 16)
            made.append(roll.outcome_row(tag_of(r), status, r if status == roll.REDEEMED else b""))
        return made

    wanted = {"alder": [1, 1, 2, 1], "birch": [1, 4, 4, 3], "cedar": [1, 1]}
    return {point: roll.pack("ration", CYCLE, point, rows(point, found)) for point, found in wanted.items()}


def test_double_puts_a_redeemed_coupon_of_one_point_into_anothers_outcomes() -> None:
    before, after = outcomes(), lies.double(outcomes())
    assert after["alder"] == before["alder"] and after["cedar"] == before["cedar"]
    assert len(after["birch"]) == len(before["birch"]) and roll.unpack(after["birch"].encode()) == after["birch"]
    added = set(after["birch"].tags()) - set(before["birch"].tags())
    gone = set(before["birch"].tags()) - set(after["birch"].tags())
    assert len(added) == len(gone) == 1 and added <= set(before["alder"].tags())
    row = after["birch"].row(after["birch"].tags().index(added.pop()))
    assert row[16] == roll.REDEEMED and tag_of(row[17:]) == row[:16]
    lost = before["birch"].row(before["birch"].tags().index(gone.pop()))
    assert lost[16] == roll.UNCOLLECTED


def test_double_needs_two_points() -> None:
    with pytest.raises(UsageError, match="nothing to change"):
        lies.double({"birch": outcomes()["birch"]})


POLICY = """[policy]
id = "ration"
[param.none]   # value = 5 in a comment of a figure that is nought
values = [{from = 2008-01-01, value = 0}]

[param.worker]
unit   = "g/day"
source = "value = 9 of the law"
values = [{from = 2008-01-01, value = 700}, {from = 2009-01-01, value = 650}]
"""


def test_backdate_lowers_one_figure_and_leaves_a_policy() -> None:
    after = lies.backdate(POLICY)
    assert after == POLICY.replace("value = 700", "value = 630")
    assert tomllib.loads(after)["param"]["worker"]["values"][0]["value"] == 630
    quoted = POLICY.replace("value = 700", 'value = "9"')
    assert lies.backdate(quoted) == quoted.replace('value = "9"', 'value = "8"')
    with pytest.raises(UsageError, match="nothing to change"):
        lies.backdate('[policy]\nid = "x"\n')


def tables() -> dict[str, pa.Table]:
    classes = [
        {
            "area": "C2",
            "benefit": "grain",
            "row": "grain.worker",
            "households": None,
            "members": 300,
            "amount": 6_510_000,
        },
        {"area": "C1", "benefit": "grain", "row": "grain.mixed", "households": None, "members": 7, "amount": 100},
        {
            "area": "C1",
            "benefit": "grain",
            "row": "grain.worker",
            "households": None,
            "members": 300,
            "amount": 6_510_000,
        },
        {"area": "C1", "benefit": "oil", "row": "oil.all", "households": 90, "members": 350, "amount": 35_000},
    ]
    ladders = [
        {"point": "alder", "benefit": "chicken", "rung": 1, "households": 90, "amount": 90},
        {"point": "alder", "benefit": "grain", "rung": 1, "households": 90, "amount": 3_906_060},
        {"point": "alder", "benefit": "grain", "rung": 2, "households": 90, "amount": 2_604_040},
        {"point": "alder", "benefit": "oil", "rung": 1, "households": 90, "amount": 35_000},
    ]
    totals = [{"point": p, "households": 90, "members": 350} for p in ("alder", "birch")]
    places = [{"node": "alder", "area": "C1"}, {"node": "birch", "area": "C2"}]
    made = {"classes": classes, "ladders": ladders, "totals": totals, "places": places}
    return {name: pa.Table.from_pylist(rows) for name, rows in made.items()}


def test_inflate_raises_one_point_its_class_and_its_members_alike_and_nothing_else() -> None:
    before, after = tables(), lies.inflate(tables(), members=10)
    more = 10 * 21_700
    old, new = before["classes"].to_pylist(), after["classes"].to_pylist()
    assert new.pop(2) == {**old.pop(2), "members": 310, "amount": 6_510_000 + more} and new == old
    old, new = before["ladders"].to_pylist(), after["ladders"].to_pylist()
    assert new.pop(1) == {**old.pop(1), "amount": 3_906_060 + more} and new == old
    assert after["totals"]["members"].to_pylist() == [360, 350]
    assert after["totals"]["households"] == before["totals"]["households"]
    assert after["places"] == before["places"]
    assert all(after[name].schema == before[name].schema for name in before)


def test_inflate_needs_a_row_that_grants_each_member_one_amount() -> None:
    without = tables()
    for classes in (without["classes"].slice(0, 2), without["classes"].slice(3), without["classes"].slice(0, 0)):
        with pytest.raises(UsageError, match="nothing to change"):
            lies.inflate({**without, "classes": classes})
    with pytest.raises(UsageError):
        lies.inflate({**without, "ladders": without["ladders"].slice(0, 0)})


def test_solo_signs_both_roles_with_the_first_persons_key() -> None:
    anna, boris = SECRETS.signer("person", "anna"), SECRETS.signer("person", "boris")
    after = lies.solo({"preparer": anna, "approver": boris})
    assert after == {"preparer": anna, "approver": anna}
    signed = cose.parse(cose.sign1(["evenhand/approval/v1", "ration", CYCLE, "approver", bytes(32)], after["approver"]))
    assert cose.verify(signed, anna.public_key) and not cose.verify(signed, boris.public_key)


def test_ghosts_are_copies_under_new_ids_after_the_real_ones() -> None:
    ids = [f"H{n:07d}" for n in range(1, 121)]
    households = pa.table({"household": ids, "point": ["alder"] * 60 + ["birch"] * 60})
    members = pa.table(
        {"household": [h for h in ids for _ in (1, 2)], "member": ["1", "2"] * 120, "sex": ["f", "m"] * 120}
    )
    more, people = lies.ghosts(households, members)
    assert more.slice(0, 120) == households and people.slice(0, 240) == members
    assert more.slice(120).to_pylist() == [
        {"household": "G0000050", "point": "alder"},
        {"household": "G0000100", "point": "birch"},
    ]
    assert people.slice(240)["household"].to_pylist() == ["G0000050"] * 2 + ["G0000100"] * 2
    assert len(set(more["household"].to_pylist())) == 122
    with pytest.raises(UsageError, match="fewer than 50"):
        lies.ghosts(households.slice(0, 49), members)


def test_a_lie_acts_at_its_own_hook_only() -> None:
    act = lies.tamper("leak")
    assert act("movements", movements()) == lies.leak(movements())
    assert act("rations", rations()) == rations()
    rolls, keys = packed_rolls()
    assert lies.tamper("swap")("rolls", (rolls, keys)) == lies.swap(rolls, keys)
    assert lies.tamper(None)("movements", movements()) == movements()
    with pytest.raises(UsageError, match='no lie "steal"'):
        lies.tamper("steal")
