"""Rarer visits at Alder: a second factor, a held row, a supplementary list, a card's QR, a printer, a lost phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from actions.village import paper, secret
from browser.counter_village import Village, coupon, village
from browser.test_counter import AXE, BUILT, CHROMIUM, SIZE, Phone

from evenhand.formats import cbor, code, factor
from evenhand.formats.tag import card_id, tag_of

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium and no google-chrome on this machine"),
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="the counter app is not built: counter/build.py"),
]
ADDED = bytes(range(16))
"""r of a household that came on a supplementary list."""
PIN = "4071"
PRINTER = """
  window.printed = [];
  const port = {
    async open() { this.writable = new WritableStream({ write: (part) => void window.printed.push(...part) }) },
    async close() {},
  };
  Object.defineProperty(navigator, "serial", { value: { requestPort: async () => port, getPorts: async () => [port] } });
"""


def r_of(household: str) -> bytes:
    return code.decode(coupon(household))


class Said:
    """The server's answers, with what only some programmes have put in: as a proxy on the way would see and change them."""

    def __init__(self, page: Any) -> None:
        self.factor = "none"
        self.refuses = ""
        self.away = False
        page.route(re.compile(r"/api/counter/1/state$"), self._state)
        page.route(re.compile(r"/api/counter/1/factors"), lambda route: route.fulfill(body=self._factors()))
        page.route(re.compile(r"/api/counter/1/photo"), lambda route: route.fulfill(body=cbor.dumps(PHOTO)))
        page.route(re.compile(r"/api/counter/1/receipts"), self._receipts)

    def _state(self, route: Any) -> None:
        if self.away:
            return route.abort()
        answer = route.fetch()
        told: Any = cbor.loads(answer.body())
        if answer.status == 200:
            (cycle,) = told["cycles"]
            (point,) = cycle["points"]
            cycle["second_factor"] = self.factor
            point["factors"] = None if self.factor == "none" else sha256(self._factors()).digest()
            point["held"] = [[tag_of(r_of("A1")), "identity", "H001", "Complaints: call 555 010"]]
            row = [tag_of(ADDED), "0000009981", "Family New", 2, [10, 3], [0, 0], [[5000, 0], [0, 300]], []]
            point["supplements"] = [["S001", [row]]]
            point["lots"] = [["grain", "L7", "2008-03-20", 60, 30], ["grain", "L8", "2009-06-01", 156, 30]]
        return route.fulfill(response=answer, body=cbor.dumps(told))

    def _factors(self) -> bytes:
        rows = []
        for household in ("A2", "A3", "A6"):
            r = r_of(household)
            if self.factor == "photo":
                rows.append([tag_of(r), None, None, sha256(PHOTO).digest()])
                continue
            answer = factor.stretched(PIN, self.origin, self.programme, paper().cards[household])
            rows.append([tag_of(r), factor.check(factor.factor_key(r), answer), None, None])
        return cbor.dumps({"factor": self.factor, "rows": sorted(rows)})

    origin = programme = ""

    def _receipts(self, route: Any) -> None:
        if not self.refuses:
            return route.continue_()
        words = {"error": self.refuses, "message": "words of the server", "remedy": "its remedy"}
        return route.fulfill(status=409, body=cbor.dumps(words), content_type="application/cbor")


def _picture() -> bytes:
    import io

    from PIL import Image, ImageDraw

    image = Image.new("RGB", (120, 160), "#cfd8d2")
    draw = ImageDraw.Draw(image)
    draw.ellipse((35, 25, 85, 85), fill="#7a5a45")
    draw.rectangle((20, 95, 100, 160), fill="#2f4858")
    found = io.BytesIO()
    image.save(found, "JPEG")
    return found.getvalue()


PHOTO = _picture()


@pytest.fixture(scope="module")
def place() -> Iterator[Village]:
    with village() as found:
        yield found


