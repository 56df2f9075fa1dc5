"""What the conformance suite cannot see: the files of the embedded engine, and what happens when they are harmed."""

import json
import multiprocessing
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from whoosh import index as whoosh_index
from whoosh.query import Term

from archivesearch.dates import DateSource, Published
from archivesearch.engines import answering, building, embedded, generations, inverters, vocabulary, whoosh
from archivesearch.engines.embedded import WhooshEngine
from archivesearch.errors import EngineError, EngineUnavailable, IndexOutdated
from archivesearch.posts import Block, Post
from archivesearch.query import Prefix, Word, parse
from archivesearch.search import Search, stamp_of

FIRST, SECOND = stamp_of("first"), stamp_of("second")


def make_posts(count, text="cash"):
    return [
        Post(id=f"{n:03}", title="", published=None, body=(Block(lines=(text,)),), language="en") for n in range(count)
    ]


def answer(engine, typed=""):
    return engine.search(Search(query=parse(typed), size=100)).total


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "whoosh"


@pytest.fixture
def engine(folder):
    made = WhooshEngine(folder)
    yield made
    made.close()


@pytest.fixture
def twice(engine):
    """An engine with two generations: three posts before, five now."""
    engine.rebuild(make_posts(3), FIRST)
    engine.rebuild(make_posts(5), SECOND)
    return engine


def newest(folder):
    return max(entry for entry in folder.iterdir() if entry.name.isdecimal())


def test_a_generation_is_named_with_every_file_in_its_manifest(twice, folder):
    generation = newest(folder)
    manifest = json.loads((generation / "manifest.json").read_text())

    assert set(manifest["files"]) == {entry.name for entry in generation.iterdir()} - {"manifest.json"}
    assert manifest["posts"] == 5
    assert manifest["stamp"]["catalog"] == "second"


def test_only_the_published_generation_and_the_one_before_stay(twice, folder):
    twice.rebuild(make_posts(1), FIRST)
    (folder / "000009").mkdir()
    twice.rebuild(make_posts(2), FIRST)

    assert sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) == ["000003", "000004"]


