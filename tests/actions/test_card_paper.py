"""Printing cards: a batch is on the disk before the database keeps it, and a killed run loses nobody's papers."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from actions.village import PERIODS, SIZES, secret
from folders import clock, copy_data, make_data, open_folder

from evenhand.actions import card_paper
from evenhand.actions.card_paper import JOURNAL, print_cards
from evenhand.actions.importing import import_file
from evenhand.core.errors import UsageError
from evenhand.engines.duckdb import DuckDB
from evenhand.render.sheets import Run
from evenhand.store import Store, open_store

pytest.importorskip("typst", reason="typst is not installed (extra paper)")
RUN = Run("relief", "a4")
FAMILIES = "household,point,name\n" + "".join(f"{h},{'Alder' if h[0] == 'A' else 'Birch'},Family {h}\n" for h in SIZES)


def secrets(households: list[str]) -> list[bytes]:
    return [secret(household) for household in households]


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    with open_folder() as folder:
        yield make_data(folder)


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    """Eight families at two points, and nobody has a card."""
    with open_folder() as folder, open_store(copy_data(made, folder), clock) as opened:
        for kind, text in (
            ("areas", "pcode,name,parent,level\nV,The Valley,,0\n"),
            ("points", "point,name,area\nAlder,Alder,V\nBirch,Birch,V\n"),
            ("households", FAMILIES),
        ):
            (tmp_path / f"{kind}.csv").write_text(text)
            import_file(opened, DuckDB(), kind, tmp_path / f"{kind}.csv", None)
        yield opened


def names(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


ALL = [
    f"{kind}/{point}-{serial:08}-1.1.pdf"
    for kind in ("cards", "coupons", "slips")
    for point, serial in (("Alder", 1), ("Birch", 5))
]


def test_each_point_gets_its_own_files_that_their_owner_alone_may_read(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "paper"
    done = print_cards(store, PERIODS, secrets, out, RUN)
    assert (done.cards, done.coupons, done.unprintable) == (8, 16, "")
    assert names(out) == ALL == [path.relative_to(out).as_posix() for path in done.files]
    assert {stat.S_IMODE(os.stat(out / name).st_mode) for name in ALL} == {0o600}
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    rows = store.rows("select household, number, epoch, from_period from card order by number")
    assert [row[0] for row in rows] == list(SIZES)
    assert {row[2:] for row in rows} == {(1, "2008-03")}
    with pytest.raises(UsageError, match="every household has a card"):
        print_cards(store, PERIODS, secrets, tmp_path / "again", RUN)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("when", ["drawing", "before the names are final"])
def test_a_killed_run_goes_on_where_it_stopped(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Killed at Birch: while its sheets are drawn (the database has none of its cards), or after it has them."""
    out = tmp_path / "paper"
    broken, real = {"drawing": "sheets_pdf", "before the names are final": "_finished"}[when], {}

    def killed(*given: object) -> object:
        if "Birch" in repr(given):
            raise KeyboardInterrupt
        return real[broken](*given)

    real[broken] = getattr(card_paper, broken)
    with monkeypatch.context() as patch:
        patch.setattr(card_paper, broken, killed)
        with pytest.raises(KeyboardInterrupt):
            print_cards(store, PERIODS, secrets, out, RUN)
    kept = store.rows("select count(*) from card")[0][0]
    assert kept == (4 if when == "drawing" else 8)
    assert (out / JOURNAL).exists()
    with pytest.raises(UsageError, match="holds an unfinished run"):
        print_cards(store, ["2008-03"], secrets, out, RUN)
    before = {name: (out / name).read_bytes() for name in ALL if (out / name).exists()}
    done = print_cards(store, PERIODS, secrets, out, RUN)
    assert done.cards == 8 - kept
    assert names(out) == ALL
    assert all((out / name).read_bytes() == data for name, data in before.items())
    assert store.rows("select count(*), count(distinct household) from card") == [(8, 8)]


def test_a_folder_with_something_else_is_left_alone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "paper").mkdir()
    with pytest.raises(UsageError, match="exists"):
        print_cards(store, PERIODS, secrets, tmp_path / "paper", RUN)
    assert store.rows("select count(*) from card") == [(0,)]