@pytest.fixture(scope="module")
def phone(place: Village, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    """The phone that took the place of another one at Alder, with a printer on a cable."""
    folder = tmp_path_factory.mktemp("more")
    with sync_api.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            folder,
            executable_path=CHROMIUM,
            args=["--no-sandbox"],
            viewport=SIZE,
            locale="en-GB",
            service_workers="block",
        )
        context.set_default_timeout(15_000)
        context.add_init_script(PRINTER)
        made = Phone(context, place.address)
        made.said = Said(made.page)  # type: ignore[attr-defined]
        Said.origin, Said.programme = place.store.programme.origin, place.store.programme.id
        made.open(f"#enrol={place.invitation}")
        made.page.get_by_text("Waiting for the officer").wait_for()
        place.certify()
        made.heading("Alder")
        made.page.wait_for_selector(".stock")
        yield made
        context.close()


def hear(phone: Phone, factor_: str = "none") -> None:
    """The next state the phone hears names this factor; until it has what it tests with."""
    phone.said.factor = factor_  # type: ignore[attr-defined]
    with phone.page.expect_response(re.compile(r"/state$"), timeout=30_000):
        phone.open()
    phone.heading("Alder") if phone.page.locator("html[lang=en]").count() else phone.page.locator(".stock").wait_for()
    phone.page.wait_for_timeout(1000)  # what is tested with follows


def count_in(phone: Phone) -> None:
    phone.press("Count in what came")
    page = phone.page
    assert page.get_by_text("Lot L7: best before Mar 20, 2008").count() == 1
    for field, typed in {"grain.packs": "2", "grain.size": "15", "oil.loose": "3.4"}.items():
        page.locator(f"[data-field='{field}']").fill(typed)
    page.locator(".item").first.get_by_role("button", name="Another lot").click()
    page.locator("summary").first.click()
    for field, typed in {
        "grain.lot": "L7",
        "grain.best": "2008-03-20",
        "grain.2.packs": "5",
        "grain.2.size": "15",
    }.items():
        page.locator(f"[data-field='{field}']").fill(typed)
    for field, typed in {"grain.2.loose": "3", "grain.2.lot": "L8", "grain.2.best": "2009-06-01"}.items():
        page.locator(f"[data-field='{field}']").fill(typed)
    assert page.locator(".makes").first.inner_text() == "makes 108 kg"


def test_two_lots_are_counted_in_and_the_one_that_expires_first_goes_first(phone: Phone) -> None:
    count_in(phone)
    assert phone.faults("count, two lots") == []
    phone.press("Go on")
    phone.heading("Everything came")
    phone.press("Sign and start")
    phone.heading("Show the coupon")
    phone.open()
    assert phone.page.locator(".stock .lot").first.inner_text().startswith("Lot ⁨L7⁩ was best before Mar 20, 2008")


def test_coupons_torn_off_at_a_lost_phone_become_receipts_again_without_a_tap(phone: Phone, place: Village) -> None:
    page = phone.page
    phone.press("Phone lost? Enter the torn coupons")
    phone.heading("Enter the torn coupons")
    for words in ("entered", "known already"):
        phone.type_like_a_scanner(coupon("A6"))
        page.get_by_text(f"Family A6: {words}").wait_for()
    assert page.get_by_text("1 coupon entered").count() == 1
    assert phone.faults("torn coupons") == []
    phone.press("All are entered")
    phone.all_sent()
    assert place.receipts() == [("Alder", None)] and place.notes() == [("recovered", "torn coupon")]


def test_a_pin_that_fits_proves_the_coupon_and_who_forgot_or_mistook_it_is_served_all_the_same(
    phone: Phone, place: Village
) -> None:
    page = phone.page
    hear(phone, "pin")
    phone.type_like_a_scanner(coupon("A3"))
    phone.heading("Family A3")
    phone.press("Give all")
    assert "Forgotten" in page.get_by_role("alert").last.inner_text()
    faults = phone.faults("pin")
    for left in ("2 tries are left", "one try is left"):
        page.get_by_label("PIN of the household").fill("1234")
        phone.press("Give all")
        page.get_by_text(left).wait_for()
    page.get_by_label("PIN of the household").fill("٤٠٧١")  # Arabic digits of the right one
    phone.press("Give all")
    phone.heading("Given")
    phone.press("Undo")
    phone.heading("Show the coupon")
    phone.type_like_a_scanner(coupon("A3"))
    phone.heading("Family A3")
    page.get_by_label("PIN of the household").fill("9999")
    phone.press("Give all")
    page.get_by_text("It did not fit. Give all the same").wait_for()
    faults += phone.faults("pin, differs")
    phone.press("Give all")
    phone.heading("Given")
    phone.open()
    phone.type_like_a_scanner(coupon("A2"))
    phone.heading("Family A2")
    phone.press("Forgotten")
    phone.press("Give all")
    phone.heading("Given")
    phone.press("Undo")
    phone.open()
    phone.all_sent()
    said = [reason for _, reason in place.receipts()[1:]]
    assert said == [None, "undone", "factor differs", "no second factor", "undone"]
    assert [text for kind, text in place.notes() if kind == "second factor"] == ["held 2", "differs 3", "none 0"]
    assert faults == []


