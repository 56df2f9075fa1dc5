"""The page as docs/DEPLOY.md puts it on the internet: the real nginx with docs/nginx.conf before the real program."""

import gzip
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from contextlib import ExitStack, closing, contextmanager
from itertools import chain
from pathlib import Path
from threading import Thread

import pytest

from archivesearch.web.app import SECURITY_HEADERS
from test_processes import Served

DOCS = Path(__file__).parent.parent / "docs"
SHIPPED = (DOCS / "nginx.conf").read_text("utf-8")
UNIT = (DOCS / "archivesearch.service").read_text("utf-8")

NO_NGINX = (
    "there is no nginx or no openssl: install them (on Debian: apt-get install nginx openssl; nginx then serves port 80 "
    "until systemctl disable --now nginx) or name nginx in the environment variable NGINX"
)
PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx")  # not on everybody's PATH

AROUND = """
pid nginx.pid;
daemon off;
error_log stderr notice;
events { worker_connections 1024; }
http {
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    # who asks is said by a header, so that a test can be many clients
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Test-Client;
    include site.conf;
}
"""
"""What stands around the shipped file, in the place of Debian's: everything in the folder that nginx is started with."""

A, B = "203.0.113.7", "203.0.113.8"
HALF_OPEN = 600  # a hundred more than the program takes by itself
LONG = 30  # seconds: three times what nginx gives slow clients, and far more than any answer takes


def find_nginx():
    named = os.environ.get("NGINX")
    return named or next(filter(None, map(shutil.which, ("nginx", *PLACES))), None)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def replace_each(text, *pairs):
    """The text with something else for each of these, which must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def write_site(folder, port, behind, *, tls=False):
    """The shipped file with these ports; with a certificate as certbot would write it."""
    listen = f"listen 127.0.0.1:{port};"
    if tls:
        request = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out certificate.pem"
        subprocess.run(["openssl", *request.split()], cwd=folder, check=True, capture_output=True)
        listen = f"listen 127.0.0.1:{port} ssl; ssl_certificate certificate.pem; ssl_certificate_key key.pem;"
    adapted = replace_each(
        SHIPPED, ("listen 80;", listen), ("listen [::]:80;", ""), ("127.0.0.1:8000", f"127.0.0.1:{behind}")
    )
    (folder / "site.conf").write_text(adapted, "utf-8")


class Nginx:
    """A running nginx, and how to ask it."""

    def __init__(self, folder, port, *, tls):
        self.port, self._tls = port, tls
        user = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        if user:
            for path in (folder, *folder.iterdir()):
                os.chown(path, 65534, 65534)
        command = [find_nginx(), "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **user)
        began = iter(self.process.stderr.readline, "")
        self.told = []
        for line in began:
            self.told.append(line)
            if "start worker process " in line:
                return
        raise AssertionError("".join(self.told))

    def connect(self):
        if not self._tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG)
        context = ssl.create_default_context(cafile=None)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=LONG, context=context)

    def ask(self, path, client=A, method="GET", **headers):
        with closing(self.connect()) as connection:
            return send(connection, path, client, method, **headers)

    def converse(self, sent):
        """What is answered to these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=LONG) as connection:
            connection.sendall(sent)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            answer.text = answer.read().decode()
            return answer


def send(connection, path, client=A, method="GET", **headers):
    connection.request(method, path, headers={"X-Test-Client": client, **headers})
    answer = connection.getresponse()
    answer.bytes = answer.read()
    answer.text = answer.bytes.decode("utf-8", "replace")
    return answer


@contextmanager
def nginx_before(behind, *, tls=False):
    """The shipped nginx before what answers at a port of this machine."""
    if not (find_nginx() and shutil.which("openssl")):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_NGINX)
    with tempfile.TemporaryDirectory() as made:
        folder, port = Path(made), free_port()
        (folder / "nginx.conf").write_text(AROUND, "utf-8")
        write_site(folder, port, behind, tls=tls)
        nginx = Nginx(folder, port, tls=tls)
        try:
            yield nginx
        finally:
            nginx.process.terminate()
            nginx.process.wait()
            nginx.process.stderr.close()


def options_of_the_unit():
    """What the shipped unit of systemd starts the program with."""
    [command] = re.findall(r"^ExecStart=/opt/archivesearch/bin/archivesearch (.*)$", UNIT, re.MULTILINE)
    archive, folder, serve, *options = shlex.split(command)

    assert (archive, folder, serve) == ("--archive", "/srv/archive", "serve")
    return options


@contextmanager
def served(archive, *options):
    program = Served(archive.root, *options_of_the_unit(), *options)
    try:
        yield program
    finally:
        program.program.terminate()
        program.program.communicate()


@pytest.fixture(scope="module")
def behind(demonstration):
    with served(demonstration, "--processes", "2") as program:
        yield program


@pytest.fixture
def nginx(behind):
    with nginx_before(behind.port) as started:
        yield started


def names_of(answer):
    return {name for name, _ in answer.getheaders()} - {
        *("Date", "Server", "Connection", "Content-Length", "Transfer-Encoding")
    }


