"""A reader that does what a dump tells it, as a dump might do it to a reader, and what workers can do besides reading."""

import os
import re
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from archivesearch.dumps import Rejected
from archivesearch.errors import DumpError
from archivesearch.posts import Block, Post, Provenance, post_id

FIRST_LINE = b"acts\n"


def write(folder, name, *acts):
    path = folder / name
    path.write_bytes(FIRST_LINE + "".join(f"{act}\n" for act in acts).encode())
    return path


def post(dump, title, text="Rain fell."):
    place = Provenance(dump=dump.name, sha256=dump.sha256, reader=Acts.name, line=1, start=0, end=1)
    return Post(id=post_id(None, title), title=title, published=None, body=(Block(lines=(text,)),), provenance=(place,))


class Acts:
    name = "acts"
    version = 3

    def recognises(self, dump):
        if b"unrecognisable" in dump.head(100):
            kill("SIGSEGV")
        return dump.head(5) == FIRST_LINE

    def evidence(self, dump):
        return f"evidence of {dump.name}"

    def learn(self, evidence):
        return " ".join(evidence)

    def read(self, dump, learnt):
        for line in dump.lines()[1:]:
            act, _, rest = line.text.partition(" ")
            if act == "post":
                yield post(dump, rest)
            elif act == "posts":
                yield from (post(dump, f"Post {number}") for number in range(int(rest)))
            elif act == "rejects":
                for number in range(int(rest)):
                    yield Rejected(dump=dump.name, entry="", reason="is not wanted", line=number)
            elif act == "large":
                yield from (post(dump, f"Post {number}", "rain" * 250_000) for number in range(int(rest)))
            elif act == "reject":
                yield Rejected(dump=dump.name, entry=rest, reason="is not wanted", line=line.number)
            elif act == "tell":
                yield post(dump, str(TOLD[rest](learnt)))
            elif act:
                ACTS[act](rest)


TOLD = {
    "learnt": lambda learnt: learnt,
    "process": lambda _: os.getpid(),
    "core": lambda _: resource.getrlimit(resource.RLIMIT_CORE),
}


def kill(name):
    os.kill(os.getpid(), signal.Signals[name])


def refuse(words):
    raise DumpError(words)


def fail(words):
    raise ZeroDivisionError(words)


def allocate(mib):
    return bytearray(int(mib) << 20)


def compute(_):
    """Inside of a library that holds Python's lock."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def hang(_):
    signal.pause()


def meet_as_first(path):
    """Goes on when another one meets here."""
    with Path(path).open("rb") as pipe:
        pipe.read()


def meet_as_second(path):
    with Path(path).open("wb"):
        pass


HELD = []


def hold(path):
    """Whoever reads this pipe sees its end when this process has ended."""
    HELD.append(os.open(path, os.O_WRONLY))
    os.write(HELD[-1], f"{os.getpid()}\n".encode())


def shout(words):
    for stream in (sys.stdout, sys.stderr):
        stream.write(words)
        stream.flush()
        os.write(stream.fileno(), words.encode())


def deepen(_):
    deepen(_)


ACTS = {
    "allocate": allocate,
    "compute": compute,
    "deepen": deepen,
    "exit": sys.exit,
    "fail": fail,
    "hang": hang,
    "hold": hold,
    "kill": kill,
    "meet-as-first": meet_as_first,
    "meet-as-second": meet_as_second,
    "refuse": refuse,
    "shout": shout,
    "vanish": lambda code: os._exit(int(code)),
}


@dataclass
class Noted:
    """Something learnt that notes in a file each time when a process takes it in."""

    path: str

    def __setstate__(self, state):
        self.__dict__.update(state)
        with Path(self.path).open("a") as notes:
            notes.write(f"{os.getpid()}\n")


class Unloadable:
    """A reader that no worker can take in."""

    def __setstate__(self, state):
        raise ImportError("this reader is not there")

    def __getstate__(self):
        return {"name": "unloadable"}
