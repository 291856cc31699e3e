"""What a reviewer reads: the complaint, how it stands, and beside it what the household's own records say."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq

from evenhand.actions.cases import Found
from evenhand.actions.cycles import find, place
from evenhand.actions.open_name import open_name
from evenhand.actions.recuts import file_name
from evenhand.flow.grievance import KINDS
from evenhand.flow.policy import Policy
from evenhand.flow.policy.model import TableRule
from evenhand.flow.redemption import read
from evenhand.flow.redemption.outcome import STATUS_NAMES
from evenhand.store import Store


def case_page(found: Found) -> dict[str, Any]:
    """The case as data, without who complained."""
    case = found.case
    return {
        "reference": found.reference, "kind": case.intake.kind, "title": KINDS[case.intake.kind].title,
        "point": case.intake.point, "area": case.intake.area, "channel": case.intake.channel,
        "anonymous": case.intake.anonymous, "received": case.intake.at, "words": found.words,
        "stage": case.stage, "office": case.office, "since": case.since, "due": case.due, "overdue": case.overdue,
        "outcome": case.outcome, "keeps_served": case.keeps_served(),
        "events": [
            {"number": e.number, "act": e.act, "at": e.at, "person": e.person, "words": e.words, "outcome": e.outcome,
             "office": e.office, "remedy": e.remedy and vars(e.remedy)}
            for e in found.events
        ],
    }  # fmt: skip


def beside(store: Store, found: Found, person: str) -> dict[str, Any]:
    """What the household's records say in the two newest committed cycles: {"household", "cycles": [{"cycle", "point",
    "recut", "benefits", "receipts", "outcome"}]}, no cycles where no registered household is named. This opens the name,
    which is written down."""
    household = open_name(store, found.reference, person, "to read the household's records").get("household", "")
    if not household:
        return {"household": "", "cycles": []}
    cycles = [records for cycle in _cycles(store) if (records := _records(store, cycle, household)) is not None]
    return {"household": household, "cycles": cycles}


def _cycles(store: Store) -> list[str]:
    rows = store.rows(
        "select cycle from cycle_event where programme = %s and state = 'committed' order by id desc limit 2",
        (store.programme.id,),
    )
    return [row[0] for row in reversed(rows)]


def _records(store: Store, cycle: str, household: str) -> dict[str, Any] | None:
    private, mine = place(store, cycle) / "private", [("household", "=", household)]
    rows = pq.read_table(private / "rows.parquet", filters=mine).to_pylist()
    if not rows:
        return None
    cut = private / "recut" / f"{file_name(rows[0]['point'])}.parquet"
    if cut.exists():
        rows = pq.read_table(cut, filters=mine).to_pylist()
    policy, point, tag = find(store, cycle).policy(), rows[0]["point"], rows[0]["tag"]
    levels = pq.read_table(
        place(store, cycle) / "public" / "tables" / "levels.parquet", filters=[("point", "=", point)]
    ).to_pylist()
    named = (store.programme.id, cycle, tag)
    ended = store.rows("select status from outcome where programme = %s and cycle = %s and tag = %s", named)
    receipts = store.rows(
        "select raw from receipt where programme = %s and cycle = %s and tag = %s order by arrived", named
    )
    return {
        "cycle": cycle, "point": point, "recut": cut.exists(),
        "benefits": [_benefit(policy, row, levels) for row in rows],
        "receipts": [_receipt(bytes(row[0])) for row in receipts],
        "outcome": STATUS_NAMES[ended[0][0]] if ended else "",
    }  # fmt: skip


def _benefit(policy: Policy, row: dict[str, Any], levels: list[dict[str, Any]]) -> dict[str, Any]:
    benefit = policy.benefits[row["benefit"]]
    level = next((found for found in levels if found["commodity"] == benefit.id), None)
    return {
        "benefit": benefit.id, "title": benefit.title, "unit": benefit.unit, "step_base": benefit.step_base,
        "due_base": sum(row["ladder"]), "ladder_base": row["ladder"],
        "level_planned": level and {name: level[name] for name in ("rungs", "num", "den")},
        "ration_base": row["ration_steps"] * benefit.step_base,
        "offered_again_base": row["offered_steps"] * benefit.step_base,
        "rows": [{"row": name, "because": because(policy, name)} for name in row["reasons"]],
    }  # fmt: skip


def because(policy: Policy, name: str) -> str:
    """The words of a policy's row, such as grain_due.head."""
    table, _, row = name.rpartition(".")
    rule = policy.rules.get(table)
    if not isinstance(rule, TableRule):
        return ""
    return next((r.because for r in (*rule.rows, rule.otherwise) if r is not None and r.id == row), "")


def _receipt(raw: bytes) -> dict[str, Any]:
    receipt = read(raw)
    proof = receipt.proof if isinstance(receipt.proof, str) else "coupon"
    return {"proof": proof, "steps": dict(receipt.items), "device": receipt.device, "number": receipt.sequence}
