"""Worker processes, with readers and dumps that do their worst."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import tracemalloc
from collections import defaultdict
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import hostile
from archivesearch import working
from archivesearch.dumps import Rejected, open_dump, reader_for
from archivesearch.entries import entry_row
from archivesearch.errors import ArchiveSearchError, DumpError
from archivesearch.limits import Limits
from archivesearch.raw import Unusable, open_dumps
from archivesearch.readers import READERS
from archivesearch.tasks import READERS as GIVEN_READERS, Look, Looked, Open, Read, learnt_of
from archivesearch.workers import AHEAD, Workers
from invented import page

TIGHT = Limits(memory=64 << 20, seconds=1, seconds_per_mib=0, patience=600)
IMPATIENT = Limits(seconds=0.5, seconds_per_mib=0, patience=4)


def workers_for(*, learnt="what they tell", **options):
    workers = Workers(**options)
    workers.give(GIVEN_READERS, (hostile.Acts(),))
    workers.give(learnt_of("acts"), learnt)
    return workers


@pytest.fixture
def read(tmp_path):
    """Reads dumps that are written here, each given by its acts, and tells what came of each by its number."""

    def read(*dumps, **options):
        tasks = [
            Read(dump=open_dump(hostile.write(tmp_path, f"{number}.txt", *acts), str(number)), reader="acts")
            for number, acts in enumerate(dumps)
        ]
        with workers_for(**options) as workers:
            outcomes = gathered(workers.run(tasks))
        return [outcomes[task.name] for task in tasks]

    return read


class Outcome:
    """All that came of one task."""

    def __init__(self):
        self.items = []
        self.end = None

    @property
    def titles(self):
        return [json.loads(row.record).get("title") for row in self.items]


def gathered(answers):
    outcomes = defaultdict(Outcome)
    for answer in answers:
        outcome = outcomes[answer.name]
        assert outcome.end is None, "nothing comes after the end"
        outcome.items += answer.items
        outcome.end = answer if answer.ended else None
    return outcomes


def is_done(outcome):
    return outcome.end is not None and outcome.end.refused is None and outcome.end.broken is None


def test_the_entries_of_a_dump_come_in_their_order_as_the_catalog_keeps_them(read, tmp_path):
    (outcome,) = read(["post One", "reject Two", "post Three"])

    dump = open_dump(tmp_path / "0.txt", "0")
    assert outcome.items == [entry_row(entry) for entry in hostile.Acts().read(dump, None)]
    assert is_done(outcome)


def test_what_was_learnt_is_there_when_a_dump_is_read(read):
    (outcome,) = read(["tell learnt"], learnt="that it rains")

    assert outcome.titles == ["that it rains"]


def test_no_dumps_have_no_answers(read):
    assert read() == []


def test_a_dump_without_entries_ends(read):
    (outcome,) = read([])

    assert (outcome.items, is_done(outcome)) == ([], True)


def test_a_dump_that_its_reader_refuses_ends_with_that_error(read):
    first, second = read(["post One", "refuse 0 breaks off. Fetch it again."], ["post Two"])

    assert isinstance(first.end.refused, DumpError)
    assert str(first.end.refused) == "0 breaks off. Fetch it again."
    assert first.end.broken is None
    assert (second.titles, is_done(second)) == (["Two"], True)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("fail no rain", "made its reader fail (ZeroDivisionError: no rain, hostile.py line "),
        ("exit 3", "made its reader fail (SystemExit: 3, hostile.py line "),
        ("deepen", "made its reader fail (RecursionError: "),
        ("kill SIGSEGV", "made its reader crash (SIGSEGV)"),
        ("kill SIGABRT", "made its reader crash (SIGABRT)"),
        ("kill SIGKILL", "could not be read to its end: the system ended its reader"),
        ("vanish 3", "made its reader crash (exit code 3)"),
        ("allocate 4096", "needs more than 64 MiB of memory"),
        ("compute", "takes more than 1 seconds of computing"),
    ],
)
def test_what_a_dump_does_to_its_reader_costs_that_dump_alone_and_not_what_came_before(read, act, reason):
    first, broken, last = read(
        ["post One"], ["post Two", "post Three", act, "post Four"], ["post Five"], limits=TIGHT, most=1
    )

    assert broken.titles == ["Two", "Three"]
    assert broken.end.refused is None
    rejected = broken.end.broken
    assert (rejected.dump, rejected.entry, rejected.line) == ("1", "all that follows entry 2", 0)
    assert rejected.reason.startswith(reason)
    assert rejected.reason.endswith((" if it is no dump.", " try again."))
    assert (first.titles, last.titles) == (["One"], ["Five"])
    assert is_done(first)
    assert is_done(last)


def test_a_dump_on_which_a_reader_hangs_is_given_up(read):
    hung, next_one = read(["post One", "hang"], ["post Two"], limits=IMPATIENT, most=1)

    assert hung.titles == ["One"]
    assert hung.end.broken.reason.startswith("is not read after 2 seconds")
    assert (next_one.titles, is_done(next_one)) == (["Two"], True)


def test_a_dump_that_breaks_at_once_is_rejected_as_a_whole(read):
    (outcome,) = read(["kill SIGSEGV"])

    assert outcome.items == []
    assert outcome.end.broken.entry == "all of it"


def test_what_a_dump_takes_is_not_counted_against_the_next(read):
    outcomes = read(*[["allocate 48", "post One"]] * 10, limits=TIGHT, most=1)

    assert all(map(is_done, outcomes))


def test_larger_dumps_may_take_longer():
    limits = Limits()

    assert limits.computing(10_000) < 60
    assert limits.computing(1 << 30) > 3600
    assert all(limits.computing(size) < limits.clock(size) for size in (0, 10_000, 1 << 30))
    assert all(limits.computing(less) < limits.computing(more) for less, more in pairwise([0, 1 << 20, 1 << 30]))


def clock():
    return signal.getitimer(signal.ITIMER_REAL)[0]


class Clocks:
    """A task, and the pipe for its answers: both note the time that is left, which is none while the clock stands."""

    name, size = "clocks", 0

    def __init__(self):
        self.while_reading = []
        self.while_handing_over = []

    def answers(self, given):
        for number in range(3):
            self.while_reading.append(clock())
            yield number

    def write(self, content):
        self.while_handing_over.append(clock())
        return len(content)


def test_the_clock_stands_still_while_entries_are_handed_over():
    """Whoever takes them may be slow: that is not the reader's time."""
    clocks = Clocks()
    working._do(clocks, {}, Limits(), clocks)

    assert min(clocks.while_reading) > 0
    assert clocks.while_reading == sorted(clocks.while_reading, reverse=True)
    assert clocks.while_handing_over == [0] * 5


