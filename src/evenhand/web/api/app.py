"""The API as one Django application: its calls, its errors, its description."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation

from evenhand.core.errors import EvenhandError, InputError, TryAgain
from evenhand.web.api import spdci
from evenhand.web.api.callers import Bearer, Denied
from evenhand.web.api.calls import router


class Described(NinjaAPI):
    """Calls are named by their functions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """`points`, `send_receipts`, …"""
        return operation.view_func.__name__


api = Described(
    title="Evenhand",
    version="1",
    description="Registry, cycles, entitlements, receipts and grievances of a programme. Make a token on the page of your"
    " account; it may do what its scopes name and your roles allow, in their areas.",
    docs_url=None,
    auth=Bearer(),
    urls_namespace="api",
)
api.add_router("/", router)
api.add_router("/spdci", spdci.router)


def _refused(status: int, *problems: dict[str, Any]) -> JsonResponse:
    return JsonResponse({"errors": list(problems)}, status=status)


@api.exception_handler(Denied)
def denied(request: HttpRequest, error: Denied) -> HttpResponse:
    """No right, or too much at once."""
    return _refused(error.status, {"message": error.words})


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No token in force."""
    response = _refused(401, {"message": "this call needs a token", "remedy": "send Authorization: Bearer evenhand_…"})
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """A body past the server's limit."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return _refused(413, {"message": f"a call carries at most {most} bytes", "remedy": "send several"})


@api.exception_handler(HttpError)
def http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON, and the like."""
    return _refused(error.status_code, {"message": str(error)})


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A field that is not what the description says."""
    return _refused(422, *(
        {"message": one["msg"], "field": ".".join(str(part) for part in one["loc"][1:])} for one in error.errors
    ))  # fmt: skip


@api.exception_handler(EvenhandError)
def told(request: HttpRequest, error: EvenhandError) -> HttpResponse:
    """What an action refuses: 503 where trying again helps, 422 for a field, 409 for what cannot be now."""
    if isinstance(error, InputError):
        return _refused(422, *(
            {"message": p.message, "remedy": p.remedy, "row": p.row, "field": p.field, "value": p.value}
            for p in error.problems
        ))  # fmt: skip
    return _refused(503 if isinstance(error, TryAgain) else 409, {"message": error.message, "remedy": error.remedy})
