"""Posts, queries and searches for the conformance suite: a few to read, and any number that Hypothesis draws."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from archivesearch.dates import DateSource, Published
from archivesearch.posts import Block, Post, united_labels
from archivesearch.query import Phrase, Query, Word, all_of, any_of, negate
from archivesearch.search import FACETS, NONE, Search, stamp_of

STAMP = stamp_of("the first catalog")
LATER = stamp_of("the second catalog")


def make_post(post_id, title="", text="", day=None, **rest):
    """A post with one paragraph; `day` is a date, or a datetime where the minute is known."""
    published = None
    if day is not None:
        precision = "minute" if isinstance(day, datetime) else "day"
        published = Published(moment=day, precision=precision, source=DateSource.HEADING, printed=str(day))
    return Post(id=post_id, title=title, published=published, body=(Block(lines=(text,)),), **rest)


SOME_POSTS = (
    make_post(
        "a", "School meals in Nepal", "The school meals programme was extended to every district.",
        date(2019, 5, 2), labels=("Children", "Food"), language="en", countries=("Nepal",),
    ),
    make_post(
        "b", "A pension for all", "An old-age pension protects the elderly. Protection costs little.",
        date(2020, 1, 31), labels=("Pensions",), language="en", countries=("Bolivia", "Nepal"),
    ),
    make_post(
        "c", "Een pensioen voor iedereen", "De pensioenen beschermen ouderen tegen armoede.",
        date(2020, 2, 1), labels=("pensions",), language="nl", countries=("Bolivia",),
    ),
    make_post(
        "d", "Insurance for farmers", "Crop insurance protects farmers when the rain fails.",
        datetime(2021, 7, 9, 8, 30, tzinfo=UTC), labels=("Food",), language="en",
    ),
    make_post(
        "e", "Cash or food?", "Transfers in cash reach people sooner than food; meals at school reach children.",
        datetime(2021, 7, 9, 17, 5, tzinfo=UTC), language="en", countries=("Kenya",),
    ),
    make_post("f", "protects", "A word and nothing else."),
)  # fmt: skip

# few words, so that drawn queries find something; some share a stem in one language only
WORDS = (
    "protect",
    "protects",
    "protection",
    "pension",
    "pensioen",
    "pensioenen",
    "meals",
    "meal",
    "H&M",
    "co-operation",
)
LABELS = ("Food", "food", "Fóod", "Pensions", "none", "")
COUNTRIES = ("Nepal", "Bolivia", "Côte d’Ivoire")
YEARS = ("2019", "2020", "2021", "1066")
LANGUAGES = ("en", "nl", "th")

texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
days = st.dates(date(2019, 12, 30), date(2020, 1, 2))
moments = st.builds(datetime.combine, days, st.times(), st.just(UTC))


def posts(post_id):
    """Any post with this id."""
    return st.builds(
        make_post,
        st.just(post_id),
        texts,
        texts,
        st.one_of(st.none(), days, moments),
        labels=st.lists(st.sampled_from(LABELS), max_size=3).map(united_labels),
        language=st.sampled_from((*LANGUAGES, None)),
        countries=st.sets(st.sampled_from(COUNTRIES), max_size=2).map(lambda found: tuple(sorted(found))),
    )


corpora = st.integers(0, 6).flatmap(lambda size: st.tuples(*(posts(f"id-{n}") for n in range(size))))
terms = st.sampled_from(
    ("protect", "protects", "protection", "pension", "pensioenen", "meal", "h&m", "co", "operation", "absent")
)


def _wider(inner):
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(inner.map(negate), several.map(all_of), several.map(any_of))


phrases = st.lists(terms, min_size=2, max_size=3).map(lambda found: Phrase(tuple(found)))
queries: st.SearchStrategy[Query] = st.one_of(
    st.just(all_of(())), st.recursive(st.one_of(terms.map(Word), phrases), _wider, max_leaves=5)
)
VALUES = {"country": COUNTRIES, "year": YEARS, "label": LABELS, "language": LANGUAGES}
chosen = st.fixed_dictionaries({}, optional={
    name: st.lists(st.sampled_from((*VALUES[name], NONE)), max_size=2).map(tuple) for name in FACETS
})  # fmt: skip
searches = st.builds(
    Search,
    query=queries,
    chosen=chosen,
    since=st.one_of(st.none(), days),
    until=st.one_of(st.none(), days),
    sort=st.sampled_from(("relevance", "newest", "oldest", "title")),
    page=st.integers(1, 3),
    size=st.integers(1, 4),
)
