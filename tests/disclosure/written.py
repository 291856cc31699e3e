"""A disclosure folder with what claims read: package, policy, tables, rolls and outcomes. Not a whole disclosure."""

from __future__ import annotations

from pathlib import Path

from evenhand.flow.disclosure import layout
from evenhand.flow.disclosure.month import Month, Outcomes
from evenhand.flow.disclosure.package import canonical_json
from evenhand.formats import parquet, roll

POLICY = """
[policy]
id = "vale"
title = "The vale"
period = "month"

[benefit.grain]
kind = "good"
title = "Grain"
unit = "kg"
step = "500 g"
energy = {kcal = "350", per = "100 g", source = "a food table"}

[benefit.shoes]
kind = "good"
title = "Shoes"
unit = "pair"
parts = 12
step = "1 pair"

[param.ration]
unit = "kg/person"
source = "the vale's own rule"
values = [{from = 2000-01-01, value = 15}]

[param.pair]
unit = "pair/person"
source = "the vale's own rule"
values = [{from = 2000-01-01, value = "1/12"}]

[[entitlement]]
benefit = "grain"
amount = "ration * size"
floor = {share = "3/5", round = "ceiling"}

[[entitlement]]
benefit = "shoes"
amount = "pair * size"
"""


def tag(number: int) -> bytes:
    """A tag for tests."""
    return number.to_bytes(16, "big")


def write(folder: Path, month: Month, outcomes: dict[str, Outcomes] | None = None) -> Path:
    """Write what `read_month` reads below `folder`/PERIOD; returns that folder."""
    base = folder / month.period.id
    for name in ("policy", "tables", "rolls", "redeemed"):
        (base / name).mkdir(parents=True)
    (base / "policy" / "policy.toml").write_text(POLICY, "utf-8")
    (base / layout.DATAPACKAGE).write_bytes(canonical_json({"evenhand": dict(month.meta)}))
    for name, table in month.tables.items():
        parquet.write(table, base / layout.table_path(name))
    cycle = str(month.meta["cycle"])
    for point, counts in (outcomes or {}).items():
        kinds = [1] * counts.redeemed + [2] * counts.exception + [3] * counts.contested
        kinds += [4] * counts.uncollected + [5] * counts.refused
        ended = [roll.outcome_row(tag(at), kind) for at, kind in enumerate(kinds)]
        sealed = [tag(at) + bytes(100) for at in range(len(kinds))]
        for name, rows in ((layout.REDEEMED, ended), (layout.ROLLS, sealed)):
            packed = roll.pack(str(month.meta["programme"]), cycle, point, rows)
            (base / layout.point_file(name, point)).write_bytes(packed.encode())
    return base
