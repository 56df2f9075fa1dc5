"""The page of results: filters, what is said of the search, ways on, and the same by every address on it."""

import re
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from hypothesis import given, strategies as st

from archivesearch.cli import commands
from archivesearch.params import MAX_VALUES, from_params, with_value, without_value
from archivesearch.query import Prefix
from archivesearch.search import FacetCount, Results, Search
from archivesearch.settings import Settings
from archivesearch.shown import View
from archivesearch.shown_addresses import ORDER
from archivesearch.shown_facets import LISTED, Listing, read_listing, show_facets
from archivesearch.shown_search import show_search, write_command
from archivesearch.speech import ENGLISH
from test_params import searches
from test_web import (
    LOST,
    POSTS,
    WEB,
    ShelfArchive,
    client_of,
    get,
    hit_titles,
    sent_by_form,
    texts,
    write_post,
)

VIEW = View(speech=ENGLISH, settings=Settings())


def labelled(number):
    """Posts with as many labels, of which the later ones have fewer posts."""
    width = len(str(number))
    return [
        write_post(
            f"Note {n}",
            date(2020, 1, 1),
            "Rain.",
            labels=tuple(f"label {m:0{width}}" for m in range(number - n)),
            countries=("Nepal",),
        )
        for n in range(min(number, 12))
    ]


@pytest.fixture(scope="module")
def client():
    return client_of(ShelfArchive())


@pytest.fixture(scope="module")
def wide():
    """An archive with 40 labels."""
    return client_of(ShelfArchive(labelled(40)))


def asked(address):
    return from_params(parse_qs(urlsplit(address).query))


def kept(search):
    """What taking away the filters leaves of a search."""
    return {"match": search.match, "sort": search.sort, "size": search.size}


def facet(soup, name):
    return soup.select_one(f"#facet-{name}")


# Facets


def test_all_values_of_a_long_facet_stand_in_one_list_that_a_keyboard_scrolls(wide):
    label = facet(get(wide, "/", q="rain"), "label")
    lists = label.select(".values")

    assert len(lists) == 1
    assert len(lists[0].select("input")) == 40
    assert (lists[0]["tabindex"], lists[0]["role"], lists[0]["aria-label"]) == ("0", "group", "Label: all values")
    assert label.select("details, dialog") == []


def test_a_short_facet_has_nothing_to_scroll_or_to_narrow_down(wide):
    country = facet(get(wide, "/", q="rain"), "country")

    assert country.select("[tabindex], .narrow, .orders") == []


def test_several_picked_values_are_any_of_these(wide):
    soup = get(wide, "/", q="rain", label=["label 03", "label 05"])

    assert texts([facet(soup, "label").legend]) == ["Label any of these"]
    assert texts([facet(get(wide, "/", label="label 03"), "label").legend]) == ["Label"]


def test_a_count_is_read_together_with_its_value(wide):
    value = facet(get(wide, "/", label="label 00"), "label").select_one(".picked label")

    assert " ".join(value.get_text().split()) == "label 00 12 posts"
    assert value.select_one(".count .unseen").get_text() == " posts"


def test_values_stand_by_number_and_can_stand_by_name(wide):
    by_number = facet(get(wide, "/", q="rain"), "label")
    link = by_number.find("a", string="A–Z")
    by_name = facet(get(wide, link["href"]), "label")

    assert texts(by_number.select(".orders a[aria-current]")) == ["Most posts"]
    assert texts(by_name.select(".orders a[aria-current]")) == ["A–Z"]
    assert link["href"] == "/?q=rain&facet-sort=name#facet-label"
    values = [box["value"] for box in by_name.select(".values input")]
    assert values == sorted(values)


def test_the_order_of_values_is_kept_by_every_address_and_by_the_form(wide):
    soup = get(wide, "/", **{"q": "rain", "label": ["label 01", "label 02"], "facet-sort": "name"})
    links = [a["href"] for a in soup.select(".chips a, .picture a[rel=nofollow], .choices a, .hit .about a")]

    assert len(links) > 20
    assert {parse_qs(urlsplit(link).query).get("facet-sort", [""])[0] for link in links} == {"name"}
    assert ("facet-sort", "name") in sent_by_form(soup)


def test_none_stands_last_in_words_whatever_the_order():
    posts = [*labelled(20), write_post("Bare", date(2020, 1, 1), "Rain.")]
    client = client_of(ShelfArchive(posts))
    for order in ("count", "name"):
        label = facet(get(client, "/", **{"q": "rain", "facet-sort": order}), "label")

        assert texts(label.select(".value")[-1:]) == ["without label 1 post"]


