"""The commands that keep the archive: import, review, duplicates, reindex, status, verify."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import click

from archivesearch.cli import reports, terminal
from archivesearch.cli.frame import (
    DATA_PROBLEM,
    DONE,
    NOT_ALL_READ,
    REBUILD,
    commands,
    format_option,
    open_archive,
    write_record,
)


@commands.command("import")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def import_(root: Path, paths: tuple[Path, ...]) -> int:
    """Read dumps and make their posts searchable.

    Each PATH is a dump or a folder of dumps and is first copied into the archive's raw/; then all that lies in raw/ is
    imported. To import the same dumps twice changes nothing.
    """
    with open_archive(root) as archive, terminal.progress() as progress:
        report = archive.import_dumps(paths, progress=progress)
    terminal.show(reports.import_rows(report))
    unreadable = [dump for dump in report.dumps if dump.state == "unreadable"]
    sys.stdout.flush()
    for each in reports.unreadable_rows(unreadable):
        click.echo(each.text, err=True)
    return NOT_ALL_READ if unreadable else DONE


@commands.command()
@format_option("text", "json")
@click.pass_obj
def duplicates(root: Path, form: str) -> int:
    """List the further copies of posts, and why each is one."""
    from archivesearch.answers import VERSION, duplicate_record

    with open_archive(root) as archive:
        copies = list(archive.duplicates())
    if form == "json":
        write_record({"version": VERSION, "duplicates": [duplicate_record(copy) for copy in copies]})
    else:
        terminal.show(reports.duplicate_rows(copies))
    return DONE


@commands.command()
@format_option("text", "json")
@click.pass_obj
def review(root: Path, form: str) -> int:
    """List the posts that may begin or end at the wrong place, the most doubtful first."""
    from archivesearch.answers import VERSION, post_record

    with open_archive(root) as archive:
        doubtful = list(archive.doubtful())
    if form == "json":
        write_record({"version": VERSION, "posts": [post_record(post) for post in doubtful]})
    elif doubtful:
        terminal.show(reports.doubtful_rows(doubtful))
    else:
        click.echo("No post is doubtful.")
    return DONE


@commands.command()
@click.pass_obj
def reindex(root: Path) -> int:
    """Build the index anew from the catalog."""
    with open_archive(root) as archive, terminal.progress() as progress:
        number = archive.reindex(progress=progress)
    click.echo(f"{reports.say_posts(number)} indexed.")
    return DONE


@commands.command()
@format_option("text", "json")
@click.pass_obj
def status(root: Path, form: str) -> int:
    """Say what the archive holds and whether its index is up to date."""
    from archivesearch.answers import VERSION

    with open_archive(root) as archive:
        stands = archive.status()
    if form == "json":
        write_record({"version": VERSION, **dataclasses.asdict(stands)})
    else:
        terminal.show(reports.status_rows(stands))
    return DONE


@commands.command()
@click.option("--deep", is_flag=True, help="Also read every dump and every file of the index again.")
@click.pass_obj
def verify(root: Path, deep: bool) -> int:
    """Check that nothing is lost: dumps, catalog and index must agree."""
    with open_archive(root) as archive:
        problems = archive.verify(deep=deep)
    terminal.show(reports.problem_rows(problems))
    kinds = {problem.kind for problem in problems}
    return DATA_PROBLEM if "data" in kinds else REBUILD if kinds else DONE
