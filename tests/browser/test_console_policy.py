"""Policy, publishing, guide and public pages in a real browser: they fit, axe finds nothing, and a code is checked in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from actions.village import ANA, POLICY, at, paper
from browser.test_report_page import browser, pytestmark  # noqa: F401
from folders import clock, copy_data, open_folder
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.actions.adopt import propose, versions
from evenhand.actions.policy_impact import Question, impact
from evenhand.actions.publishing import publish_here
from evenhand.cli.serve import prepare_accounts
from evenhand.core.period import month
from evenhand.engines.duckdb import DuckDB
from evenhand.store import open_store

AXE = Path(__file__).parents[2] / "counter" / "node_modules" / "axe-core" / "axe.min.js"
MORE = POLICY.replace("value = 10}", "value = 12}").replace('grain = "20 kg"', 'grain = "24 kg"')
VERIFY = "/public/verify/?place=Alder&month=2008-03"
PUBLIC = ("/public/", "/public/places/?area=V1", "/public/places/Alder/", VERIFY, "/public/verify/", "/public/nothing")


@dataclass(frozen=True)
class Office:
    server: str
    passwords: dict[str, str]
    pages: tuple[str, ...]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """The villages after March, with a text that waits and was compared."""
    with open_folder() as folder:
        data = copy_data(at("published"), folder)
        with open_store(data, clock) as store:
            prepare_accounts(data)
            passwords = {
                "ana": add_on_machine(store, "ana", ["policy"]),
                "boris": add_on_machine(store, "boris", ["approver"]),
            }
            new = propose(store, MORE, "ana", ANA)
            asked = Question(versions(store)[0].sha256.hex(), new.hex(), month("2008-03").first)
            impact(store, DuckDB(), asked)
            publish_here(store, "2008-03/1", "boris")
        one = f"/console/policy/{new.hex()[:16]}/"
        pages = (
            "/console/policy/", one, f"/console/policy/write?from={new.hex()[:16]}",
            f"/console/policy/compare/{asked.name}/",
            "/console/publish/", "/console/publish/2008-03/", "/console/help/", "/console/help/policy",
        )  # fmt: skip
        with serving(data) as server:
            yield Office(server, passwords, pages)


def opened(browser: Any, office: Office, who: str = "", **how: Any) -> Any:  # noqa: F811
    """A page, signed in as `who` if there is one; everything it complained of in `page.said`."""
    page = browser.new_context(**how).new_page()
    page.said = []
    page.on("console", lambda message: message.type in ("error", "warning") and page.said.append(message.text))
    page.on("request", lambda asked: asked.url.startswith(office.server) or page.said.append(asked.url))
    if who:
        page.goto(f"{office.server}/console/")
        page.fill("#id_login", who)
        page.fill("#id_password", office.passwords[who])
        page.press("#id_password", "Enter")
        page.wait_for_url("**/console/")
    return page


def fits(page: Any, path: str, language: str, width: int) -> None:
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    if AXE.exists():
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
        assert found == [], path


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("ar", "dark", 320)])
def test_every_page_fits_and_axe_finds_nothing(
    office: Office,
    browser: Any,  # noqa: F811
    language: str,
    scheme: str,
    width: int,
) -> None:
    view = {"width": width, "height": 800}
    page = opened(browser, office, "ana", viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    for path in (*office.pages, *PUBLIC[:-1]):
        page.goto(office.server + path)
        fits(page, path, language, width)
    assert page.said == []
    page.goto(f"{office.server}/console/policy/write")
    page.fill("#text", POLICY.replace("kg/person", "kg/persons"))
    page.click("form[enctype] .btn")
    page.locator(".faults").wait_for()
    fits(page, "faults", language, width)
    page.goto(office.server + PUBLIC[-1])
    fits(page, PUBLIC[-1], language, width)
    page.context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_slip_opens_its_own_row_in_the_browser_and_the_code_goes_nowhere(
    office: Office,
    browser: Any,  # noqa: F811
    language: str,
) -> None:
    page = opened(browser, office, locale=language, viewport={"width": 320, "height": 700})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    page.goto(office.server + VERIFY)
    code = paper().slips["A3"]
    page.fill("#code", code.lower().replace("-", " "))
    page.click("#verify button")
    page.locator("#found .notice p").nth(3).wait_for()
    told = page.inner_text("#found")
    assert paper().cards["A3"] in told and "24" in told and "kg" in told  # 16 steps of 500 g a head, three people
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    flat = code.replace("-", "")
    assert [url for url in asked if flat.lower() in url.lower().replace("-", "").replace("%20", "")] == []
    assert {url.removeprefix(office.server) for url in asked if "/files/" in url} == {
        "/public/2008-03/files/rolls/Alder.cbor", "/public/2008-03/files/redeemed/Alder.cbor",
    }  # fmt: skip
    assert page.context.cookies() == [] and page.said == []
    page.context.close()


def test_a_coupon_is_found_a_strangers_code_is_not_and_a_slip_of_the_pen_is_said(
    office: Office,
    browser: Any,  # noqa: F811
) -> None:
    page = opened(browser, office)
    page.goto(f"{office.server}{VERIFY}#{paper().coupons['A1', '2008-03']}")
    assert page.url.endswith(VERIFY) and page.input_value("#code") == paper().coupons["A1", "2008-03"]
    for code, says in (
        (paper().coupons["A1", "2008-03"], "collected with the coupon"),
        (paper().slips["A2"], "collected without the coupon"),
        (paper().slips["A6"], "Nobody collected it"),
        (paper().slips["B1"], "not on the list of this place"),
        (paper().slips["A1"][:-1] + "#", "mistyped"),
        ("", "mistyped"),
    ):
        page.fill("#code", code)
        page.click("#verify button")
        page.locator("#found").get_by_text(says).wait_for()
    page.context.close()


def test_a_list_that_was_swapped_on_the_way_is_noticed(office: Office, browser: Any) -> None:  # noqa: F811
    page = opened(browser, office)
    page.route("**/rolls/Alder.cbor", lambda route: route.fulfill(body=b"\x86\x01"))
    page.goto(office.server + VERIFY)
    page.fill("#code", paper().slips["A1"])
    page.click("#verify button")
    page.locator("#found").get_by_text("not the one in the log").wait_for()
    page.context.close()


def test_without_a_script_the_page_says_how_to_check_oneself(office: Office, browser: Any) -> None:  # noqa: F811
    page = opened(browser, office, java_script_enabled=False)
    page.goto(office.server + VERIFY)
    assert page.get_by_text("This needs a script").is_visible() and not page.locator("#verify").is_visible()
    assert page.get_by_text("evenhand-verify card CODE 2008-03").is_visible()
    page.context.close()


def test_a_file_takes_the_place_of_what_stood_in_the_field_and_an_empty_one_is_refused(
    office: Office,
    browser: Any,  # noqa: F811
) -> None:
    page = opened(browser, office, "ana")
    page.goto(f"{office.server}/console/policy/write")
    page.fill("#text", "half a thought")
    sent = {"name": "village.toml", "mimeType": "application/toml", "buffer": b"\xef\xbb\xbf" + POLICY.encode()}
    page.set_input_files("#file", sent)
    page.click("form[enctype] .btn")
    page.get_by_text("nothing wrong was found").wait_for()
    assert page.input_value("#text") == POLICY
    for content, says in (
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"x" * 400_001, "far too long"),
        (b"PK\x03\x04", "not TOML"),
    ):
        page.set_input_files("#file", sent | {"buffer": content})
        page.locator("form[enctype] .btn").first.click()  # "Sign and propose" at first: nothing unchecked is signed
        page.get_by_text(says).first.wait_for()
    page.context.close()


def test_the_second_person_finds_the_change_and_answers_below_the_whole_text(office: Office, browser: Any) -> None:  # noqa: F811
    page = opened(browser, office, "boris", viewport={"width": 360, "height": 700})
    page.goto(f"{office.server}/console/policy/")
    page.get_by_role("link", name="Two villages").first.click()
    page.get_by_role("link", name="To the answer, below").click()
    page.fill("#pass", "a guess")
    page.get_by_role("button", name="Sign: I adopt this policy").click()
    page.get_by_role("alert").wait_for()
    page.get_by_role("link", name="Help with this page").click()
    assert page.get_by_role("heading", level=1).inner_text() == "The console"
    page.context.close()
