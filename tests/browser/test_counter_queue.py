"""Two phones at Alder without a network: half of the list goes over by QR, and each of them sends to the other."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from actions.village import ROOT, paper
from browser.counter_village import PHONE, Village, coupon, film, village
from browser.test_counter import BUILT, CHROMIUM, SIZE, Phone

from evenhand.actions.counter_enrol import certify, find_claim, invite
from evenhand.actions.enrol import Place
from evenhand.formats.code import decode
from evenhand.formats.tag import tag_of

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium and no google-chrome on this machine"),
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="the counter app is not built: counter/build.py"),
]
TOKEN = b"a-second-phone-1"
SECOND = "tablet-2"
FAMILIES = ("A1", "A2", "A3", "A6")


@pytest.fixture(scope="module")
def place() -> Iterator[Village]:
    with village() as found:
        yield found


@pytest.fixture(scope="module")
def browsers(place: Village, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any, Path]]:
    """Two phones, and the film that the camera of the second one sees."""
    folder = tmp_path_factory.mktemp("two")
    seen = film(folder / "seen.y4m", "nothing yet")
    camera = [
        "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={seen}",
    ]  # fmt: skip
    with sync_api.sync_playwright() as play:
        made = [
            play.chromium.launch_persistent_context(
                folder / name, executable_path=CHROMIUM, args=["--no-sandbox", *more], viewport=SIZE, locale="en-GB"
            )
            for name, more in (("first", []), ("second", camera))
        ]
        yield made[0], made[1], seen
        for context in made:
            context.close()


@pytest.fixture(scope="module")
def phones(browsers: tuple[Any, Any, Path], place: Village) -> tuple[Phone, Phone]:
    """The holder, counted in; and a second phone that heard of the month once."""
    first, second = Phone(browsers[0], place.address), Phone(browsers[1], place.address)
    first.open(f"#enrol={place.invitation}")
    first.page.get_by_text("Waiting for the officer").wait_for()
    place.certify()
    first.heading("Alder")
    code = invite(place.store, SECOND, ["Alder"], TOKEN, Place(second=True))
    second.open(f"#enrol={code}")
    second.page.get_by_text("Waiting for the officer").wait_for()
    claim = find_claim(place.store, TOKEN)
    assert claim is not None
    certify(place.store, claim, ROOT, Place(second=True))
    second.heading("Alder")
    for phone in (first, second):
        phone.page.evaluate("navigator.serviceWorker.ready")
        phone.open()
        phone.page.wait_for_timeout(1500)  # what the first start did not need follows
    return first, second


def shown(phone: Phone) -> list[str]:
    """The QRs that a phone shows one after another, read off its screen."""
    found: dict[int, str] = {}
    until = time.monotonic() + 20
    while time.monotonic() < until:
        picture = phone.page.locator(".qr").screenshot()
        text = next((one.text for one in zxingcpp.read_barcodes(_pixels(picture))), "")
        if (part := re.match(r"EH1:[0-9A-Z]{6}:(\d+):(\d+):", text)) is not None:
            found[int(part[1])] = text
            if len(found) == int(part[2]):
                return [found[n] for n in sorted(found)]
    raise AssertionError(f"only {sorted(found)} could be read")


def _pixels(png: bytes) -> Any:
    import io

    import numpy as np
    from PIL import Image

    return np.array(Image.open(io.BytesIO(png)).convert("L"))


def test_half_of_the_list_goes_to_the_second_phone_and_each_sends_to_the_other(
    phones: tuple[Phone, Phone], browsers: tuple[Any, Any, Path], place: Village
) -> None:
    first, second = phones
    page = first.page
    assert second.facts() == ["0", "0", "0"]
    faults = second.faults("second, nothing yet")
    second.press("Read the other phone")
    second.heading("This phone has no households yet")
    assert len(shown(second)) == 1
    faults += second.faults("second queue, nothing yet")
    for phone in phones:
        phone.context.set_offline(True)
    first.press("Count in what came")
    for field, typed in {"grain.packs": "6", "grain.size": "15", "grain.loose": "11", "oil.loose": "3.4"}.items():
        page.locator(f"[data-field='{field}']").fill(typed)
    first.press("Go on")
    first.press("Sign and start")
    first.heading("Show the coupon")
    first.open()
    first.press("Second queue")
    first.heading("Second queue")
    faults += first.faults("queue")
    page.get_by_role("button", name=re.compile(SECOND)).click()
    first.heading("2 households go to counter 2")
    assert page.locator(".swap b").all_inner_texts() == [PHONE, SECOND]
    faults += first.faults("offer")
    first.press("Hand them over")
    first.heading("Show this to counter 2")
    faults += first.faults("shown")
    film(browsers[2], *shown(first))
    second.press("Read the other phone")
    second.heading("2 households came to this phone")
    assert second.page.locator(".swap b").all_inner_texts() == [PHONE, SECOND]
    faults += second.faults("taken")
    second.press("Start")
    first.press(f"{SECOND} has them")
    assert first.facts()[:2] == ["2", "2"]

    mine = {0: [], 1: []}  # type: dict[int, list[str]]
    for household in FAMILIES:
        for at, phone in enumerate(phones):
            phone.open()
            phone.heading("Alder")
            phone.type_like_a_scanner(coupon(household))
            phone.heading(f"Family {household}|Go to counter")
            if phone.page.locator("h1").inner_text().startswith("Go to"):
                assert ("counter 2" in phone.page.locator("h1").inner_text()) == (at == 0)
                faults += phone.faults("other")
                continue
            mine[at].append(household)
            phone.press("Give all")
            phone.heading("Given")
    assert sorted(mine[0] + mine[1]) == list(FAMILIES) and len(mine[1]) == 2

    # Both are told to the server: it settles by the release, nobody had twice.
    for phone in phones:  # the count comes first
        phone.context.set_offline(False)
        phone.open()
        phone.all_sent()
    rows = place.store.rows("select device, tag from receipt where point = 'Alder'")
    tags = {tag_of(decode(paper().coupons[household, "2008-03"])): household for household in FAMILIES}
    assert sorted((device, tags[bytes(tag)]) for device, tag in rows) == sorted(
        [(PHONE, one) for one in mine[0]] + [(SECOND, one) for one in mine[1]]
    )
    assert place.store.rows("select device, target from released") == [(PHONE, SECOND)]
    assert faults == []
