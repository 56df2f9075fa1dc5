"""Posts, queries and searches for the conformance suite: a few to read, and any number that Hypothesis draws."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from archivesearch.dates import DateSource, Published
from archivesearch.params import MATCHES, SORTS
from archivesearch.posts import Block, Post, Provenance, united_labels
from archivesearch.query import Dated, Fuzzy, Has, Id, Phrase, Prefix, Query, Word, all_of, any_of, negate, within
from archivesearch.search import FACETS, NONE, Search, stamp_of

STAMP = stamp_of("the first catalog")
LATER = stamp_of("the second catalog")


def make_post(post_id, title="", text="", day=None, precision=None, dumps=(), **rest):
    """A post with one paragraph; `day` is a date, or a datetime where the minute is known."""
    published = None
    if day is not None:
        exact = "minute" if isinstance(day, datetime) else precision or "day"
        published = Published(moment=day, precision=exact, source=DateSource.HEADING, printed=str(day))
    provenance = tuple(Provenance(dump=dump, sha256="", reader="", line=1, start=0, end=0) for dump in dumps)
    return Post(
        id=post_id, title=title, published=published, body=(Block(lines=(text,)),), provenance=provenance, **rest
    )


SOME_POSTS = (
    make_post(
        "a", "School meals in Nepal", "The school meals programme was extended to every district.",
        date(2019, 5, 2), labels=("Children", "Food"), language="en", countries=("Nepal",), dumps=("old.txt", "new.txt"),
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
    "cooperation",
    "protetc",
    "U.N.",
    "570.000",
    "women’s",
    "Café",
    "a_b",
)
LABELS = ("Food", "food", "Fóod", "Pensions", "none", "")
COUNTRIES = ("Nepal", "Bolivia", "Côte d’Ivoire")
YEARS = ("2019", "2020", "2021", "1066")
LANGUAGES = ("en", "nl", "th")
DUMPS = ("a.txt", "A.txt", "b/c.html", "none")

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
        precision=st.sampled_from(("year", "month", "day")),
        dumps=st.lists(st.sampled_from(DUMPS), max_size=2).map(tuple),
        labels=st.lists(st.sampled_from(LABELS), max_size=3).map(united_labels),
        language=st.sampled_from((*LANGUAGES, None)),
        countries=st.sets(st.sampled_from(COUNTRIES), max_size=2).map(lambda found: tuple(sorted(found))),
    )


corpora = st.integers(0, 6).flatmap(lambda size: st.tuples(*(posts(f"id-{n}") for n in range(size))))
TERMS = ("protect", "protects", "protection", "pension", "pensioenen", "meal", "co", "operation", "un", "absent")
terms = st.sampled_from(TERMS)
near = st.sampled_from(("protect", "protects", "rotect", "pensionen", "maels", "570001", "womens", "cafe", "abc"))
starts = st.sampled_from(("pro", "prot", "pensi", "mea", "coo", "570", "wom", "xyz"))
VALUES = {"country": COUNTRIES, "year": YEARS, "label": LABELS, "language": LANGUAGES, "dump": DUMPS}
phrases = st.lists(terms, min_size=2, max_size=3).map(lambda found: Phrase(tuple(found)))
words = st.one_of(terms.map(Word), phrases, starts.map(Prefix), near.map(Fuzzy))
spans = st.lists(days, min_size=2, max_size=2).map(sorted).map(tuple)
values = st.one_of(
    st.sampled_from(FACETS).flatmap(lambda name: st.builds(Has, st.just(name), st.sampled_from((*VALUES[name], NONE)))),
    st.integers(0, 6).map(lambda number: Id(f"id-{number}")),
    spans.map(lambda span: Dated(*span)),
    days.map(lambda day: Dated(None, day)),
    days.map(lambda day: Dated(day, None)),
)


def _wider(inner):
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        inner.map(negate),
        st.builds(within, st.sampled_from(("title", "text")), inner),
        several.map(all_of),
        several.map(any_of),
    )


trees = st.recursive(st.one_of(words, words, values), _wider, max_leaves=5)
# several words side by side are what people type, and what can be relaxed
queries: st.SearchStrategy[Query] = st.one_of(
    st.sampled_from((all_of(()), any_of(()))), trees, st.lists(st.one_of(words, words, trees), max_size=5).map(all_of)
)
chosen = st.fixed_dictionaries({}, optional={
    name: st.lists(st.sampled_from((*VALUES[name], NONE)), max_size=2).map(tuple) for name in FACETS
})  # fmt: skip
searches = st.builds(
    Search,
    query=queries,
    chosen=chosen,
    since=st.one_of(st.none(), st.none(), days),
    until=st.one_of(st.none(), st.none(), days),
    match=st.sampled_from(MATCHES),
    sort=st.sampled_from(SORTS),
    page=st.integers(1, 3),
    size=st.integers(1, 4),
)
