"""How doubts about a post are found: by what its reader, its countries, its date and its copies rest on.

A doubt that people have decided, either way, is none any more.
"""

import re
from collections.abc import Iterator, Sequence

from archivesearch.corrections import Apart, Entry, Merge, PostCorrection
from archivesearch.dates import DateSource
from archivesearch.dating import date_doubt
from archivesearch.dedupe import UNMARKED_READERS, Duplicate, exact_key
from archivesearch.differing import differences
from archivesearch.doubts import Choice, Doubt, Known, Subject, around, decided, doubt_of, names, shorten
from archivesearch.dumps import Cut, Line
from archivesearch.grounds import weakest_ground
from archivesearch.near import LIMITS, days_of, wording_of
from archivesearch.posts import Post, Provenance, post_id
from archivesearch.text import clean, fold, one_line


def find_doubts(subject: Subject, known: Known) -> Iterator[Doubt]:
    """The doubts about one post, at most one of each kind; none about one that is to be shown nowhere."""
    if any(correction.suppress for correction in decided(subject, known)):
        return
    for find in (_cut_doubt, date_doubt, _countries_doubt, _merge_doubt):
        doubt = find(subject, known)
        if doubt and doubt.certainty < known.below:
            yield doubt


# where it begins and ends

_ASKED = re.compile(r"(?P<where>ends before|goes on over) “(?P<quoted>.*?)”: ")
"""How page-text says which line its least certain verdict is about; where it says none, it is the post's first."""


def _cut_doubt(subject: Subject, known: Known) -> Doubt | None:
    place = max(subject.post.provenance, key=lambda place: (place.certainty, place.dump, -place.start))
    if place.certainty >= known.below:
        return None
    if place.reader not in UNMARKED_READERS:
        return _broken_doubt(subject, place, known)
    lines = known.lines(place)
    line = _asked_line(place, lines)
    choices: tuple[Choice, ...] = ()
    if line:
        choices = _cut_choices(line, place, subject, begins=not place.evidence.startswith("goes on over"))
        if any(_answers(cut, choices[0].entry, place.dump) for cut in known.corrections.cuts):
            return None
    return Doubt(
        kind="cut",
        post=subject.post.id,
        title=subject.post.title,
        certainty=place.certainty,
        dump=place.dump,
        line=line.number if line else place.line,
        words=shorten(line.text if line else subject.post.title),
        reason=place.evidence,
        context=around(lines, line.number) if line else (),
        choices=choices,
    )


def _asked_line(place: Provenance, lines: Sequence[Line]) -> Line | None:
    """The line that the least certain verdict on a post is about; None where the dump does not have it any more."""
    match = _ASKED.match(place.evidence)
    if not match:
        return next((line for line in lines if line.number == place.line), None)
    ends = match["where"] == "ends before"
    behind = (line for line in lines if (line.start >= place.end if ends else place.start < line.start < place.end))
    return next((line for line in behind if line.text and one_line(line.text).startswith(match["quoted"])), None)


def _cut_choices(line: Line, place: Provenance, subject: Subject, *, begins: bool) -> tuple[Choice, ...]:
    published = next((copy for copy in subject.copies if place in copy.provenance), subject.post).published
    headed = published and published.source is DateSource.HEADING and published.precision == "day"
    day, dump = (published.day, None) if headed and published else (None, place.dump)
    words = {True: "a post begins with this line", False: "no post begins with it: it belongs to the one above"}
    return tuple(
        Choice(
            words=f"{words[told]}{', as it is now' if told == begins else ''}",
            entry=Cut(line=line.text.strip(), begins=told, day=day, dump=dump),
        )
        for told in (begins, not begins)
    )


def _answers(decided: Cut, asked: Entry, dump: str) -> bool:
    """Whether people have decided about the line that is asked about, one way or the other."""
    if not isinstance(asked, Cut):
        return False
    same = fold(clean(decided.line)) == fold(clean(asked.line))
    return same and decided.day in (None, asked.day) and decided.dump in (None, dump)


def _broken_doubt(subject: Subject, place: Provenance, known: Known) -> Doubt | None:
    """An entry that its reader could not read whole: no line of it can be cut elsewhere."""
    post = subject.post
    if any(correction.title is not None for correction in decided(subject, known)):
        return None
    choices = (
        Choice(words="it is right as it is", entry=PostCorrection(id=post.id, title=post.title)),
        Choice(words="it is shown nowhere", entry=PostCorrection(id=post.id, suppress=True)),
    )
    return doubt_of("cut", subject, known, (place.certainty, place.evidence, post.title), choices)


