"""A reader of the console without a window: cookies, forms with their token, no redirect followed unless asked."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
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

    def post(
        self,
        path: str,
        form_at: str = "",
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        **fields: str,
    ) -> Answer:
        """Send a form; its token is read from the page `form_at` unless given."""
        token = self._token(form_at or path) if token is None else token
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        sent = {"Origin": self.server, **(headers or {})}
        return self._ask(urllib.request.Request(self.server + path, data=data, headers=sent))

    def post_files(self, path: str, files: Mapping[str, bytes], form_at: str = "", **fields: str) -> Answer:
        """Send a form with files, each under the name of its field."""
        parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
        parts.append(f'name="csrfmiddlewaretoken"\r\n\r\n{self._token(form_at or path)}'.encode())
        for name, data in files.items():
            kind = "Content-Type: application/octet-stream"
            parts.append(f'name="{name}"; filename="../../{name}.html"\r\n{kind}\r\n\r\n'.encode() + data)
        body = (
            b"".join(b"--edge\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--edge--\r\n"
        )
        headers = {"Origin": self.server, "Content-Type": "multipart/form-data; boundary=edge"}
        return self._ask(urllib.request.Request(self.server + path, data=body, headers=headers))

    def claim(self, path: str, length: int) -> int:
        """The status of a form that says it is so long, of which no byte is sent."""
        server = urllib.parse.urlsplit(self.server)
        connection = http.client.HTTPConnection(server.hostname or "", server.port, timeout=10)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        return connection.getresponse().status

    def _token(self, form_at: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(form_at).text)
        return found[1] if found else ""

    def sign_in(self, username: str, password: str) -> Answer:
        return self.post("/accounts/login/", login=username, password=password)

    def _ask(self, request: urllib.request.Request) -> Answer:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), _Unmoved())
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.read().decode(), answer.headers)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(), error.headers)
