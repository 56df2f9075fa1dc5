"""Addresses of posts stay good: every id that a post had leads to the post."""

import shutil
from datetime import date

import pytest

from archivesearch.archive import Archive
from archivesearch.dates import DateSource, Published
from archivesearch.posts import is_post_id, post_id
from invented import POSTS, page, write

STORY = " ".join(f"On day {number} of the flood the river stood {number} fingers lower." for number in range(1, 40))
TITLE = "The river falls"
FIRST, LATER = date(2020, 5, 3), date(2020, 5, 5)


def id_of(day, title=TITLE, text=None):
    return post_id(Published(moment=day, source=DateSource.HEADING) if day else None, title, text)


def told(day, text=STORY):
    return page([(day, TITLE, text), *POSTS])


def present(root, *ids):
    with Archive.open(root) as archive:
        archive.import_dumps()
        assert archive.verify() == ()
        found = [archive.present_id(each) for each in ids]
        assert all(archive.post(each) is not None for each in found if each)
        return found


def test_a_post_keeps_its_id_when_index_is_made_anew(tmp_path):
    write(tmp_path / "raw", {"a.txt": told(FIRST)})
    before = present(tmp_path, id_of(FIRST))
    shutil.rmtree(tmp_path / "index")

    assert present(tmp_path, id_of(FIRST)) == before == [id_of(FIRST)]


def test_the_id_of_a_copy_leads_to_the_post_that_a_better_copy_gave_another(tmp_path):
    write(tmp_path / "raw", {"a.txt": told(FIRST)})
    assert present(tmp_path, id_of(FIRST)) == [id_of(FIRST)]
    write(tmp_path / "raw", {"b.txt": told(LATER, f"{STORY} Read on.")})

    assert present(tmp_path, id_of(FIRST), id_of(LATER)) == [id_of(LATER)] * 2
    shutil.rmtree(tmp_path / "index")
    assert present(tmp_path, id_of(FIRST), id_of(LATER)) == [id_of(LATER)] * 2


def test_the_id_that_a_post_had_beside_a_namesake_stays_good_without_it(tmp_path):
    other = "Nothing is as it was before the water came into the house."
    write(tmp_path / "raw", {"a.txt": told(FIRST), "b.txt": told(FIRST, other)})
    both = present(tmp_path, id_of(FIRST), id_of(FIRST, text=STORY), id_of(FIRST, text=other))
    (tmp_path / "raw" / "b.txt").unlink()

    assert sorted(set(both)) == sorted({both[0], both[1], both[2]})
    assert len(set(both)) == 2
    assert present(tmp_path, id_of(FIRST), id_of(FIRST, text=STORY), id_of(FIRST, text=other)) == [
        id_of(FIRST), id_of(FIRST), None,
    ]  # fmt: skip


def test_an_id_stays_when_people_correct_title_and_date(tmp_path):
    write(tmp_path / "raw", {"a.txt": told(FIRST)})
    corrected = f'[[post]]\nid = "{id_of(FIRST)}"\ntitle = "The river rose"\ndate = "2020-05-09"\n'
    (tmp_path / "corrections.toml").write_text(corrected)

    assert present(tmp_path, id_of(FIRST), id_of(date(2020, 5, 9), "The river rose")) == [id_of(FIRST), None]


def test_no_id_of_a_suppressed_post_leads_anywhere(tmp_path):
    write(tmp_path / "raw", {"a.txt": told(FIRST), "b.txt": told(LATER, f"{STORY} Read on.")})
    (tmp_path / "corrections.toml").write_text(f'[[post]]\nid = "{id_of(LATER)}"\nsuppress = true\n')
    ids = [id_of(day, text=text) for day in (FIRST, LATER) for text in (None, STORY, f"{STORY} Read on.")]

    assert present(tmp_path, *ids) == [None] * 6


@pytest.mark.parametrize("day", ["2020-05-03", "2020-05", "2020", "undated"])
def test_an_id_is_a_day_as_far_as_it_is_known_and_eight_digits(day):
    assert is_post_id(f"{day}-0a1b2c3d")
    assert not any(
        map(is_post_id, (f"{day}-0A1B2C3D", f"{day}-0a1b2c3", f"{day}-0a1b2c3d ", f"{day}-0a1b2c3d-0a1b2c3d", day))
    )


@pytest.mark.parametrize(
    "strange", ["", "x", "%", "2020-05-03-%%%%%%%%", "undated-________", "2020-05-03-0a1b2c3d\n", "٢٠٢٠-0a1b2c3d"]
)
def test_what_is_no_id_is_the_id_of_no_post(tmp_path, strange):
    write(tmp_path / "raw", {"a.txt": page()})

    assert present(tmp_path, strange, "2020-05-03-0a1b2c3d", "2020-05-0a1b2c3d") == [None] * 3


def test_an_archive_without_catalog_knows_no_former_ids(tmp_path):
    with Archive.open(tmp_path) as archive:
        assert archive.present_id(id_of(FIRST)) is None
