"""The server that carries the page: plain threads, and bounds that hold slow and greedy clients off."""

import errno
import ipaddress
import logging
import socket
from collections.abc import Callable
from contextlib import suppress

import waitress
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from archivesearch.errors import ArchiveSearchError
from archivesearch.web.app import SECURITY_HEADERS, create_app
from archivesearch.web.clients import ANYBODY, Clients
from archivesearch.web.events import tell_in_lines
from archivesearch.web.failing import say_refusal
from archivesearch.web.served import ServedArchive
from archivesearch.web.slots import THREADS
from archivesearch.web.speaking import SPEECHES

SERVER = {
    "threads": THREADS,
    "connection_limit": 500,
    "channel_timeout": 20,  # seconds
    "cleanup_interval": 5,  # seconds
    "max_request_header_size": 16 * 1024,  # bytes
    "max_request_body_size": 1,  # bytes: nothing is ever sent here
    "ident": None,
    "expose_tracebacks": False,
}
"""What keeps slow and greedy clients from holding the server up."""

PROXIED = {"trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}
"""What a trusted proxy says of whom it asks for: the last address in its list, and http or https."""


class _Answer(WSGITask):  # type: ignore[misc] # waitress has no types
    def build_response_header(self) -> bytes:
        header: bytes = super().build_response_header()
        if self.request.command == "HEAD":
            self.chunked_response = False  # else the end of a body would follow, which a client may not expect
        return header


class _Refusal(ErrorTask):  # type: ignore[misc] # waitress has no types
    """What waitress answers by itself to a request that no page is asked for, or after a fault of ours."""

    def execute(self) -> None:
        error = self.request.error
        body = say_refusal(error.code, self.channel.server.speeches).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.response_headers.extend(SECURITY_HEADERS.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc] # waitress has no types
    task_class = _Answer
    error_task_class = _Refusal


def serve(
    archive: ServedArchive, host: str, port: int, announce: Callable[[str], None], clients: Clients = ANYBODY
) -> None:
    """Serve the page to these clients until Ctrl-C; `announce` is told its address once it can be reached.

    Port 0 takes any free port. Raises ArchiveSearchError where the address cannot be listened on.
    """
    with listen(host, port) as listening:
        answer(archive, listening, host, lambda: announce(address_of(listening, host)), clients)


def answer(
    archive: ServedArchive,
    listening: socket.socket,
    host: str,
    begun: Callable[[], None],
    clients: Clients = ANYBODY,
) -> None:
    """Answer those who connect to this socket of this host until Ctrl-C; `begun` is called when that begins."""
    tell_in_lines()
    # a line for each request that waits a moment for a thread would be many, and just when there is most to do
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    names = None if clients.proxy else _names(listening, host)  # a proxy hands on whatever name it has itself
    app = create_app(archive, names=names, clients=clients)
    proxied = {"trusted_proxy": clients.proxy, **PROXIED} if clients.proxy else {}
    server = waitress.create_server(app, sockets=[listening], **SERVER, **proxied)
    server.channel_class = _Channel
    server.speeches = app.extensions[SPEECHES].values()
    with suppress(KeyboardInterrupt):  # `run` ends at one by itself, but it may come before
        begun()
        server.run()


def _names(listening: socket.socket, host: str) -> frozenset[str] | None:
    """The names of this machine where none but itself can connect; None where others can, by whatever name."""
    own = ipaddress.ip_address(listening.getsockname()[0]).is_loopback
    return frozenset({"localhost", host}) if own else None


def address_of(listening: socket.socket, host: str) -> str:
    """The address of the page that answers at this socket of this host."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listening.getsockname()[1]}/"


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections at this address. Raises ArchiveSearchError where there can be none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            advice = "is in use by another program: choose another with --port, or --port 0 for any free one"
        else:
            advice = f"cannot be listened on ({error.strerror}): choose others with --host and --port"
        raise ArchiveSearchError(f"Port {port} of {host} {advice}.") from error
