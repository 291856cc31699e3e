"""`policy run` grants every kind of benefit, also one whose amount is a plain number."""

from datetime import date
from pathlib import Path

from evenhand.actions.policy import run_policy
from evenhand.engines.duckdb import DuckDB
from evenhand.flow.policy import load

KINDS = {"good": "kg", "points": "coupon", "voucher": "INR", "service": "piece", "allowance": "kWh", "home": "piece"}


def test_every_kind_of_benefit_is_run(tmp_path: Path) -> None:
    text = '[policy]\nid = "kinds"\nperiod = "month"\n'
    for kind, unit in KINDS.items():
        text += f'[benefit.{kind}]\nkind = "{kind}"\nunit = "{unit}"\n'
        text += (
            f'[param.{kind}_each]\nunit = "{unit}/person"\nsource = "x"\nvalues = [{{from = 2024-01-01, value = 3}}]\n'
        )
        text += f'[[entitlement]]\nbenefit = "{kind}"\namount = "2"\n'
        text += f'[[entitlement]]\nname = "{kind}_more"\nbenefit = "{kind}"\namount = "{kind}_each * size"\n'
    (tmp_path / "h.csv").write_text("household,size\nAlder,2\nBirch,\n")
    run_policy(DuckDB(), load(text, "kinds.toml"), date(2024, 1, 1), tmp_path / "h.csv", None, tmp_path / "due.csv")
    head, alder, birch = (tmp_path / "due.csv").read_text().splitlines()
    assert head.split(",")[1:4] == ['"good"', '"good_more"', '"points"']
    assert alder == '"Alder",2000,6000,2,6,200,600,2,6,2000,6000,2,6,""'
    assert birch == '"Birch",2000,,2,,200,,2,,2000,,2,,"size"'