def test_a_photo_is_shown_and_one_tap_says_that_it_is_this_person(phone: Phone, place: Village) -> None:
    page = phone.page
    hear(phone, "photo")
    page.wait_for_timeout(500)
    phone.type_like_a_scanner(coupon("A2"))
    phone.heading("Family A2")
    assert page.locator(".factor img").evaluate("image => image.naturalWidth") == 120
    faults = phone.faults("photo")
    phone.press("Give all")
    phone.heading("Given")
    hear(phone)
    phone.all_sent()
    assert place.receipts()[-1] == ("Alder", None)
    assert faults == []


def test_a_held_row_says_why_and_where_to_object_and_who_has_nothing_to_eat_is_served(
    phone: Phone, place: Village
) -> None:
    page = phone.page
    phone.type_like_a_scanner(coupon("A1"))
    phone.heading("This ration is held")
    assert "H001" in page.locator(".notice").inner_text() and "555 010" in page.locator(".notice").inner_text()
    faults = phone.faults("held")
    phone.press("I told the household")
    phone.heading("Noted")
    phone.open()
    phone.heading("Alder")
    phone.type_like_a_scanner(coupon("A1"))
    phone.heading("This ration is held")
    phone.press("Give all the same")
    phone.heading("Family A1")
    phone.press("Give all")
    phone.heading("Given")
    phone.open()
    phone.all_sent()
    assert place.receipts()[-1] == ("Alder", "held") and ("held", "H001: identity") in place.notes()
    assert faults == []


def test_a_household_of_a_supplementary_list_is_served_from_the_reserve(phone: Phone) -> None:
    page = phone.page
    phone.type_like_a_scanner(code.encode(ADDED).replace("-", ""))
    phone.heading("Family New")
    assert page.get_by_text("On a supplementary list: from the reserve.").count() == 1
    assert page.locator(".ration .qty").all_inner_texts() == ["5 kg", "0.3 litre"]
    assert phone.faults("supplementary") == []


def test_the_qr_of_a_card_opens_its_row_without_a_digit_typed(phone: Phone) -> None:
    phone.open()
    phone.heading("Alder")
    mine = code.encode(card_id(secret("A2"), Said.origin, Said.programme)).replace("-", "")
    phone.type_like_a_scanner(f"CARD:{mine}")
    phone.heading("Given at|Family A2")
    assert phone.page.get_by_text("Why without a coupon?").count() == 1


@pytest.mark.parametrize(("language", "next_household"), [("en", 0), ("ar", 1), ("hi", 2), ("fr", 3)])
def test_a_receipt_is_printed_as_a_picture_in_every_script(phone: Phone, language: str, next_household: int) -> None:
    page = phone.page
    phone.open()
    page.locator(".under .link").last.click()
    page.locator("select").select_option(language)
    page.locator(f"html[lang={language}]").wait_for()
    if not next_household:
        phone.press("Choose: cable or Bluetooth")
        page.get_by_text("By cable or Bluetooth", exact=True).wait_for()
        assert phone.faults("settings, printer") == []
    page.locator(".bar .link").click()
    page.locator(".stock").wait_for()
    phone.type_like_a_scanner(coupon("A6"))
    page.locator("h1 .must").wait_for()
    page.locator(".push .btn").first.click()  # from the reserve: a receipt all the same
    page.locator(".screen--done").wait_for()
    page.evaluate("window.printed = []")
    page.locator(".screen--done .under .link").last.click()
    page.wait_for_function("window.printed.length > 10000")
    rows = printed(bytes(page.evaluate("window.printed")))
    assert {len(row) for row in rows} == {48} and 250 < len(rows) < 900
    dots = [[byte >> 7 - bit & 1 for byte in row for bit in range(8)] for row in rows]
    ink = sum(map(sum, dots))
    assert 0.02 < ink / (384 * len(rows)) < 0.3
    # The name of the point begins where the language begins: at the right in Arabic.
    first = [at for row in dots[:60] for at, dot in enumerate(row) if dot]
    assert (max(first) > 360 and min(first) > 100) if language == "ar" else (min(first) < 24 and max(first) < 300)