def test_two_dumps_are_read_at_the_same_time(read, tmp_path):
    """Each of them goes on only when the other is being read."""
    os.mkfifo(tmp_path / "pipe")
    outcomes = read(
        [f"meet-as-first {tmp_path}/pipe", "post One"],
        [f"meet-as-second {tmp_path}/pipe", "post Two"],
        most=2,
        worth=0,
    )

    assert [outcome.titles for outcome in outcomes] == [["One"], ["Two"]]


def test_few_bytes_are_read_by_one_worker_and_many_by_as_many_as_there_may_be(read):
    few = read(*[["tell process"]] * 6, most=2)
    many = read(*[["tell process", "posts 300"]] * 10, most=2, worth=20)

    assert len({outcome.titles[0] for outcome in few}) == 1
    assert len({outcome.titles[0] for outcome in many}) == 2


def test_each_worker_takes_in_once_what_all_were_given(read, tmp_path):
    notes = tmp_path / "notes"
    told = read(*[["tell process"]] * 20, learnt=hostile.Noted(str(notes)), most=2, worth=0)

    assert sorted(notes.read_text().split()) == sorted({title for outcome in told for title in outcome.titles})


def test_what_is_given_later_takes_the_place_of_what_was_given_before(tmp_path):
    task = Read(dump=open_dump(hostile.write(tmp_path, "a.txt", "tell learnt"), "a.txt"), reader="acts")
    with workers_for(learnt="one", most=1) as workers:
        before = gathered(workers.run([task]))["a.txt"].titles
        workers.give(learnt_of("acts"), "two")
        after = gathered(workers.run([task]))["a.txt"].titles

    assert (before, after) == (["one"], ["two"])


def test_what_a_reader_prints_is_neither_seen_nor_taken_for_answers(read, capfd):
    (outcome,) = read(["post One", "shout rain", "post Two"])

    assert outcome.titles == ["One", "Two"]
    assert capfd.readouterr() == ("", "")


def test_a_worker_leaves_no_core_and_goes_on_when_keys_are_pressed_at_the_terminal(read):
    (outcome,) = read(["tell core", "kill SIGINT", "kill SIGTSTP", "post One"])

    assert outcome.titles == ["(0, 0)", "One"]


def test_many_entries_come_all(read):
    (outcome,) = read(["rejects 30000"])

    assert [json.loads(row.record)["line"] for row in outcome.items] == list(range(30_000))


