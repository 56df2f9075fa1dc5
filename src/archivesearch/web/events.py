"""What the page tells those who keep it, on standard error: a line for each event."""

import logging
import re

from archivesearch.lines import STEERING

_UNSAFE = re.compile(f"{STEERING.pattern}|[\u2028\u2029]")


class _OneLine(logging.Formatter):
    r"""Breaks are written as `\n`, those of a traceback too: what a stranger asks for cannot look like an event."""

    def format(self, record: logging.LogRecord) -> str:
        return _UNSAFE.sub(lambda match: ascii(match[0])[1:-1], super().format(record))


def tell_in_lines() -> None:
    """Write what this process, its server and its pages have to tell, with its time; nobody's searches are among it."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine("[%(asctime)s] %(levelname)s: %(message)s"))
    logging.basicConfig(handlers=[handler])
