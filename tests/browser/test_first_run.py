"""An empty folder, a browser and a list: two people have a computed cycle, with one store and three points."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.test_console import AXE
from browser.test_report_page import browser, pytestmark  # noqa: F401
from folders import open_folder
from web.served import free_port

from evenhand.actions.cards import issue_cards
from evenhand.actions.compute import compute
from evenhand.actions.draft import draft
from evenhand.actions.freeze import freeze
from evenhand.actions.importing import import_file, policy_in_force
from evenhand.engines.duckdb import DuckDB
from evenhand.store import open_store
from evenhand.wiring import read_clock

ANA, BORIS, ROOT = "what ana knows alone", "what boris knows alone", "seven grey geese over"
EXPECTED = re.compile("422|ERR_CONNECTION_REFUSED")
"""A question asked again; the office that is not open yet."""

POINTS = ("Alder", "Birch", "Cedar")
HOUSEHOLDS = "household,point,name\n" + "".join(f"{p[0]}{n},{p},Family {n}\n" for p in POINTS for n in range(20))
MEMBERS = "household,member,birth_date,sex,occupation\n" + "".join(
    f"{p[0]}{n},{m},1980-01-01,f,home\n" for p in POINTS for n in range(20) for m in (1, 2)
)


@pytest.fixture(scope="module")
def empty() -> Iterator[tuple[Path, subprocess.Popen[str], str]]:
    """An empty folder, `serve` on it, and the address that the terminal shows."""
    with open_folder() as folder:
        command = [str(Path(sys.executable).with_name("evenhand")), "serve", "--port", str(free_port())]
        environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        process = subprocess.Popen(
            [*command, "--data", str(folder / "data")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=environment,
        )  # fmt: skip
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if found := re.search(r"http://localhost:\d+/first/\S+", line):
                break
        else:
            pytest.fail(said)
        yield folder / "data", process, found[0]
        process.terminate()
        process.wait(30)


def test_only_the_address_of_the_terminal_opens_it(empty: tuple[Path, Any, str]) -> None:
    server = empty[2].partition("/first/")[0]
    for path in ("/", "/first/x/place", "/first//place", "/console/", "/first/" + "a" * 24 + "/ready"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(server + path)
        assert refused.value.code == 404
    request = urllib.request.Request(empty[2] + "place", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 400


def test_five_questions_a_list_and_a_computed_cycle(empty: tuple[Path, Any, str], browser: Any) -> None:  # noqa: F811
    data, _, address = empty
    page = browser.new_context(viewport={"width": 360, "height": 800}, bypass_csp=True).new_page()
    said: list[str] = []
    page.on(
        "console",
        lambda message: message.type == "error" and not EXPECTED.search(message.text) and said.append(message.text),
    )
    page.goto(address)
    answer(page, place="Upper Valley", programme="valley", origin="nowhere", zone="Europe/Zurich")
    assert "ration.example.org" in page.inner_text(".field--bad")
    answer(page, origin="ration.valley.example")
    answer(page, points="\n".join(POINTS), store="Barn")
    answer(page, name1="Flour", amount1="10", step1="0.5", name2="Soap", amount2="2", step2="1")
    answer(page, begins="2026-12")
    people = {"first": "ana", "first_word": ANA, "second": "boris", "second_word": "short", "root_word": ROOT}
    answer(page, **people)
    assert "too short" in page.inner_text(".field--bad") and page.input_value("[name=first_word]") == ""
    answer(page, **(people | {"second_word": BORIS}))
    page.wait_for_url("**/ready", timeout=120_000)
    password = page.inner_text("#first-password")
    page.click("main .btn")
    page.wait_for_url("**/accounts/login/**", timeout=60_000)
    page.fill("#id_login", "ana")
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/registry/bring/")
    for kind, text in (("households", HOUSEHOLDS), ("members", MEMBERS)):
        page.goto(f"{page.url.partition('/console/')[0]}/console/registry/bring/")
        page.select_option("#f-kind", kind)
        page.set_input_files("#f-file", {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": text.encode()})
        page.get_by_role("button", name="Send and look").click()
        page.get_by_role("button", name="Bring these rows in").click()
        assert page.get_by_role("heading", level=1).inner_text() == "The list is in"
    assert said == []
    page.context.close()
    stock = data.parent / "stock.csv"
    stock.write_text("node,commodity,lot,quantity,best_before,source\nBarn,good1,F1,900 kg,2027-06-30,Mill\n")
    with open_store(data, read_clock) as store:
        import_file(store, DuckDB(), "stock", stock, policy_in_force(store))
        issue_cards(store, ["2026-12"], lambda households: [os.urandom(16) for _ in households])
        draft(store, "2026-12", "ana")
        freeze(store, "2026-12/1", "ana", ANA, "dice thrown in the town hall")
        compute(store, DuckDB(), "2026-12/1", "ana", ANA, "4 6 1")
        assert store.rows("select state from cycle_event order by id desc limit 1") == [("computed",)]


def answer(page: Any, **fields: str) -> None:
    """Fill the fields of a question, look at it with axe, and go on."""
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    if AXE.exists():
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
        assert found == []
    page.click("main form .btn", timeout=120_000)
