"""The counter app in a browser slowed six times: download, cold start offline, camera to entitlement, a large roll.

    python -m benchmarks counter_app

Needs Chromium and the built app (counter/build.py). Prints seconds; nothing here is a test.
"""

from __future__ import annotations

import gzip
import random
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from browser.counter_village import Village, coupon, film, village  # noqa: E402

from evenhand.formats import cbor, code  # noqa: E402
from evenhand.formats.tag import tag_of  # noqa: E402
from evenhand.web.counter_files import BUILT  # noqa: E402

ROWS, SLOWER, TIMES = 5_000, 6, 5
PUT = """(hex) => new Promise((done) => {
  const asked = indexedDB.open("evenhand-counter");
  asked.onsuccess = () => {
    const work = asked.result.transaction("rolls", "readwrite");
    const raw = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
    work.objectStore("rolls").put({ cycle: "2008-03/1", point: "Alder", raw, at: 0 });
    work.oncomplete = () => { asked.result.close(); done(); };
  };
})"""


def large_roll(programme: str) -> bytes:
    """A roll of 5,000 households of one to seven, two benefits; one of them has the coupon before the camera."""
    chance = random.Random(1)
    rows: list[Any] = []
    for number in range(ROWS):
        tag = chance.randbytes(16) if number else tag_of(code.decode(coupon("A6")))
        size = chance.randint(1, 7)
        ladders = [[size * 6000, size * 4000], [0, size * 250]]
        carry = [chance.randint(0, 999_999), chance.randint(0, 999_999)]
        facts = {"card": chance.randbytes(5)}
        proxies = [f"Proxy {number}"] if number % 10 == 0 else []
        name = f"Family {number} Song-hui"
        rows.append([tag, code.card_number(number), name, size, [size * 16, size * 3], carry, ladders, proxies, facts])
    planned = {"rungs": 1, "num": "1", "den": "2"}
    benefits: list[Any] = [
        {"id": "grain", "step_base": 500, "units": 400_000, "reserve": 24, **planned},
        {"id": "oil", "step_base": 100, "units": 70_000, "reserve": 4, **planned},
    ]
    return cbor.dumps({
        "version": 1, "programme": programme, "cycle": "2008-03/1", "point": "Alder", "seed": bytes(32),
        "benefits": benefits, "rows": sorted(rows),
    })  # fmt: skip


def sizes() -> None:
    """What a phone downloads."""
    files = {p: len(gzip.compress(p.read_bytes(), 9)) for p in BUILT.rglob("*") if p.is_file() and p.name != ".built"}
    wasm = sum(size for path, size in files.items() if path.suffix == ".wasm")
    later = {path.name: size for path, size in files.items() if path.name.startswith("later-")}
    first = sum(files.values()) - wasm - sum(later.values())
    language = max(size for name, size in later.items() if re.match(r"later-(en|fr|ar|hi)-(?!more)", name))
    print(
        f"download before the first household, gzip: {(first + language) / 1000:.1f} KB (goal 60), with the reader"
        f" {(first + language + wasm) / 1000:.1f} KB (goal 520); all of it {sum(files.values()) / 1000:.1f} KB"
    )


def day(page: Any, place: Village) -> None:
    """Enrol, take the large roll, lose the network."""
    page.goto(f"{place.address}/counter/#enrol={place.invitation}")
    page.get_by_text("Waiting for the officer").wait_for()
    place.certify()
    page.locator(".stock").wait_for(timeout=30_000)
    page.evaluate("navigator.serviceWorker.ready")
    page.get_by_role("button", name="Count in what came").click()
    page.locator("[data-field='grain.loose']").fill("108")
    page.locator("[data-field='oil.loose']").fill("3.4")
    for name in ("Go on", "Sign and start"):
        page.get_by_role("button", name=name).click()
    raw = large_roll(place.store.programme.id)
    print(f"roll of {ROWS} households: {len(raw) / 1000:.0f} KB, gzip {len(gzip.compress(raw, 9)) / 1000:.0f} KB")
    page.context.set_offline(True)
    page.evaluate(PUT, raw.hex())


def main() -> None:
    """Run it."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or not (BUILT / "index.html").exists():
        print("left out: no Chromium here, or the app is not built (counter/build.py)")
        return
    sizes()
    with tempfile.TemporaryDirectory() as name, village() as place, sync_playwright() as play:
        seen = film(Path(name) / "coupon.y4m", coupon("A6"))
        camera = [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={seen}",
        ]
        context = play.chromium.launch_persistent_context(
            Path(name) / "profile", executable_path=chromium, args=["--no-sandbox", *camera], locale="en-GB",
            viewport={"width": 360, "height": 640},
        )  # fmt: skip
        page = context.pages[0]
        day(page, place)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        starts, scans, rolls = [], [], []
        for _ in range(TIMES):
            began = time.perf_counter()
            page.reload(wait_until="commit")
            page.locator(".facts").wait_for()
            starts.append(time.perf_counter() - began)
            rolls.append(page.evaluate("performance.getEntriesByName('roll')[0].duration"))
            page.wait_for_timeout(2_500)
            began = time.perf_counter()
            page.get_by_role("button", name="Start", exact=True).click()
            page.locator("[data-benefit]").first.wait_for(timeout=30_000)
            scans.append(time.perf_counter() - began)
        context.close()
    print(f"cold start offline with that roll, {SLOWER}x slower: median {sorted(starts)[TIMES // 2]:.2f} s (goal 3)")
    print(f"of it the roll, read and indexed: median {sorted(rolls)[TIMES // 2] / 1000:.2f} s (goal 0.5)")
    print(f"camera start to entitlement, {SLOWER}x slower: median {sorted(scans)[TIMES // 2]:.2f} s (goal 1.5)")


if __name__ == "__main__":
    main()
