"""A text with a log's signature under it, such as the figures of one place: is it signed by this key, to the letter?"""

from __future__ import annotations

from pathlib import Path

from evenhand_verify.result import Malformed, Outcome, UsageError
from evenhand_verify.signatures import NoteKey, holds, signature_of

LARGEST_BYTES = 16 << 20


def check_note(path: Path, key: NoteKey) -> Outcome:
    """The one check of a signed text: a blank line, one signature line by `key`, and the signature holds. UsageError where
    there is no such file, or it is far too large."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UsageError(
                f"{path} is far too large for a signed text. What to do: name the file that was downloaded"
            )
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}). What to do: check its name") from error
    text, blank, line = data.rpartition(b"\n\n")
    try:
        if not blank or not line.endswith(b"\n") or line.count(b"\n") != 1:
            raise Malformed(path.name, "not a text, a blank line and exactly one signature line")
        signature = signature_of(line[:-1].decode("utf-8", "replace"), key, path.name)
        if not holds(key.public_key, signature, text + b"\n"):
            raise Malformed(path.name, "the signature does not hold: the text is not what was signed")
    except Malformed as error:
        return Outcome("note", "", [str(error)])
    return Outcome("note", f"{len(text) + 1} bytes signed by {key.name}")
