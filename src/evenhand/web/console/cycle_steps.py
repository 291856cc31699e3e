"""The steps of a cycle as forms: who may take which, what each asks for, and what happens. One table, one view a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path

from evenhand.actions import compute, next_step
from evenhand.actions.approve import approve
from evenhand.actions.cycles import check_enrolled, person_signer
from evenhand.actions.draft import draft
from evenhand.actions.void import void
from evenhand.core.errors import EvenhandError, TryAgain, UsageError
from evenhand.web.console.access import Seat, page
from evenhand.web.jobs import start

HERE = "/console/cycle/"
TEXT_MOST = 400
Fields = dict[str, str]


@dataclass(frozen=True)
class Field:
    """What a form asks for: its name; `must` it be filled in."""

    name: str
    must: bool = True
    secret: bool = False
    long: bool = False


PASSPHRASE = Field("passphrase", secret=True)


@dataclass(frozen=True)
class Step:
    """A step: the roles whose form it is, the role their certified key must have ("": any key), what is asked, what is done.
    `act` answers with the address where the reader goes on."""

    name: str
    roles: tuple[str, ...]
    key: str
    fields: tuple[Field, ...]
    act: Callable[[Seat, str, Fields], str]


def _draft(seat: Seat, cycle: str, given: Fields) -> str:
    draft(seat.store, given["period"], seat.username)
    return HERE


def _freeze(seat: Seat, cycle: str, given: Fields) -> str:
    person_signer(seat.store, seat.username, given["passphrase"], "preparer")
    number = start(seat, "cycle.freeze", cycle, {"event": given["event"]}, secret=given["passphrase"])
    return f"/console/jobs/{number}"


def _event(seat: Seat, cycle: str, given: Fields) -> str:
    compute.log_event(seat.store, cycle, seat.username, given["outcome"])
    return _work("cycle.compute")(seat, cycle, given)


def _prepare(seat: Seat, cycle: str, given: Fields) -> str:
    compute.sign(seat.store, cycle, seat.username, given["passphrase"])
    return HERE


def _sign(seat: Seat, cycle: str, given: Fields) -> str:
    approve(seat.store, cycle, seat.username, given["passphrase"])
    return HERE


def _close(seat: Seat, cycle: str, given: Fields) -> str:
    lost = [name.strip() for name in given["unclosed"].splitlines() if name.strip()]
    return f"/console/jobs/{start(seat, 'cycle.close', cycle, {'unclosed': lost})}"


def _void(seat: Seat, cycle: str, given: Fields) -> str:
    void(seat.store, cycle, seat.username, given["reason"])
    return HERE


def _work(kind: str) -> Callable[[Seat, str, Fields], str]:
    def act(seat: Seat, cycle: str, given: Fields) -> str:
        check_enrolled(seat.store, seat.username)
        return f"/console/jobs/{start(seat, kind, cycle)}"

    return act


BOTH = ("policy", "approver")
STEPS = {
    step.name: step
    for step in (
        Step("draft", ("policy",), "", (Field("period"),), _draft),
        Step("freeze", ("policy",), "preparer", (Field("event"), PASSPHRASE), _freeze),
        Step("event", ("policy",), "preparer", (Field("outcome"),), _event),
        Step("compute", ("policy",), "preparer", (), _work("cycle.compute")),
        Step("prepare", ("policy",), "preparer", (PASSPHRASE,), _prepare),
        Step("sign", ("approver",), "approver", (PASSPHRASE,), _sign),
        Step("commit", BOTH, "", (), _work("cycle.commit")),
        Step("open", BOTH, "", (), _work("cycle.open")),
        Step("close", BOTH, "", (Field("unclosed", must=False, long=True),), _close),
        Step("void", BOTH, "", (Field("reason", long=True),), _void),
    )
}


def refusal(seat: Seat, step: Step, preparer: str = "") -> str:
    """Why this account cannot take the step, as the end of a key of the catalogue; "" if it can."""
    if step.name == "sign" and preparer == seat.username:
        return "yours"
    if not seat.has(*step.roles):
        return "notrole"
    key = next_step.key_roles(seat.store, seat.username)
    return "" if key and (not step.key or step.key in key) else "nokey"


def take(request: HttpRequest, seat: Seat, step: Step) -> HttpResponseRedirect:
    """Take the step that a form asks for. EvenhandError where it is refused; nothing was changed then."""
    due = next_step.due(seat.store)
    cycle = request.POST.get("cycle", "")
    if step.name != "draft" and cycle != due.cycle:
        raise UsageError(f"the newest cycle is {due.cycle} now", "look at it before you go on")
    if step.name not in due.steps and not (step.name == "void" and due.state in next_step.VOIDABLE):
        raise UsageError(f"this is not the step that comes now ({cycle or 'no cycle'} is {due.state or 'not there'})",
                         "somebody else took it already? Look at how the cycle stands")  # fmt: skip
    given = {field.name: request.POST.get(field.name, "").strip() for field in step.fields if not field.secret}
    for field in step.fields:
        if field.must and not field.secret and not given[field.name]:
            raise Missing(field.name)
        if len(given.get(field.name, "")) > TEXT_MOST:
            raise UsageError(f"this is longer than {TEXT_MOST} characters", "say it shorter")
    if any(field.secret for field in step.fields):
        if not ratelimit.consume(request, action="sign", user=request.user):
            raise TryAgain("too many attempts to sign", "wait five minutes")
        given["passphrase"] = request.POST.get("passphrase", "")
    return HttpResponseRedirect(step.act(seat, cycle, given))


class Missing(EvenhandError):
    """A field that must be filled in and is not."""

    def __init__(self, field: str) -> None:
        super().__init__("this must be filled in", "fill it in, then send it again")
        self.field = field


def step_urls(shown: Callable[[HttpRequest, Seat, str, EvenhandError], HttpResponse]) -> list[URLPattern]:
    """An address for each step's form; `shown` is the page with an error beside the form."""

    def view(step: Step) -> Any:
        @page(*step.roles, methods=("POST",))
        def act(request: HttpRequest, seat: Seat) -> HttpResponse:
            try:
                return take(request, seat, step)
            except EvenhandError as error:
                return shown(request, seat, step.name, error)

        return act

    return [path(f"cycle/{name}", view(step), name=f"cycle_{name}") for name, step in STEPS.items()]
