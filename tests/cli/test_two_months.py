"""Two months of the two villages through the commands alone, as a user types them; every number worked out by hand in
`actions/village.py` and here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from actions.program import Done, evenhand, verify
from actions.village import (
    ANA,
    APRIL,
    APRIL_STOCK,
    BORIS,
    COUNTS,
    EVENT,
    FILES,
    MARCH,
    POINT,
    POLICY,
    SIZES,
    THROW,
    Paper,
    handed_over,
    read_paper,
    write_files,
)
from folders import open_folder

APRIL_COUNTS = (
    "node,commodity,steps\nBarn,grain,314\nBarn,oil,49\nAlder,grain,216\nAlder,oil,34\nBirch,grain,216\nBirch,oil,34\n"
)


"""One worker: what the tests share is made once."""


@dataclass
class Clerk:
    """Somebody at a terminal in the folder of the village."""

    folder: Path

    def types(self, *arguments: object, word: str = ANA, code: int = 0) -> Done:
        done = evenhand(*arguments, EVENHAND_DATA=str(self.folder / "data"), EVENHAND_PASSPHRASE=word)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done

    def asks(self, *arguments: object, word: str = ANA) -> dict[str, object]:
        """The same with --json: one document on stdout and nothing else, nothing on stderr."""
        done = self.types(*arguments, "--json", word=word)
        assert done.stderr == ""
        document: dict[str, object] = done.json()
        return document

    def writes(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def runs_a_month(self, cycle: str, counts: str, handed: str) -> list[dict[str, object]]:
        """draft … publish; what each command says."""
        period = cycle.split("/")[0]
        files = (self.writes(f"counts-{period}.csv", counts), self.writes(f"handed-{period}.csv", handed))
        by_ana, by_boris = ("--as", "ana"), ("--as", "boris")
        return [
            self.asks("cycle", "draft", period, *by_ana),
            self.asks("cycle", "freeze", cycle, "--event", EVENT, *by_ana),
            self.asks("cycle", "compute", cycle, "--outcome", THROW, *by_ana),
            self.asks("cycle", "approve", cycle, *by_boris, word=BORIS),
            self.asks("cycle", "commit", cycle, *by_boris),
            self.asks("cycle", "open", cycle, *by_boris),
            self.asks("receive", files[0], "--cycle", cycle),
            self.asks("redeem", files[1], "--cycle", cycle),
            self.asks("cycle", "close", cycle, *by_boris),
            self.asks("cycle", "publish", cycle, "--out", self.folder / "public", *by_boris),
        ]

    @property
    def paper(self) -> Paper:
        return read_paper(self.folder / "paper")

    def table(self, period: str, name: str) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = pq.read_table(
            self.folder / "public" / period / "tables" / f"{name}.parquet"
        ).to_pylist()
        return rows


@pytest.fixture(scope="module")
def clerk() -> Iterator[Clerk]:
    """March and April, done."""
    with open_folder() as folder:
        found = Clerk(folder)
        root = str(found.asks("init", "--programme", "relief", "--origin", "relief.example")["root"])
        (folder / "root.vkey").write_text(root)
        found.types("enrol", "person", "ana", "--role", "preparer")
        found.types("enrol", "person", "boris", "--role", "approver", word=BORIS)
        policy = found.writes("policy.toml", POLICY)
        found.types("policy", "propose", policy, "--as", "ana")
        found.types("policy", "adopt", policy, "--as", "boris", word=BORIS)
        for kind, path in write_files(folder, FILES).items():
            assert found.asks("import", kind, path)["added"]
        for point in ("Alder", "Birch"):
            found.types("enrol", "device", f"phone-{point}", "--point", point)
        assert found.asks("card", "issue", "2008-03", "2008-04", "--out", folder / "paper")["cards"] == 8
        found.march = found.runs_a_month(MARCH, COUNTS, handed_over(found.paper))  # type: ignore[attr-defined]
        found.types("import", "stock", found.writes("april.csv", APRIL_STOCK))
        coupons = [f"{POINT[h]},,{found.paper.coupons[h, '2008-04']}," for h in SIZES]
        lines = ["point,card,coupon,exception", *coupons]
        found.april = found.runs_a_month(APRIL, APRIL_COUNTS, "\n".join(lines) + "\n")  # type: ignore[attr-defined]
        yield found


def test_each_command_tells_what_it_did(clerk: Clerk) -> None:
    draft, freeze, compute, approve, commit, opened, receive, redeem, close, publish = clerk.march  # type: ignore[attr-defined]
    assert draft == {"cycle": MARCH, "state": "draft"}
    assert (freeze["cycle"], freeze["state"]) == (MARCH, "frozen")
    names = {"policy", "households", "members", "nodes", "lanes", "stock", "carry", "owed", "moves"}
    assert set(freeze["snapshots"]) == names
    assert compute["fill"] == {"grain": [384 * 500, 480 * 500], "oil": [60 * 100, 60 * 100]}
    assert len(bytes.fromhex(approve["digest"])) == 32
    assert commit == {"cycle": MARCH, "state": "committed", "rolls": 2}
    assert opened == {"cycle": MARCH, "state": "open", "waybills": 3}
    assert receive["counted"] == ["Alder", "Barn", "Birch"]
    assert (receive["known"], receive["recut"]) == ([], ["Birch"])
    assert (redeem["new"], redeem["duplicates"], redeem["refused"], redeem["gaps"]) == (8, 0, [], [])
    ended = {"redeemed": 5, "exception": 1, "contested": 1, "uncollected": 1, "refused": 0}
    assert {name: close[name] for name in ended} == ended
    assert publish["folder"] == str(clerk.folder / "public" / "2008-03")


def test_the_checker_verifies_both_months_by_the_root_key_told_at_init(clerk: Clerk) -> None:
    march, april = clerk.folder / "public" / "2008-03", clerk.folder / "public" / "2008-04"
    root = clerk.folder / "root.vkey"
    for arguments in ((march,), (april,), (april, "--previous", march)):
        done = verify(*arguments, "--root", root)
        assert done.returncode == 0, done.stdout
        assert done.stdout.splitlines()[-1].startswith("verified:")
        assert "DEMO KEYS" not in done.stdout
    alone = verify(april)
    assert (alone.returncode, "NOT authenticated" in alone.stdout.splitlines()[-1]) == (0, True)


def test_march_is_divided_as_on_paper(clerk: Clerk) -> None:
    grain = {row["point"]: row for row in clerk.table("2008-03", "levels") if row["commodity"] == "grain"}
    for point in ("Alder", "Birch"):
        level = grain[point]
        assert (level["rungs"], level["num"], level["den"], level["quantity_num"]) == (1, "1", "2", "216")
    totals = {
        (r["point"], r["benefit"]): (r["units"], r["rations"], r["reserve"]) for r in clerk.table("2008-03", "totals")
    }
    assert totals == {
        ("Alder", "grain"): (216, 192, 24), ("Alder", "oil"): (34, 30, 4),
        ("Birch", "grain"): (216, 192, 24), ("Birch", "oil"): (34, 30, 4),
    }  # fmt: skip


def test_the_short_point_is_re_cut_to_the_same_share_for_all(clerk: Clerk) -> None:
    # 202 of 216 came: reserve floor(202 x 24 / 216) = 22; 180 = 144 + 96 x 3/8: fifteen steps a head instead of sixteen.
    assert clerk.table("2008-03", "recut") == [
        {"point": "Birch", "benefit": "grain", "counted": 202, "reserve": 22, "carry_micro": 0, "rungs": 1, "num": "3",
         "den": "8", "units": 180}
    ]  # fmt: skip
    for household, size in SIZES.items():
        opened = _opened(clerk, household, "2008-03", "grain")
        assert opened["ration_steps"] == 16 * size
        assert opened.get("recut_level") == (None if POINT[household] == "Alder" else "1 + 3/8")
        assert opened.get("recut_least", 15 * size) == opened.get("recut_most", 15 * size) == 15 * size


def test_every_gram_of_march_is_accounted_for(clerk: Clerk) -> None:
    closing = {(r["account"], r["benefit"]): r["closing"] for r in clerk.table("2008-03", "balances") if r["closing"]}
    oil_left = closing.pop(("node:Alder", "oil"))
    # Alder: A6 did not come (96); A1, A2, A3 took 16, 32, 48; the copied coupon of A3 took the whole reserve of 24.
    assert closing == {
        ("node:Alder", "grain"): 96 * 500, ("node:Birch", "grain"): 22 * 500,
        ("node:Birch", "oil"): 4 * 100, ("node:Mill", "oil"): 32 * 100,
    }  # fmt: skip
    # Oil: A1 (2.5) and A3 (7.5) are both due a half step and one of them got it: 15 in all with A2, and 4 of reserve.
    assert oil_left == (34 - 15 - 4) * 100
    moved = {
        (r["kind"], r["to"]): r["quantity"] for r in clerk.table("2008-03", "movements") if r["benefit"] == "grain"
    }
    assert moved["loss", "loss:Birch"] == 14 * 500
    assert moved["over-issue", "households:Alder"] == 24 * 500


def test_april_opens_as_march_closed_and_pays_what_rounding_owed(clerk: Clerk) -> None:
    march = {(r["account"], r["benefit"]): r["closing"] for r in clerk.table("2008-03", "balances")}
    april = {(r["account"], r["benefit"]): r["opening"] for r in clerk.table("2008-04", "balances")}
    assert {k: v for k, v in april.items() if v} == {k: v for k, v in march.items() if v}
    # 157 kg and what was left at the points are 432 steps again; 96 and 22 need not be brought.
    loads = {(r["lane"], r["commodity"]): r["quantity"] for r in clerk.table("2008-04", "waybills")}
    assert (loads["M", "grain"], loads["A", "grain"], loads["B", "grain"]) == (314, 120, 194)
    totals = {(r["point"], r["benefit"]): r for r in clerk.table("2008-04", "totals")}
    assert all(totals[p, "grain"]["rations"] == 192 and totals[p, "oil"]["rations"] == 30 for p in ("Alder", "Birch"))
    # Oil of two months: whoever lost the half step in March has it in April, so all are even.
    for pair in (("A1", "A3"), ("B1", "B5")):
        got = {h: [_opened(clerk, h, p, "oil")["ration_steps"] for p in ("2008-03", "2008-04")] for h in pair}
        for household in pair:
            assert sum(got[household]) == 5 * SIZES[household], got
            assert abs(got[household][0] - got[household][1]) == 1, got


def _opened(clerk: Clerk, household: str, period: str, benefit: str) -> dict[str, object]:
    """What the household's own code opens of its row."""
    done = verify("card", clerk.paper.slips[household], clerk.folder / "public" / period, "--json")
    assert done.returncode == 0, done.stdout
    found: dict[str, object] = done.json()["household"]["benefits"][benefit]
    return found


