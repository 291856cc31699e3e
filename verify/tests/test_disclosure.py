"""A disclosure that holds passes every check, and each check fails by a change of its own.

The changes are those of an operator who holds every key but the root's: whatever can be hashed and signed again is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from checker_kit.build import ORIGIN, PROGRAMME, Build
from checker_kit.wire import Key, sha
from evenhand_verify.checks import ALWAYS, WITH_PREVIOUS
from evenhand_verify.main import main

Change = Callable[[Build], None]


def failed(build: Build, folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> set[str]:
    """Names of the checks that fail; the exit code and the last line are checked on the way."""
    code = main([str(build.save(folder)), "--json", *options])
    answer = json.loads(capsys.readouterr().out)
    names = {check["name"] for check in answer["checks"] if not check["pass"]}
    assert code == (1 if names else 0)
    assert names <= {check.name for check in (*ALWAYS, *WITH_PREVIOUS)}
    return names


@pytest.fixture(scope="module")
def good() -> Build:
    return Build()


def test_a_good_disclosure_is_verified_with_the_root_and_only_consistent_without(
    good: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(good.save(tmp_path / "d"))
    (tmp_path / "root.vkey").write_text(good.root + "\n")
    for root in (good.root, str(tmp_path / "root.vkey")):
        assert main([folder, "--root", root]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("DEMO KEYS") and lines[-1] == f"verified: {len(ALWAYS)} checks"
        assert sum(line.startswith("PASS ") for line in lines) == len(ALWAYS)
        assert any("sample audit" in line for line in lines)
    assert main([folder]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "consistent, NOT authenticated: give --root"


def test_a_folder_forged_as_a_whole_is_never_verified(
    good: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(good.save(tmp_path / "d"))
    other = Key("another root").vkey(ORIGIN).strip()
    assert main([folder, "--root", other]) == 1
    out = capsys.readouterr().out
    assert "FAIL root-key" in out and out.splitlines()[-1] == f"NOT verified: 1 of {len(ALWAYS)} checks failed"


def test_wrong_usage_leaves_with_two(good: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(good.save(tmp_path / "d"))
    for arguments in (
        [str(tmp_path / "none")], [folder, "--root", "rubbish"], [folder, "--previous", "none"], [], [folder, "--what"],
        ["card", "0000", folder], ["card", good.families[0].code, "none"],
    ):  # fmt: skip
        assert main(arguments) == 2, arguments
    printed = capsys.readouterr()
    assert not printed.out and "Traceback" not in printed.err


def test_an_empty_folder_fails_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1].startswith("NOT verified") and "Traceback" not in out


def test_one_flipped_bit_anywhere_is_found_and_its_file_named(
    good: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good.save(tmp_path / "d")
    for path, data in good.files.items():
        for place in sorted({0, len(data) // 3, len(data) // 2, len(data) - 1}):
            for bit in (1, 0x80):
                broken = bytearray(data)
                broken[place] ^= bit
                (tmp_path / "d" / path).write_bytes(broken)
                assert main([str(tmp_path / "d"), "--root", good.root]) == 1, (path, place, bit)
                out = capsys.readouterr().out
                assert path in out or path.startswith("log/") and "log" in out or path == "datapackage.json", path
        (tmp_path / "d" / path).write_bytes(data)


def test_a_file_cut_short_lost_or_added_is_found(
    good: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good.save(tmp_path / "d")
    for path, data in good.files.items():
        full = tmp_path / "d" / path
        full.write_bytes(data[:-1])
        assert main([str(tmp_path / "d")]) == 1, path
        full.unlink()
        assert main([str(tmp_path / "d")]) == 1, path
        full.write_bytes(data)
    for path in ("note.txt", "tables/extra.parquet", "log/tile/1/000.p/1", "log/tile/entries/000.p/1", "signed/x.cose"):
        full = tmp_path / "d" / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(b"x")
        assert main([str(tmp_path / "d")]) == 1, path
        full.unlink()
    (tmp_path / "d" / "link").symlink_to("datapackage.json")
    assert main([str(tmp_path / "d")]) == 1
    (tmp_path / "d" / "link").unlink()
    assert main([str(tmp_path / "d")]) == 0
    capsys.readouterr()


# What an operator could do, and which checks it fails.


def backdate(b: Build) -> None:
    """The policy is changed after the freeze and logged then."""
    entry = next(e for e in b.entries if e["kind"] == "policy")
    b.entries.remove(entry)
    b.entries.insert(next(i for i, e in enumerate(b.entries) if e["kind"] == "approval"), entry)


def another_policy(b: Build) -> None:
    b.policy = b.policy.replace(b"450 g a day", b"450 g per day")


def solo(b: Build) -> None:
    b.signers["approver"] = "anna"


def solo_with_two_roles(b: Build) -> None:
    b.signers["approver"] = "anna"
    b.roles["anna"] = ["preparer", "approver"]


def one_key_two_names(b: Build) -> None:
    b.people["bert"] = b.people["anna"]


def change_roll(b: Build) -> None:
    family, other = b.at("Alder")[0], b.at("Alder")[1]
    family.rations["grain"] += 5
    other.rations["grain"] -= 5
    b._rolls()
    b.files["rolls/Alder.cbor"] = b.rolls["Alder"]


def leak(b: Build) -> None:
    row = b.row("balances", account="node:Mill", benefit="grain")
    row["closing"] -= 5_000


def leak_a_movement(b: Build) -> None:
    b.moves["redeem", "node:Birch", "households:Birch", "grain", "L1"] += 500
    b.settle()


def double(b: Build) -> None:
    """A coupon redeemed at Alder is redeemed at Birch again, in the place of another's row."""
    tag, status, value = b.outcomes["Alder"][10]
    b.outcomes["Birch"][5] = (tag, status, value)


