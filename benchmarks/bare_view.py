"""The baseline of the console's pages: a Django view that says one word, behind nothing, as a WSGI application."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def word(request: HttpRequest) -> HttpResponse:
    """Nothing but a view."""
    return HttpResponse("word")


def signed_in(request: HttpRequest) -> HttpResponse:
    """A view that knows who asks, by the session's row and the account's."""
    return HttpResponse(request.user.get_username())


urlpatterns = [path("word", word), path("who", signed_in)]

if not settings.configured:
    from evenhand.web import settings as ours

    settings.configure(
        SECRET_KEY=ours.SECRET_KEY, ALLOWED_HOSTS=ours.ALLOWED_HOSTS, ROOT_URLCONF="benchmarks.bare_view",
        DATABASES=ours.DATABASES, SESSION_COOKIE_NAME=ours.SESSION_COOKIE_NAME, LOGGING_CONFIG=None, USE_TZ=True,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
        AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend",
                                 "allauth.account.auth_backends.AuthenticationBackend"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware"],
    )  # fmt: skip
application = get_wsgi_application()
