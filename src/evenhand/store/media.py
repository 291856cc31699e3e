"""What strangers send along: looked at by its first bytes, never by its name; a picture is drawn anew, anything else kept as
it is and only ever handed out as a file.

A picture drawn anew holds nothing but its dots: no place where it was taken, no second file hidden behind it.
"""

from __future__ import annotations

import io
import re
import warnings
from threading import Lock

from PIL import Image, ImageOps

from evenhand.core.errors import UsageError

BYTES_MAX = 8 << 20
PIXELS_MAX = 24_000_000
SIDE_MAX = 1600
"""Longest side a picture keeps: a page of writing can be read."""
PICTURES = ("JPEG", "PNG", "WEBP")
STARTS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"%PDF-1\.|%PDF-2\."), "application/pdf"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"RIFF....WAVE", re.S), "audio/wav"),
    (re.compile(rb"....ftyp3g", re.S), "audio/3gpp"),
    (re.compile(rb"....ftyp(M4A |mp4|iso|MSNV|dash)", re.S), "audio/mp4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "audio/webm"),
    (re.compile(rb"#!AMR"), "audio/amr"),
    (re.compile(rb"ID3|\xff[\xfb\xf3\xf2]"), "audio/mpeg"),
    (re.compile(rb"\xff[\xf1\xf9]"), "audio/aac"),
)
_drawing = Lock()
"""One picture at a time in a process: a large one takes a hundred megabytes while it is drawn."""


def accepted(data: bytes) -> tuple[str, bytes]:
    """(media type, bytes to keep) of a photo, a paper or a voice note. UsageError for anything else, or too large."""
    if not data:
        raise UsageError("the file is empty", "choose it again")
    if len(data) > BYTES_MAX:
        raise UsageError(f"the file is larger than {BYTES_MAX >> 20} MB", "send a smaller one")
    for start, media in STARTS:
        if start.match(data):
            return media, data
    return "image/jpeg", _drawn(data)


def _drawn(data: bytes) -> bytes:
    with _drawing, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=PICTURES) as found:
                if found.width * found.height > PIXELS_MAX:
                    raise UsageError("the picture has too many dots", "send a smaller one")
                found.draft("RGB", (SIDE_MAX, SIDE_MAX))
                picture = ImageOps.exif_transpose(found).convert("RGB")
            picture.thumbnail((SIDE_MAX, SIDE_MAX))
            out, bare = io.BytesIO(), Image.new("RGB", picture.size)
            bare.paste(picture)  # the dots alone: a picture would carry its comments along
            bare.save(out, "JPEG", quality=80)
        except (
            OSError,
            ValueError,
            SyntaxError,
            Image.DecompressionBombError,
            Image.DecompressionBombWarning,
        ) as error:
            raise UsageError("this is no photo, paper or voice note", "send a JPEG, PNG, PDF or sound") from error
    return out.getvalue()