def double_r(b: Build) -> None:
    tag, status, _ = b.outcomes["Alder"][11]
    b.outcomes["Alder"][11] = (tag, status, b.outcomes["Alder"][10][2])


def inflate(b: Build) -> None:
    b.row("totals", point="Alder", benefit="grain")["members"] += 9


def inflate_households(b: Build) -> None:
    for row in b.tables["totals"]:
        row["households"] += 3 if row["point"] == "Alder" else 0


def inflate_class(b: Build) -> None:
    b.row("classes", row="bowl.adult")["members"] += 9


def more_members_than_people(b: Build) -> None:
    row = b.row("classes", row="bowl.adult")
    row["members"] += 500
    row["amount"] += 500 * 450 * b.days


def an_area_left_out(b: Build) -> None:
    """Nobody in the area is granted clothing: neither classes nor ladders speak of them."""
    for name in ("classes", "ladders"):
        b.tables[name] = [row for row in b.tables[name] if row["benefit"] != "clothing"]


def declared_as_a_whole(b: Build) -> None:
    b.tables["classes"] = [row for row in b.tables["classes"] if row["benefit"] != "clothing"]
    amount = sum(row["amount"] for row in b.tables["ladders"] if row["benefit"] == "clothing")
    people = {"households": len(b.families), "members": sum(f.size for f in b.families)}
    b.tables["classes"].append({"area": "V1", "benefit": "clothing", "row": "entitlement", **people, "amount": amount})


def privilege(b: Build) -> None:
    """A class gets more than published: its families' ladders grow, and everything computed follows."""
    row = b.row("classes", row="bowl.adult")
    row["amount"] += 1
    b.row("ladders", point="Alder", benefit="grain", rung=2)["amount"] += 1


def ladder_without_class(b: Build) -> None:
    b.row("ladders", point="Alder", benefit="grain", rung=2)["amount"] += 1


def unknown_row(b: Build) -> None:
    b.row("classes", row="foot.all")["row"] = "foot.friends"


def row_out_of_force(b: Build) -> None:
    b.tables["classes"].append(
        {"area": "V1", "benefit": "grain", "row": "bowl.old", "households": None, "members": 0, "amount": 0}
    )


def more_demand(b: Build) -> None:
    b.row("demand", point="Alder", commodity="grain", rung=2)["quantity"] += 1


def more_supply(b: Build) -> None:
    b.row("supply", node="Mill", commodity="grain")["quantity"] -= 1


def other_level(b: Build) -> None:
    row = b.row("levels", point="Birch", commodity="grain")
    row["num"] = str(int(row["num"]) + 1)


def other_block(b: Build) -> None:
    for name in ("levels", "blocks"):
        for row in b.tables[name]:
            if (row["rungs"], row["num"], row["den"]) == (row["rungs"], "139", "903"):
                row["num"] = "138"


def carried_too_much(b: Build) -> None:
    b.tables["carried"][0]["quantity"] += 1


def other_units(b: Build) -> None:
    row = b.row("totals", point="Alder", benefit="grain")
    row["units"] += 1
    row["reserve"] += 1


def other_waybill(b: Build) -> None:
    b.tables["waybills"][0]["quantity"] -= 1


def loads_less(b: Build) -> None:
    b.moves["load", "node:Mill", "transit:Alder", "grain", "L1"] -= 500
    b.moves["arrive", "transit:Alder", "node:Alder", "grain", "L1"] -= 500
    b.counted["Alder"]["grain"] -= 0
    b.settle()


def false_movement(b: Build) -> None:
    b.moves["load", "node:Nowhere", "transit:Alder", "grain", "L1"] += 0
    b.moves["redeem", "node:Mill", "households:Mill", "grain", "L1"] += 500
    b.settle()


def short_count_without_recut(b: Build) -> None:
    b.tables["recut"] = []


