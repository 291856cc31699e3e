"""Pages written for a policy: whole, or not at all."""

from __future__ import annotations

from pathlib import Path

from evenhand.core.errors import UsageError


def write_page(text: str, out: Path) -> None:
    """Write a page under another name first, then whole. UsageError where it cannot be written."""
    if not out.parent.is_dir():
        raise UsageError(f'there is no folder "{out.parent}"', "make it first")
    if out.is_dir():
        raise UsageError(f'"{out}" is a folder', "name a file")
    part = out.with_name(out.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(out)
    except OSError as error:
        raise UsageError(f'"{out}" cannot be written: {error.strerror}', "choose another place") from None
