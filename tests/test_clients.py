"""Who asks the page for searches, and how many one client may ask for."""

import socket
import subprocess
import sys
from ipaddress import ip_address
from math import ceil

import pytest
from hypothesis import given, strategies as st

from archivesearch.web import RATE, Clients, create_app
from archivesearch.web.clients import COSTS, MOST_CLIENTS, SAVED, Allowance, name_client
from served import Client
from test_processes import Served, stopped

SLOW = Clients(rate=1)
"""A search a minute: five at once, so that no test has to wait, and none comes back while it runs."""
PROXY, OTHER = "127.0.0.2", "127.0.0.3"
"""Every address that begins with 127 is one of this machine: from these we can ask as a proxy, and as anybody else."""

LIMITED = {
    "search": "/?q=repair",
    "search_record": "/api/search",
    "similar_posts_record": "/api/posts/POST/similar",
    "suggest": "/api/suggest?q=re",
    "feed": "/feed.atom",
    "export_csv": "/export.csv",
    "export_jsonl": "/export.jsonl",
}
FREE = {
    "post": "/post/POST",
    "one_post_record": "/api/posts/POST",
    "coverage": "/coverage",
    "own": "/page/about",
    "openapi": "/api/openapi.json",
    "opensearch": "/opensearch.xml",
    "sitemap": "/sitemap.xml",
    "part_of_sitemap": "/sitemap-1.xml",
    "robots": "/robots.txt",
    "health": "/healthz",
    "static": "/static/page.css",
    "colours": "/colours.css",
}


# Pure


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


def test_what_was_not_asked_for_is_saved_up_and_then_searches_come_at_the_rate():
    clock = Clock()
    allowance = Allowance(60, clock)
    at_once = [allowance.take("a", 1) for _ in range(301)]
    clock.now += 0.5
    too_soon = allowance.take("a", 1)
    clock.now += too_soon

    assert at_once == [0] * 300 + [1.0]
    assert (too_soon, allowance.take("a", 1)) == (0.5, 0)
    assert allowance.take("b", 1) == 0


def test_more_is_never_saved_up_than_was_there_at_the_beginning():
    clock = Clock()
    allowance = Allowance(60, clock)
    clock.now += 1_000_000

    assert [allowance.take("a", 1) for _ in range(301)].count(0) == 300


def test_what_costs_more_than_can_be_saved_up_is_given_for_all_of_it():
    clock = Clock()
    allowance = Allowance(1, clock)

    assert allowance.take("a", 10) == 0
    assert allowance.take("a", 0.1) == pytest.approx(6)
    clock.now += SAVED
    assert allowance.take("a", 10) == 0


asking = st.lists(st.tuples(st.floats(0, 40), st.sampled_from([0.1, 1, 10]), st.sampled_from("ab")), max_size=200)


@given(st.integers(30, 6000), asking)
def test_no_client_is_given_more_than_was_saved_up_and_came_since(rate, asked):
    clock = Clock()
    allowance = Allowance(rate, clock)
    begun, given_to = clock.now, {"a": 0, "b": 0}
    for pause, cost, client in asked:
        clock.now += pause
        wait = allowance.take(client, cost)
        given_to[client] += 0 if wait else cost

        assert given_to[client] <= (SAVED + clock.now - begun) * rate / 60 + 1e-6
        assert 0 <= wait <= cost * 60 / rate + 1e-6


def test_only_so_many_clients_are_remembered_and_those_who_ask_stay():
    allowance = Allowance(1, Clock())
    for _ in range(5):
        allowance.take("greedy", 1)
    for number in range(2 * MOST_CLIENTS):
        allowance.take(str(number), 1)
        if number % 1000 == 0:
            assert allowance.take("greedy", 1)

    assert len(allowance._full) == MOST_CLIENTS
    assert allowance.take("0", 5) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
    ],
)
def test_an_address_of_the_old_kind_is_a_client_and_of_the_new_kind_a_network(one, other, same):
    assert (name_client(ip_address(one)) == name_client(ip_address(other))) == same


# The application


@pytest.fixture
def ask(demonstration):
    """Asks an application for a path, as somebody with an address."""

    def asking(clients):
        app = create_app(demonstration, clients=clients)
        app.test_client_class = Client
        client = app.test_client()
        return lambda path, address="203.0.113.7", **more: client.get(
            path, environ_overrides={"REMOTE_ADDR": address}, **more
        )

    return asking


