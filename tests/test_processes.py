"""The page as several processes serve it, with the real program."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from archivesearch.archive import Archive
from archivesearch.errors import ArchiveSearchError
from archivesearch.web import serve_in_processes
from invented import POSTS, page, write


def add(root, name, posts):
    """Import a dump with these posts."""
    write(root / "raw", {name: page(posts)})
    with Archive.open(root) as archive:
        archive.import_dumps()


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    """An archive without the newest post."""
    root = tmp_path_factory.mktemp("older")
    add(root, "older.txt", POSTS[1:])
    return root


class Served:
    """The program, once it has said where it serves."""

    def __init__(self, root, *options):
        command = [sys.executable, "-m", "archivesearch", "--archive", root, "serve", "--port", "0", *options]
        self.program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        [port] = re.findall(r"http://\S+:(\d+)/", self.program.stdout.readline())
        self.port = int(port)

    def processes(self):
        """The processes below the program, by their numbers."""
        parent = self.program.pid
        return [int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]

    def finds(self, word):
        status, text = self.ask(f"/?q={word}")
        assert status == 200
        return 'class="hit"' in text

    def ask(self, path, headers=None):
        """The status and the text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def end(self, number):
        """What the program wrote since it began, on standard output and standard error, and its exit code."""
        self.program.send_signal(number)
        return (*self.program.communicate(timeout=60), self.program.returncode)


@pytest.fixture
def serving(older):
    """Starts the program; what is left of it is ended."""
    started = []

    def start(*options, root=older):
        started.append(Served(root, *options))
        return started[-1]

    yield start
    for served in started:
        served.program.kill()
        served.program.communicate()


@contextmanager
def stopped(processes):
    """These take no connection for as long as the block runs."""
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def find_alone(served, word):
    """Whether each process, while the others can answer nobody, finds a post."""
    found = {}
    for process in served.processes():
        with stopped([other for other in served.processes() if other != process]):
            found[process] = served.finds(word)
    return list(found.values())


def test_every_process_answers_at_the_one_address_that_is_announced(serving):
    served = serving("--processes", "3")
    found = find_alone(served, "snow")
    said, complained, _ = served.end(signal.SIGINT)

    assert found == [True] * 3
    assert (said, complained) == ("", "")


def test_a_process_that_only_this_machine_can_ask_answers_to_no_name_that_a_stranger_gives_it(serving):
    served = serving("--processes", "2")

    assert served.ask("/?q=snow", {"Host": "evil.example"})[0] == 421
    assert served.ask("/?q=snow", {"Host": "localhost:9000"})[0] == 200


def test_one_process_serves_by_itself(serving):
    served = serving("--processes", "1")

    assert served.processes() == []
    assert served.finds("snow")


def test_there_is_a_process_for_each_core_and_no_more_than_four_if_nobody_says_how_many(serving):
    cores = min(len(os.sched_getaffinity(0)), 4)

    assert len(serving().processes()) == (cores if cores > 1 else 0)


@pytest.mark.parametrize(
    ("number", "exit_code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP)]
)
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_signal_ends_all_and_frees_the_port_with_the_exit_code_of_one_process(serving, processes, number, exit_code):
    served = serving("--processes", processes)
    others = served.processes()
    _, complained, ended = served.end(number)

    assert (ended, complained) == (exit_code, "")
    for process in others:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    socket.create_server(("127.0.0.1", served.port)).close()


def test_nobody_is_left_where_the_program_was_killed(serving):
    served = serving("--processes", "2")
    assert len(served.processes()) == 2
    _, complained, _ = served.end(signal.SIGKILL)  # its output ends when the last that has it has ended

    assert complained == ""


def test_a_process_that_ends_is_replaced_and_the_others_go_on(serving):
    served = serving("--processes", "2")
    lost, kept = served.processes()
    os.kill(lost, signal.SIGKILL)
    found_meanwhile = served.finds("snow")
    told = served.program.stderr.readline()
    with stopped([kept]):
        found_by_the_new_one = served.finds("snow")  # the connection waits until it has begun
    now = served.processes()

    assert found_meanwhile
    assert told.endswith(
        f"] ERROR: A process of the page has ended (exit code {-signal.SIGKILL}). Another takes its place.\n"
    )
    assert found_by_the_new_one
    assert kept in now
    assert lost not in now
    assert len(now) == 2


def test_every_process_follows_an_import(serving, older, tmp_path):
    root = shutil.copytree(older, tmp_path / "followed")
    served = serving("--processes", "2", root=root)
    before = find_alone(served, "kathmandu")
    add(root, "newer.txt", POSTS[:1])

    assert before == [False, False]
    assert find_alone(served, "kathmandu") == [True, True]


def test_a_process_that_cannot_begin_ends_the_others_and_is_one_sentence(tmp_path, capfd):
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ArchiveSearchError, match=r"A process of the page could not begin \(exit code 1\)"):
        serve_in_processes(tmp_path / "none", 2, "127.0.0.1", 0, print)
    said, told = capfd.readouterr()

    assert said == ""
    assert "There is no folder" in told
    assert signal.getsignal(signal.SIGTERM) == before
