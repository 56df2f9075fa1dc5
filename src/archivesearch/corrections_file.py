"""corrections.toml: read strictly, for what is not understood would be a decision lost, and only ever appended to."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar

from archivesearch.corrections import DECIDABLE, Apart, Corrections, Entry, Merge, PostCorrection, gather
from archivesearch.corrections_toml import to_toml
from archivesearch.dates import Published
from archivesearch.decided import country_problem, id_problem, language_problem, read_decided_date
from archivesearch.dumps import Cut
from archivesearch.durable import sync
from archivesearch.errors import CorrectionsError
from archivesearch.settings import parse_toml
from archivesearch.text import clean, fold

CORRECTIONS_FILE = "corrections.toml"

_HEADER = """\
# What people decided about this archive: every import obeys it. `archivesearch review` finds what needs deciding.
#
# [[cut]]    line = "...", begins = true: a post begins with this line; false: it belongs to the post above it.
#            If day = "2019-05-03" or dump = "name.txt" stand there, too, then only under that day or in that dump.
#            Where the title is the second line below a date: begins = false for the first, true for the second.
# [[post]]   id = "..." and any of title, date ("2019", "2019-05", "2019-05-03" or "undated"), labels, countries,
#            language ("nl"), suppress = true: the post is shown nowhere.
# [[merge]]  posts = ["id", "id"]: these are one post.
# [[apart]]  post = "id", dump = "name.xml": the copy in that dump is a post of its own.
#
# Any of them may have a note = "why".
"""

T = TypeVar("T")
_KINDS = {list: "a list of texts in quotes", bool: "true or false", str: "a text in quotes"}
_FORMS = 'Write it as "2019", "2019-05", "2019-05-03", "2019-05-03T18:30:00+02:00" or "undated"'


def read_corrections(path: Path) -> Corrections:
    """The corrections in this file; none where there is no such file.

    Raises CorrectionsError, with the entry and what to do, for whatever cannot be or decides nothing.
    """
    return gather(_entries(_read(path), path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


@dataclass(frozen=True, slots=True)
class _Table:
    """An entry of the file that is being checked, and where it stands in words."""

    place: str
    values: Mapping[str, Any]

    def fail(self, says: str) -> CorrectionsError:
        return CorrectionsError(f"{self.place}: {says}")

    def get(self, key: str, kind: type[T]) -> T | None:
        """The value, None where it has none."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, kind):
            raise self.fail(f"{key} must be {_KINDS[kind]}.")
        return value

    def require(self, key: str, kind: type[T]) -> T:
        value = self.get(key, kind)
        if value is None or value in ("", []):
            raise self.fail(f"{key} is missing. Add it: {_KINDS[kind]}.")
        return value

    def texts(self, key: str) -> tuple[str, ...] | None:
        values = self.get(key, list)
        if values is None:
            return None
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.fail(f"{key} must be {_KINDS[list]}.")
        return tuple(values)

    def check(self, values: Iterable[str], problem_of: Callable[[str], str | None]) -> None:
        """Raise CorrectionsError for the first of the values that has a problem."""
        for problem in filter(None, map(problem_of, values)):
            raise self.fail(problem)

    @property
    def note(self) -> str:
        return self.get("note", str) or ""


def _entries(raw: bytes, path: Path) -> Iterator[tuple[str, Entry]]:
    """Each entry of the file, with its place in words."""
    try:
        parts = parse_toml(raw)
    except ValueError as error:
        raise CorrectionsError(f"{path} is not valid TOML: {error}. Mend that line.") from error
    for part, tables in parts.items():
        if part not in _READ:
            raise CorrectionsError(f"{path}: there is no part {part!r}. {_offer(part, _READ)}")
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise CorrectionsError(f"{path}: {part} must be written as [[{part}]], with two brackets.")
        keys, read = _READ[part]
        for number, values in enumerate(tables, start=1):
            table = _Table(f"{path}, [[{part}]] number {number}", values)
            for key in sorted(values.keys() - {*keys, "note"}):
                raise table.fail(f"there is no {key!r} in it. {_offer(key, keys)}")
            yield table.place, read(table)


def _offer(written: str, known: Iterable[str]) -> str:
    near = get_close_matches(written.lower(), known, 1)
    return f"Did you mean {near[0]!r}?" if near else f"What can stand there: {', '.join(known)}."


