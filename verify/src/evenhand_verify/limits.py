"""What no check of data can show; printed every time."""

LIMITS = (
    "that the totals of rolls are true: they are declared until an audit has tested them",
    "that lanes carry what is stated, and that the stock that entered is all that entered",
    "how many members a household has",
    "ghosts: households that do not exist look like any other; the sample audit, which visits households drawn "
    "from the rolls, is the field check",
    "people who were never registered",
    "that every complaint was taken in, and that one stands behind each remedy",
    "that whoever printed the coupons kept none",
    "that the freeze came before its event in time: there are no witnesses",
    "operator, clerk and household acting together",
)


def lines() -> list[str]:
    """The list as lines for a terminal."""
    return ["What data alone cannot show:", *(f"  - {limit}" for limit in LIMITS)]
