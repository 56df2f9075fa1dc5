"""What people decided, as the text of corrections.toml: to paste, or to append."""

from collections.abc import Iterable, Iterator

from archivesearch.corrections import Apart, Entry, Merge, PostCorrection
from archivesearch.dates import Published
from archivesearch.dumps import Cut
from archivesearch.text import one_line


def to_toml(entry: Entry, comment: str = "") -> str:
    """The entry as it stands in the file, to paste or to append, below the comment if there is one."""
    said = "".join(character for character in one_line(comment) if character.isprintable())
    lines = [f"# {said}"] if said else []
    lines.extend(_lines(entry))
    if entry.note:
        lines.append(f"note = {_quote(entry.note)}")
    return "\n".join([*lines, ""])


def _lines(entry: Entry) -> Iterator[str]:
    match entry:
        case Cut():
            yield from ("[[cut]]", f"line = {_quote(entry.line)}", f"begins = {_BEGINS[entry.begins]}")
            yield from (f'day = "{day}"' for day in [entry.day] if day)
            yield from (f"dump = {_quote(dump)}" for dump in [entry.dump] if dump is not None)
        case PostCorrection():
            yield from ("[[post]]", f"id = {_quote(entry.id)}", *_decided_lines(entry))
        case Merge():
            yield from ("[[merge]]", f"posts = {_quote_all(entry.posts)}")
        case Apart():
            yield from ("[[apart]]", f"post = {_quote(entry.post)}", f"dump = {_quote(entry.dump)}")


_BEGINS = {
    True: "true  # a post begins with this line",
    False: "false  # no post begins with this line: it belongs to the one above it",
}


def _decided_lines(entry: PostCorrection) -> Iterator[str]:
    if entry.title is not None:
        yield f"title = {_quote(entry.title)}"
    if entry.published is not None:
        yield f"date = {_quote(entry.published if entry.published == 'undated' else _exactly(entry.published))}"
    if entry.labels is not None:
        yield f"labels = {_quote_all(entry.labels)}"
    if entry.countries is not None:
        yield f"countries = {_quote_all(entry.countries)}"
    if entry.language is not None:
        yield f"language = {_quote(entry.language)}"
    if entry.suppress:
        yield "suppress = true"


def _exactly(published: Published) -> str:
    return published.moment.isoformat() if published.precision == "minute" else published.day_key


def _quote_all(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quote, texts))}]"


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def _quote(text: str) -> str:
    """The text as TOML has it in quotes; what no editor shows, such as a line separator, is written as its number."""
    return f'"{"".join(map(_escape, text))}"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
