"""A picture of a household as the clerk is shown it: small, turned upright, and with nothing in it but the picture."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from evenhand.core.errors import UsageError

PHOTO_BYTES = 24 * 1024
SIDE = (360, 450)
PIXELS_MAX = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


def small_photo(data: bytes) -> bytes:
    """A JPEG of at most 24 KB and 360 x 450 dots made of a JPEG, PNG or WebP: where and when it was taken, and whatever
    else the file said, stays behind. UsageError for what is no such picture."""
    remedy = "take a picture as JPEG, PNG or WebP"
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise UsageError(f"the picture is {opened.width} x {opened.height} dots", "take a smaller one")
            opened.draft("RGB", (SIDE[0] * 2, SIDE[1] * 2))
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UsageError("this is no picture", remedy) from error
    picture.thumbnail(SIDE)
    for quality in (80, 65, 50, 35, 20):
        out = BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= PHOTO_BYTES:
            return out.getvalue()
    raise UsageError("the picture does not become smaller than 24 KB", remedy)
