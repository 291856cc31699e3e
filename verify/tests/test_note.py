"""A signed text: a place's figures with the log key's line under them. One letter changed, and it is no longer signed."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from evenhand_verify.main import main
from evenhand_verify.signatures import NoteKey

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = NoteKey("relief.example", PRIVATE.public_key().public_bytes_raw())
TEXT = "cycle,point,given\n2008-03/1,Alder,48\n"


def signed(text: str = TEXT, key: NoteKey = KEY) -> bytes:
    line = base64.b64encode(key.id + PRIVATE.sign(text.encode())).decode()
    return f"{text}\n\u2014 {key.name} {line}\n".encode()


def test_a_text_as_it_was_signed_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.note").write_bytes(signed())
    assert main(["note", str(tmp_path / "a.note"), "--key", KEY.line]) == 0
    assert capsys.readouterr().out == (
        f"PASS note: {len(TEXT)} bytes signed by relief.example\nthe text is the one that was signed\n"
    )


@pytest.mark.parametrize(
    "forged",
    [
        signed().replace(b"48", b"84"), signed() + b"\n", signed()[:-1], signed() * 2, TEXT.encode(), b"", b"\n\n\n",
        signed(key=NoteKey("other.example", KEY.public_key)), signed().replace(b"\n\n", b"\n"), b"\xff" + signed(),
        signed().replace(b"2008-03/1,Alder", b"\n2008-03/1,Alder"),
    ],
)  # fmt: skip
def test_anything_else_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str], forged: bytes) -> None:
    (tmp_path / "a.note").write_bytes(forged)
    assert main(["note", str(tmp_path / "a.note"), "--key", KEY.line]) == 1
    out = capsys.readouterr().out
    assert out.startswith("FAIL note: ") and out.endswith("the text is NOT signed by this key\n")


@pytest.mark.parametrize("arguments", [["none.note", "--key", KEY.line], ["none.note"], ["x", "--key", "no key"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    assert main(["note", *arguments]) == 2
