"""Whoever computed cannot approve: not by command, not by SQL as the app's role, and a forger who owns the database and
the program gets past both of them and not past the checker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from actions.program import evenhand, verify
from actions.village import ANA, BORIS, MARCH, ROOT, STEPS, THROW, at, paper, rows_by_table
from folders import clock, copy_data, open_folder

from evenhand.actions import approve as approving
from evenhand.actions import commit as committing
from evenhand.actions.compute import compute
from evenhand.actions.enrol import enrol_person
from evenhand.actions.freeze import freeze
from evenhand.core.errors import UsageError
from evenhand.engines.duckdb import DuckDB
from evenhand.formats import cose
from evenhand.store import Store, open_store, postgres


@pytest.fixture
def store() -> Iterator[Store]:
    """March, computed and not yet approved."""
    with open_folder() as folder, open_store(copy_data(at("computed"), folder), clock) as opened:
        yield opened


@pytest.mark.parametrize(
    ("who", "word", "says"),
    [
        ("ana", ANA, "ana prepared cycle 2008-03/1 and cannot approve it"),
        ("mallory", "x", 'nobody called "mallory" is enrolled'),
        ("boris", "not his word", "passphrase"),
    ],
)
def test_only_the_second_person_can_approve_by_command(store: Store, who: str, word: str, says: str) -> None:
    before = rows_by_table(store)
    done = evenhand(
        "cycle", "approve", MARCH, "--as", who, EVENHAND_DATA=str(store.data), EVENHAND_PASSPHRASE=word
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert rows_by_table(store) == before


def test_somebody_with_both_roles_still_needs_a_second_person() -> None:
    with open_folder() as folder, open_store(copy_data(at("drafted"), folder), clock) as store:
        enrol_person(store, "carla", ["preparer", "approver"], ROOT, "c")
        freeze(store, MARCH, "carla", "c", "dice")
        compute(store, DuckDB(), MARCH, "carla", "c", THROW)
        before = rows_by_table(store)
        with pytest.raises(UsageError, match="carla prepared"):
            approving.approve(store, MARCH, "carla", "c")
        assert rows_by_table(store) == before


def approval(store: Store, signer: cose.Signer) -> tuple[bytes, bytes]:
    """The digest to approve, and a signature as approver over it."""
    digest = bytes(store.rows("select digest from approval")[0][0])
    return digest, cose.sign1(["evenhand/approval/v1", store.programme.id, MARCH, "approver", digest], signer)


INSERT = "insert into approval (programme, cycle, role, person, digest, cose) values (%s, %s, %s, %s, %s, %s)"


@pytest.mark.parametrize("name", ["ana", "ANA", " ana "])
def test_nor_by_sql_as_the_app(store: Store, name: str) -> None:
    digest, signed = approval(store, store.keys.person("ana", ANA))
    with pytest.raises(UsageError, match="has already signed this cycle"):
        store.execute(INSERT, (store.programme.id, MARCH, "approver", name, digest, signed))
    assert len(store.rows("select 1 from approval")) == 1


@pytest.mark.parametrize("case", ["her key in his name", "a key nobody certified", "not a signature"])
def test_a_row_in_his_name_without_his_signature_is_never_committed(store: Store, case: str) -> None:
    signer = store.keys.person("ana", ANA)
    if case == "a key nobody certified":
        signer = store.keys.create_person("boris2", "x")
    digest, signed = approval(store, signer)
    if case == "not a signature":
        signed = b"\x80"
    store.execute(INSERT, (store.programme.id, MARCH, "approver", "boris", digest, signed))
    approving.advance(store, MARCH, "approved", "boris")
    with pytest.raises(UsageError, match="not a signature of boris"):
        committing.commit(store, MARCH, "boris")
    assert store.rows("select count(*) from roll") == [(0,)]


def forge(data: Path, name: str, signer_of: str) -> Path:
    """As the owner of the database with its triggers off, and with a program that no longer looks: the disclosure."""
    with (
        postgres.start(data) as server,
        psycopg.connect(**server.owner, autocommit=True) as owner,
        open_store(data, clock) as store,
    ):
        if signer_of == "mallory":  # noqa: SIM108
            signer = store.keys.create_person("mallory", "m")
        else:
            signer = store.keys.person(signer_of, ANA)
        digest, signed = approval(store, signer)
        owner.execute("alter table approval drop constraint if exists approval_two_persons")
        owner.execute("alter table approval disable trigger all")
        owner.execute(INSERT, (store.programme.id, MARCH, "approver", name, digest, signed))
        owner.execute("alter table approval enable trigger all")
        entry = approving.Entry(
            "approval", store.programme.id, MARCH, "approver", approving.sha256(signed).digest(), {"digest": digest}
        )
        with store.transaction("cycle"):
            store.log.append([entry])
            approving.advance(store, MARCH, "approved", "boris")
        for step in list(STEPS)[list(STEPS).index("committed") :]:
            STEPS[step](store, paper())
    return data / "disclosures" / "2008-03"


@pytest.mark.parametrize(("name", "signer_of"), [("ana", "ana"), ("boris", "ana"), ("boris", "mallory")])
def test_a_forged_approval_by_the_owner_of_the_database_fails_in_the_checker(
    name: str, signer_of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "_check_approvals", lambda *_: None)
    with open_folder() as folder:
        found = forge(copy_data(at("computed"), folder), name, signer_of)
        for arguments in ((found,), (found, "--root", found / "keys" / "root.vkey")):
            done = verify(*arguments)
            assert done.returncode == 1
            failed = [line for line in done.stdout.splitlines() if line.startswith("FAIL ")]
            assert any(line.startswith("FAIL two-approvals") for line in failed), failed


def test_boris_approves_and_a_second_time_is_harmless(store: Store) -> None:
    digest = approving.approve(store, MARCH, "boris", BORIS)
    before = rows_by_table(store)
    assert approving.approve(store, MARCH, "boris", BORIS) == digest
    with pytest.raises(UsageError, match="boris has approved"):
        approving.approve(store, MARCH, "ana", ANA)
    assert rows_by_table(store) == before
