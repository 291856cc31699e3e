"""Pages about a policy: whole, escaped, in four languages, with a table for every picture."""

import re
from datetime import date
from fractions import Fraction

import pytest
from entitlement.small_policy import GRAIN
from render.test_report import Reader

from evenhand.flow.entitlement.explain import Facts, explain
from evenhand.flow.policy import load, period_for, run_tests
from evenhand.render import policy_compare, policy_document, policy_explain
from evenhand.render.catalogue import CATALOGUES, DRAFTED, LANGUAGES, Catalogue, form
from evenhand.render.policy_said import Said

DAY = date(2014, 1, 1)
POLICY = load(GRAIN, "grain.toml")


def explained(
    household: str = "A", card: str = "PHH", births: tuple[date | None, ...] = (date(2012, 1, 1), None)
) -> dict:
    members = [{"birth_date": day} if day else {} for day in births]
    keys = [str(number) for number, _ in enumerate(members, 1)]
    return explain(POLICY, period_for(POLICY, DAY), Facts(household, {"card": card}, members, keys))


def document(language: str = "en", policy: object = POLICY) -> str:
    return policy_document.page(policy, DAY, run_tests(policy), language)


def comparison() -> dict:
    counts = {"households": 3, "gain": 1, "lose": 1, "same": 1, "newly_decided": 0, "no_longer_decided": 0, "undecided": 0,
              "old": 55_000, "new": 62_000, "gained": 12_000, "lost": 5_000}  # fmt: skip
    side = {"id": "x", "title": "A <b> policy", "sha256": "00", "period": "2014-01", "first": "2014-01-01",
            "last": "2014-01-31"}  # fmt: skip
    benefit = {"benefit": "grain", "title": "Grain & flour", "unit": "kg", "parts": 1, "stocked": True, **counts,
               "bins": [{"bin": "gain-half", "from": 50, "to": None, "households": 1, "change": 12_000},
                        {"bin": "lose-tenth", "from": -24, "to": -10, "households": 1, "change": -5_000}],
               "classes": [{"policy": "new", "row": "due.phh", "because": "5 kg each", **counts}],
               "areas": [{"area": "<Alder>", **counts}]}  # fmt: skip
    return {"format": "evenhand-comparison/1", "old": side, "new": side, "households": 3, "gain": 1, "lose": 1, "mixed": 0,
            "same": 1, "undecided": 0, "benefits": [benefit]}  # fmt: skip


def test_catalogues_say_the_same_things_with_the_same_values() -> None:
    english = CATALOGUES["en"]
    for language, text in CATALOGUES.items():
        assert set(text) == set(english), language
        for key, sentence in text.items():
            wanted = set(re.findall(r"{(\w+)}", english[key])) - {"n"}
            assert set(re.findall(r"{(\w+)}", sentence)) - {"n"} == wanted, (language, key)
            assert sentence, (language, key)


def test_drafted_catalogues_and_their_pages_say_so() -> None:
    assert set(LANGUAGES) - {"en"} == DRAFTED
    for language in LANGUAGES:
        told = Catalogue(language).text["draft"]
        for made in (
            policy_explain.page(explained(), language),
            document(language),
            policy_compare.page(comparison(), language),
        ):
            assert (told in made) == (language in DRAFTED)


@pytest.mark.parametrize(
    ("value", "name"),
    [(0, "other"), (1, "one"), (2, "two"), (3, "few"), (10, "few"), (11, "many"), (99, "many"), (100, "other"),
     (103, "few")],
)  # fmt: skip
def test_arabic_has_six_ways_to_count(value: int, name: str) -> None:
    assert form("ar", value) == name