def harm_by_truncating(path):
    os.truncate(path, path.stat().st_size // 2)


def harm_by_removing(path):
    path.unlink()


def harm_by_changing_a_byte(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)


HARMS = [harm_by_truncating, harm_by_removing, harm_by_changing_a_byte]


@pytest.mark.parametrize("harm", HARMS)
def test_whichever_file_is_harmed_the_generation_before_serves_and_check_tells(twice, folder, harm):
    for path in sorted(newest(folder).iterdir()):
        if not path.stat().st_size:
            continue
        sound = path.read_bytes()
        harm(path)
        opened = WhooshEngine(folder)
        found = answer(opened, "cash"), opened.stamp(), opened.check(deep=True)
        opened.close()
        path.write_bytes(sound)

        assert found[:2] == (3, FIRST), path
        assert "reindex" in found[2][0]

    assert twice.check(deep=True) == ()


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_index_without_a_sound_generation_says_what_to_run(engine, folder, harm):
    engine.rebuild(make_posts(3), FIRST)
    harm(newest(folder) / "ordinals.arrays")

    with pytest.raises(EngineUnavailable, match="archivesearch reindex"):
        answer(engine)


@pytest.mark.parametrize("written", [b"{", b"[]", b'{"generations": [{"name": "000001"}]}', b"\xff"])
def test_a_harmed_list_of_generations_says_what_to_run_and_a_rebuild_mends_it(twice, folder, written):
    (folder / "current.json").write_bytes(written)
    with pytest.raises(EngineUnavailable, match="archivesearch reindex"):
        answer(twice)
    twice.rebuild(make_posts(4), FIRST)

    assert answer(twice) == 4


def test_an_index_that_was_removed_is_missed_by_an_open_engine(twice, folder):
    assert answer(twice) == 5
    (folder / "current.json").unlink()

    with pytest.raises(EngineUnavailable, match="no index"):
        answer(twice)


def test_a_generation_too_big_to_hash_at_opening_is_told_by_a_deep_check(twice, folder, monkeypatch):
    monkeypatch.setattr(generations, "HASHED_AT_OPENING", 0)
    path = newest(folder) / "ordinals.arrays"
    path.write_bytes(path.read_bytes().replace(b"004", b"0x4"))

    assert twice.check() == ()
    assert len(twice.check(deep=True)) == 1


@pytest.mark.parametrize("other", [replace(FIRST, schema=0), replace(FIRST, analysis=0)])
def test_an_index_of_another_version_is_outdated_and_not_changed(engine, other):
    engine.rebuild(make_posts(3), other)

    assert engine.stamp() == other
    with pytest.raises(IndexOutdated, match="archivesearch reindex"):
        answer(engine)
    with pytest.raises(IndexOutdated, match="archivesearch reindex"):
        engine.apply([], ["001"], FIRST)


def test_changes_are_not_made_on_top_of_an_older_generation(twice, folder):
    harm_by_truncating(newest(folder) / "ordinals.arrays")

    with pytest.raises(EngineUnavailable, match="newest generation"):
        twice.apply(make_posts(1), [], FIRST)


def test_few_changes_add_a_segment_and_leave_the_published_files_as_they_were(engine, folder):
    engine.rebuild(make_posts(100), FIRST)
    before = {path: path.read_bytes() for path in newest(folder).iterdir()}
    engine.apply([replace(make_posts(1)[0], title="food")], ["001"], SECOND)

    assert {path: path.read_bytes() for path in before} == before
    assert len(list(newest(folder).glob("*.trm"))) == 2
    assert (answer(engine, "cash"), answer(engine, "food"), answer(engine)) == (99, 1, 99)


def test_many_changes_build_the_index_whole(engine, folder):
    engine.rebuild(make_posts(100), FIRST)
    for n in range(embedded.MAX_SEGMENTS):
        engine.apply([], [f"{n:03}"], FIRST)
        engine.apply([replace(make_posts(1)[0], id="new", title=f"title{n}")], [], FIRST)

    assert len(list(newest(folder).glob("*.trm"))) <= embedded.MAX_SEGMENTS
    assert (answer(engine), answer(engine, "title7"), answer(engine, "title6")) == (93, 1, 0)


def test_changes_leave_the_scores_that_a_whole_build_gives(engine, tmp_path):
    posts = [replace(post, title="cash " * (n % 3)) for n, post in enumerate(make_posts(60, "cash food"))]
    engine.rebuild(posts, FIRST)
    engine.apply([replace(posts[4], title="food cash")], ["007"], SECOND)
    whole = WhooshEngine(tmp_path / "whole")
    whole.rebuild(
        [replace(post, title="food cash") if post.id == "004" else post for post in posts if post.id != "007"], SECOND
    )
    asked = Search(query=Word("cash"), size=100)
    answers = engine.search(asked), whole.search(asked)
    whole.close()

    assert answers[0] == answers[1]


def test_the_title_weighs_more_and_the_typed_form_weighs_more(engine):
    one, two, three = make_posts(3, "nothing")
    engine.rebuild([
        replace(one, body=(Block(lines=("pensions",)),)),
        replace(two, title="pension"),
        replace(three, body=(Block(lines=("pension",)),)),
    ], FIRST)  # fmt: skip

    hits = engine.search(Search(query=Word("pension"))).hits

    assert [hit.post.id for hit in hits] == ["001", "002", "000"]
    assert hits[0].score > hits[1].score > hits[2].score > 0


def test_while_one_process_builds_another_is_told_to_wait(engine, folder):
    with generations._locked(folder), pytest.raises(EngineUnavailable, match="wait"):
        engine.rebuild(make_posts(1), FIRST)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(EngineUnavailable, match="cannot be written"):
        WhooshEngine(tmp_path / "file").rebuild(make_posts(1), FIRST)


def _rebuild_until_killed(folder):
    def posts():
        yield from make_posts(3)
        os._exit(9)

    WhooshEngine(folder).rebuild(posts(), SECOND)


def test_a_build_that_is_killed_leaves_the_old_index_and_no_lock(engine, folder):
    engine.rebuild(make_posts(4), FIRST)
    process = multiprocessing.get_context("spawn").Process(target=_rebuild_until_killed, args=(folder,))
    process.start()
    process.join()

    assert process.exitcode == 9
    assert (answer(engine), engine.stamp()) == (4, FIRST)
    engine.rebuild(make_posts(6), SECOND)
    assert (answer(engine), len([entry for entry in folder.iterdir() if entry.is_dir()])) == (6, 2)


def test_readers_get_each_answer_from_one_generation_while_others_are_published(engine):
    """Each generation has its own number of posts, all with its own word: an answer from two would not fit."""
    engine.rebuild(make_posts(1, "word1"), FIRST)
    ended, wrong, answers = threading.Event(), [], []

    def read():
        while not ended.is_set():
            found = engine.search(Search(size=100))
            texts = {hit.post.text for hit in found.hits}
            answers.append(found.total)
            if texts != {f"word{found.total}"}:
                wrong.append(texts)
            around = engine.around("000", similar=100)
            texts = {post.text for post in (around.post, *(hit.post for hit in around.similar))}
            if texts != {f"word{len(around.similar) + 1}"}:
                wrong.append(texts)

    def read_noting_errors():
        try:
            read()
        except EngineError as error:
            wrong.append(error)

    readers = [threading.Thread(target=read_noting_errors) for _ in range(8)]
    for reader in readers:
        reader.start()
    for n in range(2, 12):
        engine.rebuild(make_posts(n, f"word{n}"), FIRST)
    ended.set()
    for reader in readers:
        reader.join()

    assert wrong == []
    assert answers
    assert answer(engine, "word11") == 11


def test_the_command_lines_first_steps_do_not_load_whoosh():
    code = "import sys, archivesearch.engines, archivesearch.snippets; sys.exit('whoosh' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def make_post(post_id, title="", text="", **rest):
    return Post(id=post_id, title=title, published=None, body=(Block(lines=(text,)),), **{"language": "en", **rest})


def numbered(count):
    """Posts of which each has a word that it shares with every third, seventh and so on, and one of its own."""
    return [
        make_post(f"{n:05}", f"Number {n}", " ".join([f"by{k}" for k in (3, 7, 11) if n % k == 0] + [f"own{n}", "all"]))
        for n in range(count)
    ]


def test_an_index_is_the_same_however_many_processes_build_it(tmp_path, monkeypatch):
    monkeypatch.setattr(inverters, "CHUNK", 20)
    answers = []
    for processes in (1, 2, 3):
        made = WhooshEngine(tmp_path / str(processes), processes)
        made.rebuild(numbered(200), FIRST)
        answers.append(
            [made.search(Search(query=parse(typed), size=50)) for typed in ("", "by3 by7", '"own9 all"', "own1*")]
        )
        made.close()

    assert answers[0] == answers[1] == answers[2]
    assert answers[0][1].total == len(range(0, 200, 21))


def test_an_index_of_several_segments_answers_like_one_of_one(engine, tmp_path, monkeypatch):
    engine.rebuild(numbered(300), FIRST)
    monkeypatch.setattr(inverters, "CHUNK", 40)
    monkeypatch.setattr(building, "SEGMENT_WORDS", 300)
    several = WhooshEngine(tmp_path / "several", 1)
    several.rebuild(numbered(300), FIRST)
    asked = [Search(query=parse(typed), size=50) for typed in ("", "by3 by7", '"by3 by11"', "own1*", "all -by3")]
    answers = [(engine.search(search), several.search(search)) for search in asked]
    segments = len(list(newest(tmp_path / "several").glob("*.trm")))
    several.close()

    assert segments > 3
    assert all(one == other for one, other in answers)


def test_a_process_that_dies_ends_the_build_and_leaves_the_old_index(engine, monkeypatch):
    engine.rebuild(make_posts(3), FIRST)
    monkeypatch.setattr(inverters, "CHUNK", 5)
    killed = subprocess.Popen

    def start(arguments, **rest):
        process = killed(arguments, **rest)
        process.kill()
        return process

    monkeypatch.setattr(subprocess, "Popen", start)
    engine._processes = 2

    with pytest.raises(EngineError, match="reindex"):
        engine.rebuild(numbered(100), SECOND)
    assert (answer(engine), engine.stamp()) == (3, FIRST)


@pytest.mark.parametrize("where", ["posts", "disk"])
def test_a_build_that_fails_leaves_no_process_behind(engine, monkeypatch, where):
    monkeypatch.setattr(inverters, "CHUNK", 5)
    engine._processes = 2
    started, start = [], subprocess.Popen

    def posts():
        yield from numbered(60)
        if where == "posts":
            raise RuntimeError("no more posts")

    def fail(self, record):
        raise RuntimeError("no more room")

    monkeypatch.setattr(
        subprocess, "Popen", lambda *rest, **named: started.append(start(*rest, **named)) or started[-1]
    )
    if where == "disk":
        monkeypatch.setattr(whoosh.Segment, "add", fail)
    with pytest.raises(RuntimeError, match="no more"):
        engine.rebuild(posts(), FIRST)

    assert len(started) == 2
    assert all(process.returncode is not None for process in started)


def test_whooshs_own_searcher_reads_the_lists(engine, folder):
    """An index is one of Whoosh's, whatever the codec keeps of a list."""
    engine.rebuild(numbered(50), FIRST)
    index = whoosh_index.open_dir(str(newest(folder)))
    with index.searcher() as searcher:
        numbers = sorted(hit.docnum for hit in searcher.search(Term("text", "by7"), limit=None))

    assert numbers == list(range(0, 50, 7))


def test_many_threads_get_the_answers_that_one_gets(engine):
    engine.rebuild(numbered(200), FIRST)
    asked = [Search(query=parse(f"by{k} own{n}* -all OR by7"), size=20) for k in (3, 7, 11) for n in range(1, 10)]
    expected = [engine.search(search) for search in asked]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(engine.search, asked * 8))

    assert answers == expected * 8


