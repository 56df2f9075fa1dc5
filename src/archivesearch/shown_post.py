"""A post as its page shows it: values in, the records of `pages_post` out. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from archivesearch.citing import cite
from archivesearch.dates import DateSource, Published
from archivesearch.dedupe import Duplicate
from archivesearch.described import describe
from archivesearch.differing import Differences
from archivesearch.pages import Box, Link
from archivesearch.pages_post import Neighbour, PostPage, ShownCopy
from archivesearch.posts import Post, Provenance
from archivesearch.query import EVERYTHING, Query
from archivesearch.search import Search
from archivesearch.shown import OUTSIDE_REL, View, address_of_id
from archivesearch.shown_body import show_body
from archivesearch.snippets import mark, mark_body

KEEPER = "https://web.archive.org/web"
"""The Internet Archive: behind a time and an address it shows the copy that was made nearest to that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that the page of a post tells, as the archive knows it.

    `duplicates` are None where the archive cannot tell now how the copies differ. `site` is the beginning of every
    address of the archive, without a slash at its end.
    """

    post: Post
    site: str
    newer: Post | None = None
    older: Post | None = None
    similar: Sequence[Post] = ()
    duplicates: Sequence[Duplicate] | None = ()


def show_post(view: View, told: Told, typed: str = "", query: Query = EVERYTHING) -> PostPage:
    """The page for a post; `typed` is the search that the visitor comes from, `query` what it means."""
    post, known = told.post, told.post.language
    address = f"{told.site}{address_of_id(post.id)}"
    described = describe(view, post, address)
    permalink = Link(text=post.permalink, address=described.source) if post.permalink and described.source else None
    return PostPage(
        frame=view.frame(),
        box=Box(typed=typed),
        described=described,
        heading=mark(view.heading(post), query, known),
        published=view.day(post.published) if post.published else None,
        date_source=_say_date(view, post.published) if post.published else "",
        language=view.foreign(post),
        heading_language=view.foreign_heading(post),
        language_name=view.pick(Search(), "language", known) if known else None,
        countries=tuple(view.pick(Search(), "country", country) for country in post.countries),
        labels=tuple(view.pick(Search(), "label", label) for label in post.labels),
        permalink=permalink,
        kept_elsewhere=_kept_elsewhere(permalink.address, post.published) if permalink else None,
        outside_rel=OUTSIDE_REL,
        body=show_body(post, partial(mark_body, query=query, language=known), view.speech),
        newer=_neighbour(view, told.newer) if told.newer else None,
        older=_neighbour(view, told.older) if told.older else None,
        similar=tuple(_neighbour(view, other) for other in told.similar),
        citation=cite(view, post, described),
        copies=tuple(_show_copies(view, post, told.duplicates or ())),
        dumps=len({copy.dump for copy in post.provenance}),
        compared=told.duplicates is not None,
    )


def _say_date(view: View, published: Published) -> str:
    """Where the date was read, and what of it is not known."""
    gettext = view.speech.gettext
    printed = published.printed
    read, read_as = {
        DateSource.FEED: (gettext("from the feed"), gettext("from the feed “%(printed)s”")),
        DateSource.HEADING: (gettext("from the page heading"), gettext("from the page heading “%(printed)s”")),
        DateSource.PERMALINK: (gettext("from the permalink"), gettext("from the permalink “%(printed)s”")),
        DateSource.CORRECTION: (
            gettext("corrected by those who keep this archive"),
            gettext("corrected by those who keep this archive; the dump has “%(printed)s”"),
        ),
    }[published.source]
    said = read_as % {"printed": printed} if printed else read
    lacking = {"year": gettext("month and day are not known"), "month": gettext("the day is not known")}
    return f"{said}; {lacking[published.precision]}" if published.precision in lacking else said


def _kept_elsewhere(address: str, published: Published | None) -> str:
    when = published.day_key.replace("-", "") if published else "*"
    return f"{KEEPER}/{when}/{address.partition('#')[0]}"


def _neighbour(view: View, post: Post) -> Neighbour:
    return Neighbour(
        title=view.heading(post),
        address=view.post(post),
        published=view.day(post.published) if post.published else None,
        language=view.foreign_heading(post),
    )


def _show_copies(view: View, post: Post, duplicates: Iterable[Duplicate]) -> Iterable[ShownCopy]:
    found: Mapping[Provenance, Duplicate] = {duplicate.provenance: duplicate for duplicate in duplicates}
    return (_show_copy(view, place, found.get(place)) for place in post.provenance)


def _show_copy(view: View, place: Provenance, duplicate: Duplicate | None) -> ShownCopy:
    different = duplicate.differences if duplicate else Differences()
    return ShownCopy(
        place=place,
        certainty=view.speech.percent(place.certainty),
        kind=_say_kind(view, duplicate) if duplicate else "",
        reason=duplicate.reason if duplicate else "",
        days=(_say_day(view, different.days[0]), _say_day(view, different.days[1])) if different.days else None,
        passages=different.passages,
        more=different.more,
    )


def _say_day(view: View, iso: str | None) -> str:
    return iso or view.speech.gettext("undated")


def _say_kind(view: View, duplicate: Duplicate) -> str:
    gettext = view.speech.gettext
    similarity = view.speech.percent(duplicate.similarity)
    match duplicate.kind:
        case "exact":
            return gettext("an exact copy")
        case "near":
            return gettext("a near copy, %(similarity)s alike") % {"similarity": similarity}
        case "excerpt":
            return gettext("an excerpt, %(similarity)s alike") % {"similarity": similarity}
        case "decided":
            return gettext("a copy because those who keep this archive say so")
