"""An office for the pages of stock and cards: the villages with March open, and people of several roles and areas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from actions.village import ROOT, at
from folders import clock, copy_data, open_folder
from web.browser_like import Answer, Reader
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.actions.enrol import enrol_person
from evenhand.actions.importing import import_file, policy_in_force
from evenhand.cli.serve import prepare_accounts
from evenhand.engines.duckdb import DuckDB
from evenhand.store import Store, open_store

KIM = "kim's word"
WHO: dict[str, tuple[list[str], str | None]] = {
    "kim": (["store", "admin"], None),
    "lee": (["store"], None),
    "boris": (["approver"], None),
    "rita": (["registrar"], None),
    "west": (["store", "registrar"], "W"),
    "audit": (["auditor"], None),
    "judge": (["reviewer"], None),
}
"""Account -> roles and area. Kim's key is certified for goods; the West has a shed and neither points nor households."""


@dataclass
class Office:
    """A served office."""

    data: Path
    server: str
    passwords: dict[str, str]
    readers: dict[str, Reader] = field(default_factory=dict)

    def __getitem__(self, who: str) -> Reader:
        if who not in self.readers:
            self.readers[who] = Reader(self.server)
            assert self.readers[who].sign_in(who, self.passwords[who]).status == 302
        return self.readers[who]

    def post(self, who: str, path: str, page: str, **fields: str) -> Answer:
        """A form of `page` sent to `page` + `path`."""
        return self[who].post(page + path, page, **fields)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The office's store, beside the server."""
        with open_store(self.data, clock) as opened:
            yield opened


@contextmanager
def office(state: str = "open") -> Iterator[Office]:
    """The office, up for the length of the context."""
    with open_folder() as folder:
        data = copy_data(at(state), folder)
        with open_store(data, clock) as store:
            for kind, text in {
                "areas": "pcode,name,parent,level\nW,The West,,0\n",
                "depots": "node,name,kind,area\nShed,The shed,depot,W\n",
            }.items():
                path = folder / f"{kind}.csv"
                path.write_text(text)
                import_file(store, DuckDB(), kind, path, policy_in_force(store))
            enrol_person(store, "kim", ["store"], ROOT, KIM)
            prepare_accounts(data)
            passwords = {}
            for name, (roles, area) in WHO.items():
                given = [(role, None if role == "admin" else area) for role in roles]
                passwords[name] = add_on_machine(store, name, [given[0][0]], given[0][1])
                for role, where in given[1:]:
                    store.execute(
                        "insert into role_grant (programme, step, username, role, area, at)"
                        " values (%s, 'machine', %s, %s, %s, 0)",
                        (store.programme.id, name, role, where),
                    )
        with serving(data) as server:
            yield Office(data, server, passwords)
