"""What may happen to a phone at Alder: the battery falls out while it writes, its clock is set back."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser.counter_village import Village, coupon, village
from browser.test_counter import BUILT, CHROMIUM, SIZE, Phone

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium and no google-chrome on this machine"),
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="the counter app is not built: counter/build.py"),
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc to find the browser it started"),
]
BACK = "const real = Date.now; Date.now = () => real() - 10 * 365 * 86400 * 1000;"


@pytest.fixture(scope="module")
def place() -> Iterator[Village]:
    with village() as found:
        yield found


@pytest.fixture(scope="module")
def profile(place: Village, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The storage of a phone that is enrolled and has counted in."""
    folder = tmp_path_factory.mktemp("faults") / "profile"
    with switched_on(folder, place) as phone:
        phone.open(f"#enrol={place.invitation}")
        phone.page.get_by_text("Waiting for the officer").wait_for()
        place.certify()
        phone.heading("Alder")
        phone.page.wait_for_selector(".stock")
        phone.page.evaluate("navigator.serviceWorker.ready")
        phone.press("Count in what came")
        for field, typed in {"grain.packs": "1", "grain.size": "108", "oil.loose": "3.4"}.items():
            phone.page.locator(f"[data-field='{field}']").fill(typed)
        phone.press("Go on")
        phone.press("Sign and start")
        phone.heading("Show the coupon")
        phone.open()
        phone.wait_for(lambda: place.store.rows("select 1 from count where point = 'Alder'") != [])
    return folder


@contextmanager
def switched_on(folder: Path, place: Village, script: str = "") -> Iterator[Phone]:
    """The phone with this storage."""
    with sync_api.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            folder, executable_path=CHROMIUM, args=["--no-sandbox"], viewport=SIZE, locale="en-GB"
        )
        if script:
            context.add_init_script(script)
        yield Phone(context, place.address)
        with contextlib.suppress(Exception):  # its battery may be out
            context.close()


def battery_out(folder: Path) -> None:
    """End every process of the browser with this storage at once, as a cut of power does."""
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"--user-data-dir={folder}".encode() in (one / "cmdline").read_bytes():
                os.kill(int(one.name), signal.SIGKILL)


def test_what_was_said_to_be_given_is_there_after_the_battery_fell_out(profile: Path, place: Village) -> None:
    with switched_on(profile, place) as phone:
        phone.open()
        phone.heading("Alder")
        phone.context.set_offline(True)
        phone.type_like_a_scanner(coupon("A6"))
        phone.heading("Family A6")
        phone.press("Give all")
        phone.heading("Given")
        battery_out(profile)
    with switched_on(profile, place) as phone:
        phone.context.set_offline(True)
        phone.open()
        assert phone.facts() == ["4", "3", "1"]
        phone.type_like_a_scanner(coupon("A6"))
        phone.heading(r"Given at \d\d:\d\d")


def test_a_battery_that_falls_out_in_the_middle_of_writing_leaves_a_whole_chain(profile: Path, place: Village) -> None:
    with switched_on(profile, place) as phone:
        phone.context.set_offline(True)
        phone.open()
        phone.type_like_a_scanner(coupon("A3"))
        phone.heading("Family A3")
        give = phone.page.get_by_role("button", name="Give all", exact=True)
        give.evaluate("button => setTimeout(() => button.click(), 0)")
        battery_out(profile)
    with switched_on(profile, place) as phone:
        phone.open()
        phone.heading("Alder")
        phone.all_sent()
        come = int(phone.facts()[1])
        assert come in (2, 3)  # it was written as a whole, or not at all
        assert len(place.receipts()) == 4 - come
        if come == 3:
            phone.type_like_a_scanner(coupon("A3"))
            phone.heading("Family A3")
            phone.press("Give all")
            phone.heading("Given")
            phone.open()
            phone.all_sent()
    chain = place.store.rows("select sequence from receipt where device = 'alder-1' order by sequence")
    assert [sequence for (sequence,) in chain] == [1, 2]


def test_a_clock_set_back_ten_years_costs_nobody_food_and_is_told(profile: Path, place: Village) -> None:
    with switched_on(profile, place, BACK) as phone:
        phone.open()
        phone.heading("Alder")
        phone.all_sent()
        phone.open()
        phone.page.get_by_text("The phone's clock differs from the server's").wait_for()
        for household in ("A2", "A1"):
            phone.type_like_a_scanner(coupon(household))
            phone.heading(f"Family {household}")
            phone.press("Give all")
            phone.heading("Given")
            phone.open()
            phone.heading("Alder")
        phone.all_sent()
        assert phone.facts()[1] == "0"
    assert [point for point, _ in place.receipts()] == ["Alder"] * 4
