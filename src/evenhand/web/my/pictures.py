"""Pictures of goods and of what can be complained of: 48 units, one pen. They stand in the page itself."""

from __future__ import annotations

import re

GOODS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile("grain|rice|wheat|maize|millet|flour|bread|cereal|sorghum"),
        "M24 45V18M24 17c-4-4-4-9 0-14 4 5 4 10 0 14zM24 26c-1-6-5-9-10-9 0 6 4 9 10 9zM24 26c1-6 5-9 10-9 0 6-4 9-10 9z"
        "M24 36c-1-6-5-9-10-9 0 6 4 9 10 9zM24 36c1-6 5-9 10-9 0 6-4 9-10 9z",
    ),
    (
        re.compile("oil"),
        "M20 4h8v5h-8zM20.5 9v5c0 4-6.5 5-6.5 12v15c0 2 1 3 3 3h14c2 0 3-1 3-3V26c0-7-6.500-8-6.500-12V9"
        "M24 23c3 4 5 6 5 9a5 5 0 0 1-10 0c0-3 2-5 5-9z",
    ),
    (re.compile("egg"), "M24 4c8 0 14 12 14 23a14 16 0 0 1-28 0C10 16 16 4 24 4zM17 28c0-6 2-11 5-14"),
    (
        re.compile("chicken|poultry|meat"),
        "M30 13c0-4 2-6 5-6s5 2.500 5 6c0 3 0 6-1 9-1.500 8-7 13-15 13C13 35 6 28 5 15c4 4 8 6 13 6 7 0 12-2 12-8zM40 12"
        "l5 2.500-5 2M16 25c4 4 9 4 13 0M21 35v8h-4M28 35v8h-4",
    ),
    (
        re.compile("shoe|cloth"),
        "M5 33V14c4 2.500 9 2 12-2l3 1c3 7 8 10 15 11 5 1 8 3 8 9zM5 33v5h38v-5M22 21l4-3M26.500 24l3.500-3.500M16 38v-5",
    ),
)
PARCEL = "M24 4l18 9v22l-18 9-18-9V13zM6 13l18 9 18-9M24 22v22M15 8.500l18 9"
COUPON = "M4 12h40v7a5 5 0 0 0 0 10v7H4v-7a5 5 0 0 0 0-10zM17 13v22M25 20h11M25 27h11"

KINDS = {
    # A list with a line that is empty.
    "not-on-list": "M9 4h30v40H9zM16 13h16M16 21h16M16 36h16M15 28h3M21 28h3M27 28h3M32 28h2",
    # Scales that hang crooked.
    "wrong-amount": "M24 5v37M15 43h18M7 8l34 8M7 8L2 24h11zM41 16l-6 16h11zM2 24c1 4 3 5 5.500 5s4.500-1 5.500-5"
    "M35 32c1 4 3 5 5.500 5",
    # A door that is shut.
    "not-served": "M11 44V5h26v39zM6 44h36M31 24v4M17 13l14 0M17 33l14 0",
    # A sack with a mouse hole and flies.
    "quality": "M14 14c-6 8-8 16-6 24 1 4 3 6 8 6h16c5 0 7-2 8-6 2-8 0-16-6-24zM14 14l3-8h14l3 8zM20 26l8 10M28 26l-8 10",
    # A person before a raised hand.
    "conduct": "M16 12a6 6 0 1 1-.1 0zM5 44c0-12 4-18 11-18s11 6 11 18"
    "M34 30V16m0 0v-6m4 20V8m4 22V12m-8 18c-4-6-6-4-4 0l4 8c2 4 8 5 10 0 2-4 2-8 2-12",
    # A shield.
    "abuse": "M24 4l17 6v12c0 11-7 18-17 22C14 40 7 33 7 22V10zM24 14v13M24 32v3",
    # A pencil on a card.
    "details": "M4 10h40v28H4zM10 18h14M10 25h10M28 33l2-7L40 16l5 5-10 10z",
    "other": "M6 8h36v26H22L12 43v-9H6zM15 21h.1M24 21h.1M33 21h.1",
}  # fmt: skip


def of_benefit(name: str) -> str:
    """The path of a benefit's picture, by the words in its id; anything unknown is a parcel."""
    return next((path for words, path in GOODS if words.search(name)), PARCEL)
