"""The notice and the roll of a point: numbers that fit on a sheet of paper, before and after a lorry came short."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from actions.village import MARCH, at, paper
from folders import clock, copy_data, open_folder
from PIL import Image

from evenhand.actions.cycles import find
from evenhand.actions.point_paper import Wish, _classes, _Work, print_points
from evenhand.core.errors import UsageError
from evenhand.render import point_paper as render
from evenhand.render.catalogue import LANGUAGES
from evenhand.render.point_words import TEXT
from evenhand.store import open_store

printing = pytest.importorskip("evenhand.render.paper")
pytest.importorskip("typst", reason="typst is not installed (extra paper)")
BOTH = Wish(("Birch",), poster=True, roll=True, when="Tuesday", complaint="0800 4417")


def shown(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.fixture(scope="module")
def papers() -> dict:
    """(notice, families) of Birch, as committed and after the lorry came 7 kg short."""
    made = {}
    for state in ("committed", "received"):
        with open_folder() as folder, open_store(copy_data(at(state), folder), clock) as store:
            if state == "received":
                store.execute("insert into proxy (household, name, since) values ('B4', 'Kim Il', '2008-01-01')")
                store.execute("insert into proxy (household, name, since) values ('B4', 'Pak Sun', '2008-01-01')")
                store.execute(
                    "insert into proxy (household, name, since, withdrawn) values ('B4', 'Pak Sun', '2008-02-01', true)"
                )
            made[state] = _Work(store, find(store, MARCH), BOTH).papers("Birch")
            made[f"{state} checkpoint"] = store.log.checkpoint()
    return made


def test_the_notice_says_the_share_and_after_a_recut_the_new_one(papers: dict) -> None:
    before, after = papers["committed"][0], papers["received"][0]
    assert (before.share, before.cuts) == ({"grain": Fraction(4, 5), "oil": 1}, {})
    assert after.share == {"grain": Fraction(3, 4), "oil": 1}
    assert after.cuts == {"grain": render.Cut(216, 202, Fraction(4, 5), Fraction(3, 4))}
    told = render.poster(after)
    assert [{key: shown(text) for key, text in good.items()} for good in told["goods"]] == [
        {"what": "Grain", "head": "Grain, kg", "get": "7.5 kg", "share": "of every 10 kg due"},
        {"what": "Oil", "head": "Oil, l", "get": "all that is due", "share": ""},
    ]
    assert [shown(line) for line in told["why"]] == [
        "The whole programme has stock for a part of what is due: Grain 80 %.",
        "Grain: 108 kg were on the way, 101 kg were counted on arrival. So 75 % instead of 80 %.",
    ]
    assert (told["cut"], render.poster(before)["cut"]) == (True, False)


def test_the_notice_carries_the_checkpoint_as_digits_and_as_a_code_that_reads_back(papers: dict) -> None:
    notice = papers["received"][0]
    size, digest, text = notice.checkpoint
    assert papers["received checkpoint"].startswith(text)
    assert render.poster(notice)["hash"].replace(" ", "") == f"{size}{digest[:40]}"
    (page,) = printing.pictures(render._source("poster.typ"), render.poster(notice), 203)
    image = np.asarray(Image.open(BytesIO(page)).convert("L"))
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [text]


def test_a_class_of_fewer_than_k_households_is_not_told(papers: dict) -> None:
    """Each size stands once in Birch and k is 2: the notice says the rule and nobody's amount."""
    notice, _ = papers["received"]
    assert (notice.classes, notice.dues, notice.more) == ([], {}, True)


def test_classes_are_told_by_size_where_size_decides_and_else_by_what_is_due() -> None:
    def row(household: str, due: int, ration: int, offered: int = 0) -> dict:
        return {"household": household, "benefit": "grain", "ladder": [due - 1, 1], "ration_steps": ration + offered,
                "offered_steps": offered}  # fmt: skip

    policy = replace_k(2)
    rows = [row("a", 10, 5), row("b", 10, 6), row("c", 20, 10, offered=3), row("d", 20, 10), row("e", 30, 15)]
    sizes = {"a": 1, "b": 1, "c": 2, "d": 2, "e": 3}
    classes, dues, more = _classes(rows, ["grain"], sizes, policy)
    assert [(c.members, c.due, c.least, c.most) for c in classes] == [
        (1, {"grain": 10}, {"grain": 5}, {"grain": 6}),
        (2, {"grain": 20}, {"grain": 10}, {"grain": 10}),
    ]
    assert (dues, more) == ({}, True)
    classes, dues, more = _classes(rows, ["grain"], sizes | {"c": 1}, policy)
    assert (classes, dues, more) == ([], {"grain": [(10, 5, 6), (20, 10, 10)]}, True)