def counts_of(number):
    return tuple(FacetCount(value=f"label {n}", count=number - n) for n in range(number))


def test_of_a_thousand_labels_the_commonest_are_listed_and_a_link_lists_all():
    results = Results(total=9, hits=(), facets={"label": counts_of(1000)})
    (some,) = show_facets(VIEW, Search(typed="rain"), results, Listing())
    (every,) = show_facets(VIEW, Search(typed="rain"), results, Listing(whole=("label",)))

    assert [value.value for value in some.others] == [f"label {n}" for n in range(LISTED)]
    assert (some.whole.text, some.whole.address) == ("All 1,000 values", "/?q=rain&facet-all=label#facet-label")
    assert (len(every.others), every.whole) == (1000, None)


def test_a_list_by_name_that_is_cut_has_the_first_of_all_names():
    results = Results(total=1, hits=(), facets={"label": tuple(reversed(counts_of(1000)))})
    (some,) = show_facets(VIEW, Search(typed="rain"), results, Listing(order="name"))

    assert [value.value for value in some.others] == sorted(f"label {n}" for n in range(1000))[:LISTED]


def test_a_page_with_a_thousand_labels_stays_light():
    posts = [write_post("Much", date(2020, 1, 1), "Rain.", labels=tuple(f"label number {n}" for n in range(1000)))]
    client = client_of(ShelfArchive(posts))

    assert len(client.get("/?q=rain").data) < 60_000 + 1000 * 100  # the hit itself has them all as links
    assert len(facet(get(client, "/?q=rain"), "label").encode()) < LISTED * 250
    assert len(facet(get(client, "/?q=rain&facet-all=label"), "label").select(".value")) == 1000


def test_values_without_posts_stand_there_only_if_they_are_picked(client):
    label = facet(get(client, "/", q="dijk", label="Weather"), "label")

    assert texts(label.select(".picked .value")) == ["Weather 0 posts"]
    assert texts(label.select(".values .value")) == ["without label 1 post"]


def test_no_ninth_value_can_be_picked_and_the_facet_says_why(wide):
    soup = get(wide, "/", q="rain", label=[f"label {n:02}" for n in range(MAX_VALUES)])
    label = facet(soup, "label")

    assert "At most 8 at once: take one away to pick another." in label.get_text()
    assert all(box.has_attr("disabled") for box in label.select(".values input"))
    assert not any(box.has_attr("disabled") for box in label.select(".picked input"))
    assert not any(box.has_attr("disabled") for box in facet(soup, "country").select("input"))


def test_a_ninth_value_is_no_link_in_the_hits_either(wide):
    soup = get(wide, "/", q="rain", label=[f"label {n:02}" for n in range(MAX_VALUES)], size="1", sort="title")
    links = soup.select(".hit .about a")

    assert texts(soup.select(".hit .about bdi")) == [f"label {n:02}" for n in range(MAX_VALUES, 40)]
    assert texts(links) == ["Nepal", *(f"label {n:02}" for n in range(MAX_VALUES))]
    assert {wide.get(a["href"]).status_code for a in links} == {200}


def test_nine_values_picked_at_once_are_given_back_to_take_one_away(wide):
    nine = [f"label {n:02}" for n in range(9)]
    response = wide.get("/", query_string={"q": "rain", "label": nine, "country": "Nepal", "from": "2020"})
    soup = BeautifulSoup(response.text, "lxml")
    sent = sent_by_form(soup)

    assert response.status_code == 400
    assert 'some of "Label"' in soup.select_one("[role=alert]").get_text()
    assert [value for name, value in sent if name == "label"] == nine
    assert {("q", "rain"), ("country", "Nepal"), ("from", "2020")} <= set(sent)
    mended = {"q": "rain", "label": nine[1:], "country": "Nepal", "from": "2020"}
    assert wide.get("/", query_string=mended).status_code == 200


@pytest.mark.parametrize("params", [{}, {"facet-sort": ["luck"], "facet-all": ["dump", "x"]}, {"facet-sort": []}])
def test_a_listing_that_cannot_be_read_is_the_usual_one(params):
    assert read_listing(params) == Listing()


def test_a_listing_comes_back_from_its_parameters():
    listing = Listing(order="name", whole=("country", "label"))
    params = {"facet-sort": ["name"], "facet-all": ["label", "country"]}

    assert read_listing(params) == listing
    assert listing.params() == (("facet-sort", "name"), ("facet-all", "country"), ("facet-all", "label"))


