"""The first start of a phone in Arabic, in the dark: every screen up to the first household, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser.counter_village import Village, coupon, village
from browser.test_counter import AXE, BUILT, CHROMIUM, SIZE, Phone

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium and no google-chrome on this machine"),
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="the counter app is not built: counter/build.py"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: counter/build.py fetches it"),
]


@pytest.fixture(scope="module")
def place() -> Iterator[Village]:
    with village() as found:
        yield found


@pytest.fixture(scope="module")
def phone(place: Village, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    """A phone whose own language is Arabic."""
    with sync_api.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("first"), executable_path=CHROMIUM, args=["--no-sandbox"], viewport=SIZE,
            locale="ar-EG", color_scheme="dark",
        )  # fmt: skip
        yield Phone(context, place.address)
        context.close()


def test_from_the_code_of_the_officer_to_the_first_household(phone: Phone, place: Village) -> None:
    page = phone.page
    phone.open()
    page.locator("html[dir=rtl] .input--big").wait_for()
    faults = phone.faults("enrol")
    page.locator(".input--big").fill("AAAA")
    page.locator(".btn--main").click()
    page.locator("[role=alert]:not(:empty)").wait_for()
    faults += phone.faults("enrol, mistyped")
    page.locator(".input--big").fill(place.invitation)
    page.locator(".btn--main").click()
    page.locator(".code--huge").wait_for()
    faults += phone.faults("compare")
    phone.wait_for(lambda: bool(place.store.rows("select 1 from counter_claim")))
    place.certify()
    page.locator(".stock").wait_for(timeout=20_000)
    faults += phone.faults("today, not counted")
    page.locator(".btn--main").click()
    for field, typed in {"grain.packs": "6", "grain.size": "15", "grain.loose": "0.7", "oil.loose": "3.4"}.items():
        page.locator(f"[data-field='{field}']").fill(typed)
    page.locator(".btn--main").click()
    page.locator("[aria-invalid=true]").first.wait_for()
    faults += phone.faults("count, mistyped")
    page.locator("[data-field='grain.loose']").fill("")
    page.locator(".btn--main").click()
    page.locator(".swap").wait_for()
    faults += phone.faults("recut")
    page.locator(".btn--main").click()
    page.locator("video").wait_for()
    page.locator(".camera p").wait_for()  # there is no camera
    faults += phone.faults("scan, no camera")
    assert faults == []


def test_what_stands_in_the_way_can_be_read(phone: Phone, place: Village) -> None:
    page = phone.page
    phone.open()
    page.locator(".stock").wait_for()
    page.evaluate("""() => {
        IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError") };
    }""")
    phone.type_like_a_scanner(coupon("A1"))
    page.locator("[data-benefit]").first.wait_for()
    page.locator(".btn--main").click()
    page.locator("h1 .must").wait_for()
    faults = phone.faults("full")
    phone.open()
    page.locator(".stock").wait_for()
    phone.type_like_a_scanner(coupon("A1"))
    page.locator("[data-benefit]").first.wait_for()
    page.locator(".btn--main").click()
    page.locator(".screen--done").wait_for()
    page.emulate_media(media="print", color_scheme="light")
    assert not page.locator(".screen--done .btn--main").is_visible() and page.locator(".code").is_visible()
    page.emulate_media(media="screen", color_scheme="dark")
    other = Phone(phone.context, place.address)
    other.page.emulate_media(color_scheme="dark")
    other.open()
    faults += other.faults("other window")
    other.page.locator(".btn--main").click()
    other.page.locator(".stock").wait_for()
    page.locator(".btn--main").wait_for()
    faults += phone.faults("moved")
    other.page.close()
    assert faults == []
