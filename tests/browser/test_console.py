"""The console in a real browser: it fits, axe finds nothing, light and dark, both directions; a passkey and an
authenticator let people in; the approver signs."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from actions.village import BORIS, at
from browser.test_report_page import browser, pytestmark  # noqa: F401
from folders import clock, copy_data, open_folder
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store

AXE = Path(__file__).parents[2] / "counter" / "node_modules" / "axe-core" / "axe.min.js"
WHO = {"ana": ["admin", "policy"], "boris": ["approver"], "codes": ["auditor"]}
PAGES = ("/console/", "/console/cycle/", "/console/people/", "/console/components/", "/accounts/2fa/")


@dataclass(frozen=True)
class Office:
    server: str
    passwords: dict[str, str]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_folder() as folder:
        data = copy_data(at("computed"), folder)
        with open_store(data, clock) as store:
            prepare_accounts(data)
            passwords = {name: add_on_machine(store, name, roles) for name, roles in WHO.items()}
        with serving(data) as server:
            yield Office(server, passwords)


def signed_in(browser: Any, office: Office, who: str, **how: Any) -> Any:  # noqa: F811
    """A page of `who`, and everything it complained of in `page.said`."""
    page = browser.new_context(**how).new_page()
    page.said = []
    page.on("console", lambda message: message.type in ("error", "warning") and page.said.append(message.text))
    page.on("request", lambda asked: asked.url.startswith((office.server, "data:")) or page.said.append(asked.url))
    page.goto(f"{office.server}/console/")
    page.fill("#id_login", who)
    page.fill("#id_password", office.passwords[who])
    page.press("#id_password", "Enter")
    page.wait_for_url("**/console/")
    return page


def with_password_again(page: Any, office: Office, who: str, path: str) -> None:
    """Open a page that changes how somebody signs in: it asks for the password once more."""
    page.goto(office.server + path)
    page.fill("#id_password", office.passwords[who])
    page.press("#id_password", "Enter")
    page.wait_for_url(f"**{path}")


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("ar", "dark", 320), ("hi", "light", 768)],
)
def test_every_page_fits_and_axe_finds_nothing(
    office: Office,
    browser: Any,  # noqa: F811
    language: str,
    scheme: str,
    width: int,
) -> None:
    view = {"width": width, "height": 800}
    page = signed_in(browser, office, "ana", viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    for path in PAGES:
        page.goto(office.server + path)
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if AXE.exists():
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
            assert found == [], path
    assert page.said == []
    page.context.close()


def test_the_flow_opens_on_a_phone_without_a_script(office: Office, browser: Any) -> None:  # noqa: F811
    page = signed_in(browser, office, "ana", viewport={"width": 360, "height": 800}, java_script_enabled=False)
    assert not page.get_by_role("link", name="Allocation").is_visible()
    page.get_by_role("link", name="Go elsewhere in the cycle").click()
    page.get_by_role("link", name="Allocation").click()
    assert page.get_by_role("heading", level=1).inner_text() == "2008-03/1: who gets how much"
    page.context.close()


def test_a_passkey_that_was_added_lets_its_owner_in_without_a_password(office: Office, browser: Any) -> None:  # noqa: F811
    page = signed_in(browser, office, "boris")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    with_password_again(page, office, "boris", "/accounts/2fa/webauthn/add/")
    page.check("input[type=checkbox]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/**")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    page.goto(f"{office.server}/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/console/")
    assert "boris" in page.inner_text(".who")
    page.goto(f"{office.server}/console/cycle/")
    page.fill("#sign-passphrase", BORIS)
    page.get_by_role("button", name="Sign: I approve this division").click()
    page.get_by_text("Approved and signed by boris").wait_for()
    assert page.said == []
    page.context.close()


def test_an_authenticator_that_was_added_is_asked_for_the_next_time(office: Office, browser: Any) -> None:  # noqa: F811
    page = signed_in(browser, office, "codes")
    with_password_again(page, office, "codes", "/accounts/2fa/totp/activate/")
    secret = page.input_value("#authenticator_secret")
    page.fill("#id_code", code_now(secret))
    page.click("main button[type=submit]")
    page.wait_for_url("**/recovery-codes/**")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    page.fill("#id_login", "codes")
    page.fill("#id_password", office.passwords["codes"])
    page.press("#id_password", "Enter")
    page.wait_for_url("**/authenticate/**")
    page.goto(f"{office.server}/console/")
    assert page.url == f"{office.server}/accounts/2fa/authenticate/"
    page.context.close()


def code_now(secret: str) -> str:
    """RFC 6238: six digits of HMAC-SHA-1 over the half minute."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at_ = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at_ : at_ + 4])[0] & 0x7FFFFFFF) % 10**6:06}"