def deeper_recut(b: Build) -> None:
    b.tables["recut"][0]["units"] -= 3


def recut_not_logged(b: Build) -> None:
    b.entries = [e for e in b.entries if e["kind"] != "recut"]


def count_by_the_wrong_phone(b: Build) -> None:
    b.people["phone-Alder"], b.people["phone-Birch"] = b.people["phone-Birch"], b.people["phone-Alder"]
    b.roles["phone-Alder"], b.roles["phone-Birch"] = ["point:Birch"], ["point:Alder"]


def counted_more(b: Build) -> None:
    b.counted["Alder"]["grain"] += 1


def row_that_never_ended(b: Build) -> None:
    del b.outcomes["Birch"][3]


def strange_status(b: Build) -> None:
    tag, _, value = b.outcomes["Birch"][3]
    b.outcomes["Birch"][3] = (tag, 9, value)


def padding(b: Build) -> None:
    tag, _, _ = b.outcomes["Birch"][3]
    b.outcomes["Birch"][3] = (tag, 4, b"x" + bytes(15))


def wrong_counts(b: Build) -> None:
    next(e for e in b.entries if e["kind"] == "redeemed")["totals"]["redeemed"] += 1


def gave_more(b: Build) -> None:
    b.given["Birch"]["grain"] += 2000


def head_by_one_side(b: Build) -> None:
    payload = ["evenhand/head/v1", PROGRAMME, b.cycle, "phone-Birch", *b.heads["phone-Birch"]]
    digest = sha(b.people["log"].cose(payload))
    del b.signed[f"signed/{digest.hex()}.cose"]
    b.files = {k: v for k, v in b.files.items() if k != f"signed/{digest.hex()}.cose"}


def short_chain(b: Build) -> None:
    b.heads["phone-Birch"] = (5, sha(b"x"))


def other_stock(b: Build) -> None:
    next(e for e in b.entries if e["kind"] == "stock")["totals"]["closing"]["grain"] += 1


def event_before_freeze(b: Build) -> None:
    i = next(i for i, e in enumerate(b.entries) if e["kind"] == "freeze")
    b.entries[i], b.entries[i + 1] = b.entries[i + 1], b.entries[i]


def other_event(b: Build) -> None:
    next(e for e in b.entries if e["kind"] == "event")["totals"]["event"] = "dice at home"


def other_outcome(b: Build) -> None:
    b.outcome = "6 6 6"


def frozen_by_nobody(b: Build) -> None:
    b.people["clara"] = Key("clara")
    b.signers["freeze"] = "clara"


def second_freeze(b: Build) -> None:
    i = next(i for i, e in enumerate(b.entries) if e["kind"] == "freeze")
    b.entries.insert(i + 1, dict(b.entries[i]))


def rolls_after_outcomes(b: Build) -> None:
    rolls = [e for e in b.entries if e["kind"] == "roll"]
    b.entries = [e for e in b.entries if e["kind"] != "roll"]
    at = next(i for i, e in enumerate(b.entries) if e["kind"] == "stock")
    b.entries[at:at] = rolls


def broken_chain(b: Build) -> None:
    next(e for e in b.entries if e["kind"] == "stock")["previous"] = bytes(32)


def uncertified_device(b: Build) -> None:
    entry = next(e for e in b.entries if e["subject"] == "device:phone-Birch")
    b.entries.remove(entry)


def self_made_certificate(b: Build) -> None:
    payload = ["evenhand/certificate/v1", ORIGIN, "person", "bert", ["approver"], b.people["bert"].public, 1]
    data = b.people["log"].cose(payload)
    b.signed[f"signed/{sha(data).hex()}.cose"] = data
    b.files[f"signed/{sha(data).hex()}.cose"] = data
    next(e for e in b.entries if e["subject"] == "person:bert")["sha"] = sha(data)


def root_not_first(b: Build) -> None:
    b.entries[0], b.entries[1] = b.entries[1], b.entries[0]


def unknown_statement(b: Build) -> None:
    b.sign("anna", ["evenhand/wish/v1", "rain"])
    b.files |= b.signed


def other_package(b: Build) -> None:
    next(e for e in b.entries if e["kind"] == "publish")["sha"] = bytes(32)


def other_k(b: Build) -> None:
    b.meta["k"] = 5


def another_reserve(b: Build) -> None:
    b.meta["reserve"] = [1, 10]


def days_added_to_the_month(b: Build) -> None:
    b.meta["period"]["first"] = "2008-02-28"


def report_that_runs_a_script_on_load(b: Build) -> None:
    b.overrides["report/index.html"] = b"<body onload='fetch(1)'>"


def report_with_a_picture_from_elsewhere(b: Build) -> None:
    b.overrides["report/index.html"] = b"<svg><image href='/x.png'/></svg>"


