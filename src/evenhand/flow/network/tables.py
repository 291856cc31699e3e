"""What the files of the network hold."""

from __future__ import annotations

from evenhand.core.schema import Column, Table

ID_LENGTH_MAX = 64
NAME_LENGTH_MAX = 200
DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,15})?"


def identifier(name: str, doc: str, *, required: bool = True, references: tuple[str, str] | None = None) -> Column:
    """An id: text of 1 to 64 characters, chosen by the user."""
    return Column(name, "text", doc, required, maximum=ID_LENGTH_MAX, references=references)


def _name(doc: str, required: bool = True) -> Column:
    return Column("name", "text", doc, required, maximum=NAME_LENGTH_MAX)


_PLACE = (
    identifier("area", "P-code of the area it lies in", required=False, references=("area", "pcode")),
    Column("latitude", "text", "degrees north, such as 39.0194", required=False, pattern=DEGREES),
    Column("longitude", "text", "degrees east, such as 125.7381", required=False, pattern=DEGREES),
)

AREAS = Table(
    "areas",
    (
        identifier("pcode", "P-code (COD-AB)"),
        _name("name of the area"),
        identifier("parent", "P-code of the area it is part of", required=False, references=("area", "pcode")),
        Column("level", "int", "0 for the country, 1 for a province, 2 for a county …", minimum=0, maximum=9),
    ),
    ("pcode",),
    "Administrative areas.",
)

POINTS = Table(
    "points",
    (
        identifier("point", "id of the distribution point"),
        _name("name people know it by"),
        identifier("area", "P-code of the area it lies in", references=("area", "pcode")),
        *_PLACE[1:],
    ),
    ("point",),
    "Distribution points.",
)

DEPOTS = Table(
    "depots",
    (
        identifier("node", "id of the entry point or depot"),
        _name("name people know it by"),
        Column("kind", "text", "entry (where stock comes in) or depot", choices=("entry", "depot")),
        *_PLACE,
    ),
    ("node",),
    "Entry points and depots.",
)

LANES = Table(
    "lanes",
    (
        identifier("lane", "id of the lane"),
        identifier("from", "entry or depot it leaves", references=("node", "node")),
        identifier("to", "depot or point it reaches", references=("node", "node")),
        identifier("commodity", "benefit it carries; empty: any", required=False),
        Column("capacity", "quantity", "most it carries a cycle, such as 40 t; empty: no limit", required=False),
        Column("cost", "int", "cost of a base unit of anything, in any one currency", minimum=0, maximum=10**9),
        Column("open", "bool", "yes (the default) or no", required=False),
    ),
    ("lane",),
    "Lanes between nodes.",
)

STOCK = Table(
    "stock",
    (
        identifier("node", "where it lies", references=("node", "node")),
        identifier("commodity", "benefit of the policy"),
        identifier("lot", "batch number"),
        Column("quantity", "quantity", 'such as "40 t"; a bare number counts base units'),
        Column("best_before", "date", "day such as 2009-01-31", required=False, minimum=19000101, maximum=29991231),
        identifier("source", "who it came from"),
        Column(
            "pack", "quantity", 'what a bag or crate of the lot holds, such as "50 kg"; empty: loose', required=False
        ),
    ),
    ("node", "commodity", "lot"),
    "Stock that came in, by lot.",
)
