"""Keys in the folder: sealed, private, and repeatable from a seed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evenhand.core.errors import UsageError
from evenhand.formats.note import parse_vkey
from evenhand.store import wrapping
from evenhand.store.keys import KeyRing, check_origin, file_name


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealing as cheap as it may be."""
    monkeypatch.setattr(wrapping, "COST", 1 << 14)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir(mode=0o700)
    return tmp_path / "keys"


@pytest.fixture
def ring(folder: Path) -> KeyRing:
    return KeyRing(folder, "relief.example")


def test_what_a_key_signs_its_public_half_verifies(ring: KeyRing) -> None:
    for signer in (
        ring.create_root("r"),
        ring.create_log(),
        ring.create_person("amina", "p"),
        ring.create_device("tab"),
    ):
        Ed25519PublicKey.from_public_bytes(signer.public_key).verify(signer.sign(b"text"), b"text")


def test_keys_open_again_as_they_were(ring: KeyRing, folder: Path) -> None:
    made = [ring.create_root("r"), ring.create_log(), ring.create_person("amina", "p"), ring.create_device("tab")]
    again = KeyRing(folder, "relief.example")
    opened = [again.root("r"), again.log(), again.person("amina", "p"), again.device("tab")]
    assert [key.public_key for key in made] == [key.public_key for key in opened]
    assert again.root_vkey.public_key == made[0].public_key
    assert parse_vkey((folder / "log.vkey").read_text()).name == "relief.example"


@pytest.mark.parametrize("wrong", ["P", "p ", "", "q"])
def test_another_passphrase_opens_nothing_even_after_the_right_one(ring: KeyRing, wrong: str) -> None:
    ring.create_person("amina", "p")
    ring.create_root("p")
    with pytest.raises(UsageError):
        ring.person("amina", wrong)
    with pytest.raises(UsageError):
        ring.root(wrong)
    with pytest.raises(UsageError):
        ring.create_person("amina", wrong)


def test_an_empty_passphrase_is_refused(ring: KeyRing, folder: Path) -> None:
    with pytest.raises(UsageError, match="empty"):
        ring.create_person("amina", "")
    assert not list(folder.iterdir())


def test_private_halves_of_people_are_never_in_the_clear(folder: Path) -> None:
    seeded = KeyRing(folder, "demo.example", b"s" * 32)
    private = seeded._new("person", "amina").private_bytes_raw()
    seeded.create_person("amina", "p")
    data = b"".join(path.read_bytes() for path in folder.iterdir())
    assert private not in data
    assert private.hex().encode() not in data


def test_a_key_file_put_under_another_name_does_not_open(ring: KeyRing, folder: Path) -> None:
    ring.create_person("amina", "p")
    (folder / "person-amina.key").rename(folder / "person-bram.key")
    with pytest.raises(UsageError):
        ring.person("bram", "p")


def test_a_flipped_bit_in_a_key_file_is_found(ring: KeyRing, folder: Path) -> None:
    ring.create_person("amina", "p")
    path = folder / "person-amina.key"
    good = path.read_bytes()
    for at in range(0, len(good) - 1, 19):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(UsageError):
            KeyRing(folder, "relief.example").person("amina", "p")


def test_files_are_for_the_owner_alone(ring: KeyRing, folder: Path) -> None:
    ring.create_root("r")
    ring.create_log()
    ring.create_person("amina", "p")
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_others_can_read_is_refused(ring: KeyRing, folder: Path, mode: int) -> None:
    ring.create_log()
    (folder / "log.key").chmod(mode)
    with pytest.raises(UsageError, match="can be read by others"):
        ring.log()


def test_a_folder_others_can_enter_is_refused(folder: Path) -> None:
    folder.chmod(0o755)
    with pytest.raises(UsageError, match="can be entered by others"):
        KeyRing(folder, "relief.example")


def test_a_seed_gives_the_same_keys_and_random_ones_differ(tmp_path: Path) -> None:
    found = []
    for number, seed in enumerate([b"s" * 32, b"s" * 32, b"t" * 32, None, None]):
        folder = tmp_path / str(number)
        folder.mkdir(mode=0o700)
        ring = KeyRing(folder, "demo.example", seed)
        found.append((ring.create_root("r").public_key, ring.create_person("root", "p").public_key))
    assert found[0] == found[1]
    assert len(set(found)) == 4
    assert found[0][0] != found[0][1]


@pytest.mark.parametrize(
    "name", ["../root", "root", "log", ".", "..", "a/b", "Ünï", "x" * 64, "字" * 64, "a%2Fb", "= x", "~"]
)
def test_odd_names_get_files_of_their_own_inside_the_folder(ring: KeyRing, folder: Path, name: str) -> None:
    ring.create_root("r")
    before = (folder / "root.key").read_bytes()
    ring.create_device(name)
    assert ring.device(name)
    assert (folder / "root.key").read_bytes() == before
    assert [path.parent for path in folder.rglob("device*")] == [folder]


def test_two_names_never_share_a_file() -> None:
    names = ["a/b", "a%2Fb", "a%2fb", "A", "a", ".", "..", "%2E", "=", "字" * 64, "字" * 63]
    assert len({file_name(name).lower() for name in names if name not in ("A", "a%2fb")}) == len(names) - 2


@pytest.mark.parametrize("name", ["", " a", "a ", "a\nb", "a\x00b", "x" * 65, "\u202ea"])
def test_names_that_hide_something_are_refused(ring: KeyRing, name: str) -> None:
    with pytest.raises(UsageError):
        ring.create_person(name, "p")


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "A.example", "https://x", "x/", "a\n", "x" * 300])
def test_origins_that_a_checkpoint_cannot_carry_are_refused(origin: str) -> None:
    with pytest.raises(UsageError):
        check_origin(origin)


def test_an_unknown_name_is_told_how_to_enrol(ring: KeyRing) -> None:
    with pytest.raises(UsageError) as caught:
        ring.person("nobody", "p")
    assert "enrol person" in caught.value.remedy
