"""Entries and posts as the catalog keeps them: a line of JSON, its digest, and what it is found by."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from archivesearch.dedupe import Duplicate, exact_key
from archivesearch.dumps import Rejected
from archivesearch.posts import Post, to_record


class EntryRow(NamedTuple):
    """An entry of a dump, ready to be written: `key` is None for one that is no post, else its `exact_key`.

    A tuple, as `PostRow` is: thousands go from process to process, and pickle takes ten times as long over a dataclass.
    `end` tells how far the dump has been read then, in bytes; 0 where that is not known. It is not kept.
    """

    key: str | None
    digest: str
    record: str
    end: int = 0


def entry_row(entry: Post | Rejected) -> EntryRow:
    """The entry as the catalog keeps it. `from_record` or `Rejected(**...)` of what JSON reads gives it back."""
    key, values = (None, asdict(entry)) if isinstance(entry, Rejected) else (exact_key(entry), to_record(entry))
    record = encode(values)
    end = 0 if isinstance(entry, Rejected) else entry.provenance[-1].end
    return EntryRow(key=key, digest=digest_of(record), record=record, end=end)


class PostRow(NamedTuple):
    """A post, ready to be written: `key` is that of its article, `basis` a digest of all that it was made from.

    `certainty` is that of its most certain cut, `day` its date as `Published.day_key`. Of each of the `duplicates`
    there are its place in the provenance, its dump, kind, similarity and reason.
    """

    id: str
    title: str
    key: str
    basis: str
    certainty: float
    day: str | None
    digest: str
    record: str
    duplicates: tuple[tuple[int, str, str, float, str], ...]


def post_row(post: Post, key: str, basis: str, duplicates: Iterable[Duplicate]) -> PostRow:
    """The post as the catalog keeps it, with its further copies."""
    record = encode(to_record(post))
    return PostRow(
        id=post.id,
        title=post.title,
        key=key,
        basis=basis,
        certainty=max(place.certainty for place in post.provenance),
        day=post.published.day_key if post.published else None,
        digest=digest_of(record),
        record=record,
        duplicates=tuple(
            (post.provenance.index(each.provenance), each.provenance.dump, each.kind, each.similarity, each.reason)
            for each in duplicates
        ),
    )


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def encode(record: Mapping[str, Any]) -> str:
    """The record as JSON: one text for equal records, whatever the order of their keys."""
    return _ENCODER.encode(record)


def digest_of_parts(parts: object) -> str:
    """SHA-256 of what JSON can hold, in hexadecimal: equal for equal parts."""
    return digest_of(json.dumps(parts))


def digest_of(record: str) -> str:
    """SHA-256 of a text, as of an encoded record, in hexadecimal."""
    return hashlib.sha256(record.encode()).hexdigest()
