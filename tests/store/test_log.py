"""The log: appended once, published, never forked."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from folders import clock

from evenhand.core.errors import UsageError
from evenhand.formats import note, tlog
from evenhand.formats.entry import Entry, decode
from evenhand.store import Store, open_store


def entry(subject: str, text: str = "x", kind: str = "roll", cycle: str | None = "2008-03/1") -> Entry:
    return Entry(kind, "relief", cycle, subject, sha256(text.encode()).digest(), {"rows": 3})


def append(store: Store, *entries: Entry) -> list[Entry]:
    with store.transaction():
        return store.log.append(entries)


def test_init_writes_the_root_then_the_log_key(store: Store) -> None:
    assert [(decode(data).kind, decode(data).subject) for data in store.log.entries()] == [
        ("key", "root"),
        ("key", "log"),
    ]


def test_the_same_entry_again_changes_nothing(store: Store) -> None:
    first = append(store, entry("Alder"), entry("Birch"))
    assert append(store, entry("Birch"), entry("Alder"), entry("Cedar"))[:2] == first[::-1]
    assert [decode(data).subject for data in store.log.entries()[2:]] == ["Alder", "Birch", "Cedar"]


def test_what_was_said_cannot_be_said_otherwise(store: Store) -> None:
    append(store, entry("Alder"))
    with pytest.raises(UsageError, match="already says something else"):
        append(store, entry("Birch"), entry("Alder", "other"))
    assert len(store.log.entries()) == 3


def test_previous_is_the_newest_entry_of_that_kind_and_subject(store: Store) -> None:
    march = append(store, entry("Alder", cycle="2008-03/1"))[0]
    april = append(store, entry("Alder", cycle="2008-04/1"), entry("Birch", cycle="2008-04/1"))
    assert (march.previous, april[0].previous, april[1].previous) == (None, march.hash, None)
    assert append(store, entry("Alder", cycle="2008-05/1"))[0].previous == april[0].hash


def test_a_policy_may_be_amended_and_readopted(store: Store) -> None:
    texts = ["one", "two", "two", "one"]
    said = [append(store, entry("grain", text, "policy", None))[0] for text in texts]
    assert said[1].previous == said[0].hash
    assert said[2] == said[1]
    assert said[3].previous == said[1].hash
    assert store.log.find("policy", None, "grain") == said[3].encode()


def test_entries_need_a_transaction_and_roll_back_with_it(store: Store) -> None:
    with pytest.raises(RuntimeError):
        store.log.append([entry("Alder")])
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.log.append([entry("Alder")])
        raise ZeroDivisionError
    assert len(store.log.entries()) == 2


def test_find_tells_cycles_apart(store: Store) -> None:
    one, two = append(store, entry("Alder", cycle="a"), entry("Alder", cycle="b"))
    assert store.log.find("roll", "a", "Alder") == one.encode()
    assert store.log.find("roll", "b", "Alder") == two.encode()
    assert store.log.find("roll", None, "Alder") is None


def test_published_tiles_and_checkpoint_are_those_of_the_entries(store: Store, data: Path) -> None:
    for size in (3, 258):
        append(store, *(entry(f"P{number}") for number in range(size - 2)))
        signed = store.log.publish()
        entries = store.log.entries()
        assert len(entries) == size
        checkpoint = tlog.parse_checkpoint(note.open_note(signed, store.keys.log_vkey))
        assert (checkpoint.size, checkpoint.root) == (size, tlog.root_hash([tlog.leaf_hash(e) for e in entries]))
        files = {
            str(path.relative_to(data / "log")): path.read_bytes()
            for path in (data / "log").rglob("*")
            if path.is_file()
        }
        assert files.pop("checkpoint").decode() == signed
        assert files == tlog.tiles(entries)
        assert store.rows("SELECT note FROM checkpoint WHERE size = %s", (size,)) == [(signed,)]


def test_publishing_again_gives_the_same_note(store: Store, data: Path) -> None:
    append(store, entry("Alder"))
    first = store.log.publish()
    (data / "log" / "checkpoint").unlink()
    assert store.log.publish() == first
    assert (data / "log" / "checkpoint").read_text() == first


def test_a_damaged_tile_is_mended_before_signing(store: Store, data: Path) -> None:
    store.log.publish()
    tiles = {path: path.read_bytes() for path in (data / "log" / "tile").rglob("*") if path.is_file()}
    assert len(tiles) == 2
    for path, good in tiles.items():
        path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    store.log.publish()
    assert {path: path.read_bytes() for path in tiles} == tiles


def test_publishing_inside_a_transaction_is_refused(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.log.publish()


def test_a_restored_database_cannot_fork_what_was_published(data: Path) -> None:
    with open_store(data, clock) as store:
        with store.transaction():
            store.log.append([entry("Alder")])
        store.log.publish()
        kept = (data / "log" / "checkpoint").read_text()
    with open_store(data, clock) as store:
        # The database falls back behind the checkpoint file: as if only it had been restored from a backup.
        with store.transaction():
            store.log.append([entry("Birch")])
        store.log.publish()
    newer = (data / "log" / "checkpoint").read_text()
    assert newer != kept
    with open_store(data, clock) as store:
        forged = note.sign_note(
            tlog.Checkpoint("relief.example", 9, bytes(32)).text(), "relief.example", store.keys.log()
        )
        (data / "log" / "checkpoint").write_text(forged)
        with pytest.raises(UsageError, match="does not extend"):
            store.log.publish()
        other = note.sign_note(
            tlog.Checkpoint("relief.example", 3, bytes(32)).text(), "relief.example", store.keys.log()
        )
        (data / "log" / "checkpoint").write_text(other)
        with pytest.raises(UsageError, match="does not extend"):
            store.log.publish()
        (data / "log" / "checkpoint").write_text("rubbish")
        with pytest.raises(UsageError, match="cannot be read"):
            store.log.publish()
        (data / "log" / "checkpoint").write_text(kept)
        assert store.log.publish() == newer
