"""A reader of the console without a window: cookies, forms with their token, no redirect followed unless asked."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from http.cookiejar import CookieJar


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: Message


class _Unmoved(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


@dataclass
class Reader:
    """Somebody at `server`, with their cookies."""

    server: str
    cookies: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask(urllib.request.Request(self.server + path, headers=headers))

    def post(self, path: str, form_at: str = "", token: str | None = None, **fields: str) -> Answer:
        """Send a form; its token is read from the page `form_at` unless given."""
        if token is None:
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(form_at or path).text)
            token = found[1] if found else ""
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        return self._ask(urllib.request.Request(self.server + path, data=data, headers={"Origin": self.server}))

    def sign_in(self, username: str, password: str) -> Answer:
        return self.post("/accounts/login/", login=username, password=password)

    def _ask(self, request: urllib.request.Request) -> Answer:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), _Unmoved())
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.read().decode(), answer.headers)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(), error.headers)
