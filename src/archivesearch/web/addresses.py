"""Where the archive is on the web: what an absolute address begins with."""

import re

from flask import Request, abort

from archivesearch.settings import Settings

API = "/api/"
"""What the addresses begin with that are answered in JSON, errors too."""

HOST = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
"""A host that can be one, its name first."""


def site_address(settings: Settings, request: Request) -> str:
    """What every absolute address of this archive begins with, without a slash at its end.

    It is `address` of archive.toml; where that is not set, the host that was asked for, which anybody can write into a
    request. None, or one that cannot be one, is answered with 400.
    """
    if settings.address:
        return settings.address
    # where none was asked for, `request.host` is the server's own name for itself
    if not HOST.fullmatch(request.host) or "Host" not in request.headers:
        abort(400)
    return f"{request.scheme}://{request.host}"
