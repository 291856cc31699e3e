"""Alder in March, counted in: two people more come, A8 and A9, one person each; of the reserve 24 steps of grain and 4 of
oil are there for them. At Alder's level each would get 16 steps of grain; 24 pay for 12 each, their floors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from actions.program import Done, verify
from actions.village import ANA, BORIS, MARCH, PERIODS, Paper, at, handed_over, paper, secret
from actions.village import _rows as rows_of
from folders import clock, copy_data, open_folder

from evenhand.actions import hold, supplement
from evenhand.actions.cards import issue_cards
from evenhand.actions.close import close
from evenhand.actions.hand_over import hand_over
from evenhand.actions.importing import import_file, policy_in_force
from evenhand.actions.publish import publish
from evenhand.cli.card import write_paper
from evenhand.engines.duckdb import DuckDB
from evenhand.store import Store, open_store

REASON = "two people from the burnt farm"
COMPLAIN = "0800 123 456, or the elders at the mill"


@dataclass
class Late:
    """March with newcomers who have their cards."""

    store: Store
    folder: Path
    paper: Paper

    def propose(self, *households: str) -> supplement.Listed:
        return supplement.propose(self.store, DuckDB(), MARCH, "Alder", households, REASON, "ana", ANA)

    def listed(self, *households: str) -> supplement.Listed:
        """A list that both signed."""
        return supplement.confirm(self.store, MARCH, self.propose(*households).number, "boris", BORIS)

    def held(self, household: str, reason: str = "duplicate") -> hold.Act:
        """A hold that both signed."""
        made = hold.propose(self.store, MARCH, household, reason, COMPLAIN, "ana", ANA)
        return hold.confirm(self.store, MARCH, made.notice, "boris", BORIS)

    def hands_over(self, *more: str) -> None:
        """March as it was handed out (A6 did not come), and then to those who are named."""
        rows = rows_of(handed_over(paper()))
        coupons = {**paper().coupons, **self.paper.coupons}
        rows += [{"point": "Alder", "card": "", "coupon": coupons[h, "2008-03"], "exception": ""} for h in more]
        hand_over(self.store, MARCH, rows, "handed.csv")

    def publishes(self) -> Path:
        close(self.store, MARCH, "boris")
        return publish(self.store, MARCH, "boris", self.folder / "out")

    def checks(self) -> Done:
        """The checker on what is published now."""
        return verify(self.publishes())


def failing(done: Done) -> dict[str, str]:
    """Names of the checks that fail, and what they say."""
    lines = [line.removeprefix("FAIL ") for line in done.stdout.splitlines() if line.startswith("FAIL ")]
    return {line.partition(":")[0]: line for line in lines}


@contextmanager
def late() -> Iterator[Late]:
    with open_folder() as folder:
        data = copy_data(at("received"), folder)
        (folder / "h.csv").write_text("household,point,name\nA8,Alder,Family A8\nA9,Alder,Family A9\n")
        (folder / "m.csv").write_text(
            "household,member,birth_date,sex,occupation\nA8,1,1970-01-01,f,home\nA9,1,1970-01-01,m,home\n"
        )
        with open_store(data, clock) as store:
            for kind, name in (("households", "h.csv"), ("members", "m.csv")):
                import_file(store, DuckDB(), kind, folder / name, policy_in_force(store))
            made = issue_cards(store, PERIODS, lambda households: [secret(h) for h in households])
            (folder / "paper").mkdir()
            write_paper(folder / "paper", made.slips.to_pylist(), made.coupons.to_pylist())
            yield Late(store, folder, _paper(folder / "paper"))


def _paper(folder: Path) -> Paper:
    from actions.village import read_paper

    return read_paper(folder)
