"""Grievances in the console: who reads and decides what, the name by a deliberate act, what follows, intake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from actions.village import at, paper
from folders import copy_data, open_folder
from grievance.people import draw, give_roles
from web.browser_like import Reader
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.actions.carrying_out import to_carry_out
from evenhand.actions.case_queue import queue, tick
from evenhand.actions.cases import case_of
from evenhand.actions.complain import Complaint, complain
from evenhand.actions.open_name import unsealed
from evenhand.cli.serve import prepare_accounts
from evenhand.store import Store, open_store
from evenhand.store.people import add_account
from evenhand.wiring import read_clock

DAY = 86_400
PAGES = "/console/grievances/"
WHO = ("dora", "pavel", "omar", "stella", "eve")


class Clock:
    """The server's own time, unless a test goes back some days."""

    back = 0

    def __call__(self) -> int:
        return read_clock() - self.back * DAY


@dataclass
class Office:
    server: str
    data: Path
    passwords: dict[str, str]
    seated: dict[str, Reader] = field(default_factory=dict)

    def __getitem__(self, who: str) -> Reader:
        if who not in self.seated:
            self.seated[who] = Reader(self.server)
            assert self.seated[who].sign_in(who, self.passwords[who]).status == 302
        return self.seated[who]

    def filed(self, *said: Complaint, back: int = 0, papers: tuple[bytes, ...] = ()) -> str:
        clock = Clock()
        with open_store(self.data, clock) as store:
            clock.back = back
            return [complain(store, one, draw, papers=papers) for one in said][-1]

    def store(self) -> Store:
        return open_store(self.data, read_clock)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_folder() as folder:
        data = copy_data(at("received"), folder)
        with open_store(data, read_clock) as store:
            prepare_accounts(data)
            give_roles(store)
            passwords = {name: add_account(data, name) for name in WHO}
            for name, roles in {"tina": ["operator"], "rita": ["registrar"], "both": ["registrar", "store"]}.items():
                name = "keeper" if name == "both" else name
                passwords[name] = add_on_machine(store, name, roles)
        with serving(data) as server:
            yield Office(server, data, passwords)


def decide(office: Office, reference: str, who: str = "dora", outcome: str = "upheld", words: str = "looked at") -> int:
    page = f"{PAGES}{reference}/"
    return office[who].post(f"{page}decide", page, outcome=outcome, words=words).status


def test_what_is_due_first_stands_first_and_has_risen_by_itself(office: Office) -> None:
    late = office.filed(Complaint("wrong-amount", "7 kg short", household="B4"), back=9)
    soon = office.filed(Complaint("not-served", "the door was shut", point="Alder", anonymous=True), back=2)
    later = office.filed(Complaint("quality", "worms", household="B5"), back=1)
    text = office["pavel"].get(PAGES).text
    places = [text.index(reference) for reference in (soon, late, later)]
    assert places == sorted(places) and "came up from below" in text
    assert late not in office["dora"].get(PAGES).text
    assert late in office["dora"].get(f"{PAGES}?which=waiting").text


def test_a_clock_that_runs_out_is_written_down_without_anybody_looking(office: Office) -> None:
    reference = office.filed(Complaint("not-served", household="A2"), back=5)
    with office.store() as store:
        tick(store)
        found = store.rows("select act, office, person from grievance_event where reference = %s", (reference,))
        assert found == [("escalation", "province", "")]
        tick(store)
        assert len(store.rows("select from grievance_event where reference = %s", (reference,))) == 1


def test_the_case_shows_the_households_records_without_its_name(office: Office) -> None:
    reference = office.filed(
        Complaint("wrong-amount", "less than the roll says", household="B4", name="Mara", contact="0123")
    )
    text = office["dora"].get(f"{PAGES}{reference}/").text
    for told in (
        "less than the roll says",
        "40\u00a0kg",
        "80\u00a0%",
        "75\u00a0%",
        "30\u00a0kg",
        "10 kg for each member",
        "Birch",
    ):
        assert told in text, told
    for hidden in ("Family B4", "Mara", "0123", paper().cards["B4"], ">B4<"):
        assert hidden not in text, hidden
    with office.store() as store:
        acts = [event.act for event in case_of(store, reference).events]
    assert acts == ["read"]
    office["dora"].get(f"{PAGES}{reference}/")
    with office.store() as store:
        assert len(case_of(store, reference).events) == 1  # once an hour


