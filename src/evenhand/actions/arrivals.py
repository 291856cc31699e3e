"""Arrive: goods from outside that somebody writes down at a depot, a lot at a time. The same lot there twice is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from evenhand.actions.import_network import enter_stock, known_lots
from evenhand.core import validation
from evenhand.core.benefit import Benefit
from evenhand.core.errors import InputError, Problem
from evenhand.flow import network
from evenhand.store import Store

FIELDS = ("node", "commodity", "lot", "quantity", "pack", "best_before", "source")
NAME_LENGTH = 64


def arrive(store: Store, row: Mapping[str, str], benefits: Mapping[str, Benefit]) -> None:
    """Enter goods that came to a node: the fields of a row of a stock file, as people write them.

    InputError naming each field that is wrong: an unknown node or good, no lot or source, a day that is none, a lot that
    came there before or is known otherwise.
    """
    said = {name: (row.get(name) or "").strip() for name in FIELDS}
    with store.transaction(lock="import"):
        problems = []
        for name in ("lot", "source"):
            if not 0 < len(said[name]) <= NAME_LENGTH or not said[name].isprintable():
                message = f"1 to {NAME_LENGTH} plain letters"
                problems.append(Problem("", 0, name, said[name][:40], message, "as it stands on the delivery note"))
        if not store.rows("select 1 from node where node = %s and kind <> 'point'", (said["node"],)):
            problems.append(Problem("", 0, "node", said["node"][:40], "no such depot", "choose one of the list"))
        if said["best_before"] and not _is_day(said["best_before"]):
            message = "not a day"
            problems.append(Problem("", 0, "best_before", said["best_before"][:40], message, "write it as 2009-01-31"))
            said["best_before"] = ""
        lots, received = known_lots(store)
        cells = {**said, "row": 1, "best_before": said["best_before"] or None, "pack": said["pack"] or None}
        found, new, faults = network.check_stock([cells], lots, benefits, received)
        problems += [validation.problem("", *fault) for fault in faults]
        if not found and not faults:
            problems.append(Problem("", 0, "quantity", said["quantity"][:40], "nothing came", "write how much came"))
        if problems:
            raise InputError(problems)
        # By what it is and where it lies: sent twice, the database has it once.
        refs = [f"arrival:{one.node}:{one.benefit}:{one.lot}" for one in found]
        enter_stock(store, found, new, lots, refs)


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)) and 1900 <= date.fromisoformat(text).year <= 2999
    except ValueError:
        return False