def test_show_tells_how_it_stands(clerk: Clerk) -> None:
    lines = clerk.types("cycle", "show").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [[MARCH, "published"], [APRIL, "published"]]
    one = clerk.types("cycle", "show", MARCH).stdout
    assert "approved   by boris" in one
    assert "2 rolls with 8 households" in one
    assert "8 receipts" in one
    found = clerk.asks("cycle", "show", APRIL)
    assert [row["cycle"] for row in found["cycles"]] == [APRIL]  # type: ignore[attr-defined]


def test_every_step_can_be_run_again_and_changes_nothing(clerk: Clerk) -> None:
    before = {p: p.read_bytes() for p in (clerk.folder / "public").rglob("*") if p.is_file()}
    march = clerk.march  # type: ignore[attr-defined]
    again = [
        clerk.asks("cycle", "freeze", MARCH, "--event", EVENT, "--as", "ana"),
        clerk.asks("cycle", "compute", MARCH, "--outcome", THROW, "--as", "ana"),
        clerk.asks("cycle", "approve", MARCH, "--as", "boris", word=BORIS),
        clerk.asks("cycle", "commit", MARCH, "--as", "boris"),
        clerk.asks("cycle", "open", MARCH, "--as", "boris"),
        clerk.asks("cycle", "close", MARCH, "--as", "boris"),
        clerk.asks("cycle", "publish", MARCH, "--out", clerk.folder / "public", "--as", "boris"),
    ]
    assert again == [march[i] for i in (1, 2, 3, 4, 5, 8, 9)]
    assert {p: p.read_bytes() for p in (clerk.folder / "public").rglob("*") if p.is_file()} == before


def test_claims_are_tested_on_what_was_published(clerk: Clerk) -> None:
    folders = [clerk.folder / "public" / period for period in ("2008-03", "2008-04")]
    found = clerk.asks("claims", *folders)
    assert len(found if isinstance(found, list) else found["claims"]) == 5  # type: ignore[arg-type]
