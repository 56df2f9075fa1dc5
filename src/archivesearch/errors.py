"""The errors that a person can act on: each message says what to do next.

Only `cli` and `web` catch them. An error carries the exit code that the command line ends with.
"""


class ArchiveSearchError(Exception):
    """Something that a person can mend; the base of all errors of this package."""

    exit_code = 3


class SettingsError(ArchiveSearchError):
    """archive.toml holds something that cannot be: its maintainer can mend it."""

    exit_code = 4


class CorrectionsError(ArchiveSearchError):
    """corrections.toml holds something that cannot be: whoever corrects the archive can mend it."""

    exit_code = 9


class DumpError(ArchiveSearchError):
    """A dump, as a whole, cannot be read: the maintainer can replace or remove it."""

    exit_code = 5


class QueryError(ArchiveSearchError):
    """A typed query cannot be read: the person who typed it can mend it.

    `template` is its sentence with a "%(name)s" for each of the `values`, so that it can be said in another language
    (`said.say_error`); a value named "facet" is a facet, which the page calls by its name there. `position` is the
    offset, in characters, of the place in the typed text; None where what is wrong stands elsewhere.
    """

    exit_code = 2

    def __init__(self, template: str, position: int | None = None, **values: str | int) -> None:
        written = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
        super().__init__(template % written)
        self.template = template
        self.position = position
        self.values = values


class EngineError(ArchiveSearchError):
    """The search engine cannot answer: whoever runs the archive can mend it."""

    exit_code = 6


class EngineUnavailable(EngineError):
    """There is no index yet, or its engine cannot be reached."""


class NothingImported(EngineUnavailable):
    """No dump has been imported into this archive yet."""


class IndexOutdated(EngineError):
    """The index was made by another version of archivesearch or for another catalog."""


class CatalogError(ArchiveSearchError):
    """The catalog is damaged, locked, or of another version."""

    exit_code = 7