def test_filters_come_before_the_results_and_a_link_skips_them(client):
    soup = get(client, "/", q="rain")
    skip = soup.select_one("aside a")

    assert (skip.get_text(), skip["href"]) == ("Skip to the results", "#results")
    assert soup.select_one("#results .hits") is not None
    assert soup.aside.find_next("main") is not None


def test_the_panel_of_filters_is_closed_and_says_how_many_are_on(client):
    panel = get(client, "/", q="rain", year=["2021", "none"]).select_one("aside details")

    assert not panel.has_attr("open")
    assert texts([panel.summary]) == ["Filters (2 on)"]
    assert texts([get(client, "/", q="rain").select_one("aside summary")]) == ["Filters"]


def test_every_filter_has_a_link_that_takes_it_away_those_of_dumps_too(client):
    chips = get(client, "/", q="rain", dump="hills.txt", country="Nepal", **{"from": "2020"}).select(".chips a")

    assert texts(chips) == [
        "Remove filter: Country: Nepal ×",
        "Remove filter: Dump: hills.txt ×",
        "Remove filter: From 2020 ×",
        "Remove all filters",
    ]
    assert chips[-1]["href"] == "/?q=rain"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({"from": "2019", "to": "2019"}, "2019"),
        ({"from": "2019", "to": "2019-01"}, "January 2019"),
        ({"from": "2019-12", "to": "2019"}, "December 2019"),
        ({"from": "2019-05", "to": "2020-06"}, "May 2019 to June 2020"),
        ({"from": "2019-05-03"}, "From 3 May 2019"),
        ({"to": "2019-05"}, "Up to May 2019"),
    ],
)
def test_a_span_of_days_is_one_filter_in_words_and_the_picture_says_the_same(client, span, said):
    soup = get(client, "/", q="rain", **span)

    assert [(text, a["href"]) for a in soup.select(".chips a") for text in texts([a.bdi])] == [(said, "/?q=rain")]
    assert all(texts([shown]) == [said] for shown in soup.select(".range strong"))


# What is said of a search


class ToldArchive(ShelfArchive):
    """Answers what an engine may say of its answer beside the hits."""

    def __init__(self, **told):
        super().__init__()
        self._told = told

    def search(self, search):
        return replace(super().search(search), **self._told)


def test_a_beginning_that_stands_for_too_many_words_is_told():
    soup = get(client_of(ToldArchive(cut=(Prefix("rai"),))), "/", q="rai*")

    assert texts(soup.select(".cut")) == [
        "This stands for so many words that only the commonest of them were looked for; type more of it: rai*"
    ]


def test_what_may_have_been_meant_is_a_link_that_keeps_the_filters():
    link = get(client_of(ToldArchive(suggestion="rain")), "/", q="rian", year="2021").select_one(".meant a")

    assert (link.get_text(), link["href"]) == ("rain", "/?q=rain&year=2021")


def test_a_relaxed_answer_says_so(client):
    assert texts(get(client, "/", q="rain sandbags zymurgy").select(".relaxed")) == [
        "No post has all of these words. Here are those that have most of them."
    ]


def test_each_repair_says_what_it_drops_and_how_much_it_finds(client):
    repairs = get(client, "/", q="rain", country="Peru", label=["Weather", "none"]).select(".repairs a")

    assert texts(repairs) == ["Without Peru: 2 posts"]
    assert [hit_titles(get(client, a["href"])) for a in repairs] == [["Rain on the hills", "A note without a day"]]


def test_two_values_that_are_dropped_together_are_said_together(client):
    repairs = get(client, "/", q="rain", country=["Peru", "Chile"]).select(".repairs a")

    assert texts(repairs) == ["Without Peru or Chile: 2 posts"]


