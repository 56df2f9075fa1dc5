"""By which names the page answers: on somebody's own machine, to no name that a stranger can give that machine.

A page that stands open in the same browser can read what is served at its own name. Whoever holds that name can let it
lead to 127.0.0.1 (DNS rebinding), but no page decides what stands in Host.
"""

import ipaddress
from collections.abc import Set as AbstractSet

from flask import Flask, abort, request

from archivesearch.web.addresses import HOST


def add_hosts(app: Flask, names: AbstractSet[str], address: str) -> None:
    """Let an application answer, at any port, to these names, to that of its `address` and to loopback addresses only.

    Another one gets a 421. Who names none is no browser, and is answered.
    """
    own = {name.lower() for name in names}
    if address:
        own.add(_name(address.partition("://")[2]))

    @app.before_request
    def admit() -> None:
        host = request.headers.get("Host")
        if host is not None and not _is_one_of(own, _name(host)):
            abort(421)


def _name(host: str) -> str:
    """The name in a host, without its port; empty for what cannot be one."""
    parts = HOST.fullmatch(host)
    return parts[1].strip("[]").lower() if parts else ""


def _is_one_of(own: AbstractSet[str], name: str) -> bool:
    try:
        return name in own or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