def test_a_word_that_no_post_has_is_mended_if_that_finds_something(engine):
    engine.rebuild([make_post("a", "", "pension reform"), make_post("b", "", "pensoin")], FIRST)

    def suggestion(typed, **rest):
        return engine.search(Search(query=parse(typed), **rest)).suggestion

    assert suggestion("pnsion reform") == "pension reform"
    assert suggestion('"pensionn reform"') == '"pension reform"'
    assert suggestion("refrom -pension") == ""
    assert suggestion("pension") == ""
    assert suggestion("zzzzzz") == ""
    assert suggestion("zzzzzz refrom") == "reform"
    assert suggestion('"zzzzzz reform" pnsion') == "pension"
    assert suggestion("zzzzzz reform") == ""
    assert suggestion("title:zzzzzz refrom") == ""
    assert suggestion("refrom", chosen={"language": ("nl",)}) == ""


def test_two_letters_are_mended_in_a_long_word_and_frequent_words_come_first(engine):
    engine.rebuild([
        make_post("a", "", "protection"), make_post("b", "", "cash"), make_post("c", "", "cask"), make_post("d", "", "cash"),
    ], FIRST)  # fmt: skip

    assert engine.search(Search(query=parse("protectoin"))).suggestion == "protection"
    assert engine.search(Search(query=parse("porteciton"))).suggestion == "protection"
    assert engine.search(Search(query=parse("casg"))).suggestion == "cash"
    assert engine.search(Search(query=parse("gasg"))).suggestion == ""