def unsorted_table(b: Build) -> None:
    from checker_kit.build import parquet

    b.overrides["tables/movements.parquet"] = parquet("movements", b.tables["movements"][::-1], ordered=False)


def report_that_calls_home(b: Build) -> None:
    b.overrides["report/index.html"] = b"<script src='https://example.org/x.js'></script>"


def report_with_a_style_from_elsewhere(b: Build) -> None:
    b.overrides["report/index.html"] = b"<style>@import url(//example.org/a.css)</style>"


def tag_on_two_rolls(b: Build) -> None:
    b.at("Birch")[0].tag, b.at("Birch")[0].r = b.at("Alder")[0].tag, b.at("Alder")[0].r


def other_origin(b: Build) -> None:
    b.meta["origin"] = "demo.other"


CHANGES: list[tuple[str, Change, set[str]]] = [
    ("log", backdate, {"policy-frozen"}),
    ("freeze", another_policy, {"policy-frozen"}),
    ("freeze", solo, {"two-approvals"}),
    ("freeze", solo_with_two_roles, {"two-approvals"}),
    ("people", one_key_two_names, {"certificates", "two-approvals"}),
    ("package", change_roll, {"rolls", "two-approvals"}),
    ("close", leak, {"balances"}),
    ("close", leak_a_movement, {"given"}),
    ("close", double, {"outcomes", "redeemed-once"}),
    ("close", double_r, {"presence", "redeemed-once"}),
    ("compute", inflate, {"people"}),
    ("compute", inflate_households, {"rolls"}),
    ("compute", inflate_class, {"classes-policy"}),
    ("compute", more_members_than_people, {"people", "classes-sum"}),
    ("compute", an_area_left_out, {"people"}),
    ("compute", declared_as_a_whole, {"classes-policy"}),
    ("compute", privilege, {"classes-policy"}),
    ("compute", ladder_without_class, {"classes-sum"}),
    ("compute", unknown_row, {"classes-policy"}),
    ("compute", row_out_of_force, {"classes-policy"}),
    ("compute", more_demand, {"demand"}),
    ("compute", more_supply, {"supply"}),
    ("compute", other_level, {"allocation-levels"}),
    ("compute", other_block, {"allocation-levels"}),
    ("compute", carried_too_much, {"supply"}),
    ("compute", other_units, {"totals"}),
    ("compute", other_waybill, {"waybills"}),
    ("open", loads_less, {"loads"}),
    ("close", false_movement, {"movements"}),
    ("open", short_count_without_recut, {"recut"}),
    ("close", deeper_recut, {"recut"}),
    ("log", recut_not_logged, {"recut"}),
    ("people", count_by_the_wrong_phone, {"counts", "heads"}),
    ("open", counted_more, {"counts"}),
    ("close", row_that_never_ended, {"outcomes"}),
    ("close", strange_status, {"outcomes"}),
    ("close", padding, {"outcomes"}),
    ("log", wrong_counts, {"outcomes"}),
    ("close", gave_more, {"given"}),
    ("package", head_by_one_side, {"heads"}),
    ("close", short_chain, {"heads"}),
    ("log", other_stock, {"stock"}),
    ("log", event_before_freeze, {"log-order", "event", "draw-seed"}),
    ("log", other_event, {"event"}),
    ("open", other_outcome, {"two-approvals"}),
    ("freeze", frozen_by_nobody, {"freeze", "signed-files"}),
    ("log", second_freeze, {"log-order", "freeze"}),
    ("log", rolls_after_outcomes, {"log-order"}),
    ("log", broken_chain, {"log-entries"}),
    ("log", uncertified_device, {"counts", "heads"}),
    ("package", self_made_certificate, {"certificates", "signed-files"}),
    ("log", root_not_first, {"root-key", "certificates"}),
    ("package", unknown_statement, {"signed-files"}),
    ("log", other_package, {"publish"}),
    ("package", other_k, {"package"}),
    ("package", another_reserve, {"package"}),
    ("package", days_added_to_the_month, {"package", "classes-policy"}),
    ("close", report_that_runs_a_script_on_load, {"report"}),
    ("close", report_with_a_picture_from_elsewhere, {"report"}),
    ("close", unsorted_table, {"tables"}),
    ("close", report_that_calls_home, {"report"}),
    ("close", report_with_a_style_from_elsewhere, {"report"}),
    ("people", tag_on_two_rolls, {"tags-unique", "redeemed-once"}),
    ("package", other_origin, {"log-checkpoint"}),
]


@pytest.mark.parametrize(("stage", "change", "names"), CHANGES, ids=[change.__name__ for _, change, _ in CHANGES])
def test_a_change_by_the_operator_fails_its_check(
    stage: str, change: Change, names: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = failed(Build(hooks={stage: change}), tmp_path, capsys)
    assert names <= found
    assert not found & {"files"}
