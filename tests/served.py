"""Archives of invented posts and a client of their page, for the tests of what programs are answered."""

from datetime import date

from flask.testing import FlaskClient

from archivesearch.archive import Archive
from archivesearch.dates import DateSource, Published
from archivesearch.posts import Block, Post, Provenance
from archivesearch.search import stamp_of
from archivesearch.web import create_app

DAY = Published(moment=date(2021, 2, 6), source=DateSource.HEADING)


def write_post(post_id, **more):
    found = Provenance(dump="hills.txt", sha256="0f" * 32, reader="page-text", line=1, start=0, end=10)
    said = {
        "title": f"Post {post_id}",
        "published": DAY,
        "body": (Block(lines=("It rained.",)),),
        "provenance": (found,),
    }
    return Post(id=post_id, **said | more)


def fill(archive, posts):
    """Make the index of an archive of these posts, as an import does."""
    archive._engine.rebuild(posts, stamp_of("a digest"))


def archive_of(folder, posts, settings=""):
    """An archive with these posts in its index; it has no catalog, as a page does not need one."""
    (folder / "archive.toml").write_text(settings, "utf-8")
    archive = Archive.open(folder)
    fill(archive, posts)
    return archive


class Client(FlaskClient):
    """Reads every answer to its end, so that what it holds is given back: files, and places of an export."""

    def open(self, *args, **more):
        return super().open(*args, **{"buffered": True} | more)


def client_of(archive):
    app = create_app(archive)
    app.test_client_class = Client
    return app.test_client()
