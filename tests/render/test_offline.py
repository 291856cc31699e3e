"""The page of a distribution without a network: every language, the finding on top, the numbers of the trial."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evenhand.render.catalogue import LANGUAGES
from evenhand.render.offline import offline_page
from evenhand.render.offline_figures import Check, Reserve, Rule, Trial
from evenhand.render.offline_words import Said

FIGURES = {
    "over-issue": {"over_issue": 10, "reserve": 20, "beyond_the_reserve": 0, "given_twice_unknown": 0},
    "stock": {"visits_with_too_little_stock": 0},
    "open-rows": {"families": 96, "sent_away": 0},
    "victims": {"families": 4, "fed": 3, "fed_in_part": 0, "claim_only": 1},
    "items": {"sent": 120, "new": 104, "again": 9, "refused": 7},
    "receipts": {"lost_with_a_phone": 2, "signed_again_from_paper": 2},
    "settled": {"receipts": 104, "contested": 4, "not_on_roll": 1, "beyond_the_reserve": 0},
    "order": {"receipts": 104, "again": 12},
}
CHECKS = tuple(Check(name, name != "victims", figures) for name, figures in FIGURES.items())
COUNTS = dict.fromkeys(
    ("phones", "forgot", "lost", "found_again", "stolen", "signed_by_thieves", "waited_for_a_new_phone", "copies",
     "copies_first", "copies_elsewhere", "batches", "gaps", "forged"), 3,
)  # fmt: skip
TRIAL = Trial(
    7, 100, 1, 0, 5, 20, 50, 3, 1000, 10, COUNTS, {}, CHECKS, CHECKS,
    (Rule("no binding", 60, 4), Rule("one holder, no reserve", 0, 4), Rule("one holder", 10, 1)),
    (Reserve(0, 0, 0, 0, 4), Reserve(20, 10, 3, 0, 1)),
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_in_every_language(language: str) -> None:
    page = offline_page(TRIAL, language)
    assert page == offline_page(TRIAL, language)
    assert f'lang="{language}"' in page
    assert ('dir="rtl"' in page) == (language == "ar")
    assert "{" not in page.split("</style>")[1]
    assert "http" not in page.split("</head>")[1]


def test_the_finding_says_whose_claim_is_left_and_that_a_bound_does_not_hold() -> None:
    assert Said(TRIAL).finding().endswith("families left with a claim because of copies: 1")
    held = tuple(replace(check, holds=True) for check in CHECKS)
    assert Said(replace(TRIAL, checks=held)).finding().endswith("no honest family goes home without food")
    broken = tuple(replace(check, holds=check.name != "stock") for check in CHECKS)
    assert Said(replace(TRIAL, checks=broken)).finding() == "The bound does not hold"


def test_shares_are_of_all_rations() -> None:
    said = Said(TRIAL)
    assert (said.share(10), said.share(60)) == ("1", "6")
    assert "1 % of the rations" in said.lead().replace("\u00a0", " ")
