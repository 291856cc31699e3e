"""A day at the counter of Alder in a real browser: enrolled, offline, a coupon before the camera, told twice, sent."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from actions.village import paper
from browser.counter_village import Village, coupon, film, village

from evenhand.web.counter_files import BUILT

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium and no google-chrome on this machine"),
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="the counter app is not built: counter/build.py"),
]
AXE = Path(__file__).parents[2] / "counter" / "node_modules" / "axe-core" / "axe.min.js"
SIZE = {"width": 360, "height": 640}


@pytest.fixture(scope="module")
def place() -> Iterator[Village]:
    with village() as found:
        yield found


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser with a profile of its own, as on a phone, whose camera sees the coupon of A6."""
    folder = tmp_path_factory.mktemp("browser")
    seen = film(folder / "coupon.y4m", coupon("A6"))
    camera = [
        "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={seen}",
    ]  # fmt: skip
    with sync_api.sync_playwright() as play:
        made = play.chromium.launch_persistent_context(
            folder / "profile", executable_path=CHROMIUM, args=["--no-sandbox", *camera], viewport=SIZE, locale="en-GB"
        )
        yield made
        made.close()


class Phone:
    """A page of the app, with what it said and asked for."""

    def __init__(self, context: Any, address: str) -> None:
        self.context, self.address = context, address
        self.page = context.new_page()
        self.errors: list[str] = []
        self.asked: set[str] = set()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        context.on("request", lambda request: self.asked.add(request.url))

    def open(self, query: str = "") -> None:
        try:
            self.page.goto(f"{self.address}/counter/{query}")
        except sync_api.Error as error:  # a newer app takes over and reloads the page at that moment
            if "ERR_ABORTED" not in str(error):
                raise
            self.page.goto(f"{self.address}/counter/{query}")
        self.page.wait_for_selector("h1")

    def heading(self, words: str) -> None:
        self.page.get_by_role("heading", name=re.compile(words), level=1).wait_for(timeout=20_000)

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()

    def type_like_a_scanner(self, text: str) -> None:
        """All at once, as fast as the device: a loaded machine would type it as slowly as a person."""
        self.page.evaluate(
            "keys => keys.forEach(key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true})))",
            [*text, "Enter"],
        )

    def all_sent(self) -> None:
        """Until nothing is unsent; the app is made to ask again should a busy server have put it off."""
        unsent = self.page.locator(".facts dd").nth(2)
        for _ in range(10):
            with contextlib.suppress(AssertionError):
                sync_api.expect(unsent).to_have_text("0", timeout=4_000)
                break
            self.page.evaluate("window.dispatchEvent(new Event('online'))")
        sync_api.expect(unsent).to_have_text("0")

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Until the server knows; at most 20 seconds."""
        for _ in range(200):
            if condition():
                return
            self.page.wait_for_timeout(100)
        assert condition()

    def facts(self) -> list[str]:
        return self.page.locator(".facts dd").all_inner_texts()

    def faults(self, name: str) -> list[str]:
        """What axe finds on this screen, and where it is wider than the window."""
        if AXE.exists():
            self.page.evaluate(AXE.read_text())
            rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
            found = self.page.evaluate("rules => axe.run({runOnly: rules})", rules)["violations"]
        else:
            found = []
        faults = [f"{name}: {one['id']} {one['nodes'][0]['html']}" for one in found]
        for width in (320, 360, 800):
            self.page.set_viewport_size({"width": width, "height": 640})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            faults += [f"{name}: {wide} wide at {width}"] if wide > width else []
        self.page.set_viewport_size(SIZE)
        return faults


@pytest.fixture(scope="module")
def phone(context: Any, place: Village) -> Phone:
    """A phone that went through enrolment: link, digits, officer."""
    made = Phone(context, place.address)
    made.open()
    made.heading("Make this phone a counter")
    faults = made.faults("enrol")
    made.page.goto("about:blank")
    made.open(f"#enrol={place.invitation}")
    made.heading("Read these digits")
    made.page.get_by_text("Waiting for the officer").wait_for()
    shown = made.page.locator(".code--huge").inner_text().replace(" ", "")
    assert shown == place.digits()
    faults += made.faults("compare")
    assert faults == []
    place.certify()
    made.heading("Alder")
    made.page.wait_for_selector(".stock")
    return made


def test_what_came_short_is_cut_for_all_before_the_first_household_by_the_rule_of_the_server(
    phone: Phone, place: Village
) -> None:
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready")
    phone.context.set_offline(True)
    phone.press("Count in what came")
    assert page.locator(".item header span").all_inner_texts() == ["should be 108 kg", "should be 3.4 litre"]
    faults = phone.faults("count")
    for field, typed in {"grain.packs": "6", "grain.size": "15", "grain.loose": "11.2", "oil.loose": "3.4"}.items():
        page.locator(f"[data-field='{field}']").fill(typed)
    phone.press("Go on")
    assert "whole steps of 0.5 kg" in page.locator(".makes").first.inner_text()
    page.locator("[data-field='grain.loose']").fill("11")
    assert page.locator(".makes").first.inner_text() == "makes 101 kg, 7 kg short"
    phone.press("Go on")
    phone.heading("Less grain came than was sent")
    assert page.locator(".swap b").inner_text() == "75 %"  # 180 of 240 steps due, after the reserve's part
    rows = [row.locator("th, td").all_inner_texts() for row in page.locator("tbody tr").all()]
    assert rows == [
        ["At this point", "96", "90"],
        ["A family of 3, due 30", "24", "22.5"],
        ["One person, due 10", "8", "7.5"],
    ]
    faults += phone.faults("recut")
    phone.press("Sign and start")
    phone.heading("Family A6")
    assert page.locator(".ration .qty").all_inner_texts() == ["45 kg", "1.5 litre"]
    phone.press("Back")
    phone.context.set_offline(False)
    phone.open()
    phone.wait_for(lambda: place.recut() == [("grain", 202, 22, 1, "3", "8", 180)])
    assert faults == []


def test_a_coupon_is_given_once_without_a_network_and_the_server_hears_of_it_later(
    phone: Phone, place: Village
) -> None:
    page = phone.page
    phone.open()
    assert phone.facts() == ["4", "4", "0"]
    phone.context.set_offline(True)
    page.reload()
    phone.heading("Alder")
    phone.press("Start")
    phone.heading("Family A6")  # the camera saw the coupon: no tap
    assert page.locator(".ration .qty").all_inner_texts() == ["45 kg", "1.5 litre"]
    phone.press("Give all")  # the one tap
    phone.heading("Given")
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{3} [0-9A-HJKMNP-TV-Z]{3}", page.locator(".code").inner_text())
    page.reload()
    phone.heading("Alder")
    assert phone.facts() == ["4", "3", "1"]
    phone.press("Start")
    phone.heading(r"Given at \d\d:\d\d")
    phone.press("Next household")
    phone.heading("Show the coupon")
    assert place.receipts() == []
    phone.context.set_offline(False)
    page.reload()
    phone.heading("Alder")
    phone.all_sent()
    assert place.receipts() == [("Alder", None)]


def test_a_part_a_proxy_a_lost_coupon_and_an_undo_arrive_as_what_they_are(phone: Phone, place: Village) -> None:
    page = phone.page
    phone.open()
    phone.press("Start")
    phone.heading("Show the coupon|Given at")
    phone.open()
    phone.heading("Alder")
    phone.type_like_a_scanner(coupon("A3"))
    phone.heading("Family A3")
    page.locator("[data-benefit=oil]").click()  # one tap a line
    phone.press("Give this part")
    phone.heading("Given")
    phone.type_like_a_scanner(coupon("A3"))
    phone.heading("Family A3")
    assert len(page.locator(".ration li").all()) == 1  # the oil is still due, the grain is not
    page.locator("label", has_text="Somebody else").click()
    phone.press("Give all")
    phone.heading("Given")
    phone.press("Undo")
    phone.heading("Show the coupon")
    phone.press("Without coupon")
    for digit in paper().cards["A2"]:
        page.locator(".pad button", has_text=digit).first.click()
    phone.heading("Family A2")
    phone.press("Give all")
    assert page.get_by_role("alert").first.inner_text() == "Say why there is no coupon."
    page.locator("label", has_text="Lost").click()
    phone.press("Give all")
    phone.heading("Given")
    phone.open()
    phone.all_sent()
    assert place.receipts()[1:] == [("Alder", None), ("Alder", None), ("Alder", "undone"), ("Alder", "lost coupon")]
    assert place.notes() == [("collected by", "other")]


def test_nobody_is_refused_without_a_reason_and_a_stranger_is_told_where_to_go(phone: Phone, place: Village) -> None:
    page = phone.page
    phone.open()
    phone.heading("Alder")
    phone.type_like_a_scanner(coupon("B1"))
    phone.heading("Not on the list of Alder")
    phone.type_like_a_scanner(coupon("A1"))
    phone.heading("Family A1")
    phone.press("Something else")
    page.get_by_role("button", name=re.compile("Nothing handed over")).click()
    phone.press("Write it down")
    assert page.get_by_role("alert").inner_text() == "Choose what happened."
    page.locator("label", has_text="Cannot carry it today").click()
    phone.press("Write it down")
    phone.heading("Noted")
    phone.open()
    phone.press("Who has not come")
    assert "nothing handed over" in page.locator(".rows li", has_text="Family A1").inner_text()
    phone.press("Back")
    phone.all_sent()
    assert place.receipts()[-1] == ("Alder", "cannot carry")


def test_a_newer_app_waits_until_the_clerk_takes_it_and_the_outbox_stays(phone: Phone, place: Village) -> None:
    page = phone.page
    phone.open()
    phone.heading("Alder")
    phone.context.set_offline(True)
    phone.type_like_a_scanner(coupon("A1"))
    phone.press("Something else")
    page.get_by_role("button", name=re.compile("Hold the ration")).click()
    assert "You can object" in page.locator(".notice").inner_text()
    page.locator("label", has_text="Two people claim this card").click()
    phone.press("Write it down")
    phone.heading("Noted")
    phone.context.set_offline(False)
    worker = BUILT / "sw.js"
    before = worker.read_text()
    try:
        worker.write_text(f"{before}\n// newer")
        page.evaluate("navigator.serviceWorker.getRegistration().then(found => found.update())")
        phone.open()
        page.get_by_text("A new version of the app is ready").wait_for()
        phone.all_sent()
        phone.press("Use it now")
        sync_api.expect(page.get_by_text("A new version of the app is ready")).to_have_count(0, timeout=20_000)
    finally:
        worker.write_text(before)
    phone.all_sent()  # the page is a new one: it may still be on its way
    assert place.receipts()[-1] == ("Alder", "held: two claim")


def test_a_second_window_is_told_and_can_take_over(phone: Phone, place: Village) -> None:
    phone.open()
    other = Phone(phone.context, place.address)
    other.open()
    other.heading("open in another window")
    assert other.faults("other window") == []
    other.press("Use it here")
    other.heading("Alder")
    phone.heading("moved to another window")
    other.page.close()
    phone.press("Use it here")
    phone.heading("Alder")


def test_the_day_is_counted_and_what_is_unsent_can_be_carried_as_a_file(phone: Phone, place: Village) -> None:
    page = phone.page
    phone.open()
    phone.press("Close the day")
    left = page.locator("[data-field=grain]")
    left.fill("1.3")
    assert "whole steps" in page.locator(".item .makes").first.inner_text()
    left.fill("1")
    page.locator("[data-field=oil]").fill("0.5")
    page.locator("label", has_text="I do not know").click()
    phone.press("Sign the count")
    page.get_by_text("Signed. Good night.").wait_for()
    with page.expect_download() as caught:
        phone.press("Save a file to carry")
    raw = Path(caught.value.path()).read_bytes()
    assert raw == place.raw() and len(raw) > 500


def test_it_can_be_installed_asks_no_other_host_and_makes_no_noise(phone: Phone) -> None:
    phone.open()
    phone.page.evaluate("navigator.serviceWorker.ready")
    session = phone.context.new_cdp_session(phone.page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    assert {url for url in phone.asked if not url.startswith((phone.address, "blob:"))} == set()
    assert [line for line in phone.errors if "net::ERR_INTERNET_DISCONNECTED" not in line] == []


def test_what_a_full_disk_does_is_said_in_words_and_nothing_counts_as_given(phone: Phone, place: Village) -> None:
    page = phone.page
    before = place.receipts()
    phone.open()
    page.evaluate("""() => {
        const add = IDBObjectStore.prototype.add;
        IDBObjectStore.prototype.add = function () {
            IDBObjectStore.prototype.add = add;
            throw new DOMException("full", "QuotaExceededError");
        };
    }""")
    phone.heading("Alder")
    phone.type_like_a_scanner(coupon("A1"))
    phone.heading("Family A1")
    phone.press("Give all")
    phone.heading("This phone is full")
    assert phone.faults("full") == []
    phone.press("Try again")
    phone.heading("Family A1")
    phone.press("Give all")
    phone.heading("Given")
    phone.open()
    phone.all_sent()
    assert place.receipts() == [*before, ("Alder", None)]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: counter/build.py fetches it")
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_every_screen_is_free_of_barriers_in_both_directions(phone: Phone, language: str, scheme: str) -> None:
    page = phone.page
    page.emulate_media(color_scheme=scheme)
    phone.open()
    page.locator(".under .link").last.click()
    page.locator("select").select_option(language)
    page.locator(f"html[lang={language}]").wait_for()
    faults: list[str] = []

    def look(name: str) -> None:
        faults.extend(phone.faults(name))

    def back() -> None:
        page.locator(".bar .link").click()

    look("settings")
    back()
    look("today")
    under = page.locator(".under .link")
    under.nth(0).click()
    look("waiting")
    back()
    under.nth(1).click()
    look("close")
    page.locator(".input").first.fill("7")
    page.locator(".input").last.fill("0.7")
    look("close, differs")
    back()
    phone.type_like_a_scanner(coupon("A3"))
    page.locator("[data-benefit]").wait_for()
    look("give")
    page.locator("[data-benefit]").click()
    look("part")
    back()
    page.locator("h1 .must").wait_for()  # the camera sees the coupon of A6
    look("already")
    page.locator(".under .link").click()
    look("else")
    page.locator(".row").first.click()
    look("word")
    page.locator(".chips input").first.check(force=True)
    page.locator(".btn--main").click()
    page.locator(".screen--done").wait_for()
    look("noted")
    page.locator(".btn--main").click()
    page.locator("video").wait_for()
    look("scan")
    page.locator(".push .btn").click()
    look("number")
    for digit in paper().cards["A6"]:
        page.locator(".pad button", has_text=digit).first.click()
    page.locator("h1 .must").wait_for()
    look("again, without coupon")
    page.locator(".btn--main").click()
    page.locator("video").wait_for()
    phone.type_like_a_scanner(coupon("B1"))
    page.locator("h1 .must").wait_for()
    look("unknown")
    assert faults == []


def test_a_phone_whose_browser_deleted_everything_says_so_and_what_to_do(phone: Phone) -> None:
    page = phone.page
    page.goto(f"{phone.address}/counter/icon.svg")
    page.evaluate(
        """() => new Promise((done) => { indexedDB.deleteDatabase("evenhand-counter").onsuccess = () => done() })"""
    )
    phone.open()
    phone.heading("This phone lost its list")
    phone.press("Make this phone a counter")
    phone.heading("Make this phone a counter")
