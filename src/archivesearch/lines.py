"""Answers as the lines of a file: JSON, and CSV that no spreadsheet runs. Shared by command line and page."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

CSV_COLUMNS = (
    *("id", "title", "published", "labels", "countries", "language", "score", "snippet"),
    *("permalink", "address"),  # last, for who reads the others by their places
)

# C0 and C1 with DEL; the bidirectional controls of Unicode (UAX 9) and the deprecated format characters that follow
# them; the interlinear annotation characters; lone surrogates, which no encoding can carry.
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff]")

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet read a cell as a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""


def hit_csv(record: Mapping[str, Any], site: str = "") -> str:
    """A hit, as `answers.hit_record` gives it, as one record of a CSV file with the columns CSV_COLUMNS.

    `site` is what the address of the archive's own page of the post begins with; without it that cell is empty.
    """
    address = ""
    if site:
        from archivesearch.shown import address_of_id  # it brings the languages of the page

        address = site + address_of_id(record["id"])
    return csv_line({**record, "address": address}[column] for column in CSV_COLUMNS)


def json_line(record: object) -> str:
    """A record as one line of a file of JSON Lines."""
    return as_json(record) + "\n"


def as_json(record: object, *, indent: int | None = None) -> str:
    r"""The record as JSON, its characters as they are but for those that steer a terminal, written as \uXXXX.

    A parser reads the same value either way.
    """
    written = json.dumps(record, ensure_ascii=False, indent=indent)
    return STEERING.sub(lambda match: "\n" if match[0] == "\n" else f"\\u{ord(match[0]):04x}", written)


def csv_line(cells: Iterable[object]) -> str:
    """The cells as one record of a CSV file (RFC 4180, but for the line break, which is a newline).

    None is an empty cell, a list is joined by "; ". A text that a spreadsheet would run as a formula gets a ' before.
    """
    import csv

    file = io.StringIO()
    # only with both characters in the line terminator do all versions of csv quote a cell that holds one of them
    csv.writer(file, lineterminator="\r\n").writerow([_csv_cell(cell) for cell in cells])
    return file.getvalue().removesuffix("\r\n") + "\n"


def _csv_cell(value: object) -> object:
    if isinstance(value, (list, tuple)):
        value = "; ".join(value)
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return "'" + value
    return value
