"""An archive in which every text tries to be more than that, in a browser that would run what it is given."""

from collections.abc import Iterator
from html import escape
from itertools import groupby
from urllib.parse import urlencode

import pytest
from browsers import archivesearch, find_post, served
from playwright.sync_api import Page, expect
from seen import heading

import payloads

KIND = (
    '<category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#post"/>'
)
BLOG = "tag:blogger.com,1999:blog-808"

WAYS = {
    way: [payload for _, payload in named]
    for way, named in groupby(payloads.PAYLOADS.items(), lambda item: item[0].rpartition("-")[0])
}
"""The payloads of each way out: a post has all of one."""

FOREIGN = """() => [...document.querySelectorAll("*")].filter(each =>
    each.matches("iframe, base, object, embed, script:not([src='/static/page.js'], [src='/static/results.js'], [type='application/ld+json'])")
    || [...each.attributes].some(({ name, value }) => /^on/.test(name) || /^\\s*javascript:/i.test(value)
        && name !== "value" && name !== "content")).map(each => each.outerHTML)"""
"""Elements of a page that could run what a text says. What does run is noticed by `visit`."""


def title_of(way: str) -> str:
    return f"{way} {WAYS[way][0]}"


def write_feed() -> str:
    """An export with a post for each way out: as title, as labels, as HTML and as words of it, in the addresses."""
    entries = []
    for number, (way, texts) in enumerate(WAYS.items(), 1):
        whole = "".join(f"<p>{escape(text)}</p><div>{text}</div>" for text in texts)
        labels = "".join(
            f'<category scheme="http://www.blogger.com/atom/ns#" term="{escape(text)}"/>' for text in texts
        )
        day = f"2014-05-{number:02}T07:08:00.000+02:00"
        entries.append(
            f"<entry><id>{BLOG}.post-{number}</id><published>{day}</published><updated>{day}</updated>{KIND}{labels}"
            f"<title type='text'>{escape(title_of(way))}</title><content type='html'>{escape(whole)}</content>"
            f"<link rel='alternate' type='text/html' href='http://hostile.example/{escape(texts[1])}'/></entry>"
        )
    head = f"<id>{BLOG}.archive</id><updated>2016-01-02T03:04:05.000+01:00</updated><title>Hostile</title>"
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{head}{''.join(entries)}</feed>"


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "raw").mkdir()
    (folder / "raw" / "<img src=x onerror=alert(1)>.xml").write_text(write_feed(), "utf-8")
    archivesearch(folder, "import")
    with served(folder) as address:
        yield address


def check(page: Page, address: str) -> None:
    page.goto(address)

    assert page.evaluate(FOREIGN) == []


def test_nothing_that_a_dump_or_an_address_says_is_run(visit, hostile_site):
    page = visit(hostile_site)
    expect(heading(page)).to_be_visible()
    for address in ("/?size=100", "/?q=alert&size=100&facet-all=label&sort=oldest", "/coverage"):
        check(page, f"{hostile_site}{address}")
    for way, texts in WAYS.items():
        check(page, find_post_of(hostile_site, way))
        expect(heading(page)).to_have_text(" ".join(title_of(way).split()))
        check(page, f"{hostile_site}/?{urlencode({'q': ' '.join(texts[:3]), 'label': texts, 'from': texts[0]}, True)}")
        check(page, f"{hostile_site}/?{urlencode({'q': texts[3], 'label': texts[4:]}, True)}")


def find_post_of(site: str, way: str) -> str:
    return site + find_post(site, " ".join(title_of(way).split()))