@pytest.fixture
def post(demonstration):
    """The id of a post."""
    return demonstration.ids()[0]


def spend(ask, address="203.0.113.7"):
    """Ask for all that a client may."""
    assert [ask("/?q=repair", address).status_code for _ in range(6)] == [200] * 5 + [429]


def test_every_route_is_either_limited_or_free(demonstration):
    routes = {rule.endpoint for rule in create_app(demonstration).url_map.iter_rules()}

    assert set(COSTS) == set(LIMITED)
    assert routes == LIMITED.keys() | FREE.keys()


@pytest.mark.parametrize("path", LIMITED.values())
def test_who_has_asked_for_too_much_is_told_when_to_come_back(ask, path, post):
    asking = ask(SLOW)
    spend(asking)
    put_off = asking(path.replace("POST", post))
    cost = COSTS[next(name for name, each in LIMITED.items() if each == path)]

    assert put_off.status_code == 429
    assert 0 < int(put_off.headers["Retry-After"]) <= ceil(min(cost * 60, SAVED))
    assert "Too many searches from one address" in put_off.text
    assert put_off.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", FREE.values())
def test_posts_files_and_what_monitors_ask_for_are_given_whoever_asks(ask, path, post):
    asking = ask(SLOW)
    spend(asking)
    answered = {asking(path.replace("POST", post)).status_code for _ in range(10)}

    assert answered == {404 if path == FREE["colours"] else 200}  # this archive has no colours of its own


def test_an_export_counts_as_many_searches_and_a_suggestion_as_a_part_of_one(ask):
    exporting, suggesting = ask(Clients(rate=4)), ask(SLOW)

    assert [exporting("/export.csv").status_code for _ in range(3)] == [200, 200, 429]
    assert [suggesting("/api/suggest?q=re").status_code for _ in range(50)] == [200] * 50
    assert suggesting("/?q=repair").status_code == 429


def test_one_client_takes_nothing_from_another(ask):
    asking = ask(SLOW)
    spend(asking)
    spend(asking, "2001:db8:1:2::1")

    assert asking("/?q=repair", "203.0.113.8").status_code == 200
    assert asking("/?q=repair", "2001:db8:1:2:3::4").status_code == 429


def test_it_is_said_in_the_language_of_the_page_and_to_programs_as_a_record(ask):
    asking = ask(SLOW)
    spend(asking)
    record = asking("/api/search").get_json()

    assert "Te veel zoekopdrachten vanaf één adres" in asking("/?q=repair&ui=nl").text
    assert 'value="repair"' in asking("/?q=repair&ui=nl").text
    assert record == {
        "version": 1,
        "error": {
            "message": "Too many searches from one address. Wait a moment and try again; posts can be read meanwhile.",
            "position": None,
        },
    }


def test_a_person_and_a_class_never_meet_the_usual_limit():
    clock = Clock()
    allowance = Allowance(RATE, clock)
    waited = []
    for _ in range(45 * 4):  # a lesson of 45 minutes: each of thirty searches every quarter of a minute
        waited += [allowance.take("school", 1) for _ in range(30)]
        clock.now += 15

    assert waited == [0] * len(waited)


def test_a_crawler_of_facets_meets_the_usual_limit():
    clock = Clock()
    allowance = Allowance(RATE, clock)
    given = 0
    while not allowance.take("crawler", 1):
        given += 1
        clock.now += 0.1

    assert given == 749


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_programs_of_the_same_machine_are_not_limited_unless_a_proxy_may_speak_for_others(ask, address):
    own, proxied = ask(SLOW), ask(Clients(rate=1, proxy="192.0.2.1"))

    assert [own("/?q=repair", address).status_code for _ in range(10)] == [200] * 10
    spend(proxied, address)


def test_a_rate_of_nothing_switches_the_limit_off(ask):
    asking = ask(Clients(rate=0))

    assert [asking("/api/suggest?q=re").status_code for _ in range(60)] == [200] * 60


def test_those_of_whom_a_proxy_says_no_address_are_one_client(ask):
    asking = ask(SLOW)
    spend(asking, "unknown")

    assert asking("/?q=repair", "_hidden").status_code == 429


# The real program


