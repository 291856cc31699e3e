"""What lies where."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

from evenhand.web import counter_api
from evenhand.web.accounts import urls as account_urls
from evenhand.web.api.app import api
from evenhand.web.console import urls as console_urls
from evenhand.web.counter_files import counter_file, to_counter
from evenhand.web.language import choose
from evenhand.web.my import urls as my_urls
from evenhand.web.public.urls import urls as public_urls
from evenhand.web.static_files import static_file

urlpatterns = [
    path("", console_urls.to_console),
    path("counter", to_counter),
    path("counter/", counter_file),
    path("counter/<path:name>", counter_file),
    path("api/1/", api.urls),
    path("api/counter/1/", include((counter_api.urls, "counter"))),
    path("static/<path:name>", static_file),
    path("language/<slug:language>", choose, name="language"),
    path("accounts/", include(account_urls)),
    path("my/", include(my_urls.urls)),
    path("console/", include(console_urls.urls)),
    path("public", RedirectView.as_view(url="/public/")),
    path("public/", include(public_urls)),
]
handler403 = "evenhand.web.console.refusals.refused"
handler404 = "evenhand.web.console.refusals.missing"
handler500 = "evenhand.web.console.refusals.broken"
