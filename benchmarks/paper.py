"""Cards on paper: QRs a second, end to end, beside the bare libraries, and every one of them read back at 203 dots an inch.

    python -m benchmarks.paper [HOUSEHOLDS] [MONTHS]

`bare` makes the same codes with zxing-cpp and sets them in Typst with nothing around them: what the libraries allow.
`sheets` is what `evenhand card issue --pdf` does once the secrets are drawn: coupons, cards and slips of every household.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from math import isqrt

import numpy as np
import zxingcpp
from PIL import Image

from evenhand.formats import code
from evenhand.render.codes import pixels
from evenhand.render.paper import pdf, pictures
from evenhand.render.sheets import KINDS, Holder, Kind, Run, parts, sheets, sheets_pdf, source

RUN = Run("relief", "a4")
BARE = """
#let dot = 1in / 203
#set page(width: 1678 * dot, height: 2373 * dot, margin: 0pt)
#for page in data.pages {
  for (i, one) in page.enumerate() {
    place(top + left, dx: calc.rem(i, 2) * 760 * dot, dy: calc.quo(i, 2) * 304 * dot, image(bytes(one.qr),
      format: (encoding: "luma8", width: one.side, height: one.side), width: 175 * dot, scaling: "pixelated"))
  }
  pagebreak(weak: true)
}
"""


def families(count: int, months: int) -> list[Holder]:
    """Made-up households with `months` coupons each."""
    periods = [f"2008-{month + 1:02}" for month in range(months)]
    return [
        Holder(
            code.card_number(n), f"Family {n}", "Alder, market hall", 1, "2008-01", os.urandom(16), os.urandom(16),
            tuple((period, os.urandom(16)) for period in periods),
        )
        for n in range(count)
    ]  # fmt: skip


def timed(name: str, codes: int, work: Callable[[], object]) -> object:
    """Run `work`; print codes a second by the clock and by the time of the processors."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    made = work()
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{name:<8} {codes:>7,} codes  {codes / wall:>7,.0f}/s by the clock  {codes / cpu:>7,.0f}/s of processor time"
    )
    return made


def bare(texts: list[str]) -> int:
    """The libraries alone."""
    drawn = [pixels(text) for text in texts]
    cells = [{"qr": list(one), "side": isqrt(len(one))} for one in drawn]
    return len(pdf(BARE, {"pages": [cells[at : at + 14] for at in range(0, len(cells), 14)]}))


def all_sheets(holders: list[Holder]) -> int:
    """Every kind, in files of some hundred pages, two at a time, as the command does it."""
    jobs = [(kind, some) for kind in KINDS for some in parts(kind, holders, RUN)]
    with ThreadPoolExecutor(2) as pool:
        return sum(len(made) for made in pool.map(lambda job: sheets_pdf(job[0], job[1], RUN), jobs))


def wanted(kind: Kind, holders: list[Holder]) -> Counter[str]:
    """What the codes of a kind hold."""
    texts = {
        "cards": lambda h: [f"CARD:{code.encode(h.id)}"],
        "slips": lambda h: [code.encode(h.secret)],
        "coupons": lambda h: [code.encode(r) for _, r in h.coupons],
    }[kind]
    return Counter(text.replace("-", "") for holder in holders for text in texts(holder))


def read_back(holders: list[Holder]) -> tuple[int, int]:
    """(codes read back, codes there are) from pages drawn in black and white at 203 dots an inch."""
    found, there = 0, 0
    for kind in KINDS:
        expected = wanted(kind, holders)
        there += expected.total()
        for page in pictures(source(), sheets(kind, holders, RUN)):
            grey = np.asarray(Image.open(BytesIO(page)).convert("L"))
            bits = np.where(grey < 128, 0, 255).astype(np.uint8)
            read = Counter(one.text for one in zxingcpp.read_barcodes(bits))
            found += (read & expected).total()
            expected -= read
    return found, there


def main() -> None:
    """Measure and print."""
    count, months = (int(argument) for argument in (sys.argv[1:] + ["400", "12"][len(sys.argv) - 1 :])[:2])
    holders = families(count, months)
    codes = count * (months + 2)
    sheets_pdf("cards", holders[:1], RUN)  # fonts are loaded once, whatever comes after
    texts = [code.encode(r).replace("-", "") for holder in holders for _, r in holder.coupons]
    timed("bare", len(texts), lambda: bare(texts))
    size = timed("sheets", codes, lambda: all_sheets(holders))
    print(f"         {size / codes / 1024:.1f} KB a code")
    found, there = read_back(holders)
    print(f"read back at 203 dots an inch, black and white: {found:,} of {there:,}")


if __name__ == "__main__":
    main()