def test_the_name_is_opened_for_a_reason_and_that_is_an_entry_of_the_case(office: Office) -> None:
    reference = office.filed(Complaint("conduct", "shouted at", household="A3", name="Mara <b>", contact="0123"))
    page = f"{PAGES}{reference}/"
    assert office["dora"].post(f"{page}open", page, why=" ").status == 422
    told = office["dora"].post(f"{page}open", page, why="to hear both sides")
    assert (
        told.status == 200 and "A3" in told.text and "Mara &lt;b&gt;" in told.text and paper().cards["A3"] in told.text
    )
    after = office["dora"].get(page).text
    assert "dora opened the seal" in after and "to hear both sides" in after and "Mara" not in after


@pytest.mark.parametrize("who", ["stella", "eve", "tina", "rita"])
def test_nobody_of_the_point_and_nobody_without_the_role_reads_a_case(office: Office, who: str) -> None:
    reference = office.filed(Complaint("quality", "worms", household="A1"))
    page, wanted = f"{PAGES}{reference}/", 404 if who == "stella" else 403
    assert office[who].get(page).status == wanted
    for act, fields in (
        ("open", {"why": "x"}),
        ("decide", {"outcome": "upheld", "words": "x"}),
        ("remedy", {"kind": "coupon"}),
    ):
        assert office[who].post(f"{page}{act}", "/console/", **fields).status == wanted
    assert office[who].get(f"{page}paper/1").status == wanted
    assert reference not in office[who].get(PAGES).text
    missing = office[who].get(f"{PAGES}0000-0000/")
    assert missing.status == wanted
    with office.store() as store:
        assert case_of(store, reference).events == ()


def test_abuse_is_the_ombudsmans_alone(office: Office) -> None:
    reference = office.filed(Complaint("abuse", "he asked for money", household="B5"))
    for who in ("dora", "pavel"):
        assert office[who].get(f"{PAGES}{reference}/").status == 404
        assert reference not in office[who].get(f"{PAGES}?which=waiting").text
    page = f"{PAGES}{reference}/"
    text = office["omar"].get(page).text
    assert "sealed with the name" in text and "he asked for money" not in text
    assert "he asked for money" in office["omar"].post(f"{page}open", page, why="to act").text


def test_a_decision_needs_words_and_is_made_by_the_office_that_holds_the_case(office: Office) -> None:
    reference = office.filed(Complaint("quality", "worms", household="B1"))
    assert decide(office, reference, words=" ") == 422
    assert decide(office, reference, outcome="maybe") == 422
    assert decide(office, reference, who="omar") == 422
    assert decide(office, reference) == 302
    assert decide(office, reference) == 422
    text = office["dora"].get(f"{PAGES}{reference}/").text
    assert "dora decided: upheld" in text and "may appeal until" in text
    assert reference in office["dora"].get(f"{PAGES}?which=decided").text


def test_what_follows_is_written_down_by_who_decided_and_a_registrar_carries_it_out(office: Office) -> None:
    reference = office.filed(Complaint("not-on-list", "my coupon is gone", household="B2"))
    page = f"{PAGES}{reference}/"
    assert decide(office, reference) == 302
    assert office["pavel"].post(f"{page}remedy", page, kind="coupon").status == 422
    assert office["dora"].post(f"{page}remedy", page, kind="arrears", benefit="grain", amount="7.2 kg").status == 422
    assert office["dora"].post(f"{page}remedy", page, kind="arrears", benefit="grain", amount="7 kg").status == 302
    assert office["dora"].post(f"{page}remedy", page, kind="coupon", words="new card").status == 302
    assert office["dora"].post(f"{page}remedy", page, kind="correction", words="five, not four").status == 302
    text = office["dora"].get(page).text
    assert (
        "7\u00a0kg of Grain" in text and "paid by the next cycle" in text and text.count("waits for the registrar") == 2
    )
    todo = office["rita"].get(f"{PAGES}todo/").text
    assert "five, not four" in todo and "my coupon is gone" not in todo and "B2" not in todo
    take = f"{PAGES}todo/take"
    to = office["rita"].post(take, f"{PAGES}todo/", reference=reference, kind="coupon").headers["Location"]
    assert to == f"/console/cards/replace/?card={paper().cards['B2']}"
    to = office["rita"].post(take, f"{PAGES}todo/", reference=reference, kind="correction").headers["Location"]
    assert to == "/console/registry/household/?household=B2"
    assert office["rita"].get(to).status == 200
    assert "rita opened the seal" in office["dora"].get(page).text
    assert office["keeper"].post(take, f"{PAGES}todo/", reference=reference, kind="coupon").status == 422
    with office.store() as store:
        assert {one.kind for one in to_carry_out(store, "rita")} == {"coupon", "correction"}
        store.execute(
            "insert into household_change (household, member, field, old, new, reason, person, at)"
            " values ('B2', '', 'name', 'a', 'b', 'five, not four', 'rita', %s)",
            (store.clock(),),
        )
        assert [one.kind for one in to_carry_out(store, "rita")] == ["coupon"]


