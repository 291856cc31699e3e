"""The tables of this stage: what it reads and what it yields."""

from __future__ import annotations

from evenhand.core.schema import Column, Table

HOUSEHOLD = Table("household", (
    Column("household", "text", "its key"),
    Column("point", "text", "its distribution point", required=False),
), ("household",), "households; the policy's inputs of households are further columns")  # fmt: skip

MEMBER = Table("member", (
    Column("household", "text", "whose member", references=("household", "household")),
    Column("member", "text", "key inside the household"),
    Column("birth_date", "date", "", required=False),
    Column("sex", "text", "", required=False, choices=("f", "m")),
    Column("occupation", "text", "", required=False),
), ("household", "member"), "members; the policy's inputs of members are further columns")  # fmt: skip

POINT = Table("point", (
    Column("point", "text", "key"),
    Column("area", "text", "its area in public tables"),
), ("point",), "distribution points")  # fmt: skip

ENTITLEMENT = Table("entitlement", (
    Column("household", "text", "whose"),
    Column("point", "text", "where it is had"),
    Column("benefit", "text", "of what"),
    Column("amount", "quantity", "what is due, base units (of 1/parts)", minimum=0),
    Column("floor", "quantity", "the part protected first, 0 where none is", minimum=0),
    Column("tier", "int", "1 comes first", minimum=1),
    Column("reasons", "text", "the rows that decided, list of TABLE.ROW"),
), ("household", "benefit"), "what is due, a row a household and benefit that could be decided, 0 too")  # fmt: skip

CLASSES = Table("classes", (
    Column("area", "text", ""),
    Column("benefit", "text", ""),
    Column("row", "text", "TABLE.ROW, or `entitlement` where the formula cannot be taken apart"),
    Column("households", "int", "households the row fits; empty for a table of members", required=False),
    Column("members", "int", "members the row fits, or of those households", required=False),
    Column("amount", "quantity", "what the row gives them all, base units"),
), ("area", "benefit", "row"), "what every row of the policy gives in every area")  # fmt: skip

UNDECIDED = Table("undecided", (
    Column("household", "text", ""),
    Column("input", "text", "for want of which something could not be decided"),
), ("household", "input"), "households that cannot be decided yet")  # fmt: skip

REASONS = Table("reasons", (
    Column("household", "text", ""),
    Column("entitlement", "text", ""),
    Column("reasons", "text", "list of TABLE.ROW"),
), ("household", "entitlement"), "why, in the order of the households file")  # fmt: skip

PRICES = Table("prices", (
    Column("household", "text", ""),
    Column("entitlement", "text", ""),
    Column("served", "text", "where it is had", choices=("anywhere", "home state", "home point")),
    Column("per", "text", "the unit the prices are for"),
    Column("price", "quantity", "hundredths of the currency for one of that unit, at home", required=False),
    Column("away", "quantity", "the same elsewhere; empty where it is had at the home point only", required=False),
), ("household", "entitlement"), "what a household pays, in the order of the households file")  # fmt: skip

FAULTS = Table("faults", (
    Column("row", "int", "data row from 1"),
    Column("field", "text", ""),
    Column("value", "text", "what stands there"),
    Column("fault", "text", "", choices=("unreadable", "blank", "twice", "unknown household")),
), ("row", "field"), "cells that cannot be used (the first 100)", order=("row", "field", "fault"))  # fmt: skip
