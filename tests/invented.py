"""Dumps for tests, in the format of a saved page: an invented blog about the weather of a valley."""

from collections import defaultdict
from datetime import date

from archivesearch.entries import entry_row

HEADER = "About this site\n\nThis site tells of the rain in a valley that nobody will find on a map.\n"

POSTS = (
    (date(2021, 2, 6), "Water in the streets", "The river rose in the night and stood in the streets of Kathmandu."),
    (date(2020, 5, 3), "A dry spring", "No rain fell for sixty days. The wells of Nepal gave sand and stones."),
    (date(2020, 5, 3), "The well of the school", "Eleven metres deep it is now, and the pupils dug the last two."),
    (date(2019, 8, 17), "De dijk bij het dorp", "De dijk is weer hoog genoeg en het water blijft nu buiten het dorp."),
    (date(2018, 1, 2), "The gate of the dam", "The gate of the dam was painted green. That took two days in all."),
    (date(2017, 11, 30), "Snow before its time", "It fell on the beans. Nobody remembers snow in November in Peru."),
)


def page(posts=POSTS, label=None):
    """The text of a page that shows these posts, newest first, or those of one label."""
    shown = f"Showing posts with label {label}. Show all posts\n" * 2 if label else ""
    days = defaultdict(list)
    for day, title, text in sorted(posts, key=lambda post: post[0], reverse=True):
        days[day].append(f"\n{title}\n\n{text}\n")
    return HEADER + shown + "".join(f"\n{day:%d %B %Y}\n{''.join(below)}" for day, below in days.items())


def put_dump(catalog, dump, entries):
    """Record a dump with these entries in the place of those it had, as an import does, inside `Catalog.writing`."""
    reading = catalog.readings.begin(dump)
    catalog.readings.add(reading, 0, map(entry_row, entries))
    catalog.readings.end(reading)
    catalog.readings.make_current([reading], [])


def write(raw, dumps):
    """Make these dumps, a mapping of names to texts or bytes, below the folder raw; the folder."""
    for name, content in dumps.items():
        path = raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return raw