@pytest.mark.parametrize(
    ("asked", "language", "said"),
    [
        ({"to": "2017"}, "en", "Without “Up to 2017”: 2 posts"),
        ({"to": "2017"}, "nl", "Zonder “Tot en met 2017”: 2 berichten"),
        ({"to": "2017"}, "fr", "Sans «\u202f2017 ou avant\u202f»\u00a0: 2 articles"),
        ({"to": "2017"}, "es", "Sin «Hasta 2017»: 2 entradas"),
        ({"q": "rain before:2018"}, "es", "Sin «Hasta 2017»: 2 entradas"),
        ({"from": "2001", "to": "2001"}, "es", "Sin «2001»: 2 entradas"),
        ({"q": "rain title:zymurgy"}, "es", "Sin «zymurgy» en el título: 2 entradas"),
        ({"q": "rain id:2001-x"}, "en", "Without the id “2001-x”: 2 posts"),
        ({"q": "rain dump:hills.zip"}, "en", "Without hills.zip: 2 posts"),
        ({"q": "rain -rain"}, "en", "Without “-rain”: 2 posts"),
        ({"q": "rain (country:Peru OR before:2018)"}, "es", "Sin Perú o «Hasta 2017»: 2 entradas"),
    ],
)
def test_what_a_repair_drops_is_said_as_the_filters_are(client, asked, language, said):
    repairs = texts(get(client, "/", ui=language, **{"q": "rain"} | asked).select(".repairs a"))

    assert [re.sub(r"\s", " ", repair) for repair in repairs] == [re.sub(r"\s", " ", said)]


def test_how_many_words_are_wanted_is_a_choice_where_there_are_several(client):
    choice = get(client, "/", q="rain dijk").select("nav[aria-label='Posts with'] a")

    assert texts(choice) == ["All words, else most", "All words", "Any word"]
    assert [a["href"] for a in choice] == ["/?q=rain+dijk", "/?q=rain+dijk&match=all", "/?q=rain+dijk&match=any"]
    assert get(client, "/", q="rain").select("nav[aria-label='Posts with']") == []
    assert get(client, "/", q="rain", match="all").select("nav[aria-label='Posts with']") != []


def test_the_number_of_posts_a_page_is_a_choice_that_keeps_the_search(client):
    sizes = get(client, "/", q="rain", size="37").select("nav[aria-label='Posts a page'] a")

    assert texts(sizes) == ["10", "20", "37", "50", "100"]
    assert [a["href"] for a in sizes[:2]] == ["/?q=rain", "/?q=rain&size=20"]
    assert texts(a for a in sizes if a.has_attr("aria-current")) == ["37"]


# Where a search can be taken


def test_a_search_leads_to_its_feed_and_files_with_all_its_posts(client):
    soup = get(client, "/", q="rain", sort="title", size="20", year="2021")
    links = {a.get_text(): a["href"] for a in soup.select(".elsewhere a")}

    assert links == {
        "Feed (Atom)": "/feed.atom?q=rain&year=2021",
        "All posts found, as CSV": "/export.csv?q=rain&year=2021&sort=title",
        "All posts found, as JSON Lines": "/export.jsonl?q=rain&year=2021&sort=title",
    }
    assert soup.select_one("link[rel=alternate]")["href"] == "/feed.atom?q=rain&year=2021"


def test_a_command_is_written_for_a_shell():
    search = from_params({"q": ['"it\'s late" $HOME'], "country": ["Côte d'Ivoire"], "from": ["2019"], "size": ["20"]})

    assert write_command(search) == (
        "archivesearch search '\"it'\"'\"'s late\" $HOME' --country 'Côte d'\"'\"'Ivoire' --from 2019 --limit 20"
    )
    assert write_command(from_params({"q": ["-rain"], "year": ["2019"]})) == "archivesearch search --year 2019 -- -rain"
    assert write_command(Search(sort="newest")) == "archivesearch search '' --sort newest"


# The picture


def test_a_bar_of_the_picture_leads_to_the_posts_of_its_time(client):
    soup = get(client, "/", q="-zymurgy")
    bars = {texts([a.title])[0]: a for a in soup.select("svg a")}

    assert list(bars) == ["August 2019: 1 post", "February 2021: 1 post"]
    assert hit_titles(get(client, bars["August 2019: 1 post"]["href"])) == ["De dijk bij het dorp"]
    assert {a["rel"][0] for a in soup.select(".picture a[href^='/']")} == {"nofollow"}


def test_the_picture_stands_as_a_table_too_from_which_a_start_and_an_end_can_be_chosen(client):
    soup = get(client, "/", q="-zymurgy")
    rows = {row.th.get_text(): row for row in soup.select(".picture tbody tr")}
    start = get(client, rows["August 2019"].select("td a")[0]["href"])
    again = {row.th.get_text(): row for row in start.select(".picture tbody tr")}
    both = get(client, again["September 2019"].select("td a")[1]["href"])

    assert texts(rows["August 2019"].select("td")) == ["1", "From August 2019", "Up to August 2019"]
    assert texts(start.select(".range strong")) == ["From August 2019"]
    assert texts(both.select(".range strong")) == ["August 2019 to September 2019"]
    assert hit_titles(both) == ["De dijk bij het dorp"]
    assert texts(both.select(".range a")) == ["and later", "and earlier", "any time"]