def test_counts_read_as_people_say_them() -> None:
    assert [Said("ar").unit(Fraction(n), "day") for n in (1, 2, 3, 11)] == [
        "\u2068يوم واحد\u2069", "\u2068يومان\u2069", "\u20683 أيام\u2069", "\u206811 يومًا\u2069",
    ]  # fmt: skip
    assert Said("fr").unit(Fraction(0), "piece") == "0 pièce"
    assert Said("en").unit(Fraction(0), "piece") == "0 pieces"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [("55800", "g", "55.8 kg"), ("999", "g", "999 g"), ("1000000", "g", "1,000 kg"), ("1/3", "kg", "1/3 kg"),
     ("17/12", "pair", "1 5/12 pairs"),
     ("1000.0001", "g", "1,000.0001 g"), ("-5000", "g", "\u22125 kg"),
     ("12345678901234567890", "piece", "12,345,678,901,234,567,890 pieces")],
)  # fmt: skip
def test_quantities_are_exact(value: str, unit: str, shown: str) -> None:
    assert Said("en").unit(Fraction(value), unit) == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_nest_and_ask_nothing_of_anybody(language: str) -> None:
    for made in (
        policy_explain.page(explained(), language),
        document(language),
        policy_compare.page(comparison(), language),
    ):
        reader = Reader(made.removeprefix("<!doctype html>\n"))
        (html,) = reader.all("html")
        assert (html["lang"], html.get("dir")) == (language, "rtl" if language == "ar" else None)
        assert not any("style" in attributes for _, attributes in reader.tags)
        assert not any(name in ("script", "img", "link", "iframe") for name, _ in reader.tags)
        assert len(reader.all("h1")) == 1


def test_where_writing_goes_right_to_left_what_does_not_is_isolated() -> None:
    made = policy_explain.text(explained(), "ar")
    assert "\u2068NFSA 2013 s.3\u2069" in made
    assert "\u20682013-07-05\u2069" in made
    assert made.count("\u2068") + made.count("\u2066") == made.count("\u2069")


def test_what_cannot_be_decided_is_said_and_is_no_zero() -> None:
    made = policy_explain.page(explained(), "en")
    assert "cannot be decided: birth date of member 2 is missing" in made
    assert "not decided" in made


def test_the_page_escapes_what_a_file_holds() -> None:
    made = policy_explain.page(explained("<script>alert(1)</script>"), "en")
    assert "<script>" not in made
    assert "&lt;script&gt;" in made
    assert "a family &lt;of&gt; four &amp; more" in document()
    assert "<b>" not in policy_compare.page(comparison(), "en").split("</dl>")[0].split("docket")[1].replace(
        "<b>20", ""
    )


def test_the_document_has_every_row_with_its_words_and_source() -> None:
    made = document()
    for text in ("card is PHH", "5 kg for each member", "fixed 35 kg", "no eligible card",
                 "age on the first day of the period is less than 5",
                 "NFSA 2013 s.3", "Protected first: 60\u00a0% of it",
                 "is kept for 2 cycles", "lapses after 8 weeks", "1 of 1 hold"):  # fmt: skip
        assert text in made, text
    assert "5 kg par membre" in document("fr")


def test_a_value_that_changed_is_drawn_and_stands_in_a_table() -> None:
    made = document()
    assert "each from 5 kg per member to 6 kg per member" in made
    assert '<path class="step"' in made
    assert "Order 12" in made


def test_an_example_that_does_not_hold_is_shown_as_such() -> None:
    wrong = load(GRAIN.replace('grain = "10 kg"', 'grain = "11 kg"'), "grain.toml")
    assert "This example does not hold" in document("en", wrong)
    assert "This example does not hold" not in document()


def test_the_comparison_has_a_finding_over_and_a_table_with_every_picture() -> None:
    made = policy_compare.page(comparison(), "en")
    reader = Reader(made.removeprefix("<!doctype html>\n"))
    assert len(reader.all("figure")) == 4
    assert len(reader.all("table")) >= 4
    assert "Grain &amp; flour takes 7 kg more" in made
    assert "&lt;Alder&gt;" in made
    assert not any("style" in attributes for _, attributes in reader.tags)
