"""The page: self-contained, the same for the same input, escaped, and saying what its month says."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from fractions import Fraction as F
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from disclosure.months import FILLS, country, month, villages

from evenhand.flow.disclosure.claims import claims
from evenhand.flow.disclosure.month import Month
from evenhand.render.report import ReportFacts, report

FACTS = ReportFacts(412, "e7c104fb" * 8, "demo.test/root+1a2b3c4d+AAAA", "2008-05", "2008-04")


def page(*months: Month, facts: ReportFacts = FACTS) -> str:
    return report(months[-1], months, claims(months), facts)


@pytest.fixture(scope="module")
def flood() -> str:
    return page(*(country(period) for period in FILLS))


class Reader(HTMLParser):
    """Collects tags and checks that they nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.texts)).replace("\u00a0", " ")


def test_the_same_months_and_facts_give_the_same_bytes(flood: str) -> None:
    assert page(*(country(period) for period in FILLS)) == flood


def test_it_asks_nothing_of_any_host_and_runs_no_script(flood: str) -> None:
    found = Reader(flood)
    assert not {"script", "img", "link", "iframe", "object", "embed", "base", "form", "image"} & {
        tag for tag, _ in found.tags
    }
    assert not re.search(r"url\(|@import|https?://|//[a-z]", flood.replace("</", ""))
    for tag, attrs in found.tags:
        assert not any(name.startswith("on") or name in ("style", "src") for name in attrs), (tag, attrs)
    links = [str(attrs["href"]) for attrs in found.all("a") + found.all("use")]
    assert all(link.startswith(("#", "../")) for link in links)


def test_its_security_policy_allows_its_own_style_sheet_and_nothing_else(flood: str) -> None:
    style = re.search(r"<style>(.*?)</style>", flood, re.S)
    assert style
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    policy = next(a["content"] for a in Reader(flood).all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_headings_descend_one_step_at_a_time_and_there_is_one_h1(flood: str) -> None:
    levels = [int(tag[1]) for tag, _ in Reader(flood).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_every_picture_has_a_title_a_description_and_a_table_beside_it(flood: str) -> None:
    found = Reader(flood)
    pictures = [attrs for attrs in found.all("svg") if attrs.get("role") == "img"]
    assert len(pictures) == 4
    ids = {attrs.get("id") for _, attrs in found.tags}
    for attrs in pictures:
        assert set(str(attrs["aria-labelledby"]).split()) <= ids
    assert all(a.get("role") == "img" or a.get("aria-hidden") == "true" for a in found.all("svg"))
    assert len(found.all("table")) >= 8
    assert len(found.all("caption")) == len(found.all("table"))


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(flood: str) -> None:
    found = Reader(flood)
    ids = [str(attrs["id"]) for _, attrs in found.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {str(a["href"])[1:] for a in found.all("a") + found.all("use") if str(a["href"]).startswith("#")}
    assert targets <= set(ids)


def test_it_says_how_the_month_stands(flood: str) -> None:
    text = Reader(flood).text
    assert "The ration of May 2008: what was claimed, what the record shows" in text
    assert "6,585 households at 30 points were granted 48.5 % of the grain due to them." in text
    assert "Four points fell under the floor of grain." in text
    assert "From 100 % in March to 48.5 % in May, and four points under the floor" in text
    assert "68 % of people stand at 53 %, the least served at 30 %" in text
    assert "Points in Kangwon and South Hamgyong fell under the floor; 20 of 30 points stand at 53 %" in text
    assert "One point got less than was sent and divided it anew before opening: South Hamgyong 3." in text


def test_claims_stand_with_verdict_figure_and_proof(flood: str) -> None:
    found = Reader(flood)
    assert "“" not in found.text.split("Five claims")[0]
    for claim in claims([country(period) for period in FILLS]):
        assert claim.sentence in found.text
        assert claim.detail in found.text
    assert "holds except 6 points" in found.text
    assert {"../tables/levels.parquet", "../rolls/", "../policy/"} <= {str(a["href"]) for a in found.all("a")}


def test_a_generated_population_is_said_at_the_top_and_only_then(flood: str) -> None:
    assert "A generated population" in flood
    real = page(country("2008-05", generated=False))
    assert "A generated population" not in real
    assert "registered" in Reader(real).text


def test_the_commands_name_folder_and_root_key_safely() -> None:
    facts = replace(FACTS, folder="my folder", root_vkey="o+1+A'; rm -rf /")
    text = Reader(page(country("2008-03"), facts=facts)).text
    assert "evenhand-verify 'my folder'/ --root 'o+1+A'\"'\"'; rm -rf /'" in text


def test_checks_witnesses_and_the_month_before_are_said_when_known() -> None:
    months = [country("2008-03"), country("2008-04")]
    text = page(*months, facts=replace(FACTS, checks=(31, 2), witnesses=3, previous="2008-03"))
    assert "31 pass, 2 fail" in text
    assert 'href="../../2008-03/report/index.html"' in text
    assert "0: one view" not in text
    assert "0: one view" in page(*months)


def test_hostile_names_are_text_and_not_markup() -> None:
    evil = '<script>alert(1)</script>"&\u202e'
    made = villages("2008-03", {"alder": 1, "birch": F(1, 2), "cedar": 0})
    rows = {name: [tuple(r.values()) for r in table.to_pylist()] for name, table in made.tables.items()}
    rows["places"] = [(p, evil, evil, evil, evil, evil, None, None) for p in ("alder", "birch", "cedar")]
    benefits = {"grain": replace(made.benefits["grain"], title=evil)}
    text = page(month("2008-03", rows, benefits, programme=evil, cycle=evil, policy=f"policy/{evil}"))
    found = Reader(text)
    assert "script" not in {tag for tag, _ in found.tags}
    assert "<script>alert" in found.text


def test_a_month_without_goods_without_places_or_without_anything_is_still_a_page() -> None:
    assert "cannot be tested" in Reader(page(month("2008-03", {}, {}))).text
    bare = villages("2008-03", {"alder": 0, "birch": 0, "cedar": 0})
    assert "Every point stands at 0 %" in Reader(page(bare)).text
    assert "No outcome file is in this disclosure." in Reader(page(bare)).text


def test_stock_that_does_not_balance_is_said() -> None:
    made = country("2008-05")
    rows = {name: [tuple(r.values()) for r in table.to_pylist()] for name, table in made.tables.items()}
    rows["movements"] = [r for r in rows["movements"] if r[0] != "receipt" or r[3] != "grain"]
    text = Reader(page(month("2008-05", rows))).text
    assert "this ledger does not balance" in text
    assert "this ledger does not balance" not in Reader(page(made)).text


def test_many_points_are_drawn_by_district_and_only_the_lowest_are_listed() -> None:
    made = country("2008-05", each=45)
    text = page(made)
    assert "One tile is one district" in text
    assert "The numbers of the 400 points that stand lowest" in text
    assert len(text) < 700_000


def test_many_months_are_ranges_and_not_crowds() -> None:
    first = country("2008-05")
    year = [replace(country("2008-04"), period=replace(first.period, id=f"x{n}", first=first.period.first.replace(month=n)))
            for n in range(1, 5)]  # fmt: skip
    text = Reader(page(*year, first)).text
    assert "A bar runs from the worst-served point to the best" in text
