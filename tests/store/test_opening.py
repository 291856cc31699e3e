"""Making and opening a data folder, and enrolling whom it trusts."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest
from folders import ORIGIN, ROOT, clock, open_folder

from evenhand.actions.enrol import enrol_device, enrol_person
from evenhand.actions.init import init
from evenhand.core.errors import UsageError
from evenhand.formats import cose
from evenhand.formats.entry import decode
from evenhand.formats.note import parse_vkey
from evenhand.store import Store, create_store, default_data_folder, mark_ready, open_store, opening, postgres


def test_a_new_folder_has_its_parts_private_and_its_log_begun(data: Path, store: Store) -> None:
    for part in ("keys", "snapshots", "disclosures", "log"):
        assert stat.S_IMODE((data / part).stat().st_mode) == 0o700
    assert store.programme.id == "relief"
    assert store.programme.origin == ORIGIN
    assert (data / "log" / "checkpoint").read_text().startswith(f"{ORIGIN}\n2\n")
    root = store.keys.root_vkey
    entries = [decode(entry) for entry in store.log.entries()]
    assert entries[0].sha256 == sha256(root.public_key).digest()
    signed = bytes(store.rows("SELECT cose FROM certificate WHERE kind = 'log'")[0][0])
    assert entries[1].sha256 == sha256(signed).digest()
    assert cose.verify(cose.parse(signed), root.public_key)
    assert cose.parse(signed).array() == [
        "evenhand/certificate/v1", ORIGIN, "log", "log", [], store.keys.log_vkey.public_key, 1,
    ]  # fmt: skip


def test_init_twice_is_refused_and_changes_nothing(data: Path) -> None:
    before = (data / "keys" / "root.key").read_bytes()
    with pytest.raises(UsageError, match="already initialised"):
        init(data, "relief", ORIGIN, "UTC", ROOT, clock)
    assert (data / "keys" / "root.key").read_bytes() == before


def test_init_goes_on_where_it_was_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_folder() as folder:
        data = folder / "data"

        def stop(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        steps = ["prepare_folder", "passwords", "make_cluster"]
        for step in steps:
            with monkeypatch.context() as patch:
                patch.setattr(postgres, step, stop)
                with pytest.raises(KeyboardInterrupt):
                    init(data, "relief", ORIGIN, "UTC", ROOT, clock)
        with monkeypatch.context() as patch:
            patch.setattr(opening, "mark_ready", stop)
            patch.setattr("evenhand.actions.init.mark_ready", stop)
            with pytest.raises(KeyboardInterrupt):
                init(data, "relief", ORIGIN, "UTC", ROOT, clock)
        root = parse_vkey((data / "keys" / "root.vkey").read_text())
        with pytest.raises(UsageError, match="not initialised"), open_store(data, clock):
            pass
        with pytest.raises(UsageError, match="interrupted init"):
            init(data, "other", ORIGIN, "UTC", ROOT, clock)
        with pytest.raises(UsageError, match="does not open"):
            init(data, "relief", ORIGIN, "UTC", "another", clock)
        assert init(data, "relief", ORIGIN, "UTC", ROOT, clock) == root.line()
        with open_store(data, clock) as store:
            assert len(store.log.entries()) == 2


@pytest.mark.parametrize(
    ("programme", "origin", "zone", "passphrase"),
    [
        ("", ORIGIN, "UTC", ROOT),
        ('re"lief', ORIGIN, "UTC", ROOT),
        ("../relief", ORIGIN, "UTC", ROOT),
        ("relief", "not an origin", "UTC", ROOT),
        ("relief", "demo.example", "UTC", ROOT),
        ("relief", ORIGIN, "Mars/Olympus", ROOT),
        ("relief", ORIGIN, "../../etc/passwd", ROOT),
        ("relief", ORIGIN, "UTC", ""),
    ],
)
def test_wrong_arguments_make_no_folder(
    tmp_path: Path, programme: str, origin: str, zone: str, passphrase: str
) -> None:
    with pytest.raises(UsageError):
        init(tmp_path / "data", programme, origin, zone, passphrase, clock)
    assert not (tmp_path / "data").exists()


def test_a_folder_with_other_things_in_it_is_left_alone() -> None:
    with open_folder() as folder:
        (folder / "letter.txt").write_text("mine")
        with pytest.raises(UsageError, match="holds something else"):
            init(folder, "relief", ORIGIN, "UTC", ROOT, clock)
        assert [path.name for path in folder.iterdir()] == ["letter.txt"]
        with pytest.raises(UsageError, match="is not a folder"):
            init(folder / "letter.txt", "relief", ORIGIN, "UTC", ROOT, clock)


@pytest.mark.parametrize(
    "text", ["", "version = 2\n", "version = 1\n", "nonsense", 'version = 1\nprogramme = "other"\n']
)
def test_a_folder_of_another_kind_is_refused(data: Path, text: str) -> None:
    (data / "evenhand.toml").write_text(text)
    with pytest.raises(UsageError), open_store(data, clock):
        pass


def test_a_folder_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught, open_store(tmp_path / "nothing", clock):
        pass
    assert "evenhand init" in caught.value.remedy


def test_the_default_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENHAND_DATA", "/somewhere")
    assert default_data_folder() == Path("/somewhere")
    monkeypatch.delenv("EVENHAND_DATA")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_data_folder() == Path("/var/lib/evenhand/data")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/x/.local/share")
    assert default_data_folder().name == "evenhand"


def test_the_same_seed_gives_the_same_log() -> None:
    notes = []
    for _ in range(2):
        with open_folder() as folder:
            init(folder / "data", "relief", "demo.example", "UTC", ROOT, clock, demo=True, seed=b"s" * 32)
            with open_store(folder / "data", clock, seed=b"s" * 32) as store:
                enrol_person(store, "amina", ["preparer"], ROOT, "p")
                notes.append(store.log.publish())
    assert notes[0] == notes[1]


def test_a_seed_is_for_demonstrations_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="demonstrations only"):
        init(tmp_path / "data", "relief", ORIGIN, "UTC", ROOT, clock, seed=b"s" * 32)


def test_people_and_devices_are_certified_in_the_log_before_use(store: Store) -> None:
    store.execute("INSERT INTO node (node, name, kind) VALUES ('Alder', 'Alder', 'point'), ('D', 'Depot', 'depot')")
    first = enrol_person(store, "amina", ["approver", "preparer"], ROOT, "p")
    device = enrol_device(store, "tablet", ["Alder"], ROOT)
    assert enrol_person(store, "amina", ["preparer", "approver"], ROOT, "p") == first
    assert enrol_device(store, "tablet", ["Alder"], ROOT) == device
    entries = [decode(entry) for entry in store.log.entries()]
    assert [(entry.subject, entry.sha256.hex()) for entry in entries[2:]] == [
        ("person:amina", first),
        ("device:tablet", device),
    ]
    rows = store.rows("SELECT name, roles, public_key, cose FROM certificate WHERE kind <> 'log' ORDER BY kind")
    assert [(row[0], row[1]) for row in rows] == [("tablet", ["point:Alder"]), ("amina", ["preparer", "approver"])]
    for name, roles, public, signed in rows:
        parsed = cose.parse(bytes(signed))
        assert cose.verify(parsed, store.keys.root_vkey.public_key)
        assert parsed.array()[3:6] == [name, roles, bytes(public)]
    assert (store.data / "log" / "checkpoint").read_text().startswith(f"{ORIGIN}\n4\n")


def test_enrolling_wrongly_changes_nothing(store: Store) -> None:
    store.execute("INSERT INTO node (node, name, kind) VALUES ('Alder', 'Alder', 'point'), ('D', 'Depot', 'depot')")
    enrol_person(store, "amina", ["preparer"], ROOT, "p")
    enrol_device(store, "tablet", ["Alder"], ROOT)
    before = store.log.entries()
    wrong = [
        lambda: enrol_person(store, "amina", ["approver"], ROOT, "p"),
        lambda: enrol_person(store, "amina", ["preparer"], ROOT, "q"),
        lambda: enrol_person(store, "bram", ["preparer"], "not the root's", "p"),
        lambda: enrol_person(store, "bram", ["king"], ROOT, "p"),
        lambda: enrol_person(store, "bram", [], ROOT, "p"),
        lambda: enrol_person(store, "bram", ["preparer"], ROOT, ""),
        lambda: enrol_person(store, "", ["preparer"], ROOT, "p"),
        lambda: enrol_device(store, "other", ["Alder"], ROOT),
        lambda: enrol_device(store, "other", ["D"], ROOT),
        lambda: enrol_device(store, "other", ["Nowhere"], ROOT),
        lambda: enrol_device(store, "other", [], ROOT),
        lambda: enrol_device(store, "tablet", ["Alder"], "not the root's"),
    ]
    for act in wrong:
        with pytest.raises(UsageError):
            act()
    assert store.log.entries() == before
    assert store.rows("SELECT count(*) FROM certificate") == [(3,)]


def test_create_store_finishes_only_when_marked(tmp_path: Path) -> None:
    with open_folder() as folder:
        with create_store(folder / "data", "relief", ORIGIN, "UTC", clock) as store:
            mark_ready(store)
        assert opening.read_config(folder / "data")["programme"] == "relief"