def printed(data: bytes) -> list[bytes]:
    """The rows of a receipt, as a printer that knows these commands and no others would make them."""
    rows: list[bytes] = []
    at = 0
    while at < len(data):
        if data[at : at + 2] == b"\x1b@":
            at += 2
        elif data[at : at + 4] == b"\x1dv0\0":
            across, down = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (4, 6))
            rows += [data[at + 8 + n * across : at + 8 + (n + 1) * across] for n in range(down)]
            at += 8 + across * down
        elif data[at : at + 2] == b"\x1bd":
            at += 3
        else:
            assert data[at : at + 3] == b"\x1dVB", data[at : at + 8]
            at += 4
    return rows


def test_a_refusal_is_said_in_the_readers_language_and_in_the_servers_words_where_its_code_is_new(phone: Phone) -> None:
    page = phone.page
    phone.open()
    page.locator(".under .link").last.click()
    page.locator("select").select_option("hi")
    page.locator("html[lang=hi]").wait_for()
    for refused, words in (
        ("not-counted-in", "सामान इस केंद्र की ओर आ रहा है"),
        ("of-tomorrow", "words of the server its remedy"),
    ):
        phone.said.refuses = refused  # type: ignore[attr-defined]
        phone.open()
        page.locator(".stock").wait_for()
        phone.type_like_a_scanner(coupon("A6"))
        page.locator("h1 .must").wait_for()
        page.locator(".push .btn").first.click()
        page.locator(".screen--done").wait_for()
        phone.open()
        page.locator(".notice--must", has_text=words).wait_for()
    phone.said.refuses = ""  # type: ignore[attr-defined]


def test_who_cannot_reach_the_server_is_told_what_it_can_mean_and_that_handing_out_goes_on(phone: Phone) -> None:
    page = phone.page
    phone.open()
    page.locator(".stock").wait_for()
    page.locator(".under .link").last.click()
    page.locator("select").select_option("en")
    page.locator("html[lang=en]").wait_for()
    phone.press("Back")
    phone.said.away = True  # type: ignore[attr-defined]
    more = page.get_by_role("button", name="What can be wrong")
    while not more.count():  # a call may still be under way
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(300)
    more.click()
    phone.heading("The server does not answer")
    assert re.search(r"http://localhost:\d+/", page.locator("main").inner_text())
    faults = phone.faults("server lost")
    phone.press("Save a file to carry")
    phone.heading("Close the day")
    phone.said.away = False  # type: ignore[attr-defined]
    assert faults == []


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: counter/build.py fetches it")
@pytest.mark.parametrize(("language", "scheme"), [("ar", "light"), ("en", "dark")])
def test_the_rarer_screens_are_free_of_barriers_in_both_directions(phone: Phone, language: str, scheme: str) -> None:
    page = phone.page
    page.emulate_media(color_scheme=scheme)
    hear(phone, "photo")
    page.locator(".under .link").last.click()
    page.locator("select").select_option(language)
    page.locator(f"html[lang={language}]").wait_for()
    faults = phone.faults("settings")
    page.locator(".bar .link").click()
    page.locator(".stock").wait_for()
    faults += phone.faults("today")
    phone.type_like_a_scanner(coupon("A6"))
    page.locator("h1 .must").wait_for()
    page.locator(".push .btn").first.click()
    page.locator(".screen--done").wait_for()
    faults += phone.faults("done")
    phone.open()
    page.locator(".stock").wait_for()
    page.locator(".under .link").nth(2).click()
    page.locator(".rows, .push .btn").first.wait_for()
    faults += phone.faults("queue")
    page.emulate_media(color_scheme="light")
    hear(phone)
    assert faults == []
