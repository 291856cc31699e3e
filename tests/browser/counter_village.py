"""A phone at Alder: a running server with an open cycle, an invitation, and coupons as a camera sees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zxingcpp
from actions.village import MARCH, ROOT, at, paper
from folders import clock, copy_data, open_folder
from web.served import serving

from evenhand.actions.counter_enrol import certify, find_claim, invite
from evenhand.actions.enrol import Place
from evenhand.actions.receive import receive
from evenhand.formats import cose
from evenhand.store import Store, open_store
from evenhand.wiring import read_clock

TOKEN = b"0123456789abcdef"
PHONE = "alder-1"
INSTEAD = Place(replaces="phone-Alder", reason="fell into the river")
"""The village has a device for Alder, whose key the server keeps; the phone takes its place."""
WIDTH, HEIGHT = 640, 480


@dataclass
class Village:
    """The server's address, its store, and the code of the invitation."""

    address: str
    store: Store
    invitation: str

    def certify(self) -> None:
        """What the officer does who has compared the digits."""
        found = find_claim(self.store, TOKEN)
        assert found is not None, "no phone has answered"
        certify(self.store, found, ROOT, INSTEAD)

    def digits(self) -> str:
        """The six digits the officer sees."""
        found = find_claim(self.store, TOKEN)
        assert found is not None
        return found.digits

    def notes(self) -> list[tuple[str, str]]:
        """Kind and text of the phone's notes."""
        arrays = [cose.parse(bytes(raw)).array() for (raw,) in self.store.rows("select raw from counter_note")]
        return [(str(note[7]), str(note[8])) for note in arrays if note[4] == PHONE]

    def raw(self) -> bytes:
        """The phone's receipts as a CBOR sequence."""
        rows = self.store.rows("select raw from receipt where device = %s order by sequence", (PHONE,))
        return b"".join(bytes(raw) for (raw,) in rows)

    def receipts(self) -> list[tuple[str, str | None]]:
        """What the server has of the phone: point and exception, in the order of its chain."""
        rows = self.store.rows("select point, exception from receipt where device = %s order by sequence", (PHONE,))
        return [(point, exception) for point, exception in rows]

    def recut(self) -> list[tuple[object, ...]]:
        """What the server says of Alder's re-cut."""
        return self.store.rows(
            "select benefit, counted, reserve, rungs, num, den, units from recut where point = 'Alder'"
        )


@contextmanager
def village() -> Iterator[Village]:
    """The two villages on the morning of an open cycle: the depot is counted in, the points are not. Served, and a phone
    is invited to Alder."""
    with open_folder() as folder:
        data = copy_data(at("open"), folder)
        with open_store(data, clock) as store, serving(data) as address:
            receive(store, MARCH, {"Barn": {"grain": 432, "oil": 68}})
            store.clock = read_clock  # type: ignore[method-assign]  # an invitation runs out by the server's own clock
            invitation = invite(store, PHONE, ["Alder"], TOKEN, INSTEAD)
            yield Village(address, store, invitation)


def coupon(household: str) -> str:
    """The code on a household's coupon for March."""
    return paper().coupons[household, "2008-03"]


def film(path: Path, *texts: str) -> Path:
    """A film of QRs, one after another, for Chromium's fake camera (YUV4MPEG2, a few frames each)."""
    frames = b"".join(b"FRAME\n" + _frame(text) for text in texts for _ in range(5 if len(texts) > 1 else 10))
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frames)
    return path


def _frame(text: str) -> bytes:
    drawn = np.array(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=1))
    drawn = drawn if drawn.ndim == 2 else drawn[:, :, 0]
    drawn = np.kron(drawn, np.ones([max(1, min(8, HEIGHT // drawn.shape[0]))] * 2, np.uint8))
    luma = np.full((HEIGHT, WIDTH), 200, np.uint8)
    top, left = (HEIGHT - drawn.shape[0]) // 2, (WIDTH - drawn.shape[1]) // 2
    luma[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    return luma.tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2)