def test_what_is_not_taken_does_not_pile_up(tmp_path):
    task = Read(dump=open_dump(hostile.write(tmp_path, "a.txt", "large 30"), "a.txt"), reader="acts")
    with workers_for(most=1) as workers:
        tracemalloc.start()
        try:
            size = sum(len(row.record) for answer in workers.run([task]) for row in answer.items)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert size > 30_000_000
    assert peak < 10_000_000


def test_what_a_run_left_undone_is_not_told_by_the_next(tmp_path):
    dumps = [open_dump(hostile.write(tmp_path, name, "posts 1000"), name) for name in ("a.txt", "b.txt")]
    with workers_for(most=1) as workers:
        abandoned = workers.run([Read(dump=dumps[0], reader="acts")])
        next(abandoned)
        told = gathered(workers.run([Read(dump=dumps[1], reader="acts")]))

    assert {name: len(outcome.items) for name, outcome in told.items()} == {"b.txt": 1000}


def test_leaving_the_workers_ends_them_whatever_they_do(tmp_path):
    dumps = [
        open_dump(hostile.write(tmp_path, f"{act}.txt", "tell process", act), act) for act in ("hang", "compute", "")
    ]
    processes = []
    with workers_for(most=3, worth=-1) as workers:
        for answer in workers.run([Read(dump=dump, reader="acts") for dump in dumps]):
            processes += [int(json.loads(row.record)["title"]) for row in answer.items]
            if len(processes) == len(dumps):
                break

    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


PARENT = """
    import sys
    from pathlib import Path
    from archivesearch.dumps import open_dump
    from archivesearch.tasks import READERS, Read, learnt_of
    from archivesearch.workers import AHEAD, Workers
    import hostile

    if __name__ == "__main__":
        path = Path(sys.argv[1])
        with Workers(most=1) as workers:
            workers.give(READERS, (hostile.Acts(),))
            workers.give(learnt_of("acts"), None)
            for answer in workers.run([Read(dump=open_dump(path, path.name), reader="acts")]):
                print(len(answer.items), flush=True)
"""


@pytest.mark.parametrize("act", ["hang", "posts 10000000"])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_parent_and_it_says_nothing_of_them(tmp_path, act, end):
    os.mkfifo(tmp_path / "pipe")
    path = hostile.write(tmp_path, "a.txt", f"hold {tmp_path}/pipe", "post One", act)
    parent = subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(PARENT), path],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with (tmp_path / "pipe").open() as held:
        worker = int(held.readline())
        assert parent.stdout.readline() != b""
        parent.send_signal(end)
        _, told = parent.communicate()
        held.read()  # ends when the worker has ended

    assert worker != parent.pid
    assert parent.returncode == -end
    assert told.decode().strip().split("\n")[-1] == ("KeyboardInterrupt" if end == signal.SIGINT else "")
    assert "Warning" not in told.decode()


def test_a_reader_that_no_worker_can_take_in_is_an_error_and_not_the_dumps_doing(tmp_path, capfd):
    dump = open_dump(hostile.write(tmp_path, "a.txt", "post One"), "a.txt")
    with Workers() as workers:
        workers.give(GIVEN_READERS, (hostile.Unloadable(),))
        with pytest.raises(ArchiveSearchError, match="could not begin"):
            list(workers.run([Read(dump=dump, reader="acts")]))

    assert "ImportError: this reader is not there" in capfd.readouterr().err


def test_a_worker_that_ends_between_two_dumps_is_replaced(tmp_path):
    """Its death, when nothing was being read, says nothing about the dump that came next."""
    task = Read(dump=open_dump(hostile.write(tmp_path, "a.txt", "tell process"), "a.txt"), reader="acts")
    with workers_for(most=1) as workers:
        (before,) = gathered(workers.run([task]))["a.txt"].titles
        os.kill(int(before), signal.SIGKILL)
        outcome = gathered(workers.run([task]))["a.txt"]

    assert is_done(outcome)
    assert outcome.titles != [before]


def test_workers_that_end_between_dumps_lose_none_however_many_wait(tmp_path):
    """Both give their dump back while as many as may wait do so already."""
    first, second = (
        Read(dump=open_dump(hostile.write(tmp_path, name, "tell process", *acts), name), reader="acts")
        for name, *acts in (("a.txt", f"meet-as-first {tmp_path}/pipe"), ("b.txt", f"meet-as-second {tmp_path}/pipe"))
    )
    small = [
        Read(dump=open_dump(hostile.write(tmp_path, f"{number}.txt"), f"{number}.txt"), reader="acts")
        for number in range(AHEAD + 9)
    ]
    os.mkfifo(tmp_path / "pipe")
    with workers_for(most=2, worth=sum(task.size for task in small)) as workers:
        # they are told to be larger than they are, so that two workers read them
        large = [replace(task, dump=replace(task.dump, size=1 << 20)) for task in (first, second)]
        for outcome in gathered(workers.run(large)).values():
            os.kill(int(outcome.titles[0]), signal.SIGKILL)
        outcomes = gathered(workers.run(small))

    assert sorted(outcomes) == sorted(task.name for task in small)
    assert all(is_done(outcome) for outcome in outcomes.values())


