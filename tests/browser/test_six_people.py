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
from actions.village import ANA, BORIS, ROOT, at
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

    def press(self, who: str, button: str = "main .btn") -> Any:
        """Press a button; where long work follows, wait for its end and go on."""
        page = self.windows[who]
        page.click(button)
        page.wait_for_load_state()
        if "/console/jobs/" in page.url:
            page.wait_for_function("!document.querySelector('[hx-get]')", timeout=90_000)
            self.keep(page, who)
            assert page.locator("use[href$='#m-done']").count(), page.inner_text("main")
            page.click("main a.btn")
            page.wait_for_load_state()
        self.keep(page, who)
        assert not page.locator("main [role=alert]").count(), page.inner_text("main [role=alert]")
        return page


@pytest.fixture(scope="module")
def village() -> Iterator[tuple[Path, dict[str, str]]]:
    """March is published; six accounts with their passwords. Made before the browser, beside which Django makes no tables."""
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


def test_six_people_run_a_month(office: Office, tmp_path: Path) -> None:
    new_family_is_registered(office, tmp_path)
    policy_is_compared_and_adopted_by_two(office)


def new_family_is_registered(office: Office, tmp_path: Path) -> None:
    lists = {"households": "household,point,name\nA7,Alder,Family A7\n",
             "members": "household,member,birth_date,sex,occupation\nA7,1,1970-01-01,f,home\nA7,2,1971-01-01,m,home\n"}  # fmt: skip
    for kind, text in lists.items():
        (tmp_path / f"{kind}.csv").write_text(text)
        page = office.at("rosa", "/console/registry/bring/")
        print(page.inner_html("main form.fields"))
        page.set_input_files("#f-file", tmp_path / f"{kind}.csv")
        office.press("rosa", "form.fields .btn")
        print(page.inner_text("main"))
        office.press("rosa", "form.acts .btn")
        print(page.url, page.inner_text("main"))
    assert "Family A7" in office.at("rosa", "/console/registry/?q=family+a7").inner_text("main")


def policy_is_compared_and_adopted_by_two(office: Office) -> None:
    page = office.at("ana", "/console/policy/")
    page.click("main a.btn")
    text = page.input_value("#text")
    page.fill("#text", text.replace("{from = 2008-01-01, value = 250}", "{from = 2008-01-01, value = 250}, {from = 2008-04-01, value = 200}"))
    page.fill("#pass", ANA)
    office.press("ana", "[formaction='/console/policy/propose']")
    print(page.url, page.inner_text("main"))
