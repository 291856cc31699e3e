"""The second factor at the counter: when it is asked for, and what a visit then proves. Bound by `spec/cases/factors.json`.

Nobody goes home without food for it: whoever cannot give it, or gives another one, is served as an exception.
"""

from __future__ import annotations

from typing import Literal

from evenhand.flow.redemption.decide import Presented

Factor = Literal["none", "pin", "question", "photo"]
Result = Literal["held", "none", "differs"]
"""It was given and fits; it could not be given or tested; it was given and does not fit."""
NO_FACTOR, DIFFERS = "no second factor", "factor differs"
"""The reasons of the exceptions under which these two are served."""
TRIES = 3
"""Wrong answers for a row on one phone, in a cycle; then it is `differs`. The server counts its own."""


def is_asked(factor: Factor, enrolled: bool, proxy: bool) -> bool:
    """Whether a household that enrolled this factor is asked for it: a proxy is on no photo, and may know the PIN."""
    return factor != "none" and enrolled and not (factor == "photo" and proxy)


def presented(r: bytes, asked: bool, result: Result) -> Presented:
    """What a visit with the coupon r comes to. An exception does not reveal r: the coupon alone was not enough."""
    if not asked or result == "held":
        return Presented(r)
    return Presented(exception=NO_FACTOR if result == "none" else DIFFERS)
