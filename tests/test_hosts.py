"""The names that the page answers to: on one's own machine to none that a stranger can give it."""

from dataclasses import replace

import pytest
from werkzeug.test import run_wsgi_app

from archivesearch.web import create_app
from archivesearch.web.app import SECURITY_HEADERS
from test_web import RAIN, ShelfArchive, fetch, run_server

OWN = frozenset({"localhost", "Attic"})
STRANGE = (
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.localhost:evil",
    "localhost@evil.example",
    "10.0.0.7:8000",
    "0.0.0.0:8000",
    "[::2]",
    "[evil]",
    "",
)
PATHS = (
    "/",
    "/?q=rain",
    f"/post/{RAIN.id}",
    "/coverage",
    "/feed.atom",
    "/export.csv",
    "/healthz",
    "/static/page.css",
    "/no",
)


@pytest.fixture(scope="module")
def own():
    """The page as it is served to the machine that it is on, and to nobody else."""
    return create_app(ShelfArchive(), names=OWN).test_client()


@pytest.mark.parametrize("host", STRANGE)
@pytest.mark.parametrize("path", PATHS)
def test_a_name_that_a_stranger_can_give_to_this_machine_is_told_nothing_but_what_to_do(own, path, host):
    response = own.get(path, environ_overrides={"HTTP_HOST": host})

    assert (response.status_code, response.mimetype) == (421, "text/plain")
    assert response.text == (
        "This archive does not answer to this name. "
        "Open it at localhost, or set “address” in archive.toml to where visitors find it.\n"
    )
    assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_what_to_do_is_said_in_the_language_of_the_browser_and_to_programs_as_a_record(own):
    page = own.get("/", headers={"Host": "evil.example", "Accept-Language": "nl"})
    record = own.get("/api/search?q=rain", headers={"Host": "evil.example", "Accept-Language": "nl"})

    assert "localhost" in page.text
    assert not page.text.startswith("This archive")
    assert (record.status_code, set(record.json)) == (421, {"version", "error"})
    assert record.json["error"]["message"].startswith("This archive does not answer to this name. Open it at localhost")


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost:9000", "127.0.0.1", "127.0.0.1:8000", "127.0.1.1", "[::1]:8000", "[::1]", "attic:80"],
)
def test_this_machine_is_answered_by_each_of_its_names_at_any_port(own, host):
    assert own.get("/?q=rain", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://archive.example", "archive.example"),
        ("https://Archive.example", "ARCHIVE.example:443"),
        ("http://archive.example:8080", "archive.example"),
        ("http://[2001:db8::1]", "[2001:DB8::1]:8000"),
    ],
)
def test_the_address_of_the_settings_is_answered_and_no_other(address, host):
    archive = ShelfArchive()
    archive.settings = replace(archive.settings, address=address)
    client = create_app(archive, names=OWN).test_client()

    assert client.get("/?q=rain", headers={"Host": host}).status_code == 200
    assert client.get("/?q=rain", headers={"Host": f"evil.{host}"}).status_code == 421


def test_who_names_no_host_is_no_browser_and_is_answered(own):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "SERVER_NAME": "x", "SERVER_PORT": "80"}
    body, status, _ = run_wsgi_app(own.application, environ | {"wsgi.url_scheme": "http"}, buffered=True)

    assert (status, b"".join(body)) == ("200 OK", b"ok\n")


def test_who_is_listened_to_from_elsewhere_may_use_any_name():
    client = create_app(ShelfArchive()).test_client()

    assert client.get("/?q=rain", headers={"Host": "archive.example"}).status_code == 200


EVERYWHERE = "0.0.0.0"  # noqa: S104  what listens to everybody is what is tested


@pytest.mark.parametrize(("listening", "status"), [("127.0.0.1", 421), ("localhost", 421), (EVERYWHERE, 200)])
def test_the_real_server_knows_whether_others_can_connect(listening, status):
    with run_server("EXAMPLE", listening) as (_, address):
        here = address._replace(netloc=f"127.0.0.1:{address.port}")

        assert fetch(here, "GET", "/?q=rain", headers={"Host": "evil.example"}).status == status
        assert fetch(here, "GET", "/?q=rain").status == 200
