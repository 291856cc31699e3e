"""How often something was tried, counted where all workers see it: one statement adds one to every count, so that a hundred
attempts at one moment are a hundred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from evenhand.wiring import read_clock

COUNT = """
INSERT INTO attempt (key, since, count) SELECT key, since, 1 FROM unnest(%s::text[], %s::bigint[]) AS new (key, since)
ORDER BY key ON CONFLICT (key, since) DO UPDATE SET count = attempt.count + 1 RETURNING key, count
"""
TAKE_BACK = """
UPDATE attempt SET count = count - 1 FROM unnest(%s::text[], %s::bigint[]) AS new (key, since)
WHERE attempt.key = new.key AND attempt.since = new.since
"""


@dataclass(frozen=True)
class Limit:
    """So many attempts in so many seconds."""

    most: int
    seconds: int


class Attempt:
    """One attempt at something called `name`, counted at once under each of `limits`; `of` says whose each count is."""

    def __init__(self, name: str, limits: Mapping[str, Limit], of: Mapping[str, str]) -> None:
        now = read_clock()
        self._keys, self._since, most = [], [], {}
        for what, limit in sorted(limits.items()):
            # Kept as a keyed hash: nobody reads here which cards were tried.
            key = salted_hmac(f"attempt/{name}/{what}", of.get(what, ""), algorithm="sha256").hexdigest()
            self._keys.append(key)
            self._since.append(now // limit.seconds * limit.seconds)
            most[key] = limit.most
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [self._keys, self._since])
            self.refused = any(count > most[key] for key, count in cursor.fetchall())

    def take_back(self) -> None:
        """It was a good one, and does not count."""
        with connection.cursor() as cursor:
            cursor.execute(TAKE_BACK, [self._keys, self._since])


def address_of(request: HttpRequest) -> str:
    """Whom an attempt comes from: the address at the other end, which no header can change unless a proxy of ours is before
    us. Of IPv6 the network that one customer gets."""
    from allauth.account.adapter import get_adapter  # needs Django's applications, which pages are read without

    found = ip_address(get_adapter().get_client_ip(request))
    return str(ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)
