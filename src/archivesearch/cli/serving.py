"""The command that serves the page: serve."""

from __future__ import annotations

from pathlib import Path

import click

from archivesearch.cli.frame import DONE, commands, open_archive


def _read_address(_context: click.Context, _option: click.Parameter, written: str | None) -> str | None:
    from ipaddress import ip_address

    try:
        return None if written is None else str(ip_address(written))
    except ValueError:
        raise click.BadParameter(
            f"{written!r} is no IP address: name the one from which the proxy asks, such as 127.0.0.1 or ::1."
        ) from None


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free port.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    show_default="one for each core, at most 4",
    metavar="NUMBER",
    help="Processes that answer, each with memory of its own.",
)
@click.option(
    "--trusted-proxy",
    "proxy",
    metavar="ADDRESS",
    callback=_read_address,
    help="The address from which a proxy asks, whose X-Forwarded-For and X-Forwarded-Proto are believed.",
)
@click.option(
    "--rate",
    type=click.IntRange(0, 100_000),
    show_default="120",
    metavar="NUMBER",
    help="Searches a minute that each process answers a client, five minutes' worth at once; 0: any number.",
)
@click.pass_obj
def serve(root: Path, host: str, port: int, processes: int | None, proxy: str | None, rate: int | None) -> int:
    """Serve the search page until Ctrl-C; docs/DEPLOY.md puts it on the internet."""
    from archivesearch import web

    number = processes or web.usual_number()
    clients = web.Clients(proxy=proxy, rate=web.RATE if rate is None else rate)
    with open_archive(root) as archive:
        if number == 1:
            web.serve(archive, host, port, announce=_announce, clients=clients)
        else:
            web.serve_in_processes(archive.root, number, host, port, announce=_announce, clients=clients)
    return DONE


def _announce(address: str) -> None:
    click.echo(f"The search page is at {address} (Ctrl-C ends it).")
