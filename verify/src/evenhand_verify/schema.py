"""The tables of a disclosure, written down again on purpose: a slip in the program's own list is seen here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Schema:
    """A table's columns as (name, type), the columns of its key, and whether `compute` makes it (so it is approved)."""

    computed: bool
    key: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]


def _schema(computed: bool, key: str, columns: str) -> Schema:
    pairs = tuple((name, kind) for name, _, kind in (word.partition(":") for word in columns.split()))
    return Schema(computed, tuple(key.split()), pairs)


SCHEMAS: dict[str, Schema] = {
    "nodes": _schema(True, "node", "node:text kind:text"),
    "places": _schema(
        True,
        "node",
        "node:text name:text area:text area_name:text province:text province_name:text "
        "latitude_microdegrees:int? longitude_microdegrees:int?",
    ),
    "supply": _schema(True, "node commodity", "node:text commodity:text quantity:int"),
    "lanes": _schema(True, "lane", "lane:text from:text to:text commodity:text? capacity:int? cost:int"),
    "demand": _schema(True, "point commodity rung", "point:text commodity:text rung:int quantity:int"),
    "levels": _schema(
        True,
        "point commodity",
        "point:text commodity:text rungs:int num:text den:text quantity_num:text quantity_den:text",
    ),
    "flows": _schema(True, "lane commodity", "lane:text commodity:text quantity_num:text quantity_den:text"),
    "blocks": _schema(True, "block", "block:int rungs:int num:text den:text"),
    "certificate": _schema(True, "node commodity", "node:text commodity:text block:int"),
    "division": _schema(
        True,
        "benefit rule",
        "benefit:text rule:text points:int in_full:int under_floor:int members_under:int worst_tenth_num:text "
        "worst_tenth_den:text",
    ),
    "classes": _schema(
        True, "area benefit row", "area:text benefit:text row:text households:int? members:int? amount:int"
    ),
    "ladders": _schema(True, "point benefit rung", "point:text benefit:text rung:int households:int amount:int"),
    "carried": _schema(True, "lane commodity", "lane:text commodity:text quantity:int"),
    "owed": _schema(
        True,
        "point benefit kind since",
        "point:text benefit:text kind:text since:text households:int amount:int lapsed:int rung:int? waiting:int "
        "offered:int",
    ),
    "moved": _schema(
        True,
        "point benefit kind since",
        "point:text benefit:text kind:text since:text came:int went:int written_off:int",
    ),
    "totals": _schema(
        True,
        "point benefit",
        "point:text benefit:text households:int members:int opening:int carry_micro:int carried:int units:int "
        "rations:int reserve:int",
    ),
    "waybills": _schema(True, "waybill commodity", "waybill:text lane:text commodity:text quantity:int"),
    "recut": _schema(
        False,
        "point benefit",
        "point:text benefit:text counted:int reserve:int carry_micro:int rungs:int num:text den:text units:int",
    ),
    "left": _schema(
        False, "point benefit kind since", "point:text benefit:text kind:text since:text amount:int lapsed:int"
    ),
    "supplements": _schema(False, "point benefit", "point:text benefit:text households:int? rations:int?"),
    "held": _schema(False, "area reason", "area:text reason:text placed:int? lifted:int? ended:int?"),
    "grievances": _schema(
        False, "area kind", "area:text kind:text received:int? decided:int? in_time:int? upheld:int?"
    ),
    "movements": _schema(
        False, "kind from to benefit lot", "kind:text from:text to:text benefit:text lot:text quantity:int"
    ),
    "balances": _schema(
        False, "account benefit", "account:text benefit:text opening:int inflow:int outflow:int closing:int"
    ),
}

HANDLING = _schema(False, "node", "node:text capacity:int")
"""Optional input of `evenhand allocate`; a disclosure has none."""
BUNDLES = _schema(False, "commodity", "bundle:text commodity:text")
"""Optional input of `evenhand allocate`: commodities of which a point has one level over all."""
WITH_HANDLING = _schema(False, "node commodity", "node:text commodity:text? block:int")
"""The certificate where handling capacities stand in it: without a commodity."""

INPUT_TABLES = ("nodes", "supply", "lanes", "demand")
ANSWER_TABLES = ("levels", "flows", "blocks", "certificate")
