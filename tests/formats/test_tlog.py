"""The log's tree: RFC 6962 by its definition and known vectors; tiles and checkpoints by C2SP."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.formats import tlog

# The eight leaves and roots used by the tests of RFC 6962 implementations.
LEAVES = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def split_root(entries: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word: split at the largest power of two below n."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\0" + entries[0]).digest()
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return sha256(b"\1" + split_root(entries[:k]) + split_root(entries[k:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots_of_rfc_6962(size: int) -> None:
    leaves = [tlog.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    assert tlog.root_hash(leaves).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert tlog.root_hash([]) == sha256(b"").digest()


@settings(max_examples=60)
@given(st.integers(1, 700))
def test_a_root_is_that_of_the_definition(size: int) -> None:
    entries = [str(i).encode() for i in range(size)]
    assert tlog.root_hash([tlog.leaf_hash(entry) for entry in entries]) == split_root(entries)


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"), (0, 999, 256, "tile/0/999"), (1, 1000, 256, "tile/1/x001/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"), ("entries", 5, 17, "tile/entries/005.p/17"),
        (0, 1234, 1, "tile/0/x001/234.p/1"),
    ],
)  # fmt: skip
def test_paths_are_those_of_c2sp(level: int | str, index: int, width: int, path: str) -> None:
    assert tlog.tile_path(level, index, width) == path


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 513, 66000])
def test_tiles_hold_the_whole_tree(size: int) -> None:
    entries = [i.to_bytes(3, "big") for i in range(size)]
    files = tlog.tiles(entries)
    hashes = [tlog.leaf_hash(entry) for entry in entries]
    level, expected = 0, {}
    while hashes:
        for at in range(0, len(hashes), 256):
            part = hashes[at : at + 256]
            expected[tlog.tile_path(level, at // 256, len(part))] = b"".join(part)
        hashes = [tlog.root_hash(hashes[at : at + 256]) for at in range(0, len(hashes) - 255, 256)]
        level += 1
    bundles = {path for path in files if "/entries/" in path}
    assert {path: data for path, data in files.items() if path not in bundles} == expected
    read = b"".join(files[path] for path in sorted(bundles))
    assert read == b"".join(b"\0\3" + entry for entry in entries)
    assert len(bundles) == -(-size // 256)


def test_an_entry_too_large_for_a_bundle_is_refused() -> None:
    assert tlog.bundle([bytes(65535)])[:2] == b"\xff\xff"
    with pytest.raises(tlog.LogError):
        tlog.bundle([bytes(65536)])


def test_a_checkpoint_reads_as_written() -> None:
    checkpoint = tlog.Checkpoint("demo.example", 7, bytes(range(32)))
    assert checkpoint.text() == "demo.example\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert tlog.parse_checkpoint(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "", "demo.example\n7\n", "demo.example\n7\nAAAA\n", "demo.example\n07\n{root}\n", "demo.example\n+7\n{root}\n",
        "demo.example\n-1\n{root}\n", "demo.example\n7\n{root}", "demo.example\n7\n{root}\nmore\n", "\n7\n{root}\n",
        "demo.example\n٧\n{root}\n", "demo.example\n 7\n{root}\n", "demo.example\nseven\n{root}\n",
        "demo.example\n7\n{root}=\n",
    ],
)  # fmt: skip
def test_a_checkpoint_of_another_form_is_refused(text: str) -> None:
    root = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    with pytest.raises(tlog.LogError):
        tlog.parse_checkpoint(text.replace("{root}", root))
