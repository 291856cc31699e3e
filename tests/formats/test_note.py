"""Signed notes and verifier keys of C2SP signed-note."""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from evenhand.formats import note
from evenhand.formats.cose import Signer

# The example verifier key of the signed-note package that the specification grew out of (golang.org/x/mod/sumdb/note).
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def signer(seed: bytes) -> Signer:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(key.public_key().public_bytes_raw(), key.sign)


LOG = signer(bytes(range(32)))
KEY = note.VerifierKey("demo.example", LOG.public_key)
TEXT = "demo.example\n3\nAAAA\n"


def test_the_published_example_of_the_format_opens() -> None:
    key = note.parse_vkey(PETER)
    assert key.line() == PETER
    assert note.open_note(PETERS_NOTE, key) == PETERS_NOTE.split("\n\n")[0] + "\n"


def test_a_note_opens_with_its_key_and_gives_its_text() -> None:
    assert note.open_note(note.sign_note(TEXT, "demo.example", LOG), KEY) == TEXT


def test_a_key_hash_is_that_of_name_type_and_key() -> None:
    assert KEY.key_hash == sha256(b"demo.example\n\x01" + LOG.public_key).digest()[:4]


def test_another_key_of_the_same_name_does_not_open() -> None:
    other = note.VerifierKey("demo.example", signer(bytes(32)).public_key)
    with pytest.raises(note.NoteError):
        note.open_note(note.sign_note(TEXT, "demo.example", LOG), other)


@given(st.integers(0, 10**6), st.integers(1, 127))
def test_no_changed_letter_passes(where: int, flip: int) -> None:
    signed = note.sign_note(TEXT, "demo.example", LOG).encode()
    changed = bytearray(signed)
    changed[where % len(changed)] ^= flip
    try:
        text = bytes(changed).decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(note.NoteError):
        note.open_note(text, KEY)


def test_a_second_signature_line_or_text_after_it_is_refused() -> None:
    signed = note.sign_note(TEXT, "demo.example", LOG)
    line = signed.split("\n\n")[1]
    for wrong in (signed + line, signed + "\n", signed[:-1], signed.replace("\n\n", "\n"), "", TEXT, line):
        with pytest.raises(note.NoteError):
            note.open_note(wrong, KEY)


def test_base64_of_another_form_is_refused() -> None:
    signed = note.sign_note(TEXT, "demo.example", LOG)
    prefix, encoded = signed[:-1].rsplit(" ", 1)
    raw = b64decode(encoded)
    # The last letter before "=" has two bits that do not count; whoever forgives them lets two notes be one.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    loose = encoded[:-2] + letters[letters.index(encoded[-2]) + 1] + "="
    assert b64decode(loose) == raw
    for wrong in (
        encoded.rstrip("="),
        encoded + "=",
        b64encode(raw[:-1]).decode(),
        loose,
        encoded + " ",
        " " + encoded,
    ):
        with pytest.raises(note.NoteError):
            note.open_note(f"{prefix} {wrong}\n", KEY)


@pytest.mark.parametrize(
    "line",
    [
        "", "a", "a+b", "a+00000000+AAAA", PETER[:-1], PETER.replace("c74f20a3", "c74f20a4"), PETER.replace("c7", "C7"),
        PETER.replace("Peter", "Petra"), PETER.replace("+AR", "+AB"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_verifier_key_is_refused(line: str) -> None:
    with pytest.raises(note.NoteError):
        note.parse_vkey(line)
