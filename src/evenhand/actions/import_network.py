"""Import areas, points, depots, lanes and stock: small files, whose rows are also checked against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from evenhand.actions.import_work import Imported, Work, add, checked_rows, refuse_all
from evenhand.core.schema import Table
from evenhand.flow import network
from evenhand.store import Store

NODE = ("node", "name", "kind", "area", "latitude_microdegrees", "longitude_microdegrees")
LANE = ("lane", "source", "target", "commodity", "capacity_base", "cost", "open")


def areas(work: Work) -> Imported:
    """Areas; a parent may stand in the same file."""
    rows, wrong = checked_rows(work, network.AREAS, {"area": "SELECT pcode FROM area"}, own=("area", "pcode"))
    registered = {row[0]: row for row in work.store.rows("SELECT pcode, name, parent, level FROM area")}
    found = network.check_areas(rows, registered)
    refuse_all(work, wrong, found.faults)
    return add(work, "areas", "area", ("pcode", "name", "parent", "level"), len(rows), found)


def points(work: Work) -> Imported:
    """Distribution points."""
    return _nodes(work, network.POINTS, "point")


def depots(work: Work) -> Imported:
    """Entry points and depots."""
    return _nodes(work, network.DEPOTS, "node")


def _nodes(work: Work, table: Table, key: str) -> Imported:
    rows, wrong = checked_rows(work, table, {"area": "SELECT pcode FROM area"})
    registered = {row[0]: row for row in work.store.rows(f"SELECT {', '.join(NODE)} FROM node")}
    found = network.check_nodes(rows, registered, key)
    refuse_all(work, wrong, found.faults)
    return add(work, table.name, "node", NODE, len(rows), found)


def lanes(work: Work) -> Imported:
    """Lanes; one that is registered otherwise gets a new version."""
    rows, wrong = checked_rows(work, network.LANES, {"node": "SELECT node FROM node"})
    newest = work.store.rows(f"SELECT DISTINCT ON (lane) {', '.join(LANE)} FROM lane_version ORDER BY lane, id DESC")
    kinds = dict(work.store.rows("SELECT node, kind FROM node"))
    found = network.check_lanes(rows, {row[0]: row for row in newest}, kinds, work.benefits)
    refuse_all(work, wrong, found.faults)
    return add(work, "lanes", "lane_version", LANE, len(rows), found)


def stock(work: Work) -> Imported:
    """Lots, and a movement of kind `receipt` from its source to its node for each row."""
    rows, wrong = checked_rows(work, network.STOCK, {"node": "SELECT node FROM node"})
    lots, received = known_lots(work.store)
    found, new, faults = network.check_stock(rows, lots, work.benefits, received)
    refuse_all(work, wrong, faults)
    ref = f"stock:{work.source.sha256.hex()}"
    enter_stock(work.store, found, new, lots, [f"{ref}:{row.row}" for row in found])
    return Imported("stock", len(rows), len(found), 0)


def known_lots(store: Store) -> tuple[dict[tuple[str, str], network.Matter], set[tuple[str, str, str]]]:
    """(lot, benefit) -> what is known of it; and every (node, benefit, lot) that was received before."""
    lots = {
        (lot, benefit): (day, source, pack)
        for lot, benefit, day, source, pack in store.rows(
            "SELECT lot, benefit, best_before, source, pack_base FROM lot"
        )
    }
    received = {
        (target.removeprefix("node:"), benefit, lot)
        for target, benefit, lot in store.rows("SELECT target, benefit, lot FROM movement WHERE kind = 'receipt'")
    }
    return lots, received


def enter_stock(
    store: Store,
    found: Sequence[network.StockRow],
    new: network.Lots,
    lots: Mapping[tuple[str, str], network.Matter],
    refs: Sequence[str],
) -> None:
    """Within a transaction: the lots that are new, and a movement of kind `receipt` for each row."""
    store.copy_in(
        "lot",
        pa.table({
            "lot": pa.array([lot for lot, _ in new], pa.string()),
            "benefit": pa.array([benefit for _, benefit in new], pa.string()),
            "best_before": pa.array([day for day, _, _ in new.values()], pa.date32()),
            "source": pa.array([source for _, source, _ in new.values()], pa.string()),
            "pack_base": pa.array([pack for _, _, pack in new.values()], pa.int64()),
        }),
    )  # fmt: skip
    sources = {key: source for key, (_, source, _) in {**lots, **new}.items()}
    store.copy_in(
        "movement",
        pa.table({
            "programme": pa.array([store.programme.id] * len(found), pa.string()),
            "cycle": pa.nulls(len(found), pa.string()),
            "kind": pa.array(["receipt"] * len(found), pa.string()),
            "source": pa.array([f"source:{sources[row.lot, row.benefit]}" for row in found], pa.string()),
            "target": pa.array([f"node:{row.node}" for row in found], pa.string()),
            "benefit": pa.array([row.benefit for row in found], pa.string()),
            "lot": pa.array([row.lot for row in found], pa.string()),
            "quantity": pa.array([row.quantity for row in found], pa.int64()),
            "ref": pa.array(refs, pa.string()),
        }),
    )  # fmt: skip