def test_the_picture_marks_what_is_inside_the_days_of_the_search(client):
    soup = get(client, "/", q="-zymurgy", **{"from": "2020"})

    assert texts(soup.select("svg a.outside title")) == ["August 2019: 1 post"]
    assert texts(soup.select("svg a[aria-current] title")) == ["February 2021: 1 post"]


def test_a_picture_is_told_to_hold_no_bar_for_posts_of_which_only_the_year_is_known():
    published = replace(POSTS[0].published, precision="year")
    client = client_of(ShelfArchive([*POSTS, replace(POSTS[0], id="2021-0", published=published)]))

    assert "Of 1 post only the year is known: it has no bar." in get(client, "/", q="rain").main.get_text()


def test_posts_without_a_date_have_no_picture():
    assert get(client_of(ShelfArchive([LOST])), "/", q="rain").select(".picture") == []


# Every address


@given(searches(), st.sampled_from([Listing(), Listing(order="name")]))
def test_every_address_on_a_page_reads_back_as_a_search(search, listing):
    results = ShelfArchive().search(replace(search, counted=("country", "year", "label", "language")))
    page = show_search(VIEW, search, results, listing)
    links = [*page.chips, *page.sorts, *page.matches, *page.paging.sizes, *filter(None, page.paging.pages)]
    addresses = [link.address for link in links] + [page.all_off, page.paging.start]
    addresses += [
        address
        for bar in (page.picture.bars if page.picture else ())
        for address in (bar.onwards.address, bar.upto.address)
    ]

    for address in addresses:
        params = parse_qs(urlsplit(address).query)

        assert from_params(params).typed == search.typed
        assert params.get("facet-sort") == (["name"] if listing.order == "name" else None)


@given(searches())
def test_taking_a_filter_away_undoes_picking_it(search):
    page = show_search(VIEW, search, Results(total=0, hits=(), facets={}))
    filters = [(facet, value) for facet, values in search.chosen.items() for value in values]

    assert len(page.chips) == len(filters) + bool(search.since or search.until)
    for facet, value in filters:
        left = without_value(search, facet, value)
        (chip,) = [chip for chip in page.chips if chip.address == VIEW.search(left)]
        assert set(with_value(left, facet, value).chosen[facet]) == set(search.chosen[facet])
        assert chip.text == f"{VIEW.facet_title(facet)}: {VIEW.value(facet, value)}"
    assert asked(page.all_off) == Search(typed=search.typed, query=search.query, **kept(search))


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_nothing_that_is_typed_is_a_fault(client, typed, since, label):
    response = client.get("/", query_string={"q": typed, "from": since, "label": label, "facet-all": label})

    assert response.status_code in {200, 400}


@given(st.lists(st.tuples(st.sampled_from(ORDER), st.sampled_from(["2", "2020", "any", "title", "x", "0", ""]))))
def test_a_form_that_is_sent_again_is_answered_once_its_days_are_mended(client, params):
    soup = BeautifulSoup(client.get("/", query_string=params).text, "lxml")
    sent = [pair for pair in sent_by_form(soup) if pair[0] not in ("from", "to")]

    assert client.get("/", query_string=sent).status_code == 200


# The script


def test_only_pages_of_results_load_what_they_alone_need(client):
    scripts = [[script["src"] for script in get(client, path).select("script[src]")] for path in ("/", "/?q=rain")]

    assert [sorted(each) for each in scripts] == [["/static/page.js"], ["/static/page.js", "/static/results.js"]]


@pytest.mark.parametrize("name", ["page.js", "results.js"])
def test_the_script_needs_no_exception_from_the_content_security_policy(name):
    script = (WEB / "static" / name).read_text("utf-8")

    assert not re.search(r"innerHTML|insertAdjacentHTML|eval\(|Function\(|\.style\b|setAttribute\(\"(on|style)", script)
    assert not re.search(r"https?:", script)
    assert len(script.encode()) < 10_000


def test_every_command_of_a_page_is_one_that_the_program_understands(tmp_path):
    """It gets as far as the archive, which is empty here, so what was typed and every option was read."""
    search = from_params({"q": ["rain -dry"], "label": ["a", "b"], "to": ["2020"], "match": ["any"], "page": ["2"]})
    words = ["--archive", str(tmp_path), *re.findall(r"'[^']*'|\S+", write_command(search))[1:]]
    result = CliRunner().invoke(commands, [word.strip("'") for word in words])

    assert result.exit_code not in {0, 2}