def check_headers(answer):
    """Each header that every answer has, once."""
    assert {name: answer.headers.get_all(name) for name in SECURITY_HEADERS} == {
        name: [value] for name, value in SECURITY_HEADERS.items()
    }
    assert answer.getheader("Server") == "nginx"


def test_answers_pass_through_with_all_their_headers(nginx, behind, demonstration):
    post = f"/post/{demonstration.ids()[0]}"
    host = {"Host": "archive.example.org"}
    for path in ("/", "/?q=repair&ui=nl", post, "/nothing", "/?page=0", "/api/search?q=repair", "/api/x", "/export.csv",
                 "/feed.atom", "/sitemap.xml", "/static/page.css", "/robots.txt", "/healthz"):  # fmt: skip
        with closing(http.client.HTTPConnection("127.0.0.1", behind.port, timeout=LONG)) as connection:
            direct = send(connection, path, **host)
        passed = nginx.ask(path, **host)

        assert (passed.status, passed.bytes) == (direct.status, direct.bytes)
        check_headers(passed)
        assert names_of(direct) <= names_of(passed) <= names_of(direct) | {"Vary"}
        for name in names_of(direct) - {"Vary"}:
            assert passed.headers.get_all(name) == direct.headers.get_all(name)


def test_only_reading_passes_through(nginx):
    head, post = nginx.ask("/?q=repair", method="HEAD"), nginx.ask("/", method="POST")

    assert (head.status, head.bytes) == (200, b"")
    assert (post.status, {*post.getheader("Allow").split(", ")}) == (405, {"GET", "HEAD"})
    assert "This archive can only be read" in post.text


