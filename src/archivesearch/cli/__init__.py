"""The command line: each command is one call of the archive, its answer written for people or for programs."""

import sys

from archivesearch.cli import keeping, searching
from archivesearch.cli.frame import EXIT_CODES, SYSTEM_ERROR, commands

__all__ = ["EXIT_CODES", "commands", "keeping", "main", "searching"]


def main() -> None:
    """Run the command line with the arguments of the process and end the process with a documented exit code."""
    if sys.stdout is None:  # closed by the shell: nobody would get the answer
        sys.exit(SYSTEM_ERROR)
    commands(prog_name="archivesearch")
