"""A month by six people in the browser alone, as the village's April: lists in, policy compared and adopted, stock in, the
shortage divided, signed by two, loads sent and counted, cards printed, points followed, a complaint settled, the cycle
published and checked. Only what a clerk hands out comes from elsewhere, as it does in life: from the counter.

Pictures of every page are kept where EVENHAND_PICTURES names a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from actions.village import ANA, BORIS, POINT, ROOT, at, paper
from browser.test_report_page import browser, pytestmark  # noqa: F401
from folders import copy_data, open_folder
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.actions.enrol import enrol_person
from evenhand.actions.hand_over import hand_over
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store
from evenhand.wiring import read_clock

APRIL, STORE = "2008-04/1", "the store's word"
WHO = {
    "rosa": ["registrar"], "ana": ["policy"], "boris": ["approver"], "stan": ["store"], "rita": ["reviewer"],
    "olga": ["auditor"],
}  # fmt: skip


@dataclass
class Office:
    """The six at their windows, each signed in."""

    data: Path
    server: str
    windows: dict[str, Any]
    said: list[str] = field(default_factory=list)
    shots: int = 0

    def at(self, who: str, path: str) -> Any:
        """`who` opens a page."""
        page = self.windows[who]
        page.goto(f"{self.server}{path}")
        self.keep(page, who)
        return page

    def keep(self, page: Any, who: str) -> None:
        """Keep a picture, where somebody wants them."""
        self.shots += 1
        if folder := os.environ.get("EVENHAND_PICTURES"):
            name = re.sub(r"\W+", "-", page.url.removeprefix(self.server)).strip("-")[:40]
            page.screenshot(path=f"{folder}/{self.shots:02}-{who}-{name}.png", full_page=True)

    def press(self, who: str, button: str) -> Any:
        """Press a button; where long work follows, wait for its end and go on."""
        page = self.windows[who]
        page.click(button)
        page.wait_for_load_state()
        if "/console/jobs/" in page.url:
            page.locator("[hx-get]").wait_for(state="detached", timeout=90_000)
            self.keep(page, who)
            assert page.locator("use[href$='#m-done']").count(), page.inner_text("main")
            page.click("main a.btn")
            page.wait_for_load_state()
        self.keep(page, who)
        assert not page.locator("main [role=alert]").count(), page.inner_text("main [role=alert]")
        return page

    def send(self, who: str, action: str, **fields: str) -> Any:
        """Fill in the form that goes to `action` on the page `who` has open, and send it."""
        form = self.windows[who].locator(f"form[action='{action}']")
        for name, value in fields.items():
            box = form.locator(f"[name='{name}']")
            if box.first.evaluate("e => e.tagName") == "SELECT":
                box.select_option(value)
            elif box.first.get_attribute("type") in ("radio", "checkbox"):
                form.locator(f"[name='{name}'][value='{value}']").check()
            else:
                box.fill(value)
        return self.press(who, f"form[action='{action}'] button")

    def read(self, who: str) -> str:
        """What stands on the page `who` has open, its spaces and signs of direction made plain."""
        said = str(self.windows[who].inner_text("main"))
        return re.sub("[\u2066-\u2069]", "", said).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture(scope="module")
def village() -> Iterator[tuple[Path, dict[str, str]]]:
    """March is published; six accounts. Made before the browser, beside which Django makes no tables."""
    with open_folder() as folder:
        data = copy_data(at("published"), folder)
        with open_store(data, read_clock) as store:
            prepare_accounts(data)
            enrol_person(store, "stan", ["store"], ROOT, STORE)
            passwords = {name: add_on_machine(store, name, roles) for name, roles in WHO.items()}
        yield data, passwords


@pytest.fixture(scope="module")
def office(village: tuple[Path, dict[str, str]], browser: Any) -> Iterator[Office]:  # noqa: F811
    data, passwords = village
    with serving(data) as server:
        office = Office(data, server, {})
        for name in WHO:
            page = office.windows[name] = browser.new_context(locale="en").new_page()
            page.on("console", lambda m: m.type == "error" and office.said.append(m.text))
            page.on("pageerror", lambda error: office.said.append(str(error)))
            page.goto(f"{server}/console/")
            page.fill("#id_login", name)
            page.fill("#id_password", passwords[name])
            page.press("#id_password", "Enter")
            page.wait_for_url("**/console/")
        yield office


CYCLE, STOCK = "/console/cycle/", "/console/stock/"


def test_six_people_run_a_month(office: Office, browser: Any, tmp_path: Path) -> None:  # noqa: F811
    a_new_family_is_registered(office, tmp_path)
    a_policy_is_compared_and_adopted_by_two(office)
    stock_comes_in_and_cards_are_printed(office)
    the_shortage_is_divided_and_signed_by_two(office)
    loads_are_sent_and_counted(office)
    points_are_followed(office)
    a_complaint_is_settled(office, browser)
    the_cycle_is_published_and_checked(office, browser)
    assert office.said == [], "no page complained to its console"


def a_new_family_is_registered(office: Office, folder: Path) -> None:
    people = ["A7,1,1970-01-01,f,home", "A7,2,1971-01-01,m,home"]
    lists = {
        "households": ["household,point,name", "A7,Alder,Family A7"],
        "members": ["household,member,birth_date,sex,occupation", *people],
    }
    for kind, lines in lists.items():
        (folder / f"{kind}.csv").write_text("\n".join(lines) + "\n")
        page = office.at("rosa", "/console/registry/bring/")
        page.select_option("#f-kind", kind)
        page.set_input_files("#f-file", folder / f"{kind}.csv")
        office.press("rosa", "form.fields .btn")
        office.press("rosa", "form.acts .btn")
        assert "The list is in" in office.read("rosa")
    office.at("rosa", "/console/registry/?q=family+a7")
    assert "A7" in office.read("rosa") and "Alder" in office.read("rosa")


def a_policy_is_compared_and_adopted_by_two(office: Office) -> None:
    page = office.at("ana", "/console/policy/")
    page.click("main a.btn")
    old, new = "{from = 2008-01-01, value = 250}", "{from = 2008-04-01, value = 200}"
    page.fill("#text", page.input_value("#text").replace(old, f"{old}, {new}"))
    office.press("ana", "form.fields--text .btn")
    assert "nothing wrong was found" in office.read("ana")
    page.fill("#pass", ANA)
    office.press("ana", "[formaction='/console/policy/propose']")
    proposed = page.url.removeprefix(office.server)
    office.send("ana", f"{proposed}compare", on="2008-04-01")
    assert "9 lose" in office.read("ana") and "−1.3 l" in office.read("ana")
    office.at("boris", proposed)
    office.send("boris", f"{proposed}adopt", passphrase=BORIS)
    assert "waits for a second person" not in office.read("boris")


def stock_comes_in_and_cards_are_printed(office: Office) -> None:
    for good, lot, amount in (("grain", "G2", "157 kg"), ("oil", "O2", "3 l")):
        office.at("stan", f"{STOCK}arrivals/")
        office.send(
            "stan", f"{STOCK}arrivals/add", node="Mill", commodity=good, quantity=amount, lot=lot, source="Harvest"
        )
        assert lot in office.read("stan")
    office.at("stan", "/console/cards/")
    office.send("stan", "/console/cards/issue", point="Alder", periods="2008-04")
    assert "Cards (1)" in office.read("stan") and "Every household has a card" in office.read("stan")


def the_shortage_is_divided_and_signed_by_two(office: Office) -> None:
    office.at("ana", CYCLE)
    office.send("ana", f"{CYCLE}draft", period="2008-04")
    office.send("ana", f"{CYCLE}freeze", event="dice thrown at the mill on 4 April", passphrase=ANA)
    office.send("ana", f"{CYCLE}event", outcome="3 3 1 6 2")
    office.send("ana", f"{CYCLE}prepare", passphrase=ANA)
    seen = office.read("ana")
    assert "You prepared it" in seen and "Alder, 74 %" in seen and "Birch, 74 %" in seen
    office.at("boris", CYCLE)
    office.send("boris", f"{CYCLE}sign", passphrase=BORIS)
    office.send("boris", f"{CYCLE}commit")
    office.send("boris", f"{CYCLE}open")
    office.at("olga", CYCLE)
    assert "Approved and signed by boris" in office.read("olga")


def loads_are_sent_and_counted(office: Office) -> None:
    def lorry(number: int) -> None:
        office.at("stan", f"{STOCK}waybills/?bill=2008-04%2F1-W0000{number}")
        office.send("stan", f"{STOCK}waybills/send", carrier="Lorry 7", passphrase=STORE)

    def count(node: str, **came: str) -> None:
        office.at("stan", f"{STOCK}received/?node={node}")
        office.send("stan", f"{STOCK}received/enter", **came)

    lorry(3)
    count("Barn")
    lorry(1)
    lorry(2)
    office.at("ana", "/console/")
    assert "2 points need something before tomorrow" in office.read("ana")
    count("Alder")
    count("Birch", came1="85", reason1="a sack burst on the road")
    assert "rations brought down" in office.read("stan") and "a sack burst on the road" in office.read("stan")


def points_are_followed(office: Office) -> None:
    office.at("ana", "/console/")
    told = office.read("ana")
    assert re.search(r"short\s+Birch", told) and re.search(r"unopened\s+Alder", told)
    page = office.at("stan", "/console/cards/papers/?point=Birch")
    with page.expect_download() as notice:
        page.click("form[action='/console/cards/papers/print'] .btn")
    assert notice.value.path().read_bytes().startswith(b"%PDF")
    coupons = paper().coupons
    rows = [
        {"point": POINT[one], "card": "", "coupon": coupons[one, "2008-04"], "exception": ""}
        for one in ("A1", "A2", "A3", "B1", "B2", "B4", "B5")
    ]
    with open_store(office.data, read_clock) as store:
        hand_over(store, APRIL, rows, "handed.csv")
    office.at("ana", "/console/")
    assert "No point needs anything before tomorrow" in office.read("ana")


def a_complaint_is_settled(office: Office, browser: Any) -> None:  # noqa: F811
    """Of A6, who came on the third and found the point closed."""
    page = office.windows["family"] = browser.new_context(locale="en", java_script_enabled=False).new_page()
    office.at("family", "/my/")
    page.fill("#card", paper().cards["A6"])
    page.fill("#oldest", "1970")
    page.fill("#youngest", "1970")
    page.click("form[action='/my/'] button")
    office.keep(page, "family")
    assert "44.5 kg" in office.read("family") and "stock for a part of what is due" in office.read("family")
    office.at("family", "/my/complain")
    page.check("input[name=kind][value=not-served]", force=True)
    page.fill("#words", "I came on the third and the point was closed.")
    page.click("form[action='/my/complain'] button")
    office.keep(page, "family")
    assert "It is written down" in office.read("family")

    page = office.at("rita", "/console/grievances/")
    page.click("main tbody th a")
    case = page.url.removeprefix(office.server)
    seen = office.read("rita")
    assert "the point was closed" in seen and "44.5 kg" in seen and "A6" not in seen
    office.send(
        "rita", f"{case}decide", outcome="upheld", words="The day book says it opened late: the ration is owed."
    )
    office.send("rita", f"{case}remedy", kind="arrears", amount="44.5 kg", words="The ration of April.")
    assert "rita wrote a remedy down" in office.read("rita")


def the_cycle_is_published_and_checked(office: Office, browser: Any) -> None:  # noqa: F811
    office.at("ana", CYCLE)
    office.send("ana", f"{CYCLE}close")
    office.at("boris", "/console/publish/2008-04/")
    office.send("boris", "/console/publish/2008-04/start")
    office.at("olga", "/console/publish/2008-04/")
    told = office.read("olga")
    assert re.search(r"verified: \d+ checks", told) and "FAIL" not in told and "1 point re-cut" in told
    page = office.windows["stranger"] = browser.new_context(locale="en").new_page()
    office.at("stranger", "/public/places/")
    page.fill("#q", "bir")
    page.click("form[action='/public/places/'] button")
    page.click("main tbody a")
    office.keep(page, "stranger")
    assert "Birch" in office.read("stranger") and "B2" not in office.read("stranger")
