"""Sign-in by a service that the state or the agency already has (OpenID Connect). The file `oidc.toml` of the data folder:

    name = "Ministry sign-in"
    server_url = "https://id.example.org"          # where .well-known/openid-configuration lies
    client_id = "evenhand"
    client_secret = "…"

An account is made by an administrator as ever; its person joins it to the service once, on the page of their account. Nobody
gets an account, or somebody else's, by what the service says of them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from evenhand.core.errors import UsageError

FILE = "oidc.toml"
FIELDS = ("name", "server_url", "client_id", "client_secret")
PROVIDER = "office"


@dataclass(frozen=True)
class Service:
    """The service as `oidc.toml` names it."""

    name: str
    server_url: str
    client_id: str
    client_secret: str

    @property
    def origin(self) -> str:
        """Scheme and host: where a browser is sent to sign in."""
        parts = urlsplit(self.server_url)
        return f"{parts.scheme}://{parts.netloc}"


def service_of(data: Path) -> Service | None:
    """The service of a data folder, None without the file. UsageError where the file does not say what it must."""
    file = data / FILE
    if not file.exists():
        return None
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", f"write {', '.join(FIELDS)}, each as a text") from error
    wrong = [name for name in FIELDS if not isinstance(said.get(name), str) or not said[name].strip()]
    strange = sorted(set(said) - set(FIELDS))
    if wrong or strange:
        message = f"it has no {wrong[0]}" if wrong else f'it has "{strange[0]}", which says nothing'
        raise UsageError(f"{file}: {message}", f"write {', '.join(FIELDS)}, each as a text, and nothing else")
    parts = urlsplit(said["server_url"])
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")):
        raise UsageError(f"{file}: server_url is not reached over https", "write https://…")
    return Service(*(said[name] for name in FIELDS))


def providers(service: Service | None) -> dict[str, object]:
    """What allauth takes."""
    if service is None:
        return {}
    return {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": PROVIDER, "name": service.name, "client_id": service.client_id,
                    "secret": service.client_secret, "settings": {"server_url": service.server_url},
                }
            ],
        }
    }  # fmt: skip