def test_an_operator_types_for_a_caller_and_cannot_read_it_again(office: Office) -> None:
    page = f"{PAGES}new/"
    fields = {
        "channel": "telephone",
        "kind": "not-served",
        "card": paper().cards["A6"],
        "words": "sent away",
        "where": "",
    }
    wrong = office["tina"].post_files(page, {}, **(fields | {"card": "0000000001"}))
    assert wrong.status == 422 and "have it read again" in wrong.text and "sent away" in wrong.text
    assert office["tina"].post_files(page, {"scan": b"%PDF-1.4 a paper"}, form="one", **fields).status == 302
    told = office["tina"].get(page).text
    found = re.search(r"Written down as ([0-9A-Z]{4}-[0-9A-Z]{4})", told)
    assert found and "Written down as" not in office["tina"].get(page).text
    with office.store() as store:
        case = case_of(store, found[1]).case.intake
        assert (case.kind, case.point, case.channel) == ("not-served", "Alder", "telephone")
        assert unsealed(store, found[1]) == {"household": "A6"}
        assert store.rows("select person from grievance where reference = %s", (found[1],)) == [("tina",)]
    assert office["tina"].get(f"{PAGES}{found[1]}/").status == 403
    paper_ = office["dora"].get(f"{PAGES}{found[1]}/paper/1")
    assert paper_.headers["Content-Type"] == "application/octet-stream"
    assert paper_.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in paper_.headers["Content-Security-Policy"] and paper_.text == "%PDF-1.4 a paper"
    assert office["dora"].get(f"{PAGES}{found[1]}/paper/2").status == 404


def test_an_appeal_by_telephone_needs_the_reference_that_the_household_has(office: Office) -> None:
    reference = office.filed(Complaint("conduct", "shouted at", household="B1"))
    decide(office, reference, outcome="not upheld")
    page = f"{PAGES}new/"
    assert office["tina"].post(f"{page}appeal", page, reference="0000-0000", words="no").status == 422
    assert office["tina"].post(f"{page}appeal", page, reference=reference, words="I was there").status == 302
    with office.store() as store:
        assert case_of(store, reference).case.stage == "appealed"
    assert decide(office, reference, who="dora") == 422
    assert decide(office, reference, who="pavel", outcome="not upheld", words="heard both") == 302
    assert "final" in office["pavel"].get(f"{PAGES}{reference}/").text


def test_words_with_markup_in_them_stay_words(office: Office) -> None:
    reference = office.filed(Complaint("other", "<img src=x onerror=alert(1)>", point="Birch", anonymous=True))
    text = office["dora"].get(f"{PAGES}{reference}/").text
    assert "<img src=x" not in text and "&lt;img src=x" in text


def test_a_queue_reads_no_more_than_its_areas_and_its_limit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evenhand.actions.case_queue.READ_MAX", 2)
    with office.store() as store:
        found = queue(store, "pavel", "waiting")
        assert len(found.cases) <= 2 and found.more
        assert queue(store, "omar", "decided").more


@pytest.mark.parametrize("language", ["en", "fr", "ar", "hi"])
def test_every_page_is_in_the_readers_language_with_no_key_left_over(office: Office, language: str) -> None:
    reference = office.filed(Complaint("quality", "worms", household="B1"))
    for path in ("", "?which=waiting", "?which=decided", "new/", "figures/", f"{reference}/"):
        found = office["dora"].get(f"{PAGES}{path}", **{"Accept-Language": language})
        assert found.status == 200 and f'lang="{language}"' in found.text
        assert not re.search(r"\b(gr|my)\.[a-z]+", found.text)
        assert not re.search(r"<[^>]+\sstyle=|<style|<[^>]+\son\w+=", found.text)
    assert not re.search(r"\bgr\.[a-z]+", office["rita"].get(f"{PAGES}todo/", **{"Accept-Language": language}).text)


def test_public_figures_tell_of_nobody(office: Office) -> None:
    text = office["eve"].get(f"{PAGES}figures/").text
    assert "no figure tells of fewer than 2 complaints" in text and "B4" not in text
    assert "How long each office has" in text
