"""Waybills of a committed cycle as a page to print."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from evenhand.actions.cycles import find
from evenhand.actions.writing import write_text
from evenhand.core.errors import UsageError
from evenhand.render.waybills import Line, Matrix, Waybill, waybills_page
from evenhand.store import Store


def qr(text: str) -> Matrix:
    """The modules of a QR, True for dark. UsageError where zxing-cpp is not installed."""
    try:
        import zxingcpp
    except ImportError as error:
        raise UsageError("zxing-cpp, which draws the QR, is not installed", "pip install 'evenhand[paper]'") from error
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=1, add_quiet_zones=False)
    rows, columns = drawn.shape
    view = memoryview(drawn)
    return [[view[y, x] == 0 for x in range(columns)] for y in range(rows)]


def print_waybills(store: Store, cycle: str, out: Path) -> int:
    """Write the waybills of `cycle` to the page `out`; how many there are. UsageError where none are committed."""
    policy = find(store, cycle).policy()
    rows = store.rows(
        "select w.waybill, w.lane, w.source, s.name, w.target, t.name, w.benefit, w.steps from waybill w"
        " left join node s on s.node = w.source left join node t on t.node = w.target"
        " where w.programme = %s and w.cycle = %s order by w.waybill, w.benefit",
        (store.programme.id, cycle),
    )
    if not rows:
        raise UsageError(f"{cycle} has no waybills yet", f"commit it first: evenhand cycle commit {cycle} --as NAME")
    found = []
    for (waybill, lane, source, source_name, target, target_name), group in groupby(rows, key=lambda row: row[:6]):
        lines = tuple(Line(policy.benefits[row[6]], row[7]) for row in group)
        found.append(Waybill(waybill, lane, _named(source, source_name), _named(target, target_name), lines))
    write_text(out, waybills_page(store.programme.id, cycle, found, qr))
    return len(found)


def _named(node: str, name: str | None) -> str:
    return f"{name} ({node})" if name and name != node else node