def replace_k(k: int) -> object:
    with open_folder() as folder, open_store(copy_data(at("drafted"), folder), clock) as store:
        return replace(find(store, MARCH).policy(), k=k)


def test_the_roll_has_every_household_by_card_with_sums_and_proxies_that_stand(papers: dict) -> None:
    notice, families = papers["received"]
    told = render.roll(notice, families)
    (page,) = told["pages"]
    assert [(row["card"].replace("\u00a0", ""), row["name"], row["members"]) for row in page["rows"]] == [
        (paper().cards[f"B{n}"], f"Family B{n}", str(n)) for n in (1, 2, 4, 5)
    ]
    assert [shown(row["rations"][0]) for row in page["rows"]] == ["7.5 kg", "15 kg", "30 kg", "37.5 kg"]
    assert [row["proxies"] for row in page["rows"]] == ["", "", "May collect: Kim Il", ""]
    assert [shown(text) for text in told["all"]] == ["90 kg", "3 l"]
    many = render.roll(notice, [replace(families[0], card=f"{n:010}") for n in range(30)])
    assert [len(page["rows"]) for page in many["pages"]] == [12, 12, 6]
    assert sum(float(shown(page["sums"][0]).split()[0]) for page in many["pages"]) == 7.5 * 30


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("by_size", [True, False])
def test_a_notice_of_six_goods_and_many_classes_is_one_page(papers: dict, language: str, by_size: bool) -> None:
    notice, _ = papers["received"]
    goods = {f"g{n}": notice.benefits["grain"] for n in range(6)}
    cut = render.Cut(216_000, 202_000, Fraction(4, 5), Fraction(3, 4))
    kinds = ((20_000, 1), (17, 1), (17, 2))
    every = [render.Class(n, *(dict.fromkeys(goods, n * k + n % odd) for k, odd in kinds)) for n in range(1, 9)]
    dues = {g: [(n * 20_000, n * 17, n * 17 + n % 2) for n in range(1, 9)] for g in goods}
    full = replace(
        notice, language=language, benefits=goods, titles=dict.fromkeys(goods, "Cooking oil"),
        cuts=dict.fromkeys(goods, cut), share=dict.fromkeys(goods, Fraction(3, 4)),
        everywhere=dict.fromkeys(goods, Fraction(5, 6)), alike=frozenset(goods),
        classes=every if by_size else [], dues=dues,
    )  # fmt: skip
    told = render.poster(full)
    assert len(printing.pictures(render._source("poster.typ"), told, 40)) == 1
    assert told["more"] or not by_size
    if by_size and language == "en":
        assert told["classes"][0]["cells"][0] == {"get": "8.5 or 9", "due": "20", "of": "of 20 due"}
        assert told["goods"][0]["head"] == "Cooking oil, kg"


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_papers_are_printed_in_every_language(papers: dict, language: str) -> None:
    notice, families = papers["received"]
    assert TEXT[language].keys() == TEXT["en"].keys()
    assert not printing.unprintable(TEXT[language])
    mine = replace(notice, language=language)
    assert len(printing.pictures(render._source("poster.typ"), render.poster(mine), 40)) == 1
    assert len(printing.pictures(render._source("roll.typ"), render.roll(mine, families), 40)) == 2


def test_files_are_written_for_the_points_asked_for_and_what_cannot_be_is_refused(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("committed"), folder), clock) as store:
        written = print_points(store, MARCH, replace(BOTH, points=()), tmp_path)
        assert [path.relative_to(tmp_path).as_posix() for path in written] == [
            "poster/Alder.pdf", "roll/Alder.pdf", "poster/Birch.pdf", "roll/Birch.pdf",
        ]  # fmt: skip
        for wish, said in ((replace(BOTH, points=("Cedar",)), "no roll"), (Wish((), False, False), "nothing is asked")):
            with pytest.raises(UsageError, match=said):
                print_points(store, MARCH, wish, tmp_path)
    with (
        open_folder() as folder,
        open_store(copy_data(at("approved"), folder), clock) as store,
        pytest.raises(UsageError, match="is approved"),
    ):
        print_points(store, MARCH, BOTH, tmp_path)
