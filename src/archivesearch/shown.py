"""What every page shows alike: its frame, addresses, posts, and values of facets in the language of the page.

Pure: an address is made from a `Search` value, and texts stay data.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

from archivesearch.dates import Published
from archivesearch.markdown import read_blocks, read_line
from archivesearch.pages import Day, Frame, Link, Run
from archivesearch.params import to_params, with_value
from archivesearch.posts import Post
from archivesearch.search import NONE, FacetName, Search, Sort
from archivesearch.settings import LANGUAGES, OwnPage, Settings
from archivesearch.speech import Speech

UI = "ui"
"""The parameter that asks for a language of the page."""

COLOURS = "/colours.css"
"""Where the archive's own colours are; the content security policy lets no style stand in the page itself."""

EVERY_POST = ("sort", Search().sort)
"""The parameter of an address where no other asks for anything and yet not the start page is wanted."""

FEED_SORT: Sort = "newest"
"""The order of a feed that asks for none."""

OUTSIDE_REL = "nofollow noopener noreferrer ugc"
"""What a link out of the archive tells browsers and crawlers: neither to say where it comes from nor to follow."""

ExportForm = Literal["csv", "jsonl"]

LANGUAGE_NAMES = {"en": "English", "nl": "Nederlands", "fr": "Français", "es": "Español"}
"""The languages of the page, each by its own name: who looks for one may read no other."""


def title_of(page: OwnPage) -> str:
    """The title of a page of the archive's own: its first heading."""
    return "".join(run.text for run in read_blocks(page.text)[0].runs)


def feed_address(search: Search) -> str:
    """The address of the Atom feed of a search, which has the newest posts first unless it says another order."""
    params = [(name, value) for name, value in to_params(search) if name != "sort"]
    params += [("sort", search.sort)] if search.sort != FEED_SORT else []
    return f"/feed.atom?{urlencode(params)}" if params else "/feed.atom"


def export_address(search: Search, form: ExportForm) -> str:
    """The address of all hits of a search as a file."""
    params = to_params(replace(search, page=1, size=Search().size))
    return f"/export.{form}?{urlencode(params)}" if params else f"/export.{form}"


def address_of_id(post_id: str) -> str:
    """The address of the page of the post with this id."""
    return f"/post/{quote(post_id, safe='')}"


def address_of_own(page: OwnPage) -> str:
    """The address of a page of the archive's own."""
    return f"/page/{page.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """For whom a page is made: in which language, of which archive, at which address.

    `settings` have their texts in that language. `asked` is the language that the address asks for, empty where the
    browser chose; every address that a view makes asks for it again. `here` is the address of the page, its path and
    query without that. `state` are parameters of the page that are no part of a search and that the address of every
    search keeps.
    """

    speech: Speech
    settings: Settings
    asked: str = ""
    here: str = "/"
    state: tuple[tuple[str, str], ...] = ()

    def path(self, path: str, params: "list[tuple[str, str]] | None" = None) -> str:
        """The address of this path with these parameters."""
        pairs = [*(params or ()), *([(UI, self.asked)] if self.asked else ())]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def search(self, search: Search) -> str:
        """The address of a search; of one for every post it says the order, for one that asks nothing is the start."""
        return self.path("/", [*(to_params(search) or [EVERY_POST]), *self.state])

    def post(self, post: Post) -> str:
        """The address of a post's own page."""
        return self.path(address_of_id(post.id))

    def frame(self) -> Frame:
        """What stands around the content of every page."""
        return Frame(
            title=self.settings.title,
            language=self.speech.language,
            asked=self.asked,
            home=self.path("/"),
            coverage=self.path("/coverage"),
            languages=tuple(self._in_language(code) for code in LANGUAGES),
            colours=COLOURS if self.settings.colours else "",
            own_pages=tuple(self._own(page) for page in self.settings.pages),
            footer=self.runs(read_line(self.settings.footer)),
            footer_language=self.foreign_text("footer"),
        )

    def runs(self, runs: Iterable[Run]) -> tuple[Run, ...]:
        """The runs of a text of the archive's own; links within the archive ask for the language as all others do."""
        return tuple(replace(run, address=self._ask_again(run.address)) for run in runs)

    def _ask_again(self, address: str) -> str:
        parts = urlsplit(address)
        if not self.asked or not address.startswith("/") or UI in parse_qs(parts.query):
            return address
        return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode({UI: self.asked}))))))

    def foreign_text(self, name: str) -> str | None:
        """The language of a text of the archive's own (a key of archive.toml) where it is not the one of the page."""
        language = self.speech.language
        written = language if name in self.settings.others.get(language, ()) else self.settings.language
        return written if written != language else None

    def _own(self, page: OwnPage) -> Link:
        path = address_of_own(page)
        language = page.language if page.language != self.speech.language else None
        here = self.here.partition("?")[0] == path
        return Link(text=title_of(page), address=self.path(path), current=here, language=language)

    def _in_language(self, code: str) -> Link:
        address = f"{self.here}{'&' if '?' in self.here else '?'}{UI}={code}"
        return Link(text=LANGUAGE_NAMES[code], address=address, current=code == self.speech.language, language=code)

    def facet_title(self, facet: FacetName) -> str:
        """The name of a facet as people read it."""
        return self.speech.facet(facet)

    def value(self, facet: FacetName, value: str) -> str:
        """A value of a facet as people read it: countries and languages by their names, NONE in words."""
        if value == NONE:
            return self._none(facet)
        return self.speech.value(facet, value)

    def _none(self, facet: FacetName) -> str:
        gettext = self.speech.gettext
        words: dict[FacetName, str] = {
            "country": gettext("not about one country"),
            "year": gettext("undated"),
            "label": gettext("without label"),
            "language": gettext("not known"),
            "dump": gettext("in no dump"),
        }
        return words[facet]

    def day(self, published: Published) -> Day:
        """A date as people read it, no more exact than it is known."""
        return Day(text=self.speech.published(published), iso=published.iso)

    def heading(self, post: Post) -> str:
        """The title of a post, or words that say that it has none."""
        return post.title.strip() or self.speech.gettext("(without title)")

    def foreign(self, post: Post) -> str | None:
        """The language of a post where it is known and not the one of the page."""
        return post.language if post.language != self.speech.language else None

    def foreign_heading(self, post: Post) -> str | None:
        """The language of what `heading` answers, as `foreign`: words of the page are in that of the page."""
        return self.foreign(post) if post.title.strip() else None

    def posts(self, number: int) -> tuple[str, str]:
        """So many posts, in two parts: the number, which is shown, and the rest, which is read aloud with it.

        Where a language does not begin with the number, all of it is shown.
        """
        written, said = self.speech.number(number), self.speech.posts(number)
        return (written, said.removeprefix(written)) if said.startswith(written) else (said, "")

    def pick(self, search: Search, facet: FacetName, value: str) -> Link:
        """A link to the search with this value of a facet picked too."""
        return Link(text=self.value(facet, value), address=self.search(with_value(search, facet, value)))


def outside(address: str) -> Link | None:
    """A link out of the archive; None for what is no http or https address."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    written = urlunsplit(parts)
    return Link(text=address, address=quote(written, safe=":/?#[]@!$&'()*+,;=%~-._"))
