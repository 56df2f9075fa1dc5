"""The frame of the command line: the group of commands, its exit codes, and what several commands use."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from archivesearch.cli import terminal
from archivesearch.errors import ArchiveSearchError
from archivesearch.lines import as_json

if TYPE_CHECKING:
    from archivesearch.archive import Archive

_Command = TypeVar("_Command", bound=Callable[..., Any])

DONE = 0

NOTHING_FOUND = 1

NOT_ALL_READ = 1

REBUILD = 1

DATA_PROBLEM = 2

SYSTEM_ERROR = 8

INTERRUPTED = 130
"""128 and SIGINT's number, as shells count an end by Ctrl-C."""

OUTPUT_CLOSED = 141
"""128 and SIGPIPE's number, as shells count a program whose reader, such as head, has gone."""

EXIT_CODES = """\b
Exit codes:
  0  found; done; fine
  1  search, show, similar, suggest: nothing found
     import: a whole dump could not be read (the others were imported)
     verify: the index must be rebuilt
  2  wrong use, or a query or an option that cannot be read
     verify: posts or dumps are damaged or missing
  3  another error that its message explains
  4  archive.toml holds something that cannot be
  5  a dump cannot be read
  6  there is no index, or it is outdated or damaged
  7  the catalog is damaged, locked or of another version
  8  the system refused: disk full, no permission, port taken
  9  corrections.toml holds something that cannot be
  130 after Ctrl-C, 141 when the reader of the output has gone
"""


MODULES = {
    "searching": ("coverage", "export", "facets", "search", "show", "similar", "suggest"),
    "serving": ("serve",),
    "keeping": ("duplicates", "import", "imports", "reindex", "review", "status", "verify"),
}
"""The modules of commands, each with its commands: a module is loaded when one of its commands is asked for."""


class _Commands(click.Group):
    """A group whose commands return their exit codes, and end in one sentence and a documented one if stopped."""

    def list_commands(self, context: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return sorted(itertools.chain.from_iterable(MODULES.values()))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        for module, names in MODULES.items():
            if name in names:
                importlib.import_module(f"archivesearch.cli.{module}")
        return super().get_command(context, name)

    def invoke(self, context: click.Context) -> NoReturn:
        try:
            exit_code: int = super().invoke(context)
            sys.stdout.flush()
        except ArchiveSearchError as error:
            fail(str(error), error.exit_code)
        except KeyboardInterrupt:
            _forget_output()
            fail("Interrupted. What was finished is kept; run the same command again to do the rest.", INTERRUPTED)
        except BrokenPipeError:
            _forget_output()
            raise click.exceptions.Exit(OUTPUT_CLOSED) from None
        except OSError as error:
            _forget_output()
            fail(_explain(error), SYSTEM_ERROR)
        raise click.exceptions.Exit(exit_code)


def fail(message: str, exit_code: int, shown: str = "") -> NoReturn:
    """Say on standard error what is wrong, then what is `shown` in lines of its own, and end with this exit code."""
    width = terminal.width_of(sys.stderr)
    said = (line for each in f"Error: {message}".split("\n") for line in terminal.wrapped(each, width))
    for line in (*said, *map(terminal.safe, shown.splitlines())):
        click.echo(line, err=True)
    raise click.exceptions.Exit(exit_code)


def _explain(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}. Make room or give permission, and run the command again."


def _forget_output() -> None:
    """Let what is still buffered go nowhere: Python flushes standard output once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=_Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--archive",
    "root",
    metavar="DIR",
    type=click.Path(path_type=Path),
    envvar="ARCHIVESEARCH_ARCHIVE",
    show_envvar=True,
    default=".",
    help="The archive's folder.  [default: the current folder]",
)
@click.pass_context
def commands(context: click.Context, /, root: Path) -> None:
    """A searchable archive for the raw dumps that a blog leaves behind.

    The archive is a folder: dumps lie in its raw/, and `archivesearch import` makes them searchable.
    """
    context.obj = root


def open_archive(root: Path) -> Archive:
    """The archive in this folder; to be closed."""
    from archivesearch.archive import Archive

    return Archive.open(root)


FORM_HELP = "Form of the output."


def format_option(*forms: str) -> Callable[[_Command], _Command]:
    """The option --format with these forms, the first of which is what people read."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help=FORM_HELP
    )


def write_record(record: object) -> None:
    """Write a record on standard output as JSON, in UTF-8 whatever the locale says."""
    terminal.use_utf8()
    sys.stdout.write(as_json(record, indent=2) + "\n")