UNREADABLE = {
    "no request": (b"nonsense\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "a long address": (b"GET /?q=" + b"x" * 17_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a long header": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 17_000 + b"\r\n\r\n", 400),
    "a body": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab", 413),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_nginx_refuses_by_itself_carries_the_headers_of_every_answer_and_no_version(nginx, kind):
    sent, status = UNREADABLE[kind]
    answer = nginx.converse(sent)

    assert answer.status == status
    check_headers(answer)
    assert not re.search(r"nginx/|\d\.\d", answer.text)


def test_answers_are_packed_for_those_who_can_unpack_them_and_known_again(nginx):
    plain = nginx.ask("/static/page.css")
    packed = nginx.ask("/static/page.css", **{"Accept-Encoding": "gzip"})
    known = nginx.ask("/static/page.css", **{"Accept-Encoding": "gzip", "If-None-Match": packed.getheader("ETag")})

    assert packed.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(packed.bytes) == plain.bytes
    assert "Accept-Encoding" in packed.getheader("Vary")
    assert (known.status, known.bytes) == (304, b"")


def test_the_archive_learns_who_asks_and_nobody_can_say_it_for_himself(demonstration):
    with served(demonstration, "--processes", "1", "--rate", "1") as program, nginx_before(program.port) as nginx:
        asked = [nginx.ask("/?q=repair", **{"X-Forwarded-For": f"192.0.2.{number}"}) for number in range(6)]
        other = nginx.ask("/?q=repair", B)

    assert [answer.status for answer in asked] == [200] * 5 + [429]
    assert "Too many searches from one address" in asked[-1].text
    assert asked[-1].headers.get_all("Retry-After") == [asked[-1].getheader("Retry-After")]
    check_headers(asked[-1])
    assert other.status == 200


def test_where_no_proxy_is_trusted_visitors_are_not_taken_for_one(demonstration):
    program = Served(demonstration.root, "--processes", "1", "--rate", "1")
    try:
        with nginx_before(program.port) as nginx:
            asked = [nginx.ask("/?q=repair").status for _ in range(7)]
    finally:
        program.program.terminate()
        program.program.communicate()

    assert asked == [200] * 7


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_archive_learns_how_it_was_asked(behind, scheme):
    with nginx_before(behind.port, tls=scheme == "https") as nginx:
        said = {"Host": "archive.example.org", "X-Forwarded-Proto": "ftp", "X-Forwarded-Host": "evil.example"}
        sitemap = nginx.ask("/sitemap.xml", **said).text

    assert f"<loc>{scheme}://archive.example.org/</loc>" in sitemap
    assert "evil" not in sitemap


def ask_until_refused(nginx, path, client):
    """The first answer of nginx's own to somebody who asks as fast as one can."""
    with closing(nginx.connect()) as connection:
        for _ in range(5000):
            answer = send(connection, path, client)
            if answer.status != 200:
                return answer
    raise AssertionError("nobody is refused")


def test_too_many_requests_from_one_address_are_put_off_and_others_answered(nginx):
    busy = ask_until_refused(nginx, "/robots.txt", A)
    record = ask_until_refused(nginx, "/api/openapi.json", A)
    neighbours = ask_until_refused(nginx, "/robots.txt", "2001:db8:1:2::1")
    statuses = [nginx.ask("/robots.txt", client).status for client in (B, "2001:db8:1:3::1")]

    assert busy.status == neighbours.status == record.status == 429
    assert busy.text == "Too many requests from one address. Wait ten seconds and try again.\n"
    assert json.loads(record.text) == {
        "version": 1,
        "error": {"message": busy.text.strip(), "position": None},
    }
    assert {record.getheader("Content-Type"), busy.getheader("Content-Type")} == {"application/json", "text/plain"}
    for answer in (busy, record):
        check_headers(answer)
        assert answer.headers.get_all("Retry-After") == ["10"]
    assert statuses == [200, 200]


def test_the_addresses_of_one_network_of_ipv6_are_one_client(nginx):
    ask_until_refused(nginx, "/robots.txt", "2001:db8:1:2::1")
    with closing(nginx.connect()) as connection:
        statuses = {send(connection, "/robots.txt", f"2001:db8:1:2:{part:x}::1").status for part in range(1, 100)}

    assert 429 in statuses


def test_too_many_connections_of_one_address_are_put_off(demonstration):
    """The program is stopped while they ask, so that all of them are waiting at once."""
    with served(demonstration, "--processes", "1") as program, nginx_before(program.port) as nginx, ExitStack() as all_:
        os.kill(program.program.pid, signal.SIGSTOP)
        try:
            asking = [all_.enter_context(closing(nginx.connect())) for _ in range(200)]
            for connection in asking:
                connection.request("GET", "/healthz", headers={"X-Test-Client": A})
            refused = nginx.ask("/healthz")
        finally:
            os.kill(program.program.pid, signal.SIGCONT)
        statuses = [connection.getresponse().status for connection in asking]

    assert refused.status == 429
    assert statuses == [200] * 200


def test_slow_clients_hold_nobody_up_and_are_left(demonstration):
    """Most of them never end their header; a quarter, which still may connect, never send the body that they promise."""
    with served(demonstration, "--processes", "1") as program, nginx_before(program.port) as nginx:
        check_slow_clients(nginx)


def check_slow_clients(nginx):
    header = b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "
    body = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"
    with ExitStack() as held:
        slow = [
            held.enter_context(socket.create_connection(("127.0.0.1", nginx.port), timeout=LONG))
            for _ in range(HALF_OPEN)
        ]
        for number, connection in enumerate(slow):
            connection.sendall(header if number % 4 else body)
        probes = [nginx.ask("/healthz", B).status for _ in range(50)]
        still_there = [is_open(connection) for connection in slow]
        probes += [nginx.ask("/?q=repair", B).status for _ in range(5)]
        ends = [connection.recv(1000) for connection in slow]

    assert probes == [200] * 55
    assert all(still_there)
    assert {end.split(b"\r\n")[0] for end in ends} <= {b"", b"HTTP/1.1 408 Request Time-out"}


def is_open(connection):
    """Whether the other side has said nothing yet."""
    connection.setblocking(False)
    try:
        return connection.recv(1) is None
    except BlockingIOError:
        return True
    finally:
        connection.settimeout(LONG)


def test_where_the_program_is_down_it_is_one_sentence_with_a_time_to_come_back():
    with nginx_before(free_port()) as nginx:
        page, record = nginx.ask("/?q=repair"), nginx.ask("/api/search")

    assert page.status == record.status == 502
    assert page.text == "The archive cannot answer now. Try again in half a minute.\n"
    assert json.loads(record.text)["error"]["message"] == page.text.strip()
    for answer in (page, record):
        check_headers(answer)
        assert answer.headers.get_all("Retry-After") == ["30"]


def test_a_file_that_was_cut_off_does_not_look_complete():
    with socket.create_server(("127.0.0.1", 0)) as cutting, nginx_before(cutting.getsockname()[1]) as nginx:

        def answer():
            with cutting.accept()[0] as asked:
                in_chunks = b" HTTP/1.1\r\n" in asked.recv(
                    10_000
                )  # as waitress answers what it cannot know the length of
                body = b"Transfer-Encoding: chunked\r\n\r\n6\r\nid,day\r\n" if in_chunks else b"\r\nid,day"
                asked.sendall(b"HTTP/1.1 200 OK\r\n" + body)

        thread = Thread(target=answer)
        thread.start()
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            nginx.ask("/export.csv")
        thread.join()


def test_what_is_searched_for_is_written_into_no_log(behind):
    with nginx_before(behind.port) as nginx:
        nginx.ask("/?q=secretword")
        ask_until_refused(nginx, "/robots.txt?q=secretword", A)
        nginx.process.terminate()
        told = nginx.process.stderr.read()

    assert "secretword" not in told


def test_the_shipped_files_are_named_and_their_figures_told_where_one_reads_how_to_deploy():
    told = (DOCS / "DEPLOY.md").read_text("utf-8")
    figures = chain(re.findall(r"timeout (\d+)s;", SHIPPED), re.findall(r"(?:burst=|connections )(\d+)", SHIPPED))

    assert "docs/nginx.conf" in told
    assert "docs/archivesearch.service" in told
    assert [figure for figure in figures if not re.search(rf"\b{figure}\b", told)] == []
