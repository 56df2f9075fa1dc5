"""The command line: each command is one call of the archive, its answer written for people or for programs."""

import gc
import sys

from archivesearch.cli.frame import EXIT_CODES, SYSTEM_ERROR, commands

__all__ = ["EXIT_CODES", "commands", "main"]


def main() -> None:
    """Run the command line with the arguments of the process and end the process with a documented exit code."""
    # A command is a process of its own, most of whose time is its start and its end. What is loaded then is no garbage,
    # though Python's collector would look for some in it again and again, and twice more when all of it goes anyway.
    gc.set_threshold(50_000)
    if sys.stdout is None:  # closed by the shell: nobody would get the answer
        sys.exit(SYSTEM_ERROR)
    try:
        commands(prog_name="archivesearch")
    finally:
        gc.freeze()
