"""The kinds of page that an archive serves, as paths; what must hold on every page is tested on each of these."""

from browsers import find_post

LONG_POST = "Two hundred bicycle taxis and one truing stand in Kisumu"

PAGES = {
    "start": "/",
    "results": "/?q=bicycle",
    "filtered": "/?q=bicycle&country=Kenya&country=Peru&from=2012&to=2020",
    "second": "/?q=bicycle&page=2",
    "relaxed": "/?q=bicycle+zymurgical",
    "nothing": "/?q=zymurgical",
    "nothing-filtered": "/?q=boda&country=Vietnam&year=2012",
    "post": LONG_POST,
    "coverage": "/coverage",
    "own": "/page/about",
    "spanish": "/?q=bicycle&ui=es",
    "unreadable": "/?q=bicycle&from=someday",
    "missing": "/posts/missing",
}
"""By name; what does not begin with a slash is the title of a post."""

ODD_PAGES = {
    "odd-results": "/?q=odd",
    "odd-right-to-left": "ورشة الدراجات 2014 (Oddville)",
    "odd-unbroken": (
        "Odd_and_unbroken_as_a_file_name_that_somebody_forgot_to_give_a_single_space_or_hyphen_"
        "until_the_very_end_of_it_2014_06_07.final.jpeg"
    ),
    "odd-markup": "Odd </title><script>alert(document.domain)</script><svg onload=alert(2)>",
    "odd-empty": "Odd and empty",
}
"""Of the archive of odd.xml."""


def address_of(site: str, page: str) -> str:
    """The address at a site of a page as the tables above say it."""
    return site + (page if page.startswith("/") else find_post(site, page))
