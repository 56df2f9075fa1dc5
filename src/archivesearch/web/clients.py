"""Who asks for searches, and how many one client may ask for."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil
from threading import Lock

from flask import Flask, request
from werkzeug.exceptions import TooManyRequests

RATE = 120
"""Searches a minute that one client may ask for, where nobody says it.

Thirty people behind one address who each search every fifteen seconds stay within it; a crawler that follows the links
of facets does not.
"""
SAVED = 300.0
"""Seconds whose searches a client may ask for at once when it asked for none before: those thirty twenty times each."""
MOST_CLIENTS = 10_000
"""Clients that are remembered, about 2 MB; the one that has asked for nothing for longest is forgotten first."""

COSTS: Mapping[str, float] = {
    "search": 1,
    "search_record": 1,
    "similar_posts_record": 1,
    "feed": 1,
    "suggest": 0.1,  # the page asks for some with every word that is typed, and each is little work
    "export_csv": 10,
    "export_jsonl": 10,
}
"""Routes that are limited, and as how many searches each counts; posts, files and what monitors ask are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """How clients are told apart, and what each may ask for.

    `proxy` is the address of the one whose word is taken for whom it asks; None: nobody's. `rate` is in searches a
    minute; 0: any number.
    """

    proxy: str | None = None
    rate: int = RATE


ANYBODY = Clients()
"""Nobody's word is taken, and the usual rate holds."""


class Allowance:
    """What clients may still ask for: a bucket of tokens for each, kept as the moment at which it is full again."""

    def __init__(self, rate: int, now: Callable[[], float] = time.monotonic) -> None:
        self._each = 60 / rate
        self._now = now
        self._full: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def take(self, client: str, cost: float) -> float:
        """Take so many searches, and return 0; or take none, and return the seconds after which they can be had.

        What costs more than can ever be saved up is given for all of it.
        """
        with self._lock:
            now = self._now()
            full = max(self._full.pop(client, now), now)
            after = full + min(cost * self._each, SAVED)
            wait = max(0.0, after - now - SAVED)
            self._full[client] = full if wait else after
            if len(self._full) > MOST_CLIENTS:
                self._full.popitem(last=False)
            return wait


def add_allowance(app: Flask, clients: Clients) -> None:
    """Answer 429 where a client asks an application for more than its share."""
    if not clients.rate:
        return
    allowance = Allowance(clients.rate)

    @app.before_request
    def count() -> None:
        cost = COSTS.get(request.endpoint or "", 0)
        address = _address(request.remote_addr or "")
        if not cost or (clients.proxy is None and _is_own(address)):
            return
        if wait := allowance.take(name_client(address), cost):
            raise TooManyRequests(retry_after=ceil(wait))


def name_client(address: IPv4Address | IPv6Address | None) -> str:
    """What tells a client from others: of IPv6 the first half, for whoever has an address has all that begin so.

    Those whose proxy does not name an address count as one.
    """
    if isinstance(address, IPv6Address):
        return address.packed[:8].hex()
    return str(address)


def _address(written: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(written)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_own(address: IPv4Address | IPv6Address | None) -> bool:
    """Whether it is a program of this machine: a script of its owner, or a proxy of which nobody told.

    The proxy's visitors would count as one client, and all be put off for the greed of one.
    """
    return address is not None and address.is_loopback