def test_tasks_are_taken_on_while_a_run_goes_on_until_too_many_wait(tmp_path):
    tasks = [
        Read(dump=open_dump(hostile.write(tmp_path, f"{number}.txt", "post One"), f"{number}.txt"), reader="acts")
        for number in range(2 * AHEAD)
    ]
    with workers_for(most=1) as workers:
        answers = workers.run(tasks[:1])
        first = next(answers)
        taken = [task.name for task in tasks[1:] if workers.offer(task)]
        outcomes = gathered(chain([first], answers))

    assert AHEAD <= len(taken) <= AHEAD + 1
    assert sorted(outcomes) == sorted(["0.txt", *taken])
    assert all(is_done(outcome) for outcome in outcomes.values())


def test_a_file_is_opened_as_without_workers(tmp_path):
    packed = Path(__file__).parent / "golden"
    files = [path for path in sorted(packed.rglob("*")) if path.is_file() and path.suffix in (".zip", ".gz", ".txt")]
    tasks = [Open(name=str(path), path=path, size=path.stat().st_size) for path in files]
    with Workers() as workers:
        outcomes = gathered(workers.run(tasks))

    assert files
    assert {task.name: outcomes[task.name].items for task in tasks} == {
        str(path): list(open_dumps(path, str(path))) for path in files
    }


def test_a_file_that_cannot_be_opened_is_unusable(tmp_path):
    with Workers() as workers:
        outcome = gathered(workers.run([Open(name="a.txt", path=tmp_path / "a.txt", size=0)]))["a.txt"]

    assert [(type(item), item.name) for item in outcome.items] == [(Unusable, "a.txt")]
    assert is_done(outcome)


def test_looking_at_a_dump_tells_its_reader_and_its_evidence(tmp_path):
    paths = [
        hostile.write(tmp_path, "known.txt"),
        hostile.write(tmp_path, "crash.txt", "unrecognisable"),
        tmp_path / "foreign.txt",
    ]
    paths[2].write_text("A text.\n")
    with workers_for() as workers:
        told = gathered(workers.run([Look(dump=open_dump(path, path.name)) for path in paths]))

    assert told["known.txt"].items == [Looked(reader="acts", version=3, evidence="evidence of known.txt")]
    assert told["crash.txt"].end.broken.reason.startswith("made its reader crash (SIGSEGV)")
    assert str(told["foreign.txt"].end.refused).startswith("foreign.txt is of no known format")


def test_pages_are_read_by_workers_as_without_them(tmp_path):
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for path, label in zip(paths, (None, "Rain"), strict=True):
        path.write_text(page(label=label))
    dumps = [open_dump(path, path.name) for path in paths]
    reader = reader_for(dumps[0], READERS)
    learnt = reader.learn([reader.evidence(dump) for dump in dumps])
    with Workers(loading=["archivesearch.readers"]) as workers:
        workers.give(GIVEN_READERS, READERS)
        workers.give(learnt_of(reader.name), learnt)
        told = gathered(workers.run([Read(dump=dump, reader=reader.name) for dump in dumps]))

    assert {dump.name: told[dump.name].items for dump in dumps} == {
        dump.name: [entry_row(entry) for entry in reader.read(dump, learnt)] for dump in dumps
    }


ENDINGS = {
    "": is_done,
    "refuse no": lambda outcome: str(outcome.end.refused) == "no",
    "fail no": lambda outcome: isinstance(outcome.end.broken, Rejected),
    "kill SIGSEGV": lambda outcome: isinstance(outcome.end.broken, Rejected),
}


@settings(max_examples=6)
@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(sorted(ENDINGS))), max_size=8), st.integers(1, 3))
def test_each_dump_gives_all_that_came_before_its_end_and_then_its_end(tmp_path_factory, dumps, most):
    folder = tmp_path_factory.mktemp("dumps")
    tasks = [
        Read(dump=open_dump(hostile.write(folder, f"{number}.txt", f"posts {posts}", end), str(number)), reader="acts")
        for number, (posts, end) in enumerate(dumps)
    ]
    with workers_for(most=most, worth=0) as workers:
        outcomes = gathered(workers.run(tasks))

    for task, (posts, end) in zip(tasks, dumps, strict=True):
        assert outcomes[task.name].titles == [f"Post {number}" for number in range(posts)]
        assert ENDINGS[end](outcomes[task.name])
