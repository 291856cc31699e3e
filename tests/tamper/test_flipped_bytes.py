"""One flipped byte anywhere in a disclosure is found, named, and never a traceback; a folder made again with other keys
is not the country's."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from actions.program import verify
from actions.village import STEPS, at, paper, set_up, tree
from folders import clock, copy_data, make_data, open_folder

from evenhand.store import open_store

PLACES = 5


def kind(name: str) -> str:
    """Files that are made and read by the same code: one kind."""
    parts = name.split("/")
    if parts[:2] == ["log", "tile"]:
        return "log/tile/entries" if parts[2] == "entries" else "log/tile"
    if parts[0] in ("signed", "rolls", "redeemed", "policy"):
        return parts[0]
    return "tables/*.parquet" if name.endswith(".parquet") else name


def cases() -> list[tuple[str, int]]:
    """(kind of file, which try): which file of that kind and which byte is drawn when the disclosure is there."""
    kinds = (
        "datapackage.json", "policy", "tables/*.parquet", "tables/README.md", "signed", "rolls", "redeemed",
        "log/checkpoint", "log/tile", "log/tile/entries", "keys/root.vkey", "keys/log.vkey", "report/claims.json",
        "report/index.html",
    )  # fmt: skip
    return [(name, number) for name in kinds for number in range(PLACES)]


@pytest.fixture(scope="module")
def honest() -> Path:
    return at("published") / "disclosures" / "2008-03"


@pytest.fixture(scope="module")
def folder(honest: Path) -> Iterator[Path]:
    """A copy that each test changes and mends again."""
    with open_folder() as found:
        copy = copy_data(honest, found)
        yield copy
        assert tree(copy) == tree(honest)


def flipped(path: Path, place: int, check: Callable[[], None]) -> None:
    data = path.read_bytes()
    changed = bytearray(data)
    changed[place] ^= 1 << place % 8
    path.write_bytes(changed)
    try:
        check()
    finally:
        path.write_bytes(data)


def refused(folder: Path, root: Path) -> None:
    done = verify(folder, "--root", root)
    assert done.returncode == 1, (done.returncode, done.stdout[-400:], done.stderr)
    assert done.stdout.splitlines()[-1].startswith("NOT verified:")
    assert any(line.startswith("FAIL ") for line in done.stdout.splitlines())


def test_every_kind_of_file_is_tried(honest: Path) -> None:
    assert {kind(name) for name in tree(honest)} == {name for name, _ in cases()}


@pytest.mark.parametrize(("name", "number"), cases())
def test_a_flipped_byte_in_a_file_of_each_kind_is_found(folder: Path, honest: Path, name: str, number: int) -> None:
    chance = random.Random(f"{name} {number}")
    names = sorted(found for found in tree(honest) if kind(found) == name)
    path = folder / chance.choice(names)
    size = path.stat().st_size
    place = [0, size - 1, size // 2, chance.randrange(size), chance.randrange(size)][number]
    flipped(path, place, lambda: refused(folder, honest / "keys" / "root.vkey"))


def test_a_flipped_byte_in_any_file_is_found(folder: Path, honest: Path) -> None:

    def check() -> None:
        refused(folder, honest / "keys" / "root.vkey")

    for name, data in tree(honest).items():
        chance = random.Random(name)
        for _ in range(2):
            flipped(folder / name, chance.randrange(len(data)), check)


def test_a_file_cut_short_emptied_or_gone_is_found(folder: Path, honest: Path) -> None:
    for name in sorted({kind(found): found for found in tree(honest)}.values()):
        path = folder / name
        data = path.read_bytes()
        for changed in (b"", data[:-1], data + b"\0"):
            path.write_bytes(changed)
            refused(folder, honest / "keys" / "root.vkey")
        path.unlink()
        refused(folder, honest / "keys" / "root.vkey")
        path.write_bytes(data)


def test_a_surplus_file_is_found(folder: Path, honest: Path) -> None:
    for name in ("notes.txt", "signed/notes.txt", "log/tile/0/001", "rolls/Cedar.cbor"):
        (folder / name).write_bytes(b"hello")
        refused(folder, honest / "keys" / "root.vkey")
        (folder / name).unlink()


def test_a_whole_folder_made_again_with_other_keys_is_not_the_true_one(honest: Path) -> None:
    """Same villages, same numbers, everything signed again by a root key of the forger's own."""
    with open_folder() as own:
        data = make_data(own)
        with open_store(data, clock) as store:
            set_up(store, own)
            for step in STEPS.values():
                step(store, paper())
        forged = data / "disclosures" / "2008-03"
        assert verify(forged, "--root", forged / "keys" / "root.vkey").returncode == 0
        refused(forged, honest / "keys" / "root.vkey")
        alone = verify(forged)
        assert "NOT authenticated" in alone.stdout.splitlines()[-1]
        assert "verified:" not in alone.stdout
        (forged / "keys" / "root.vkey").write_bytes((honest / "keys" / "root.vkey").read_bytes())
        refused(forged, honest / "keys" / "root.vkey")