@pytest.fixture
def serving(demonstration):
    """Starts the program; what is left of it is ended."""
    started = []

    def start(*options):
        started.append(Served(demonstration.root, "--rate", "1", *options))
        return started[-1]

    yield start
    for served in started:
        served.program.terminate()
        served.program.communicate()


def status(served, path="/?q=repair", source="127.0.0.1", **headers):
    return converse(served, path, source, **headers).split()[1]


def converse(served, path, source, host="a.example", **headers):
    """What the program answers to this request, byte by byte, to somebody with this address."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", served.port), timeout=60, source_address=(source, 0)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def test_a_client_is_the_one_of_whom_the_trusted_proxy_speaks(serving):
    served = serving("--processes", "1", "--trusted-proxy", PROXY)
    one = [status(served, source=PROXY, X_Forwarded_For="203.0.113.7") for _ in range(6)]
    claimed = status(served, source=PROXY, X_Forwarded_For="203.0.113.99, 203.0.113.7")
    other = status(served, source=PROXY, X_Forwarded_For="203.0.113.7, 203.0.113.8")
    network = [status(served, source=PROXY, X_Forwarded_For=f"2001:db8::{number}") for number in range(6)]

    assert one == ["200"] * 5 + ["429"]
    assert (claimed, other) == ("429", "200")
    assert network == one


def test_nobody_else_says_who_asks(serving):
    served = serving("--processes", "1", "--trusted-proxy", PROXY)
    for last, header in enumerate(("X_Forwarded_For", "Forwarded", "X_Real_IP", "True_Client_IP"), 10):
        said = "for=203.0.113.{}" if header == "Forwarded" else "203.0.113.{}"
        asked = [status(served, source=f"127.0.0.{last}", **{header: said.format(number)}) for number in range(6)]

        assert asked == ["200"] * 5 + ["429"], header


def test_the_proxy_is_believed_in_the_scheme_and_in_nothing_else(serving):
    served = serving("--processes", "1", "--trusted-proxy", PROXY)
    said = {
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Port": "666",
        "Forwarded": "host=evil.example;proto=ftp",
    }
    believed, not_believed = (converse(served, "/sitemap.xml", source, **said) for source in (PROXY, OTHER))

    assert "<loc>https://a.example/</loc>" in believed
    assert "<loc>http://a.example/</loc>" in not_believed
    assert "evil" not in believed + not_believed


def test_where_no_proxy_is_named_none_is_believed(serving):
    served = serving("--processes", "1")
    said = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.7"}
    asked = [status(served, source=PROXY, host="localhost", **said) for _ in range(7)]

    assert "<loc>http://localhost/</loc>" in converse(served, "/sitemap.xml", PROXY, host="localhost", **said)
    assert asked == ["200"] * 7  # as to a program of this machine, which it is


def test_every_process_is_told_of_the_proxy_and_the_rate(serving):
    served = serving("--processes", "2", "--trusted-proxy", PROXY)
    for kept, other in (served.processes(), reversed(served.processes())):
        with stopped([other]):
            asked = [status(served, source=PROXY, X_Forwarded_For="203.0.113.7") for _ in range(6)]

        assert asked == ["200"] * 5 + ["429"], kept


def test_an_address_is_compared_as_such_and_not_as_it_is_written(serving):
    served = serving("--processes", "1", "--host", "::1", "--trusted-proxy", "0:0:0:0:0:0:0:1")
    with socket.create_connection(("::1", served.port), timeout=60) as connection:
        connection.sendall(b"GET /sitemap.xml HTTP/1.0\r\nHost: a.example\r\nX-Forwarded-Proto: https\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert b"<loc>https://a.example/</loc>" in answer


@pytest.mark.parametrize("address", ["localhost", "*", "", "127.0.0.1:8080", "10.0.0.0/8"])
def test_a_proxy_that_is_no_address_is_one_sentence(demonstration, address):
    command = [sys.executable, "-m", "archivesearch", "--archive", demonstration.root, "serve"]
    done = subprocess.run([*command, "--trusted-proxy", address], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(
        f"{address!r} is no IP address: name the one from which the proxy asks, such as 127.0.0.1 or ::1.\n"
    )


def test_the_help_names_the_usual_rate():
    command = [sys.executable, "-m", "archivesearch", "serve", "--help"]

    assert f"[default: ({RATE})" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
