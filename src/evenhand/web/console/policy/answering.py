"""The second person's answer to a proposed policy: adopted with a key of their own, or declined with a reason."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from evenhand.actions.adopt import adopt, decline
from evenhand.core.errors import EvenhandError, TryAgain
from evenhand.web.console.access import Seat, page
from evenhand.web.console.policy.finding import found
from evenhand.web.console.policy.reading import shown


@page("approver", methods=("POST",))
def adopt_(request: HttpRequest, seat: Seat, sha: str) -> HttpResponse:
    """Adopt; the passphrase opens the approver's key for this one signature."""
    one = found(seat.store, sha)
    try:
        if not ratelimit.consume(request, action="sign", user=request.user):
            raise TryAgain("too many attempts to sign", "wait five minutes")
        adopt(seat.store, one.sha256, seat.username, request.POST.get("passphrase", ""))
    except EvenhandError as error:
        return shown(request, seat, one, "adopt", error)
    return HttpResponseRedirect(f"/console/policy/{sha}/")


@page("policy", "approver", methods=("POST",))
def decline_(request: HttpRequest, seat: Seat, sha: str) -> HttpResponse:
    """Decline with a reason; whoever proposed it takes it back."""
    one = found(seat.store, sha)
    try:
        decline(seat.store, one.sha256, seat.username, request.POST.get("reason", ""))
    except EvenhandError as error:
        return shown(request, seat, one, "decline", error)
    return HttpResponseRedirect("/console/policy/")
