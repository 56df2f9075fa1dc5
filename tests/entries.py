"""What a reader gave, as the text of a golden file."""

import json

from archivesearch.dumps import Rejected
from archivesearch.posts import to_record

ENRICHED = ("language", "countries")
"""What no reader tells."""


def as_lines(entries):
    return "".join(json.dumps(as_record(entry), ensure_ascii=False, indent=1) + "\n" for entry in entries)


def as_record(entry):
    if isinstance(entry, Rejected):
        return {"rejected": entry.entry, "reason": entry.reason, "line": entry.line}
    return {name: value for name, value in to_record(entry).items() if name not in ENRICHED}