def _read_cut(table: _Table) -> Cut:
    line = table.require("line", str)
    if not fold(clean(line)):
        raise table.fail("line has nothing in it that could be found. Copy the line from the dump.")
    begins = table.require("begins", bool)
    return Cut(line=line, begins=begins, day=_read_day(table), dump=_read_dump(table), note=table.note)


def _read_day(table: _Table) -> date | None:
    if "day" not in table.values:
        return None
    published = _read_date(table, "day")
    if not isinstance(published, Published) or published.precision != "day":
        raise table.fail('day must be one day, as in "2019-05-03".')
    return published.day


def _read_dump(table: _Table) -> str | None:
    return table.require("dump", str) if "dump" in table.values else None


def _read_post(table: _Table) -> PostCorrection:
    if table.get("suppress", bool) is False:
        raise table.fail("suppress can only be true. Take the line out to show the post.")
    correction = PostCorrection(
        id=_read_id(table, "id"),
        title=table.get("title", str),
        published=_read_date(table, "date"),
        labels=table.texts("labels"),
        countries=_read_countries(table),
        language=_read_language(table),
        suppress=bool(table.get("suppress", bool)),
        note=table.note,
    )
    if all(getattr(correction, name) in (None, False) for name in DECIDABLE):
        raise table.fail("it decides nothing. Add a title, a date or what else is to change, or take it out.")
    return correction


def _read_id(table: _Table, key: str) -> str:
    written = table.require(key, str)
    table.check((written,), id_problem)
    return written


def _read_language(table: _Table) -> str | None:
    written = table.get("language", str)
    table.check(() if written is None else (written,), language_problem)
    return written


def _read_countries(table: _Table) -> tuple[str, ...] | None:
    written = table.texts("countries")
    table.check(written or (), country_problem)
    return written


def _read_date(table: _Table, key: str) -> Published | Literal["undated"] | None:
    """The date, as TOML writes it or in quotes."""
    value = table.values.get(key)
    if value is None or value == "undated":
        return value
    written = value.isoformat() if isinstance(value, date) else value
    if not isinstance(written, str):
        raise table.fail(f"{key} is no date. {_FORMS}.")
    published = read_decided_date(written)
    if isinstance(published, str):
        raise table.fail(f"{key}: {published}. {_FORMS}.")
    return published


def _read_merge(table: _Table) -> Merge:
    posts = table.texts("posts") or ()
    table.check(posts, id_problem)
    if len(set(posts)) < max(2, len(posts)):
        raise table.fail('posts must be two or more different ids, as in ["id", "id"].')
    return Merge(posts=posts, note=table.note)


def _read_apart(table: _Table) -> Apart:
    return Apart(post=_read_id(table, "post"), dump=table.require("dump", str), note=table.note)


_READ: dict[str, tuple[tuple[str, ...], Callable[[_Table], Entry]]] = {
    "cut": (("line", "begins", "day", "dump"), _read_cut),
    "post": (("id", "title", "date", "labels", "countries", "language", "suppress"), _read_post),
    "merge": (("posts",), _read_merge),
    "apart": (("post", "dump"), _read_apart),
}
"""What each part of the file may hold beside a note, and how it is read."""


def append_entry(path: Path, entry: Entry, comment: str = "") -> None:
    """Add the entry at the end of the file, durably; all that stands in it stays, byte for byte.

    The file is made where there is none. Raises CorrectionsError, and leaves it as it was, where the entry contradicts
    what is there or cannot be written; OSError where the file cannot be.
    """
    target = Path(os.path.realpath(path))  # a link stays one
    before = _read(target)
    expected = gather([*_entries(before, path), ("The new entry", entry)])
    after = before + _addition(before, to_toml(entry, comment))
    if gather(_entries(after, path)) != expected:
        raise CorrectionsError(f"{path}: the entry could not be added to what is there. Write it in by hand.")
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        aside.write_bytes(after)
        if target.exists():
            shutil.copymode(target, aside)
        sync(aside)
        if _read(target) != before:
            raise CorrectionsError(f"{path} was changed at the same time. Do it again.")
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    sync(target.parent)


def _addition(before: bytes, block: str) -> bytes:
    """What goes behind the bytes of a file so that the block stands below a blank line, with the file's line breaks."""
    text = f"\n{block}" if before else f"{_HEADER}\n{block}"
    if before and not before.endswith(b"\n"):
        text = f"\n{text}"
    return text.replace("\n", "\r\n" if b"\r\n" in before else "\n").encode()
