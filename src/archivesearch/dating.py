"""Doubts about the date of a post: unknown, told differently by its copies, or far from those of its neighbours."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from archivesearch.corrections import Entry, PostCorrection
from archivesearch.dates import Published
from archivesearch.decided import read_decided_date
from archivesearch.doubts import Choice, Doubt, Known, Subject, decided, doubt_of
from archivesearch.posts import Post

_FIRST_BLOGS = 1994
"""The year of the first pages that are called blogs (https://en.wikipedia.org/wiki/Blog, History)."""

_FAR = timedelta(days=3 * 365)
"""Between a date and all others of a dump: few blogs rest longer and go on."""

_ENOUGH_DATES = 6
"""Dates of a dump that show together when its blog was written."""


def far_dates(posts: Iterable[Post]) -> dict[str, str]:
    """The posts whose date lies far outside of all others of a dump that has them, by id, with the reason in words.

    Far is further than the others lie apart, and than three years.
    """
    dated: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for post in posts:
        for dump in {place.dump for place in post.provenance}:
            if post.published:
                dated[dump].append((post.published.day, post.id))
    far: dict[str, str] = {}
    for dump, days in sorted(dated.items()):
        days.sort()
        if len(days) <= _ENOUGH_DATES:
            continue
        for (day, post_id), others in ((days[0], days[1:]), (days[-1], days[:-1])):
            first, last = others[0][0], others[-1][0]
            if max(first - day, day - last) > max(_FAR, last - first):
                far[post_id] = f"all other posts in {dump} are of {first} to {last}"
    return far


def date_doubt(subject: Subject, known: Known) -> Doubt | None:
    """What is doubtful about the date of a post; nothing where people decided what it is."""
    post = subject.post
    if any(each.published is not None for each in decided(subject, known)):
        return None
    weighed = _weigh_date(subject, known)
    if weighed is None:
        return None
    words = post.published.printed or post.published.iso if post.published else "undated"
    choices = tuple(_date_choices(subject))
    return doubt_of("date", subject, known, (*weighed, f"{words}: {post.title}"), choices)


def _weigh_date(subject: Subject, known: Known) -> tuple[float, str] | None:
    """How certain the date is, and why no more than that; None where nothing speaks against it."""
    published = subject.post.published
    if published is None:
        return 0.5, _why_undated(subject.post)
    if published.day - known.imported > timedelta(days=1):  # where the blog is it may be tomorrow already
        return 0.1, f"its date {published.iso} was still to come when it was imported"
    if published.day.year < _FIRST_BLOGS:
        return 0.2, f"its date {published.iso} is older than all blogs"
    if subject.post.id in known.far:
        return 0.4, f"its date {published.iso} is far from others: {known.far[subject.post.id]}"
    return _weigh_differing(subject, published) or _weigh_precision(published)


def _weigh_differing(subject: Subject, published: Published) -> tuple[float, str] | None:
    """Dates that differ by one day may be the blog's day and that of UTC."""
    told = [published, *(copy.published for copy in subject.copies)]
    days = sorted({each.day for each in told if each and each.precision in ("day", "minute")})
    if len(days) < 2:
        return None
    certainty = 0.65 if days[-1] - days[0] == timedelta(days=1) else 0.55
    return certainty, f"its copies have different dates: {', '.join(map(str, days))}"


def _weigh_precision(published: Published) -> tuple[float, str] | None:
    certainty = {"year": 0.5, "month": 0.6}.get(published.precision)
    return (certainty, f"of its date only the {published.precision} is known") if certainty else None


def _why_undated(post: Post) -> str:
    told = (place.evidence.partition("undated: ")[2].partition("; ")[0] for place in post.provenance)
    return f"it is undated: {next(filter(None, told), 'no dump says its date')}"


def _date_choices(subject: Subject) -> Iterator[Choice]:
    """The date that the post has, and those of its copies."""
    post, own = subject.post, subject.post.published
    if own is None:
        yield Choice(words="it stays undated", entry=PostCorrection(id=post.id, published="undated"))
    elif entry := _dated(post, own):
        yield Choice(words=f"{own.iso} is right, as it is now", entry=entry)
    offered = {own.day_key if own else ""}
    for copy in subject.copies:
        if copy.published and copy.published.day_key not in offered and (entry := _dated(post, copy.published)):
            offered.add(copy.published.day_key)
            yield Choice(words=f"{copy.published.iso} is right, as in {copy.provenance[0].dump}", entry=entry)
    if own:
        yield Choice(words="its date is not known", entry=PostCorrection(id=post.id, published="undated"))


def _dated(post: Post, published: Published) -> Entry | None:
    written = published.moment.isoformat() if published.precision == "minute" else published.day_key
    read = read_decided_date(written)
    return PostCorrection(id=post.id, published=read) if isinstance(read, Published) else None