# its countries


def _countries_doubt(subject: Subject, known: Known) -> Doubt | None:
    post = subject.post
    if any(each.countries is not None for each in decided(subject, known)):
        return None
    ground = weakest_ground(post, known.places)
    if ground is None or ground.certainty >= known.below:
        return None
    without = tuple(country for country in post.countries if country != ground.country)
    offered = dict.fromkeys((post.countries, without, tuple(sorted({*post.countries, ground.country})), ()))
    choices = tuple(
        Choice(words=_say_about(countries, post.countries), entry=PostCorrection(id=post.id, countries=countries))
        for countries in offered
    )
    return doubt_of("countries", subject, known, (ground.certainty, ground.reason, ground.passage), choices)


def _say_about(countries: Sequence[str], now: Sequence[str]) -> str:
    return f"it is about {', '.join(countries) or 'no country'}{', as it is now' if countries == now else ''}"


# its copies

_SAME_WORDS = 0.65
"""A short text in the same words with and without a date: a greeting, say, that a blog repeats each year."""

_A_DAY = 0.03
"""What a merge loses for each day between two dates: weekly series on one template are what it may be instead."""


def _merge_doubt(subject: Subject, known: Known) -> Doubt | None:
    post, corrections = subject.post, known.corrections
    copies = {place: copy for copy in subject.copies for place in copy.provenance}
    weighed = sorted(
        ((_weigh_merge(post, copies[each.provenance], each), each) for each in subject.duplicates),
        key=lambda pair: (pair[0], pair[1].provenance.dump, pair[1].provenance.start),
    )
    doubtful = [(certainty, each) for certainty, each in weighed if certainty < known.below]
    named = {post for merge in corrections.merges for post in merge.posts} | {each.post for each in corrections.apart}
    if not doubtful or not names(subject, known).isdisjoint(named):
        return None
    certainty, weakest = doubtful[0]
    place = weakest.provenance
    return Doubt(
        kind="merge",
        post=post.id,
        title=post.title,
        certainty=round(certainty, 3),
        dump=place.dump,
        line=place.line,
        words=shorten(copies[place].title or one_line(copies[place].text)),
        reason=f"merged as {weakest.kind} with {post.provenance[0].dump}, line {post.provenance[0].line}: "
        f"{weakest.reason}",
        context=differences(post, copies[place]).lines(),
        choices=tuple(_merge_choices(subject, [each.provenance.dump for _, each in doubtful], known)),
    )


def _weigh_merge(post: Post, copy: Post, duplicate: Duplicate) -> float:
    """How certain it is that this copy is the post: half at the least similarity that merges, less for each day."""
    if duplicate.kind not in ("near", "excerpt"):
        return 1.0
    if len(wording_of(copy).text) < LIMITS.shortest:
        return _SAME_WORDS
    here, there = days_of(post.published), days_of(copy.published)
    apart = max(here[0] - there[1], there[0] - here[1], 0) if here and there else 0
    alike = 0.5 + 0.5 * (duplicate.similarity - LIMITS.near) / (1 - LIMITS.near)
    return max(0.0, alike - _A_DAY * apart)


def _merge_choices(subject: Subject, dumps: Sequence[str], known: Known) -> Iterator[Choice]:
    """That all copies are one, and that those of one dump are not: where one cannot be written it is not offered."""
    post = subject.post
    second = sorted(each for each in _resolvable(subject) if each not in known.ids)
    if second:
        yield Choice(words="they are one post, as it is now", entry=Merge(posts=(post.id, second[0])))
    for dump in dict.fromkeys(dumps):
        there = {exact_key(copy) for copy in subject.copies if copy.provenance[0].dump == dump}
        if any(exact_key(copy) not in there for copy in subject.copies):
            yield Choice(words=f"the copy in {dump} is a post of its own", entry=Apart(post=post.id, dump=dump))


def _resolvable(subject: Subject) -> set[str]:
    """The ids beside its own by which an import finds the post again: they name it in a merge with itself."""
    own = (copy for copy in subject.copies if exact_key(copy) == subject.key)
    texts = {post_id(copy.published, copy.title, copy.text) for copy in own}
    return texts | {post_id(copy.published, copy.title) for copy in subject.copies}