def test_a_beginning_of_very_many_words_stands_for_the_commonest_and_this_is_said(engine, monkeypatch):
    monkeypatch.setattr(vocabulary.Vocabulary.beginning, "__defaults__", (2,))
    engine.rebuild([make_post(str(n), "", text) for n, text in enumerate(["abca abcb", "abca abcb", "abcc"])], FIRST)
    found = engine.search(Search(query=parse("abc*")))

    assert (found.total, found.cut) == (2, (Prefix("abc"),))
    assert engine.search(Search(query=parse("abcc*"))).cut == ()


def similar(engine, post_id):
    return [hit.post.id for hit in engine.around(post_id, similar=3).similar]


def test_similar_posts_share_what_tells_a_post_from_others(engine):
    engine.rebuild([
        make_post("a", "Wells of the valley", "the wells are deep and the water is cold"),
        make_post("b", "Cold water", "the water of deep wells"),
        make_post("c", "Markets", "the markets of the town are open"),
        make_post("d", "", "something else"),
    ], FIRST)  # fmt: skip

    assert similar(engine, "a")[0] == "b"
    assert similar(engine, "d") == []


def draw_posts(count):
    """Posts of drawn words, of which few are in most posts and most in few, in two languages with function words."""
    draw = np.random.default_rng(count)
    silent = {"en": ("the", "of", "and"), "nl": ("de", "van", "en")}

    def text(length, language):
        drawn = [f"drawn{number}" for number in draw.zipf(1.6, length)]
        return " ".join([*drawn, *draw.choice(silent[language], length // 3)])

    for n in range(count):
        language = "nl" if n % 3 else "en"
        yield make_post(f"{n:03}", text(3, language), text(draw.integers(5, 60), language), language=language)


def test_however_few_similar_posts_are_wanted_they_are_the_first_of_all(engine, monkeypatch):
    """Common words are not looked for in posts that cannot be among the best any more."""
    engine.rebuild(draw_posts(300), FIRST)
    within_reach, passed = answering._within_reach, []

    def note(*asked):
        passed.append(within_reach(*asked))
        return passed[-1]

    monkeypatch.setattr(answering, "_within_reach", note)
    for post_id in engine.ids()[:60]:
        every = engine.around(post_id, similar=300).similar
        assert [engine.around(post_id, similar=few).similar for few in (1, 4, 20)] == [every[:1], every[:4], every[:20]]

    assert any(found is not None and len(found) < 100 for found in passed)


def test_what_may_be_meant_are_labels_titles_and_words_that_begin_as_typed(engine):
    engine.rebuild([
        make_post("a", "Pension reform", "pensioners wait", labels=("Old-age pensions", "Food")),
        make_post("b", "Pension reform", "pensioners", labels=("Old-age pensions",)),
        make_post("c", "Food", "penguins"),
    ], FIRST)  # fmt: skip

    def suggested(typed, limit=5):
        return [(found.kind, found.text, found.count) for found in engine.suggest(typed, limit)]

    assert suggested("Pens") == [
        ("label", "Old-age pensions", 2), ("title", "Pension reform", 2), ("word", "pension", 2),
        ("word", "pensioners", 2),
    ]  # fmt: skip
    assert suggested("wait pen", 2) == [("word", "wait pension", 1), ("word", "wait pensioners", 1)]
    assert suggested("food pen") == [("word", "food penguins", 1)]
    assert suggested("-reform pen") == [("word", "-reform penguins", 1)]
    assert suggested("good pen") == suggested("year:20 pen") == []
    assert suggested("food ") == [("label", "Food", 1), ("title", "Food", 1)]
    assert suggested("") == suggested("?!") == suggested("zz") == []


def test_a_post_counts_once_for_a_word_that_stands_in_its_title_and_its_text(engine):
    engine.rebuild([*numbered(300), make_post("a", "Wells", "wells and wells"), make_post("b", "Deep", "wells")], FIRST)
    engine.apply([make_post("c", "The wells", "Of wells."), make_post("d", "", "")], [], SECOND)

    assert [(found.text, found.count) for found in engine.suggest("well", 3)][-1:] == [("wells", 3)]


def test_a_word_of_title_and_text_that_no_other_post_has_makes_none_similar(engine):
    engine.rebuild([make_post("a", "Protect", "protect"), make_post("b", "", "protects")], FIRST)

    assert similar(engine, "a") == []


def test_a_title_that_one_post_alone_has_is_suggested_with_that_post(engine):
    def suggested():
        return [(found.text, found.count, found.id) for found in engine.suggest("wel", 3) if found.kind == "title"]

    engine.rebuild(
        [*make_posts(50, "padding"), make_post("a", "Wells", "deep"), make_post("b", "WELLS", "deep"),
         make_post("c", "Wells of old", "deep")], FIRST
    )  # fmt: skip

    assert sorted(suggested()) == [("Wells", 2, None), ("Wells of old", 1, "c")]

    engine.apply([], ["b"], SECOND)

    assert sorted(suggested()) == [("Wells", 1, "a"), ("Wells of old", 1, "c")]


def test_posts_that_were_removed_are_neither_similar_nor_meant(engine):
    engine.rebuild(
        [*make_posts(50, "padding"), make_post("a", "Wells", "deep"), make_post("b", "Wells", "deep")], FIRST
    )
    engine.apply([], ["b"], SECOND)

    assert similar(engine, "a") == []
    assert [found.text for found in engine.suggest("wel", 3) if found.kind == "title"] == ["Wells"]
    engine.apply([], ["a"], SECOND)
    assert [found.text for found in engine.suggest("wel", 3) if found.kind == "title"] == []


def told(engine, typed, **rest):
    """What the engine says that it did for a search."""
    notes = []
    engine.search(Search(typed=typed, query=parse(typed), **rest), notes.append)
    return notes


def test_the_notes_name_each_word_and_what_a_beginning_stands_for(engine):
    engine.rebuild([*make_posts(3, "cash"), Post(id="x", title="Cashew", published=None, body=())], FIRST)

    assert told(engine, "cash* title:cashew") == [
        "took up generation 000001 of the index, with 4 posts",
        "“cash*” stands for 2 words",
        "posts with words that begin with “cash”: 4",
        "posts with “cashew” in the title: 1",
        "posts that match: 1",
        "ranked by relevance",
        "counted 5 facets and the months",
        "read 1 post",
    ]


def test_the_notes_say_that_only_the_commonest_words_were_looked_for(engine, monkeypatch):
    monkeypatch.setattr(vocabulary.Vocabulary.beginning, "__defaults__", (2,))
    engine.rebuild(make_posts(1, "cash casher cashing"), FIRST)

    assert "“cash*” stands for 2 words, the commonest that there are" in told(engine, "cash*")


def test_the_notes_name_the_filters_and_how_many_posts_pass_them(engine):
    posts = [replace(post, labels=("Rain",)) for post in make_posts(2)]
    engine.rebuild([*posts, *make_posts(5)[2:]], FIRST)
    notes = told(engine, "-label:none", chosen={"label": ("Rain", "none")}, until=date(2020, 1, 1))

    assert "filter, posts with the label “Rain” or no label: 5" in notes
    assert "filter, posts with a date up to 2020-01-01: 0" in notes
    assert "posts without no label: 2" in notes
    assert "posts that match and pass the filters: 0" in notes
    assert "tried without this filter, posts with a date up to 2020-01-01: 2" in notes


def test_the_notes_count_no_post_that_was_removed(engine):
    day = Published(moment=date(2019, 5, 3), source=DateSource.HEADING, printed="3 May 2019")
    posts = [replace(post, published=day) for post in make_posts(20)]
    engine.rebuild(posts, FIRST)
    engine.apply([], ["000"], SECOND)
    notes = told(engine, "cash -absent date:2019", since=date(2019, 5, 1), among=frozenset(("000", "001")))

    assert [note for note in notes if re.search(r": \d+$", note)] == [
        "filter, posts with a date from 2019-05 on: 19",
        "filter, posts to search among: 1",
        "posts with “cash”: 19",
        "posts with “absent”: 0",
        "posts without “absent”: 19",
        "posts with a date in 2019: 19",
        "posts that match and pass the filters: 1",
    ]


def test_the_notes_say_that_a_search_was_relaxed_and_what_was_tried(engine):
    engine.rebuild(make_posts(3, "cash for food"), FIRST)

    assert "relaxed, for no post has all of the words: 3 with most of them" in told(engine, "cash food absent")
    assert not any(note.startswith("relaxed") for note in told(engine, "cash food"))
    assert "tried the words “cash”: 3" in told(engine, "casj")


def test_the_notes_say_where_neighbours_were_looked_for_and_in_which_order_the_rest_stands(engine):
    engine.rebuild(make_posts(3, "cash for food"), FIRST)

    assert "looked in 3 posts for words that stand together: 1 pair" in told(engine, "cash food")
    assert "put in order: title" in told(engine, "cash food", sort="title")
    assert "put in order: newest" in told(engine, "")
